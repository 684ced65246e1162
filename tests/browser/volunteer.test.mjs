// What a new volunteer does: from the link that the first start prints, to a bilingual page with two photos from a
// phone that opens by a plate's address. Everything is found by what a person reads, and pressed by keyboard.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { request, sleep, startServer } from '../http/lib.mjs';
import { addNotes, makePhoto, notes } from '../photos.mjs';
import { newFolder, stele } from '../sample.mjs';
import { launch, look, openPage, shapes } from './browser.mjs';

const MINUTES = 60000;
const secret = 'con nước lớn ròng mỗi ngày';
const story = {
  'Tiếng Việt': {
    'Tên di tích': 'Đình làng em',
    'Tóm tắt': 'Ngôi đình nhỏ bên rạch, nơi cả xóm tụ về cúng Kỳ yên mỗi năm.',
    'Nội dung': '## Chuyện kể bên rạch\n\nÔng bà kể rằng cột đình chở về theo đường sông.',
  },
  English: {
    'Tên di tích': 'Our Village Communal House',
    'Tóm tắt': 'A small communal house by the creek, where the whole hamlet meets each year.',
    'Nội dung': '## Told by the creek\n\nThe elders say that its pillars came by river.',
  },
};
const photos = [
  { vi: 'Cổng đình sơn đỏ, hai bên là hàng cau', en: 'The red gate with areca palms on both sides' },
  { vi: 'Gian giữa nhìn ra sân gạch', en: 'The middle hall, seen towards the brick yard' },
];
const altLabel = (lang) => `Mô tả ảnh cho người không nhìn thấy – ${lang}`;

const folder = newFolder({ after });
let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

// The real server over an empty folder, and the link that it prints.
async function begin(t) {
  const port = await freePort();
  const server = await startServer(stele, ['serve', '--data', path.join(folder, 'data'), '--listen', `127.0.0.1:${port}`, '--base-url', `http://127.0.0.1:${port}`]);
  t.after(() => server.stop());
  let link;
  while (!(link = /first admin account at (\S+)/.exec(server.log())?.[1])) await sleep(20);
  return { server, link };
}

// What a phone's camera leaves: one photo held upright, both with position and the owner's name.
function takePhotos() {
  return [addNotes(makePhoto(path.join(folder, 'IMG_2041.jpg'), 2000, 1500, '[Q=85]'), 6), addNotes(makePhoto(path.join(folder, 'IMG_2042.jpg'), 1600, 1200, '[Q=85]'), 1)];
}

// A person at a page: counts what they do.
function person(page) {
  const did = { screens: 0, fields: 0, presses: 0 };
  const press = async (what) => {
    did.presses++;
    await what.focus();
    await page.keyboard.press('Enter');
  };
  // The same, until the next page is there: words of the page before must not be taken for its own.
  const turn = (what) => Promise.all([page.waitForNavigation(), press(what)]);
  const main = page.getByRole('main');
  return {
    page,
    main,
    did,
    open: (address) => (did.screens++, page.goto(address)),
    button: (name, within = main) => turn(within.getByRole('button', { name, exact: true })),
    link: (name, within = main) => turn(within.getByRole('link', { name }).first()),
    write: (label, words, within = main) => (did.fields++, within.getByLabel(label, { exact: true }).fill(words)),
    choose: (label, option, within = main) => (did.fields++, within.getByLabel(label, { exact: true }).selectOption({ label: option })),
    tick: async (label) => {
      did.presses++;
      await main.getByLabel(label).focus();
      await page.keyboard.press('Space');
    },
    reads: (words) => main.getByText(words).first().waitFor(),
    menu: async (name) => {
      await press(page.getByText('Trình đơn', { exact: true }).first());
      await turn(page.getByRole('navigation', { name: 'Trình đơn' }).getByRole('link', { name, exact: true }).first());
    },
  };
}

async function makeAdmin(lan, link) {
  await lan.open(link);
  await lan.write('Tên tài khoản', 'Nguyễn Thị Lan');
  await lan.write('Mật khẩu mới', secret);
  await lan.button('Tạo tài khoản');
  await lan.reads('Chào mừng bạn đến với bàn biên tập');
  await lan.reads('Bắt đầu từ một di tích');
  await look(lan.page, 'volunteer-1-admin');
}

async function invite(lan) {
  await lan.menu('Tài khoản');
  await lan.link('Thêm tài khoản');
  await lan.write('Tên', 'Trần Minh Khôi');
  await lan.tick('Biên tập');
  await lan.button('Tạo tài khoản');
  await lan.reads('Hãy gửi liên kết này cho Trần Minh Khôi');
  return lan.main.getByLabel('Liên kết dùng một lần').inputValue();
}

async function writeSite(khoi) {
  await khoi.link('Thêm di tích');
  for (const [language, fields] of Object.entries(story))
    for (const [label, words] of Object.entries(fields)) await khoi.write(label, words, khoi.page.getByRole('region', { name: language }));
  await khoi.choose('Loại di tích', 'Đình');
  await look(khoi.page, 'volunteer-2-form');
  await khoi.button('Lưu bản nháp');
  await khoi.reads('Đã lưu “Đình làng em”.');
}

async function addPhotos(khoi) {
  await khoi.link(/Thêm ảnh|Ảnh và tư liệu/);
  await khoi.main.getByLabel('Chọn ảnh, âm thanh hoặc phim').setInputFiles(takePhotos());
  await khoi.main.getByRole('link', { name: 'Ghi mô tả' }).nth(1).waitFor();
  await khoi.main.getByRole('button', { name: 'Lấy vị trí từ ảnh này' }).first().waitFor();
  await look(khoi.page, 'volunteer-3-photos');
  await khoi.button('Lấy vị trí từ ảnh này', khoi.main.getByRole('listitem').filter({ hasText: 'IMG_2041' }).first());
  await khoi.reads('Đã lấy vị trí từ ảnh.');
  await khoi.link('Ghi mô tả');
  for (const [i, { vi, en }] of photos.entries()) {
    await khoi.write(altLabel('tiếng Việt'), vi);
    await khoi.write(altLabel('tiếng Anh'), en);
    await look(khoi.page, `volunteer-4-describe-${i + 1}`);
    await khoi.button(i === 0 ? 'Lưu và sang tệp sau' : 'Lưu');
    await khoi.reads('Đã lưu.');
  }
}

async function publish(khoi) {
  await khoi.menu('Di tích');
  await khoi.link('Đình làng em');
  await khoi.button('Đăng');
  await khoi.page.waitForLoadState();
  const anyway = khoi.main.getByRole('button', { name: 'Vẫn đăng' });
  await khoi.main.getByText('Đã đăng “Đình làng em”.').or(anyway).first().waitFor();
  assert.deepEqual(await khoi.main.getByRole('alert').getByRole('listitem').allInnerTexts(), [], 'nothing that a visitor needs is missing');
  await look(khoi.page, 'volunteer-5-published');
}

// Gives the address that is printed on the plate.
async function makePlate(khoi) {
  await khoi.menu('Bảng mã QR');
  await khoi.link('Lập bảng mới');
  await khoi.tick('Đình làng em');
  await khoi.button('Lập bảng');
  await khoi.reads('Đã lập 1 bảng.');
  await khoi.main.getByAltText(/Mã QR của bảng/).waitFor();
  await look(khoi.page, 'volunteer-6-plate');
  return khoi.main.getByRole('link', { name: /^http:\/\/127\.0\.0\.1/ }).innerText();
}

async function visit(t, address, { locale, lang, heading, alts }) {
  const page = await openPage(t, browser, { ...shapes.phone, locale });
  const answer = await page.goto(address);
  assert.equal(answer.status(), 200);
  assert.equal(answer.request().redirectedFrom(), null, 'the first answer is the page');
  assert.equal(await page.locator('html').getAttribute('lang'), lang);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  for (const alt of alts) {
    const picture = page.getByAltText(alt, { exact: true }).first();
    await picture.scrollIntoViewIfNeeded();
    await page.waitForFunction((img) => img.complete && img.naturalWidth > 0, await picture.elementHandle());
  }
  await look(page, `volunteer-7-visitor-${lang}`);
  return page;
}

test('from the printed link to a page in two languages behind a plate', { timeout: 5 * MINUTES }, async (t) => {
  const began = Date.now();
  const { server, link } = await begin(t);
  const lan = person(await openPage(t, browser, shapes.phone));
  await makeAdmin(lan, link);
  const invitation = await invite(lan);

  const khoi = person(await openPage(t, browser, shapes.phone));
  await khoi.open(invitation);
  await khoi.write('Mật khẩu mới', 'mùa nước nổi cá linh về');
  await khoi.button('Đặt mật khẩu');
  await writeSite(khoi);
  await addPhotos(khoi);
  await publish(khoi);
  const address = await makePlate(khoi);
  assert.match(address, /\/[0-9a-z]{8}$/);

  const page = await visit(t, address, { locale: 'vi-VN', lang: 'vi', heading: 'Đình làng em', alts: photos.map(({ vi }) => vi) });
  await visit(t, address, { locale: 'en-GB', lang: 'en', heading: 'Our Village Communal House', alts: photos.map(({ en }) => en) });

  // Of what the camera noted, nothing goes out.
  const sources = await page.$$eval('img[src^="/media/"]', (all) => all.map((img) => img.currentSrc || img.src));
  assert.ok(sources.length >= 2);
  for (const source of new Set(sources)) {
    const { body } = await request(server, new URL(source).pathname);
    const file = path.join(folder, `seen-${path.basename(source)}`);
    fs.writeFileSync(file, body);
    const [found] = notes(file);
    assert.deepEqual(Object.keys(found).filter((key) => /GPS|Artist|Serial|Comment/.test(key)), []);
  }
  t.diagnostic(`the volunteer wrote ${khoi.did.fields} fields and pressed ${khoi.did.presses} times; ${Math.round((Date.now() - began) / 1000)} s by machine`);
});
