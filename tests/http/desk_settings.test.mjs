// Settings: name, languages that the running server takes over, who may publish, and the vocabularies.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request, sleep } from './lib.mjs';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';

const end = untilEnd(after);
let desk, lan, chi;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      chi = addPerson(data, 'Chi', { role: 'admin' });
    },
  });
});

const terms = '/desk/settings/terms';
const term = (scheme, key, column = 'id') => sql(desk.data, `SELECT ${column} FROM term WHERE scheme = '${scheme}' AND key = '${key}'`);

test('are for admins alone', async () => {
  for (const target of ['/desk/settings', `${terms}/kind`, `${terms}/kind/pagoda`]) assert.equal((await desk.as(lan).get(target)).status, 403);
  for (const target of ['name', 'publish', 'languages', 'terms/kind', 'terms/kind/pagoda/delete'])
    assert.equal((await desk.as(lan).post(`/desk/settings/${target}`)).status, 403);
  assert.equal((await desk.as(chi).get(`${terms}/nothing`)).status, 404);
  assert.equal((await desk.as(chi).get(`${terms}/kind/nothing`)).status, 404);
});

test('the name is kept in each language, and visitors see it', async () => {
  const missing = await desk.as(chi).post('/desk/settings/name', { 'name[vi]': ' ', 'name[en]': 'Sites' });
  assert.equal(missing.status, 422);
  assert.match(missing.text, /Hãy ghi tên bằng ngôn ngữ đầu tiên/);
  assert.match(missing.text, /value="Sites"/);
  assert.equal((await desk.as(chi).post('/desk/settings/name', { 'name[vi]': 'Di tích thử', 'name[en]': 'Trial sites' })).status, 303);
  assert.match((await request(desk.server, '/vi/')).text, /Di tích thử/);
  assert.match((await request(desk.server, '/en/')).text, /Trial sites/);
  assert.match((await desk.as(chi).get('/desk/settings')).text, /value="Trial sites"/);
});

test('new editors may publish or not, as set', async () => {
  const ticked = async () => / name="publish"[^>]* checked/.test((await desk.as(chi).get('/desk/accounts/add')).text);
  assert.equal(await ticked(), true);
  assert.equal((await desk.as(chi).post('/desk/settings/publish', {})).status, 303);
  assert.equal(await ticked(), false);
  assert.equal((await desk.as(chi).post('/desk/settings/publish', { publish: '1' })).status, 303);
  assert.equal(await ticked(), true);
});

test('a term is added, renamed, moved, and deleted while nothing uses it', async () => {
  const added = await desk.as(chi).post(`${terms}/area`, { 'label[vi]': 'Phường Thử Nghiệm', 'label[en]': 'Trial ward', parent: '' });
  assert.equal(added.status, 303, added.text);
  assert.equal(term('area', 'phuong-thu-nghiem', "json_extract(labels, '$.en')"), 'Trial ward');
  const district = sql(desk.data, "SELECT key FROM term WHERE scheme = 'area' ORDER BY position, id LIMIT 1");
  const at = `${terms}/area/phuong-thu-nghiem`;
  assert.equal((await desk.as(chi).post(at, { 'label[vi]': 'Phường Mới', 'label[en]': '', parent: district })).status, 303);
  assert.equal(term('area', 'phuong-thu-nghiem', "labels || parent_id"), `{"vi":"Phường Mới"}${term('area', district)}`);
  const circle = await desk.as(chi).post(`${terms}/area/${district}`, { 'label[vi]': 'Quận', parent: 'phuong-thu-nghiem' });
  assert.equal(circle.status, 422);
  assert.match(circle.text, /không thể nằm trong chính nó/);
  const order = () => sql(desk.data, "SELECT group_concat(key, ' ') FROM (SELECT key FROM term WHERE scheme = 'area' ORDER BY position, id)").split(' ');
  const before = order();
  assert.equal((await desk.as(chi).post(`${at}/up`)).status, 303);
  assert.deepEqual(order().slice(-2), before.slice(-2).reverse());
  assert.equal((await desk.as(chi).post(`${terms}/area/${district}/delete`)).status, 409);
  assert.equal((await desk.as(chi).post(`${at}/delete`)).status, 303);
  assert.equal(term('area', 'phuong-thu-nghiem'), '');
});

test('a term in use is merged into another: sites keep their history, nothing is lost', async () => {
  const slug = 'dinh-binh-thuy';
  const id = siteId(desk.data, slug);
  const from = sql(desk.data, `SELECT a.key FROM site s JOIN term a ON a.id = s.area_id WHERE s.id = ${id}`);
  const into = sql(desk.data, `SELECT key FROM term WHERE scheme = 'area' AND key <> '${from}' ORDER BY id LIMIT 1`);
  const version = Number(sql(desk.data, `SELECT version FROM site WHERE id = ${id}`));
  const count = Number(sql(desk.data, `SELECT count(*) FROM site WHERE area_id = ${term('area', from)}`));
  const none = await desk.as(chi).post(`${terms}/area/${from}/merge`, { into: '' });
  assert.equal(none.status, 422);
  const answer = await desk.as(chi).post(`${terms}/area/${from}/merge`, { into });
  assert.equal(answer.status, 303, answer.text);
  assert.equal(term('area', from), '');
  assert.equal(sql(desk.data, `SELECT a.key FROM site s JOIN term a ON a.id = s.area_id WHERE s.id = ${id}`), into);
  assert.equal(Number(sql(desk.data, `SELECT version FROM site WHERE id = ${id}`)), version + 1);
  assert.equal(Number(sql(desk.data, `SELECT count(*) FROM revision WHERE account_id = ${chi.id} AND subject = 'site'`)), count);
  const kind = sql(desk.data, `SELECT k.key FROM site s JOIN term k ON k.id = s.kind_id WHERE s.id = ${id}`);
  assert.equal((await desk.as(chi).post(`${terms}/kind/${kind}/merge`, { into: kind })).status, 422);
  assert.match((await desk.as(chi).get('/desk/activity?what=term.')).text, /đã gộp mục Bình Thủy vào /);
});

test('the running server takes over changed languages', async () => {
  assert.equal((await request(desk.server, '/km/')).status, 404);
  for (const [tag, words] of [['EN', /không phải mã ngôn ngữ/], ['en', /đang dùng rồi/]]) {
    const wrong = await desk.as(chi).post('/desk/settings/languages', { tag });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, words);
  }
  assert.equal((await desk.as(chi).post('/desk/settings/languages', { tag: 'km' })).status, 303);
  assert.equal((await desk.as(chi).get('/desk/settings')).status, 200); // the page after the change is still shown
  const status = async (target) => (await request(desk.server, target).catch(() => ({ status: 0 }))).status;
  const becomes = async (target, wanted) => {
    for (let i = 0; i < 200 && (await status(target)) !== wanted; i++) await sleep(50);
    assert.equal(await status(target), wanted, target);
  };
  await becomes('/km/', 200);
  assert.equal((await desk.as(chi).post('/desk/settings/languages', { up: 'en' })).status, 303);
  assert.equal(sql(desk.data, "SELECT group_concat(tag, ' ') FROM (SELECT tag FROM language WHERE enabled ORDER BY position)"), 'en vi km');
  await desk.as(chi).post('/desk/settings/languages', { up: 'vi' });
  assert.equal((await desk.as(chi).post('/desk/settings/languages', { off: 'km' })).status, 303);
  await becomes('/km/', 404);
  await becomes('/vi/', 200);
  assert.equal(sql(desk.data, "SELECT group_concat(tag, ' ') FROM (SELECT tag FROM language WHERE enabled ORDER BY position)"), 'vi en');
});
