// Sites at the desk: the list, the form and its round trip, publishing, the bin, conflicts, the preview.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { addPerson, fieldsOf, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';
import { elementText } from '../sample.mjs';
import { request, sleep } from './lib.mjs';

const end = untilEnd(after);
let desk, lan, novice, outside;

before(async () => {
  desk = await openDesk(end, {
    before: async (data) => {
      lan = addPerson(data, 'Lan');
      novice = addPerson(data, 'Tập sự', { mayPublish: false });
      outside = addPerson(data, 'Minh', { areas: ['o-mon'] });
    },
  });
});

const change = (fields, changes) => [...fields.filter(([name]) => !(name in changes)), ...Object.entries(changes)];
const version = (id) => Number(sql(desk.data, `SELECT version FROM site WHERE id = ${id}`));
const state = (id) => sql(desk.data, `SELECT state FROM site WHERE id = ${id}`);
const edit = async (person, id) => {
  const { status, text } = await desk.as(person).get(`/desk/sites/${id}`);
  assert.equal(status, 200, text);
  return fieldsOf(text);
};
const flashOf = (answer) => (answer.headers['set-cookie'] ?? []).some((line) => line.includes('flash'));
// What the next page would say: the key of its words.
const said = (answer) => JSON.parse(Buffer.from(/flash=([^;]*)/.exec((answer.headers['set-cookie'] ?? []).join())[1], 'base64url').toString()).k;

test('lists every site, narrowed by state, kind, area, language and words', async () => {
  const as = desk.as(lan);
  const all = await as.get('/desk/sites?per=50');
  assert.equal(all.status, 200, all.text);
  assert.match(all.text, /Có 26 di tích/);
  assert.equal(all.text.match(/<li class="row">/g).length, 26);
  assert.match(all.text, /href="\/desk\/sites\/new"/);
  const count = async (query) => Number(/Có (\d+) di tích/.exec((await as.get(`/desk/sites?${query}`)).text)[1]);
  assert.equal(await count('state=draft'), 0);
  assert.equal(await count('state=published'), 26);
  assert.equal(await count('q=binh+thuy') > 0, true);
  assert.equal(await count('missing=en'), 0);
  const pagodas = await count('kind=pagoda');
  assert.ok(pagodas > 0 && pagodas < 26);
  const limited = await desk.as(outside).get('/desk/sites?per=50');
  assert.ok(Number(/Có (\d+) di tích/.exec(limited.text)[1]) < 26);
});

test('names the languages of each site in the order that is set up', async () => {
  const facts = async () => (await desk.as(lan).get('/desk/sites?q=binh+thuy')).text;
  assert.match(await facts(), /title="tiếng Việt, tiếng Anh"[^>]*><span class="unseen">Bài bằng: tiếng Việt, tiếng Anh<\/span><span aria-hidden="true">vi · en</);
  sql(desk.data, "UPDATE language SET position = 1 - position WHERE tag IN ('vi', 'en')");
  assert.match(await facts(), />en · vi</);
  sql(desk.data, "UPDATE language SET position = 1 - position WHERE tag IN ('vi', 'en')");
});

test('filters fold away until one of them is chosen', async () => {
  const fold = async (query) => /<details class="filters"( open)?>/.exec((await desk.as(lan).get(`/desk/sites${query}`)).text)[1];
  assert.equal(await fold(''), undefined);
  assert.equal(await fold('?q=chua'), undefined);
  assert.equal(await fold('?state=draft'), ' open');
  assert.equal(await fold('?sort=change'), ' open');
});

test('an untouched form changes nothing, for all sites of the sample', async () => {
  const ids = sql(desk.data, 'SELECT id FROM site ORDER BY id').split('\n').map(Number);
  assert.equal(ids.length, 26);
  for (const id of ids) {
    const before = version(id);
    const answer = await desk.as(lan).post(`/desk/sites/${id}`, [...(await edit(lan, id)), ['do', 'save']]);
    assert.equal(answer.status, 303, answer.text);
    const documents = sql(desk.data, `SELECT document FROM revision WHERE subject = 'site' AND subject_id = ${id} ORDER BY version`).split('\n');
    assert.equal(documents.at(-1), documents[0]);
    assert.equal(version(id), before, `site ${id} got a revision`);
  }
});

test('writes a new site with nothing but a name and a kind, and gives it an address', async () => {
  const { text } = await desk.as(lan).get('/desk/sites/new');
  const fields = change(fieldsOf(text), { 'text.vi.title': 'Miếu Bà  Chúa Xứ', kind: 'temple' });
  const answer = await desk.as(lan).post('/desk/sites/new', [...fields, ['do', 'save']]);
  assert.equal(answer.status, 303, answer.text);
  const id = siteId(desk.data, 'mieu-ba-chua-xu');
  assert.equal(answer.headers.location, `/desk/sites/${id}`);
  assert.equal(state(id), 'draft');
  assert.equal(sql(desk.data, `SELECT title FROM text WHERE site_id = ${id}`), 'Miếu Bà Chúa Xứ');
  assert.equal((await request(desk.server, '/vi/sites/mieu-ba-chua-xu')).status, 404);
});

test('says beside each field what is wrong, and loses nothing', async () => {
  const { text } = await desk.as(lan).get('/desk/sites/new');
  const fields = change(fieldsOf(text), {
    'text.vi.body': 'Một câu <b>chưa</b> lưu',
    'checked.on': 'hôm kia',
    'checked.by': 'Lan',
    position: 'gần chợ',
    'addresses[0].from': '31/2/1999',
    slug: 'Đình',
  });
  const answer = await desk.as(lan).post('/desk/sites/new', [...fields, ['do', 'save']]);
  assert.equal(answer.status, 422);
  for (const name of ['kind', 'text_vi_title', 'checked_on', 'position', 'addresses_0_from', 'slug'])
    assert.match(answer.text, new RegExp(`id="field-${name}-problem"`), name);
  assert.match(answer.text, /Một câu &lt;b&gt;chưa&lt;\/b&gt; lưu/);
  assert.match(answer.text, /value="hôm kia"/);
});

test('a save that meets a long write waits a moment, says so, and keeps what was typed', async () => {
  const { text } = await desk.as(lan).get('/desk/sites/new');
  const fields = [...change(fieldsOf(text), { 'text.vi.title': 'Miếu Chờ Đợi', kind: 'temple' }), ['do', 'save']];
  const other = spawn('flock', ['-x', path.join(desk.data, 'stele.lock'), 'sleep', '2.5']); // as another program that imports
  await sleep(300);
  const began = performance.now();
  const told = await desk.as(lan).post('/desk/sites/new', fields);
  assert.ok(performance.now() - began < 2000);
  assert.match(told.text, /Một lần nhập lớn đang được ghi vào kho nên chưa lưu được/);
  assert.match(told.text, /value="Miếu Chờ Đợi"/);
  assert.equal((await desk.as(lan).post('/desk/language', { language: 'vi', next: '/desk/' })).status, 503);
  assert.equal((await desk.as(lan).get('/desk/sites')).status, 200, 'reading goes on');
  await new Promise((resolve) => other.once('exit', resolve));
  assert.equal((await desk.as(lan).post('/desk/sites/new', fields)).status, 303);
});

test('takes rows more, less and further up without scripts', async () => {
  const id = siteId(desk.data, 'dinh-binh-thuy');
  const fields = await edit(lan, id);
  const rows = (list) => list.filter(([name]) => /^facts\[\d+\]\.label\.vi$/.test(name)).map(([, value]) => value);
  const press = async (list, button) => {
    const answer = await desk.as(lan).post(`/desk/sites/${id}`, [...list, ['do', button]]);
    assert.equal(answer.status, 200, answer.text);
    return fieldsOf(answer.text);
  };
  const before = rows(fields);
  const more = await press(fields, 'add:facts');
  assert.deepEqual(rows(more), [...before, '']);
  const less = await press(more, 'remove:facts:0');
  assert.deepEqual(rows(less), [...before.slice(1), '']);
  const moved = await press(fields, 'up:facts:1');
  assert.deepEqual(rows(moved), [before[1], before[0], ...before.slice(2)]);
  assert.equal(version(id), 1);
  const source = await press(fields, 'add:sources');
  const ids = source.filter(([name]) => /^sources\[\d+\]\.id$/.test(name)).map(([, value]) => value);
  assert.equal(new Set(ids).size, ids.length);
});

// A new site with so many facts and sources, in two languages; every fact names the first source.
async function manyRows(title, facts, sources) {
  const fields = [['version', '0'], ['languages', 'vi en'], ['original', 'vi'], ['text.vi.title', title], ['kind', 'temple']];
  for (let i = 0; i < sources; i += 1) fields.push([`sources[${i}].id`, `nguon-${i + 1}`], [`sources[${i}].title`, `Sách ${i + 1}`]);
  for (let i = 0; i < facts; i += 1) {
    fields.push([`facts[${i}].label.vi`, 'Mục'], [`facts[${i}].value.vi`, `Việc ${i + 1}`]);
    if (sources) fields.push([`facts[${i}].sources`, 'nguon-1']);
  }
  const made = await desk.as(lan).post('/desk/sites/new', [...fields, ['do', 'save']]);
  assert.equal(made.status, 303, made.text);
  return Number(made.headers.location.split('/').pop());
}

test('a site with many facts and sources is saved, shortened and drafted', async () => {
  const id = await manyRows('Đình nhiều tư liệu', 125, 60);
  const fields = await edit(lan, id);
  assert.ok(fields.length > 1000, `${fields.length} fields`);
  const facts = () => JSON.parse(sql(desk.data, `SELECT details FROM site WHERE id = ${id}`)).facts;
  const draft = await desk.as(lan).post('/desk/drafts', fields, { Accept: 'application/json' });
  assert.equal(draft.status, 200, draft.text);
  const less = await desk.as(lan).post(`/desk/sites/${id}`, [...fields, ['do', 'remove:facts:3']]);
  assert.equal(less.status, 200);
  const saved = await desk.as(lan).post(`/desk/sites/${id}`, [...fieldsOf(less.text), ['do', 'save']]);
  assert.equal(saved.status, 303, saved.text);
  assert.deepEqual(facts().map((fact) => fact.value.vi).slice(0, 5), ['Việc 1', 'Việc 2', 'Việc 3', 'Việc 5', 'Việc 6']);
  assert.deepEqual(facts()[123], { label: { vi: 'Mục' }, value: { vi: 'Việc 125' }, sources: ['nguon-1'] });
  assert.equal((await desk.as(lan).post(`/desk/sites/${id}/preview`, [...fields, ['preview', 'vi']])).status, 200);
});

test('says beside a part that it holds no more rows', async () => {
  const id = await manyRows('Đình đủ mục', 200, 0);
  const full = /Phần này đã đủ 200 mục/;
  const { text } = await desk.as(lan).get(`/desk/sites/${id}`);
  const part = (html) => /<details class="part" id="part-facts"[\s\S]*?<\/details>/.exec(html)[0];
  assert.match(part(text), full);
  assert.doesNotMatch(text, /value="add:facts"/);
  assert.match(text, /value="add:sources"/);
  const pressed = await desk.as(lan).post(`/desk/sites/${id}`, [...fieldsOf(text), ['do', 'add:facts']]);
  assert.equal(pressed.status, 422, 'from a page that was opened before');
  assert.match(/<div class="problems"[\s\S]*?<\/div>/.exec(pressed.text)[0], full);
});

test('reads dates and positions as people write them', async () => {
  const id = siteId(desk.data, 'mieu-ba-chua-xu');
  const fields = change(await edit(lan, id), {
    position: '10°4\'21.8"N 105°45\'8.9"E',
    'decision.date': '1/2/1999',
    'checked.on': '2026',
    'addresses[0].words.vi': 'Ấp Thới An, xã cũ',
    'addresses[0].until': '6/2025',
    'names.vi': 'Miếu Bà\r\n\r\n Chùa Bà ',
    'periods[0].when': 'khoảng 1846',
    'periods[0].label.vi': 'Dựng miếu',
  });
  const answer = await desk.as(lan).post(`/desk/sites/${id}`, [...fields, ['do', 'save']]);
  assert.equal(answer.status, 303, answer.text);
  const details = JSON.parse(sql(desk.data, `SELECT details FROM site WHERE id = ${id}`));
  assert.equal(details.decision.date, '1999-02-01');
  assert.deepEqual(details.addresses, [{ until: '2025-06', words: { vi: 'Ấp Thới An, xã cũ' } }]);
  assert.deepEqual(details.names, { vi: ['Miếu Bà', 'Chùa Bà'] });
  assert.equal(details.periods[0].when, '1846~');
  const [lat] = sql(desk.data, `SELECT lat, lon FROM site WHERE id = ${id}`).split('|').map(Number);
  assert.ok(Math.abs(lat - 10.072722) < 1e-4);
});

test('keeps old addresses leading to the page', async () => {
  const id = siteId(desk.data, 'chua-ong');
  const answer = await desk.as(lan).post(`/desk/sites/${id}`, [...change(await edit(lan, id), { slug: 'chua-ong-can-tho' }), ['do', 'save']]);
  assert.equal(answer.status, 303, answer.text);
  const old = await request(desk.server, '/vi/sites/chua-ong');
  assert.equal(old.status, 301);
  assert.equal(old.headers.location, '/vi/sites/chua-ong-can-tho');
  const taken = await desk.as(lan).post(`/desk/sites/${id}`, [...change(await edit(lan, id), { slug: 'dinh-binh-thuy' }), ['do', 'save']]);
  assert.equal(taken.status, 422);
  assert.match(taken.text, /id="field-slug-problem"/);
});

test('publishing asks once for what is missing; who may not publish submits', async () => {
  const id = siteId(desk.data, 'mieu-ba-chua-xu');
  const denied = await desk.as(novice).post(`/desk/sites/${id}`, [...(await edit(novice, id)), ['do', 'publish']]);
  assert.equal(denied.status, 403);
  const sent = await desk.as(novice).post(`/desk/sites/${id}`, [...(await edit(novice, id)), ['do', 'submit']]);
  assert.equal(sent.status, 303, sent.text);
  assert.equal(state(id), 'in-review');
  const home = await desk.as(lan).get('/desk/');
  assert.match(home.text, /state=in-review/);
  const asked = await desk.as(lan).post(`/desk/sites/${id}`, [...(await edit(lan, id)), ['do', 'publish']]);
  assert.equal(asked.status, 200);
  assert.match(asked.text, /value="anyway:publish"/);
  assert.match(asked.text, /href="#field-text_vi_summary"/);
  assert.equal(state(id), 'in-review');
  const done = await desk.as(lan).post(`/desk/sites/${id}`, [...fieldsOf(asked.text), ['do', 'anyway:publish']]);
  assert.equal(done.status, 303, done.text);
  assert.equal(state(id), 'published');
  assert.equal((await request(desk.server, '/vi/sites/mieu-ba-chua-xu')).status, 200);
  const locked = await desk.as(novice).post(`/desk/sites/${id}`, [...(await edit(novice, id)), ['do', 'save']]);
  assert.equal(locked.status, 422);
  assert.match(locked.text, /Trong lúc bạn sửa, bài này đã được đăng/);
  assert.match(locked.text, /value="propose"/);
  const gone = await desk.as(lan).post(`/desk/sites/${id}`, [...(await edit(lan, id)), ['do', 'withdraw']]);
  assert.equal(gone.status, 303);
  assert.equal((await request(desk.server, '/vi/sites/mieu-ba-chua-xu')).status, 410);
});

test('an editor limited to areas changes only what lies there', async () => {
  const there = siteId(desk.data, 'dinh-binh-thuy');
  assert.equal((await desk.as(outside).get(`/desk/sites/${there}`)).status, 403);
  const { text } = await desk.as(outside).get('/desk/sites/new');
  const fields = change(fieldsOf(text), { 'text.vi.title': 'Đình lạ', kind: 'temple', area: 'binh-thuy' });
  const answer = await desk.as(outside).post('/desk/sites/new', [...fields, ['do', 'save']]);
  assert.equal(answer.status, 422);
  assert.match(answer.text, /id="field-area-problem"/);
});

test('an editor limited to areas is offered those alone', async () => {
  const options = async (person) => {
    const { text } = await desk.as(person).get('/desk/sites/new');
    const select = /<select id="field-area"[\s\S]*?<\/select>/.exec(text)[0];
    return [...select.matchAll(/<option value="([^"]*)"/g)].map(([, value]) => value);
  };
  const inside = sql(desk.data, "WITH RECURSIVE x (id, key) AS (SELECT id, key FROM term WHERE scheme = 'area' AND key = 'o-mon' UNION SELECT t.id, t.key FROM term t JOIN x ON t.parent_id = x.id) SELECT key FROM x").split('\n');
  assert.deepEqual(new Set(await options(outside)), new Set(inside));
  assert.equal((await options(outside))[0], 'o-mon', 'chosen before anything is done');
  const all = await options(lan);
  assert.equal(all[0], '');
  assert.ok(all.length > inside.length + 1);
  const other = sql(desk.data, "SELECT key FROM term WHERE scheme = 'area' AND parent_id IS NULL AND key <> 'o-mon' ORDER BY id LIMIT 1");
  const two = addPerson(desk.data, 'Hai khu', { areas: ['o-mon', other] });
  const both = await options(two);
  assert.equal(both[0], '', 'which of them is to be chosen');
  assert.ok(both.includes(other) && both.includes('o-mon'));
  const { text } = await desk.as(outside).get('/desk/sites/new');
  const made = await desk.as(outside).post('/desk/sites/new', [...change(fieldsOf(text), { 'text.vi.title': 'Đình Ô Môn', kind: 'temple' }), ['do', 'save']]);
  assert.equal(made.status, 303, 'an untouched area is taken');
  assert.match((await desk.as(outside).get('/desk/sites')).text, /Đình Ô Môn/);
});

test('names the language and not its tag', async () => {
  const { text } = await desk.as(lan).get('/desk/sites/new');
  const answer = await desk.as(lan).post('/desk/sites/new', [...change(fieldsOf(text), { 'text.vi.title': 'Đ'.repeat(301), kind: 'temple' }), ['do', 'save']]);
  assert.equal(answer.status, 422);
  assert.match(answer.text, /Phần tên tiếng Việt dài hơn 300 ký tự/);
  assert.doesNotMatch(answer.text, /\(vi\)/);
});

test('counts characters, not bytes', async () => {
  const { text } = await desk.as(lan).get('/desk/sites/new');
  const send = (more) => desk.as(lan).post('/desk/sites/new', [...change(fieldsOf(text), { 'text.vi.title': 'Đ'.repeat(300), kind: 'temple', ...more }), ['do', 'save']]);
  assert.equal((await send({ 'text.vi.summary': 'ễ'.repeat(2000), 'text.vi.body': 'ộ'.repeat(65536) })).status, 303);
  assert.match((await send({ 'text.vi.summary': 'ễ'.repeat(2001) })).text, /Phần tóm tắt tiếng Việt dài hơn 2\.?000 ký tự/);
  assert.match((await send({ 'text.vi.body': 'ộ'.repeat(65537) })).text, /dài hơn 65\.?536 ký tự/);
});

test('a translation falls behind its original, and catches up when its editor says so', async () => {
  const id = siteId(desk.data, 'gian-gua');
  const save = async (changes) => {
    const answer = await desk.as(lan).post(`/desk/sites/${id}`, [...change(await edit(lan, id), changes), ['do', 'save']]);
    assert.equal(answer.status, 303, answer.text);
  };
  const stale = () => Number(sql(desk.data, `SELECT stale FROM text WHERE site_id = ${id} AND lang = 'en'`));
  await save({ 'text.en.origin': 'translated' });
  assert.equal(stale(), 0);
  await save({ 'text.vi.summary': 'Tóm tắt đã đổi hoàn toàn.' });
  assert.equal(stale(), 1);
  const { text } = await desk.as(lan).get(`/desk/sites/${id}`);
  assert.match(text, /Bài gốc đã đổi từ/);
  assert.match(text, /<ins>[^<]*đổi hoàn toàn/);
  await save({ 'text.en.current': '1' });
  assert.equal(stale(), 0);
});

test('two who save at once choose, and nothing is overwritten', async () => {
  const id = siteId(desk.data, 'nhon-thanh');
  const mine = change(await edit(lan, id), { 'text.vi.title': 'Tên của tôi', 'decision.number': '12/QĐ' });
  const theirs = change(await edit(novice, id).catch(() => edit(lan, id)), { 'text.vi.title': 'Tên của họ', 'hours.vi': 'Cả ngày' });
  assert.equal((await desk.as(lan).post(`/desk/sites/${id}`, [...theirs, ['do', 'save']])).status, 303);
  const choice = await desk.as(lan).post(`/desk/sites/${id}`, [...mine, ['do', 'save']]);
  assert.equal(choice.status, 409, choice.text);
  assert.equal(version(id), 2);
  for (const words of ['Giữ bản của tôi', 'Lấy bản của họ', 'Sửa tiếp', 'Tên của họ', 'Tên của tôi']) assert.ok(choice.text.includes(words), words);
  const kept = fieldsOf(choice.text.replace('class="conflict"', 'id="site"'));
  const again = await desk.as(lan).post(`/desk/sites/${id}`, [...kept, ['do', 'edit']]);
  assert.equal(again.status, 200);
  assert.match(again.text, /value="Tên của tôi"/);
  const saved = await desk.as(lan).post(`/desk/sites/${id}`, [...kept, ['do', 'save']]);
  assert.equal(saved.status, 303, saved.text);
  const details = JSON.parse(sql(desk.data, `SELECT details FROM site WHERE id = ${id}`));
  assert.equal(details.hours.vi, 'Cả ngày', 'what only they changed stays');
  assert.equal(details.decision.number, '12/QĐ');
  assert.equal(sql(desk.data, `SELECT title FROM text WHERE site_id = ${id} AND lang = 'vi'`), 'Tên của tôi');
});

test('the choice between two states keeps the set time, and what was said of a translation', async () => {
  const { text } = await desk.as(lan).get('/desk/sites/new');
  const begun = change(fieldsOf(text), { 'text.vi.title': 'Miếu hai người', 'text.en.title': 'Two at once', 'text.en.origin': 'translated', kind: 'temple' });
  const made = await desk.as(lan).post('/desk/sites/new', [...begun, ['do', 'save']]);
  assert.equal(made.status, 303, made.text);
  const id = Number(made.headers.location.split('/').pop());
  const save = async (changes) =>
    assert.equal((await desk.as(lan).post(`/desk/sites/${id}`, [...change(await edit(lan, id), changes), ['do', 'save']])).status, 303);
  const stale = () => sql(desk.data, `SELECT stale FROM text WHERE site_id = ${id} AND lang = 'en'`);
  await save({ 'text.vi.summary': 'Bài gốc đã đổi.' });
  assert.equal(stale(), '1');
  const mine = change(await edit(lan, id), { publish_date: '2099-03-01', publish_time: '06:30', 'text.en.current': '1', 'text.vi.body': 'Của tôi.' });
  await save({ 'hours.vi': 'Cả ngày' });
  const choice = await desk.as(lan).post(`/desk/sites/${id}`, [...mine, ['do', 'anyway:schedule']]);
  assert.equal(choice.status, 409, choice.text);
  const kept = fieldsOf(choice.text.replace('class="conflict"', 'id="site"'));
  const more = fieldsOf((await desk.as(lan).post(`/desk/sites/${id}`, [...kept, ['do', 'edit']])).text);
  for (const [name, value] of [['publish_date', '2099-03-01'], ['publish_time', '06:30'], ['text.en.current', '1']])
    assert.deepEqual(more.find((field) => field[0] === name), [name, value]);
  const button = /<button name="do" value="([^"]*)">Giữ bản của tôi/.exec(choice.text)[1];
  assert.equal(button, 'anyway:schedule');
  const saved = await desk.as(lan).post(`/desk/sites/${id}`, [...kept, ['do', button]]);
  assert.equal(saved.status, 303, saved.text);
  assert.equal(sql(desk.data, `SELECT datetime(publish_at, 'unixepoch') FROM site WHERE id = ${id}`), '2099-02-28 23:30:00');
  assert.equal(stale(), '0');
});

test('publishes at a time of Việt Nam’s clock', async () => {
  const id = siteId(desk.data, 'mieu-ba-chua-xu');
  const set = async (changes, button) =>
    desk.as(lan).post(`/desk/sites/${id}`, [...change(await edit(lan, id), changes), ['do', button]]);
  assert.equal((await set({}, 'return')).status, 303);
  const past = await set({ publish_date: '2020-01-01', publish_time: '10:00' }, 'schedule');
  assert.equal(past.status, 422);
  const answer = await set({ publish_date: '2099-03-01', publish_time: '06:30' }, 'anyway:schedule');
  assert.equal(answer.status, 303, answer.text);
  assert.equal(sql(desk.data, `SELECT datetime(publish_at, 'unixepoch') FROM site WHERE id = ${id}`), '2099-02-28 23:30:00');
  assert.match((await desk.as(lan).get(`/desk/sites/${id}`)).text, /1\/3\/2099, 0?6:30/);
  assert.equal((await set({}, 'save')).status, 303);
  assert.notEqual(sql(desk.data, `SELECT publish_at FROM site WHERE id = ${id}`), '', 'saving keeps the time');
  assert.equal((await set({}, 'unschedule')).status, 303);
  assert.equal(sql(desk.data, `SELECT publish_at FROM site WHERE id = ${id}`), '');
});

test('a change by who may not publish ends a set time: the site waits for review', async () => {
  const id = siteId(desk.data, 'gian-gua');
  const schedule = () => sql(desk.data, `UPDATE site SET state = 'draft', publish_at = 4000000000 WHERE id = ${id}`);
  const set = async (changes, button) => desk.as(novice).post(`/desk/sites/${id}`, [...change(await edit(novice, id), changes), ['do', button]]);
  const now = () => sql(desk.data, `SELECT state || ' ' || coalesce(publish_at, 0) FROM site WHERE id = ${id}`);
  const was = sql(desk.data, `SELECT state FROM site WHERE id = ${id}`);
  schedule();
  assert.match((await desk.as(novice).get(`/desk/sites/${id}`)).text, /nếu bạn sửa rồi lưu, giờ hẹn sẽ được bỏ/);
  assert.doesNotMatch((await desk.as(lan).get(`/desk/sites/${id}`)).text, /giờ hẹn sẽ được bỏ/);
  assert.equal(said(await set({}, 'save')), 'desk.site.unchanged');
  assert.equal(now(), 'draft 4000000000', 'nothing was changed');
  const answer = await set({ 'text.vi.summary': 'Chưa ai đọc lại.' }, 'save');
  assert.equal(answer.status, 303, answer.text);
  assert.equal(said(answer), 'desk.site.held');
  assert.equal(now(), 'in-review 0');
  // going back to an older version is a change as well
  schedule();
  const back = await desk.as(novice).post(`/desk/sites/${id}/history/restore`, { version: 1, current: version(id) });
  assert.equal(back.status, 303, back.text);
  assert.equal(now(), 'in-review 0');
  // and so is one to its pictures
  schedule();
  const media = sql(desk.data, `SELECT sha256 FROM site_media WHERE site_id = ${id} ORDER BY position`).split('\n');
  if (media.length > 1) {
    const moved = await desk.as(novice).post(`/desk/sites/${id}/media/order`, { do: `down:${media[0]}` });
    assert.equal(moved.status, 303, moved.text);
    assert.equal(now(), 'in-review 0');
  }
  sql(desk.data, `UPDATE site SET state = '${was}', publish_at = NULL WHERE id = ${id}`);
});

test('a save into the bin comes back with the words, and can take the site out', async () => {
  const id = siteId(desk.data, 'dinh-binh-thuy');
  const mine = change(await edit(lan, id), { 'text.vi.summary': 'Viết xong thì di tích đã ở trong thùng rác.' });
  assert.equal((await desk.as(novice).post(`/desk/sites/${id}/bin`)).status, 403, 'it is published');
  assert.equal((await desk.as(lan).post(`/desk/sites/${id}/bin`)).status, 303);
  const back = await desk.as(lan).post(`/desk/sites/${id}`, [...mine, ['do', 'save']]);
  assert.equal(back.status, 422);
  assert.match(back.text, /Trong lúc bạn sửa, di tích này đã bị bỏ vào thùng rác/);
  assert.match(back.text, /Viết xong thì di tích đã ở trong thùng rác/);
  assert.equal(state(id), 'binned');
  const saved = await desk.as(lan).post(`/desk/sites/${id}`, [...fieldsOf(back.text), ['do', 'restore']]);
  assert.equal(saved.status, 303, saved.text);
  assert.equal(state(id), 'published');
  assert.equal(sql(desk.data, `SELECT summary FROM text WHERE site_id = ${id} AND lang = 'vi'`), 'Viết xong thì di tích đã ở trong thùng rác.');
  // who may not publish does not bring a published page back
  assert.equal((await desk.as(lan).post(`/desk/sites/${id}/bin`)).status, 303);
  const theirs = await desk.as(novice).post(`/desk/sites/${id}`, [...change(mine, { version: String(version(id) - 1) }), ['do', 'restore']]);
  assert.equal(theirs.status, 303, theirs.text);
  assert.equal(state(id), 'draft');
  sql(desk.data, `UPDATE site SET state = 'published' WHERE id = ${id}`);
});

test('who may not publish proposes what is to change on a published page', async () => {
  const id = siteId(desk.data, 'nhon-thanh');
  const summary = () => sql(desk.data, `SELECT summary FROM text WHERE site_id = ${id} AND lang = 'vi'`);
  const send = (fields) => desk.as(novice).post(`/desk/sites/${id}`, [...fields, ['do', 'propose']]);
  const was = summary();
  const at = `/desk/sites/${id}/proposals/${novice.id}`;
  const before = version(id);
  const form = await edit(novice, id);
  assert.equal(said(await send(form)), 'desk.site.unchanged');
  const wrong = await send(change(form, { 'text.vi.title': '' }));
  assert.equal(wrong.status, 422, 'it is checked as a save is');
  const sent = await send(change(form, { 'text.vi.summary': 'Câu tóm tắt được đề nghị.' }));
  assert.equal(sent.status, 303, sent.text);
  assert.equal(said(sent), 'desk.proposals.sent');
  assert.equal(summary(), was, 'the page stays');
  assert.equal(version(id), before);
  // its author sees it again, alone
  assert.match((await desk.as(novice).get(`/desk/sites/${id}`)).text, />\s*Câu tóm tắt được đề nghị\.<\/textarea>/);
  assert.match((await desk.as(novice).get('/desk/')).text, new RegExp(`href="${at}"`));
  assert.equal((await desk.as(lan).get(`/desk/sites/${id}`)).text.includes('Câu tóm tắt được đề nghị'), false);
  assert.equal((await request(desk.server, '/vi/sites/nhon-thanh')).text.includes('Câu tóm tắt được đề nghị'), false);
  assert.doesNotMatch((await desk.as(novice).get('/desk/')).text, /Đang gõ dở, chưa lưu/, 'it is no draft');
  // who may publish finds it on the first page and at the site
  assert.match((await desk.as(lan).get('/desk/')).text, new RegExp(`href="${at}"`));
  assert.match((await desk.as(lan).get(`/desk/sites/${id}`)).text, new RegExp(`href="${at}"`));
  assert.doesNotMatch((await desk.as(outside).get('/desk/')).text, new RegExp(`href="${at}"`), 'another area');
  assert.equal((await desk.as(outside).get(at)).status, 403);
  const read = (await desk.as(lan).get(at)).text;
  assert.match(read, /<ins>[^<]*đề nghị/);
  // given back with a word
  const stamp = /name="at" value="(\d+)"/.exec(read)[1];
  const wordless = await desk.as(lan).post(`${at}/return`, { at: stamp, word: ' ' });
  assert.equal(wordless.status, 422);
  const late = await desk.as(lan).post(`${at}/return`, { at: String(stamp - 1), word: 'Chưa rõ' });
  assert.equal(late.status, 422, 'it is not the one that was read');
  assert.match(late.text, />\s*Chưa rõ<\/textarea>/);
  assert.equal((await desk.as(novice).post(`${at}/return`, { at: stamp, word: 'x' })).status, 403);
  const given = await desk.as(lan).post(`${at}/return`, { at: stamp, word: 'Xin ghi thêm nguồn' });
  assert.equal(given.status, 303, given.text);
  assert.doesNotMatch((await desk.as(lan).get('/desk/')).text, new RegExp(`href="${at}"`));
  const told = await desk.as(novice).get(`/desk/sites/${id}`);
  assert.match(told.text, /Lan đã trả lại đề nghị sửa của bạn với lời nhắn: “Xin ghi thêm nguồn”/);
  // sent again from two pages: the second is asked
  const two = fieldsOf(told.text);
  assert.equal((await send(change(two, { 'text.vi.summary': 'Đề nghị lần hai.' }))).status, 303);
  sql(desk.data, `UPDATE draft SET updated_at = updated_at + 5 WHERE subject = 'proposal:${id}'`);
  const asked = await send(change(two, { 'text.vi.summary': 'Đề nghị lần ba.' }));
  assert.equal(asked.status, 422);
  assert.match(asked.text, /Bạn vừa gửi một đề nghị khác/);
  assert.equal((await send(fieldsOf(asked.text))).status, 303);
  // meanwhile the page is changed elsewhere: both are kept when it is taken over
  const other = await desk.as(lan).post(`/desk/sites/${id}`, [...change(await edit(lan, id), { 'hours.vi': 'Từ 7 giờ đến 11 giờ' }), ['do', 'save']]);
  assert.equal(other.status, 303, other.text);
  const look = (await desk.as(lan).get(at)).text;
  assert.match(look, /Bài đã được sửa sau khi đề nghị này được viết/);
  const kept = fieldsOf(look.replace(`<form method="post" action="/desk/sites/${id}">`, '<form id="site">'));
  const opened = await desk.as(lan).post(`/desk/sites/${id}`, [...kept, ['do', 'edit']]);
  assert.match(opened.text, /name="proposal" value="/);
  const taken = await desk.as(lan).post(`/desk/sites/${id}`, [...kept, ['do', 'save']]);
  assert.equal(taken.status, 303, taken.text);
  assert.equal(summary(), 'Đề nghị lần ba.');
  assert.equal(JSON.parse(sql(desk.data, `SELECT details FROM site WHERE id = ${id}`)).hours.vi, 'Từ 7 giờ đến 11 giờ');
  assert.equal((await desk.as(lan).get(at)).status, 404);
  assert.equal(sql(desk.data, `SELECT count(*) FROM audit WHERE action IN ('site.propose', 'site.proposal-taken', 'site.proposal-returned')`), '5');
  // withdrawn by its author
  assert.equal((await send(change(await edit(novice, id), { 'text.vi.summary': 'Thôi không đề nghị nữa.' }))).status, 303);
  assert.equal((await desk.as(lan).post(`${at}/withdraw`)).status, 403);
  assert.equal((await desk.as(novice).post(`${at}/withdraw`)).status, 303);
  assert.equal((await desk.as(novice).get(at)).status, 404);
});

test('the server publishes what is due', async (t) => {
  const other = await openDesk(t, {
    before: (data) => sql(data, "UPDATE site SET state = 'draft', publish_at = 1000 WHERE slug = 'gian-gua'"),
  });
  for (let i = 0; i < 100 && (await request(other.server, '/vi/sites/gian-gua')).status !== 200; i++) await sleep(50);
  assert.equal((await request(other.server, '/vi/sites/gian-gua')).status, 200);
  assert.equal(sql(other.data, "SELECT state FROM site WHERE slug = 'gian-gua'"), 'published');
});

test('the bin and back', async () => {
  const id = siteId(desk.data, 'vuon-man');
  const answer = await desk.as(lan).post(`/desk/sites/${id}/bin`);
  assert.equal(answer.status, 303, answer.text);
  assert.ok(flashOf(answer));
  assert.equal(state(id), 'binned');
  assert.equal((await request(desk.server, '/vi/sites/vuon-man')).status, 404);
  assert.match((await desk.as(lan).get('/desk/sites?state=binned')).text, new RegExp(`/desk/sites/${id}/restore`));
  assert.equal((await desk.as(lan).post(`/desk/sites/${id}/restore`)).status, 303);
  assert.equal(state(id), 'published');
});

test('a set time comes back out of the bin, unless it has passed', async () => {
  const { text } = await desk.as(lan).get('/desk/sites/new');
  const made = await desk.as(lan).post('/desk/sites/new', [...change(fieldsOf(text), { 'text.vi.title': 'Miếu hẹn giờ', kind: 'temple' }), ['do', 'save']]);
  const id = Number(made.headers.location.split('/').pop());
  const time = () => sql(desk.data, `SELECT state || ' ' || coalesce(publish_at, '-') FROM site WHERE id = ${id}`);
  const set = async () => {
    const fields = change(await edit(lan, id), { publish_date: '2099-03-01', publish_time: '06:30' });
    assert.equal((await desk.as(lan).post(`/desk/sites/${id}`, [...fields, ['do', 'anyway:schedule']])).status, 303);
  };
  await set();
  const before = time();
  assert.match(before, /^draft \d+$/);
  await desk.as(lan).post(`/desk/sites/${id}/bin`);
  assert.equal(time(), 'binned -');
  assert.equal(said(await desk.as(novice).post(`/desk/sites/${id}/restore`)), 'desk.site.restored');
  assert.equal(time(), before);
  // out of the bin together with what is being written: for who may publish with the time, else without
  const fields = change(await edit(lan, id), { 'text.vi.summary': 'Viết thêm.' });
  await desk.as(lan).post(`/desk/sites/${id}/bin`);
  assert.equal((await desk.as(lan).post(`/desk/sites/${id}`, [...fields, ['do', 'restore']])).status, 303);
  assert.equal(time(), before);
  const theirs = change(await edit(novice, id), { 'text.vi.summary': 'Viết thêm nữa.' });
  await desk.as(lan).post(`/desk/sites/${id}/bin`);
  assert.equal(said(await desk.as(novice).post(`/desk/sites/${id}`, [...theirs, ['do', 'restore']])), 'desk.site.held');
  assert.equal(time(), 'in-review -');
  // the time passes while the site lies in the bin
  const soon = Math.floor(Date.now() / 1000) + 3;
  sql(desk.data, `UPDATE site SET publish_at = ${soon} WHERE id = ${id}`);
  await desk.as(lan).post(`/desk/sites/${id}`, [...change(await edit(lan, id), { 'text.vi.summary': 'Sắp đến giờ.' }), ['do', 'save']]);
  assert.equal(time(), `in-review ${soon}`);
  await desk.as(lan).post(`/desk/sites/${id}/bin`);
  while (Date.now() < (soon + 1) * 1000) await sleep(100);
  assert.equal(said(await desk.as(lan).post(`/desk/sites/${id}/restore`)), 'desk.site.restored_late');
  assert.equal(time(), 'in-review -');
});

test('a site comes out of the bin as it was, whatever was saved while it lay there', async () => {
  const id = siteId(desk.data, 'vuon-man');
  await desk.as(lan).post(`/desk/sites/${id}/bin`);
  const there = version(id);
  const back = await desk.as(lan).post(`/desk/sites/${id}/history/restore`, { version: '1', current: String(there) });
  assert.equal(back.status, 303);
  assert.equal(said(back), 'desk.revisions.in_bin');
  assert.equal(version(id), there, 'no version is restored in the bin');
  // an import or a bulk change may save it there
  sql(desk.data, `UPDATE site SET version = version + 1 WHERE id = ${id};
    INSERT INTO revision (subject, subject_id, version, at, document) SELECT subject, subject_id, version + 1, at, document FROM revision
    WHERE subject = 'site' AND subject_id = ${id} AND version = ${there}`);
  assert.equal((await desk.as(lan).post(`/desk/sites/${id}/restore`)).status, 303);
  assert.equal(state(id), 'published');
});

test('the preview is the visitor’s page of what is not saved', async () => {
  const id = siteId(desk.data, 'dinh-thoi-an');
  const shown = (text) => /<main[\s\S]*<\/main>/.exec(text)[0];
  const page = await request(desk.server, '/vi/sites/dinh-thoi-an');
  const fields = await edit(lan, id);
  const same = await desk.as(lan).post(`/desk/sites/${id}/preview`, [...fields, ['preview', 'vi']]);
  assert.equal(same.status, 200, same.text);
  assert.equal(shown(same.text), shown(page.text));
  const unsaved = await desk.as(lan).post(`/desk/sites/${id}/preview`, [...change(fields, { 'text.en.body': '## A *new* story', 'checked.on': '??' }), ['preview', 'en']]);
  assert.equal(unsaved.status, 200, unsaved.text);
  assert.match(unsaved.text, /<h2[^>]*>A <em>new<\/em> story/);
  const { text } = await desk.as(lan).get('/desk/sites/new');
  const fresh = await desk.as(lan).post('/desk/sites/new/preview', [...change(fieldsOf(text), { 'text.vi.summary': 'Chỉ mới có một câu.' }), ['preview', 'vi']]);
  assert.equal(fresh.status, 200, fresh.text);
  assert.match(fresh.text, /Chỉ mới có một câu\./);
  assert.equal(elementText((await desk.as(lan).get(`/desk/sites/${id}/preview?lang=en`)).text, 'h1').length > 0, true);
});

const fresh = async (changes) => change(await fieldsOf((await desk.as(lan).get('/desk/sites/new')).text), changes);

test('problems that read alike name their fields, and only those', async () => {
  const typed = {
    'text.vi.title': 'Đình hai ngày lạ', kind: 'temple',
    'addresses[0].words.vi': 'Ấp Một', 'addresses[0].from': 'hôm qua', 'addresses[0].until': 'hôm nay',
    'addresses[1].words.vi': 'Ấp Hai', 'addresses[1].from': 'hôm kia',
    position: 'gần chợ', do: 'save',
  };
  const { status, text } = await desk.as(lan).post('/desk/sites/new', await fresh(typed));
  assert.equal(status, 422);
  const entries = [...text.match(/id="problems"[^]*?<\/ul>/)[0].matchAll(/<a href="#([^"]+)">([^<]+)<\/a>/g)].map(([, target, words]) => `${target} ${words}`);
  const bad = 'Chưa hiểu ngày này. Hãy viết như 21/6/1993, 6/1993, 1909 hoặc khoảng 1846.';
  assert.deepEqual(entries.filter((entry) => entry.includes(bad)).sort(), [
    `field-addresses_0_from Địa chỉ 1 – Dùng từ: ${bad}`,
    `field-addresses_0_until Địa chỉ 1 – Dùng đến: ${bad}`,
    `field-addresses_1_from Địa chỉ 2 – Dùng từ: ${bad}`,
  ]);
  assert.ok(entries.some((entry) => /^field-position Không đọc được/.test(entry)), entries.join('\n')); // stands alone
});

test('the checklist of what is to be published at a time has its own button', async () => {
  const { text } = await desk.as(lan).post('/desk/sites/new', await fresh({ 'text.vi.title': 'Miếu hẹn giờ', kind: 'temple', publish_date: '2099-03-01', publish_time: '06:30', do: 'schedule' }));
  assert.match(text, /<button class="danger" name="do" value="anyway:schedule">Vẫn hẹn giờ đăng<\/button>/);
  assert.match((await desk.as(lan).post('/desk/sites/new', await fresh({ 'text.vi.title': 'Miếu đăng ngay', kind: 'temple', do: 'publish' }))).text, /value="anyway:publish">Vẫn đăng<\/button>/);
});

test('the address of a map fits into the field of the position', async () => {
  assert.match((await desk.as(lan).get('/desk/sites/new')).text, /<input[^>]*name="position"[^>]*maxlength="1200"|<input[^>]*maxlength="1200"[^>]*name="position"/);
});
