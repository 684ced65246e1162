// Nothing is lost: pauses, a dead network, an ended session, two editors; versions; an import and its undoing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { addPerson, endSessions, openDesk, password, siteId, sql, untilEnd } from '../desk_room.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.STELE_SCREENSHOTS;
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const laptop = { viewport: { width: 1280, height: 800 } };

const end = untilEnd(after);
let desk, browser, lan, minh, site;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      minh = addPerson(data, 'Minh');
    },
  });
  site = `/desk/sites/${siteId(desk.data, 'dinh-binh-thuy')}`;
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  end.after(() => browser.close());
  if (shots) fs.mkdirSync(shots, { recursive: true });
});

// A browser in which the person is signed in; fails on what it complains of.
async function enter(t, person, options = phone) {
  const context = await browser.newContext({ locale: 'vi-VN', reducedMotion: 'reduce', bypassCSP: true, ...options });
  await context.addCookies([{ name: 'stele', value: person.token, url: desk.server.url }]);
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  return { page, context, go: (target) => page.goto(desk.server.url + target) };
}

async function look(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name} scrolls sideways`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), [], name);
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

const summary = (page) => page.locator('[name="text.vi.summary"]');
const draftOf = (person) => sql(desk.data, `SELECT document FROM draft WHERE account_id = ${person.id}`);
const inSight = async (page, element) => {
  const { y, height } = await element.boundingBox();
  assert.ok(y >= 0 && y + height <= page.viewportSize().height, `at ${y} of ${page.viewportSize().height}`);
};
const status = (page, words) => page.locator('.draft-status', { hasText: words }).waitFor();

test('what is typed is kept on a pause, offered again, and gone when discarded', async (t) => {
  const { page, go } = await enter(t, lan);
  await go(site);
  await summary(page).fill('Câu đang viết dở');
  await status(page, /^Đã lưu nháp lúc \d\d:\d\d$/);
  assert.match(draftOf(lan), /Câu đang viết dở/);
  await go('/desk/');
  await look(page, 'drafts-home-phone');
  await page.getByRole('link', { name: 'Đình Bình Thủy' }).first().click();
  assert.equal(await summary(page).inputValue(), 'Câu đang viết dở');
  await go(site);
  assert.notEqual(await summary(page).inputValue(), 'Câu đang viết dở');
  await page.locator('.draft-offer', { hasText: 'Bạn có bản nháp chưa lưu từ' }).waitFor();
  await look(page, 'draft-offer-phone');
  await page.getByRole('button', { name: 'Bỏ', exact: true }).click();
  await page.locator('.flash', { hasText: 'Đã bỏ bản nháp' }).waitFor();
  assert.equal(draftOf(lan), '');
});

test('leaving the page keeps what was typed just before', async (t) => {
  const { page, go } = await enter(t, lan);
  await go(site);
  await summary(page).fill('Vừa gõ xong thì rời trang');
  await go('/desk/');
  await page.waitForTimeout(500);
  assert.match(draftOf(lan), /Vừa gõ xong thì rời trang/);
  sql(desk.data, `DELETE FROM draft WHERE account_id = ${lan.id}`);
});

test('a form that came back with one more row is kept as well', async (t) => {
  const { page, go } = await enter(t, lan);
  await go(site);
  await summary(page).fill('Vừa gõ thì thêm một dòng');
  await page.locator('#part-sources summary').click();
  await page.locator('button[value="add:sources"]').click();
  await page.waitForURL((url) => url.pathname === site);
  await status(page, 'Đã lưu nháp lúc');
  assert.match(draftOf(lan), /Vừa gõ thì thêm một dòng/);
  sql(desk.data, `DELETE FROM draft WHERE account_id = ${lan.id}`);
});

test('without network it stays in the browser, and goes to the server when there is one again', async (t) => {
  const { page, context, go } = await enter(t, lan);
  await go(site);
  await context.setOffline(true);
  await summary(page).fill('Viết lúc mất mạng');
  await status(page, 'Mất mạng: đang giữ trong máy này');
  await look(page, 'draft-offline-phone');
  await page.getByRole('button', { name: /^Lưu/ }).last().click();
  await status(page, 'Mất mạng: đang giữ trong máy này');
  await inSight(page, page.locator('.draft-status'));
  assert.equal(await summary(page).inputValue(), 'Viết lúc mất mạng');
  assert.equal(draftOf(lan), '');
  await context.setOffline(false);
  await status(page, 'Đã lưu nháp lúc');
  assert.match(draftOf(lan), /Viết lúc mất mạng/);
  sql(desk.data, `DELETE FROM draft WHERE account_id = ${lan.id}`);
});

test('a copy that never reached the server is offered when the form is opened again', async (t) => {
  const { page, context, go } = await enter(t, lan);
  await go(site);
  await context.setOffline(true);
  await summary(page).fill('Máy tắt lúc mất mạng');
  await status(page, 'Mất mạng');
  await page.evaluate(() => (window.onbeforeunload = null));
  await page.close();
  await context.setOffline(false);
  const later = await context.newPage();
  await later.goto(desk.server.url + site);
  await later.locator('.draft-offer', { hasText: 'Trong máy này còn giữ' }).getByRole('button', { name: 'Mở lại' }).click();
  await later.waitForURL(/draft=open/);
  assert.equal(await summary(later).inputValue(), 'Máy tắt lúc mất mạng');
  sql(desk.data, `DELETE FROM draft WHERE account_id = ${lan.id}`);
});

test('an ended session asks for the password in place and goes on', async (t) => {
  const { page, go } = await enter(t, minh);
  await go(site);
  endSessions(desk.data, minh);
  await summary(page).fill('Gõ sau khi hết phiên');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await look(page, 'draft-again-phone');
  await dialog.getByLabel('Mật khẩu').fill('không đúng đâu');
  await dialog.getByRole('button', { name: /Đăng nhập/ }).click();
  await dialog.getByText('chưa đúng').waitFor();
  await dialog.getByLabel('Mật khẩu').fill(password);
  await dialog.getByRole('button', { name: /Đăng nhập/ }).click();
  await status(page, 'Đã lưu nháp lúc');
  assert.match(draftOf(minh), /Gõ sau khi hết phiên/);
  assert.equal(await summary(page).inputValue(), 'Gõ sau khi hết phiên');
});

test('two editors see each other; saving drops the draft', async (t) => {
  const { page, go } = await enter(t, lan, laptop);
  await go(site);
  await page.locator('#draft-others', { hasText: 'Đang có người khác sửa: Minh' }).waitFor();
  await summary(page).fill('Câu tóm tắt mới của Lan');
  await status(page, 'Đã lưu nháp lúc');
  await look(page, 'draft-others-laptop');
  await page.locator('form.site button.main').first().click();
  await page.locator('.flash').waitFor();
  assert.equal(draftOf(lan), '');
  assert.equal(sql(desk.data, "SELECT summary FROM text JOIN site ON site.id = site_id WHERE slug = 'dinh-binh-thuy' AND lang = 'vi'"), 'Câu tóm tắt mới của Lan');
  assert.equal(await page.evaluate(() => Object.keys(localStorage).length), 0);
});

for (const [shape, options] of Object.entries({ phone, laptop }))
  test(`versions, compared and gone back to: ${shape}`, async (t) => {
    const { page, go } = await enter(t, lan, options);
    await go(`${site}/history`);
    await look(page, `revisions-${shape}`);
    await page.getByRole('link', { name: /Đã thay đổi gì/ }).first().click();
    await page.locator('ins').first().waitFor();
    await look(page, `revisions-compare-${shape}`);
    await page.getByRole('button', { name: /Trở về phiên bản/ }).click();
    await page.locator('.flash', { hasText: 'Đã trở về phiên bản' }).waitFor();
  });

for (const [shape, options] of Object.entries({ phone, laptop }))
  test(`a file is imported and the import undone: ${shape}`, async (t) => {
    const { page, go } = await enter(t, lan, options);
    await go('/desk/imports');
    await look(page, `imports-${shape}`);
    await page.getByRole('link', { name: 'Nhập từ tệp' }).click();
    await look(page, `import-new-${shape}`);
    const text = 'Mã di tích;Tên di tích;Địa chỉ;Vĩ độ;Kinh độ\nB-1;Đình Tân An;Phường Tân An;10,03;105,78\nB-2;;thiếu tên;;\nB-3;Chùa Ông;Ninh Kiều;95,5;105,7\n';
    await page.locator('input[type=file]').setInputFiles({ name: 'Danh sách.csv', mimeType: 'text/csv', buffer: Buffer.from('\ufeff' + text) });
    await page.getByRole('button', { name: 'Tải lên và xem trước' }).click();
    await page.getByRole('heading', { name: 'Các cột trong tệp' }).waitFor();
    await look(page, `import-match-${shape}`);
    await page.getByRole('button', { name: 'Xem trước' }).click();
    await page.locator('#report').waitFor();
    await look(page, `import-look-${shape}`);
    await page.getByLabel(/Bỏ qua các dòng có lỗi/).check();
    await page.getByRole('button', { name: 'Nhập 1 di tích' }).click();
    await page.locator('.flash', { hasText: 'Đã nhập: 1 di tích mới' }).waitFor();
    await look(page, `import-${shape}`);
    await page.getByRole('button', { name: 'Hoàn tác cả lần nhập' }).click();
    await page.locator('.flash', { hasText: 'Đã hoàn tác' }).waitFor();
    assert.equal(sql(desk.data, "SELECT state FROM site WHERE key = 'B-1'"), 'binned');
    sql(desk.data, "UPDATE site SET key = 'B-1-' || id WHERE key = 'B-1'");
  });

for (const [shape, options] of Object.entries({ phone, laptop }))
  test(`a ward gets its new name everywhere, and the old one back: ${shape}`, async (t) => {
    const { page, go } = await enter(t, lan, options);
    await go('/desk/bulk');
    await look(page, `bulk-${shape}`);
    await page.getByLabel('Chữ trong địa chỉ tiếng Việt hiện nay').fill('Phường Bình Thủy');
    await page.getByLabel('Đổi thành (tiếng Việt)').fill('Phường Long Tuyền');
    await page.getByRole('button', { name: 'Xem trước' }).click();
    const heading = page.getByRole('heading', { name: /di tích sẽ thay đổi/ });
    await heading.waitFor();
    await look(page, `bulk-look-${shape}`);
    // the Enter key looks again, and never applies
    const before = Number((await heading.textContent()).match(/\d+/)[0]);
    await page.getByRole('checkbox', { name: 'Đình Bình Thủy' }).uncheck();
    await page.getByText('Sửa điều kiện').click();
    await page.getByLabel('Đổi thành (tiếng Việt)').press('Enter');
    await page.getByText('1 di tích bạn bỏ chọn sẽ giữ nguyên').waitFor();
    assert.equal(Number((await heading.textContent()).match(/\d+/)[0]), before - 1);
    assert.equal(await page.getByRole('checkbox', { name: 'Đình Bình Thủy' }).isChecked(), false);
    await page.getByRole('checkbox', { name: 'Đình Bình Thủy' }).check();
    await page.getByRole('button', { name: 'Áp dụng cho các di tích được chọn' }).first().click();
    await page.locator('.flash', { hasText: `Đã thay đổi ${before} di tích` }).waitFor();
    await page.locator('.flash').getByRole('button', { name: 'Hoàn tác' }).click();
    await page.locator('.flash', { hasText: 'Đã hoàn tác' }).waitFor();
  });

test('the export is a file', async (t) => {
  const { page, go } = await enter(t, lan);
  await go('/desk/exports');
  await look(page, 'exports-phone');
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Tải bảng CSV' }).click();
  assert.equal((await coming).suggestedFilename(), 'di-tich.csv');
});
