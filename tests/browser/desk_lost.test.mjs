// Nothing is lost: pauses, a dead network, an ended session, two editors; versions; an import and its undoing.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { after, before, beforeEach, test } from 'node:test';
import { addPerson, endSessions, openDesk, password, siteId, sql, untilEnd } from '../desk_room.mjs';
import { launch } from './browser.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.STELE_SCREENSHOTS;
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const laptop = { viewport: { width: 1280, height: 800 } };

const end = untilEnd(after);
let desk, browser, lan, minh, hoa, quang, site;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      quang = addPerson(data, 'Quang');
      hoa = addPerson(data, 'Hoa', { mayPublish: false });
    },
  });
  site = `/desk/sites/${siteId(desk.data, 'dinh-binh-thuy')}`;
  browser = await launch();
  end.after(() => browser.close());
  if (shots) fs.mkdirSync(shots, { recursive: true });
});

// Others in each test: a page that closes may send its last draft a moment after the test.
let tests = 0;
beforeEach(() => {
  tests += 1;
  lan = addPerson(desk.data, `Lan ${tests}`);
  minh = addPerson(desk.data, `Minh ${tests}`);
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
  await status(page, 'Chưa lưu được vì mất mạng. Chữ vẫn được giữ trong máy này; có mạng rồi hãy bấm “Lưu” lại.');
  await inSight(page, page.locator('.draft-status'));
  await look(page, 'draft-unsent-phone');
  assert.equal(await summary(page).inputValue(), 'Viết lúc mất mạng');
  assert.doesNotMatch(draftOf(lan), /Viết lúc mất mạng/);
  await context.setOffline(false);
  await status(page, 'Đã có mạng và đã lưu nháp; hãy bấm “Lưu” lại để lưu.');
  assert.match(draftOf(lan), /Viết lúc mất mạng/);
  sql(desk.data, `DELETE FROM draft WHERE account_id = ${lan.id}`);
});

test('what was pressed without network is said to be undone, by its meaning, until it is pressed again', async (t) => {
  const id = siteId(desk.data, 'vuon-man');
  sql(desk.data, `UPDATE site SET state = 'draft' WHERE id = ${id}`);
  const { page, context, go } = await enter(t, hoa);
  await go(`/desk/sites/${id}`);
  await summary(page).fill('Gửi lúc mất mạng');
  await status(page, 'Đã lưu nháp lúc'); // so that nothing is left to be kept when the button is pressed
  await context.setOffline(true);
  const submit = page.locator('.bar').getByRole('button', { name: 'Gửi duyệt' });
  await submit.click();
  await status(page, 'Chưa gửi được vì mất mạng. Chữ vẫn được giữ trong máy này; có mạng rồi hãy bấm “Gửi duyệt” lại.');
  await summary(page).fill('Gửi lúc mất mạng, viết tiếp');
  await page.waitForTimeout(2500); // a pause keeps it here, and the sentence stays
  await status(page, 'Chưa gửi được vì mất mạng.');
  await page.locator('.bar').getByRole('button', { name: 'Lưu bản nháp' }).click();
  await status(page, 'Chưa lưu được vì mất mạng. Chữ vẫn được giữ trong máy này; có mạng rồi hãy bấm “Lưu bản nháp” lại.');
  await submit.click();
  await status(page, 'Chưa gửi được vì mất mạng.');
  await context.setOffline(false);
  await status(page, 'Đã có mạng và đã lưu nháp; hãy bấm “Gửi duyệt” lại để gửi.');
  assert.match(draftOf(hoa), /Gửi lúc mất mạng, viết tiếp/);
  await look(page, 'draft-unsent-again-phone');
  await submit.click();
  await page.locator('.flash', { hasText: 'để duyệt' }).waitFor();
  assert.equal(sql(desk.data, `SELECT state FROM site WHERE id = ${id}`), 'in-review');
  assert.equal(await page.locator('.draft-status').textContent(), '');
  sql(desk.data, `UPDATE site SET state = 'published' WHERE id = ${id}`);
});

test('publishing, and a text that was kept already, are told of as well', async (t) => {
  const id = siteId(desk.data, 'vuon-man');
  sql(desk.data, `UPDATE site SET state = 'draft' WHERE id = ${id}`);
  const { page, context, go } = await enter(t, lan);
  await go(`/desk/sites/${id}`);
  await context.setOffline(true);
  await page.locator('.bar').getByRole('button', { name: 'Đăng', exact: true }).click();
  await status(page, 'Chưa đăng được vì mất mạng.');
  await context.setOffline(false);
  await status(page, 'Đã có mạng và đã lưu nháp; hãy bấm “Đăng” lại để đăng.');
  forget(lan);
  sql(desk.data, `UPDATE site SET state = 'published' WHERE id = ${id}`);
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
  // A button; a link where the closing page's last try came through all the same.
  await later.locator('.draft-one', { hasText: 'Trong máy này còn giữ' }).getByText('Mở lại').click();
  await later.waitForURL(/draft=/);
  assert.equal(await summary(later).inputValue(), 'Máy tắt lúc mất mạng');
  sql(desk.data, `DELETE FROM draft WHERE account_id = ${lan.id}`);
});

test('an ended session asks for the password in place and goes on', async (t) => {
  const { page, go } = await enter(t, quang);
  await go(site);
  endSessions(desk.data, quang);
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
  assert.match(draftOf(quang), /Gõ sau khi hết phiên/);
  assert.equal(await summary(page).inputValue(), 'Gõ sau khi hết phiên');
});

test('a page whose browser another account signed in to acts as its own account or not at all', async (t) => {
  const { page, context, go } = await enter(t, lan);
  const id = site.split('/').at(-1);
  const newest = () => sql(desk.data, `SELECT u.name FROM revision r JOIN account u ON u.id = r.account_id WHERE r.subject = 'site' AND r.subject_id = ${id} ORDER BY r.version DESC LIMIT 1`);
  const use = (person) => context.addCookies([{ name: 'stele', value: person.token, url: desk.server.url }]);
  const texts = () => sql(desk.data, `SELECT count(*) FROM draft WHERE account_id = ${minh.id}`);
  const dialog = page.getByRole('dialog');
  const before = newest();
  await go(site);
  await use(minh);
  const theirs = await context.newPage();
  await theirs.goto(desk.server.url + site);
  await page.bringToFront();
  // what is kept by itself asks, and so does a save; put off, nothing is sent and nothing lost
  await summary(page).fill('Chữ của Lan trên máy chung');
  await dialog.getByText(`vừa có tài khoản khác đăng nhập: ${minh.name}`).waitFor();
  await look(page, 'draft-other-account-phone');
  assert.equal(await dialog.getByLabel('Tên tài khoản').inputValue(), lan.name);
  await dialog.getByRole('button', { name: 'Để sau' }).click();
  await page.locator('form.site button[value=save]').last().click();
  await dialog.waitFor();
  await dialog.getByRole('button', { name: 'Để sau' }).click();
  await page.waitForTimeout(500);
  assert.equal(new URL(page.url()).pathname, site);
  assert.equal(await summary(page).inputValue(), 'Chữ của Lan trên máy chung');
  assert.deepEqual([newest(), texts()], [before, '0']);
  // a form that has no draft
  await page.locator('form[action="/desk/sign-out"] button').first().evaluate((button) => button.click());
  await dialog.waitFor();
  await dialog.getByRole('button', { name: 'Để sau' }).click();
  assert.equal(sql(desk.data, `SELECT count(*) FROM session WHERE account_id = ${minh.id}`), '1');
  // with the password it is the page's own account again
  await page.locator('form.site button[value=save]').last().click();
  await dialog.getByLabel('Mật khẩu').fill(password);
  await dialog.getByRole('button', { name: /Đăng nhập/ }).click();
  await page.locator('.flash', { hasText: 'Đã lưu' }).waitFor();
  assert.equal(newest(), lan.name);
  assert.equal(await page.evaluate(() => document.body.dataset.user), lan.name);
  // and the other's page asks in its turn
  await theirs.bringToFront();
  await summary(theirs).fill('Chữ của Minh');
  await theirs.getByRole('dialog').getByText(`vừa có tài khoản khác đăng nhập: ${lan.name}`).waitFor();
  assert.deepEqual([newest(), texts(), drafts(lan)], [lan.name, '0', 0]);
});

const offers = (page) => page.locator('.draft-one');
const drafts = (person) => Number(sql(desk.data, `SELECT count(*) FROM draft WHERE account_id = ${person.id}`));
const forget = (person) => sql(desk.data, `DELETE FROM draft WHERE account_id = ${person.id}`);
const otherSite = () => `/desk/sites/${siteId(desk.data, 'vuon-man')}`;

test('what a save that failed had in it is not forgotten because another form was saved', async (t) => {
  forget(lan);
  const { page, context, go } = await enter(t, lan, laptop);
  await go(site);
  await summary(page).fill('Bấm Lưu ngay thì mất mạng');
  await context.route('**/desk/sites/*', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
  await page.locator('form.site button[value=save]').last().click();
  await page.waitForURL(/chrome-error|^(?!.*\/desk\/sites)/).catch(() => {});
  await context.unroute('**/desk/sites/*');
  await go(otherSite());
  await summary(page).fill('Di tích khác, lưu được');
  await page.locator('form.site button[value=save]').last().click();
  await page.locator('.flash').waitFor();
  await go(site);
  assert.equal(await offers(page).count(), 1);
  await offers(page).getByText('Mở lại').click();
  await page.waitForURL(/draft=/);
  assert.equal(await summary(page).inputValue(), 'Bấm Lưu ngay thì mất mạng');
  forget(lan);
});

test('a site that a colleague put into the bin meanwhile: the text comes back, and takes the site out', async (t) => {
  forget(lan);
  const there = otherSite();
  const id = there.split('/').at(-1);
  for (const [shape, options] of Object.entries({ phone, laptop })) {
    const { page, go } = await enter(t, lan, options);
    await go(there);
    await summary(page).fill(`Viết khi người khác bỏ vào thùng rác (${shape})`);
    sql(desk.data, `UPDATE site SET state = 'binned' WHERE id = ${id}`);
    await page.locator('form.site button[value=save]').last().click();
    await page.locator('#problems', { hasText: 'đã bị bỏ vào thùng rác' }).waitFor();
    assert.equal(await summary(page).inputValue(), `Viết khi người khác bỏ vào thùng rác (${shape})`);
    await look(page, `draft-binned-${shape}`);
    await page.getByRole('button', { name: 'Lấy lại và lưu' }).click();
    await page.locator('.flash', { hasText: 'Đã lấy lại' }).waitFor();
    assert.equal(sql(desk.data, `SELECT summary FROM text WHERE site_id = ${id} AND lang = 'vi'`), `Viết khi người khác bỏ vào thùng rác (${shape})`);
  }
  assert.equal(drafts(lan), 0);
});

test('a draft that is offered is not written over by what is typed beside it', async (t) => {
  forget(lan);
  const first = await enter(t, lan, laptop);
  await first.go(site);
  await summary(first.page).fill('Một giờ làm việc trên máy tính');
  await status(first.page, 'Đã lưu nháp lúc');
  const second = await enter(t, lan, phone);
  await second.go(site);
  await offers(second.page).first().waitFor();
  await summary(second.page).press('End');
  await summary(second.page).pressSequentially('x');
  await status(second.page, 'Đã lưu nháp lúc');
  assert.equal(drafts(lan), 2);
  assert.match(draftOf(lan), /Một giờ làm việc trên máy tính/);
  // both go on; each with its own
  await summary(first.page).fill('Một giờ làm việc trên máy tính, và thêm');
  await status(first.page, 'Đã lưu nháp lúc');
  await second.go(site);
  await second.page.waitForFunction(() => document.querySelectorAll('.draft-one').length === 2);
  await look(second.page, 'draft-offers-phone');
  await second.page.setViewportSize({ width: 360, height: 740 });
  await look(second.page, 'draft-offers-360');
  assert.equal(drafts(lan), 2);
  forget(lan);
});

test('a draft opened on two devices and written on both becomes two, and the second is told', async (t) => {
  forget(lan);
  const first = await enter(t, lan, laptop);
  await first.go(site);
  await summary(first.page).fill('Bắt đầu trên máy tính');
  await status(first.page, 'Đã lưu nháp lúc');
  const second = await enter(t, lan, phone);
  await second.go(site);
  await offers(second.page).getByText('Mở lại').click();
  await second.page.waitForURL(/draft=/);
  await summary(second.page).fill('Viết tiếp trên điện thoại');
  await status(second.page, 'Đã lưu nháp lúc');
  await summary(first.page).fill('Máy tính vẫn mở và viết tiếp');
  await status(first.page, 'vừa được viết tiếp ở một máy hay trang khác');
  assert.equal(drafts(lan), 2);
  assert.match(draftOf(lan), /Viết tiếp trên điện thoại/);
  assert.match(draftOf(lan), /Máy tính vẫn mở và viết tiếp/);
  await look(first.page, 'draft-apart-laptop');
  await offers(first.page).getByText('Xem bản kia').click();
  await first.page.waitForURL(/draft=/);
  assert.equal(await summary(first.page).inputValue(), 'Viết tiếp trên điện thoại');
  forget(lan);
});

test('two new sites have a draft each', async (t) => {
  forget(lan);
  const title = (page) => page.locator('[name="text.vi.title"]');
  const one = await enter(t, lan, laptop);
  for (const name of ['Đình thứ nhất', 'Đình thứ hai']) {
    await one.go('/desk/sites/new');
    await title(one.page).fill(name);
    await status(one.page, 'Đã lưu nháp lúc');
  }
  assert.equal(drafts(lan), 2);
  const theirs = await enter(t, minh, laptop);
  await theirs.go('/desk/sites/new');
  await title(theirs.page).fill('Chùa của Minh');
  await status(theirs.page, 'Đã lưu nháp lúc');
  assert.equal(await theirs.page.locator('#draft-others').innerText(), '');
  await one.go('/desk/sites/new');
  await look(one.page, 'draft-offers-new-laptop');
  await one.page.locator('.draft-one', { hasText: 'Đình thứ nhất' }).getByText('Mở lại').click();
  await one.page.waitForURL(/draft=/);
  assert.equal(await title(one.page).inputValue(), 'Đình thứ nhất');
  await one.page.locator('[name=kind]').selectOption({ index: 1 });
  await one.page.locator('form.site button[value=save]').last().click();
  await one.page.locator('.flash', { hasText: 'Đã lưu' }).waitFor();
  assert.equal(drafts(lan), 1);
  assert.match(draftOf(lan), /Đình thứ hai/);
  forget(lan);
  forget(minh);
});

test('a choice that is left offers one draft when the site is opened again', async (t) => {
  forget(lan);
  forget(minh);
  const mine = await enter(t, lan, laptop);
  const theirs = await enter(t, minh, laptop);
  await mine.go(site);
  await theirs.go(site);
  await summary(theirs.page).fill('Minh lưu trước');
  await theirs.page.locator('form.site button[value=save]').last().click();
  await theirs.page.locator('.flash').waitFor();
  await summary(mine.page).fill('Lan lưu sau');
  await mine.page.locator('form.site button[value=save]').last().click();
  await mine.page.locator('form.conflict').waitFor();
  await mine.go(site);
  await offers(mine.page).first().waitFor();
  assert.equal(await offers(mine.page).count(), 1);
  await offers(mine.page).getByText('Mở lại').click();
  await mine.page.waitForURL(/draft=/);
  assert.equal(await summary(mine.page).inputValue(), 'Lan lưu sau');
  forget(lan);
});

test('what was left in this browser and its draft on the server are one offer, the newer text', async (t) => {
  forget(lan);
  const { page, context, go } = await enter(t, lan, laptop);
  await go(site);
  await summary(page).fill('Đã lên máy chủ');
  await status(page, 'Đã lưu nháp lúc');
  await context.setOffline(true);
  await summary(page).fill('Đã lên máy chủ, và một câu lúc mất mạng');
  await status(page, 'Mất mạng');
  await page.close();
  await context.setOffline(false);
  const later = await context.newPage();
  await later.goto(desk.server.url + site);
  await later.locator('.draft-one', { hasText: 'Trong máy này còn giữ' }).waitFor();
  assert.match(await later.locator('.draft-one p').first().innerText(), /, từ \d{1,2}\/\d{1,2}\/\d{4}, \d\d:\d\d\.$/); // as the server writes it
  assert.equal(await offers(later).count(), 1);
  await offers(later).getByText('Mở lại').click();
  await later.waitForURL(/draft=/);
  assert.equal(await summary(later).inputValue(), 'Đã lên máy chủ, và một câu lúc mất mạng');
  assert.equal(drafts(lan), 1);
  forget(lan);
});

for (const [shape, options] of Object.entries({ phone: { ...phone, viewport: { width: 360, height: 740 } }, laptop }))
  test(`an editor who only submits corrects a published page by a proposal: ${shape}`, async (t) => {
    const writer = await enter(t, hoa, options);
    await writer.go(site);
    await writer.page.getByText('trang cho khách giữ nguyên đến khi').waitFor();
    await look(writer.page, `proposal-form-${shape}`);
    await summary(writer.page).fill(`Câu do Hoa đề nghị (${shape})`);
    await summary(writer.page).evaluate((field) => field.form.requestSubmit(field.form.querySelector('.unseen[name=do]')));
    await writer.page.locator('.flash', { hasText: 'Đã gửi đề nghị sửa' }).waitFor();
    assert.equal(await summary(writer.page).inputValue(), `Câu do Hoa đề nghị (${shape})`);
    const publisher = await enter(t, lan, options);
    await publisher.go('/desk/');
    await look(publisher.page, `proposals-home-${shape}`);
    await publisher.page.locator('.rows a[href*="/proposals/"]').click();
    await publisher.page.locator('ins').first().waitFor();
    await look(publisher.page, `proposal-${shape}`);
    await publisher.page.getByLabel('Lời nhắn').fill('Xin ghi nguồn');
    await publisher.page.getByRole('button', { name: 'Trả lại đề nghị' }).click();
    await publisher.page.locator('.flash', { hasText: 'Đã trả lại đề nghị của Hoa' }).waitFor();
    await writer.go(site);
    await writer.page.getByText('Xin ghi nguồn').waitFor();
    await look(writer.page, `proposal-returned-${shape}`);
    await writer.page.getByRole('button', { name: 'Gửi đề nghị sửa' }).last().click();
    await writer.page.locator('.flash', { hasText: 'Đã gửi đề nghị sửa' }).waitFor();
    await publisher.go(site);
    await look(publisher.page, `proposal-at-site-${shape}`);
    await publisher.page.getByRole('link', { name: 'Xem đề nghị' }).click();
    await publisher.page.getByRole('button', { name: 'Nhận và lưu' }).click();
    await publisher.page.locator('.flash', { hasText: 'Đã lưu' }).waitFor();
    assert.equal(await summary(publisher.page).inputValue(), `Câu do Hoa đề nghị (${shape})`);
    assert.deepEqual(sql(desk.data, `SELECT subject FROM draft WHERE account_id = ${hoa.id}`).split('\n'), [`taken:${site.split('/').at(-1)}`]);
    await writer.go('/desk/');
    await writer.page.getByText(`${lan.name} đã nhận vào trang`).waitFor();
    await look(writer.page, `proposal-taken-${shape}`);
  });

test('two editors see each other; saving drops the draft', async (t) => {
  forget(lan);
  forget(minh);
  const theirs = await enter(t, minh, laptop);
  await theirs.go(site);
  await summary(theirs.page).fill('Câu tóm tắt của Minh');
  await status(theirs.page, 'Đã lưu nháp lúc');
  const { page, go } = await enter(t, lan, laptop);
  await go(site);
  await page.locator('#draft-others', { hasText: /Đang có người khác sửa: .*Minh/ }).waitFor();
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
    await page.getByText('Sửa điều kiện', { exact: true }).click();
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
