// A long import: seen from outside while it runs, by others who write, by visitors, and when the server ends in the middle.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { addPerson, asPerson, openDesk, siteId, sql, untilEnd, whenOver } from '../desk_room.mjs';
import { stele } from '../sample.mjs';
import { makePng } from '../photos.mjs';
import { request, sleep, startServer } from './lib.mjs';

const end = untilEnd(after);
let desk, lan, minh, chi;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      minh = addPerson(data, 'Minh');
      chi = addPerson(data, 'Chi', { role: 'admin' });
    },
  });
});

const rows = (from, count) =>
  Buffer.from(['key,title,kind,address', ...Array.from({ length: count }, (_, i) => `L-${from + i},Chùa Dài ${from + i},Chùa,"Số ${i}, đường Dài"`)].join('\n'));
const landed = () => Number(sql(desk.data, "SELECT count(*) FROM site WHERE key LIKE 'L-%'"));
const columns = { state: 'draft', 'column.0': 'key', 'column.1': 'title', 'column.2': 'kind', 'column.3': 'address' };

async function begin(as, file, bytes) {
  const { headers } = await as.upload('/desk/imports/new', { lang: 'vi', encoding: '', file: { file, bytes } });
  const sent = await as.post(headers.location, { ...columns, land: '1' });
  assert.equal(sent.status, 303, sent.text);
  assert.equal(sent.headers.location, headers.location);
  return headers.location;
}

const state = async (as, location) => JSON.parse((await as.get(location, { Accept: 'application/json' })).text);

const over = (as, location) => whenOver(as, { status: 303, headers: { location } });

test('others see it, wait a little, and are told; visitors notice nothing', async (t) => {
  const as = desk.as(lan), other = desk.as(minh);
  const location = await begin(as, 'dài.csv', rows(0, 20000));
  const page = await as.get(location);
  assert.match(page.text, /<h1>Đang đọc tệp<\/h1>/);
  assert.match(page.text, /<noscript><meta http-equiv="refresh" content="3"><\/noscript>/);
  assert.match((await other.get('/desk/imports')).text, /Đang chạy: dài\.csv \(Lan\)/);
  // a second one is not begun
  const second = await other.upload('/desk/imports/new', { lang: 'vi', encoding: '', file: { file: 'khác.csv', bytes: rows(100000, 2) } });
  const refused = await other.post(second.headers.location, { ...columns, land: '1' });
  const told = await other.get(second.headers.location, { Cookie: `stele=${minh.token}; ${refused.headers['set-cookie'][0].split(';')[0]}` });
  assert.match(told.text, /Đang có một việc khác chạy/);
  // another editor saves, and visitors read
  const form = await other.get(`/desk/sites/${siteId(desk.data, 'dinh-binh-thuy')}`);
  assert.equal(form.status, 200);
  const waits = [], visits = [];
  let done = -1, seen = 0, busy = 0, runs = true;
  const watch = async () => {
    for (let now = await state(as, location); now.running; now = await state(as, location)) {
      assert.ok(now.done >= done && now.done <= now.total, `${done} then ${now.done} of ${now.total}`);
      seen += now.done > done && now.done > 0;
      done = now.done;
      await sleep(20);
    }
  };
  const watching = watch().finally(() => { runs = false; });
  while (runs) {
    const began = performance.now();
    const answer = await other.post('/desk/language', { language: 'vi', next: '/desk/' });
    waits.push(performance.now() - began);
    assert.ok([303, 503].includes(answer.status), String(answer.status));
    if (answer.status === 503) {
      busy += 1;
      assert.match(answer.text, /Máy chủ đang bận, có thể vì một lần nhập lớn/);
    }
    for (let i = 0; i < 5; i += 1) {
      const visit = performance.now();
      assert.equal((await request(desk.server, '/vi/sites/dinh-binh-thuy')).status, 200);
      visits.push(performance.now() - visit);
    }
  }
  await watching;
  t.diagnostic(`an editor waited ${Math.round(Math.max(...waits))} ms at most in ${waits.length} tries, ${busy} were told to wait; a visitor ${Math.round(Math.max(...visits))} ms`);
  assert.ok(seen > 0, 'it moved');
  assert.ok(Math.max(...waits) < 3000);
  assert.ok(Math.max(...visits) < 1000);
  const answer = await as.get(location);
  assert.match(answer.headers.location, /^\/desk\/imports\/\d+$/);
  assert.equal(landed(), 20000);
  // while another program writes for long it cannot be undone, and the page says so
  const writer = spawn('flock', ['-x', path.join(desk.data, 'stele.lock'), 'sleep', '8']);
  await sleep(300);
  await as.post(`${answer.headers.location}/undo`);
  assert.match((await over(as, answer.headers.location)).text, /role="alert">Chưa hoàn tác được: .*Chưa có gì thay đổi/);
  assert.equal(landed(), 20000);
  await new Promise((resolve) => writer.once('exit', resolve));
  const undone = await as.post(`${answer.headers.location}/undo`);
  assert.equal(undone.status, 303);
  assert.match((await as.get(undone.headers.location)).text, /<h1>Đang hoàn tác<\/h1>/);
  assert.match((await over(as, undone.headers.location)).text, /Lần nhập này đã được hoàn tác/);
  assert.equal(Number(sql(desk.data, "SELECT count(*) FROM site WHERE key LIKE 'L-%' AND state <> 'binned'")), 0);
});

test('files that are sent meanwhile are told to wait, and the import is stopped at once', async (t) => {
  const as = desk.as(lan), other = desk.as(minh);
  const id = siteId(desk.data, 'dinh-binh-thuy');
  const json = { Accept: 'application/json' };
  const uploads = `/desk/sites/${id}/media/uploads`;
  const begun = JSON.parse((await other.post(uploads, { name: 'a.png', bytes: 100000 }, json)).text);
  const logo = makePng(320, 160);
  const location = await begin(as, 'dừng.csv', rows(400000, 150000));
  while (!(await state(as, location)).done) await sleep(10);
  // as many as the server has workers, and more
  const started = performance.now();
  const sent = [
    ...[1, 2].map((n) => other.post(uploads, { name: `p${n}.jpg`, bytes: 100000 }, json)),
    request(desk.server, `${uploads}/${begun.upload}?offset=0`, {
      method: 'POST',
      headers: { ...json, Cookie: `stele=${minh.token}`, 'Sec-Fetch-Site': 'same-origin', 'X-CSRF-Token': minh.csrf, 'Content-Type': 'application/octet-stream' },
      body: logo,
    }),
    other.post(`${uploads}/${begun.upload}/drop`, {}, json),
    desk.as(chi).upload('/desk/settings/logo', { logo: { file: 'logo.png', bytes: logo } }),
  ];
  const answers = await Promise.all(sent);
  assert.ok((await state(as, location)).running, 'it still runs');
  assert.deepEqual(answers.map(({ status }) => status), [503, 503, 503, 503, 503]);
  for (const { text } of answers) assert.ok(!text.includes(desk.data), text);
  const again = sent.slice(0, 2).map(() => other.post(uploads, { name: 'q.jpg', bytes: 100000 }, json));
  await as.post(`${location}/stop`);
  assert.match((await over(as, location)).text, /Đã dừng theo yêu cầu\. Chưa có gì được nhập/);
  await Promise.all(again);
  t.diagnostic(`all of it took ${Math.round(performance.now() - started)} ms`);
  assert.equal(Number(sql(desk.data, "SELECT count(*) FROM site WHERE key BETWEEN 'L-400000' AND 'L-549999' AND length(key) = 8")), 0);
  assert.equal((await other.post(uploads, { name: 'p.jpg', bytes: 100000 }, json)).status, 201);
  assert.equal((await desk.as(chi).upload('/desk/settings/logo', { logo: { file: 'logo.png', bytes: logo } })).status, 303);
});

test('a server that ends in the middle leaves nothing half landed, and says so', async (t) => {
  const before = landed();
  const location = await begin(desk.as(lan), 'giữa chừng.csv', rows(200000, 60000));
  while (!(await state(desk.as(lan), location)).done) await sleep(20);
  desk.server.child.kill('SIGKILL');
  await new Promise((resolve) => desk.server.child.once('exit', resolve));
  const server = await startServer(stele, ['serve', '--data', desk.data, '--listen', '127.0.0.1:0']);
  t.after(() => server.stop());
  const as = asPerson(server, lan);
  assert.equal(landed(), before);
  const page = await as.get(location);
  assert.match(page.text, /Máy chủ đã khởi động lại giữa chừng\. Chưa có gì được nhập/);
  assert.match(page.text, /<option value="title" selected/, 'what was chosen is still there');
  await as.post(location, { ...columns, land: '1' });
  const answer = await over(as, location);
  assert.match(answer.headers.location, /^\/desk\/imports\/\d+$/);
  assert.equal(landed(), before + 60000);
  // the same, ended by the service manager
  const again = await as.upload('/desk/imports/new', { lang: 'vi', encoding: '', file: { file: 'lần nữa.csv', bytes: rows(300000, 15000) } });
  await as.post(again.headers.location, { ...columns, land: '1' });
  await server.stop();
  assert.equal(landed(), before + 60000);
});
