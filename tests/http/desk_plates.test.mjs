// Plates at the desk: made, found, placed, pointed elsewhere, retired, drawn and counted.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';
import { newFolder } from '../sample.mjs';

const end = untilEnd(after);
const base = 'https://ditich.example.vn';
let desk, lan, tu, an, bare;
before(async () => {
  desk = await openDesk(end, {
    args: ['--base-url', base],
    before: (data) => {
      lan = addPerson(data, 'Lan');
      tu = addPerson(data, 'Tú', { role: 'field' });
      an = addPerson(data, 'An', { areas: [sql(data, "SELECT a.key FROM site s JOIN term a ON a.id = s.area_id WHERE s.slug = 'dinh-binh-thuy'")] });
    },
  });
  bare = await openDesk(end, { before: (data) => ({ lan: addPerson(data, 'Lan') }) });
});

const plateOf = (slug) => sql(desk.data, `SELECT code FROM plate WHERE site_id = ${siteId(desk.data, slug)} ORDER BY created_at, code LIMIT 1`);
const column = (code, name) => sql(desk.data, `SELECT ${name} FROM plate WHERE code = '${code}'`);
const words = (code) => `${code.slice(0, 4)}-${code.slice(4)}`.toUpperCase();

// Makes one plate, and gives its code.
async function makePlate(slug, fields = {}) {
  const answer = await desk.as(tu).post('/desk/plates/new', { site: siteId(desk.data, slug), each: '1', ...fields });
  assert.equal(answer.status, 303, answer.text);
  return /\/desk\/plates\/([0-9a-z]{8})$/.exec(answer.headers.location)[1];
}

// The address that the next page's button posts to.
const undoOf = (answer) => JSON.parse(Buffer.from(answer.headers['set-cookie'][0].split(';')[0].split('=')[1], 'base64url')).v?.undo;

test('the way from a site without a plate leads to that site', async () => {
  const made = await desk.as(lan).post('/desk/sites/new', { languages: 'vi en', version: 0, original: 'vi', kind: 'temple', 'text.vi.title': 'Đình Bình Thủy hai', do: 'save' });
  const [, way] = /href="(\/desk\/plates\/new[^"]*)"/.exec((await desk.as(lan).get(made.headers.location)).text);
  const { text } = await desk.as(lan).get(way.replaceAll('&amp;', '&'));
  assert.deepEqual([...text.matchAll(/name="site" value="(\d+)"/g)].map((found) => found[1]), [made.headers.location.split('/').pop()]);
});

const seen = (html) => /name="seen" value="(\d+)"/.exec(html)[1];

test('finds a plate by its code however typed, by name, by state', async () => {
  const code = plateOf('dinh-binh-thuy');
  for (const typed of [code, words(code), `${code.slice(0, 4)} ${code.slice(4)}`.toUpperCase(), 'đình bình thủy', 'dinh binh']) {
    const answer = await desk.as(tu).get(`/desk/plates?q=${encodeURIComponent(typed)}`);
    assert.equal(answer.status, 200);
    assert.match(answer.text, new RegExp(`href="/desk/plates/${code}"`), typed);
  }
  const wrong = code.slice(0, 7) + (code[7] === '0' ? '1' : '0');
  const none = await desk.as(tu).get(`/desk/plates?q=${wrong}`);
  assert.match(none.text, /Mã vừa gõ có chỗ nhầm/);
  const retired = await desk.as(tu).get('/desk/plates?state=retired');
  assert.doesNotMatch(retired.text, new RegExp(code));
});

test('makes plates for ticked sites, several for each, with a note', async () => {
  const sites = ['dinh-binh-thuy', 'mo-phan-van-tri'].map((slug) => siteId(desk.data, slug));
  const count = () => Number(sql(desk.data, 'SELECT count(*) FROM plate'));
  const had = count();
  const answer = await desk.as(tu).post('/desk/plates/new', [...sites.map((id) => ['site', id]), ['each', '2'], ['place', '  cổng   chính ']]);
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, '/desk/plates?state=planned');
  assert.equal(count(), had + 4);
  assert.equal(sql(desk.data, `SELECT count(*) FROM plate WHERE place = 'cổng chính' AND state = 'planned' AND site_id = ${sites[1]}`), '2');
  assert.equal(sql(desk.data, `SELECT count(*) FROM plate_event WHERE event = 'made' AND account_id = ${tu.id}`), '4');
});

test('makes plates for all that a filter finds', async () => {
  const list = await desk.as(lan).get('/desk/plates/new?plates=none');
  const found = Number(/Tất cả (\d+) di tích/.exec(list.text)?.[1] ?? 0);
  const unplated = Number(sql(desk.data, "SELECT count(*) FROM site s WHERE state <> 'binned' AND NOT EXISTS (SELECT 1 FROM plate p WHERE p.site_id = s.id)"));
  if (unplated > 1) assert.equal(found, unplated);
  const kind = sql(desk.data, "SELECT t.key FROM site s JOIN term t ON t.id = s.kind_id GROUP BY t.key HAVING count(*) BETWEEN 2 AND 30 LIMIT 1");
  const wanted = Number(sql(desk.data, `SELECT count(*) FROM site s JOIN term t ON t.id = s.kind_id WHERE t.key = '${kind}' AND s.state <> 'binned'`));
  const had = Number(sql(desk.data, 'SELECT count(*) FROM plate'));
  const answer = await desk.as(lan).post(`/desk/plates/new?kind=${kind}`, { all: '1', each: '1' });
  assert.equal(answer.status, 303, answer.text);
  assert.equal(Number(sql(desk.data, 'SELECT count(*) FROM plate')), had + wanted);
});

test('ticks stay while the list is turned and searched, without scripts', async (t) => {
  const many = Array.from({ length: 30 }, (_, i) => `Bia thứ ${String(i).padStart(2, '0')}`);
  for (const title of many)
    assert.equal((await desk.as(lan).post('/desk/sites/new', { languages: 'vi en', version: 0, original: 'vi', kind: 'temple', 'text.vi.title': title, do: 'save' })).status, 303);
  t.after(() => sql(desk.data, "UPDATE site SET state = 'binned' WHERE id IN (SELECT site_id FROM text WHERE title LIKE 'Bia thứ %')"));
  // What a browser sends when the button is pressed: its formaction, and all that is ticked or hidden.
  const boxes = (html) => [...html.matchAll(/<input type="(checkbox|hidden)" name="site" value="(\d+)"( checked)?>/g)];
  const carried = (html) => boxes(html).filter(([, type, , checked]) => type === 'hidden' || checked).map(([, , id]) => ['site', id]);
  const button = (html, words) => new RegExp(`<button[^>]*formaction="([^"]*)"[^>]*name="do" value="(\\w+)">${words}<`).exec(html);
  const press = async (html, words, more = []) => {
    const [, to, value] = button(html, words);
    const answer = await desk.as(lan).post(to.replaceAll('&amp;', '&'), [...carried(html), ...more, ['each', '3'], ['place', 'cổng'], ['do', value]]);
    assert.equal(answer.status, 200, answer.text);
    return answer.text;
  };
  const had = sql(desk.data, 'SELECT count(*) FROM plate');
  const first = (await desk.as(lan).get('/desk/plates/new?q=bia+thu&kind=temple')).text;
  assert.equal(boxes(first).length, 24);
  const one = boxes(first)[3][2];
  const second = await press(first, 'Trang sau', [['site', one]]);
  assert.ok(boxes(second).filter(([, type]) => type === 'checkbox').length >= 6);
  assert.match(second, /Đã đánh dấu thêm 1 mục không nằm trong trang này/);
  assert.match(second, /name="each"[^>]* value="3"/);
  const two = boxes(second)[0][2];
  const back = await press(second, 'Trang trước', [['site', two]]);
  assert.deepEqual(new Set(carried(back).map(([, id]) => id)), new Set([one, two]));
  assert.equal(boxes(back).find(([, , id]) => id === one)[3], ' checked');
  const found = await press(back, 'Tìm', [['q', 'binh thuy'], ['kind', ''], ['plates', 'nonsense'], ['all', '1']]);
  assert.match(found, /Đình Bình Thủy/);
  assert.match(found, /name="q" value="binh thuy"/);
  assert.doesNotMatch(found, /name="all" value="1" checked/, 'all of another list');
  assert.deepEqual(new Set(carried(found).map(([, id]) => id)), new Set([one, two]));
  assert.equal(carried(await press(found, 'Bỏ đánh dấu các mục đó')).length, 0);
  assert.equal(sql(desk.data, 'SELECT count(*) FROM plate'), had, 'turning makes nothing');
  const made = await desk.as(lan).post('/desk/plates/new', [...carried(found), ['each', '1'], ['place', 'thử trang']]);
  assert.equal(made.status, 303);
  assert.equal(sql(desk.data, "SELECT group_concat(site_id, ' ') FROM (SELECT site_id FROM plate WHERE place = 'thử trang' ORDER BY site_id)"), [one, two].sort((a, b) => a - b).join(' '));
});

test('no hand brings a plate into a batch', async () => {
  const code = await makePlate('mo-phan-van-tri');
  const at = `/desk/plates/${code}`;
  const select = (html) => /<select id="field-state"[\s\S]*?<\/select>/.exec(html)[0];
  assert.doesNotMatch(select((await desk.as(tu).get(at)).text), /in-batch/);
  const seenNow = seen((await desk.as(tu).get(at)).text);
  assert.equal((await desk.as(tu).post(`${at}/state`, { state: 'in-batch', seen: seenNow })).status, 422);
  assert.equal(column(code, 'state'), 'planned');
  sql(desk.data, `UPDATE plate SET state = 'in-batch' WHERE code = '${code}'`);
  assert.match(select((await desk.as(tu).get(at)).text), /<option value="in-batch" selected/);
  assert.equal((await desk.as(tu).post(`${at}/state`, { state: 'printed' })).status, 303);
});

test('a plate whose site lies in the bin says so to visitors', async () => {
  const made = await desk.as(lan).post('/desk/sites/new', { languages: 'vi en', version: 0, original: 'vi', kind: 'temple', 'text.vi.title': 'Nơi sẽ bỏ', do: 'save' });
  const id = made.headers.location.split('/').pop();
  await desk.as(lan).post('/desk/plates/new', { site: id, each: '1' });
  const code = sql(desk.data, `SELECT code FROM plate WHERE site_id = ${id}`);
  const seenBy = async () => desk.as(lan).get(`/${code}`, { 'Accept-Language': 'vi' });
  assert.match((await seenBy()).text, /Trang đang được biên soạn/);
  assert.equal((await desk.as(lan).post(`/desk/sites/${id}/bin`)).status, 303);
  const answer = await seenBy();
  assert.equal(answer.status, 410);
  assert.match(answer.text, /Bảng này hiện không mở trang nào/);
  assert.doesNotMatch(answer.text, /Xin trở lại sau|đang được biên soạn/);
  await desk.as(lan).post(`/desk/sites/${id}/restore`);
  assert.equal((await seenBy()).status, 404);
});

test('says what is missing, and keeps what was typed', async () => {
  const answer = await desk.as(lan).post('/desk/plates/new', { each: 'nhiều', place: 'cổng sau' });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /Hãy đánh dấu ít nhất một di tích/);
  assert.match(answer.text, /Hãy ghi một số từ 1 đến 20/);
  assert.match(answer.text, /value="nhiều"/);
  assert.match(answer.text, /value="cổng sau"/);
});

test('goes from planned to installed, back by undo, and to its end with a reason', async () => {
  const code = await makePlate('mo-phan-van-tri');
  const at = `/desk/plates/${code}`;
  let undo;
  for (const state of ['printed', 'installed']) {
    const answer = await desk.as(tu).post(`${at}/state`, { state });
    assert.equal(answer.status, 303);
    assert.equal(column(code, 'state'), state);
    undo = undoOf(answer);
  }
  assert.equal(undoOf(await desk.as(tu).post(`${at}/state`, { state: 'installed' })), undefined, 'nothing was changed');
  assert.equal((await desk.as(tu).post(undo)).status, 303);
  assert.equal(column(code, 'state'), 'printed');
  const wordless = await desk.as(tu).post(`${at}/state`, { state: 'retired', reason: ' ' });
  assert.equal(wordless.status, 422);
  assert.match(wordless.text, /Hãy ghi lý do bỏ bảng/);
  assert.equal(column(code, 'state'), 'printed');
  assert.equal((await desk.as(tu).post(`${at}/state`, { state: 'lost' })).status, 422);
  assert.equal((await desk.as(tu).post(`${at}/state`, { state: 'retired', reason: 'Di tích đang trùng tu' })).status, 303);
  const page = await desk.as(tu).get(at);
  assert.match(page.text, /Lý do: Di tích đang trùng tu/);
  assert.doesNotMatch(page.text, new RegExp(`action="${at}/`));
  assert.equal((await desk.as(tu).post(`${at}/state`, { state: 'installed' })).status, 403);
});

test('keeps place and position in any notation, and says beside the field what is wrong', async () => {
  const code = await makePlate('mo-phan-van-tri');
  const at = `/desk/plates/${code}`;
  const answer = await desk.as(tu).post(`${at}/place`, { place: 'Cổng sau', position: '10°02\'03"N 105°47\'15"E' });
  assert.equal(answer.status, 303, answer.text);
  assert.equal(column(code, "place || ' ' || round(lat, 5) || ' ' || round(lon, 5)"), 'Cổng sau 10.03417 105.7875');
  const wrong = await desk.as(tu).post(`${at}/place`, { place: 'Cổng khác', position: '105.7, 10.1' });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /id="field-position-problem"/);
  assert.match(wrong.text, /value="Cổng khác"/);
  assert.match(wrong.text, /value="105.7, 10.1"/);
  assert.equal(column(code, 'place'), 'Cổng sau');
});

test('does not overwrite what somebody else has just changed', async () => {
  const code = await makePlate('mo-phan-van-tri');
  const at = `/desk/plates/${code}`;
  const page = await desk.as(tu).get(at);
  assert.equal((await desk.as(lan).post(`${at}/place`, { place: 'Cổng', position: '' })).status, 303); // in the same second
  const answer = await desk.as(tu).post(`${at}/place`, { place: 'Mới', position: '', seen: seen(page.text) });
  assert.equal(answer.status, 422);
  assert.match(answer.text, /Có người khác vừa thay đổi bảng này/);
  assert.match(answer.text, /value="Mới"/);
  assert.equal(column(code, 'place'), 'Cổng');
  assert.equal((await desk.as(tu).post(`${at}/place`, { place: 'Mới', position: '', seen: seen(answer.text) })).status, 303);
});

test('undo takes back the step that it was offered for, or nothing', async () => {
  const code = await makePlate('mo-phan-van-tri');
  const at = `/desk/plates/${code}`;
  const before = column(code, 'site_id'), other = String(siteId(desk.data, 'dinh-binh-thuy'));
  const pointed = await desk.as(lan).post(`${at}/target`, { site: other });
  assert.equal((await desk.as(tu).post(`${at}/state`, { state: 'damaged' })).status, 303);
  const late = await desk.as(lan).post(undoOf(pointed));
  assert.equal(late.status, 303);
  const told = await desk.as(lan).get(at, { Cookie: `stele=${lan.token}; __Host-stele=${lan.token}; ${late.headers['set-cookie'][0].split(';')[0]}` });
  assert.match(told.text, /Chưa hoàn tác được/);
  assert.deepEqual([column(code, 'state'), column(code, 'site_id')], ['damaged', other]);
  for (const step of ['0', 'x', '99999999999999999999']) assert.equal((await desk.as(lan).post(`${at}/undo/${step}`)).status, 303);
  assert.deepEqual([column(code, 'state'), column(code, 'site_id')], ['damaged', other]);
  // somebody else points it elsewhere while the list of targets is open
  const choosing = (await desk.as(lan).get(`${at}/target?q=binh`)).text;
  assert.equal((await desk.as(tu).post(`${at}/target`, { site: before })).status, 303);
  const second = await desk.as(lan).post(`${at}/target`, { site: other, seen: seen(choosing) });
  assert.equal(second.headers.location, at);
  assert.equal(column(code, 'site_id'), before);
});

test('undo does not reach beyond the areas of the account', async () => {
  const code = await makePlate('mo-phan-van-tri'); // outside An's areas
  const at = `/desk/plates/${code}`;
  const pointed = await desk.as(lan).post(`${at}/target`, { site: siteId(desk.data, 'dinh-binh-thuy') });
  assert.equal((await desk.as(an).get(at)).status, 200);
  assert.equal((await desk.as(an).post(undoOf(pointed))).status, 403);
  assert.equal(column(code, 'site_id'), String(siteId(desk.data, 'dinh-binh-thuy')));
});

test('opens another site once it is pointed there, and a tour', async () => {
  const code = await makePlate('mo-phan-van-tri');
  const at = `/desk/plates/${code}`;
  const other = siteId(desk.data, 'dinh-binh-thuy');
  const found = await desk.as(lan).get(`${at}/target?q=binh+thuy`);
  assert.match(found.text, new RegExp(`name="site" value="${other}"`));
  const pointed = await desk.as(lan).post(`${at}/target`, { site: other });
  assert.equal(pointed.status, 303);
  assert.equal(column(code, 'site_id'), String(other));
  assert.match((await desk.as(lan).get(at)).text, /Chuyển từ “[^”]+” sang “Đình Bình Thủy/);
  assert.match((await desk.as(lan).get(`/${code}`)).text, /<h1[^>]*>\s*Đình Bình Thủy/);
  assert.equal((await desk.as(lan).post(undoOf(pointed))).status, 303);
  assert.equal(column(code, 'site_id'), String(siteId(desk.data, 'mo-phan-van-tri')));
  const tour = sql(desk.data, 'SELECT id FROM tour LIMIT 1');
  assert.match((await desk.as(lan).get(`${at}/target`)).text, new RegExp(`name="tour" value="${tour}"`));
  assert.equal((await desk.as(lan).post(`${at}/target`, { tour })).status, 303);
  assert.equal(column(code, 'tour_id'), tour);
  assert.equal((await desk.as(lan).post(`${at}/target`, { site: '999999' })).status, 404);
  assert.equal((await desk.as(lan).post(`${at}/target`, {})).status, 400);
});

test('limits an account to its areas', async () => {
  const inside = plateOf('dinh-binh-thuy');
  const area = sql(desk.data, "SELECT area_id FROM site WHERE slug = 'dinh-binh-thuy'");
  const slug = sql(desk.data, `SELECT slug FROM site WHERE area_id IS NOT ${area} AND state = 'published' AND area_id NOT IN (SELECT id FROM term WHERE parent_id = ${area}) LIMIT 1`);
  const outside = await makePlate(slug);
  assert.equal((await desk.as(an).get(`/desk/plates/${inside}`)).status, 200);
  assert.equal((await desk.as(an).get(`/desk/plates/${outside}`)).status, 403);
  assert.equal((await desk.as(an).post(`/desk/plates/${outside}/state`, { state: 'printed' })).status, 403);
  assert.equal((await desk.as(an).post('/desk/plates/new', { site: siteId(desk.data, slug), each: '1' })).status, 403);
  assert.equal((await desk.as(an).post(`/desk/plates/${inside}/target`, { site: siteId(desk.data, slug) })).status, 403);
  assert.doesNotMatch((await desk.as(an).get('/desk/plates?per=50')).text, new RegExp(outside));
});

test('draws the symbol: PNG and SVG that decode to the plate’s address', async (t) => {
  const code = plateOf('dinh-binh-thuy');
  const folder = newFolder(t);
  const png = await desk.as(tu).get(`/desk/plates/${code}/qr.png`);
  assert.equal(png.headers['content-type'], 'image/png');
  assert.match(png.headers['content-disposition'], new RegExp(`filename="${words(code)}.png"`));
  const svg = await desk.as(tu).get(`/desk/plates/${code}/qr.svg`);
  assert.equal(svg.headers['content-type'], 'image/svg+xml');
  assert.match(svg.text, /width="83.312mm"/);
  fs.writeFileSync(path.join(folder, 'a.png'), png.body);
  fs.writeFileSync(path.join(folder, 'b.svg'), svg.body);
  execFileSync('rsvg-convert', ['--width', '700', '-o', path.join(folder, 'b.png'), path.join(folder, 'b.svg')]);
  for (const name of ['a.png', 'b.png']) {
    const text = execFileSync('zbarimg', ['-q', '--raw', path.join(folder, name)], { encoding: 'utf8' });
    assert.equal(text.trim(), `${base}/${code}`);
  }
});

test('gives a retired plate’s symbol to nobody, and says why', async () => {
  const code = await makePlate('mo-phan-van-tri');
  assert.match((await desk.as(tu).get(`/desk/plates/${code}`)).text, /qr\.png/);
  assert.equal((await desk.as(tu).post(`/desk/plates/${code}/state`, { state: 'retired', reason: 'Bảng đã chuyển' })).status, 303);
  const page = await desk.as(tu).get(`/desk/plates/${code}`);
  assert.doesNotMatch(page.text, /qr\.(png|svg)/);
  assert.match(page.text, /Bảng đã bỏ thì không in lại/);
  for (const file of ['qr.png', 'qr.svg']) {
    const answer = await desk.as(tu).get(`/desk/plates/${code}/${file}`);
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.location, `/desk/plates/${code}`);
  }
});

test('without a base URL says so instead of drawing an address that is guessed', async () => {
  const { lan: person } = bare.people;
  const code = sql(bare.data, 'SELECT code FROM plate LIMIT 1');
  const page = await bare.as(person).get(`/desk/plates/${code}`);
  assert.match(page.text, /máy chủ chưa biết địa chỉ trang web/);
  assert.match(page.text, /--base-url/);
  assert.doesNotMatch(page.text, /qr\.(png|svg)/);
  const answer = await bare.as(person).get(`/desk/plates/${code}/qr.png`);
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, `/desk/plates/${code}`);
});

test('tells how often people opened it, by day, month and language', async () => {
  const code = await makePlate('mo-phan-van-tri');
  const hour = Math.floor(Date.now() / 3600000);
  sql(
    desk.data,
    `INSERT INTO scan_count (code, hour, lang, class, count) VALUES ('${code}', ${hour}, 'vi', 'person', 7), ('${code}', ${hour}, 'en', 'person', 2),
     ('${code}', ${hour}, 'vi', 'bot', 90), ('${code}', ${hour - 24 * 75}, 'vi', 'person', 4)`,
  );
  const page = (await desk.as(tu).get(`/desk/plates/${code}`)).text;
  assert.match(page, /13 lượt quét/);
  assert.match(page, /9 lượt trong 30 ngày qua/);
  assert.equal([...page.matchAll(/<rect x=/g)].length, 1);
  assert.match(page, /Tiếng Việt 7, English 2/);
  assert.equal([...page.matchAll(/<th scope="row" class="month">/g)].length, 2);
});

test('codes in the address may be written as on the plate; others are not found', async () => {
  const code = plateOf('dinh-binh-thuy');
  assert.equal((await desk.as(tu).get(`/desk/plates/${words(code)}`)).status, 200);
  assert.equal((await desk.as(tu).get('/desk/plates/khong-co')).status, 404);
  assert.equal((await desk.as(tu).get('/desk/plates/00000000')).status, 404);
});

test('what words find comes in order: the code, the site’s name, the note, then where it lies', async () => {
  const note = await makePlate('chua-ong', { place: 'Hàng rào Quỳnh Xế, cạnh bến Bình Thủy' });
  const order = async (q) => [...(await desk.as(tu).get(`/desk/plates?per=50&q=${encodeURIComponent(q)}`)).text.matchAll(/href="\/desk\/plates\/([0-9a-z]{8})"/g)].map(([, code]) => code);
  const of = (code) => sql(desk.data, `SELECT title FROM text JOIN plate p ON p.site_id = text.site_id WHERE p.code = '${code}' AND lang = 'vi'`);
  const found = await order('binh thuy');
  const kind = found.map((code) => (code === note ? 'note' : /Bình Thủy/.test(of(code)) ? 'name' : 'place'));
  assert.ok(kind.includes('name') && kind.includes('note') && kind.includes('place'), kind.join(' '));
  assert.deepEqual(kind, ['name', 'note', 'place'].flatMap((k) => kind.filter((one) => one === k)));
  assert.deepEqual(await order('QUỲNH XẾ'), [note]); // by the note alone, however it is typed
  assert.deepEqual(await order('quynh xe'), [note]);
  assert.deepEqual(await order('quenh xe'), []);
  assert.deepEqual(await order('uynh xe'), []); // words, not parts of them
  const code = plateOf('mo-phan-van-tri');
  assert.equal((await order(words(code)))[0], code);
  assert.equal((await desk.as(tu).get('/desk/plates?q=!!!')).status, 200);
  const page = async (n) => [...(await desk.as(tu).get(`/desk/plates?page=${n}&q=can+tho`)).text.matchAll(/href="\/desk\/plates\/([0-9a-z]{8})"/g)].map(([, found]) => found);
  const all = [...(await page(1)), ...(await page(2))]; // no page repeats or skips where one part ends
  assert.ok(all.length > 24 && all.length <= 48);
  assert.equal(new Set(all).size, all.length);
  assert.equal(all.length, Number(/Có (\d+) bảng/.exec((await desk.as(tu).get('/desk/plates?q=can+tho')).text)[1]));
});
