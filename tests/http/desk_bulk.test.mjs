// Changing many sites at once, and undoing it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';

const end = untilEnd(after);
let desk, lan, local;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      local = addPerson(data, 'Ô Môn', { areas: ['o-mon'] });
    },
  });
});

const latest = (slug) =>
  JSON.parse(sql(desk.data, `SELECT document FROM revision WHERE subject = 'site' AND subject_id = ${siteId(desk.data, slug)} ORDER BY version DESC LIMIT 1`));
const revisions = () => Number(sql(desk.data, 'SELECT count(*) FROM revision'));
const ward = { area: 'binh-thuy', 'find[vi]': 'Phường Bình Thủy', 'replace[vi]': 'Phường Long Tuyền' };
const both = { ...ward, 'find[en]': 'Bình Thủy ward', 'replace[en]': 'Long Tuyền ward' };
const present = (slug) => latest(slug).addresses.filter((a) => !a.until).map((a) => a.words);

test('shows what would change, and changes nothing', async () => {
  const before = revisions();
  const { status, text } = await desk.as(lan).post('/desk/bulk', ward);
  assert.equal(status, 200, text);
  assert.match(text, /\d+ trong \d+ di tích sẽ thay đổi/);
  assert.match(text, /<summary>Đình Bình Thủy<\/summary>[^]*?<h3>Địa chỉ 2 · nội dung · Tiếng Việt<\/h3>[^]*?<del>Bình Thủy/);
  assert.match(text, /name="find\[vi\]"[^>]*value="Phường Bình Thủy"/);
  assert.match(text, /Địa chỉ tiếng Anh của \d+ di tích trong số này giữ nguyên/);
  assert.equal(revisions(), before);
});

test('both languages are asked for, each by its own words, and come back as one', async () => {
  const original = latest('dinh-binh-thuy');
  const looked = await desk.as(lan).post('/desk/bulk', both);
  assert.match(looked.text, /<h3>Địa chỉ 2 · nội dung · English<\/h3>[^]*?<del>Bình Thủy/);
  const left = Number(/Địa chỉ tiếng Anh của (\d+) di tích/.exec(looked.text)?.[1] ?? 0);
  const done = await desk.as(lan).post('/desk/bulk', { ...both, change: '1' });
  assert.equal(done.status, 303, done.text);
  const [words] = present('dinh-binh-thuy');
  assert.match(words.vi, /^Phường Long Tuyền/);
  assert.match(words.en, /^Long Tuyền ward/);
  const changed = sql(desk.data, 'SELECT subject_id FROM revision WHERE import_id = (SELECT max(id) FROM import)').split('\n').map(Number);
  const stays = changed.filter((id) => JSON.parse(sql(desk.data, `SELECT details FROM site WHERE id = ${id}`)).addresses.some((a) => !a.until && a.words.en && !a.words.en.includes('Long Tuyền ward')));
  assert.equal(left, stays.length);
  const page = await desk.as(lan).get(done.headers.location);
  assert.match(page.text, /Phường Bình Thủy → Phường Long Tuyền, Bình Thủy ward → Long Tuyền ward/);
  assert.match(page.text, /Hoàn tác cả lần sửa/);
  assert.doesNotMatch(page.text, /lần nhập/);
  assert.match((await desk.as(lan).get(`/desk/sites/${siteId(desk.data, 'dinh-binh-thuy')}/history`)).text, />sửa hàng loạt</);
  await desk.as(lan).post(`${done.headers.location}/undo`);
  assert.match((await desk.as(lan).get(done.headers.location)).text, /Lần sửa này đã được hoàn tác/);
  assert.deepEqual(latest('dinh-binh-thuy'), original);
  const activity = (await desk.as(lan).get('/desk/activity')).text;
  assert.match(activity, /đã sửa hàng loạt: Phường Bình Thủy → /);
  assert.match(activity, /đã hoàn tác: Phường Bình Thủy → /);
});

test('the second language alone can be changed, and the first stays', async () => {
  const english = { area: 'binh-thuy', 'find[en]': 'Bình Thủy ward', 'replace[en]': 'Quarter of Bình Thủy', change: '1' };
  const before = present('dinh-binh-thuy')[0];
  const done = await desk.as(lan).post('/desk/bulk', english);
  assert.equal(done.status, 303, done.text);
  const [words] = present('dinh-binh-thuy');
  assert.match(words.en, /^Quarter of Bình Thủy/);
  assert.equal(words.vi, before.vi);
  await desk.as(lan).post(`${done.headers.location}/undo`);
});

test('a new name from a date keeps the old address, and undoing brings all back', async () => {
  const original = latest('dinh-binh-thuy');
  const done = await desk.as(lan).post('/desk/bulk', { ...ward, from: '1/2026', new_rank: 'national', change: '1' });
  assert.equal(done.status, 303, done.text);
  const changed = latest('dinh-binh-thuy');
  assert.deepEqual(changed.addresses.map((a) => [a.from, a.until, a.words.vi.slice(0, 17)]), [
    [undefined, '2025-06', 'Phường Bình Thủy,'],
    ['2025-07', '2025-12', 'Phường Bình Thủy,'],
    ['2026-01', undefined, 'Phường Long Tuyền'],
  ]);
  assert.equal(sql(desk.data, "SELECT format FROM import ORDER BY id DESC LIMIT 1"), 'bulk');
  const page = await desk.as(lan).get(done.headers.location);
  assert.match(page.text, /Phường Bình Thủy → Phường Long Tuyền, Cấp xếp hạng mới: /);
  await desk.as(lan).post(`${done.headers.location}/undo`);
  const back = latest('dinh-binh-thuy');
  assert.deepEqual(back, original);
});

test('the look beforehand writes dates as people do', async () => {
  const { text } = await desk.as(lan).post('/desk/bulk', { ...ward, from: '1/2026' });
  assert.match(text, /<h3>Địa chỉ 2 · đến<\/h3>\s*<p class="difference"><ins>12\/2025<\/ins>/);
  assert.match(text, /<ins>01\/2026<\/ins>/);
  assert.match(text, /name="from"[^>]*value="1\/2026"/);
});

test('without a date the words are corrected in place, of present addresses alone', async () => {
  const done = await desk.as(lan).post('/desk/bulk', { ...ward, change: '1' });
  assert.equal(done.status, 303, done.text);
  const { addresses } = latest('dinh-binh-thuy');
  assert.equal(addresses.length, 2);
  assert.match(addresses[0].words.vi, /^Phường Bình Thủy/);
  assert.match(addresses[1].words.vi, /^Phường Long Tuyền/);
});

test('changes the area of what the old area had', async () => {
  const had = sql(desk.data, "SELECT count(*) FROM site JOIN term ON term.id = area_id WHERE key = 'o-mon' AND state <> 'binned'".replace('key', 'term.key'));
  const done = await desk.as(lan).post('/desk/bulk', { area: 'o-mon', new_area: 'thot-not', change: '1' });
  assert.equal(done.status, 303, done.text);
  assert.ok(Number(had) > 0);
  assert.equal(sql(desk.data, "SELECT count(*) FROM site JOIN term ON term.id = area_id WHERE term.key = 'o-mon' AND state <> 'binned'"), '0');
});

test('says beside the field what is wrong, and keeps what was typed', async () => {
  for (const [fields, words] of [
    [{}, /Hãy chọn ít nhất một điều/],
    [{ 'find[vi]': 'a b' }, /Hãy ghi chữ mới/],
    [{ 'find[vi]': 'a b', 'replace[vi]': 'a b' }, /Hãy ghi chữ mới/],
    [{ 'find[vi]': 'a b', 'replace[vi]': 'c', 'find[en]': 'd' }, /id="field-replace_en-problem"/],
    [{ 'find[vi]': 'a b', 'replace[vi]': 'c', 'replace[en]': 'd' }, /id="field-find_en-problem"/],
    [{ 'find[vi]': 'a b', 'replace[vi]': 'c', from: 'tháng 7' }, /Hãy ghi năm/],
    [{ new_rank: 'nowhere', change: '1' }, /nowhere/],
  ]) {
    const answer = await desk.as(lan).post('/desk/bulk', fields);
    assert.equal(answer.status, 422, JSON.stringify(fields) + answer.text);
    if (fields['find[vi]']) assert.match(answer.text, /name="find\[vi\]"[^>]*value="a b"/);
    if (!fields.new_rank) assert.match(answer.text, words);
  }
});

test('is for those who may publish everywhere', async () => {
  assert.equal((await desk.as(local).get('/desk/bulk')).status, 403);
  assert.equal((await desk.as(local).post('/desk/bulk', { ...ward, change: '1' })).status, 403);
});
