// Batches at the desk, made by the real stele-qrgen: from the choice of plates to the parcel, through every way in which
// that can stop: a person, the server, a disk, a design.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { connect, request, runProgram, sleep, sourceFolder, startServer } from './lib.mjs';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';
import { newFolder, qrgen, stele } from '../sample.mjs';

const end = untilEnd(after);
const base = 'https://ditich.example.vn';
let desk, lan, tu, an, chi;
before(async () => {
  desk = await openDesk(end, {
    args: ['--base-url', base],
    before: (data) => {
      lan = addPerson(data, 'Lan');
      tu = addPerson(data, 'Tú', { role: 'field' });
      chi = addPerson(data, 'Chi', { role: 'admin' });
      an = addPerson(data, 'An', { areas: [sql(data, "SELECT a.key FROM site s JOIN term a ON a.id = s.area_id WHERE s.slug = 'dinh-binh-thuy'")] });
    },
  });
});

const words = (code) => `${code.slice(0, 4)}-${code.slice(4)}`.toUpperCase();
const options = { name: 'Đợt thử', copies: '1', design: 'bare', measure: 'design', amount: '', dpi: '300', paper: 'none', material: '', do: 'make' };
const form = (fields, plates = [], formats = ['png']) => [...Object.entries({ ...options, ...fields }), ...formats.map((f) => ['formats', f]), ...plates.map((p) => ['plate', p])];
const batch = (data, id, column) => sql(data, `SELECT ${column} FROM batch WHERE id = ${id}`);
const plateState = (data, code) => sql(data, `SELECT state FROM plate WHERE code = '${code}'`);
const hash = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

// New plates of a site, planned.
async function makePlates(room, person, slug, count) {
  const had = new Set(sql(room.data, 'SELECT code FROM plate').split('\n'));
  const answer = await room.as(person).post('/desk/plates/new', { site: siteId(room.data, slug), each: String(count) });
  assert.equal(answer.status, 303, answer.text);
  return sql(room.data, 'SELECT code FROM plate').split('\n').filter((code) => !had.has(code));
}

async function makeBatch(room, person, fields, plates, formats, address = '/desk/batches/new') {
  const answer = await room.as(person).post(address, form(fields, plates, formats));
  assert.equal(answer.status, 303, /class="problem[s"][\s\S]{0,600}/.exec(answer.text)?.[0] ?? answer.text);
  return Number(/\/desk\/batches\/(\d+)$/.exec(answer.headers.location)[1]);
}

async function until(room, id, ...states) {
  for (let i = 0; i < 2400; i += 1) {
    const state = batch(room.data, id, 'state');
    if (states.includes(state)) return state;
    await sleep(50);
  }
  assert.fail(`batch ${id} is ${batch(room.data, id, "state || ': ' || message")}, not ${states}`);
}

const files = (zip) => execFileSync('python3', ['-c', 'import sys,zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))', zip], { encoding: 'utf8' }).trim().split('\n');

// Processes of ours whose command line has the word.
const running = (word) =>
  fs.readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
    } catch {
      return false;
    }
  }).map(Number);

test('makes a parcel whose codes scan, and moves the plates', async (t) => {
  const plates = await makePlates(desk, lan, 'dinh-binh-thuy', 2);
  const id = await makeBatch(desk, lan, { name: 'Đợt một', material: 'mica mờ' }, plates, ['png', 'svg', 'pdf']);
  assert.equal(plateState(desk.data, plates[0]), 'in-batch');
  await until(desk, id, 'made');
  const zip = await desk.as(lan).get(`/desk/batches/${id}/zip`);
  assert.equal(zip.status, 200);
  assert.equal(zip.headers['content-type'], 'application/zip');
  assert.match(zip.headers.etag, /^"[0-9a-f]{45}"$/); // strong
  assert.ok(batch(desk.data, id, 'sha256').startsWith(zip.headers.etag.slice(1, -1)));
  assert.equal(hash(zip.body), batch(desk.data, id, 'sha256'));
  assert.equal(zip.body.length, Number(batch(desk.data, id, 'bytes')));
  const folder = newFolder(t);
  fs.writeFileSync(path.join(folder, 'a.zip'), zip.body);
  const names = files(path.join(folder, 'a.zip'));
  assert.equal(names.filter((name) => /^(png|pdf|svg)\//.test(name)).length, 6, names.join(' '));
  for (const name of ['manifest.csv', 'manifest.json', 'proof.pdf', 'READ-ME.vi.txt']) assert.ok(names.includes(name), name);
  const png = names.find((name) => name.startsWith('png/') && name.includes(plates[1]));
  execFileSync('python3', ['-c', 'import sys,zipfile; open(sys.argv[3],"wb").write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))', path.join(folder, 'a.zip'), png, path.join(folder, 'x.png')]);
  assert.equal(execFileSync('zbarimg', ['-q', '--raw', path.join(folder, 'x.png')], { encoding: 'utf8' }).trim(), `${base}/${plates[1]}`);
  const page = (await desk.as(lan).get(`/desk/batches/${id}`)).text;
  assert.match(page, /Sẵn sàng gửi in/);
  assert.match(page, new RegExp(batch(desk.data, id, 'sha256')));
  assert.match(page, /mica mờ/);
  const picture = await desk.as(lan).get(`/desk/batches/${id}/pictures/1`);
  assert.equal(picture.body.subarray(1, 4).toString(), 'PNG');
  const plate = (await desk.as(tu).get(`/desk/plates/${plates[0]}`)).text;
  assert.match(plate, /Đợt một/);
  assert.equal((await desk.as(lan).post(`/desk/batches/${id}/printed`)).status, 303);
  assert.equal(plateState(desk.data, plates[1]), 'printed');
  assert.equal((await desk.as(lan).post(`/desk/batches/${id}/printed`)).status, 303); // said already: a word, no error
  const activity = (await desk.as(chi).get('/desk/activity?what=batch.&per=50')).text;
  for (const part of ['đã lập đợt in Đợt một', 'đã tạo xong tệp của đợt in Đợt một', 'đã tải gói in của đợt in Đợt một', 'nhà in giao đủ đợt in Đợt một'])
    assert.ok(activity.includes(part), part);
});

test('makes it again bit for bit, whatever was edited meanwhile, and shows that', async () => {
  const plates = await makePlates(desk, lan, 'mo-phan-van-tri', 1);
  const id = await makeBatch(desk, lan, { name: 'Lại' }, plates, ['png', 'pdf']);
  await until(desk, id, 'made');
  sql(desk.data, `UPDATE text SET title = 'Tên khác' WHERE site_id = ${siteId(desk.data, 'mo-phan-van-tri')}`);
  fs.rmSync(path.join(desk.data, 'batches', `${id}.zip`));
  assert.match((await desk.as(lan).get(`/desk/batches/${id}`)).text, /Tệp không còn trên máy chủ/);
  assert.equal((await desk.as(lan).get(`/desk/batches/${id}/zip`)).status, 404);
  const check = await runProgram(stele, ['check', '--data', desk.data]);
  assert.equal(check.code, 0, check.stderr);
  assert.match(check.stderr, /1 parcel.*not here.*make/);
  assert.equal((await desk.as(lan).post(`/desk/batches/${id}/again`)).status, 303);
  await until(desk, id, 'made');
  assert.equal(batch(desk.data, id, 'makings'), '2');
  assert.equal(batch(desk.data, id, 'sha256'), batch(desk.data, id, 'first_sha256'));
  assert.match((await desk.as(lan).get(`/desk/batches/${id}`)).text, /giống hệt lần đầu/);
  const file = path.join(desk.data, 'batches', `${id}.zip`);
  fs.appendFileSync(file, 'x');
  const changed = await runProgram(stele, ['check', '--data', desk.data]);
  assert.equal(changed.code, 1);
  assert.match(changed.stderr, new RegExp(`batches/${id}.zip: .*make the batch again`));
  fs.truncateSync(file, fs.statSync(file).size - 1);
});

test('resumes a download and refuses a part of another file', async () => {
  const plates = await makePlates(desk, lan, 'mo-phan-van-tri', 1);
  const id = await makeBatch(desk, lan, { name: 'Tải' }, plates);
  await until(desk, id, 'made');
  const whole = await desk.as(lan).get(`/desk/batches/${id}/zip`);
  const half = whole.body.length >> 1;
  const second = await desk.as(lan).get(`/desk/batches/${id}/zip`, { Range: `bytes=${half}-`, 'If-Range': whole.headers.etag });
  assert.equal(second.status, 206);
  assert.equal(hash(Buffer.concat([whole.body.subarray(0, half), second.body])), batch(desk.data, id, 'sha256'));
  const other = await desk.as(lan).get(`/desk/batches/${id}/zip`, { Range: `bytes=${half}-`, 'If-Range': '"0123"' });
  assert.equal(other.status, 200);
  assert.equal(other.body.length, whole.body.length);
});

test('chooses by state, area, tour, search, all that was found, and a pasted list with copies', async () => {
  const page = await desk.as(lan).get('/desk/batches/new?all=1');
  assert.equal(page.status, 200);
  assert.match(page.text, /name="all" value="1" checked/);
  for (const name of ['state', 'area', 'tour']) assert.match(page.text, new RegExp(`<select id="list-${name}"`));
  const tour = sql(desk.data, "SELECT t.slug FROM tour t JOIN tour_stop x ON x.tour_id = t.id GROUP BY t.id ORDER BY count(*) LIMIT 1");
  const wanted = sql(
    desk.data,
    `SELECT p.code FROM plate p WHERE p.state NOT IN ('retired', 'in-batch', 'printed') AND (p.site_id IN (SELECT site_id FROM tour_stop x JOIN tour t ON t.id = x.tour_id WHERE t.slug = '${tour}')
     OR p.tour_id IN (SELECT id FROM tour WHERE slug = '${tour}')) AND NOT EXISTS (SELECT 1 FROM batch_plate y JOIN batch b ON b.id = y.batch_id WHERE y.code = p.code AND b.state = 'made') ORDER BY code`,
  ).split('\n');
  const found = await desk.as(lan).get(`/desk/batches/new?tour=${tour}`);
  for (const code of wanted) assert.ok(found.text.includes(`name="plate" value="${code}"`), code);
  const id = await makeBatch(desk, lan, { name: 'Lộ trình', all: '1' }, [], ['png'], `/desk/batches/new?tour=${tour}`);
  assert.deepEqual(sql(desk.data, `SELECT code FROM batch_plate WHERE batch_id = ${id} ORDER BY code`).split('\n'), wanted);
  await until(desk, id, 'made');
  assert.equal((await desk.as(lan).post(`/desk/batches/${id}/stop`)).status, 303); // given up
  assert.equal(batch(desk.data, id, 'state'), 'stopped');
  assert.ok(!fs.existsSync(path.join(desk.data, 'batches', `${id}.zip`)));

  const [one, two, three] = wanted.length > 2 ? wanted : [...wanted, ...(await makePlates(desk, lan, 'dinh-binh-thuy', 3))];
  const pasted = `${words(one)} 3\n\n  ${two};2\n${three}`;
  const again = await makeBatch(desk, lan, { name: 'Dán', codes: pasted, copies: '5' }, [one]);
  assert.deepEqual(sql(desk.data, `SELECT code || copies FROM batch_plate WHERE batch_id = ${again} ORDER BY sequence`).split('\n'), [`${one}3`, `${two}2`, `${three}5`]);
  const none = await desk.as(lan).post('/desk/batches/new', form({ codes: `${words(one)} 0` }));
  assert.equal(none.status, 422);
  await until(desk, again, 'made');
});

test('ticks and options stay while the list of plates is turned and searched', async () => {
  const codes = [...(await makePlates(desk, lan, 'mo-phan-van-tri', 13)), ...(await makePlates(desk, lan, 'mo-phan-van-tri', 13))];
  const first = (await desk.as(lan).get('/desk/batches/new?q=phan+van+tri')).text;
  const boxes = (html) => [...html.matchAll(/<input type="(checkbox|hidden)" name="plate" value="(\w+)"( checked)?>/g)];
  const carried = (html) => boxes(html).filter(([, type, , checked]) => type === 'hidden' || checked).map(([, , code]) => ['plate', code]);
  const [, next] = /formaction="([^"]*page=2[^"]*)"/.exec(first);
  const one = boxes(first)[0][2];
  const answer = await desk.as(lan).post(next.replaceAll('&amp;', '&'), [...form({ name: 'Lật trang', copies: 'nhiều', do: 'page' }), ['plate', one]]);
  assert.equal(answer.status, 200);
  assert.deepEqual(carried(answer.text), [['plate', one]]);
  assert.match(answer.text, /name="name"[^>]* value="Lật trang"/);
  assert.match(answer.text, /value="nhiều"/);
  assert.doesNotMatch(answer.text, /id="problems"/);
  const found = await desk.as(lan).post('/desk/batches/new', [...form({ name: 'Lật trang', do: 'find' }), ...carried(answer.text), ['q', words(codes[5])], ['state', '']]);
  assert.deepEqual(boxes(found.text).map(([, type, code]) => [type, code]), [['checkbox', codes[5]], ['hidden', one]]);
  for (const code of codes) await desk.as(lan).post(`/desk/plates/${code}/state`, { state: 'retired', reason: 'thử' });
});

test('says beside the field what is wrong, and keeps what was typed', async () => {
  const [code] = await makePlates(desk, lan, 'mo-phan-van-tri', 1);
  const rows = [
    [{ name: ' ' }, [code], ['png'], /Tên cần từ 1 đến 120 ký tự/],
    [{ name: 'x'.repeat(121) }, [code], ['png'], /Tên cần từ 1 đến 120 ký tự/],
    [{}, [], ['png'], /Hãy chọn ít nhất một bảng/],
    [{}, [code], [], /Hãy chọn ít nhất một loại tệp/],
    [{ copies: '0' }, [code], ['png'], /Hãy ghi một số từ 1 đến 999/],
    [{ measure: 'module', amount: '0,5' }, [code], ['png'], /nhỏ hơn 1 mm/],
    [{ measure: 'distance', amount: 'xa' }, [code], ['png'], /Hãy ghi một số lớn hơn 0/],
    [{ measure: 'size', amount: '20' }, [code], ['png'], /quá nhỏ để quét, hoặc rộng hơn chỗ dành cho nó\./],
    [{ design: 'không-có' }, [code], ['png'], /Chương trình vẽ bảng không nhận/],
    [{ paper: 'own', sheet_width: '5', sheet_height: '5' }, [code], ['png'], /rộng và cao từ 50 đến 2.000 mm/],
    [{ codes: 'K7M3-0000\nabc' }, [], ['png'], /không phải là mã đúng/],
    [{ codes: '00000000' }, [], ['png'], /Không có bảng nào mang mã 0000-0000/],
    [{ codes: 'g9f7wxyy' }, [], ['png'], null],
  ];
  sql(desk.data, "UPDATE plate SET state = 'retired' WHERE code = 'g9f7wxyy'");
  rows.at(-1)[3] = /Bảng G9F7-WXYY đã bỏ nên không in được/;
  const had = sql(desk.data, 'SELECT count(*) FROM batch');
  for (const [fields, plates, formats, sentence] of rows) {
    const answer = await desk.as(lan).post('/desk/batches/new', form({ material: 'dặn thử', ...fields }, plates, formats));
    assert.equal(answer.status, 422, JSON.stringify(fields));
    assert.match(answer.text, sentence);
    assert.match(answer.text, /dặn thử/);
  }
  assert.equal(sql(desk.data, 'SELECT count(*) FROM batch'), had);
  assert.equal(plateState(desk.data, code), 'planned');
  const id = await makeBatch(desk, lan, { name: 'Giữ' }, [code]);
  const held = await desk.as(lan).post('/desk/batches/new', form({}, [code]));
  assert.match(held.text, new RegExp(`Bảng ${words(code)} đang nằm trong một đợt in khác`));
  await until(desk, id, 'made');
});

test('shows a real plate before it is printed', async () => {
  const code = sql(desk.data, `SELECT code FROM plate WHERE site_id = ${siteId(desk.data, 'dinh-binh-thuy')} LIMIT 1`);
  const page = await desk.as(lan).post('/desk/batches/new', form({ do: 'preview', design: 'board-a6' }, [code]));
  assert.equal(page.status, 200);
  const src = /<img src="(\/desk\/batches\/preview\.png\?[^"]+)"/.exec(page.text)[1].replaceAll('&amp;', '&');
  const picture = await desk.as(lan).get(src);
  assert.equal(picture.headers['content-type'], 'image/png');
  assert.equal(picture.body.readUInt32BE(16), 620); // 105 mm at 150 dpi
  const small = await desk.as(lan).get(`/desk/batches/preview.png?code=${code}&design=bare&measure=size&amount=5`);
  assert.equal(small.status, 413);
  assert.equal((await desk.as(lan).get(`/desk/batches/preview.png?code=${code}&design=..%2Fx`)).status, 400);
  assert.equal((await desk.as(lan).get('/desk/batches/preview.png?code=00000000&design=bare&measure=design')).status, 404);
});

test('shows the logo of the settings on designs that have room, and keeps the one that it began with', async () => {
  const code = sql(desk.data, `SELECT code FROM plate WHERE site_id = ${siteId(desk.data, 'dinh-binh-thuy')} LIMIT 1`);
  const preview = async () => (await desk.as(lan).get(`/desk/batches/preview.png?code=${code}&design=board-a5&measure=design`)).body;
  const without = await preview();
  const logo = (await desk.as(lan).get(`/desk/plates/${code}/qr.png`)).body; // any PNG in black and white
  const sha256 = hash(logo);
  fs.mkdirSync(path.join(desk.data, 'media', sha256.slice(0, 2)), { recursive: true });
  fs.writeFileSync(path.join(desk.data, 'media', sha256.slice(0, 2), sha256), logo);
  sql(desk.data, `INSERT INTO media (sha256, class, mime, bytes, created_at) VALUES ('${sha256}', 'image', 'image/png', ${logo.length}, 1)`);
  sql(desk.data, `INSERT INTO setting (name, value, updated_at) VALUES ('logo', '"${sha256}"', 1)`);
  const shown = await preview();
  assert.equal(shown.subarray(1, 4).toString(), 'PNG');
  assert.notEqual(hash(shown), hash(without));
  const plates = await makePlates(desk, lan, 'dinh-binh-thuy', 1);
  const id = await makeBatch(desk, lan, { name: 'Có biểu trưng', design: 'board-a5' }, plates, ['pdf']);
  await until(desk, id, 'made');
  assert.equal(JSON.parse(batch(desk.data, id, 'job')).logo, sha256);
  sql(desk.data, "DELETE FROM setting WHERE name = 'logo'");
  await desk.as(lan).post(`/desk/batches/${id}/again`);
  await until(desk, id, 'made');
  assert.equal(batch(desk.data, id, 'makings || (sha256 = first_sha256)'), '21');
});

test('queues a second batch, shows progress, and stops one that is being made', async () => {
  const plates = await makePlates(desk, lan, 'dinh-binh-thuy', 20);
  const more = await makePlates(desk, lan, 'mo-phan-van-tri', 1);
  const first = await makeBatch(desk, lan, { name: 'Lâu', design: 'board-a4', dpi: '1200' }, plates, ['png', 'pdf', 'svg']);
  const second = await makeBatch(desk, lan, { name: 'Chờ' }, more);
  await until(desk, first, 'running');
  assert.equal(batch(desk.data, second, 'state'), 'waiting');
  const generator = running(`/batches/${first}.`);
  assert.equal(generator.length, 1);
  assert.ok(Number(fs.readFileSync(`/proc/${generator[0]}/stat`, 'latin1').split(') ')[1].split(' ')[16]) >= 10, 'a low priority');
  let progress;
  for (let i = 0; i < 2400 && !progress?.total; i += 1) {
    const answer = await desk.as(lan).get(`/desk/batches/${first}/progress`, { Accept: 'application/json' });
    progress = JSON.parse(answer.text);
    if (progress.state !== 'running' || progress.done > 0) break;
    progress = undefined;
    await sleep(50);
  }
  assert.match(progress.words, /Đang vẽ các bảng: \d+ trên 20/);
  const page = (await desk.as(lan).get(`/desk/batches/${first}`)).text;
  assert.match(page, /<progress aria-labelledby="making-words" max="20" value="\d+">/);
  assert.match((await desk.as(lan).get(`/desk/batches/${second}`)).text, /Đang chờ đến lượt/);
  assert.equal((await desk.as(lan).post(`/desk/batches/${first}/stop`)).status, 303);
  assert.equal(batch(desk.data, first, 'state'), 'stopped');
  assert.equal(plateState(desk.data, plates[0]), 'planned');
  await until(desk, second, 'made');
  assert.deepEqual(running(`/batches/${first}.`), []);
  assert.deepEqual(fs.readdirSync(path.join(desk.data, 'batches')).filter((name) => name.startsWith(`${first}.`)), []);
  assert.equal((await desk.as(lan).post(`/desk/batches/${first}/stop`)).status, 303); // once more: a word, no error
});

test('tells from how far each design reads, as the print guide does', async () => {
  const tables = { vi: /\| Bảng A5 \| [^|]+ \| ([\d,]+?)0* m \|/, en: /\| Board A5 \| [^|]+ \| ([\d.]+?)0* m \|/ };
  const guide = (lang) => tables[lang].exec(fs.readFileSync(path.join(sourceFolder, `docs/print-guide.${lang}.md`), 'utf8'))[1];
  const page = (await desk.as(lan).get('/desk/batches/new')).text;
  assert.ok(page.includes(`Bảng A5 đứng (148 × 210 mm), đọc được từ ${guide('vi')} m`), /<option[^>]*>Bảng A5[^<]*/.exec(page)?.[0]);
  const reads = async (query) => JSON.parse((await desk.as(lan).get(`/desk/batches/reads.json?${query}`)).text).words;
  assert.ok((await reads('design=board-a5&measure=design')).includes(` ${guide('vi')} m`));
  assert.match(await reads('design=bare&measure=module&amount=8'), /đọc được từ 2(,0\d)? m/);
  assert.match(await reads('design=board-a4&measure=distance&amount=0,5'), /đọc được từ 0,5 m/);
  assert.equal(await reads('design=board-a4&measure=size&amount=x'), '');
  assert.equal(await reads('design=none&measure=design'), '');
  const sent = await desk.as(lan).post('/desk/batches/new', form({ design: 'board-a5', do: 'preview' }));
  assert.match(sent.text, new RegExp(`id="reads"[^>]*>[^<]* ${guide('vi')} m`));
  assert.equal((await desk.as(tu).get('/desk/batches/reads.json?design=bare&measure=design')).status, 403);
});

test('prints damaged plates again with their codes', async () => {
  const plates = await makePlates(desk, lan, 'dinh-binh-thuy', 3);
  const id = await makeBatch(desk, lan, { name: 'Cũ', design: 'board-a6' }, plates);
  await until(desk, id, 'made');
  const early = await desk.as(lan).post(`/desk/batches/${id}/reprint`, [['name', 'Sớm'], ['plate', plates[1]]]);
  assert.equal(early.status, 422);
  await desk.as(lan).post(`/desk/batches/${id}/printed`);
  await desk.as(tu).post(`/desk/plates/${plates[1]}/state`, { state: 'damaged' });
  const none = await desk.as(lan).post(`/desk/batches/${id}/reprint`, { name: 'Lại' });
  assert.equal(none.status, 422);
  assert.match(none.text, /Hãy đánh dấu ít nhất một bảng cần in lại/);
  const answer = await desk.as(lan).post(`/desk/batches/${id}/reprint`, [['name', 'Cũ – in lại'], ['plate', plates[1]]]);
  assert.equal(answer.status, 303, answer.text);
  const again = Number(answer.headers.location.split('/').at(-1));
  assert.equal(sql(desk.data, `SELECT code FROM batch_plate WHERE batch_id = ${again}`), plates[1]);
  assert.match(batch(desk.data, again, 'job'), /board-a6/);
  await until(desk, again, 'made');
  assert.match((await desk.as(lan).get(`/desk/batches/${again}`)).text, new RegExp(`in lại từ đợt số ${id}`));
  await desk.as(lan).post(`/desk/batches/${again}/stop`);
  assert.equal(plateState(desk.data, plates[1]), 'damaged');
});

test('a reprint has the words of its batch, a new batch those of today', async () => {
  const slug = 'dinh-binh-thuy';
  const [good, moved] = await makePlates(desk, lan, slug, 2);
  const id = await makeBatch(desk, lan, { name: 'Chữ cũ', design: 'board-a6' }, [good, moved]);
  await until(desk, id, 'made');
  await desk.as(lan).post(`/desk/batches/${id}/printed`);
  const title = sql(desk.data, `SELECT title FROM text WHERE lang = 'vi' AND site_id = ${siteId(desk.data, slug)}`);
  const rename = (text) => sql(desk.data, `UPDATE text SET title = '${text}' WHERE lang = 'vi' AND site_id = ${siteId(desk.data, slug)}`);
  const file = async (batchId, code) => {
    const zip = path.join(newFolder(end), 'parcel.zip');
    fs.writeFileSync(zip, (await desk.as(lan).get(`/desk/batches/${batchId}/zip`)).body);
    const { plates } = JSON.parse(execFileSync('unzip', ['-p', zip, 'manifest.json'], { encoding: 'utf8', maxBuffer: 1 << 24 }));
    return plates.find((plate) => plate.code === code).files[0].sha256;
  };
  rename('Đình mang tên mới');
  try {
    await desk.as(tu).post(`/desk/plates/${good}/state`, { state: 'damaged' });
    const answer = await desk.as(lan).post(`/desk/batches/${id}/reprint`, [['name', 'Chữ cũ – in lại'], ['plate', good]]);
    assert.equal(answer.status, 303, answer.text);
    const again = Number(answer.headers.location.split('/').at(-1));
    await until(desk, again, 'made');
    assert.equal(await file(again, good), await file(id, good)); // bit for bit
    assert.match(sql(desk.data, `SELECT document FROM batch_plate WHERE batch_id = ${again}`), new RegExp(title));
    await desk.as(lan).post(`/desk/batches/${again}/stop`);
    const fresh = await makeBatch(desk, lan, { name: 'Chữ mới', design: 'board-a6' }, [good]);
    await until(desk, fresh, 'made');
    assert.notEqual(await file(fresh, good), await file(id, good));
    assert.match(sql(desk.data, `SELECT document FROM batch_plate WHERE batch_id = ${fresh}`), /Đình mang tên mới/);
    await desk.as(lan).post(`/desk/batches/${fresh}/stop`);
    // one that opens another page by now would carry a wrong name
    sql(desk.data, `UPDATE plate SET site_id = (SELECT id FROM site WHERE slug <> '${slug}' AND state = 'published' LIMIT 1) WHERE code = '${moved}'`);
    const wrong = await desk.as(lan).post(`/desk/batches/${id}/reprint`, [['name', 'Sai trang'], ['plate', moved]]);
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /nay mở trang khác/);
    // a site under a new address is the same site
    sql(desk.data, `INSERT INTO old_slug (slug, site_id, retired_at) VALUES ('${slug}', ${siteId(desk.data, slug)}, 1); UPDATE site SET slug = 'dinh-moi' WHERE slug = '${slug}'`);
    const same = await desk.as(lan).post(`/desk/batches/${id}/reprint`, [['name', 'Địa chỉ mới'], ['plate', good]]);
    assert.equal(same.status, 303, same.text);
    await desk.as(lan).post(`${same.headers.location}/stop`);
  } finally {
    sql(desk.data, `UPDATE site SET slug = '${slug}' WHERE slug = 'dinh-moi'; DELETE FROM old_slug WHERE slug = '${slug}'`);
    rename(title);
  }
});

test('limits who makes batches, and of what', async () => {
  assert.equal((await desk.as(tu).get('/desk/batches')).status, 403);
  const area = sql(desk.data, "SELECT area_id FROM site WHERE slug = 'dinh-binh-thuy'");
  const slug = sql(desk.data, `SELECT slug FROM site WHERE area_id IS NOT ${area} AND state = 'published' AND area_id NOT IN (SELECT id FROM term WHERE parent_id = ${area}) LIMIT 1`);
  const [outside] = await makePlates(desk, lan, slug, 1);
  const answer = await desk.as(an).post('/desk/batches/new', form({ codes: outside }));
  assert.equal(answer.status, 422);
  assert.match(answer.text, /nằm ngoài khu vực của bạn/);
  assert.equal((await desk.as(an).get(`/desk/batches/preview.png?code=${outside}&design=bare&measure=design`)).status, 403);
  assert.doesNotMatch((await desk.as(an).get('/desk/batches/new?per=50')).text, new RegExp(outside));
});

test('finds batches by name without accents, by code, by state', async () => {
  const list = async (query) => (await desk.as(lan).get(`/desk/batches?${query}`)).text;
  assert.match(await list('q=dot+mot'), />Đợt một</);
  assert.doesNotMatch(await list('q=dot+mot'), />Lại</);
  const code = sql(desk.data, "SELECT x.code FROM batch_plate x JOIN batch b ON b.id = x.batch_id WHERE b.name = 'Đợt một' LIMIT 1");
  assert.match(await list(`q=${words(code)}`), />Đợt một</);
  assert.doesNotMatch(await list('state=stopped'), />Đợt một</);
});

// --- a server of its own for each

const slow = { name: 'Dở', design: 'board-a4', dpi: '1200' };

test('goes on after a restart, killed or told to end, and gives up after three', async (t) => {
  const room = await openDesk(t, { args: ['--base-url', base], before: (data) => ({ lan: addPerson(data, 'Lan') }) });
  const { lan: person } = room.people;
  const plates = await makePlates(room, person, 'dinh-binh-thuy', 20);
  const id = await makeBatch(room, person, slow, plates, ['png', 'pdf', 'svg']);
  const restart = async () => {
    const server = await startServer(stele, ['serve', '--data', room.data, '--listen', '127.0.0.1:0', '--base-url', base]);
    t.after(() => server.stop());
    return server;
  };
  await until(room, id, 'running');
  await sleep(300);
  await room.server.stop('SIGTERM');
  assert.deepEqual(running(`/batches/${id}.`), [], 'the generator ends with the server');
  assert.equal(batch(room.data, id, "state || tries"), 'waiting0');
  for (let i = 1; i <= 3; i += 1) {
    const server = await restart();
    await until(room, id, 'running');
    await sleep(400);
    const children = running(`/batches/${id}.`);
    await server.stop('SIGKILL');
    for (let j = 0; j < 1200 && children.some((pid) => running(`/batches/${id}.`).includes(pid)); j += 1) await sleep(50);
    assert.deepEqual(running(`/batches/${id}.`), [], 'nobody listens to the generator any more');
    assert.equal(batch(room.data, id, "state || tries"), `running${i}`);
  }
  const last = await restart();
  await until(room, id, 'failed');
  room.server = last;
  const headers = { Cookie: `stele=${person.token}; __Host-stele=${person.token}`, 'Sec-Fetch-Site': 'same-origin' };
  const page = await request(last, `/desk/batches/${id}`, { headers });
  assert.match(page.text, /đã ba lần dừng giữa chừng/);
  assert.deepEqual(fs.readdirSync(path.join(room.data, 'batches')), ['lock']);
  assert.equal(plateState(room.data, plates[0]), 'in-batch');
});

test('a server that ends while a batch is made and an import holds the store waits for neither', async (t) => {
  const room = await openDesk(t, { args: ['--base-url', base], before: (data) => ({ lan: addPerson(data, 'Lan') }) });
  const { lan: person } = room.people;
  const as = room.as(person);
  const rows = Array.from({ length: 150000 }, (_, i) => `E-${i},Chùa Dài ${i},Chùa`);
  const { headers } = await as.upload('/desk/imports/new', { lang: 'vi', encoding: '', file: { file: 'dài.csv', bytes: Buffer.from(['key,title,kind', ...rows].join('\n')) } });
  const id = await makeBatch(room, person, slow, await makePlates(room, person, 'dinh-binh-thuy', 20), ['png', 'pdf', 'svg']);
  await until(room, id, 'running');
  await as.post(headers.location, { state: 'draft', 'column.0': 'key', 'column.1': 'title', 'column.2': 'kind', land: '1' });
  for (let told = {}; !told.done; await sleep(20)) told = JSON.parse((await as.get(headers.location, { Accept: 'application/json' })).text);
  const began = performance.now();
  await room.server.stop('SIGTERM');
  t.diagnostic(`it ended in ${Math.round(performance.now() - began)} ms`);
  assert.equal(sql(room.data, "SELECT count(*) FROM site WHERE key LIKE 'E-%'"), '0', 'it did not wait for the import to land');
  assert.equal(batch(room.data, id, 'state || tries'), 'waiting0');
});

test('says plainly that the disk is full, and leaves nothing half-made', { skip: process.getuid() !== 0 && 'mounting a small disk needs root' }, async (t) => {
  const room = await openDesk(t, { args: ['--base-url', base], before: (data) => ({ lan: addPerson(data, 'Lan') }) });
  const { lan: person } = room.people;
  const folder = path.join(room.data, 'batches');
  fs.mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', folder], { stdio: 'pipe' });
  } catch {
    t.skip('no small disk can be mounted here');
    return;
  }
  try {
    const plates = await makePlates(room, person, 'dinh-binh-thuy', 8);
    const id = await makeBatch(room, person, { design: 'board-a5', dpi: '600' }, plates, ['png', 'pdf', 'svg']);
    await until(room, id, 'failed');
    assert.equal(batch(room.data, id, 'failure'), 'full');
    assert.match((await room.as(person).get(`/desk/batches/${id}`)).text, /Ổ đĩa của máy chủ đã đầy/);
    assert.deepEqual(fs.readdirSync(folder).filter((name) => name !== 'lock'), []);
    execFileSync('mount', ['-o', 'remount,size=200m', folder]);
    assert.equal((await room.as(person).post(`/desk/batches/${id}/again`)).status, 303);
    await until(room, id, 'made');
  } finally {
    execFileSync('umount', ['-l', folder]); // before the folder is removed
  }
});

test('a design that breaks after the batch was chosen fails it with its own sentence', async (t) => {
  const designs = newFolder(t);
  const own = fs.readFileSync(path.join(sourceFolder, 'assets/plates/board-a6.ini'), 'utf8');
  fs.writeFileSync(path.join(designs, 'cua-tinh.ini'), own);
  const room = await openDesk(t, { args: ['--base-url', base, '--designs', designs], before: (data) => ({ lan: addPerson(data, 'Lan') }) });
  const { lan: person } = room.people;
  const plates = await makePlates(room, person, 'dinh-binh-thuy', 1);
  assert.match((await room.as(person).get('/desk/batches/new')).text, /value="cua-tinh"/);
  const id = await makeBatch(room, person, { design: 'cua-tinh' }, plates);
  await until(room, id, 'made');
  fs.writeFileSync(path.join(designs, 'cua-tinh.ini'), own.replace(/^width.*$/m, 'width = tám'));
  assert.equal((await room.as(person).post(`/desk/batches/${id}/again`)).status, 303);
  await until(room, id, 'failed');
  assert.match(batch(room.data, id, 'message'), /cua-tinh.*line \d+|line \d+.*cua-tinh/);
  const page = (await room.as(person).get(`/desk/batches/${id}`)).text;
  assert.match(page, /từ chối đợt in này/);
  assert.match(page, /line \d+/);
});

test('without a base URL or a generator says what is missing', async (t) => {
  const bare = await openDesk(t, { before: (data) => ({ lan: addPerson(data, 'Lan') }) });
  const page = await bare.as(bare.people.lan).get('/desk/batches/new');
  assert.match(page.text, /máy chủ chưa biết địa chỉ trang web/);
  assert.doesNotMatch(page.text, /name="design"/);
  const answer = await bare.as(bare.people.lan).post('/desk/batches/new', form({}, ['jkx3508f']));
  assert.equal(sql(bare.data, 'SELECT count(*) FROM batch'), '0');
  assert.match(answer.text, /máy chủ chưa biết địa chỉ trang web/);
  const program = path.join(newFolder(t), 'no-qrgen');
  fs.writeFileSync(program, '#!/bin/sh\necho "stele-qrgen: unknown flag" >&2\nexit 2\n', { mode: 0o755 });
  const old = await openDesk(t, { args: ['--base-url', base, '--batch-helper', program], before: (data) => ({ lan: addPerson(data, 'Lan') }) });
  const refused = await old.as(old.people.lan).get('/desk/batches/new');
  assert.equal(refused.status, 200);
  assert.match(refused.text, /chưa có chương trình stele-qrgen phù hợp/);
});
