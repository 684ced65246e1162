// Sites at the desk in a browser: list, form, toolbar, preview, conflict and bin on a phone and a laptop. Each screen is
// looked at by axe. With STELE_SCREENSHOTS set to a folder, each is also kept there as a picture.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';
import { launch } from './browser.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.STELE_SCREENSHOTS;
const shapes = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  laptop: { viewport: { width: 1280, height: 800 } },
};

const end = untilEnd(after);
let browser, desk, lan;
before(async () => {
  desk = await openDesk(end, { before: (data) => { lan = addPerson(data, 'Lan'); } });
  browser = await launch();
  end.after(() => browser.close());
  if (shots) fs.mkdirSync(shots, { recursive: true });
});

async function open(t, options = {}) {
  const context = await browser.newContext({ locale: 'vi-VN', reducedMotion: 'reduce', bypassCSP: true, ...options });
  await context.addCookies([{ name: 'stele', value: lan.token, url: desk.server.url }]);
  const complaints = [];
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  page.goTo = (address) => page.goto(desk.server.url + address);
  return page;
}

async function look(page, name, { full = true } = {}) {
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0, `${name} scrolls sideways`);
  if (shots) await page.screenshot({ path: path.join(shots, `desk-${name}.png`), fullPage: full });
  if (!(await page.evaluate(() => Boolean(globalThis.axe)))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], iframes: false }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), [], name);
  const small = await page.$$eval('button:not(.unseen), .button, input:not([type=hidden], [type=checkbox], [type=radio]), select, summary, label.tick', (all) =>
    all.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.9).map((e) => e.outerHTML.slice(0, 90)));
  assert.deepEqual(small, [], name);
}

for (const [shape, options] of Object.entries(shapes)) {
  describe(shape, () => {
    test('list, form, preview, publish', async (t) => {
      const page = await open(t, options);
      await page.goTo('/desk/sites');
      await look(page, `sites-${shape}`);
      await page.goTo(`/desk/sites/${siteId(desk.data, 'dinh-binh-thuy')}`);
      await look(page, `site-${shape}`);
      await page.goTo('/desk/sites');
      await page.getByRole('link', { name: 'Thêm di tích' }).click();
      await look(page, `site-new-${shape}`);
      assert.ok((await page.locator('.bar').boundingBox()).height < 80, 'the bar is one row');

      await page.locator('[name="text.vi.body"]').fill('Một câu chuyện');
      await page.locator('[name="text.vi.body"]').selectText();
      await page.locator('#text-vi').getByRole('button', { name: 'Chữ đậm' }).click();
      assert.equal(await page.locator('[name="text.vi.body"]').inputValue(), '**Một câu chuyện**');
      await page.locator('.bar').getByRole('button', { name: 'Lưu bản nháp' }).click();
      await page.locator('#problems').waitFor();
      await look(page, `site-problems-${shape}`);
      await page.locator('#problems').getByRole('link', { name: 'Hãy viết tên di tích.' }).click();
      await page.keyboard.type(`Miếu thử ${shape}`);
      await page.locator('[name="kind"]').selectOption('temple');
      await page.getByRole('button', { name: 'Xem thử' }).click();
      const frame = page.frameLocator('#preview iframe');
      await frame.getByRole('heading', { name: `Miếu thử ${shape}` }).waitFor();
      await frame.locator('strong', { hasText: 'Một câu chuyện' }).waitFor();
      await look(page, `site-preview-${shape}`, { full: false });
      await page.locator('#preview-close').click();
      await page.locator('.bar').getByRole('button', { name: 'Lưu bản nháp' }).click();
      await page.locator('.flash').waitFor();
      await page.locator('.bar').getByRole('button', { name: 'Đăng', exact: true }).click();
      await page.getByRole('button', { name: 'Vẫn đăng' }).waitFor();
      await look(page, `site-ask-${shape}`);
      await page.getByRole('button', { name: 'Vẫn đăng' }).click();
      await page.locator('main > .facts .published').waitFor();
      await look(page, `site-published-${shape}`);
      assert.equal(sql(desk.data, `SELECT state FROM site WHERE slug = 'mieu-thu-${shape}'`), 'published');
      await page.getByRole('button', { name: 'Bỏ vào thùng rác' }).click();
      await page.getByRole('button', { name: 'Hoàn tác' }).waitFor();
      await page.getByRole('button', { name: 'Hoàn tác' }).click();
      await page.locator('main > .facts .published').waitFor();
    });

    test('a row more keeps the place', async (t) => {
      const page = await open(t, options);
      await page.goTo('/desk/sites/new');
      await page.locator('#part-facts summary').click();
      await page.getByRole('button', { name: 'Thêm thông tin' }).click();
      await page.locator('[name="facts[0].label.vi"]').waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.name), 'facts[0].label.vi');
    });

    test('a button pressed twice saves once', async (t) => {
      const page = await open(t, options);
      await page.goTo('/desk/sites/new');
      await page.locator('[name="text.vi.title"]').fill(`Bấm hai lần ${shape}`);
      await page.locator('[name="kind"]').selectOption('temple');
      await page.locator('.bar').getByRole('button', { name: 'Lưu bản nháp' }).dblclick();
      await page.locator('.flash').waitFor();
      await page.goTo('/desk/sites');
      assert.equal(sql(desk.data, `SELECT count(*) FROM text WHERE title = 'Bấm hai lần ${shape}'`), '1');
    });

    test('many rows are folded, and shown where one is added', async (t) => {
      const page = await open(t, options);
      await page.goTo(`/desk/sites/${siteId(desk.data, 'dinh-binh-thuy')}`);
      const facts = page.locator('#part-facts');
      assert.equal(await facts.locator('fieldset').first().isVisible(), false);
      await facts.locator('summary').click();
      await facts.getByRole('button', { name: 'Thêm thông tin' }).click();
      await page.locator('#part-sources fieldset').first().waitFor();
    });

    test('the choice between two versions', async (t) => {
      const page = await open(t, options);
      const id = siteId(desk.data, 'nhon-thanh');
      await page.goTo(`/desk/sites/${id}`);
      await page.locator('[name="text.vi.title"]').fill(`Tên của tôi ${shape}`);
      const other = await open(t, options);
      await other.goTo(`/desk/sites/${id}`);
      await other.locator('[name="text.vi.title"]').fill(`Tên của họ ${shape}`);
      await other.locator('.bar').getByRole('button', { name: 'Lưu' }).click();
      await other.locator('.flash').waitFor();
      await page.locator('.bar').getByRole('button', { name: 'Lưu' }).click();
      await page.getByRole('button', { name: 'Giữ bản của tôi' }).waitFor();
      await look(page, `site-conflict-${shape}`);
      await page.getByRole('button', { name: 'Sửa tiếp' }).click();
      await page.locator('#site').waitFor();
      assert.equal(await page.locator('[name="text.vi.title"]').inputValue(), `Tên của tôi ${shape}`);
    });
  });
}

test('the form works without scripts', async (t) => {
  const page = await open(t, { ...shapes.phone, javaScriptEnabled: false });
  await page.goTo('/desk/sites/new');
  await page.locator('[name="text.vi.title"]').fill('Không cần mã lệnh');
  await page.locator('[name="kind"]').selectOption('temple');
  await page.getByRole('button', { name: 'Thêm địa chỉ' }).click();
  await page.locator('[name="addresses[1].words.vi"]').fill('Ấp Một');
  await page.locator('.bar').getByRole('button', { name: 'Lưu bản nháp' }).click();
  await page.locator('.flash').waitFor();
  assert.match(sql(desk.data, "SELECT details FROM site WHERE slug = 'khong-can-ma-lenh'"), /Ấp Một/);
});

/* ---- the toolbar: what is written stays, the caret is where the writing goes on. `|` is the caret, `‹…›` a selection. */

const names = { B: 'Chữ đậm', I: 'Chữ nghiêng', H: 'Tiêu đề nhỏ', '•': 'Danh sách', '“': 'Trích dẫn', L: 'Liên kết' };
const presses = [
  // nothing selected: at the end of a line, at an empty one, in the middle of one; and once more
  ['Đoạn một|', 'H', '## Đoạn một|', 'Đoạn một|'],
  ['Đoạn một|', '•', '- Đoạn một|', 'Đoạn một|'],
  ['Đoạn một|', '“', '> Đoạn một|', 'Đoạn một|'],
  ['Đoạn một |', 'B', 'Đoạn một **|**', 'Đoạn một |'],
  ['Đoạn một |', 'I', 'Đoạn một *|*', 'Đoạn một |'],
  ['Đoạn một |', 'L', 'Đoạn một [|]()', 'Đoạn một |'],
  ['|', 'H', '## |', '|'],
  ['|', '•', '- |', '|'],
  ['|', '“', '> |', '|'],
  ['|', 'B', '**|**', '|'],
  ['|', 'I', '*|*', '|'],
  ['|', 'L', '[|]()', '|'],
  ['|\nĐoạn', 'H', '## |\nĐoạn', '|\nĐoạn'],
  ['Một\n|\nHai', 'H', 'Một\n## |\nHai', 'Một\n|\nHai'],
  ['Một\n|\nHai', '•', 'Một\n- |\nHai', 'Một\n|\nHai'],
  ['Một\n|\nHai', '“', 'Một\n> |\nHai', 'Một\n|\nHai'],
  ['Một\n|\nHai', 'B', 'Một\n**|**\nHai', 'Một\n|\nHai'],
  ['Một\n|\nHai', 'I', 'Một\n*|*\nHai', 'Một\n|\nHai'],
  ['Một\n|\nHai', 'L', 'Một\n[|]()\nHai', 'Một\n|\nHai'],
  ['Một\nĐoạn |hai\nBa', 'H', 'Một\n## Đoạn |hai\nBa', 'Một\nĐoạn |hai\nBa'],
  ['Một\nĐoạn |hai\nBa', '•', 'Một\n- Đoạn |hai\nBa', 'Một\nĐoạn |hai\nBa'],
  ['Một\nĐoạn |hai\nBa', '“', 'Một\n> Đoạn |hai\nBa', 'Một\nĐoạn |hai\nBa'],
  ['Một\nĐoạn |hai\nBa', 'B', 'Một\nĐoạn **|**hai\nBa', 'Một\nĐoạn |hai\nBa'],
  ['Một\nĐoạn |hai\nBa', 'I', 'Một\nĐoạn *|*hai\nBa', 'Một\nĐoạn |hai\nBa'],
  ['Một\nĐoạn |hai\nBa', 'L', 'Một\nĐoạn [|]()hai\nBa', 'Một\nĐoạn |hai\nBa'],
  // within a line
  ['Một\nĐoạn ‹hai›\nBa', 'H', 'Một\n## Đoạn ‹hai›\nBa', 'Một\nĐoạn ‹hai›\nBa'],
  ['Một\nĐoạn ‹hai›\nBa', '•', 'Một\n- Đoạn ‹hai›\nBa', 'Một\nĐoạn ‹hai›\nBa'],
  ['Một\nĐoạn ‹hai›\nBa', '“', 'Một\n> Đoạn ‹hai›\nBa', 'Một\nĐoạn ‹hai›\nBa'],
  ['Một\nĐoạn ‹hai›\nBa', 'B', 'Một\nĐoạn **‹hai›**\nBa', 'Một\nĐoạn ‹hai›\nBa'],
  ['Một\nĐoạn ‹hai›\nBa', 'I', 'Một\nĐoạn *‹hai›*\nBa', 'Một\nĐoạn ‹hai›\nBa'],
  ['Một\nĐoạn ‹hai›\nBa', 'L', 'Một\nĐoạn [hai](|)\nBa', 'Một\nĐoạn hai|\nBa'],
  // of several lines
  ['‹Một\nHai\n\nBa›', 'H', '## ‹Một\n## Hai\n\n## Ba›', '‹Một\nHai\n\nBa›'],
  ['‹Một\nHai\n\nBa›', '•', '- ‹Một\n- Hai\n\n- Ba›', '‹Một\nHai\n\nBa›'],
  ['‹Một\nHai\n\nBa›', '“', '> ‹Một\n> Hai\n\n> Ba›', '‹Một\nHai\n\nBa›'],
  ['‹Một\nHai\n\nBa›', 'B', '**‹Một**\n**Hai**\n\n**Ba›**', '‹Một\nHai\n\nBa›'],
  ['‹Một\nHai\n\nBa›', 'I', '*‹Một*\n*Hai*\n\n*Ba›*', '‹Một\nHai\n\nBa›'],
  ['‹Một\nHai\n›Ba', '•', '- ‹Một\n- Hai\n›Ba', '‹Một\nHai\n›Ba'], // ends before the third
  ['‹- Một\nHai›', '•', '‹- Một\n- Hai›', '‹Một\nHai›'], // those that have none get it
  // one mark over another, and what holds one already
  ['- Một|', 'H', '## Một|', 'Một|'],
  ['### Một|', 'H', 'Một|', '## Một|'],
  ['- ‹Một› hai', 'B', '- **‹Một›** hai', '- ‹Một› hai'],
  ['*‹Một›*', 'B', '***‹Một›***', '*‹Một›*'],
  ['**‹Một›**', 'I', '***‹Một›***', '**‹Một›**'],
  ['‹**Một**› hai', 'B', '‹Một› hai', '**‹Một›** hai'],
  ['**Một h|ai**', 'B', 'Một h|ai', 'Một h**|**ai'],
  ['**Một|** hai', 'B', '**Một**| hai', '**Một****|** hai'], // goes on behind
  ['‹Một **hai** ba›', 'B', '**‹Một hai ba›**', '‹Một hai ba›'],
  ['Xem ‹https://a.vn/b›', 'L', 'Xem [|](https://a.vn/b)', 'Xem |'],
  ['Xem [ch|ùa](https://a.vn/b).', 'L', 'Xem ch|ùa.', 'Xem ch[|]()ùa.'],
];

const plain = (text) => text.replace(/[|‹›]/g, '');
async function place(area, text) {
  const start = text.search(/[|‹]/), last = text.includes('›') ? text.indexOf('›') - 1 : start;
  await area.fill(plain(text));
  await area.evaluate((field, range) => field.setSelectionRange(...range), [start, last]);
}
const placed = (area) => area.evaluate(({ value, selectionStart: a, selectionEnd: b }) =>
  a === b ? `${value.slice(0, a)}|${value.slice(a)}` : `${value.slice(0, a)}‹${value.slice(a, b)}›${value.slice(b)}`);

for (const [shape, options] of Object.entries(shapes))
  test(`the buttons above a story set their marks and take them away, and no letter of it: ${shape}`, async (t) => {
    const page = await open(t, options);
    await page.goTo('/desk/sites/new');
    const area = page.locator('[name="text.vi.body"]');
    const wrong = [];
    for (const [text, key, once, twice] of presses) {
      const button = page.locator('#text-vi').getByRole('button', { name: names[key] });
      await place(area, text);
      await button.click();
      const first = await placed(area);
      await button.click();
      const second = await placed(area);
      if (first !== once || second !== twice) wrong.push({ text, key, once, first, twice, second });
    }
    assert.deepEqual(wrong, []);
  });

test('what is typed after a button stands behind its mark, and Ctrl-Z takes each step back', async (t) => {
  const page = await open(t, shapes.laptop);
  await page.goTo('/desk/sites/new');
  const area = page.locator('[name="text.vi.body"]');
  const press = (key) => page.locator('#text-vi').getByRole('button', { name: names[key] }).click();
  for (const [key, want] of [['H', '## Đoạn mộtX'], ['•', '- Đoạn mộtX'], ['“', '> Đoạn mộtX'], ['B', 'Đoạn một**X**'], ['I', 'Đoạn một*X*'], ['L', 'Đoạn một[X]()']]) {
    await area.fill('');
    await area.pressSequentially('Đoạn một');
    await press(key);
    await page.keyboard.type('X');
    assert.equal(await area.inputValue(), want);
    await page.keyboard.press('Control+z'); // the letter
    await page.keyboard.press('Control+z'); // the mark
    assert.equal(await area.inputValue(), 'Đoạn một', `${key} taken back`);
  }
  await area.fill('');
  await press('H');
  await page.keyboard.type('Một');
  assert.equal(await area.inputValue(), '## Một');
  await area.fill('');
  await press('B');
  await page.keyboard.type('Đình');
  await page.keyboard.press('Control+b');
  await page.keyboard.type(' làng');
  assert.equal(await area.inputValue(), '**Đình** làng');
  await place(area, '## ‹Một\n## Hai›'); // and a mark that was taken away comes back
  await press('H');
  await page.keyboard.press('Control+z');
  assert.equal(await area.inputValue(), '## Một\n## Hai');
});
