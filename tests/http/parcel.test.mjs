// The print shop's side: a link that opens one parcel, for a time, perhaps with a password; and nothing else.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { connect, request, sleep } from './lib.mjs';
import { addPerson, openDesk, sql, untilEnd } from '../desk_room.mjs';

const end = untilEnd(after);
const base = 'https://in.example.vn';
const secret = 'sông Hậu mùa nước nổi';
let desk, lan, id;
before(async () => {
  desk = await openDesk(end, { args: ['--base-url', base, '--workers', '16'], before: (data) => void (lan = addPerson(data, 'Lan')) });
  id = await makeBatch('Đợt cho nhà in', ['jkx3508f']);
  await made(id);
});

const column = (batch, name) => sql(desk.data, `SELECT ${name} FROM batch WHERE id = ${batch}`);
const hash = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

async function makeBatch(name, plates) {
  const answer = await desk.as(lan).post('/desk/batches/new', [
    ['name', name], ['copies', '2'], ['design', 'board-a6'], ['measure', 'design'], ['dpi', '300'], ['paper', 'none'], ['formats', 'png'], ['formats', 'pdf'],
    ['material', 'Mica 3 mm'], ...plates.map((code) => ['plate', code]),
  ]);
  assert.equal(answer.status, 303, answer.text);
  return Number(answer.headers.location.split('/').at(-1));
}

async function made(batch) {
  for (let i = 0; i < 2400 && column(batch, 'state') !== 'made'; i += 1) await sleep(50);
  assert.equal(column(batch, 'state'), 'made', column(batch, 'message'));
}

// A link: its address below the host.
async function makeLink(batch = id, fields = {}) {
  const answer = await desk.as(lan).post(`/desk/batches/${batch}/links`, { note: 'Nhà in Hậu Giang', days: '7', password: '', ...fields });
  assert.equal(answer.status, 200, answer.text);
  return new RegExp(`value="${base}(/parcel/[^"]+)"`).exec(answer.text)[1];
}

const get = (target, headers = {}) => request(desk.server, target, { headers });

// The password form as a browser sends it: { answer, cookie }.
async function enter(link, password, more = {}) {
  const page = await get(`${link}?lang=vi`);
  const token = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const start = page.headers['set-cookie']?.[0].split(';')[0] ?? '';
  const answer = await request(desk.server, link, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin', Cookie: start, ...more },
    body: new URLSearchParams({ csrf: token, password }).toString(),
  });
  return { answer, cookie: (answer.headers['set-cookie'] ?? []).find((line) => line.includes('stele-parcel')) };
}

test('opens a page of its own in two languages, for nobody else to find', async () => {
  const link = await makeLink();
  const page = await get(link, { 'Accept-Language': 'vi' });
  assert.equal(page.status, 200);
  assert.match(page.text, /<html lang="vi"/);
  for (const part of ['Đợt cho nhà in', 'In đúng 100 %', 'Chỉ dùng mực đen', 'lề trắng', 'Bề mặt mờ', 'JKX3-508F', 'Đình Bình Thủy', 'Mica 3 mm', column(id, 'sha256')])
    assert.ok(page.text.includes(part), part);
  assert.match((await get(link, { 'Accept-Language': 'en' })).text, /Print at 100 %/);
  assert.match((await get(`${link}?lang=en`, { 'Accept-Language': 'vi' })).text, /Black ink alone/);
  assert.match(page.headers['cache-control'], /no-store/);
  assert.match(page.headers['x-robots-tag'], /noindex/);
  assert.equal(page.headers['referrer-policy'], 'no-referrer');
  assert.equal(page.headers['set-cookie'], undefined);
  assert.doesNotMatch(page.text, /\/desk\//);
  const picture = await get(`${link}/pictures/1`);
  assert.equal(picture.headers['content-type'], 'image/png');
  assert.equal((await get(`${link}/pictures/5`)).status, 404);
});

// How often the link's parcel was fetched, once the server has kept that: it does so every second.
async function downloads(note, expected) {
  const count = () => Number(sql(desk.data, `SELECT downloads FROM parcel_link WHERE note = '${note}'`));
  for (let i = 0; i < 100 && count() < expected; i += 1) await sleep(50);
  await sleep(1200);
  return count();
}

test('gives the parcel in parts that fit together, and counts each fetching once', async () => {
  const link = await makeLink(id, { note: 'Đếm' });
  const whole = await get(`${link}/zip`);
  assert.equal(whole.status, 200);
  assert.equal(hash(whole.body), column(id, 'sha256'));
  assert.match(whole.headers['content-disposition'], /attachment; filename="stele-batch-\d+\.zip"/);
  const third = Math.ceil(whole.body.length / 3);
  const parts = [];
  for (let at = 0; at < whole.body.length; at += third) {
    const part = await get(`${link}/zip`, { Range: `bytes=${at}-${Math.min(at + third, whole.body.length) - 1}`, 'If-Range': whole.headers.etag });
    assert.equal(part.status, 206);
    parts.push(part.body);
  }
  assert.equal(hash(Buffer.concat(parts)), column(id, 'sha256'));
  assert.equal((await get(`${link}/zip`, { Range: 'bytes=10-', 'If-Range': '"other"' })).status, 200);
  assert.equal((await get(`${link}/zip`, { Range: `bytes=${whole.body.length}-` })).status, 416);
  assert.equal((await request(desk.server, `${link}/zip`, { method: 'HEAD' })).headers['content-length'], String(whole.body.length));
  assert.equal(await downloads('Đếm', 3), 3); // the whole, the parts as one, and the whole instead of a part
  const page = (await desk.as(lan).get(`/desk/batches/${id}`)).text;
  assert.match(page, /Đếm[\s\S]*?tải 3 lần/);
  assert.match(page, /Các lần tải gần đây/);
});

test('counts what was fetched to its last byte, and nothing else', async () => {
  const link = await makeLink(id, { note: 'Chưa tải' });
  const whole = await get(`${link}/zip`, { Range: 'bytes=0-99' });
  const size = Number(whole.headers['content-range'].split('/')[1]);
  assert.equal((await get(`${link}/zip`, { 'If-None-Match': whole.headers.etag })).status, 304);
  assert.equal((await get(`${link}/zip`, { Range: 'bytes=0-0' })).status, 206);
  assert.equal((await get(`${link}/zip`, { Range: `bytes=0-${size - 2}` })).status, 206);
  assert.equal((await get(`${link}/zip`, { Range: `bytes=${size}-` })).status, 416);
  await request(desk.server, `${link}/zip`, { method: 'HEAD' });
  const file = path.join(desk.data, 'batches', `${id}.zip`);
  const bytes = fs.readFileSync(file);
  fs.writeFileSync(file, Buffer.alloc(24 << 20)); // more than the system's buffers take
  try {
    const c = await connect(desk.server);
    c.write(`GET ${link}/zip HTTP/1.1\r\nHost: x\r\n\r\n`);
    while (c.bytes().length < 3000) await sleep(5);
    c.socket.destroy();
    assert.equal(await downloads('Chưa tải', 0), 0);
  } finally {
    fs.writeFileSync(file, bytes);
  }
  assert.equal((await get(`${link}/zip`, { Range: 'bytes=1000-' })).status, 206); // the rest of one that was cut off
  assert.equal(await downloads('Chưa tải', 1), 1);
});

test('a download that is cut off goes on where it stopped', async () => {
  const link = await makeLink();
  const c = await connect(desk.server);
  c.write(`GET ${link}/zip HTTP/1.1\r\nHost: x\r\n\r\n`);
  while (c.bytes().length < 3000) await sleep(5);
  c.end();
  const head = c.bytes();
  const got = head.subarray(head.indexOf('\r\n\r\n') + 4).subarray(0, 2000); // what came before the line went dead
  const etag = /ETag: ("[^"]+")/i.exec(head.toString('latin1'))[1];
  const rest = await get(`${link}/zip`, { Range: `bytes=${got.length}-`, 'If-Range': etag });
  assert.equal(rest.status, 206);
  assert.equal(hash(Buffer.concat([got, rest.body])), column(id, 'sha256'));
});

test('asks for the password, lets each further wrong one wait longer, and forgets nothing in logs', async () => {
  const link = await makeLink(id, { password: secret });
  const page = await get(link);
  assert.equal(page.status, 200);
  assert.match(page.text, /type="password"/);
  assert.doesNotMatch(page.text, /JKX3-508F|Đợt cho nhà in/);
  const away = await get(`${link}/zip`);
  assert.equal(away.status, 303);
  assert.equal(away.headers.location, link);
  assert.notEqual((await get(`${link}/pictures/1`)).headers['content-type'], 'image/png');

  const wrong = await enter(link, 'sai mật khẩu');
  assert.equal(wrong.answer.status, 403);
  assert.match(wrong.answer.text, /Mật khẩu chưa đúng/);
  assert.equal(wrong.cookie, undefined);
  assert.equal((await enter(link, secret, { 'Sec-Fetch-Site': 'cross-site' })).answer.status, 403);
  assert.equal((await enter(link, secret, { Cookie: '' })).answer.status, 403);

  const right = await enter(link, secret);
  assert.equal(right.answer.status, 303);
  assert.match(right.cookie, new RegExp(`; Path=${link}; Max-Age=43200; SameSite=Lax; HttpOnly; Secure`));
  const pass = right.cookie.split(';')[0];
  assert.match((await get(link, { Cookie: pass })).text, /JKX3-508F/);
  assert.equal(hash((await get(`${link}/zip`, { Cookie: pass })).body), column(id, 'sha256'));
  const other = await makeLink(id, { password: secret });
  assert.match((await get(other, { Cookie: pass })).text, /type="password"/); // of that link alone
  for (const forged of [pass.replace(/=\d+/, '=9999999999'), pass.slice(0, -1), `${pass}0`])
    assert.match((await get(link, { Cookie: forged })).text, /type="password"/);

  let last;
  for (let i = 0; i < 14 && last?.answer.status !== 429; i += 1) last = await enter(other, `sai ${i}`);
  assert.equal(last.answer.status, 429);
  assert.ok(Number(last.answer.headers['retry-after']) >= 1);
  assert.match(last.answer.text, /Hãy chờ \d+ giây/);
  assert.equal((await enter(other, secret)).answer.status, 429); // also with the right one
  assert.doesNotMatch(sql(desk.data, 'SELECT group_concat(subject) FROM login_failure'), /127\.0\.0\.1/);
});

test('of guesses sent at once no more are tried than one after the other', async () => {
  const link = await makeLink(id, { password: secret });
  const page = await get(link);
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin', Cookie: page.headers['set-cookie'][0].split(';')[0] };
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)[1];
  sql(desk.data, 'DELETE FROM login_failure'); // of the tests before, from the same address
  const guess = (i) => request(desk.server, link, { method: 'POST', headers, body: new URLSearchParams({ csrf, password: `đoán ${i}` }).toString() });
  const began = Date.now();
  const statuses = (await Promise.all([...Array(40).keys()].map(guess))).map((answer) => answer.status);
  // Ten, and then one after a second, one after two more, one after four more: of whole seconds, hence two beside.
  const most = 10 + Math.floor(Math.log2((Date.now() - began) / 1000 + 2));
  const tried = statuses.filter((status) => status === 403).length;
  assert.ok(tried >= 10 && tried <= most, `${tried} tried, ${most} at most`);
  assert.equal(statuses.filter((status) => status === 429).length, 40 - tried);
  sql(desk.data, 'DELETE FROM login_failure');
});

test('over, revoked or given up: 410 with the way on; never was: 404', async () => {
  const link = await makeLink(id, { note: 'Hết' });
  sql(desk.data, "UPDATE parcel_link SET expires_at = 1 WHERE note = 'Hết'");
  for (const address of [link, `${link}/zip`]) {
    const answer = await get(address, { 'Accept-Language': 'vi' });
    assert.equal(answer.status, 410);
    assert.match(answer.text, /không còn dùng được[\s\S]*xin liên kết mới/);
  }
  assert.match((await desk.as(lan).get(`/desk/batches/${id}`)).text, /Hết hạn/);
  const taken = await makeLink(id, { note: 'Thu hồi' });
  const name = sql(desk.data, "SELECT lower(hex(token_hash)) FROM parcel_link WHERE note = 'Thu hồi'");
  assert.equal((await desk.as(lan).post(`/desk/batches/${id}/links/${name}/revoke`)).status, 303);
  assert.equal((await get(taken)).status, 410);
  assert.equal((await desk.as(lan).post(`/desk/batches/${id}/links/${name}/revoke`)).status, 404);
  const unknown = await get(`/parcel/${crypto.randomBytes(32).toString('base64url')}`);
  assert.equal(unknown.status, 404);
  assert.match(unknown.text, /Không có liên kết này|There is no such link/);
  for (const odd of ['/parcel/x', `${link}/manifest`, `${link}/zip/x`, '/parcel/%00', `/parcel/${'a'.repeat(3000)}`]) assert.ok([400, 404, 410, 414].includes((await get(odd)).status), odd);
  const other = await makeBatch('Hủy', ['4kj6ghbm']).catch(() => null);
  const code = sql(desk.data, "SELECT code FROM plate WHERE state = 'planned' OR state = 'installed' LIMIT 1");
  const given = other ?? (await makeBatch('Hủy', [code]));
  await made(given);
  const up = await makeLink(given);
  assert.equal((await get(up)).status, 200);
  await desk.as(lan).post(`/desk/batches/${given}/stop`);
  assert.equal((await get(up)).status, 410);
  assert.equal((await get(`${up}/zip`)).status, 410);
});

test('says to come back while the batch is made again', async () => {
  const link = await makeLink();
  sql(desk.data, `UPDATE batch SET state = 'running' WHERE id = ${id}`);
  const answer = await get(link);
  sql(desk.data, `UPDATE batch SET state = 'made' WHERE id = ${id}`);
  assert.equal(answer.status, 503);
  assert.ok(answer.headers['retry-after']);
  const file = path.join(desk.data, 'batches', `${id}.zip`);
  fs.renameSync(file, `${file}.away`);
  assert.equal((await get(`${link}/zip`)).status, 503);
  fs.renameSync(`${file}.away`, file);
});

test('bounds how many fetch at once', async () => {
  const link = await makeLink();
  const plain = fs.openSync(path.join(desk.data, 'batches', `${id}.zip`), 'r+');
  fs.closeSync(plain);
  const held = [];
  // A connection that reads nothing: the parcel is larger than what the system's buffers take.
  const file = path.join(desk.data, 'batches', `${id}.zip`);
  const bytes = fs.readFileSync(file);
  fs.writeFileSync(file, Buffer.alloc(24 << 20));
  try {
    for (let i = 0; i < 16; i += 1) {
      const c = await connect(desk.server);
      c.socket.pause();
      c.write(`GET ${link}/zip HTTP/1.1\r\nHost: x\r\n\r\n`);
      held.push(c);
    }
    await sleep(500);
    const refused = await get(`${link}/zip`, { Range: 'bytes=5-9' });
    assert.equal(refused.status, 503);
    assert.ok(refused.headers['retry-after']);
    assert.equal((await get(link)).status, 200); // the page is no download
    held.pop().end();
    await sleep(300);
    assert.equal((await get(`${link}/zip`, { Range: 'bytes=5-9' })).status, 206);
  } finally {
    for (const c of held) c.end();
    fs.writeFileSync(file, bytes);
  }
});

test('refuses a link that makes no sense, and keeps what was typed', async () => {
  for (const [fields, sentence] of [
    [{ days: '999' }, /Hãy chọn một thời hạn/],
    [{ password: 'ngắn' }, /Mật khẩu cần ít nhất 8 ký tự/],
  ]) {
    const answer = await desk.as(lan).post(`/desk/batches/${id}/links`, { note: 'Giữ lại', days: '7', password: '', ...fields });
    assert.equal(answer.status, 422);
    assert.match(answer.text, sentence);
    assert.match(answer.text, /value="Giữ lại"/);
  }
});

test('tokens and passwords are in no log and no store', async () => {
  const link = await makeLink(id, { password: secret });
  await get(link);
  await get(`${link}/`);
  await get(`${link}/zip/more`);
  await get(`${link}?page=2`);
  await get(link.replace('parcel', '%70arcel'));
  await get(link.replace('parcel', 'Parcel'));
  await get(`${link}%zz`);
  await request(desk.server, link, { method: 'PUT' });
  await enter(link, secret);
  await sleep(1300); // the log is written once a second
  const token = link.split('/').at(-1);
  const log = desk.server.log();
  assert.match(log, /path="\/parcel\/\{token\}"/);
  assert.doesNotMatch(log, new RegExp(token));
  assert.doesNotMatch(log, /n%C6%B0%E1%BB%9Bc|nước/);
  for (const name of fs.readdirSync(desk.data).filter((file) => file.startsWith('stele.db')))
    assert.ok(!fs.readFileSync(path.join(desk.data, name)).includes(token), name);
  const first = crypto.randomBytes(32).toString('base64url');
  await get(`/desk/first/${first}`);
  await sleep(1300);
  assert.doesNotMatch(desk.server.log(), new RegExp(first));
});
