// A site's pictures at the desk in a browser: sent from a phone with one bad among them, through a network that goes
// away, put in order by keyboard, described; the same without scripts. Each screen is looked at by axe. With
// STELE_SCREENSHOTS set to a folder, each is also kept there as a picture.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { addPerson, endSessions, openDesk, password, sql, untilEnd } from '../desk_room.mjs';
import { addNotes, makePhoto } from '../photos.mjs';
import { films, makeMp3 } from '../recordings.mjs';
import { sleep } from '../http/lib.mjs';
import { newFolder } from '../sample.mjs';
import { launch } from './browser.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.STELE_SCREENSHOTS;
const shapes = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  laptop: { viewport: { width: 1280, height: 800 } },
};

const end = untilEnd(after);
const folder = newFolder(end);
let browser, desk, lan, files;
before(async () => {
  desk = await openDesk(end, { before: (data) => { lan = addPerson(data, 'Lan'); } });
  browser = await launch();
  end.after(() => browser.close());
  if (shots) fs.mkdirSync(shots, { recursive: true });
  const at = (name) => path.join(folder, name);
  files = {
    gate: addNotes(makePhoto(at('IMG_0001.jpg'), 1600, 1200, '[Q=85]'), 1),
    yard: makePhoto(at('IMG_0002.jpg'), 1200, 1600, '[Q=85]'),
    roof: makePhoto(at('IMG_0003.jpg'), 1300, 900, '[Q=85]'),
    bad: at('Hỏng.jpg'),
    text: at('Ghi chép.docx'),
  };
  fs.writeFileSync(files.bad, Buffer.concat([fs.readFileSync(files.yard).subarray(0, 1500), Buffer.alloc(30000, 1)]));
  fs.writeFileSync(files.text, 'PK không phải ảnh'.repeat(30));
});

async function open(t, options = {}, person = lan) {
  const context = await browser.newContext({ locale: 'vi-VN', reducedMotion: 'reduce', bypassCSP: true, ...options });
  await context.addCookies([{ name: 'stele', value: person.token, url: desk.server.url }]);
  const complaints = [];
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d|ERR_INTERNET_DISCONNECTED|ERR_FAILED|net::/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  page.goTo = (address) => page.goto(desk.server.url + address);
  return page;
}

async function look(page, name) {
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0, `${name} scrolls sideways`);
  if (shots) await page.screenshot({ path: path.join(shots, `desk-${name}.png`), fullPage: true });
  if (!(await page.evaluate(() => Boolean(globalThis.axe)))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], iframes: false }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), [], name);
  const small = await page.$$eval('button:not(.unseen), .button, input:not([type=hidden], [type=checkbox], [type=radio]), select, summary, label.tick', (all) =>
    all.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.9).map((e) => e.outerHTML.slice(0, 90)));
  assert.deepEqual(small, [], name);
}

let made = 0;
async function newSite() {
  const answer = await desk.as(lan).post('/desk/sites/new', {
    languages: 'vi en', version: 0, original: 'vi', kind: 'temple', 'text.vi.title': `Miếu Bà Chúa Xứ ${++made}`, 'text.vi.summary': 'Một ngôi miếu nhỏ bên sông.', 'text.vi.body': 'Chuyện kể.', do: 'save',
  });
  return Number(/sites\/(\d+)/.exec(answer.headers.location)[1]);
}
const names = (id) =>
  sql(desk.data, `SELECT m.original_name FROM site_media l JOIN media m ON m.sha256 = l.sha256 WHERE l.site_id = ${id} ORDER BY l.position`).split('\n').filter(Boolean);
async function until(what, message) {
  for (let i = 0; i < 300; i++) {
    if (await what()) return;
    await sleep(50);
  }
  throw new Error(message ?? `never: ${what}`);
}

for (const [shape, options] of Object.entries(shapes)) {
  describe(shape, () => {
    test('several photos with bad ones among them, described, ordered, published', async (t) => {
      const page = await open(t, options);
      const id = await newSite();
      await page.goTo(`/desk/sites/${id}`);
      await page.getByRole('link', { name: 'Ảnh và tư liệu' }).click();
      await look(page, `media-empty-${shape}`);
      await page.getByLabel('Chọn ảnh, âm thanh hoặc phim').setInputFiles([files.gate, files.bad, files.text, files.yard, files.roof]);
      await page.locator('.file.failed', { hasText: 'Hỏng.jpg' }).getByText('Không mở được tệp này').waitFor();
      await page.locator('.file.failed', { hasText: 'Ghi chép.docx' }).getByText('Tệp này không phải ảnh').waitFor();
      await page.locator('[data-sha256]').nth(2).waitFor();
      assert.deepEqual(names(id), ['IMG_0001.jpg', 'IMG_0002.jpg', 'IMG_0003.jpg']);
      await until(() => page.$$eval('.media-look img', (all) => all.length === 3 && all.every((i) => i.loading === 'lazy' || i.naturalWidth > 0)));
      await page.getByText('còn di tích chưa có vị trí').waitFor();
      await look(page, `media-${shape}`);
      for (const row of await page.locator('.file.failed').all()) await page.locator('.file.failed').first().getByRole('button', { name: 'Đã hiểu' }).click();
      await page.locator('#coming').waitFor({ state: 'hidden' });

      // By keyboard alone: the third becomes the second, then the cover.
      await page.locator('[data-sha256]').nth(2).getByRole('button', { name: 'Đưa lên' }).focus();
      await page.keyboard.press('Enter');
      await until(() => names(id).join() === 'IMG_0001.jpg,IMG_0003.jpg,IMG_0002.jpg');
      await until(() => page.evaluate(() => document.activeElement.value?.startsWith('up:')), 'focus stays on the button');
      await page.keyboard.press('Enter');
      await until(() => names(id)[0] === 'IMG_0003.jpg');
      await page.locator('[data-sha256]').first().getByText('Ảnh bìa').waitFor();
      assert.equal(await page.locator('#media-status').textContent(), 'Đã đổi thứ tự.');
      assert.ok(await page.evaluate(() => document.activeElement.closest('[data-sha256]') !== null));

      await page.locator('[data-sha256]').first().getByRole('link', { name: 'Ghi mô tả' }).click();
      await page.getByLabel('Mô tả ảnh cho người không nhìn thấy – tiếng Việt').fill('Mái ngói đỏ của ngôi miếu');
      await page.getByLabel('Mô tả ảnh cho người không nhìn thấy – tiếng Anh').fill('The red roof of the shrine');
      await page.getByLabel('Giấy phép').fill('CC BY 4.0');
      await page.getByLabel('Nguồn hoặc tác giả').fill('Nguyễn Văn Lan');
      const picture = page.locator('#focus-picture');
      await picture.scrollIntoViewIfNeeded();
      const box = await picture.boundingBox();
      await picture.click({ position: { x: box.width * 0.25, y: box.height * 0.75 } });
      assert.deepEqual([await page.locator('[name=focus_x]').inputValue(), await page.locator('[name=focus_y]').inputValue()], ['25', '75']);
      await look(page, `media-item-${shape}`);
      await page.getByRole('button', { name: 'Lưu và sang tệp sau' }).click();
      await page.getByRole('heading', { level: 1, name: 'Ảnh 2' }).waitFor();
      await page.getByText('còn di tích chưa có vị trí').waitFor();
      await page.getByRole('button', { name: 'Lấy vị trí từ ảnh này' }).click();
      await page.getByText('Đã lấy vị trí từ ảnh.').waitFor();
      await until(async () => {
        await page.reload();
        return page.$$eval('.media-look img', (all) => /thumb-25-75/.test(all[0].src));
      });

      await page.goTo(`/desk/sites/${id}`);
      await until(() => page.$$eval('.strip img', (all) => all.length === 3));
      if (shots) await page.locator('.site-pictures').screenshot({ path: path.join(shots, `desk-site-strip-${shape}.png`) });
      await page.locator('.bar').getByRole('button', { name: 'Đăng', exact: true }).click();
      await page.locator('#problems').waitFor();
      await page.locator('#problems').getByRole('link', { name: 'Ảnh 2 chưa có lời mô tả bằng tiếng Việt' }).click();
      await page.locator('#field-alt_vi').fill('Cổng miếu');
      await page.getByRole('button', { name: 'Lưu', exact: true }).click();
      await page.getByText('Đã lưu.').waitFor();
      await page.goTo(`/desk/sites/${id}/preview`);
      assert.ok(await page.locator('.hero img').evaluate((img) => img.decode().then(() => img.naturalWidth > 0)));
    });

    test('what is taken out can be put back', async (t) => {
      const page = await open(t, options);
      const id = await newSite();
      await page.goTo(`/desk/sites/${id}/media`);
      await page.getByLabel('Chọn ảnh, âm thanh hoặc phim').setInputFiles([files.gate, files.yard]);
      await page.locator('[data-sha256]').nth(1).waitFor();
      await page.locator('[data-sha256]').first().getByRole('button', { name: 'Bỏ ra' }).click();
      await page.getByText('Đã bỏ một tệp ra khỏi di tích.').waitFor();
      assert.deepEqual(names(id), ['IMG_0002.jpg']);
      await page.locator('.flash').getByRole('button').click();
      await page.getByText('Đã lấy lại.').waitFor();
      assert.deepEqual(names(id), ['IMG_0001.jpg', 'IMG_0002.jpg']);
    });
  });
}

describe('a network that goes', () => {
  // Large enough for several pieces.
  const large = () => {
    const file = path.join(folder, 'Lớn.png');
    if (!fs.existsSync(file)) {
      makePhoto(file, 1200, 1000, '[compression=0]');
    }
    return file;
  };

  test('in the middle of a photo: it goes on by itself where it was', async (t) => {
    const page = await open(t, shapes.phone);
    const id = await newSite();
    const offsets = [];
    let cut = 0;
    await page.route('**/media/uploads/*?offset=*', async (route) => {
      const offset = Number(new URL(route.request().url()).searchParams.get('offset'));
      if (offset > 300000 && cut < 2) {
        cut++;
        return route.abort('internetdisconnected');
      }
      offsets.push(offset);
      return route.continue();
    });
    await page.goTo(`/desk/sites/${id}/media`);
    await page.getByLabel('Chọn ảnh, âm thanh hoặc phim').setInputFiles([large(), files.roof]);
    await page.getByText('Mất mạng. Sẽ tự gửi tiếp khi có mạng.').waitFor();
    await look(page, 'media-offline-phone');
    await page.locator('[data-sha256]').nth(1).waitFor();
    assert.equal(cut, 2);
    assert.deepEqual(names(id), ['Lớn.png', 'IMG_0003.jpg']);
    assert.equal(offsets.pop(), 0); // of the other photo
    assert.equal(offsets[0], 0);
    assert.ok(offsets.every((offset, i) => i === 0 || offset > offsets[i - 1]), offsets.join()); // nothing twice
  });

  test('and the page is closed: the same photo chosen once more goes on', async (t) => {
    const page = await open(t, shapes.phone);
    const id = await newSite();
    await page.route('**/media/uploads/*?offset=*', (route) => {
      const offset = Number(new URL(route.request().url()).searchParams.get('offset'));
      return offset > 300000 ? route.abort('internetdisconnected') : route.continue();
    });
    await page.goTo(`/desk/sites/${id}/media`);
    await page.getByLabel('Chọn ảnh, âm thanh hoặc phim').setInputFiles(large());
    await page.getByText('Mất mạng').waitFor();
    await page.unroute('**/media/uploads/*?offset=*');
    page.on('dialog', (dialog) => dialog.accept());
    const offsets = [];
    page.on('request', (request) => /offset=/.test(request.url()) && offsets.push(Number(new URL(request.url()).searchParams.get('offset'))));
    await page.goTo(`/desk/sites/${id}/media`);
    await page.getByText(/Mới gửi được \d+ %\. Hãy chọn lại tệp này để gửi tiếp\./).waitFor();
    await page.getByLabel('Chọn ảnh, âm thanh hoặc phim').setInputFiles(large());
    await page.locator('[data-sha256]').first().waitFor();
    assert.ok(offsets.length > 0 && Math.min(...offsets) > 0, offsets.join());
    assert.deepEqual(names(id), ['Lớn.png']);
    assert.equal(sql(desk.data, 'SELECT count(*) FROM upload'), '0');
  });

  test('a session that ends on the way: the password is asked for in place, and it goes on', async (t) => {
    const mai = addPerson(desk.data, 'Mai');
    const page = await open(t, shapes.phone, mai);
    const id = await newSite();
    let ended = false;
    await page.route('**/media/uploads/*?offset=*', (route) => {
      if (!ended && new URL(route.request().url()).searchParams.get('offset') !== '0') endSessions(desk.data, mai);
      ended = ended || new URL(route.request().url()).searchParams.get('offset') !== '0';
      return route.continue();
    });
    await page.goTo(`/desk/sites/${id}/media`);
    await page.getByLabel('Chọn ảnh, âm thanh hoặc phim').setInputFiles(large());
    await page.locator('#again-password').fill(password);
    await page.locator('#again').getByRole('button').first().click();
    await page.locator('[data-sha256]').first().waitFor();
    assert.deepEqual(names(id), ['Lớn.png']);
  });

  test('sending can be stopped', async (t) => {
    const page = await open(t, shapes.phone);
    const id = await newSite();
    await page.route('**/media/uploads/*?offset=*', (route) => route.abort('internetdisconnected'));
    await page.goTo(`/desk/sites/${id}/media`);
    await page.getByLabel('Chọn ảnh, âm thanh hoặc phim').setInputFiles(files.gate);
    await page.getByText('Mất mạng').waitFor();
    await page.getByRole('button', { name: 'Thôi gửi' }).click();
    await page.locator('#coming').waitFor({ state: 'hidden' });
    await until(() => sql(desk.data, 'SELECT count(*) FROM upload') === '0');
  });
});

test('while the server prepares one photo, the next is on its way', async (t) => {
  const page = await open(t, shapes.laptop);
  const id = await newSite();
  const asked = [];
  page.on('request', (request) => {
    const [, upload] = /\/uploads(\/[0-9a-f]+)?$/.exec(request.url()) ?? [null, null];
    if (upload !== null) asked.push(request.method() === 'POST' ? 'begin' : 'how far');
  });
  await page.goTo(`/desk/sites/${id}/media`);
  await page.getByLabel('Chọn ảnh, âm thanh hoặc phim').setInputFiles([files.gate, files.yard]);
  await page.locator('[data-sha256]').nth(1).waitFor();
  await page.locator('#coming').waitFor({ state: 'hidden' });
  assert.deepEqual(asked.slice(0, 2), ['begin', 'begin']);
  assert.deepEqual(names(id), ['IMG_0001.jpg', 'IMG_0002.jpg']);
});

test('dropped onto the page with a mouse', async (t) => {
  const page = await open(t, shapes.laptop);
  const id = await newSite();
  await page.goTo(`/desk/sites/${id}/media`);
  const bytes = fs.readFileSync(makePhoto(path.join(folder, 'drop.jpg'), 700, 500)).toString('base64');
  const data = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], 'thả.jpg', { type: 'image/jpeg' }));
    return transfer;
  }, bytes);
  await page.dispatchEvent('main', 'dragover', { dataTransfer: data });
  assert.ok(await page.locator('#send.over').isVisible());
  await page.dispatchEvent('main', 'drop', { dataTransfer: data });
  await page.locator('[data-sha256]').first().waitFor();
  assert.deepEqual(names(id), ['thả.jpg']);
});

test('without scripts: sending, order, words, taking out', async (t) => {
  const page = await open(t, { ...shapes.phone, javaScriptEnabled: false });
  const id = await newSite();
  await page.goTo(`/desk/sites/${id}/media`);
  await page.getByLabel('Chọn ảnh, âm thanh hoặc phim').setInputFiles([files.gate, files.text, files.yard]);
  await page.getByRole('button', { name: 'Gửi', exact: true }).click();
  for (let i = 0; i < 30 && (await page.locator('[data-sha256]').count()) < 2; i++) {
    await sleep(200);
    await page.reload();
  }
  if (shots) await page.screenshot({ path: path.join(shots, 'desk-media-plain-phone.png'), fullPage: true });
  await page.locator('.file.failed', { hasText: 'Ghi chép.docx' }).getByText('Tệp này không phải ảnh').waitFor();
  await page.getByRole('button', { name: 'Đã hiểu' }).click();
  assert.equal(await page.locator('.file.failed').count(), 0);
  await page.locator('[data-sha256]').nth(1).getByRole('button', { name: 'Làm ảnh bìa' }).click();
  assert.deepEqual(names(id), ['IMG_0002.jpg', 'IMG_0001.jpg']);
  await page.locator('[data-sha256]').first().getByRole('link', { name: 'Ghi mô tả' }).click();
  await page.locator('[name="alt.vi"]').fill('Sân miếu');
  await page.locator('[name="focus_x"]').fill('30');
  await page.locator('[name="focus_y"]').fill('60');
  if (shots) await page.screenshot({ path: path.join(shots, 'desk-media-item-plain-phone.png'), fullPage: true });
  await page.getByRole('button', { name: 'Lưu', exact: true }).click();
  await page.getByText('Sân miếu').waitFor();
  assert.equal(sql(desk.data, `SELECT focus_x || ' ' || focus_y FROM site_media WHERE site_id = ${id} AND position = 0`), '0.3 0.6');
});

test('sound and film are heard and seen before they are published', async (t) => {
  const page = await open(t, shapes.phone);
  const id = await newSite();
  const sound = makeMp3(path.join(folder, 'Kể chuyện miếu.mp3'), 65), film = path.join(folder, 'Lễ hội.mp4');
  fs.copyFileSync(films.tall, film);
  await page.goTo(`/desk/sites/${id}/media`);
  await page.getByLabel('Chọn ảnh, âm thanh hoặc phim').setInputFiles([sound, film, files.gate]);
  await page.locator('[data-sha256]').nth(2).waitFor();
  assert.deepEqual(names(id), ['IMG_0001.jpg', 'Kể chuyện miếu.mp3', 'Lễ hội.mp4']);
  await page.getByText('1:05').waitFor();
  const plays = (tag) => page.locator(tag).evaluate((e) => new Promise((resolve) => {
    e.onloadedmetadata = () => resolve(e.duration);
    e.onerror = () => resolve(-1);
    e.preload = 'metadata';
    e.load();
  }));
  assert.ok((await plays('audio')) > 64);
  await look(page, 'media-sound-phone');
  await page.getByRole('link', { name: 'Ghi chú thích' }).first().click();
  await look(page, 'media-item-sound-phone');
  assert.equal(await page.locator('[name="alt.vi"]').count(), 0);
});
