// From choosing plates to the print shop's page and download, on a phone and at a desk, with and without scripts. With
// STELE_SCREENSHOTS set to a folder, each page is kept there as a picture.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { launch, look, shapes, withPage } from './browser.mjs';
import { sleep } from '../http/lib.mjs';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';

const end = untilEnd(after);
let desk, bare, lan, browser;
before(async () => {
  browser = await launch();
  end.after(() => browser.close());
  desk = await openDesk(end, { args: ['--base-url', 'http://ditich.example.vn'], before: (data) => void (lan = addPerson(data, 'Lan')) });
  bare = await openDesk(end, { before: (data) => ({ lan: addPerson(data, 'Lan') }) });
  await desk.as(lan).post('/desk/plates/new', { site: siteId(desk.data, 'dinh-binh-thuy'), each: '12', place: 'Cổng chính' });
});

const open = (room, person, options, work) => withPage(browser, { room, person, acceptDownloads: true, ...options }, work);

async function until(id, ...states) {
  for (let i = 0; i < 2400; i += 1) {
    const state = sql(desk.data, `SELECT state FROM batch WHERE id = ${id}`);
    if (states.includes(state)) return;
    await sleep(50);
  }
  assert.fail(sql(desk.data, `SELECT state || message FROM batch WHERE id = ${id}`));
}

const numberOf = (page) => Number(/\/desk\/batches\/(\d+)/.exec(page.url())[1]);

for (const [shape, options] of Object.entries(shapes))
  test(`from choosing plates to the print shop's download: ${shape}`, () =>
    open(desk, lan, options, async (page) => {
      await page.goto(`${desk.server.url}/desk/batches`);
      await look(page, `batches-${shape === 'phone' ? 'empty' : 'list'}-${shape}`);
      await page.goto(`${desk.server.url}/desk/plates?q=dinh+binh+thuy&state=planned`);
      await page.getByRole('link', { name: 'In các bảng này' }).click();
      assert.ok(await page.getByLabel(/Tất cả \d+ bảng tìm thấy/).isChecked());
      await page.getByLabel(/Tất cả \d+ bảng tìm thấy/).uncheck();
      const boxes = page.locator('input[name=plate]');
      for (let i = 0; i < 3; i += 1) await boxes.nth(i).check();
      const preview = page.locator('#preview img');
      await preview.waitFor();
      const before = await preview.getAttribute('src');
      await page.getByLabel(/Bảng A6/).first().check();
      await page.waitForFunction((old) => {
        const img = document.querySelector('#preview img');
        return img?.getAttribute('src') !== old && img.complete && img.naturalWidth > 0 && !img.classList.contains('waiting');
      }, before);
      await look(page, `batches-new-${shape}`);
      assert.equal(await page.getByLabel('Số đo').isVisible(), false);
      await page.getByLabel(/Theo bề rộng của mã/).check();
      await page.getByLabel('Số đo').fill('9');
      await page.getByText('Chưa vẽ được với số đo này.').waitFor();
      await page.getByRole('button', { name: 'Lập đợt in' }).click();
      await page.getByText('Còn chỗ cần sửa').waitFor();
      await look(page, `batches-wrong-${shape}`);
      assert.equal(await page.locator('input[name=plate]:checked').count(), 3);
      await page.getByLabel(/Theo mẫu/).check();
      await page.getByLabel(/Tên đợt in/).fill('Đợt in tháng 12, phường Bình Thủy');
      await page.getByLabel(/chất liệu/).fill('Mica 3 mm, bề mặt mờ, bo góc');
      await page.getByRole('button', { name: 'Lập đợt in' }).click();
      await page.getByText(/Đã lập đợt in gồm 3 bảng/).waitFor();
      const id = numberOf(page);
      await page.getByRole('link', { name: /Tải gói in/ }).waitFor({ timeout: 120000 }); // the page reloads itself when it is made
      await look(page, `batches-one-${shape}`);
      const [zip] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /Tải gói in/ }).click()]);
      const wanted = sql(desk.data, `SELECT sha256 FROM batch WHERE id = ${id}`);
      assert.equal(crypto.createHash('sha256').update(fs.readFileSync(await zip.path())).digest('hex'), wanted);

      await page.getByLabel(/Gửi cho ai/).fill('Nhà in Hậu Giang');
      await page.getByLabel(/Mật khẩu/).first().fill('bến Ninh Kiều');
      await page.getByRole('button', { name: 'Tạo liên kết' }).click();
      await page.getByText('nó chỉ hiện một lần').waitFor();
      const link = await page.getByLabel('Liên kết').inputValue();
      await look(page, `batches-link-${shape}`);
      await open(desk, null, options, async (shop) => {
        await shop.goto(link.replace('http://ditich.example.vn', desk.server.url));
        await look(shop, `parcel-password-${shape}`);
        await shop.getByLabel('Mật khẩu').fill('sai rồi');
        await shop.getByRole('button', { name: 'Mở gói in' }).click();
        await shop.getByText('Mật khẩu chưa đúng').waitFor();
        await look(shop, `parcel-wrong-${shape}`);
        await shop.getByLabel('Mật khẩu').fill('bến Ninh Kiều');
        await shop.getByRole('button', { name: 'Mở gói in' }).click();
        await shop.getByRole('heading', { name: 'Trước khi in' }).waitFor();
        await look(shop, `parcel-${shape}`);
        await shop.getByRole('link', { name: 'English' }).click();
        await shop.getByText('Black ink alone.').waitFor();
        await look(shop, `parcel-en-${shape}`);
        const [file] = await Promise.all([shop.waitForEvent('download'), shop.getByRole('link', { name: /Download the parcel/ }).click()]);
        assert.equal(crypto.createHash('sha256').update(fs.readFileSync(await file.path())).digest('hex'), wanted);
      });
      // The server keeps what was fetched once a second.
      for (let i = 0; i < 200 && sql(desk.data, `SELECT sum(downloads) FROM parcel_link WHERE batch_id = ${id}`) !== '1'; i += 1) await sleep(50);
      await page.goto(`${desk.server.url}/desk/batches/${id}`);
      await page.getByText('tải 1 lần').waitFor();
      await look(page, `batches-links-${shape}`);
      await page.getByRole('button', { name: 'Thu hồi' }).click();
      await page.getByText('Đã thu hồi liên kết.').waitFor();
      await page.getByRole('button', { name: 'Nhà in đã giao đủ' }).click();
      await page.getByText(/Các bảng chuyển sang “Đã in”/).waitFor();
      await look(page, `batches-printed-${shape}`);
      await open(desk, null, options, async (shop) => {
        await shop.goto(link.replace('http://ditich.example.vn', desk.server.url));
        await look(shop, `parcel-over-${shape}`);
      });
    }));

for (const [shape, options] of Object.entries(shapes)) {
  test(`a making under way, and one that failed: ${shape}`, () =>
    open(desk, lan, options, async (page) => {
      const id = Number(sql(desk.data, "INSERT INTO batch (name, state, job, created_at, queued_at, plates) VALUES ('Đợt in mẫu', 'failed', '{\"design\":\"bare\",\"formats\":[\"png\"]}', 1796000000, 1796000000, 0) RETURNING id"));
      sql(desk.data, `UPDATE batch SET failure = 'full', message = 'no space left on the disk' WHERE id = ${id}`);
      await page.goto(`${desk.server.url}/desk/batches/${id}`);
      await look(page, `batches-failed-${shape}`);
      sql(desk.data, `UPDATE batch SET state = 'running' WHERE id = ${id}`);
      await page.goto(`${desk.server.url}/desk/batches/${id}`);
      await look(page, `batches-running-${shape}`);
      sql(desk.data, `UPDATE batch SET state = 'stopped' WHERE id = ${id}`);
      await page.getByText('Đã hủy').waitFor(); // seen by the script, which opens the page anew
    }));
  test(`without a base URL: ${shape}`, () =>
    open(bare, bare.people.lan, options, async (page) => {
      await page.goto(`${bare.server.url}/desk/batches/new`);
      await look(page, `batches-no-base-${shape}`);
    }));
}

test('without scripts: a batch is chosen, looked at, made, linked and fetched', () =>
  open(desk, lan, { ...shapes.phone, javaScriptEnabled: false }, async (page) => {
    await page.goto(`${desk.server.url}/desk/batches`);
    await page.getByRole('link', { name: 'Lập đợt in mới' }).click();
    await page.getByLabel('Mã trên bảng, tên di tích hoặc chỗ gắn').fill('phan van tri');
    await page.getByRole('button', { name: 'Tìm' }).click();
    await page.locator('input[name=plate]').first().check();
    await page.getByLabel(/Bảng A6/).first().check();
    await page.getByRole('button', { name: 'Xem thử' }).click();
    let drawn = 0;
    for (let i = 0; i < 100 && !drawn; i += 1) {
      drawn = await page.locator('#preview img').evaluate((img) => img.naturalWidth);
      await sleep(50);
    }
    assert.equal(drawn, 620); // 105 mm at 150 dpi
    assert.match(await page.locator('#preview img').getAttribute('src'), /design=board-a6/);
    assert.ok(await page.locator('input[name=plate]').first().isChecked());
    await page.getByRole('button', { name: 'Lập đợt in' }).click();
    await page.getByText(/Đã lập đợt in gồm 1 bảng/).waitFor();
    const id = numberOf(page);
    await until(id, 'made');
    await page.goto(page.url());
    await page.getByRole('button', { name: 'Tạo liên kết' }).click();
    const link = await page.getByLabel('Liên kết').inputValue();
    await page.getByRole('link', { name: 'Đã gửi xong' }).click();
    await page.goto(link.replace('http://ditich.example.vn', desk.server.url));
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /Tải gói in/ }).click()]);
    assert.equal(crypto.createHash('sha256').update(fs.readFileSync(await file.path())).digest('hex'), sql(desk.data, `SELECT sha256 FROM batch WHERE id = ${id}`));
  }));
