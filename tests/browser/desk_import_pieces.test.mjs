// The file of an import sent from a browser: progress, a network that goes and comes back, the page closed and the same
// file chosen again, stopping, a file that will not do; without scripts; on a phone and a laptop, looked at by axe.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { addPerson, openDesk, sql, untilEnd } from '../desk_room.mjs';
import { sleep } from '../http/lib.mjs';
import { newFolder } from '../sample.mjs';
import { launch, look, openPage, shapes } from './browser.mjs';

const end = untilEnd(after);
const narrow = { ...shapes.phone, viewport: { width: 360, height: 740 } };
let browser, desk, lan, work, archive;
before(async () => {
  work = newFolder(end);
  desk = await openDesk(end, { before: (data) => { lan = addPerson(data, 'Lan'); } });
  browser = await launch();
  end.after(() => browser.close());
  archive = makeArchive('gói lớn.zip');
  fs.copyFileSync(archive, path.join(work, 'another.zip'));
});

// Some megabytes that do not pack, in several pieces.
function makeArchive(name) {
  const folder = path.join(work, 'goi');
  fs.mkdirSync(path.join(folder, 'sites/chua-duong-xa'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'bundle.json'), JSON.stringify({ format: 'stele-bundle', version: 1, languages: ['vi'] }));
  fs.writeFileSync(path.join(folder, 'sites/chua-duong-xa/site.json'), JSON.stringify({ kind: 'pagoda' }));
  fs.writeFileSync(path.join(folder, 'sites/chua-duong-xa/vi.md'), '# Chùa Đường Xa\n\nMột đoạn.\n');
  fs.writeFileSync(path.join(folder, 'phụ lục.bin'), crypto.randomBytes(3 << 20));
  const file = path.join(work, name);
  execFileSync('python3', ['-c', 'import shutil, sys; shutil.make_archive(sys.argv[1][:-4], "zip", sys.argv[2])', file, folder]);
  return file;
}

async function open(t, options) {
  const page = await openPage(t, browser, { expected: /net::ERR_|status of 503/, ...options });
  await page.context().addCookies([{ name: 'stele', value: lan.token, url: desk.server.url }]);
  await page.goto(`${desk.server.url}/desk/imports/new`);
  return page;
}
const pieces = '**/imports/uploads/*?offset=*';
const offsetOf = (request) => Number(new URL(request.url()).searchParams.get('offset'));
async function choose(page, file) {
  await page.getByLabel('Tệp', { exact: true }).setInputFiles(file);
  await page.getByRole('button', { name: 'Tải lên và xem trước' }).click();
}
const looked = (page) => page.getByRole('heading', { name: 'Xem trước khi nhập' }).waitFor({ timeout: 60000 });
const underWay = () => sql(desk.data, 'SELECT count(*) FROM upload');

const away = (route) => route.abort('internetdisconnected');

for (const [shape, options] of Object.entries({ phone: narrow, laptop: shapes.laptop }))
  test(`sent with its progress, by keyboard; the network goes and comes back: ${shape}`, async (t) => {
    const page = await open(t, options);
    await look(page, `desk-import-new-${shape}`);
    const offsets = [];
    let cut = 0;
    await page.route(pieces, (route) => {
      const offset = offsetOf(route.request());
      if (offset > 1000000 && cut < 2) {
        cut += 1;
        return away(route);
      }
      offsets.push(offset);
      return route.continue();
    });
    await page.getByLabel('Tệp', { exact: true }).setInputFiles(archive);
    await page.getByRole('button', { name: 'Tải lên và xem trước' }).focus();
    await page.keyboard.press('Enter');
    const row = page.locator('.file', { hasText: 'gói lớn.zip' });
    await row.getByText('Mất mạng. Sẽ tự gửi tiếp khi có mạng.').waitFor();
    assert.ok((await row.locator('progress').evaluate((bar) => bar.value)) > 25);
    await look(page, `desk-import-offline-${shape}`);
    await looked(page);
    await page.getByText('1 di tích mới').waitFor();
    assert.equal(cut, 2);
    assert.ok(offsets.length > 3 && offsets.every((offset, i) => i === 0 || offset > offsets[i - 1]), offsets.join()); // nothing twice
    assert.equal(underWay(), '0');
  });

test('the page is closed: it is told of, and the same file chosen again goes on', async (t) => {
  const page = await open(t, narrow);
  await page.route(pieces, (route) => (offsetOf(route.request()) > 1000000 ? away(route) : route.continue()));
  await choose(page, archive);
  await page.getByText('Mất mạng').waitFor();
  page.on('dialog', (dialog) => dialog.accept());
  await page.unroute(pieces);
  await page.goto(`${desk.server.url}/desk/imports/new`);
  await page.getByText(/Mới gửi được \d+ %\. Hãy chọn lại tệp này để gửi tiếp\./).waitFor();
  await look(page, 'desk-import-half-phone');
  const offsets = [];
  page.on('request', (request) => /offset=/.test(request.url()) && offsets.push(offsetOf(request)));
  await choose(page, archive);
  await looked(page);
  assert.ok(offsets.length > 0 && Math.min(...offsets) > 1000000, offsets.join());
});

test('stopped, while it is sent and as one of another day', async (t) => {
  const page = await open(t, narrow);
  await page.route(pieces, (route) => (offsetOf(route.request()) > 1000000 ? away(route) : route.continue()));
  await choose(page, archive);
  await page.getByText('Mất mạng').waitFor();
  await page.getByRole('button', { name: 'Thôi gửi' }).click();
  await page.locator('#coming').waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement.id), await page.getByLabel('Tệp', { exact: true }).getAttribute('id'));
  for (let i = 0; i < 100 && underWay() !== '0'; i += 1) await sleep(50);
  assert.equal(underWay(), '0');
  await choose(page, archive);
  await page.getByText('Mất mạng').waitFor();
  page.on('dialog', (dialog) => dialog.accept());
  await page.goto(`${desk.server.url}/desk/imports/new`);
  sql(desk.data, 'UPDATE upload SET bytes = 2147483648'); // the largest, half sent
  await choose(page, path.join(work, 'another.zip'));
  await page.locator('.file.failed', { hasText: 'another.zip' }).getByText('Bạn còn một tệp khác đang gửi dở').waitFor();
  await page.getByRole('button', { name: 'Đã hiểu' }).click();
  await page.getByRole('button', { name: 'Thôi gửi' }).click();
  await page.locator('#coming').waitFor({ state: 'hidden' });
  assert.equal(underWay(), '0');
});

test('what will not do is told beside its name, nothing of it is sent, and the next one goes', async (t) => {
  const page = await open(t, narrow);
  const workbook = path.join(work, 'Danh sách.xlsx'), table = path.join(work, 'Danh sách.csv');
  fs.writeFileSync(workbook, 'PK\x03\x04'.padEnd(3000));
  fs.writeFileSync(table, 'key,title,kind\nB-1,Chùa Bảng,Chùa\n');
  await choose(page, workbook);
  await page.locator('.file.failed', { hasText: 'Danh sách.xlsx' }).getByText('Đây là tệp bảng tính').waitFor();
  await look(page, 'desk-import-refused-phone');
  await page.getByRole('button', { name: 'Đã hiểu' }).click();
  await page.getByLabel('Bảng mã').selectOption('utf-8');
  await choose(page, table);
  await page.getByRole('heading', { name: 'Các cột trong tệp' }).waitFor();
  await page.getByText('Chùa Bảng').waitFor();
});

test('without scripts: the plain form, its lower limit said, and a button that stops what runs', async (t) => {
  const page = await open(t, { ...narrow, javaScriptEnabled: false });
  await page.getByText('Trình duyệt này không chạy JavaScript, nên gói di tích cũng chỉ gửi được tối đa 32 MB').waitFor();
  await choose(page, archive);
  await looked(page);
  await page.getByText('1 di tích mới').waitFor();
  const table = path.join(work, 'dài.csv');
  fs.writeFileSync(table, ['Mã,Tên di tích,Loại,Địa chỉ', ...Array.from({ length: 60000 }, (_, i) => `S-${i},Chùa Dài ${i},Chùa,"Số ${i}, đường Dài"`)].join('\n'));
  await page.goto(`${desk.server.url}/desk/imports/new`);
  await choose(page, table);
  await page.getByRole('button', { name: 'Xem trước', exact: true }).click();
  await page.getByRole('button', { name: 'Dừng lại' }).click();
  await page.getByText('Đã dừng theo yêu cầu. Chưa có gì được nhập').waitFor({ timeout: 60000 });
});
