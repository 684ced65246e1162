// The admin's work in a browser: name and vocabularies that visitors then see, who did what, a backup taken home.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { addPerson, openDesk, sql, untilEnd } from '../desk_room.mjs';
import { launch, look, openPage, shapes } from './browser.mjs';

const end = untilEnd(after);
let desk, browser, chi;
before(async () => {
  desk = await openDesk(end, { before: (data) => { chi = addPerson(data, 'Chi', { role: 'admin' }); } });
  browser = await launch();
  end.after(() => browser.close());
});

async function enter(t, shape) {
  const page = await openPage(t, browser, { ...shape, acceptDownloads: true });
  await page.context().addCookies([{ name: 'stele', value: chi.token, url: desk.server.url }]);
  page.goTo = (target) => page.goto(desk.server.url + target);
  page.press = (name) => page.getByRole('main').getByRole('button', { name, exact: true }).first().click();
  return page;
}

for (const [name, shape] of Object.entries(shapes)) {
  test(`a new name and a new area reach the visitors and the activity: ${name}`, async (t) => {
    const page = await enter(t, shape);
    await page.goTo('/desk/settings');
    await page.getByLabel('Tên bằng Tiếng Việt').fill(`Địa chỉ đỏ, ${name}`);
    await page.press('Lưu tên');
    await page.getByText('Đã lưu cài đặt.').waitFor();
    await page.getByRole('link', { name: 'Khu vực', exact: true }).click();
    const region = page.getByRole('region', { name: 'Thêm mục' });
    await region.getByRole('textbox').first().fill(`Phường ${name}`);
    await region.getByRole('button', { name: 'Thêm', exact: true }).click();
    await page.getByText('Đã thêm mục mới.').waitFor();
    await page.getByRole('link', { name: `Phường ${name}` }).waitFor();
    await look(page, `office-terms-${name}`);
    await page.goTo('/vi/');
    assert.match(await page.getByRole('banner').innerText(), new RegExp(`Địa chỉ đỏ, ${name}`));

    await page.goTo('/desk/activity');
    if (name === 'phone') await page.getByText('Bộ lọc', { exact: true }).click();
    await page.getByLabel('Người làm').selectOption({ label: 'Chi' });
    await page.press('Tìm');
    await page.waitForURL(/who=/);
    const told = await page.getByRole('main').innerText();
    assert.match(told, /Chi đã đổi cài đặt/);
    assert.match(told, /Chi đã sửa danh mục/);
    await look(page, `office-activity-${name}`);
  });

  test(`a backup is made, taken home, and called for again when it is old: ${name}`, async (t) => {
    const page = await enter(t, shape);
    const folder = path.join(desk.data, 'backups');
    if (fs.existsSync(folder)) for (const file of fs.readdirSync(folder)) fs.rmSync(path.join(folder, file));
    await page.goTo('/desk/backups');
    await page.getByText('Chưa có bản sao lưu nào.').waitFor();
    await page.press('Sao lưu ngay');
    await page.getByText('Đã tạo bản sao lưu.').waitFor();
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: /^stele-.*\.tar$/ }).click();
    const taken = await (await coming).path();
    assert.equal(fs.readFileSync(taken).subarray(257, 262).toString(), 'ustar', 'it is a tar file');
    await page.goTo('/desk/activity?what=backup.');
    await page.getByText('đã tải bản sao lưu').first().waitFor();

    const [file] = fs.readdirSync(folder);
    const old = new Date(Date.now() - 9 * 86400000);
    const day = (date) => date.toISOString().slice(0, 10).replaceAll('-', '');
    fs.renameSync(path.join(folder, file), path.join(folder, file.replace(/\d{8}/, day(old))));
    fs.utimesSync(path.join(folder, file.replace(/\d{8}/, day(old))), old, old);
    await page.goTo('/desk/backups');
    const warning = page.getByRole('status').filter({ hasText: 'Đã quá bảy ngày' });
    await warning.waitFor();
    const [red, green] = (await warning.evaluate((e) => getComputedStyle(e).color)).match(/\d+/g).map(Number);
    assert.ok(red > 2 * green, 'it is said in red');
    await look(page, `office-backup-old-${name}`);
  });
}
