// What the map in a site's form asks for: positions in any notation, the sites around, where photos were taken; and which
// pages may show the tiles of a background.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';
import { addNotes, makePhoto, place } from '../photos.mjs';
import { newFolder, stele } from '../sample.mjs';
import { request, runProgram } from './lib.mjs';

const end = untilEnd(after);
let desk, lan, outside, field, chi, id, nam;

function photoBundle() {
  const folder = path.join(newFolder(end), 'photo'), site = path.join(folder, 'sites', 'chua-co-anh');
  fs.mkdirSync(path.join(site, 'media'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'bundle.json'), JSON.stringify({ format: 'stele-bundle', version: 1, languages: ['vi', 'en'] }));
  fs.writeFileSync(path.join(site, 'site.json'), JSON.stringify({ kind: 'pagoda', media: [{ file: 'media/plain.jpg' }, { file: 'media/placed.jpg' }] }));
  fs.writeFileSync(path.join(site, 'vi.md'), '# Chùa Có Ảnh\n');
  makePhoto(path.join(site, 'media', 'plain.jpg'), 640, 480);
  makePhoto(path.join(site, 'media', 'placed.jpg'), 800, 600);
  addNotes(path.join(site, 'media', 'placed.jpg'));
  return folder;
}

before(async () => {
  desk = await openDesk(end, {
    before: async (data) => {
      const { code, stderr } = await runProgram(stele, ['import', '--data', data, '--quiet', photoBundle()]);
      assert.equal(code, 0, stderr);
      lan = addPerson(data, 'Lan');
      outside = addPerson(data, 'Minh', { areas: ['o-mon'] });
      field = addPerson(data, 'Tư', { role: 'field' });
      chi = addPerson(data, 'Chi', { role: 'admin' });
    },
  });
  id = siteId(desk.data, 'dinh-binh-thuy');
  nam = siteId(desk.data, 'chua-nam-nha');
});

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const plain = (text) => text.replace(/&([^;\s]+);/g, (whole, name) => entities[name] ?? whole);

const json = { Accept: 'application/json' };
const read = async (text, { person = lan, site = id } = {}) => {
  const answer = await desk.as(person).get(`/desk/sites/${site}/position?text=${encodeURIComponent(text)}`, json);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.headers['content-type'], 'application/json');
  assert.match(answer.headers['cache-control'], /no-store/);
  return JSON.parse(answer.text);
};
const around = async (query, { person = lan, site = id } = {}) => {
  const answer = await desk.as(person).get(`/desk/sites/${site}/around${query}`, json);
  return answer.status === 200 ? JSON.parse(answer.text) : answer.status;
};

test('are for those who write, and about sites in their areas', async () => {
  for (const target of [`/desk/sites/${id}/position?text=10,105`, `/desk/sites/${id}/around`, '/desk/sites/new/position', '/desk/sites/new/around', `/desk/sites/${id}/media/places`]) {
    assert.equal((await request(desk.server, target, { headers: json })).status, 401, target);
    assert.equal((await desk.as(field).get(target, json)).status, 403, target);
    assert.equal((await desk.as(chi).get(target, json)).status, 200, target);
    assert.equal((await desk.as(outside).get(target, json)).status, target.includes('/new/') ? 200 : 403, target);
  }
  assert.equal((await desk.as(lan).get('/desk/sites/999999/position?text=1', json)).status, 404);
});

test('reads what saving reads, and says it in words that read back', async () => {
  for (const text of [
    '10.07273, 105.752467',
    '10,07273; 105,752467',
    `10°4'21.828"N 105°45'8.8812"E`,
    '10°04′21,828″ Bắc, 105°45′08,8812″ Đông',
    '10°04′21,828″ Bắc, 105°45′08,8812″ Đông'.normalize('NFD'),
    'POINT (105.752467 10.07273)',
    'geo:10.07273,105.752467',
    '  10.07273   105.752467 ',
  ]) {
    const told = await read(text);
    assert.ok(Math.abs(told.lat - 10.07273) < 1e-6 && Math.abs(told.lon - 105.752467) < 1e-6, `${text}: ${JSON.stringify(told)}`);
    assert.match(told.said, /^Đã đọc: 10°04′21,8″ Bắc, 105°45′08,9″ Đông\. Trùng với vị trí đã lưu\./);
  }
  const [, words] = /: (.*?)\. Trùng/.exec((await read('10.07273 105.752467')).said);
  assert.match((await read(words)).said, new RegExp(words));
  assert.match((await read('-10.5, -73.5', { site: 'new' })).said, /^Đã đọc: 10°30′00,0″ Nam, 73°30′00,0″ Tây\.$/);
  sql(desk.data, `UPDATE account SET language = 'en' WHERE id = ${lan.id}`);
  assert.match((await read('10.07273 105.752467')).said, /^Read as 10°04′21\.8″ N, 105°45′08\.9″ E\. The same as the saved position\./);
  sql(desk.data, `UPDATE account SET language = 'vi' WHERE id = ${lan.id}`);
});

test('says how far the saved position is, and which sites lie near enough to be the same', async () => {
  const { lat, lon } = { lat: 10.07273, lon: 105.752467 };
  assert.match((await read(`${lat + 0.001}, ${lon}`)).said, /Cách vị trí đã lưu 110 m\./);
  assert.match((await read(`${lat + 0.02}, ${lon}`)).said, /Cách vị trí đã lưu 2,2 km\.$/);
  assert.doesNotMatch((await read(`${lat}, ${lon}`, { site: 'new' })).said, /đã lưu/);
  const twins = (await read(`${lat}, ${lon}`, { site: 'new' })).twins;
  assert.deepEqual(twins.map(({ title, away }) => [title, away]), [['Đình Bình Thủy', 'cách 10 m'], ['Chùa Nam Nhã', 'cách 210 m']]);
  assert.deepEqual(twins[0], { title: 'Đình Bình Thủy', lang: 'vi', href: `/desk/sites/${id}`, state: 'Đã đăng', away: 'cách 10 m' });
  assert.deepEqual((await read(`${lat}, ${lon}`)).twins.map(({ title }) => title), ['Chùa Nam Nhã']); // not itself
  assert.match((await read(`${lat}, ${lon}`)).said, /Trong vòng 300 m đã có di tích khác/);
  assert.deepEqual((await read('10.2, 106.2')).twins, []);
});

test('whoever is limited to some areas learns of no other drafts', async () => {
  const far = await read('10.07273, 105.752467', { person: outside, site: 'new' });
  assert.deepEqual(far.twins.map(({ href }) => href), ['/vi/sites/dinh-binh-thuy', '/vi/sites/chua-nam-nha']); // what visitors see
  const box = '?box=10.0,105.7,10.1,105.8';
  const before = await around(box, { person: outside, site: 'new' });
  sql(desk.data, `UPDATE site SET state = 'draft' WHERE id = ${nam}`);
  const titles = (told) => told.sites.map(({ title }) => title);
  assert.deepEqual((await read('10.07273, 105.752467', { person: outside, site: 'new' })).twins.map(({ title }) => title), ['Đình Bình Thủy']);
  assert.deepEqual(titles(await around(box, { person: outside, site: 'new' })).sort(), titles(before).filter((title) => title !== 'Chùa Nam Nhã').sort());
  assert.ok(titles(await around(box, { person: lan })).includes('Chùa Nam Nhã'));
  sql(desk.data, `UPDATE site SET state = 'binned' WHERE id = ${nam}`);
  assert.ok(!titles(await around(box, { person: lan })).includes('Chùa Nam Nhã'));
  sql(desk.data, `UPDATE site SET state = 'published' WHERE id = ${nam}`);
});

test('what cannot be read is refused in the sentence that saving says', async () => {
  const sentence = async (text) => {
    const form = await desk.as(lan).post('/desk/sites/new', { languages: 'vi', version: '0', 'text.vi.title': 'Đình thử', kind: 'temple', position: text, do: 'save' });
    assert.equal(form.status, 422, `${text}: ${form.text.slice(0, 300)}`);
    return plain(/id="field-position-problem">([^<]*)</.exec(form.text)[1]);
  };
  for (const [text, words] of [
    ['gần chợ', /Không đọc được tọa độ “gần chợ”. Hãy viết vĩ độ rồi kinh độ/],
    ['10,105', /Hãy viết vĩ độ rồi kinh độ/],
    ['105.75, 10.07', /đổi chỗ/],
    ['0, 0', /ngoài khơi châu Phi/],
    ['10°70′B 105°Đ', /phải nhỏ hơn 60/],
    ['10 O, 105 O', /chữ O/],
    ['<img src=x onerror=alert(1)> 1', /./],
    ['%00 10', /./],
    [`10.5, ${'1'.repeat(400)}`, /nhiều nhất 200 ký tự/],
  ]) {
    const told = await read(text, { site: 'new' });
    assert.deepEqual(Object.keys(told), ['problem'], text);
    assert.match(told.problem, words, text);
    assert.equal(await sentence(text), told.problem, text);
  }
  assert.deepEqual(Object.keys(await read('', { site: 'new' })), ['problem']);
  for (const bytes of ['%00', '%07', '%ff', '%C3%28']) assert.equal((await desk.as(lan).get(`/desk/sites/new/position?text=${bytes}`, json)).status, 400, bytes);
});

test('the sites in a box, in so many at most, and where people are at work', async () => {
  const told = await around('?box=9.9,105.6,10.2,105.9');
  assert.equal(told.more, false);
  assert.ok(told.sites.length > 2);
  for (const site of told.sites) {
    assert.ok(site.lat >= 9.9 && site.lat <= 10.2 && site.lon >= 105.6 && site.lon <= 105.9, site.title);
    assert.notEqual(site.id, id);
    assert.equal(site.href, `/desk/sites/${site.id}`);
  }
  assert.deepEqual((await around('?box=50,0,51,1')).sites, []);
  assert.ok((await around('', { site: 'new' })).sites.length >= 10);
  for (const box of ['', '1', '1,2,3', '1,2,3,4,5', 'a,b,c,d', '1,2,3,nan', '1,2,3,inf', '1,2,3,1e999', '91,0,92,1', '0,-181,1,1', '11,105,10,106', '1,2,3,4 ', ' 1,2,3,4', '1,,2,3', "1,2,3,4'", '0x1,2,3,4'])
    assert.equal(await around(`?box=${encodeURIComponent(box)}`), 400, box);
  sql(desk.data, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
    INSERT INTO site (slug, kind_id, state, original, lat, lon, details, sort_key, version, created_at, updated_at)
    SELECT 'diem-' || i, (SELECT kind_id FROM site LIMIT 1), 'draft', 'vi', 20, 100, '{}', 'x' || i, 1, 1, 1 FROM n;
`);
  const many = await around('?box=19,99,21,101');
  assert.deepEqual([many.sites.length, many.more], [200, true]);
  assert.match(many.sites[0].title, /^diem-/); // without a text it is called by its address
});

test('tells where the photos of a site were taken', async () => {
  const pictured = siteId(desk.data, 'chua-co-anh');
  const { pictures } = JSON.parse((await desk.as(lan).get(`/desk/sites/${pictured}/media/places`, json)).text);
  assert.equal(pictures.length, 1);
  assert.equal(pictures[0].label, 'Ảnh 2');
  assert.ok(Math.abs(pictures[0].lat - place.lat) < 1e-4 && Math.abs(pictures[0].lon - place.lon) < 1e-4);
  assert.equal((await desk.as(lan).get(pictures[0].src)).status, 200);
  assert.deepEqual(JSON.parse((await desk.as(lan).get(`/desk/sites/${id}/media/places`, json)).text), { pictures: [] });
});

/* ---- who may show tiles */

const policyOf = async (target, person = chi) => (await desk.as(person).get(target)).headers['content-security-policy'];
const strict = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";
const withTiles = strict.replace('data:', 'data: https://tiles.example.org:8443');
const good = { tiles: 'https://Tiles.example.org:8443/{z}/{x}/{y}.png?key=1', attribution: '© <b>Ai</b> & "đó"', max_zoom: '17' };
const pagesWithMap = () => ['/desk/sites/new', `/desk/sites/${id}`, '/desk/settings'];

test('without a background no page shows images of others', async () => {
  for (const target of pagesWithMap()) assert.equal(await policyOf(target), strict, target);
  const page = (await desk.as(lan).get(`/desk/sites/${id}`)).text;
  assert.doesNotMatch(page, /data-tiles="/);
  assert.match(page, /Quản trị viên có thể chọn một nền/);
  assert.doesNotMatch(page, /href="\/desk\/settings#map-title"/); // which an editor could not open
  assert.match((await desk.as(chi).get(`/desk/sites/${id}`)).text, /href="\/desk\/settings#map-title"/);
});

test('with one, the pages with a map show its tiles, and no other page does', async () => {
  assert.equal((await desk.as(chi).post('/desk/settings/map', good)).status, 303);
  for (const target of pagesWithMap()) assert.equal(await policyOf(target), withTiles, target);
  const refused = await desk.as(lan).post('/desk/sites/new', { languages: 'vi', version: '0', do: 'save' });
  assert.deepEqual([refused.status, refused.headers['content-security-policy']], [422, withTiles]);
  for (const target of ['/desk/', '/desk/sites', `/desk/sites/${id}/media`, `/desk/sites/${id}/history`, `/desk/sites/${id}/preview`, `/desk/sites/${id}/position?text=1`, `/desk/sites/${id}/around`, '/desk/sites/999999', '/desk/settings/terms/kind', '/vi/', '/vi/sites/dinh-binh-thuy'])
    assert.equal(await policyOf(target), strict, target);
  const page = (await desk.as(lan).get(`/desk/sites/${id}`)).text;
  assert.ok(page.includes(`data-tiles="${good.tiles}"`) && page.includes('data-max-zoom="17"'));
  assert.match(page, /data-attribution="© &lt;b&gt;Ai&lt;\/b&gt; &amp; &quot;đó&quot;"/);
  assert.match(page, /data-lat="10\.07273" data-lon="105\.752467"/);
  assert.match(page, /Vị trí đã lưu: 10°04′21,8″ Bắc, 105°45′08,9″ Đông\./);
});

test('a background can be looked at before it is saved', async () => {
  const other = { ...good, tiles: 'https://other.example.org/{z}/{x}/{y}.png', do: 'preview' };
  const shown = await desk.as(chi).post('/desk/settings/map', other);
  assert.equal(shown.status, 200);
  assert.equal(shown.headers['content-security-policy'], strict.replace('data:', 'data: https://other.example.org'));
  assert.ok(shown.text.includes(`data-tiles="${other.tiles}"`) && shown.text.includes(`value="${other.tiles}"`));
  assert.match(shown.text, /Đây mới là bản xem thử, chưa lưu/);
  assert.equal(JSON.parse(sql(desk.data, "SELECT value FROM setting WHERE name = 'map'")).tiles, good.tiles);
  for (const tiles of ['', 'https://x.vn/', 'https://a.vn;script-src/{z}/{x}/{y}', "https://a.vn' *;/{z}/{x}/{y}"]) {
    const wrong = await desk.as(chi).post('/desk/settings/map', { ...other, tiles });
    assert.equal(wrong.status, 422, tiles);
    assert.equal(wrong.headers['content-security-policy'], withTiles, tiles); // of the one that is saved
    assert.match(wrong.text, /id="field-tiles-problem"/);
  }
  assert.equal((await desk.as(lan).post('/desk/settings/map', other)).status, 403);
});

test('a background that is damaged in the store is none', async () => {
  sql(desk.data, `UPDATE setting SET value = '{"tiles":"https://a.vn; script-src *","attribution":"x","max_zoom":3}' WHERE name = 'map'`);
  for (const target of pagesWithMap()) assert.equal(await policyOf(target), strict, target);
  assert.equal((await desk.as(chi).post('/desk/settings/map', { tiles: '', attribution: '', max_zoom: '' })).status, 303);
  assert.equal(await policyOf(`/desk/sites/${id}`), strict);
});
