// The way into the desk in a browser: from the link that the server prints to the first account, the second step,
// other people's accounts, and a session that ends while somebody types. Each screen is looked at by axe on a phone
// and a laptop. With STELE_SCREENSHOTS set to a folder, each is also kept there as a picture.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch, look, openPage, shapes } from './browser.mjs';
import { startServer } from '../http/lib.mjs';
import { addPerson, endSessions, sql, whileLocked } from '../desk_room.mjs';
import { importSample, newFolder, stele } from '../sample.mjs';
import { totp } from '../totp.mjs';

const password = 'sông Hậu mùa nước nổi';

const folder = newFolder({ after });
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

// A server of its own, stopped when `t` ends: { url, data, first (the printed link) }.
async function serve(t, { sample = false } = {}) {
  const data = path.join(folder, crypto.randomUUID());
  if (sample) await importSample(data);
  const server = await startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0']);
  t.after(() => server.stop());
  return { ...server, data, first: () => /first admin account at (\S+)/.exec(server.log())?.[1] };
}

const open = (t, options) => openPage(t, browser, options);

const fill = async (page, fields) => {
  for (const [name, value] of Object.entries(fields)) await page.locator(`main [name="${name}"]`).fill(value);
};
const push = (page, name) => page.locator('main').getByRole('button', { name, exact: true }).click();
// The same, until the answer is there: the desk's script asks for the session before it sends a form.
const press = (page, name) => Promise.all([page.waitForNavigation(), push(page, name)]);
const follow = (page, name) => page.locator('main').getByRole('link', { name, exact: true }).click();

async function makeFirstAdmin(page, server, name = 'Nguyễn Thị Lan') {
  await page.goto(server.first());
  await fill(page, { name, password });
  await press(page, 'Tạo tài khoản');
  await page.waitForURL('**/desk/');
}

async function signIn(page, server, name, secret = password, address = '/desk/') {
  await page.goto(server.url + address);
  await fill(page, { name, password: secret });
  await press(page, 'Đăng nhập');
}

for (const [shapeName, shape] of Object.entries(shapes))
  for (const scripts of [true, false])
    test(`from the printed link to the desk, ${shapeName}${scripts ? '' : ', without scripts'}`, async (t) => {
      const server = await serve(t);
      const page = await open(t, { ...shape, javaScriptEnabled: scripts });
      const seen = (name) => (scripts ? look(page, `${name}-${shapeName}`) : undefined);

      await page.goto(server.first());
      await seen('first');
      await fill(page, { name: 'L', password: 'ngắn' });
      await press(page, 'Tạo tài khoản');
      assert.equal(await page.locator('[name=name]').inputValue(), 'L', 'what was typed is kept');
      assert.match(await page.locator('#problems').innerText(), /Mật khẩu cần ít nhất 10 ký tự/);
      await seen('first-problem');
      await fill(page, { name: 'Nguyễn Thị Lan', password });
      await press(page, 'Tạo tài khoản');
      await page.waitForURL('**/desk/');
      assert.match(await page.locator('.flash').innerText(), /Đã tạo tài khoản quản trị/);
      await seen('home-new');
      await page.reload();
      assert.equal(await page.locator('.flash').count(), 0, 'words after a change are shown once');

      await page.goto(server.first());
      assert.match(await page.locator('h1').innerText(), /không còn dùng được/);
      await seen('link-over');

      // Somebody else's account: the link is handed over and used in another browser.
      await page.goto(`${server.url}/desk/accounts`);
      await seen('accounts');
      await follow(page, 'Thêm tài khoản');
      await seen('account-add');
      await fill(page, { name: 'nguyen thi LAN' });
      await press(page, 'Tạo tài khoản');
      assert.match(await page.locator('#field-name-problem').innerText(), /Đã có tài khoản/);
      await fill(page, { name: 'Trần Văn Bình' });
      await press(page, 'Tạo tài khoản');
      const link = await page.locator('#link').inputValue();
      await seen('account-link');
      const other = await open(t, { ...shape, javaScriptEnabled: scripts });
      await other.goto(link);
      if (scripts) await look(other, `password-${shapeName}`);
      await fill(other, { password: 'một câu rất dài' });
      await press(other, 'Đặt mật khẩu');
      await other.waitForURL('**/desk/');
      assert.match(await other.locator('body').innerText(), /Trần Văn Bình|Trình đơn/);
      assert.equal((await other.goto(`${server.url}/desk/accounts`)).status(), 403);
      if (scripts) await look(other, `denied-${shapeName}`);

      // Disabled: out at once, and not in again.
      await page.goto(`${server.url}/desk/accounts`);
      await follow(page, 'Trần Văn Bình');
      await seen('account');
      await page.locator('[name=enabled]').uncheck();
      await press(page, 'Lưu');
      await page.waitForURL('**/desk/accounts');
      assert.match(await page.locator('.flash').innerText(), /Trần Văn Bình/);
      await seen('accounts-two');
      await other.goto(`${server.url}/desk/me`);
      assert.equal(new URL(other.url()).pathname + new URL(other.url()).search, '/desk/sign-in?next=%2Fdesk%2Fme');
      await fill(other, { name: 'Trần Văn Bình', password: 'một câu rất dài' });
      await press(other, 'Đăng nhập');
      assert.match(await other.locator('#problems').innerText(), /Tên tài khoản hoặc mật khẩu chưa đúng/);
      if (scripts) await look(other, `sign-in-wrong-${shapeName}`);

      // The only admin cannot lock everybody out.
      await page.goto(`${server.url}/desk/accounts`);
      await follow(page, 'Nguyễn Thị Lan');
      await page.locator('[name=role][value=editor]').check();
      await press(page, 'Lưu');
      assert.match(await page.locator('#problems').innerText(), /người quản trị duy nhất/);
      await seen('account-problem');
    });

describe('the second step', () => {
  for (const [shapeName, shape] of Object.entries(shapes))
    test(`is turned on, asked for, and turned off: ${shapeName}`, async (t) => {
      const server = await serve(t);
      const page = await open(t, shape);
      await makeFirstAdmin(page, server);
      await page.goto(`${server.url}/desk/me`);
      await look(page, `me-${shapeName}`);
      await follow(page, 'Bật');
      await look(page, `factor-on-${shapeName}`);
      assert.ok(await page.locator('img.symbol').evaluate((img) => img.complete && img.naturalWidth > 100), 'the symbol is drawn');
      const uri = await page.locator('a[href^="otpauth:"]').getAttribute('href');
      const secret = new URL(uri).searchParams.get('secret');
      await fill(page, { code: '000000', current: password });
      await press(page, 'Bật');
      assert.match(await page.locator('#field-code-problem').innerText(), /không khớp/);
      assert.equal(await page.locator('a[href^="otpauth:"]').getAttribute('href'), uri, 'the secret stays the same');
      const used = totp(secret);
      await fill(page, { code: used, current: password });
      await press(page, 'Bật');
      const codes = await page.locator('.codes li').allInnerTexts();
      assert.equal(codes.length, 10);
      await look(page, `factor-codes-${shapeName}`);

      const other = await open(t, shape);
      await signIn(other, server, 'nguyễn thị lan', password, '/desk/me/password');
      await look(other, `sign-in-second-${shapeName}`);
      await fill(other, { code: used });
      await press(other, 'Đăng nhập');
      assert.match(await other.locator('#field-code-problem').innerText(), /đã dùng rồi/);
      await fill(other, { code: codes[3] });
      await press(other, 'Đăng nhập');
      await other.waitForURL('**/desk/me/password');
      await look(other, `me-password-${shapeName}`);

      await page.goto(`${server.url}/desk/me`);
      assert.equal(await page.locator('button[name=session]:not([value=others])').count(), 1);
      await look(page, `me-two-${shapeName}`);
      await press(page, 'Đăng xuất mọi thiết bị khác');
      await page.locator('.flash').waitFor();
      await other.goto(`${server.url}/desk/me`);
      assert.match(other.url(), /sign-in/);

      await follow(page, 'Tắt');
      await look(page, `factor-off-${shapeName}`);
      await fill(page, { current: 'không đúng đâu' });
      await press(page, 'Tắt');
      assert.match(await page.locator('#field-current-problem').innerText(), /chưa đúng/);
      await fill(page, { current: password });
      await press(page, 'Tắt');
      await page.waitForURL('**/desk/me');
      await signIn(other, server, 'Nguyễn Thị Lan');
      await other.waitForURL('**/desk/');
    });
});

test('while an import has the store the page keeps what was typed, and signs in by itself', async (t) => {
  const server = await serve(t);
  const page = await open(t, { ...shapes.phone, expected: /status of 503/ });
  await makeFirstAdmin(page, server);
  const name = 'Nguyễn Thị Lan';
  const failures = () => sql(server.data, 'SELECT count(*) FROM login_failure');
  sql(server.data, 'DELETE FROM session');
  await page.goto(`${server.url}/desk/me`);
  await whileLocked(server.data, async () => {
    await fill(page, { name, password });
    await push(page, 'Đăng nhập');
    await page.locator('main [role=status]', { hasText: 'Cứ để trang này mở' }).waitFor();
    await look(page, 'sign-in-waits-phone');
    assert.equal(await page.locator('main [name=password]').inputValue(), password);
  });
  await page.waitForURL('**/desk/me');

  await page.goto(`${server.url}/desk/accounts/add`);
  await fill(page, { name: 'Lê Thị Hoa' });
  sql(server.data, 'DELETE FROM session');
  const dialog = page.locator('#again');
  await whileLocked(server.data, async () => {
    await push(page, 'Tạo tài khoản');
    await dialog.locator('[name=password]').fill(password);
    await dialog.getByRole('button', { name: 'Đăng nhập và làm tiếp' }).click();
    await dialog.locator('.problem', { hasText: 'Cứ để trang này mở' }).waitFor();
    await look(page, 'again-waits-phone');
    assert.ok(!(await page.content()).includes(server.data));
  });
  await page.locator('#link').waitFor();
  assert.equal(failures(), '0');

  const plain = await open(t, { ...shapes.laptop, javaScriptEnabled: false, expected: /status of 503/ });
  await plain.goto(`${server.url}/desk/me`);
  await whileLocked(server.data, async () => {
    await fill(plain, { name, password });
    await press(plain, 'Đăng nhập');
    assert.match(await plain.locator('#problems').innerText(), /Hãy thử lại sau ít phút/);
    assert.equal(await plain.locator('main [name=name]').inputValue(), name);
  });
});

describe('a session that ends', () => {
  for (const scripts of [true, false])
    test(`while somebody types costs nothing${scripts ? '' : ', without scripts'}`, async (t) => {
      const server = await serve(t);
      const page = await open(t, { ...shapes.phone, javaScriptEnabled: scripts });
      await makeFirstAdmin(page, server);
      await page.goto(`${server.url}/desk/accounts/add`);
      await fill(page, { name: 'Lê Thị Hoa' });
      await page.locator('[name=role][value=field]').check();
      sql(server.data, 'DELETE FROM session');
      await push(page, 'Tạo tài khoản');
      if (scripts) {
        const dialog = page.locator('#again');
        await dialog.waitFor();
        await look(page, 'again-dialog-phone');
        await dialog.locator('[name=password]').fill('không đúng đâu');
        await dialog.getByRole('button', { name: 'Đăng nhập và làm tiếp' }).click();
        await dialog.locator('.problem').filter({ hasText: 'chưa đúng' }).waitFor();
        await dialog.locator('[name=password]').fill(password);
        await dialog.getByRole('button', { name: 'Đăng nhập và làm tiếp' }).click();
      } else {
        assert.match(await page.locator('h1').innerText(), /Đăng nhập lại/);
        await fill(page, { 'again-name': 'Nguyễn Thị Lan', 'again-password': 'không đúng đâu' });
        await press(page, 'Đăng nhập và làm tiếp');
        assert.match(await page.locator('#problems').innerText(), /chưa đúng/);
        await fill(page, { 'again-password': password });
        await press(page, 'Đăng nhập và làm tiếp');
        await press(page, 'Lưu và làm tiếp');
      }
      await page.locator('#link').waitFor();
      assert.equal(sql(server.data, "SELECT role FROM account WHERE name = 'Lê Thị Hoa'"), 'field');
    });

  test('can be put off, and what was typed stays', async (t) => {
    const server = await serve(t);
    const page = await open(t, shapes.laptop);
    await makeFirstAdmin(page, server);
    await page.goto(`${server.url}/desk/accounts/add`);
    await fill(page, { name: 'Lê Thị Hoa' });
    sql(server.data, 'DELETE FROM session');
    await push(page, 'Tạo tài khoản');
    await page.locator('#again').getByRole('button', { name: 'Để sau' }).click();
    assert.equal(await page.locator('[name=name]').first().inputValue(), 'Lê Thị Hoa');
    assert.equal(await page.locator('#again').isVisible(), false);
  });
});

test('the desk speaks both languages, and keeps the choice', async (t) => {
  const server = await serve(t, { sample: true });
  const page = await open(t, shapes.laptop);
  const person = addPerson(server.data, 'Phạm Thu', { role: 'admin' });
  await page.context().addCookies([{ name: 'stele', value: person.token, url: server.url }]);
  await page.goto(`${server.url}/desk/accounts?q=pham`);
  assert.equal(await page.locator('html').getAttribute('lang'), 'vi');
  await page.locator('.side').getByRole('button', { name: 'English' }).click();
  await page.locator('html[lang=en]').waitFor();
  assert.equal(new URL(page.url()).search, '?q=pham');
  assert.match(await page.locator('h1').innerText(), /Accounts/);
  await look(page, 'accounts-en-laptop');
  await page.goto(`${server.url}/desk/`);
  await look(page, 'home-sample-en-laptop');
  assert.equal(sql(server.data, `SELECT language FROM account WHERE id = ${person.id}`), 'en');
  endSessions(server.data, person);
  await page.goto(`${server.url}/desk/`);
  assert.match(await page.locator('h1').innerText(), /Sign in/);
});

test('every page is accessible in the dark', async (t) => {
  const server = await serve(t, { sample: true });
  const page = await open(t, { ...shapes.phone, colorScheme: 'dark' });
  await page.goto(`${server.url}/desk/sign-in`);
  await look(page, 'sign-in-dark-phone');
  const person = addPerson(server.data, 'Phạm Thu', { role: 'admin' });
  await page.context().addCookies([{ name: 'stele', value: person.token, url: server.url }]);
  for (const [name, address] of Object.entries({ home: '/desk/', accounts: '/desk/accounts', me: '/desk/me', add: '/desk/accounts/add', factor: '/desk/me/second-factor', missing: '/desk/nowhere' })) {
    await page.goto(server.url + address);
    await look(page, `${name}-dark-phone`);
  }
  await page.goto(`${server.url}/desk/`);
  await page.locator('.fold summary').click();
  await look(page, 'menu-dark-phone');
});
