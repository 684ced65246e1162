// The file of an import in pieces: an archive of hundreds of megabytes through a network that goes and a server that is
// killed, with bounded memory; what is refused before a byte is sent; stopping what runs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { addPerson, asPerson, openDesk, sql, untilEnd, whenOver } from '../desk_room.mjs';
import { newFolder, stele } from '../sample.mjs';
import { request, sleep, startServer } from './lib.mjs';

const end = untilEnd(after);
const sanitized = process.env.STELE_BUILD?.endsWith('build-test'); // slower, and keeps what was freed
const megabytes = Number(process.env.STELE_ARCHIVE_MB ?? (sanitized ? 20 : 60));
const rowCount = sanitized ? 5000 : 20000;
const json = { Accept: 'application/json' };
let desk, lan, minh, novice, work, server;
before(async () => {
  work = newFolder(end);
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      minh = addPerson(data, 'Minh');
      novice = addPerson(data, 'Tập sự', { mayPublish: false });
    },
  });
  server = desk.server;
});
const as = (person) => asPerson(server, person);
const begin = (person, name, bytes, extra = {}) => as(person).post('/desk/imports/uploads', { name, bytes, lang: 'vi', encoding: '', ...extra }, json);
const piece = (person, upload, offset, body) =>
  request(server, `/desk/imports/uploads/${upload}?offset=${offset}`, {
    method: 'POST',
    headers: { Cookie: `stele=${person.token}`, 'Sec-Fetch-Site': 'same-origin', 'X-CSRF-Token': person.csrf, 'Content-Type': 'application/octet-stream', ...json },
    body,
  });
const ask = async (person, upload) => JSON.parse((await as(person).get(`/desk/imports/uploads/${upload}`, json)).text);
const parse = (answer, status) => {
  assert.equal(answer.status, status, answer.text);
  return JSON.parse(answer.text);
};

// A bundle of films that do not pack, written by Python's zipfile without compression.
function makeArchive(name, megabytesOfMedia) {
  const out = path.join(work, name);
  const script = `
import json, os, struct, sys, zipfile
out, n = sys.argv[1], int(sys.argv[2])
with open(sys.argv[3], 'rb') as f: film = f.read()
with zipfile.ZipFile(out, 'w') as z:
    z.writestr('bundle.json', json.dumps({'format': 'stele-bundle', 'version': 1, 'languages': ['vi']}))
    z.writestr('terms.json', json.dumps({'kind': [{'key': 'pagoda', 'labels': {'vi': 'Chùa'}}]}))
    for i in range(n):
        z.writestr(f'sites/chua-lon-{i}/site.json', json.dumps({'kind': 'pagoda', 'media': [{'file': 'media/phim.mp4'}]}))
        z.writestr(f'sites/chua-lon-{i}/vi.md', f'# Chùa Lớn {i}\\n\\nMột đoạn.\\n')
        free = os.urandom(10 << 20)
        z.writestr(f'sites/chua-lon-{i}/media/phim.mp4', film + struct.pack('>I', len(free) + 8) + b'free' + free)
`;
  const film = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../fixtures/media/tall.mp4');
  const made = spawnSync('python3', ['-c', script, out, String(Math.ceil(megabytesOfMedia / 10)), film], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  return out;
}

const memory = () => {
  const text = fs.readFileSync(`/proc/${server.child.pid}/status`, 'utf8');
  return { now: Number(/VmRSS:\s+(\d+)/.exec(text)[1]) / 1024, most: Number(/VmHWM:\s+(\d+)/.exec(text)[1]) / 1024 };
};
const runs = async (location) => {
  const answer = await as(lan).get(location, json);
  return answer.status === 200 ? JSON.parse(answer.text) : { running: false };
};
// As whenOver, for work whose length depends on the machine.
async function whenDone(answer) {
  const { location } = answer.headers;
  for (let i = 0; i < 4500 && (await runs(location)).running; i += 1) await sleep(200);
  return as(lan).get(location);
}
const start = async () => (server = await startServer(stele, ['serve', '--data', desk.data, '--listen', '127.0.0.1:0']));

test('a large archive: sent, through a killed server, looked through, landed, packed and downloaded', async (t) => {
  const file = makeArchive('lớn.zip', megabytes), { size } = fs.statSync(file);
  const handle = fs.openSync(file);
  const read = (from) => {
    const buffer = Buffer.alloc(Math.min(1 << 20, size - from));
    fs.readSync(handle, buffer, 0, buffer.length, from);
    return buffer;
  };
  const { upload } = parse(await begin(lan, 'lớn.zip', size), 201);
  const half = Math.floor(size / 2 / (1 << 20)) << 20;
  let from = 0;
  for (; from < half; from += 1 << 20) parse(await piece(lan, upload, from, read(from)), 200);
  assert.match((await as(lan).get('/desk/imports/new')).text, /lớn\.zip<\/span>[^]*?Mới gửi được 4\d %|Mới gửi được 50 %/);
  await server.stop('SIGKILL');
  await start();
  end.after(() => server.stop());
  const before = memory();
  assert.deepEqual(((told) => [told.state, told.received])(await ask(lan, upload)), ['coming', from]);
  assert.equal(parse(await piece(lan, upload, from - 5, read(0)), 409).received, from);
  let told;
  for (; from < size; from += 1 << 20) told = parse(await piece(lan, upload, from, read(from)), 200);
  fs.closeSync(handle);
  assert.deepEqual([told.state, told.location], ['done', `/desk/imports/file/${upload}`]);
  assert.equal((await ask(lan, upload)).location, told.location, 'asked again after a lost answer');
  assert.equal(sql(desk.data, 'SELECT count(*) FROM upload'), '0');
  const sent = memory();
  const looked = await whenDone({ headers: told });
  assert.match(looked.text, /Nhập cả gói/);
  const landed = await whenDone(await as(lan).post(told.location, { land: '1' }));
  assert.match(landed.headers.location ?? landed.text, /^\/desk\/imports\/\d+$/);
  assert.equal(Number(sql(desk.data, "SELECT count(*) FROM site_media l JOIN site s ON s.id = l.site_id WHERE s.slug LIKE 'chua-lon-%'")), Math.ceil(megabytes / 10));
  const imported = memory();
  const packed = await whenDone(await as(lan).post('/desk/exports/bundle'));
  const answer = await new Promise((resolve, reject) => {
    import('node:http').then(({ default: http }) => {
      const address = /href="(\/desk\/exports\/bundle\/[^"]+)"/.exec(packed.text)[1];
      http.get({ host: server.host, port: server.port, path: address, headers: { Cookie: `stele=${lan.token}` } }, (res) => {
        let bytes = 0;
        res.on('data', (chunk) => (bytes += chunk.length));
        res.on('end', () => resolve({ bytes, length: Number(res.headers['content-length']) }));
      }).on('error', reject);
    });
  });
  assert.ok(answer.bytes === answer.length && answer.bytes > size * 0.9, `${answer.bytes}`);
  const all = memory();
  t.diagnostic(`an archive of ${(size / 1e6).toFixed(0)} MB: ${before.now.toFixed(0)} MiB before, ${sent.most.toFixed(0)} at the most while it was sent, ${imported.most.toFixed(0)} with look and import, ${all.most.toFixed(0)} with packing and download`);
  if (!sanitized) assert.ok(all.most < before.now + 40, 'memory does not grow with the archive');
});

test('what will not do is refused before a byte is sent', async () => {
  for (const [name, bytes, status, words, extra] of [
    ['a.zip', 0, 400, /có nội dung/],
    ['a.zip', 2 * 2 ** 30 + 1, 413, /nặng hơn 2 GB/],
    ['bảng.csv', (32 << 20) + 1, 413, /CSV và GeoJSON tối đa 32 MB/],
    ['bảng.xlsx', 1000, 415, /tệp bảng tính/],
    ['bundle.json', 1000, 415, /gói di tích \(\.zip/],
    ['ảnh.jpg', 1000, 415, /gói di tích \(\.zip/],
    ['a.csv', 1000, 400, /ngôn ngữ trong danh sách/, { lang: 'xx' }],
  ]) {
    const told = parse(await begin(lan, name, bytes, extra), status);
    assert.match(told.message, words, name);
  }
  assert.equal((await begin(novice, 'a.zip', 1000)).status, 403);
  assert.equal(sql(desk.data, 'SELECT count(*) FROM upload'), '0');
});

test('a disk without room is told in figures, with the limit that was set', async (t) => {
  const own = await openDesk(t, { before: (data) => ({ an: addPerson(data, 'An') }), args: ['--import-bytes', '900G'] });
  const post = (bytes) => own.as(own.people.an).post('/desk/imports/uploads', { name: 'a.zip', bytes, lang: 'vi', encoding: '' }, json);
  const free = fs.statfsSync(own.data);
  const told = parse(await post(free.bavail * free.bsize), 503); // it needs three times that
  assert.equal(told.code, 'full');
  assert.match(told.message, /không còn đủ chỗ cho tệp này: cần \d+ MB, chỉ còn \d+ MB/);
  assert.match((await own.as(own.people.an).get('/desk/imports/new')).text, /tối đa 900 GB/);
});

test('a table in pieces goes on to its columns; a workbook in disguise is thrown away with its first piece', async () => {
  const table = Buffer.from('key,title,kind\nP-1,Chùa Mảnh,Chùa\n');
  const { upload } = parse(await begin(lan, '../../bảng.csv', table.length), 201);
  const told = parse(await piece(lan, upload, 0, table), 200);
  assert.match((await as(lan).get(told.location)).text, /Tệp bảng\.csv[^]*Chùa Mảnh/);
  assert.ok(!fs.existsSync(path.join(desk.data, 'bảng.csv')));
  const workbook = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(100)]);
  const begun = parse(await begin(lan, 'bảng.csv', workbook.length), 201);
  assert.match(parse(await piece(lan, begun.upload, 0, workbook), 415).message, /tệp bảng tính/);
  assert.equal((await as(lan).get(`/desk/imports/uploads/${begun.upload}`, json)).status, 404);
  assert.ok(!fs.existsSync(path.join(desk.data, 'uploads', begun.upload)));
});

test('is the sender’s alone, can be stopped, and one at a time of the largest', async () => {
  const { upload } = parse(await begin(lan, 'a.zip', 2 ** 31), 201);
  assert.match(parse(await begin(lan, 'b.zip', 1000), 503).message, /còn một tệp khác đang gửi dở/);
  assert.equal((await piece(minh, upload, 0, Buffer.alloc(100))).status, 404);
  assert.equal((await as(minh).post(`/desk/imports/uploads/${upload}/drop`, {}, json)).status, 200);
  assert.equal((await ask(lan, upload)).state, 'coming');
  parse(await piece(lan, upload, 0, Buffer.alloc(1 << 20)), 200);
  const plain = await as(lan).post(`/desk/imports/uploads/${upload}/drop`);
  assert.deepEqual([plain.status, plain.headers.location], [303, '/desk/imports/new']);
  assert.deepEqual(fs.readdirSync(path.join(desk.data, 'uploads/coming')), []);
  assert.ok(!fs.existsSync(path.join(desk.data, 'uploads', upload)));
  const answers = await Promise.all(['a', 'b'].map((name) => begin(lan, `${name}.zip`, 2 ** 31)));
  assert.deepEqual(answers.map((a) => a.status).sort(), [201, 503]);
  await as(lan).post(`/desk/imports/uploads/${JSON.parse(answers.find((a) => a.status === 201).text).upload}/drop`);
});

// --- stopping what runs

const rows = (from, count) =>
  Buffer.from(['key,title,kind,address', ...Array.from({ length: count }, (_, i) => `D-${from + i},Chùa Dừng ${from + i},Chùa,"Số ${i}, đường Dài"`)].join('\n'));
const columns = { state: 'draft', 'column.0': 'key', 'column.1': 'title', 'column.2': 'kind', 'column.3': 'address' };
const here = () => Number(sql(desk.data, "SELECT count(*) FROM site WHERE key LIKE 'D-%' AND state <> 'binned'"));
async function untilMoving(location) {
  for (let i = 0; i < 2000; i += 1) {
    const told = await runs(location);
    if (!told.running || told.done > 0) return told.running;
    await sleep(5);
  }
  throw new Error('it never moves');
}

test('an import, and the undoing of one, are stopped from their page; nothing of them stays', async () => {
  const { headers } = await as(lan).upload('/desk/imports/new', { lang: 'vi', encoding: '', file: { file: 'dừng.csv', bytes: rows(0, rowCount) } });
  const { location } = headers;
  await as(lan).post(location, { ...columns, land: '1' });
  assert.ok(await untilMoving(location));
  const button = /action="(\/desk\/imports\/file\/[0-9a-f]+\/stop)"/.exec((await as(lan).get(location)).text);
  assert.equal((await as(minh).post(button[1])).status, 404, 'it is hers');
  assert.equal((await as(lan).post(button[1])).headers.location, location);
  const stopped = await whenOver(as(lan), { status: 303, headers: { location } });
  assert.match(stopped.text, /Đã dừng theo yêu cầu\. Chưa có gì được nhập/);
  assert.match(stopped.text, /<option value="title" selected/, 'what was chosen is still there');
  assert.equal(here(), 0);

  await as(lan).post(location, { ...columns, land: '1' });
  const landed = (await whenOver(as(lan), { status: 303, headers: { location } })).headers.location;
  assert.equal(here(), rowCount);
  await as(lan).post(`${landed}/undo`);
  assert.ok(await untilMoving(landed));
  assert.match((await as(lan).get(landed)).text, new RegExp(`action="${landed}/undo/stop"`));
  assert.equal((await as(novice).post(`${landed}/undo/stop`)).status, 403);
  assert.equal((await as(minh).post(`${landed}/undo/stop`)).status, 303, 'whoever may undo may stop it');
  const page = await whenOver(as(lan), { status: 303, headers: { location: landed } });
  assert.match(page.text, /Đã dừng hoàn tác theo yêu cầu\. Chưa có gì thay đổi/);
  assert.match(page.text, /Hoàn tác cả lần nhập/);
  assert.equal(here(), rowCount);
  await as(lan).post(`${landed}/undo`);
  assert.match((await whenOver(as(lan), { status: 303, headers: { location: landed } })).text, /Lần nhập này đã được hoàn tác/);
  assert.equal(here(), 0);
  assert.equal((await as(lan).post(`${landed}/undo/stop`)).status, 303, 'nothing runs any more');
});
