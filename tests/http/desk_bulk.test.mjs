// Changing many sites at once, and undoing it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addBulkSites } from '../bulk_sites.mjs';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';

const end = untilEnd(after);
let desk, lan, local;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      addBulkSites(end, data);
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

// The look's form as a browser would send it: ids in hidden fields, a tick for each site of the page.
const fieldsOf = (html) => [
  ...[...html.matchAll(/<input type="hidden" name="(seen|shown|left)" value="([^"]*)">/g)].map(([, name, value]) => [name, value]),
  ...[...html.matchAll(/name="on" value="(\d+)" checked/g)].map(([, id]) => ['on', id]),
];
const look = async (fields, more = []) => {
  const answer = await desk.as(lan).post('/desk/bulk', [...Object.entries(fields), ...more]);
  return { ...answer, form: fieldsOf(answer.text) };
};
// Looks, and applies what was looked at.
async function change(fields) {
  const looked = await look(fields);
  assert.equal(looked.status, 200, looked.text);
  return desk.as(lan).post('/desk/bulk', [...Object.entries(fields), ...looked.form, ['change', '1']]);
}
const value = (form, name) => form.find(([n]) => n === name)[1];

test('shows what would change, and changes nothing', async () => {
  const before = revisions();
  const { status, text } = await desk.as(lan).post('/desk/bulk', ward);
  assert.equal(status, 200, text);
  assert.match(text, /\d+ trong \d+ di tích sẽ thay đổi/);
  assert.match(text, /<span>Đình Bình Thủy<\/span>[^]*?<h3>Địa chỉ 2 · nội dung · Tiếng Việt<\/h3>[^]*?<del>Bình Thủy/);
  assert.match(text, /name="find\[vi\]"[^>]*value="Phường Bình Thủy"/);
  assert.match(text, /Địa chỉ tiếng Anh của \d+ di tích trong số này giữ nguyên\. Nếu cũng cần đổi, hãy mở “Sửa điều kiện” ở trên, ghi hai ô tiếng Anh/);
  assert.equal(revisions(), before);
});

test('both languages are asked for, each by its own words, and come back as one', async () => {
  const original = latest('dinh-binh-thuy');
  const looked = await desk.as(lan).post('/desk/bulk', both);
  assert.match(looked.text, /<h3>Địa chỉ 2 · nội dung · English<\/h3>[^]*?<del>Bình Thủy/);
  const left = Number(/Địa chỉ tiếng Anh của (\d+) di tích/.exec(looked.text)?.[1] ?? 0);
  const done = await change(both);
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
  const english = { area: 'binh-thuy', 'find[en]': 'Bình Thủy ward', 'replace[en]': 'Quarter of Bình Thủy' };
  const before = present('dinh-binh-thuy')[0];
  const done = await change(english);
  assert.equal(done.status, 303, done.text);
  const [words] = present('dinh-binh-thuy');
  assert.match(words.en, /^Quarter of Bình Thủy/);
  assert.equal(words.vi, before.vi);
  await desk.as(lan).post(`${done.headers.location}/undo`);
});

test('a new name from a date keeps the old address, and undoing brings all back', async () => {
  const original = latest('dinh-binh-thuy');
  const done = await change({ ...ward, from: '1/2026', new_rank: 'national' });
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

test('without a date the words are corrected in place, of present addresses alone', async () => {
  const done = await change(ward);
  assert.equal(done.status, 303, done.text);
  const { addresses } = latest('dinh-binh-thuy');
  assert.equal(addresses.length, 2);
  assert.match(addresses[0].words.vi, /^Phường Bình Thủy/);
  assert.match(addresses[1].words.vi, /^Phường Long Tuyền/);
});

test('changes the area of what the old area had', async () => {
  const had = sql(desk.data, "SELECT count(*) FROM site JOIN term ON term.id = area_id WHERE key = 'o-mon' AND state <> 'binned'".replace('key', 'term.key'));
  const done = await change({ area: 'o-mon', new_area: 'thot-not' });
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
    [{ 'find[vi]': 'a b', 'replace[vi]': 'c', from: 'tháng 7' }, /Không có ngày như vậy/],
    [{ 'find[vi]': 'a b', 'replace[vi]': 'c', from: '31/2/2025' }, /id="field-from-problem"/],
    [{ new_rank: 'nowhere', change: '1' }, /nowhere/],
  ]) {
    const answer = await desk.as(lan).post('/desk/bulk', fields);
    assert.equal(answer.status, 422, JSON.stringify(fields) + answer.text);
    if (fields['find[vi]']) assert.match(answer.text, /name="find\[vi\]"[^>]*value="a b"/);
    if (!fields.new_rank) assert.match(answer.text, words);
  }
});

test('a name is changed as a whole word: Phường 1 is neither Phường 11 nor Phường 1A', async () => {
  const fields = { area: 'thu-1', 'find[vi]': 'Phường 1', 'replace[vi]': 'Phường Ninh Kiều' };
  const looked = await look(fields);
  assert.match(looked.text, /2 trong 6 di tích sẽ thay đổi/);
  assert.match(looked.text, /2 di tích giữ nguyên vì chữ cần tìm chỉ là một phần của tên khác/);
  assert.match(looked.text, /<li>Nhà Mười Một: Phường 11, Quận 3<\/li>/);
  assert.match(looked.text, /<li>Nhà Một A: Phường 1A<\/li>/);
  assert.match(looked.text, /1 di tích giữ nguyên vì chữ cần tìm chỉ có trong địa chỉ cũ/);
  assert.match(looked.text, /1 di tích không có chữ cần tìm trong địa chỉ/);
  const done = await change(fields);
  assert.equal(done.status, 303, done.text);
  assert.deepEqual(present('nha-mot'), [{ vi: '12 Lê Lợi, Phường Ninh Kiều, Quận 3' }]);
  assert.deepEqual(present('nha-muoi-mot'), [{ vi: 'Phường 11, Quận 3' }]);
  assert.deepEqual(present('nha-mot-a'), [{ vi: 'Phường 1A' }]);
  await desk.as(lan).post(`${done.headers.location}/undo`);
});

test('says where the words stand in other capitals, and looks for those too when asked', async () => {
  const fields = { area: 'thu-hoa', 'find[vi]': 'Phường Hoa', 'replace[vi]': 'Phường Mai' };
  const looked = await look(fields);
  assert.match(looked.text, /2 trong 4 di tích sẽ thay đổi/);
  assert.match(looked.text, /2 di tích có chữ cần tìm nhưng viết hoa, viết thường khác/);
  assert.match(looked.text, /<button[^>]* name="any_case" value="1">/);
  assert.match(looked.text, /<li>Hoa Hai: Ấp 1, phường Hoa<\/li>/);
  assert.match(looked.text, /1 di tích giữ nguyên vì chữ cần tìm viết hoa, viết thường khác/);
  assert.match(looked.text, /1 di tích không có chữ cần tìm trong địa chỉ/);
  const all = { ...fields, any_case: '1' };
  const again = await look(all);
  assert.match(again.text, /3 trong 4 di tích sẽ thay đổi/);
  assert.match(again.text, /name="any_case"[^>]* checked/);
  assert.doesNotMatch(again.text, /viết hoa, viết thường khác/);
  // what was looked at without it is not what is asked for with it
  assert.equal((await desk.as(lan).post('/desk/bulk', [...Object.entries(all), ...looked.form, ['change', '1']])).status, 422);
  const done = await change(all);
  assert.equal(done.status, 303, done.text);
  assert.deepEqual(present('hoa-1'), [{ vi: 'Phường Mai, Quận 3' }]);
  assert.deepEqual(present('hoa-2'), [{ vi: 'Ấp 1, phường Mai' }]);
  assert.deepEqual(present('hoa-3'), [{ vi: 'phường Mai' }, { vi: 'Phường Mai' }]);
  assert.deepEqual(present('hoa-4'), [{ vi: 'Phường Hoài' }]);
  await desk.as(lan).post(`${done.headers.location}/undo`);
  // a name that only gets its capital: what has it stays
  const capital = await look({ area: 'thu-hoa', 'find[vi]': 'phường hoa', 'replace[vi]': 'Phường Hoa', any_case: '1' });
  assert.match(capital.text, /2 trong 4 di tích sẽ thay đổi/);
  assert.match(capital.text, /1 di tích vốn đã như vậy/);
});

test('an address that begins later cannot end before: its site stays, and is told why', async () => {
  const fields = { area: 'thu-1', 'find[vi]': 'Phường 1', 'replace[vi]': 'Phường Ninh Kiều', from: '1/2020' };
  const looked = await look(fields);
  assert.match(looked.text, /1 trong 6 di tích sẽ thay đổi/);
  assert.match(looked.text, /1 di tích không đổi được từ 01\/2020/);
  assert.match(looked.text, /<li>Nhà Mới: Phường 1 \(dùng từ 07\/2025\)<\/li>/);
  assert.match(looked.text, /name="from"[^>]*value="1\/2020"/);
  assert.match(looked.text, /Địa chỉ 1 · đến<\/h3>\s*<p[^>]*><ins>12\/2019<\/ins>/);
  assert.match(looked.text, /Địa chỉ 2 · nội dung · Tiếng Việt<\/h3>\s*<p[^>]*>12 Lê Lợi, Phường <del>1, <\/del><ins>Ninh Kiều, <\/ins>Quận 3/);
  const original = latest('nha-moi');
  const done = await change(fields);
  assert.equal(done.status, 303, done.text);
  assert.deepEqual(latest('nha-moi'), original);
  assert.deepEqual(latest('nha-mot').addresses.map((a) => [a.from, a.until]), [[undefined, '2019-12'], ['2020-01', undefined]]);
  await desk.as(lan).post(`${done.headers.location}/undo`);
});

test('the date is read as in the form of a site, and one that there is not is refused', async () => {
  const fields = { area: 'thu-1', 'find[vi]': 'Phường 1', 'replace[vi]': 'Phường 2' };
  for (const from of ['1/7/2025', '7/2025', '2025-07', '2025', 'năm 2025']) assert.equal((await look({ ...fields, from })).status, 200, from);
  for (const from of ['31/2/2025', '2025-02-31', '13/2025', 'khoảng 2025', '2024–2025', '1/7']) {
    const { status, text } = await look({ ...fields, from });
    assert.equal(status, 422, from);
    assert.match(text, /id="field-from-problem"/);
    assert.ok(text.includes(`value="${from}"`), from);
  }
});

test('all changes are there, on pages, and single sites can be left out on each', async () => {
  const fields = { area: 'thu-120', 'find[vi]': 'Xã Cũ', 'replace[vi]': 'Xã Mới' };
  const pages = [];
  let page = await look(fields);
  assert.match(page.text, /120 trong 120 di tích sẽ thay đổi/);
  assert.match(page.text, /Trang 1 trong 3/);
  const untick = (form, id) => form.filter(([name, v]) => !(name === 'on' && v === id));
  const out = [];
  for (let n = 1; n <= 3; n += 1) {
    const shown = value(page.form, 'shown').split(' ');
    pages.push(...shown);
    out.push(shown[1]);
    page = await look(fields, [...untick(page.form, shown[1]), ['page', String(n + 1)]]);
  }
  assert.equal(new Set(pages).size, 120);
  // the last page once more: what lost its tick here and on other pages is remembered
  assert.match(page.text, /117 trong 120 di tích sẽ thay đổi/);
  assert.match(page.text, /3 di tích bạn bỏ chọn sẽ giữ nguyên/);
  assert.equal(page.form.some(([name, v]) => name === 'on' && v === out[2]), false);
  const first = await look(fields, [...page.form, ['page', '1']]);
  assert.equal(first.form.some(([name, v]) => name === 'on' && v === out[0]), false);
  // and a tick can be set again
  const done = await desk.as(lan).post('/desk/bulk', [...Object.entries(fields), ...first.form, ['on', out[0]], ['change', '1']]);
  assert.equal(done.status, 303, done.text);
  const changed = sql(desk.data, 'SELECT subject_id FROM revision WHERE import_id = (SELECT max(id) FROM import)').split('\n');
  assert.equal(changed.length, 118);
  assert.ok(changed.includes(out[0]));
  assert.ok(!changed.includes(out[1]) && !changed.includes(out[2]));
  // one of them is edited since: undoing leaves it, and says its name
  const title = sql(desk.data, `SELECT title FROM text WHERE site_id = ${changed[5]}`);
  const edited = await desk.as(lan).post('/desk/bulk', await lookedFields({ 'q': title, 'area': 'thu-120', 'new_kind': 'pagoda' }));
  assert.equal(edited.status, 303, edited.text);
  const undone = await desk.as(lan).post(`${done.headers.location}/undo`);
  const told = await desk.as(lan).get(done.headers.location, { Cookie: `stele=${lan.token}; ${undone.headers['set-cookie'][0].split(';')[0]}` });
  assert.match(told.text, new RegExp(`117 di tích trở về như trước\\. 1 di tích được giữ nguyên[^<]*: ${title}\\.`));
  assert.match(sql(desk.data, `SELECT details FROM site WHERE id = ${changed[5]}`), /Xã Mới/);
});

async function lookedFields(fields) {
  const looked = await look(fields);
  return [...Object.entries(fields), ...looked.form, ['change', '1']];
}

test('only what was looked at is applied', async () => {
  const before = revisions();
  const fields = { area: 'thu-1', 'find[vi]': 'Phường 1', 'replace[vi]': 'Phường 2' };
  const blind = await desk.as(lan).post('/desk/bulk', { ...fields, change: '1' });
  assert.equal(blind.status, 422);
  assert.match(blind.text, /Hãy xem lại danh sách mới dưới đây/);
  const looked = await look(fields);
  const other = await desk.as(lan).post('/desk/bulk', [...Object.entries({ ...fields, 'replace[vi]': 'Phường 3' }), ...looked.form, ['change', '1']]);
  assert.equal(other.status, 422);
  assert.match(other.text, /<ins>[^<]*3/);
  const none = await desk.as(lan).post('/desk/bulk', [...Object.entries(fields), ...looked.form.filter(([name]) => name !== 'on'), ['change', '1']]);
  assert.equal(none.status, 422);
  assert.match(none.text, /không có di tích nào được chọn/);
  assert.equal(revisions(), before);
  for (const name of ['shown', 'left']) assert.equal((await desk.as(lan).post('/desk/bulk', { ...fields, [name]: '1;2' })).status, 422);
});

test('is for those who may publish everywhere', async () => {
  assert.equal((await desk.as(local).get('/desk/bulk')).status, 403);
  assert.equal((await desk.as(local).post('/desk/bulk', { ...ward, change: '1' })).status, 403);
});
