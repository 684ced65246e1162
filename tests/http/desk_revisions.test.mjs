// Versions: the list, what differs, and going back.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { addPerson, fieldsOf, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';
import { runProgram } from './lib.mjs';
import { elementText, stele } from '../sample.mjs';

const end = untilEnd(after);
let desk, lan, outside, novice, id, history;

async function importTable(data, text) {
  const file = path.join(path.dirname(data), 'change.csv');
  fs.writeFileSync(file, text);
  const { code, stderr } = await runProgram(stele, ['import', '--data', data, '--quiet', file]);
  assert.equal(code, 0, stderr);
}

before(async () => {
  desk = await openDesk(end, {
    before: async (data) => {
      lan = addPerson(data, 'Lan');
      outside = addPerson(data, 'Minh', { areas: ['o-mon'] });
      novice = addPerson(data, 'Tập sự', { mayPublish: false });
      await importTable(data, 'slug,title,rank,summary\ndinh-binh-thuy,Đình Bình Thủy xưa,provincial,Câu <b>mới</b> hoàn toàn\n');
    },
  });
  id = siteId(desk.data, 'dinh-binh-thuy');
  history = `/desk/sites/${id}/history`;
});

const version = () => Number(sql(desk.data, `SELECT version FROM site WHERE id = ${id}`));
const title = () => sql(desk.data, `SELECT title FROM text WHERE site_id = ${id} AND lang = 'vi'`);

test('lists who saved what and when', async () => {
  const { status, text } = await desk.as(lan).get(history);
  assert.equal(status, 200, text);
  assert.equal(elementText(text, 'h1'), 'Các phiên bản của Đình Bình Thủy xưa');
  assert.equal(text.match(/class="revision"/g).length, 2);
  assert.match(text, /Phiên bản 2[^<]*<span class="badge">hiện nay/);
  assert.match(text, /href="\/desk\/imports\/2"/);
});

test('shows what differs, in words and escaped', async () => {
  const { status, text } = await desk.as(lan).get(`${history}/compare?from=1`);
  assert.equal(status, 200, text);
  assert.match(text, /<h2>Bài viết · Tiếng Việt · tiêu đề<\/h2>\s*<p class="difference">Đình Bình [^]*?<ins>[^<]*xưa<\/ins>/);
  assert.match(text, /<h2>Cấp xếp hạng<\/h2>\s*<p class="difference">[^]*?<del>/);
  assert.doesNotMatch(text, /<b>mới/);
  assert.match(text, /&lt;b&gt;mới/);
  assert.match(text, /gạch ngang/);
});

test('takes the two in either order, and says when nothing differs', async () => {
  const one = await desk.as(lan).get(`${history}/compare?from=2&to=1`);
  assert.match(one.text, /<ins>[^<]*xưa<\/ins>/);
  const same = await desk.as(lan).get(`${history}/compare?from=2&to=2`);
  assert.match(same.text, /giống nhau/);
  for (const query of ['from=9', 'from=x', ''])
    assert.equal((await desk.as(lan).get(`${history}/compare?${query}`)).status, 404, query);
  assert.equal((await desk.as(lan).get('/desk/sites/99999/history')).status, 404);
});

test('goes back only from the newest, and only where one may', async () => {
  const late = await desk.as(lan).post(`${history}/restore`, { version: 1, current: 1 });
  assert.equal(late.status, 303);
  assert.equal(version(), 2);
  const told = await desk.as(lan).get(history, { Cookie: `stele=${lan.token}; ${late.headers['set-cookie'][0].split(';')[0]}` });
  assert.match(told.text, /vừa lưu một phiên bản mới hơn/);
  assert.equal((await desk.as(outside).post(`${history}/restore`, { version: 1, current: 2 })).status, 403);
  assert.equal((await desk.as(outside).get(history)).status, 403);
  await desk.as(novice).post(`${history}/restore`, { version: 1, current: 2 });
  assert.equal(version(), 2);
  const done = await desk.as(lan).post(`${history}/restore`, { version: 1, current: 2 });
  assert.equal(done.headers.location, history);
  assert.equal(version(), 3);
  assert.equal(title(), 'Đình Bình Thủy');
  assert.equal(sql(desk.data, `SELECT state FROM site WHERE id = ${id}`), 'published');
});

const said = (answer) => JSON.parse(Buffer.from(/flash=([^;]*)/.exec((answer.headers['set-cookie'] ?? []).join())[1], 'base64url').toString()).k;

test('goes back to no version that would take the site out of one’s areas', async () => {
  const bound = addPerson(desk.data, 'Bé Tư', { areas: ['ninh-kieu'] });
  const site = siteId(desk.data, 'chua-nam-nha');
  const at = `/desk/sites/${site}`;
  const area = () => sql(desk.data, `SELECT t.key || ' ' || s.version FROM site s JOIN term t ON t.id = s.area_id WHERE s.id = ${site}`);
  const was = area();
  const save = async (changes) => {
    const fields = fieldsOf((await desk.as(lan).get(at)).text).filter(([name]) => !(name in changes));
    const answer = await desk.as(lan).post(at, [...fields, ...Object.entries(changes), ['do', 'save']]);
    assert.equal(answer.status, 303, answer.text);
  };
  assert.doesNotMatch(was, /^ninh-kieu/);
  await save({ area: 'ninh-kieu' });
  await save({ 'text.vi.title': 'Chùa đổi tên' });
  const refused = await desk.as(bound).post(`${at}/history/restore`, { version: 1, current: 3 });
  assert.equal(refused.status, 303);
  assert.equal(said(refused), 'desk.revisions.elsewhere');
  assert.equal(area(), 'ninh-kieu 3');
  const inside = await desk.as(bound).post(`${at}/history/restore`, { version: 2, current: 3 });
  assert.equal(said(inside), 'desk.revisions.restored');
  assert.equal(area(), 'ninh-kieu 4');
  await desk.as(lan).post(`${at}/history/restore`, { version: 1, current: 4 });
  assert.match(area(), new RegExp(`^${was.split(' ')[0]} 5$`));
});

test('compares so much word by word, and shows further texts as a whole', async () => {
  const letters = { a: 97, b: 110 }; // a to m, n to z
  const words = (letter) => Array.from({ length: 1950 }, (_, i) => String.fromCharCode(letters[letter] + ((i * 7) % 13))).join(' ');
  const form = (letter, version) => {
    const fields = [['version', version], ['languages', 'vi'], ['original', 'vi'], ['text.vi.title', 'Bài rất dài'], ['kind', 'temple'], ['slug', 'bai-rat-dai']];
    for (let i = 0; i < 60; i += 1) fields.push([`facts[${i}].label.vi`, 'Mục'], [`facts[${i}].value.vi`, i ? words(letter) : `Hàng dừa ${letter}`]);
    return [...fields, ['do', 'save']];
  };
  const made = await desk.as(lan).post('/desk/sites/new', form('a', '0'));
  assert.equal(made.status, 303, made.text);
  const at = made.headers.location;
  assert.equal((await desk.as(lan).post(at, form('b', '1'))).status, 303);
  const { status, text } = await desk.as(lan).get(`${at}/history/compare?from=1&to=2`);
  assert.equal(status, 200);
  assert.match(text, /Hàng dừa <del>a<\/del><ins>b<\/ins>/, 'the first is compared');
  assert.match(text, /Có quá nhiều chỗ khác/);
  const changes = text.split('<section class="change">').slice(1);
  assert.equal(changes.length, 60);
  assert.match(changes.at(-1), /<del>a[^<]{3000,}<\/del> ?<ins>n[^<]{3000,}<\/ins>/);
  const { text: few } = await desk.as(lan).get(`${history}/compare?from=1&to=2`);
  assert.doesNotMatch(few, /Có quá nhiều chỗ khác/);
});

test('says in words that a translation became older than its original', async () => {
  const other = siteId(desk.data, 'chua-ong'), at = `/desk/sites/${other}`;
  for (const change of [{ 'text.en.origin': 'translated' }, { 'text.vi.summary': 'Câu tóm tắt khác hẳn.' }]) {
    const fields = fieldsOf((await desk.as(lan).get(at)).text).filter(([name]) => !(name in change));
    assert.equal((await desk.as(lan).post(at, [...fields, ...Object.entries(change), ['do', 'save']])).status, 303);
  }
  const { text } = await desk.as(lan).get(`${at}/history/compare?from=1`);
  assert.match(text, /cũ hơn bản gốc<\/h2>\s*<p class="difference"><ins>có<\/ins>/);
});
