// Activity and backups: what was done can be read in words and never changed; a backup is made, fetched in parts,
// brought back and deleted.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { runProgram, sourceFolder } from './lib.mjs';
import { addPerson, fieldsOf, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';
import { newFolder, stele } from '../sample.mjs';

const end = untilEnd(after);
let desk, lan, tu, chi;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      tu = addPerson(data, 'Tú', { role: 'field' });
      chi = addPerson(data, 'Chi', { role: 'admin' });
    },
  });
});

const sources = (folder) =>
  fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.c')).map((name) => path.join(folder, name));

// Every action that the code can write: literals of that form in files that write the audit.
function writtenActions() {
  const found = new Set();
  for (const file of [...sources(path.join(sourceFolder, 'content')), ...sources(path.join(sourceFolder, 'server'))]) {
    const text = fs.readFileSync(file, 'utf8').replaceAll(/MESSAGE\([^)]*\)/g, ''); // names of sentences look the same
    if (!/(history|batch)_audit\(|history_saved\(/.test(text) || file.endsWith('desk/activity.c')) continue;
    for (const [, action] of text.matchAll(/"((?:site|tour|plate|import|account|backup|setting|term|batch|media|session)\.[a-z-]+)"/g)) found.add(action);
    if (file.endsWith('content/plate.c'))
      for (const [, event] of text.matchAll(/record\(writer, [^"]*"([a-z-]+)"/g)) found.add(`plate.${event}`);
  }
  return found;
}

test('has words for every action that the code writes', () => {
  const table = fs.readFileSync(path.join(sourceFolder, 'server/desk/upkeep/activity.c'), 'utf8');
  const known = new Map([...table.matchAll(/\{"([a-z.-]+)",\s*VIEW_KEY\("desk\.activity\.([a-z_]+)"\)\}/g)].map(([, action, key]) => [action, key]));
  const written = writtenActions();
  for (const action of ['site.add', 'site.publish', 'tour.change', 'plate.re-pointed', 'account.sign-in', 'backup.delete']) assert.ok(written.has(action), action);
  for (const action of written) assert.ok(known.has(action), `${action} has no words`);
  for (const lang of ['vi', 'en']) {
    const words = JSON.parse(fs.readFileSync(path.join(sourceFolder, `assets/locales/${lang}/desk-activity.json`), 'utf8')).desk.activity;
    for (const [action, key] of known) assert.ok(words[key], `${action} in ${lang}`);
  }
});

test('tells who did what, filtered by person, kind and day', async () => {
  const code = sql(desk.data, `SELECT code FROM plate WHERE site_id = ${siteId(desk.data, 'dinh-binh-thuy')}`);
  await desk.as(tu).post(`/desk/plates/${code}/state`, { state: 'damaged' });
  await desk.as(lan).post(`/desk/plates/${code}/place`, { place: 'Cổng sau', position: '' });
  const all = (await desk.as(chi).get('/desk/activity')).text;
  const words = `${code.slice(0, 4)}-${code.slice(4)}`.toUpperCase();
  assert.match(all, new RegExp(`<strong>Tú</strong> đã đổi tình trạng bảng ${words}: Hư hỏng`));
  assert.match((await desk.as(chi).get('/desk/activity?what=site.&per=50')).text, /<strong>Lệnh stele import<\/strong> đã viết di tích mới: Đình Bình Thủy/);
  const one = (await desk.as(chi).get(`/desk/activity?who=${lan.id}`)).text;
  assert.match(one, /đã ghi lại nơi gắn bảng/);
  assert.doesNotMatch(one, /<strong>Tú<\/strong>/);
  assert.doesNotMatch((await desk.as(chi).get('/desk/activity?what=site.')).text, /bảng [0-9A-Z]{4}-/);
  const today = new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10);
  const yesterday = new Date(Date.now() - 17 * 3600e3).toISOString().slice(0, 10);
  assert.match((await desk.as(chi).get(`/desk/activity?from=${today}&to=${today}&what=plate.state`)).text, /Hư hỏng/);
  assert.match((await desk.as(chi).get(`/desk/activity?to=${yesterday}`)).text, /Không tìm thấy mục nào/);
});

test('goes by the account: a new name keeps the events, and an old name brings none', async () => {
  const hoa = addPerson(desk.data, 'Hoa');
  const code = sql(desk.data, `SELECT code FROM plate WHERE site_id = ${siteId(desk.data, 'chua-ong')}`);
  assert.equal((await desk.as(hoa).post(`/desk/plates/${code}/place`, { place: 'Cổng trước', position: '' })).status, 303);
  sql(desk.data, `UPDATE account SET name = 'Hoa Anh', name_folded = 'hoa anh' WHERE id = ${hoa.id}`);
  const other = addPerson(desk.data, 'Hoa');
  assert.match((await desk.as(chi).get(`/desk/activity?who=${hoa.id}`)).text, /<strong>Hoa Anh<\/strong> <small>\(khi đó tên là Hoa\)<\/small> đã ghi lại nơi gắn bảng/);
  assert.match((await desk.as(chi).get(`/desk/activity?who=${other.id}`)).text, /Không tìm thấy mục nào/);
  assert.match((await desk.as(hoa).get('/desk/activity')).text, /đã ghi lại nơi gắn bảng/);
  assert.doesNotMatch((await desk.as(other).get('/desk/activity')).text, /đã ghi lại nơi gắn bảng/);
  assert.match((await desk.as(chi).get('/desk/activity?who=Hoa')).text, /Có \d\d+ việc/, 'what is no account chooses nobody');
});

test('names programs in the language of who reads, every one that writes', async () => {
  const table = fs.readFileSync(path.join(sourceFolder, 'server/desk/upkeep/activity.c'), 'utf8');
  const known = new Set([...table.matchAll(/\{"([a-z -]+)", VIEW_KEY\("desk\.activity\.by_\w+"\)\}/g)].map(([, name]) => name));
  const written = new Set();
  for (const file of [...sources(path.join(sourceFolder, 'content')), ...sources(path.join(sourceFolder, 'server'))])
    for (const [, name] of fs.readFileSync(file, 'utf8').matchAll(/(?:\(struct actor\)|struct actor \w+ = |\.actor = )\{\.name = "([^"]+)"/g)) written.add(name);
  assert.ok(written.has('the clock') && written.has('stele-qrgen') && written.has('the desk'), [...written].join());
  for (const name of written) assert.ok(known.has(name), name);
  sql(desk.data, `INSERT INTO audit (at, actor, action, subject) VALUES (1, 'the clock', 'site.change', 'site:${siteId(desk.data, 'chua-ong')}')`);
  const page = await desk.as(chi).get('/desk/activity?who=0&what=site.change');
  assert.match(page.text, /<strong>Máy chủ \(theo giờ hẹn\)<\/strong> đã sửa di tích/);
  assert.doesNotMatch(page.text, /the clock/);
  assert.doesNotMatch((await desk.as(chi).get('/desk/activity?who=0')).text, /<strong>(Lan|Tú|Chi)</);
});

test('is searched by what was changed', async () => {
  const found = async (q) => (await desk.as(chi).get(`/desk/activity?q=${encodeURIComponent(q)}`)).text;
  const code = sql(desk.data, `SELECT code FROM plate WHERE site_id = ${siteId(desk.data, 'dinh-binh-thuy')}`);
  assert.match(await found('binh thuy'), /đã viết di tích mới: Đình Bình Thủy/);
  assert.doesNotMatch(await found('binh thuy'), /Chùa Ông/);
  assert.match(await found(`${code.slice(0, 4)}-${code.slice(4)}`), /Tú<\/strong> đã đổi tình trạng bảng/);
  for (const nothing of ['%', '"', 'zzqx wwvv']) assert.match(await found(nothing), /Không tìm thấy mục nào/, nothing);
  const account = `/desk/accounts/${tu.id}`;
  assert.equal((await desk.as(chi).post(account, fieldsOf((await desk.as(chi).get(account)).text, 'account'))).status, 303);
  assert.match(await found('TU'), /đã sửa tài khoản Tú/);
});

test('shows editors their own, field staff nothing, and lets nobody change it', async () => {
  const own = (await desk.as(lan).get(`/desk/activity?who=${tu.id}`)).text;
  assert.match(own, /<strong>Lan<\/strong>/);
  assert.doesNotMatch(own, /<strong>Tú<\/strong>/);
  assert.equal((await desk.as(tu).get('/desk/activity')).status, 403);
  assert.equal((await desk.as(chi).post('/desk/activity')).status, 405);
  assert.throws(() => sql(desk.data, "UPDATE audit SET actor = 'x'"), /never changed/);
});

test('a backup is made, fetched whole and in parts, brought back, and deleted', async (t) => {
  const first = (await desk.as(chi).get('/desk/backups')).text;
  assert.match(first, /class="note old"[^>]*>Chưa có bản sao lưu nào/);
  const made = await desk.as(chi).post('/desk/backups');
  assert.equal(made.status, 303, made.text);
  const page = (await desk.as(chi).get('/desk/backups')).text;
  const [, file] = /href="\/desk\/backups\/(stele-[0-9-]+\.tar)"/.exec(page);
  assert.doesNotMatch(page, /class="note old"/);
  const whole = await desk.as(chi).get(`/desk/backups/${file}`);
  assert.equal(whole.status, 200);
  assert.match(whole.headers['content-disposition'], /^attachment/);
  const part = await desk.as(chi).get(`/desk/backups/${file}`, { Range: 'bytes=100-199' });
  assert.equal(part.status, 206);
  assert.deepEqual(part.body, whole.body.subarray(100, 200));
  const folder = newFolder(t);
  fs.writeFileSync(path.join(folder, file), whole.body);
  const { code, stderr } = await runProgram(stele, ['restore', '--data', path.join(folder, 'again'), path.join(folder, file)]);
  assert.equal(code, 0, stderr);
  assert.equal(sql(path.join(folder, 'again'), 'SELECT count(*) FROM site'), sql(desk.data, 'SELECT count(*) FROM site'));
  const told = (await desk.as(chi).get('/desk/activity?what=backup.')).text;
  assert.match(told, new RegExp(`đã tạo bản sao lưu ${file}`));
  assert.equal([...told.matchAll(/đã tải bản sao lưu/g)].length, 1);
  fs.utimesSync(path.join(desk.data, 'backups', file), new Date(), new Date(Date.now() - 8 * 86400e3));
  assert.match((await desk.as(chi).get('/desk/backups')).text, /class="note old".*Đã quá bảy ngày/);
  for (const name of ['..', 'stele.db', '..%2fstele.db', 'none.tar']) assert.equal((await desk.as(chi).get(`/desk/backups/${name}`)).status >= 400, true, name);
  assert.equal((await desk.as(chi).post(`/desk/backups/${file}/delete`)).status, 303);
  assert.equal(fs.existsSync(path.join(desk.data, 'backups', file)), false);
  assert.equal((await desk.as(chi).post(`/desk/backups/${file}/delete`)).status, 404);
});

test('backups are for admins alone', async () => {
  for (const person of [lan, tu]) {
    assert.equal((await desk.as(person).get('/desk/backups')).status, 403);
    assert.equal((await desk.as(person).post('/desk/backups')).status, 403);
  }
});

test('visitors are answered while a backup is made', async () => {
  const making = desk.as(chi).post('/desk/backups');
  for (let i = 0; i < 5; i++) {
    const begin = performance.now();
    assert.equal((await desk.as(chi).get('/vi/')).status, 200);
    assert.ok(performance.now() - begin < 1000);
  }
  assert.equal((await making).status, 303);
});
