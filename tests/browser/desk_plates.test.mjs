// The screens of plates, settings, activity and backups in a browser: every page on a phone and at a desk, without
// scripts where work is done. With STELE_SCREENSHOTS set to a folder, each page is kept there as a picture.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launch, look, shapes, withPage } from './browser.mjs';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';

const code = 'jkx3508f'; // dinh-binh-thuy

const end = untilEnd(after);
let desk, bare, tu, chi, browser;
before(async () => {
  browser = await launch();
  end.after(() => browser.close());
  desk = await openDesk(end, {
    args: ['--base-url', 'http://ditich.example.vn'],
    before: (data) => {
      tu = addPerson(data, 'Tú', { role: 'field' });
      chi = addPerson(data, 'Chi', { role: 'admin' });
      const hour = Math.floor(Date.now() / 3600000);
      const rows = [];
      for (let day = 0; day < 75; day++) rows.push(`('${code}', ${hour - day * 24}, '${day % 3 ? 'vi' : 'en'}', 'person', ${1 + ((day * 7) % 23)})`);
      sql(data, `INSERT INTO scan_count (code, hour, lang, class, count) VALUES ${rows.join(', ')}`);
    },
  });
  bare = await openDesk(end, { before: (data) => ({ tu: addPerson(data, 'Tú', { role: 'field' }) }) });
  const at = `/desk/plates/${code}`;
  await desk.as(tu).post(`${at}/place`, { place: 'Bên trái cổng chính, trên cột gạch', position: '10.0342, 105.7875' });
  await desk.as(tu).post(`${at}/state`, { state: 'damaged' });
  await desk.as(tu).post(`${at}/state`, { state: 'installed' });
  await desk.as(tu).post('/desk/plates/g9f7wxyy/state', { state: 'retired', reason: 'Bảng đã chuyển sang cổng mới' });
});

const open = (room, person, options, work) => withPage(browser, { room, person, ...options }, work);

const plates = {
  plates: '/desk/plates',
  'plates-none': '/desk/plates?q=jkx3508g',
  'plates-new': '/desk/plates/new',
  'plates-one': `/desk/plates/${code}`,
  'plates-retired': '/desk/plates/g9f7wxyy',
  'plates-target': `/desk/plates/${code}/target?q=chua`,
};

for (const [shape, options] of Object.entries(shapes)) {
  test(`plates are accessible and fit: ${shape}`, () =>
    open(desk, tu, options, async (page) => {
      for (const [name, target] of Object.entries(plates)) {
        await page.goto(desk.server.url + target);
        await look(page, `${name}-${shape}`);
      }
    }));
  test(`a plate without a base URL: ${shape}`, () =>
    open(bare, bare.people.tu, options, async (page) => {
      await page.goto(`${bare.server.url}/desk/plates/${code}`);
      await look(page, `plates-no-base-${shape}`);
    }));
}

const office = {
  activity: '/desk/activity',
  backups: '/desk/backups',
  settings: '/desk/settings',
  terms: '/desk/settings/terms/area',
  term: '/desk/settings/terms/kind/pagoda',
};

for (const [shape, options] of Object.entries(shapes))
  test(`settings, activity and backups are accessible and fit: ${shape}`, () =>
    open(desk, chi, options, async (page) => {
      await page.goto(`${desk.server.url}/desk/backups`);
      await look(page, `backups-first-${shape}`);
      await page.getByRole('button', { name: 'Sao lưu ngay' }).click();
      await page.getByText('Đã tạo bản sao lưu.').waitFor();
      for (const [name, target] of Object.entries(office)) {
        await page.goto(desk.server.url + target);
        await look(page, `${name}-${shape}`);
      }
      for (const file of fs.readdirSync(path.join(desk.data, 'backups'))) fs.rmSync(path.join(desk.data, 'backups', file));
    }));

test('without scripts: a plate is made, placed, pointed elsewhere, and its address opens the other page', () =>
  open(desk, tu, { ...shapes.phone, javaScriptEnabled: false }, async (page) => {
    await page.goto(`${desk.server.url}/desk/plates`);
    await page.getByRole('link', { name: 'Lập bảng mới' }).click();
    await page.getByLabel('Tên di tích').fill('phan van tri');
    await page.getByRole('button', { name: 'Tìm' }).click();
    await page.getByLabel(/Mộ nhà thơ Phan Văn Trị/).check();
    await page.getByRole('button', { name: 'Lập bảng', exact: true }).click();
    await page.getByText('Đã lập 1 bảng.').waitFor();
    const made = page.url().slice(-8);
    await page.getByLabel(/Chỗ gắn/).fill('Cạnh cổng');
    await page.getByLabel(/Tọa độ/).fill('10°02\'03"B 105°47\'15"Đ');
    await page.getByRole('button', { name: 'Lưu nơi gắn' }).click();
    await page.getByText('Đã lưu nơi gắn bảng.').waitFor();
    assert.equal(await page.getByLabel(/Tọa độ/).inputValue(), '10.034167, 105.787500');
    await page.getByRole('button', { name: 'Đã in xong' }).click();
    await page.getByRole('button', { name: 'Đã gắn tại chỗ' }).click();
    await page.getByRole('link', { name: 'Đổi trang mà bảng mở' }).click();
    await page.getByLabel('Tên di tích hoặc lộ trình').fill('binh thuy');
    await page.getByRole('button', { name: 'Tìm' }).click();
    await page.getByRole('button', { name: /Chọn trang này: Đình Bình Thủy/ }).click();
    await page.getByText('Từ giờ bảng mở trang “Đình Bình Thủy').waitFor();
    assert.equal(sql(desk.data, `SELECT site_id || state FROM plate WHERE code = '${made}'`), `${siteId(desk.data, 'dinh-binh-thuy')}installed`);
    await page.goto(`${desk.server.url}/${made}`);
    assert.match(await page.locator('h1').innerText(), /Đình Bình Thủy/);
    await page.goto(`${desk.server.url}/desk/plates/${made}`);
    await page.getByLabel('Tình trạng mới').selectOption('damaged');
    await page.getByRole('button', { name: 'Đổi tình trạng' }).click();
    await page.getByRole('button', { name: 'Hoàn tác' }).click();
    await page.getByText('Đã hoàn tác.').waitFor();
  }));
