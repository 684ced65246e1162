// The map beside a site's position, as people use it: typed, dragged, by keyboard, by touch, on a phone and a laptop; with a
// background, with one that is dead, and without. The pages keep their content security policy here.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';
import { runProgram, sleep } from '../http/lib.mjs';
import { addNotes, makePhoto, place } from '../photos.mjs';
import { newFolder, stele } from '../sample.mjs';
import { startTiles } from '../tile_server.mjs';
import { launch, look, shapes } from './browser.mjs';

const sizes = { phone: { ...shapes.phone, viewport: { width: 360, height: 780 } }, laptop: shapes.laptop };
const end = untilEnd(after);
let browser, desk, lan, chi, tiles, id, pictured;

function photoBundle() {
  const folder = path.join(newFolder(end), 'photo'), site = path.join(folder, 'sites', 'chua-co-anh');
  fs.mkdirSync(path.join(site, 'media'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'bundle.json'), JSON.stringify({ format: 'stele-bundle', version: 1, languages: ['vi', 'en'] }));
  fs.writeFileSync(path.join(site, 'site.json'), JSON.stringify({ kind: 'pagoda', media: [{ file: 'media/placed.jpg' }] }));
  fs.writeFileSync(path.join(site, 'vi.md'), '# Chùa Có Ảnh\n');
  makePhoto(path.join(site, 'media', 'placed.jpg'), 800, 600);
  addNotes(path.join(site, 'media', 'placed.jpg'));
  return folder;
}

before(async () => {
  tiles = await startTiles(end);
  desk = await openDesk(end, {
    before: async (data) => {
      const { code, stderr } = await runProgram(stele, ['import', '--data', data, '--quiet', photoBundle()]);
      assert.equal(code, 0, stderr);
      lan = addPerson(data, 'Lan');
      chi = addPerson(data, 'Chi', { role: 'admin' });
    },
  });
  id = siteId(desk.data, 'dinh-binh-thuy');
  pictured = siteId(desk.data, 'chua-co-anh');
  browser = await launch();
  end.after(() => browser.close());
});

async function setBackground(template = tiles.template) {
  const answer = await desk.as(chi).post('/desk/settings/map', { tiles: template, attribution: '© <b>Bản đồ</b> thử', max_zoom: '19' });
  assert.equal(answer.status, 303, answer.text);
}
const noBackground = () => desk.as(chi).post('/desk/settings/map', { tiles: '', attribution: '', max_zoom: '' });

// A page that may not complain, save of what `fine` allows.
async function open(t, options, { person = lan, fine = /status of 4\d\d/ } = {}) {
  const context = await browser.newContext({ locale: 'vi-VN', reducedMotion: 'reduce', ignoreHTTPSErrors: true, ...options });
  await context.addCookies([{ name: 'stele', value: person.token, url: desk.server.url }]);
  const page = await context.newPage(), complaints = [];
  page.on('console', (message) => message.type() === 'error' && !fine.test(message.text()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  t.after(async () => {
    await context.close();
    sql(desk.data, 'DELETE FROM draft');
    assert.deepEqual(complaints, []);
  });
  page.goTo = (address) => page.goto(desk.server.url + address);
  page.field = page.locator('[name="position"]');
  page.said = page.locator('.map-said');
  page.pin = page.locator('.map-mark');
  page.where = async () => {
    const [lat, lon] = (await page.field.inputValue()).split(', ').map(Number);
    return { lat, lon };
  };
  // Where the pin stands, whatever the field says.
  page.pinned = () => page.evaluate(() => { const at = document.getElementById('map').pin.at(); return at && { lat: at.lat, lon: at.lng }; });
  page.unfold = async () => {
    if (!(await page.locator('#part-place').evaluate((part) => part.open))) await page.locator('#part-place > summary').click();
    await page.locator('#map').scrollIntoViewIfNeeded();
    await page.locator('#map .map-frame').waitFor();
  };
  return page;
}

const near = (at, lat, lon, most = 1e-5) => assert.ok(at && Math.abs(at.lat - lat) < most && Math.abs(at.lon - lon) < most, `${JSON.stringify(at)} is not ${lat}, ${lon}`);
async function until(check) {
  for (let i = 0; i < 300; i += 1) {
    if (await check()) return;
    await sleep(50);
  }
  assert.fail(`never: ${check}`);
}

// What is pressed is large enough for a thumb.
async function thumbs(page) {
  const small = await page.$$eval('.map button, .map-dialog button, .map-back button, .map-photos button, .map-sites summary, .map-twins a, .map-sites a', (all) =>
    all.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.9).map((e) => e.outerHTML.slice(0, 90)));
  assert.deepEqual(small, []);
}

for (const [shape, options] of Object.entries(sizes))
  describe(shape, () => {
    test('the map shows the saved position, its neighbours and what they mean, and follows what is typed', async (t) => {
      await noBackground();
      const page = await open(t, options);
      await page.goTo(`/desk/sites/${id}`);
      await page.unfold();
      await page.said.getByText('Trùng với vị trí đã lưu').waitFor();
      near(await page.pinned(), 10.07273, 105.752467);
      await page.locator('.map-twins', { hasText: 'Chùa Nam Nhã – cách 210 m (Đã đăng)' }).waitFor();
      await page.locator('.map-name', { hasText: 'Chùa Nam Nhã' }).waitFor();
      assert.equal(await page.locator('.leaflet-control-scale-line').textContent(), '200 m');
      assert.equal(await page.locator('.map-north').textContent(), '↑ B');
      await page.locator('.map-sites summary').click();
      await page.locator('.map-sites').getByRole('link', { name: 'Chùa Nam Nhã' }).waitFor();
      await look(page, `map-bare-${shape}`);
      await thumbs(page);
      for (const [text, lat, lon] of [
        ['10°4′30″B 105°45′Đ', 10.075, 105.75],
        ['10,05; 105,76', 10.05, 105.76],
        ['POINT (105.7 10.0)', 10, 105.7],
        ['https://www.google.com/maps/place/X/@10.07,105.74,17z/data=!3d10.06!4d105.77?entry=ttu', 10.06, 105.77],
        ['geo:10.2,105.9', 10.2, 105.9],
      ]) {
        await page.field.fill(text);
        await until(async () => { const at = await page.pinned(); return at && Math.abs(at.lat - lat) < 1e-5 && Math.abs(at.lon - lon) < 1e-5; });
        assert.equal(await page.field.inputValue(), text); // nobody writes over what a person types
        assert.ok(await page.evaluate(() => { const { map, pin } = document.getElementById('map'); return map.getBounds().contains(pin.at()); }), 'the pin is out of sight');
      }
      assert.match(await page.said.textContent(), /^Đã đọc: 10°12′00,0″ Bắc, 105°54′00,0″ Đông\. Cách vị trí đã lưu \d+ km\.$/);
      await page.field.fill('https://maps.app.goo.gl/AbCdEf123');
      await page.said.getByText('Liên kết rút gọn không chứa tọa độ.').waitFor();
      await page.field.fill('gần chợ');
      await page.said.getByText('Không đọc được tọa độ “gần chợ”').waitFor();
      assert.equal(await page.pin.count(), 0);
      await look(page, `map-unread-${shape}`);
      await page.locator('.bar').getByRole('button', { name: 'Lưu', exact: true }).click();
      await page.locator('#field-position-problem').waitFor();
      assert.match(await page.locator('#field-position-problem').textContent(), /Không đọc được tọa độ “gần chợ”/);
    });

    test('nothing jumps when the map comes, and nothing of it is fetched before it is seen', async (t) => {
      const page = await open(t, options);
      const asked = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await page.goTo('/desk/sites/new');
      await page.waitForLoadState('networkidle');
      const of = (pattern) => asked.filter((address) => pattern.test(address));
      assert.deepEqual(of(/leaflet|\/map\.|desk-position|around/), []);
      let come;
      const gate = new Promise((done) => { come = done; });
      await page.route(/leaflet|\/map\.[0-9a-f]+\.css/, async (route) => { await gate; await route.continue(); });
      await page.locator('#part-place > summary').click();
      const box = page.locator('#map');
      await until(() => of(/leaflet.*\.css/).length > 0);
      const { height } = await box.boundingBox();
      assert.ok(height > 350);
      assert.equal(await page.locator('#map button:visible').count(), 0);
      come();
      await page.locator('#map .map-frame').waitFor();
      await page.locator('.map-site').first().waitFor();
      assert.ok(Math.abs((await box.boundingBox()).height - height) < 2, `${height} -> ${(await box.boundingBox()).height}`);
      assert.equal(of(/leaflet.*\.js/).length, 1);
      await page.locator('.map-site').nth(5).waitFor(); // where the others are
      assert.equal(await page.pin.count(), 0);
      await look(page, `map-new-${shape}`);
    });

    test('arrow keys move the mark, Enter on the map sets it to the middle, and the field has it', async (t) => {
      const page = await open(t, options);
      await page.goTo(`/desk/sites/${id}`);
      await page.unfold();
      await page.said.getByText('Trùng với vị trí đã lưu').waitFor();
      await page.pin.focus();
      assert.equal(await page.pin.getAttribute('aria-label'), 'Dấu vị trí của di tích. Phím mũi tên để dời.');
      await page.keyboard.press('ArrowUp');
      let at = await page.where();
      assert.ok(at.lat > 10.07273 && at.lat < 10.0729 && Math.abs(at.lon - 105.752467) < 1e-5, JSON.stringify(at));
      await page.keyboard.press('Shift+ArrowRight');
      assert.ok((await page.where()).lon - at.lon > 5e-4);
      await page.said.getByText(/Cách vị trí đã lưu \d+ m/).waitFor();
      assert.equal(await page.evaluate(() => document.activeElement.className.includes('map-mark')), true, 'the mark keeps the focus');
      await page.getByRole('button', { name: 'Trả lại vị trí trước' }).click();
      assert.equal(await page.field.inputValue(), '10.07273, 105.752467');
      await page.said.getByText('Trùng với vị trí đã lưu').waitFor();
      await page.locator('.map-sheet').focus();
      await page.keyboard.press('ArrowLeft'); // the map's own
      await page.keyboard.press('Enter');
      const middle = await page.evaluate(() => document.getElementById('map').map.getCenter());
      near(await page.where(), middle.lat, middle.lng);
      assert.equal(new URL(page.url()).pathname, `/desk/sites/${id}`); // Enter did not send the form
    });

    test('a photo tells where it was taken, and one press takes that', async (t) => {
      const page = await open(t, options);
      await page.goTo(`/desk/sites/${pictured}`);
      await page.unfold();
      await page.locator('.map-photos').getByRole('button', { name: 'Ảnh 1' }).click();
      near(await page.where(), place.lat, place.lon, 1e-4);
      await page.said.getByText('Đã đọc: 10°02′').waitFor();
      near(await page.pinned(), place.lat, place.lon, 1e-4);
      await thumbs(page);
      await look(page, `map-photo-${shape}`);
    });

    test('the device’s own position is shown with how far it may be wrong', async (t) => {
      const page = await open(t, { ...options, geolocation: { latitude: 10.034, longitude: 105.787, accuracy: 80 }, permissions: ['geolocation'] });
      await page.goTo('/desk/sites/new');
      await page.unfold();
      await page.getByRole('button', { name: 'Lấy vị trí của máy' }).click();
      await page.said.getByText('Đã đọc: 10°02′02,4″ Bắc').waitFor();
      near(await page.pinned(), 10.034, 105.787);
      await page.locator('path.map-circle').waitFor();
      await page.pin.focus();
      await page.keyboard.press('ArrowUp');
      assert.equal(await page.locator('[name="position.accuracy_m"]').inputValue(), ''); // it was the other position's
      await until(async () => (await page.locator('path.map-circle').count()) === 0);
    });

    test('with a background its tiles come, its owner is named, and the policy lets in nobody else', async (t) => {
      await setBackground();
      tiles.tiles.length = 0;
      tiles.referrers.clear();
      const page = await open(t, options, { person: chi, fine: /status of 4\d\d|Content Security Policy/ });
      await page.goTo(`/desk/sites/${id}`);
      await page.unfold();
      await page.locator('img.leaflet-tile-loaded').first().waitFor();
      assert.ok(tiles.tiles.length > 0 && tiles.tiles.every((address) => /^\/\d+\/\d+\/\d+\.png$/.test(address)), tiles.tiles.join());
      assert.deepEqual([...tiles.referrers], [`${desk.server.url}/`]); // our origin, and no page of ours
      assert.equal(await page.locator('.leaflet-control-attribution').textContent(), '© <b>Bản đồ</b> thử');
      assert.equal(await page.locator('.leaflet-control-attribution').isVisible(), true);
      assert.equal(await page.locator('.map-note').textContent(), '');
      assert.equal(await page.locator('.map-bare').count(), 0);
      const blocked = await page.evaluate(() => new Promise((done) => {
        const picture = new Image();
        picture.onload = () => done(false);
        picture.onerror = () => done(true);
        picture.src = 'https://localhost:1/x.png';
        document.addEventListener('securitypolicyviolation', () => done(true));
      }));
      assert.equal(blocked, true);
      await look(page, `map-tiles-${shape}`);
      await page.goTo('/desk/settings');
      await page.locator('#map').scrollIntoViewIfNeeded();
      await page.locator('img.leaflet-tile-loaded').first().waitFor();
      await look(page, `map-settings-${shape}`);
    });

    test('tiles that do not come leave the points, and a sentence', async (t) => {
      await setBackground();
      tiles.dead = true;
      t.after(() => { tiles.dead = false; });
      const page = await open(t, options, { person: chi, fine: /status of [45]\d\d/ });
      await page.goTo(`/desk/sites/${id}`);
      await page.unfold();
      await page.locator('.map-note', { hasText: 'Nền bản đồ chưa tải được' }).waitFor();
      await page.locator('.map-name', { hasText: 'Chùa Nam Nhã' }).waitFor();
      near(await page.pinned(), 10.07273, 105.752467);
      await look(page, `map-dead-${shape}`);
      tiles.dead = false; // and goes when they come
      await page.locator('.map-tools [data-map="in"]').click();
      await page.locator('img.leaflet-tile-loaded').first().waitFor();
      await until(async () => (await page.locator('.map-note').textContent()) === '');
    });

    test('an admin tries a background before it is saved', async (t) => {
      await noBackground();
      const page = await open(t, options, { person: chi, fine: /status of 4\d\d|net::ERR/ });
      await page.goTo('/desk/settings');
      assert.equal(await page.locator('#map').count(), 0);
      await page.locator('[name="tiles"]').fill('https://127.0.0.1:1/{z}/{x}/{y}.png');
      await page.locator('[name="attribution"]').fill('© Thử');
      await page.getByRole('button', { name: 'Xem thử' }).click();
      await page.getByText('Đây mới là bản xem thử, chưa lưu.').waitFor();
      await page.locator('#map').scrollIntoViewIfNeeded();
      await page.locator('.map-note', { hasText: 'hoặc địa chỉ nền chưa đúng' }).waitFor();
      await page.locator('[name="tiles"]').fill(tiles.template);
      const next = page.waitForEvent('load'); // of the answer, which looks like the page before it
      await page.getByRole('button', { name: 'Xem thử' }).click();
      await next;
      await page.locator('#map').scrollIntoViewIfNeeded();
      await page.locator('img.leaflet-tile-loaded').first().waitFor();
      assert.equal(sql(desk.data, "SELECT value FROM setting WHERE name = 'map'"), 'null');
      await look(page, `map-preview-${shape}`);
    });

    test('the map comes near what is typed, and stays there when the form comes back unsaved', async (t) => {
      await noBackground();
      const page = await open(t, options);
      const across = () => page.evaluate(() => { const { map } = document.getElementById('map'), b = map.getBounds(); return map.distance([b.getNorth(), b.getWest()], [b.getNorth(), b.getEast()]); });
      await page.goTo('/desk/sites/new');
      await page.unfold();
      await page.locator('.map-site').nth(5).waitFor();
      assert.ok((await across()) > 20000, 'it begins with all sites');
      await page.field.fill('10.0727, 105.7417');
      await until(async () => { const at = await page.pinned(); return at && at.lat === 10.0727; });
      assert.ok((await across()) < 5000, `${await across()} m across`);
      await page.locator('#part-sources > summary').click();
      await page.getByRole('button', { name: 'Thêm nguồn' }).click();
      await page.locator('#part-sources fieldset').first().waitFor();
      await page.unfold();
      await page.pin.waitFor();
      await sleep(600); // what would show all sites has come
      near(await page.pinned(), 10.0727, 105.7417);
      assert.ok((await across()) < 5000, `${await across()} m across`);
    });

    test('a map that shows more than 20 km sets no position, and comes nearer first', async (t) => {
      await noBackground();
      const page = await open(t, options);
      const zoom = (to) => page.evaluate((level) => { const { map } = document.getElementById('map'); if (level) map.setZoom(level, { animate: false }); return map.getZoom(); }, to);
      await page.goTo(`/desk/sites/${id}`);
      await page.unfold();
      await page.said.getByText('Trùng với vị trí đã lưu').waitFor();
      await page.getByRole('button', { name: 'Mở bản đồ lớn' }).click();
      await page.locator('dialog.map-dialog').waitFor();
      await sleep(800);
      const note = page.locator('.map-note');
      for (const press of [
        () => page.locator('.map-sheet').click({ position: { x: 90, y: 160 } }),
        () => page.getByRole('button', { name: 'Đặt vào giữa' }).click(),
        async () => { await page.locator('.map-sheet').focus(); await page.keyboard.press('Enter'); },
      ]) {
        await zoom(6);
        await press();
        await until(async () => (await zoom()) > 6);
        assert.equal(await page.field.inputValue(), '10.07273, 105.752467');
        assert.equal(await note.textContent(), 'Bản đồ đang hiện một vùng rộng nên chỉ mới phóng to. Hãy chọn lại cho đúng chỗ.');
        await look(page, `map-nearer-${shape}`);
        await sleep(400); // two presses within a moment are one that comes nearer
      }
      await zoom(15);
      await page.locator('.map-sheet').click({ position: { x: 90, y: 160 } });
      await until(async () => (await page.field.inputValue()) !== '10.07273, 105.752467');
      assert.equal(await note.textContent(), '');
    });

    test('without the network what is typed stays, and is read when it is back', async (t) => {
      await noBackground();
      const page = await open(t, options, { fine: /status of 4\d\d|net::ERR/ });
      await page.goTo(`/desk/sites/${id}`);
      await page.unfold();
      await page.said.getByText('Trùng với vị trí đã lưu').waitFor();
      await page.context().setOffline(true);
      await page.field.fill('10.08, 105.76');
      await page.said.getByText('Chưa hỏi được máy chủ').waitFor();
      assert.equal(await page.field.inputValue(), '10.08, 105.76');
      await page.context().setOffline(false);
      await page.said.getByText('Đã đọc: 10°04′48,0″ Bắc').waitFor();
      near(await page.pinned(), 10.08, 105.76);
    });

    test('a map that cannot be loaded says so, and comes when asked again', async (t) => {
      const page = await open(t, options, { fine: /status of 4\d\d|net::ERR/ });
      await page.route(/leaflet\.[0-9a-f]+\.js/, (route) => route.abort(), { times: 1 });
      await page.goTo(`/desk/sites/${id}`);
      await page.locator('#map').scrollIntoViewIfNeeded();
      await page.getByText('Ô vị trí vẫn dùng được như thường').waitFor();
      await page.said.getByText('Trùng với vị trí đã lưu').waitFor(); // read all the same
      await look(page, `map-unloaded-${shape}`);
      await page.getByRole('button', { name: 'Tải lại bản đồ' }).click();
      await page.pin.waitFor();
      near(await page.pinned(), 10.07273, 105.752467);
    });
  });

test('a dragged mark writes the field, and the draft keeps it', async (t) => {
  await noBackground();
  const page = await open(t, sizes.laptop);
  await page.goTo(`/desk/sites/${id}`);
  await page.unfold();
  await page.pin.waitFor();
  const { x, y } = await page.pin.boundingBox();
  await page.mouse.move(x + 22, y + 20);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 40, { steps: 5 });
  await page.mouse.move(x + 122, y + 70, { steps: 5 });
  await page.mouse.up();
  const at = await page.where();
  assert.ok(at.lon > 105.7528 && at.lat < 10.0727, JSON.stringify(at));
  near(await page.pinned(), at.lat, at.lon);
  await page.said.getByText(/Cách vị trí đã lưu \d+ m/).waitFor();
  await until(() => sql(desk.data, `SELECT document FROM draft WHERE subject LIKE 'site:${id}:%'`).includes(`${at.lat.toFixed(6)}, ${at.lon.toFixed(6)}`));
  await page.locator('.map-sheet').click({ position: { x: 100, y: 100 } }); // a click sets it too
  const clicked = await page.where();
  assert.ok(clicked.lon < at.lon && clicked.lat > at.lat, JSON.stringify(clicked));
  await page.locator('.bar').getByRole('button', { name: 'Lưu', exact: true }).click();
  await page.locator('.flash').waitFor();
  const [lat, lon] = sql(desk.data, `SELECT lat, lon FROM site WHERE id = ${id}`).split('|').map(Number);
  near({ lat, lon }, clicked.lat, clicked.lon, 1e-6);
  await page.field.fill('10.07273, 105.752467'); // as the tests below find it
  await page.locator('.bar').getByRole('button', { name: 'Lưu', exact: true }).click();
  await until(() => sql(desk.data, `SELECT lat, lon FROM site WHERE id = ${id}`) === '10.07273|105.752467');
});

describe('under one finger', () => {
  // As a finger does; a locator's own tap may try again when what it hit moves into the dialog.
  async function touch(page, point, times = 1) {
    const client = await page.context().newCDPSession(page);
    for (let i = 0; i < times; i += 1) {
      await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
      await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    }
  }

  async function swipe(page, from, to) {
    const client = await page.context().newCDPSession(page);
    const point = ({ x, y }) => [{ x, y }];
    await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: point(from) });
    for (let i = 1; i <= 8; i += 1) {
      await client.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: point({ x: from.x + ((to.x - from.x) * i) / 8, y: from.y + ((to.y - from.y) * i) / 8 }) });
      await sleep(20);
    }
    await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await sleep(300);
  }
  const centre = (page) => page.evaluate(() => { const { lat, lng } = document.getElementById('map').map.getCenter(); return { lat, lon: lng }; });

  test('the page scrolls over the map; the large map moves, and takes the position', async (t) => {
    await noBackground();
    const page = await open(t, sizes.phone);
    await page.goTo(`/desk/sites/${id}`);
    await page.unfold();
    await page.said.getByText('Trùng với vị trí đã lưu').waitFor();
    await page.locator('.map-use', { hasText: 'Chạm vào bản đồ để mở lớn' }).waitFor();
    assert.equal(await page.locator('.by-mouse').isVisible(), false);
    await page.locator('.map-sheet').evaluate((sheet) => sheet.scrollIntoView({ block: 'center' }));
    const box = await page.locator('.map-sheet').boundingBox();
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const top = await page.evaluate(() => scrollY);
    const before = await centre(page);
    await swipe(page, { x: middle.x, y: middle.y + 60 }, { x: middle.x, y: middle.y - 90 });
    assert.ok((await page.evaluate(() => scrollY)) > top + 50, 'the map holds the page');
    assert.deepEqual(await centre(page), before);
    assert.equal(await page.field.inputValue(), '10.07273, 105.752467'); // nothing was set on the way

    await page.locator('.map-sheet').evaluate((sheet) => sheet.scrollIntoView({ block: 'center' }));
    const frame = await page.locator('.map-sheet').boundingBox();
    await touch(page, { x: frame.x + 60, y: frame.y + 60 }, 2); // as people do who know maps
    const dialog = page.locator('dialog.map-dialog');
    await dialog.waitFor();
    await sleep(500);
    assert.equal(await page.field.inputValue(), '10.07273, 105.752467'); // a touch opens it, and sets nothing
    await look(page, 'map-large-phone');
    await thumbs(page);
    const opened = await centre(page);
    await swipe(page, { x: 180, y: 380 }, { x: 80, y: 300 });
    const moved = await centre(page);
    assert.ok(moved.lon > opened.lon + 2e-4 && moved.lat < opened.lat - 2e-4, JSON.stringify([opened, moved]));
    await page.locator('.map-sheet').tap({ position: { x: 120, y: 150 } });
    const tapped = await page.where();
    assert.notEqual(tapped.lat, 10.07273);
    await page.locator('.map-said', { hasText: 'Cách vị trí đã lưu' }).waitFor();
    await dialog.getByRole('button', { name: 'Đặt vào giữa' }).tap();
    near(await page.where(), (await centre(page)).lat, (await centre(page)).lon);
    await dialog.getByRole('button', { name: 'Xong' }).tap();
    await page.locator('#map .map-frame').waitFor();
    assert.equal(await dialog.isVisible(), false);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.map), 'large');
    await page.locator('#map .map-said', { hasText: 'Cách vị trí đã lưu' }).waitFor();
  });

  test('the large map closes with Escape, and the keyboard stays inside until then', async (t) => {
    const page = await open(t, sizes.laptop);
    await page.goTo(`/desk/sites/${id}`);
    await page.unfold();
    await page.pin.waitFor();
    await page.getByRole('button', { name: 'Mở bản đồ lớn' }).click();
    await page.locator('dialog.map-dialog').waitFor();
    await look(page, 'map-large-laptop');
    for (let i = 0; i < 12; i += 1) {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement === document.body || Boolean(document.activeElement.closest('.map-dialog'))), true);
    }
    await page.keyboard.press('Escape');
    await page.locator('#map .map-frame').waitFor();
  });
});

// What of the map lies above `over`, where the two meet on the screen.
const above = (page, over) => page.evaluate((selector) => {
  const cover = document.querySelector(selector), box = cover.getBoundingClientRect(), found = new Set();
  for (const element of document.querySelectorAll('.map *')) element.style.pointerEvents = 'auto'; // or it cannot be hit
  for (let x = Math.max(box.left, 0) + 2; x < Math.min(box.right, innerWidth); x += 9)
    for (let y = Math.max(box.top, 0) + 2; y < Math.min(box.bottom, innerHeight); y += 9) {
      const hit = document.elementFromPoint(x, y);
      if (hit.closest('.map')) found.add(hit.getAttribute('class') ?? hit.localName);
    }
  return [...found];
}, over);

for (const colorScheme of ['light', 'dark'])
  test(`the map lies under the save bar and under the preview: ${colorScheme}`, async (t) => {
    await setBackground();
    const page = await open(t, { ...sizes.phone, colorScheme });
    await page.goTo(`/desk/sites/${id}`);
    await page.unfold();
    await page.pin.waitFor();
    await page.locator('img.leaflet-tile-loaded').first().waitFor();
    for (const [name, part] of [['top', '.map-north'], ['middle', '.map-mark'], ['bottom', '.leaflet-control-attribution']]) {
      const bar = await page.locator('.bar').boundingBox();
      await page.locator(part).evaluate((element, y) => scrollBy(0, element.getBoundingClientRect().top - y), bar.y + bar.height / 2);
      assert.deepEqual(await above(page, '.bar'), [], `${part} over the bar`);
      if (process.env.STELE_SCREENSHOTS) await page.screenshot({ path: path.join(process.env.STELE_SCREENSHOTS, `map-under-bar-${name}-${colorScheme}.png`) });
    }
    await page.locator('.map-sheet').evaluate((sheet) => sheet.scrollIntoView({ block: 'center' }));
    await page.getByRole('button', { name: 'Xem thử' }).click();
    await page.frameLocator('#preview iframe').getByRole('heading', { name: 'Đình Bình Thủy' }).first().waitFor();
    assert.deepEqual(await above(page, '.preview'), [], 'over the preview');
    if (process.env.STELE_SCREENSHOTS) await page.screenshot({ path: path.join(process.env.STELE_SCREENSHOTS, `map-under-preview-${colorScheme}.png`) });
    await page.locator('#preview-close').click();
    await page.getByRole('button', { name: 'Mở bản đồ lớn' }).click();
    await page.locator('dialog.map-dialog').waitFor();
    await look(page, `map-large-${colorScheme}`);
  });

test('without scripts the form says the position in words, with a link, and shows no map', async (t) => {
  const context = await browser.newContext({ javaScriptEnabled: false, ...sizes.phone });
  t.after(() => context.close());
  await context.addCookies([{ name: 'stele', value: lan.token, url: desk.server.url }]);
  const page = await context.newPage();
  await page.goto(`${desk.server.url}/desk/sites/${id}`);
  await page.getByText('Vị trí đã lưu: 10°04′21,8″ Bắc, 105°45′08,9″ Đông.').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Xem trên bản đồ' }).isVisible(), true);
  for (const part of ['#map', '.map-use', '.map-bare', '.map-back', '.map-sites', '.map-photos']) assert.equal(await page.locator(`${part}:visible`).count(), 0, part);
});

test('in the dark the map is dark, and axe still finds nothing', async (t) => {
  await setBackground();
  for (const [shape, options] of Object.entries(sizes)) {
    const page = await open(t, { ...options, colorScheme: 'dark' });
    await page.goTo(`/desk/sites/${id}`);
    await page.unfold();
    await page.locator('img.leaflet-tile-loaded').first().waitFor();
    await look(page, `map-dark-${shape}`);
  }
});
