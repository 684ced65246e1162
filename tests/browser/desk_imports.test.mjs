// A long import and a bundle in a browser: the page tells how far it is, with scripts and without, the tab may be closed,
// and it ends at the import with its undo. On a phone and a laptop; axe looks at the page while it moves.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { addPerson, openDesk, sql, untilEnd } from '../desk_room.mjs';
import { newFolder } from '../sample.mjs';
import { launch } from './browser.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.STELE_SCREENSHOTS;
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const laptop = { viewport: { width: 1280, height: 800 } };

const end = untilEnd(after);
let browser, desk, lan, work;
before(async () => {
  work = newFolder(end);
  desk = await openDesk(end, { before: (data) => { lan = addPerson(data, 'Lan'); } });
  browser = await launch();
  end.after(() => browser.close());
  if (shots) fs.mkdirSync(shots, { recursive: true });
});

async function open(t, options) {
  const context = await browser.newContext({ locale: 'vi-VN', bypassCSP: true, ...options });
  await context.addCookies([{ name: 'stele', value: lan.token, url: desk.server.url }]);
  t.after(() => context.close());
  return context.newPage();
}

function table(prefix, rows) {
  const file = path.join(work, `${prefix}.csv`);
  fs.writeFileSync(file, ['Mã,Tên di tích,Loại,Địa chỉ', ...Array.from({ length: rows }, (_, i) => `${prefix}-${i},Chùa Dài ${i},Chùa,"Số ${i}, đường Dài"`)].join('\n'));
  return file;
}

async function upload(page, file) {
  await page.goto(`${desk.server.url}/desk/imports/new`);
  await page.getByLabel('Tệp', { exact: true }).setInputFiles(file);
  await page.getByRole('button', { name: 'Tải lên và xem trước' }).click();
}

const landed = (prefix) => Number(sql(desk.data, `SELECT count(*) FROM site WHERE key LIKE '${prefix}-%' AND state <> 'binned'`));

test('everything as one bundle, out and in again', async (t) => {
  const page = await open(t, laptop);
  await page.goto(`${desk.server.url}/desk/imports`);
  await page.getByRole('link', { name: 'Xuất dữ liệu' }).click();
  await page.getByRole('button', { name: 'Đóng gói' }).click();
  const link = page.getByRole('link', { name: 'Tải gói về máy' });
  await link.waitFor({ timeout: 120000 });
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const file = path.join(work, 'goi.zip');
  await download.saveAs(file);
  await upload(page, file);
  await page.getByRole('heading', { name: 'Xem trước khi nhập' }).waitFor({ timeout: 120000 });
  await page.getByText('Không có gì để thay đổi').waitFor();
  if (shots) await page.screenshot({ path: path.join(shots, 'import-bundle-laptop.png'), fullPage: true });
});

test('a table of 100,000 rows: progress, the tab closed and opened again, undo', async (t) => {
  const page = await open(t, phone);
  await upload(page, table('A', 100000));
  await page.getByRole('button', { name: 'Xem trước', exact: true }).click();
  await page.getByRole('heading', { name: 'Đang đọc tệp' }).waitFor();
  await page.locator('#job-words', { hasText: '%' }).waitFor();
  if (shots) await page.screenshot({ path: path.join(shots, 'import-running-phone.png'), fullPage: true });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
  const address = page.url();
  await page.getByRole('heading', { name: 'Xem trước khi nhập' }).waitFor({ timeout: 120000 });
  await page.getByText('100.000 di tích mới').waitFor();
  assert.equal(landed('A'), 0);
  await page.getByRole('button', { name: 'Nhập 100.000 di tích' }).click();
  await page.getByRole('heading', { name: 'Đang đọc tệp' }).waitFor();
  await page.close();
  const again = await open(t, laptop);
  await again.goto(address);
  if (shots) await again.screenshot({ path: path.join(shots, 'import-running-laptop.png') });
  await again.getByText('Đã nhập: 100.000 di tích mới').waitFor({ timeout: 120000 });
  assert.equal(landed('A'), 100000);
  await again.getByRole('button', { name: 'Hoàn tác cả lần nhập' }).click();
  await again.getByText('Lần nhập này đã được hoàn tác').waitFor({ timeout: 120000 });
  assert.equal(landed('A'), 0);
});

test('the same without scripts', async (t) => {
  const page = await open(t, { ...phone, javaScriptEnabled: false });
  await upload(page, table('B', 60000));
  await page.getByRole('button', { name: 'Xem trước', exact: true }).click();
  await page.getByRole('heading', { name: 'Đang đọc tệp' }).waitFor();
  await page.getByRole('heading', { name: 'Xem trước khi nhập' }).waitFor({ timeout: 120000 });
  await page.getByRole('button', { name: 'Nhập 60.000 di tích' }).click();
  await page.getByText('Đã nhập: 60.000 di tích mới').waitFor({ timeout: 120000 });
  assert.equal(landed('B'), 60000);
});
