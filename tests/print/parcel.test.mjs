// The parcel as a print shop gets it: one ZIP file or a folder, looked at with other people's programs.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'node:test';
import { base, code, folder, manifest, program, run, sha256, write, zbar, zxing } from './plates.mjs';

const names = [['Đình Bình Thủy', 'Bình Thủy Communal House'], ['Chùa Ông', 'Ông Pagoda'], ['Nhà cổ Bình Thủy', 'Bình Thủy Ancient House']];

const plate = (i) => ({
  code: code(i), site: ['dinh-binh-thuy', 'chua-ong', 'nha-co-binh-thuy'][i % 3],
  titles: { vi: names[i % 3][0], en: names[i % 3][1] }, rank: { vi: 'Di tích quốc gia', en: 'National monument' },
  address: { vi: 'Phường Bình Thủy, thành phố Cần Thơ' }, place: 'cổng chính', copies: 1 + (i % 3),
});

const job = (count, more = {}) => ({
  'stele-job': 1, name: 'Đợt in 12', base_url: base, dpi: 300, module_mm: 1.2, material: 'Nhôm composite 3 mm, mặt mờ',
  ...more, plates: Array.from({ length: count }, (_, i) => plate(i)),
});

// Makes a parcel of the job, read from standard input: {dir, out, events}.
function make(t, document, name = 'parcel.zip', args = []) {
  const dir = folder(t);
  const out = join(dir, name);
  const done = run(['--job', '-', '--out', out, '--progress', 'json', ...args], { input: JSON.stringify(document) });
  assert.equal(done.status, 0, done.stderr + done.stdout);
  assert.equal(done.stderr, '');
  return { dir, out, events: done.stdout.trimEnd().split('\n').map((line) => JSON.parse(line)) };
}

const say = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });

function unpack(t, zip) {
  const dir = folder(t);
  say('unzip', '-q', zip, '-d', dir);
  return dir;
}

const tree = (dir) => readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(dir.length + 1)).sort();

const all = { formats: ['png', 'svg', 'pdf'], sheets: { paper: 'A4' }, proof: true };

test('one ZIP file holds all that was ordered, as unzip, zipinfo and Python see it', (t) => {
  const { dir, out, events } = make(t, job(5, all));
  assert.match(say('unzip', '-t', out), /No errors detected/);
  assert.match(say('python3', '-m', 'zipfile', '-t', out), /Done testing/);
  assert.deepEqual(readdirSync(dir), ['parcel.zip']);
  const listed = say('zipinfo', '-T', out).split('\n').filter((line) => /^-rw/.test(line)).map((line) => line.split(/\s+/));
  for (const [mode, , host, , , method, time, name] of listed) {
    assert.equal(mode, '-rw-r--r--', name);
    assert.equal(host, 'unx');
    assert.equal(time, '19800101.000000', name);
    assert.match(method, /\.(png|pdf)$/.test(name) ? /^stor$/ : /^def/, name);
  }
  const order = listed.map((fields) => fields[7]);
  const each = Array.from({ length: 5 }, (_, i) => `000${i + 1}_${code(i)}_${plate(i).site}`);
  assert.deepEqual(order, [
    ...each.flatMap((stem) => [`png/${stem}.png`, `svg/${stem}_rgb.svg`, `pdf/${stem}.pdf`]),
    'sheets.pdf', 'proof.pdf', 'READ-ME.vi.txt', 'READ-ME.en.txt', 'manifest.csv', 'manifest.json',
  ]);
  assert.deepEqual(events.at(-1), { event: 'done', plates: 5, files: order.length, bytes: statSync(out).size, sha256: sha256(out) });
  const stages = [...new Set(events.slice(0, -1).map((event) => event.stage))];
  assert.deepEqual(stages, ['plates', 'sheets', 'proof', 'finish']);
  for (const event of events.slice(0, -1)) assert.ok(event.event === 'progress' && event.done <= event.total);
});

test('a folder has the same tree with the same bytes', (t) => {
  const zip = unpack(t, make(t, job(4, all)).out);
  const { out } = make(t, job(4, all), 'parcel');
  assert.deepEqual(tree(out), tree(zip));
  for (const name of tree(out)) assert.equal(sha256(join(out, name)), sha256(join(zip, name)), name);
});

test('two runs give the same ZIP file, on one thread and on many, in any time zone', (t) => {
  const document = job(30, { ...all, sheets: { paper: 'A3' } });
  const first = make(t, document, 'a.zip', ['--jobs', '1']);
  const second = make(t, document, 'b.zip', ['--jobs', '5']);
  assert.equal(sha256(first.out), sha256(second.out));
  const dir = folder(t);
  const third = run(['--job', '-', '--out', join(dir, 'c.zip'), '--quiet'], { input: JSON.stringify(document), env: { TZ: 'Asia/Ho_Chi_Minh', LC_ALL: 'C.UTF-8' } });
  assert.equal(third.status, 0, third.stderr);
  assert.equal(sha256(join(dir, 'c.zip')), sha256(first.out));
});

test('the manifests say what the files are, and sha256sum agrees', (t) => {
  const dir = unpack(t, make(t, job(6, all)).out);
  const json = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8'));
  const files = [...json.plates.flatMap((row) => row.files), ...json.files];
  assert.deepEqual([...files.map((file) => file.name), 'manifest.json'].sort(), tree(dir));
  write(dir, 'SUMS', files.map((file) => `${file.sha256}  ${file.name}\n`).join(''));
  assert.equal(spawnSync('sha256sum', ['--check', '--strict', '--quiet', 'SUMS'], { cwd: dir, encoding: 'utf8' }).status, 0);
  for (const file of files) assert.equal(file.bytes, statSync(join(dir, file.name)).size);
  assert.equal(json['stele-parcel'], 1);
  assert.equal(json.name, 'Đợt in 12');
  assert.equal(json.material, 'Nhôm composite 3 mm, mặt mờ');
  assert.equal(json.plate_count, 6);
  assert.equal(json.copy_count, 12);
  for (const tool of ['libqrencode', 'libpng', 'zlib', 'libarchive', 'libharu', 'cairo', 'pango', 'zbar']) assert.match(json.tools[tool], /^\d+\.\d+/, tool);
  assert.ok(readFileSync(join(dir, 'manifest.csv'), 'utf8').startsWith('\ufeffsequence,')); // or Excel takes Vietnamese for Windows-1252
  manifest(dir).forEach((row, i) => {
    const { titles, rank, address, ...rest } = json.plates[i];
    assert.equal(row.code, rest.code);
    assert.equal(row.url, `${base}/${code(i)}`);
    assert.equal(row.copies, String(1 + (i % 3)));
    assert.equal(row.title, names[i % 3][0]);
    assert.deepEqual(titles, plate(i).titles);
    assert.deepEqual([rank, address], [plate(i).rank, plate(i).address]);
    assert.deepEqual(row.files.split(' '), rest.files.map((file) => file.name));
    assert.equal(row.file, rest.files[0].name);
    assert.equal(row.sha256, rest.files[0].sha256);
    assert.equal(row.material, json.material);
    assert.equal(Number(row.width_mm), rest.width_mm);
    assert.equal(Number(row.reads_from_m), Number((Number(row.module_mm) * 0.25).toFixed(2)));
  });
});

// Pages of a PDF as pictures: their paths.
function render(dir, pdf, dpi) {
  const stem = join(dir, `${pdf.replaceAll('/', '_')}-${dpi}`);
  say('pdftoppm', '-r', String(dpi), '-gray', '-png', join(dir, pdf), stem);
  return readdirSync(dir).filter((name) => join(dir, name).startsWith(stem)).sort().map((name) => join(dir, name));
}

const inks = (path) => say('gs', '-q', '-o', '-', '-sDEVICE=inkcov', path).trim().split('\n').map((line) => line.trim().split(/\s+/).slice(0, 4).map(Number));

function assertForPress(path, pages, width, height) {
  assert.doesNotThrow(() => say('qpdf', '--check', path));
  const info = say('pdfinfo', '-box', '-l', String(pages), path);
  assert.match(info, new RegExp(`^Pages: +${pages}$`, 'm'));
  const points = (mm) => (mm * 72) / 25.4;
  for (const box of info.matchAll(/MediaBox: +([\d. ]+)$/gm)) {
    const [, , wide, high] = box[1].trim().split(/\s+/).map(Number);
    assert.ok(Math.abs(wide - points(width)) < 0.02 && Math.abs(high - points(height)) < 0.02, box[0]);
  }
  const covered = inks(path);
  assert.equal(covered.length, pages);
  for (const [c, m, y, k] of covered) assert.ok(c === 0 && m === 0 && y === 0 && k > 0);
  assert.equal(say('pdffonts', path).trim().split('\n').length, 2); // the head of the table alone
  assert.equal(say('pdfimages', '-list', path).trim().split('\n').length, 2);
}

// Where each copy must stand: in rows from the upper left of a grid in the middle of the paper, which is not turned.
function layOut(json) {
  const { width_mm: width, height_mm: height, gutter_mm: gutter, margin_mm: margin } = json.sheets;
  const side = json.plates[0].width_mm;
  const counts = [width, height].map((paper) => Math.floor((paper - 2 * margin + gutter) / (side + gutter)));
  const origin = [width, height].map((paper, axis) => (paper - counts[axis] * (side + gutter) + gutter) / 2);
  const px = (mm) => Math.round((mm / 25.4) * 150);
  const onSheet = counts[0] * counts[1];
  const placed = json.plates.flatMap((row) => Array(row.copies).fill(row.url));
  // What stands at a place of a page (both from 0), cut out of the paper and read.
  const read = (out, pdf, page, cell) => {
    const [x, y] = [cell % counts[0], Math.floor(cell / counts[0])].map((n, axis) => px(origin[axis] + n * (side + gutter)));
    const where = ['-f', page + 1, '-x', x, '-y', y, '-W', px(side), '-H', px(side)].map(String);
    say('pdftoppm', '-r', '150', '-gray', '-png', '-singlefile', ...where, join(out, pdf), join(out, 'cut'));
    return zbar([join(out, 'cut.png')]);
  };
  return { onSheet, placed, pages: Math.ceil(placed.length / onSheet), read };
}

test('sheets hold every copy, in black ink alone, and all scan', (t) => {
  const { out } = make(t, job(20, { formats: ['png'], sheets: { paper: 'A4', gutter_mm: 5, margin_mm: 8 } }), 'parcel');
  const { onSheet, placed, pages, read } = layOut(JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')));
  assert.ok(onSheet > 4 && pages > 2);
  assertForPress(join(out, 'sheets.pdf'), pages, 210, 297);
  for (const [page, path] of render(out, 'sheets.pdf', 150).entries()) { // of many symbols on a page both programs miss some
    const expected = placed.slice(page * onSheet, (page + 1) * onSheet);
    const found = [zbar([path]), [...say('ZXingReader', path).matchAll(/Text: +"(.*)"/g)].map((match) => match[1])];
    for (const urls of found) assert.ok(urls.length > 0 && urls.every((url) => expected.includes(url)), `page ${page}: ${urls}`);
  }
  placed.forEach((url, i) => assert.deepEqual(read(out, 'sheets.pdf', Math.floor(i / onSheet), i % onSheet), [url], `copy ${i}`));
});

test('paper is turned to hold more, and given sizes are kept', (t) => {
  const { out } = make(t, job(3, { formats: ['png'], sheets: { paper: { width_mm: 300, height_mm: 110 }, margin_mm: 10 } }), 'parcel');
  assertForPress(join(out, 'sheets.pdf'), 2, 300, 110);
  const turned = make(t, job(3, { formats: ['png'], sheets: { paper: { width_mm: 62, height_mm: 180 }, gutter_mm: 0, margin_mm: 5 } }), 'parcel');
  const info = say('pdfinfo', join(turned.out, 'sheets.pdf'));
  assert.match(info, /Page size: +(175\.7\d* x 510\.2|510\.2\d* x 175\.7)/);
});

// Rows of a PGM (P5) as arrays of grey.
function pixels(path) {
  const bytes = execFileSync('pdftoppm', ['-r', '600', '-gray', '-f', '1', '-l', '1', path], { maxBuffer: 1 << 28 });
  const head = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.subarray(0, 40).toString('latin1'));
  const [width, height] = [Number(head[1]), Number(head[2])];
  return { width, height, row: (y) => bytes.subarray(head[0].length + y * width, head[0].length + (y + 1) * width) };
}

test('the proof shows every plate, and its ruler measures 100 mm', (t) => {
  const { out } = make(t, job(23, { formats: ['png'], proof: true }), 'parcel');
  const proof = join(out, 'proof.pdf');
  assertForPress(proof, 2, 210, 297);
  const found = new Set([250, 300, 400].flatMap((dpi) => render(out, 'proof.pdf', dpi).flatMap((path) => zbar([path]))));
  assert.deepEqual([...found].sort(), Array.from({ length: 23 }, (_, i) => `${base}/${code(i)}`).sort()); // see above: some, each time
  // The ruler is the longest dark line in the lowest quarter of the page.
  const page = pixels(proof);
  let longest = { length: 0 };
  for (let y = Math.floor(page.height * 0.75); y < page.height; y += 1) {
    const row = page.row(y);
    for (let x = 0, from = -1; x <= page.width; x += 1) {
      const dark = x < page.width && row[x] < 128;
      if (dark && from < 0) from = x;
      if (!dark && from >= 0) {
        if (x - from > longest.length) longest = { length: x - from, from, y };
        from = -1;
      }
    }
  }
  const mm = (longest.length / 600) * 25.4;
  assert.ok(Math.abs(mm - 100) < 0.1, `${mm} mm`);
});

test('READ-ME is for Notepad, in both languages, with the figures of the batch', (t) => {
  const { out } = make(t, job(4, { ...all, crop_marks: true }), 'parcel');
  const [row] = manifest(out);
  for (const [lang, symbol, counts] of [['vi', row.symbol_mm.replace('.', ','), '4 bảng, tổng cộng 7 bản in'], ['en', row.symbol_mm, '4 plates, 7 copies in all']]) {
    const text = readFileSync(join(out, `READ-ME.${lang}.txt`), 'utf8');
    assert.ok(text.startsWith('\ufeff'));
    assert.ok(!/[^\r]\n/.test(text));
    assert.equal(text, text.normalize('NFC'));
    for (const part of [`${symbol} mm`, counts, 'Đợt in 12', 'Nhôm composite 3 mm, mặt mờ', 'pdf/', 'sheets.pdf', 'proof.pdf', '100 %', `${base}/`]) assert.ok(text.includes(part), `${lang}: ${part}`);
    for (const line of text.split('\r\n')) assert.ok([...line].length <= 110, line);
  }
});

test('manifest.csv has the mark by which Excel knows UTF-8; that of plain pictures has none, as of old', (t) => {
  const { out } = make(t, job(1), 'parcel');
  assert.deepEqual([...readFileSync(join(out, 'manifest.csv')).subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const dir = folder(t);
  assert.equal(run(['--csv', write(dir, 'plates.csv', `code\n${code(1)}\n`), '--base-url', base, '--out', join(dir, 'x'), '--quiet']).status, 0);
  assert.match(readFileSync(join(dir, 'x/manifest.csv'), 'utf8'), /^sequence,/);
});

test('a list can order the same with flags', (t) => {
  const dir = folder(t);
  const csv = write(dir, 'plates.csv', `code,site,title,copies\n${code(1)},chua-ong,Chùa Ông,3\n${code(2)},,Nhà cổ,\n`);
  const out = join(dir, 'out.zip');
  const done = run(['--csv', csv, '--base-url', base, '--out', out, '--sheets', '320x450', '--gutter-mm', '2', '--proof', '--name', 'Đợt 1', '--material', 'Mica', '--format', 'png,pdf', '--dpi', '150']);
  assert.equal(done.status, 0, done.stderr);
  assert.match(done.stdout, /^2 plates, 4 with all copies, 1 sheet in .*every one decoded again and right\n$/);
  const parcel = unpack(t, out);
  const json = JSON.parse(readFileSync(join(parcel, 'manifest.json'), 'utf8'));
  assert.deepEqual([json.name, json.material, json.copy_count], ['Đợt 1', 'Mica', 4]);
  assert.deepEqual(json.sheets, { width_mm: 320, height_mm: 450, gutter_mm: 2, margin_mm: 10 });
  assert.ok(existsSync(join(parcel, 'pdf')) && existsSync(join(parcel, 'sheets.pdf')) && existsSync(join(parcel, 'proof.pdf')));
});

test('a list of bare symbols makes a whole parcel as a ZIP file, and the plain pictures of old in a folder', (t) => {
  const dir = folder(t);
  const csv = write(dir, 'plates.csv', `code,site\n${code(1)},chua-ong\n`);
  for (const out of ['x.zip', 'x']) assert.equal(run(['--csv', csv, '--base-url', base, '--dpi', '100', '--out', join(dir, out)]).status, 0);
  const stem = `0001_${code(1)}_chua-ong.png`;
  assert.deepEqual(tree(unpack(t, join(dir, 'x.zip'))), ['READ-ME.en.txt', 'READ-ME.vi.txt', 'manifest.csv', 'manifest.json', `png/${stem}`]);
  assert.deepEqual(tree(join(dir, 'x')), [stem, 'manifest.csv']);
  assert.ok(readFileSync(join(dir, 'x/manifest.csv'), 'utf8').startsWith('sequence,'));
});

test('a damaged plate is printed again with its own code', (t) => {
  const first = unpack(t, make(t, job(9, { formats: ['png', 'pdf'] })).out);
  const again = { ...job(0, { formats: ['png', 'pdf'], name: 'In lại' }), plates: [{ ...plate(6), copies: 1 }] };
  const second = unpack(t, make(t, again).out);
  const [old, fresh] = [manifest(first)[6], manifest(second)[0]];
  assert.equal(fresh.code, old.code);
  assert.equal(fresh.url, old.url);
  assert.equal(fresh.sha256, old.sha256);
  assert.equal(fresh.copies, '1');
});

const refusals = [
  ['no JSON', 1, 'plates', /standard input: line 1: /, ''],
  ['a typing error', 1, { ...job(1), colour: 'red' }, /line 1: "colour" is not a known member/, 'colour'],
  ['a wrong code', 1, { ...job(1), plates: [{ code: 'pagoda' }] }, /"pagoda" is not a plate's code/, 'plates[0].code'],
  ['no plates', 1, job(0), /there are no plates to print/, ''],
  ['a code twice', 1, { ...job(1), plates: [plate(1), plate(1)] }, /stands in line 1 and again in line 1|stands twice/, 'code'],
  ['a plate larger than the sheet', 1, job(2, { module_mm: 8, sheets: { paper: 'A4' } }), /does not fit on paper of 210 mm × 297 mm/, 'sheets'],
  ['a module under the floor', 1, job(1, { module_mm: 0.5 }), /0\.5 mm is too small/, 'module_mm'],
  ['a base URL that is none', 1, job(1, { base_url: 'ditich' }), /"ditich"/, 'base_url'],
];

for (const [what, status, document, reason, field] of refusals) {
  test(`a job with ${what} fails with one sentence and leaves nothing`, (t) => {
    const dir = folder(t);
    const done = run(['--job', '-', '--out', join(dir, 'deep/er.zip'), '--progress', 'json'], { input: typeof document === 'string' ? document : JSON.stringify(document) });
    assert.equal(done.status, status);
    assert.match(done.stderr, reason);
    assert.match(done.stderr, /^stele-qrgen: [^\n]+\n$/);
    const last = JSON.parse(done.stdout.trimEnd().split('\n').at(-1));
    assert.equal(last.event, 'failed');
    assert.equal(last.field, field);
    assert.ok(done.stderr.includes(last.message));
    assert.deepEqual(readdirSync(dir), []);
  });
}

test('a failure of one plate names its code', (t) => {
  const dir = folder(t);
  const done = run(['--job', '-', '--out', join(dir, 'x.zip'), '--progress', 'json'], { input: JSON.stringify(job(2, { module_mm: 2, size_mm: 40 })) });
  assert.equal(done.status, 1);
  const last = JSON.parse(done.stdout.trimEnd().split('\n').at(-1));
  assert.deepEqual([last.event, last.code, last.field], ['failed', code(0), 'size_mm']);
});

test('flags that the job speaks of are wrong use beside it', (t) => {
  const dir = folder(t);
  for (const flags of [['--dpi', '300'], ['--sheets', 'A4'], ['--csv', 'x.csv'], ['--base-url', base]]) {
    const done = run(['--job', '-', '--out', join(dir, 'x.zip'), ...flags], { input: JSON.stringify(job(1)) });
    assert.equal(done.status, 2);
    assert.match(done.stderr, new RegExp(`leave ${flags[0]} out`));
  }
  const paper = run(['--csv', write(dir, 'plates.csv', `code\n${code(1)}\n`), '--base-url', base, '--out', join(dir, 'x.zip'), '--sheets', 'B9']);
  assert.equal(paper.status, 2);
  assert.match(paper.stderr, /"B9" is no paper/);
});

test('a parcel stopped among its sheets ends within moments', async (t) => {
  const dir = folder(t);
  const path = write(dir, 'job.json', JSON.stringify(job(400, { module_mm: 1, sheets: { paper: 'A3' } })));
  const child = spawn(program, ['--job', path, '--out', join(dir, 'x'), '--progress', 'json', '--jobs', '1']);
  let heard = '';
  child.stdout.on('data', (text) => { heard += text; });
  const ended = new Promise((done) => { child.on('close', done); });
  while (!/"stage":"sheets"/.test(heard)) await sleep(5);
  const began = Date.now();
  child.kill('SIGTERM');
  assert.equal(await ended, 1);
  assert.ok(Date.now() - began < 1500);
  assert.deepEqual(readdirSync(dir), ['job.json']);
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`a parcel stopped by ${signal} leaves nothing and says so`, async (t) => {
    const dir = folder(t);
    const path = write(dir, 'job.json', JSON.stringify(job(20000)));
    const child = spawn(program, ['--job', path, '--out', join(dir, 'deep/x.zip'), '--progress', 'json']);
    let [said, heard] = ['', ''];
    child.stderr.on('data', (text) => { said += text; });
    child.stdout.on('data', (text) => { heard += text; });
    const ended = new Promise((done) => { child.on('close', done); });
    while (!/"done":[1-9]/.test(heard)) await sleep(5);
    const began = Date.now();
    child.kill(signal);
    assert.equal(await ended, 1);
    assert.ok(Date.now() - began < 3000);
    assert.match(said, /^stele-qrgen: stopped before the batch was done[^\n]*\n$/);
    assert.equal(JSON.parse(heard.trimEnd().split('\n').at(-1)).event, 'failed');
    assert.deepEqual(readdirSync(dir), ['job.json']);
  });
}

for (const [name, out] of [['a ZIP file', 'x.zip'], ['a folder', 'x']]) {
  test(`${name} that was killed half-way is cleared away by the next, and one under way is let alone`, async (t) => {
    const dir = folder(t);
    const path = write(dir, 'job.json', JSON.stringify(job(20000)));
    write(dir, `${out}.unfinished-notes`, 'a name of another length');
    const begin = async () => {
      const child = spawn(program, ['--job', path, '--out', join(dir, out), '--progress', 'json'], { stdio: ['ignore', 'pipe', 'ignore'] });
      const ended = new Promise((done) => { child.on('close', done); });
      let heard = '';
      child.stdout.on('data', (text) => { heard += text; });
      while (!/"done":[1-9]/.test(heard)) await sleep(5);
      return { child, ended };
    };
    const unfinished = () => readdirSync(dir).filter((entry) => /unfinished-.{6}$/.test(entry));
    const killed = await begin();
    killed.child.kill('SIGKILL');
    await killed.ended;
    const [left] = unfinished();
    assert.ok(left); // nobody can tidy up after SIGKILL
    const running = await begin();
    assert.equal(unfinished().includes(left), false);
    const [own] = unfinished();
    const small = write(dir, 'small.json', JSON.stringify(job(1)));
    assert.equal(run(['--job', small, '--out', join(dir, out)]).status, 0);
    assert.deepEqual(unfinished(), [own]);
    running.child.kill('SIGTERM');
    assert.equal(await running.ended, 1);
    assert.deepEqual(readdirSync(dir).sort(), ['job.json', 'small.json', out, `${out}.unfinished-notes`].sort());
  });
}

test('when nobody reads the events any more the batch is given up and leaves nothing', async (t) => {
  const dir = folder(t);
  const path = write(dir, 'job.json', JSON.stringify(job(20000)));
  const child = spawn(program, ['--job', path, '--out', join(dir, 'x.zip'), '--progress', 'json']);
  let said = '';
  child.stderr.on('data', (text) => { said += text; });
  child.stdout.once('data', () => child.stdout.destroy());
  assert.equal(await new Promise((done) => { child.on('close', done); }), 1);
  assert.match(said, /^stele-qrgen: stopped before the batch was done[^\n]*\n$/);
  assert.deepEqual(readdirSync(dir), ['job.json']);
});

const namespaces = spawnSync('unshare', ['-rm', 'true']).status === 0;
const full = /^stele-qrgen: there is no space left for the batch in [^\n]+\n$/;

for (const name of ['x.zip', 'x']) {
  test(`a disk that is full half-way keeps nothing of ${name}`, { skip: !namespaces && 'no user namespaces here' }, (t) => {
    const dir = folder(t);
    const path = write(dir, 'job.json', JSON.stringify(job(300, { sheets: { paper: 'A3' }, proof: true })));
    const disk = join(dir, 'disk');
    mkdirSync(disk);
    for (const kilobytes of [200, 900, 1500]) { // among the plates, in the sheets, at the end
      const script = `mount -t tmpfs -o size=${kilobytes}k none "$1" && shift && "$@"; status=$?; ls -A "$DISK" | wc -l; exit $status`;
      const done = spawnSync('unshare', ['-rm', 'bash', '-c', script, 'bash', disk, program, '--job', path, '--out', join(disk, 'deep', name), '--quiet'],
        { encoding: 'utf8', env: { ...process.env, DISK: disk } });
      assert.equal(done.status, 1, `${kilobytes}: ${done.stderr}`);
      assert.match(done.stderr, full);
      assert.equal(done.stdout.trim(), '0');
    }
  });
}

test('a file that may not grow ends the ZIP with its sentence', (t) => {
  const dir = folder(t);
  const path = write(dir, 'job.json', JSON.stringify(job(300)));
  const done = spawnSync('bash', ['-c', 'ulimit -f 300; exec "$@"', 'bash', program, '--job', path, '--out', join(dir, 'x.zip')], { encoding: 'utf8' });
  assert.equal(done.status, 1);
  assert.match(done.stderr, full);
  assert.deepEqual(readdirSync(dir), ['job.json']);
});

test('a ZIP file that is there is replaced only with --force', (t) => {
  const dir = folder(t);
  const out = join(dir, 'x.zip');
  write(dir, 'x.zip', 'mine');
  const input = JSON.stringify(job(2));
  const refused = run(['--job', '-', '--out', out], { input });
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /x\.zip is there: give another name, or --force/);
  assert.equal(readFileSync(out, 'utf8'), 'mine');
  assert.equal(run(['--job', '-', '--out', out, '--force', '--quiet'], { input }).status, 0);
  assert.match(say('unzip', '-t', out), /No errors detected/);
  assert.deepEqual(readdirSync(dir), ['x.zip']);
});

test('a parcel in a folder is replaced as a whole, and what is not of it stays', (t) => {
  const { dir, out } = make(t, job(6, all), 'parcel');
  write(join(out, 'png'), 'mine.png', 'mine');
  write(out, 'notes.txt', 'mine');
  const again = run(['--job', '-', '--out', out, '--force', '--quiet'], { input: JSON.stringify(job(2, { formats: ['png'] })) });
  assert.equal(again.status, 0, again.stderr);
  const stems = [0, 1].map((i) => `png/000${i + 1}_${code(i)}_${plate(i).site}.png`);
  assert.deepEqual(tree(out), [...stems, 'READ-ME.en.txt', 'READ-ME.vi.txt', 'manifest.csv', 'manifest.json', 'notes.txt', 'png/mine.png'].sort());
  assert.deepEqual(readdirSync(out).sort(), ['READ-ME.en.txt', 'READ-ME.vi.txt', 'manifest.csv', 'manifest.json', 'notes.txt', 'png']);
  assert.deepEqual(readdirSync(dir), ['parcel']);
});

test('many plates make several volumes, which go on where the one before ended', (t) => {
  const { out } = make(t, job(125, { formats: ['png'], dpi: 100, sheets: { paper: 'A3' } }), 'parcel');
  const volumes = readdirSync(out).filter((name) => name.endsWith('.pdf')).sort();
  assert.deepEqual(volumes, ['sheets-01.pdf', 'sheets-02.pdf']);
  const json = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
  assert.deepEqual(json.files.map((file) => file.name).filter((name) => name.endsWith('.pdf')), volumes);
  const { onSheet, placed, pages, read } = layOut(json);
  const [first, second] = volumes.map((name) => {
    assert.doesNotThrow(() => say('qpdf', '--check', join(out, name)), name);
    return Number(/^Pages: +(\d+)$/m.exec(say('pdfinfo', join(out, name)))[1]);
  });
  assert.equal(first + second, pages);
  for (const cell of [0, 1, onSheet - 1]) {
    assert.deepEqual(read(out, volumes[0], first - 1, cell), [placed[(first - 1) * onSheet + cell]]);
    assert.deepEqual(read(out, volumes[1], 0, 0), [placed[first * onSheet]]);
  }
  assert.deepEqual(read(out, volumes[1], second - 1, (placed.length - 1) % onSheet), placed.slice(-1));
});
