// stele-qrgen as a print shop uses it: a list and an address in, a folder of pictures out, read by other
// people's programs.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'node:test';
import { base, chunks, code, folder, list, manifest, pictures, program, run, sha256, write, zbar, zxing } from './plates.mjs';

const make = (t, count, args = [], options = {}) => {
  const dir = folder(t);
  const out = join(dir, 'batch');
  const csv = write(dir, 'plates.csv', options.list ?? list(count));
  const done = run(['--csv', csv, '--base-url', base, '--out', out, ...args]);
  assert.equal(done.status, 0, done.stderr);
  assert.equal(done.stderr, '');
  return { dir, out, csv, said: done.stdout };
};

test('every picture of a batch is read by zbarimg as its address', (t) => {
  const { out, said } = make(t, 300, ['--dpi', '150']);
  const rows = manifest(out);
  assert.equal(rows.length, 300);
  assert.deepEqual(readdirSync(out).sort(), [...rows.map((row) => row.file), 'manifest.csv'].sort());
  assert.deepEqual(rows.map((row) => row.url), rows.map((_, i) => `${base}/${code(i)}`));
  assert.deepEqual(zbar(rows.map((row) => join(out, row.file))), rows.map((row) => row.url));
  assert.match(said, /^300 plates in .*every one decoded again and right\n$/);
});

test('pictures of the default plate are read by ZXing too, and pngcheck has nothing to say', (t) => {
  const { out } = make(t, 6);
  for (const row of manifest(out)) {
    const path = join(out, row.file);
    assert.equal(zxing(path), row.url);
    assert.deepEqual(zbar([path]), [row.url]);
    assert.match(execFileSync('pngcheck', [path], { encoding: 'utf8' }), /^OK: .*1-bit grayscale, non-interlaced/);
  }
});

test('the manifest says what the files are', (t) => {
  const { out } = make(t, 5, ['--dpi', '300', '--module-mm', '1.5']);
  manifest(out).forEach((row, i) => {
    const path = join(out, row.file);
    const found = Object.fromEntries(chunks(path).map(({ type, data }) => [type, data]));
    assert.deepEqual(Object.keys(found), ['IHDR', 'pHYs', 'IDAT', 'IEND']);
    const [wide, high] = [found.IHDR.readUInt32BE(0), found.IHDR.readUInt32BE(4)];
    assert.equal(wide, high);
    assert.equal(wide, Number(row.pixels));
    assert.equal(found.IHDR[8], 1);
    assert.equal(found.IHDR[9], 0);
    const perMetre = found.pHYs.readUInt32BE(0);
    assert.equal(found.pHYs.readUInt32BE(4), perMetre);
    assert.equal(found.pHYs[8], 1);
    assert.ok(Math.abs((wide / perMetre) * 1000 - Number(row.picture_mm)) < 0.06);
    const modules = 17 + 4 * Number(row.version);
    assert.equal(wide, (modules + 8) * 18); // 1.5 mm at 300 dpi are 17.7 pixels
    assert.equal(row.module_mm, '1.524');
    assert.equal(row.symbol_mm, (modules * 1.524).toFixed(1));
    assert.equal(row.dpi, '300');
    assert.equal(row.sha256, sha256(path));
    assert.equal(row.sequence, String(i + 1));
    assert.equal(row.checked, 'yes');
    assert.match(row.level, /^[QH]$/);
    assert.equal(row.file, `000${i + 1}_${code(i)}_dinh-binh-thuy.png`);
  });
});

test('two runs give the same bytes, on one thread and on many', (t) => {
  const [one, two] = [make(t, 40, ['--jobs', '1']), make(t, 40, ['--jobs', '5'])];
  const names = readdirSync(one.out).sort();
  assert.equal(names.length, 41);
  assert.deepEqual(readdirSync(two.out).sort(), names);
  for (const name of names) assert.equal(sha256(join(one.out, name)), sha256(join(two.out, name)), name);
});

test('the names of sites become plain file names', (t) => {
  const sites = ['../../../etc/passwd', 'Đình Bình Thủy', '"quoted, with comma"', '-rf', '$(reboot)', 'a/b\\c:d', '=1+2', 'x'.repeat(300)];
  const rows = `code,site\n${sites.map((site, i) => `${code(i)},"${site.replaceAll('"', '""')}"\n`).join('')}`;
  const { dir, out } = make(t, 0, ['--dpi', '100'], { list: rows });
  const names = pictures(out).map((name) => name.slice(14));
  assert.deepEqual(names, ['etc-passwd.png', 'dinh-binh-thuy.png', 'quoted-with-comma.png', 'rf.png', 'reboot.png', 'a-b-c-d.png', '1-2.png', `${'x'.repeat(80)}.png`]);
  assert.deepEqual(readdirSync(dir).sort(), ['batch', 'plates.csv']);
  const written = manifest(out);
  assert.equal(written[1].site, 'Đình Bình Thủy');
  assert.equal(written[6].site, "'=1+2"); // no spreadsheet shall run it
});

test('lists come in any usual encoding, delimiter and language; retired plates are left out', (t) => {
  const text = `\ufeffSTT;Mã;Tên di tích;Trạng thái\r\n1;${code(1).toUpperCase()};Chùa Ông;\r\n2;${code(2)};Cũ;retired\r\n`;
  const { out, said } = make(t, 0, ['--dpi', '100'], { list: Buffer.from(text, 'utf16le') });
  assert.deepEqual(pictures(out), [`0001_${code(1)}_chua-ong.png`]);
  assert.match(said, /^1 plate in .*; 1 retired plate left out\n$/);
});

const csvOf = (rows) => (dir) => ['--csv', write(dir, 'plates.csv', rows)];
const good = csvOf(list(3));
const refusals = [
  ['no base URL', 2, good, null, [], /--base-url/],
  ['an empty base URL', 2, good, '', [], /base.?url/i],
  ['a relative base URL', 2, good, '/plates', [], /"\/plates"/],
  ['a base URL without a scheme', 2, good, 'ditich.example.vn', [], /"ditich\.example\.vn"/],
  ['a base URL of another scheme', 2, good, 'ftp://ditich.example.vn', [], /ftp:\/\/ditich\.example\.vn/],
  ['a URL too long for the size', 1, good, `https://ditich.example.vn/${'long/'.repeat(20)}x`, ['--size-mm', '60'], /60 mm is too small for \d+ modules.*shorter base URL/],
  ['a symbol wider than the size', 1, good, base, ['--size-mm', '80', '--module-mm', '2.032'], /83\.3 mm wide.*80 mm/],
  ['a module under 1 mm', 2, good, base, ['--module-mm', '0.8'], /0\.8 mm is too small/],
  ['a module that is no number', 2, good, base, ['--module-mm', 'wide'], /--module-mm.*wide/],
  ['dots an inch out of range', 2, good, base, ['--dpi', '10'], /--dpi.*10/],
  ['a format that is none', 2, good, base, ['--format', 'eps'], /--format.*eps/],
  ['an unknown flag', 2, good, base, ['--colour'], /--colour/],
  ['no list', 2, () => [], base, [], /--csv/],
  ['a missing list', 1, () => ['--csv', 'missing.csv'], base, [], /missing\.csv/],
  ['a list and a data folder', 2, good, base, ['--data', 'x'], /either --csv or --data/],
  ['a missing data folder', 1, () => ['--data', 'missing'], base, [], /missing/],
  ['no plates', 1, csvOf('code,site\n'), base, [], /no plates/],
  ['only retired plates', 1, csvOf(`code,state\n${code(1)},retired\n`), base, [], /retired/],
  ['an empty list', 1, csvOf(''), base, [], /plates\.csv/],
  ['a list without codes', 1, csvOf('site\nx\n'), base, [], /code/],
  ['a code twice', 1, csvOf(`code\n${code(1)}\n${code(2)}\n${code(1)}\n`), base, [], /line 2 and again in line 4/],
  ['a code twice among 100,000', 1, csvOf(`${list(100_000)}${code(5)},x\n`), base, [], /line 7 and again in line 100002/],
];

for (const [what, status, plates, url, args, reason] of refusals) {
  test(`refuses ${what} with one sentence and leaves nothing`, (t) => {
    const dir = folder(t);
    const all = [...plates(dir), '--out', join(dir, 'parents/batch'), ...(url === null ? [] : ['--base-url', url]), ...args];
    const before = readdirSync(dir);
    const done = run(all, { cwd: dir });
    assert.match(done.stderr, reason);
    assert.match(done.stderr, /^stele-qrgen: [^\n]+\n$/);
    assert.equal(done.status, status);
    assert.equal(done.stdout, '');
    assert.deepEqual(readdirSync(dir), before);
  });
}

test('names the line of every bad code', (t) => {
  const dir = folder(t);
  const csv = write(dir, 'plates.csv', `code\n${code(1)}\npagoda\n${code(2).slice(0, 7)}${code(2)[7] === '0' ? '1' : '0'}\n`);
  const done = run(['--csv', csv, '--base-url', base, '--out', join(dir, 'batch')]);
  assert.equal(done.status, 1);
  const lines = done.stderr.trimEnd().split('\n');
  assert.equal(lines.length, 3);
  assert.match(lines[0], /plates\.csv: line 3: "pagoda" is not a plate's code/);
  assert.match(lines[1], /plates\.csv: line 4: .*mistyped/);
  assert.match(lines[2], /2 rows/);
  assert.ok(!existsSync(join(dir, 'batch')));
});

test('names the line of a row with a cell too few once', (t) => {
  const dir = folder(t);
  const csv = write(dir, 'plates.csv', `code,site\n${code(1)}\n`);
  const done = run(['--csv', csv, '--base-url', base, '--out', join(dir, 'batch')]);
  assert.equal(done.status, 1);
  assert.match(done.stderr.split('\n')[0], /plates\.csv: line 2: the row has 1 fields, but the header names 2 columns/);
});

test('a folder that is not empty is replaced only with --force, and then without the old pictures', (t) => {
  const { dir, out, csv } = make(t, 8, ['--dpi', '100']);
  writeFileSync(join(out, 'notes.txt'), 'mine');
  const before = readdirSync(out);
  writeFileSync(csv, list(3));
  const again = ['--csv', csv, '--base-url', base, '--out', out, '--dpi', '100'];
  const refused = run(again);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /is not empty.*--force/);
  assert.deepEqual(readdirSync(out), before);
  assert.equal(run([...again, '--force']).status, 0);
  assert.equal(pictures(out).length, 3);
  assert.equal(manifest(out).length, 3);
  assert.equal(readFileSync(join(out, 'notes.txt'), 'utf8'), 'mine');
  assert.equal(readdirSync(out).length, 5);
  assert.deepEqual(readdirSync(dir).sort(), ['batch', 'plates.csv']);
  const file = run(['--csv', csv, '--base-url', base, '--out', csv]);
  assert.equal(file.status, 1);
  assert.match(file.stderr, /is a file/);
});

test('a folder that cannot be written is named', (t) => {
  const dir = folder(t);
  const csv = write(dir, 'plates.csv', list(1));
  const done = run(['--csv', csv, '--base-url', base, '--out', '/proc/stele/batch']);
  assert.equal(done.status, 1);
  assert.match(done.stderr, /^stele-qrgen: [^\n]*\/proc\/stele[^\n]*\n$/);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  test(`a batch stopped by ${signal} leaves nothing`, async (t) => {
    const dir = folder(t);
    const csv = write(dir, 'plates.csv', list(20000));
    const child = spawn(program, ['--csv', csv, '--base-url', base, '--out', join(dir, 'parents/batch')]);
    let said = '';
    child.stderr.on('data', (text) => { said += text; });
    const ended = new Promise((resolve) => { child.on('close', resolve); });
    const parents = join(dir, 'parents');
    const written = () => (existsSync(parents) ? readdirSync(parents).flatMap((name) => readdirSync(join(parents, name))).length : 0);
    while (written() < 20) await sleep(5);
    child.kill(signal);
    assert.equal(await ended, 1);
    assert.match(said, /^stele-qrgen: stopped before the batch was done[^\n]*\n$/);
    assert.deepEqual(readdirSync(dir), ['plates.csv']);
  });
}

const full = /^stele-qrgen: there is no space left for the batch in [^\n]+\n$/;

test('a file that may not grow ends the batch with its sentence', (t) => {
  const dir = folder(t);
  const csv = write(dir, 'plates.csv', list(50));
  const done = spawnSync('bash', ['-c', 'ulimit -f 2; exec "$@"', 'bash', program, '--csv', csv, '--base-url', base, '--out', join(dir, 'batch')], { encoding: 'utf8' });
  assert.equal(done.status, 1);
  assert.match(done.stderr, full);
  assert.deepEqual(readdirSync(dir), ['plates.csv']);
});

const namespaces = spawnSync('unshare', ['-rm', 'true']).status === 0;

test('a disk that is full half-way ends the batch with its sentence and gets its space back', { skip: !namespaces && 'no user namespaces here' }, (t) => {
  const dir = folder(t);
  const csv = write(dir, 'plates.csv', list(500));
  const disk = join(dir, 'disk');
  mkdirSync(disk);
  const script = 'mount -t tmpfs -o size=400k none "$1" && shift && "$@"; status=$?; ls -A "$DISK" | wc -l; exit $status';
  const done = spawnSync('unshare', ['-rm', 'bash', '-c', script, 'bash', disk, program, '--csv', csv, '--base-url', base, '--out', join(disk, 'batch')],
    { encoding: 'utf8', env: { ...process.env, DISK: disk } });
  assert.equal(done.status, 1);
  assert.match(done.stderr, full);
  assert.equal(done.stdout.trim(), '0');
});

test('a batch made without the check says so', (t) => {
  const { out, said } = make(t, 2, ['--no-check', '--dpi', '100']);
  assert.match(said, /none decoded again \(--no-check\)/);
  assert.deepEqual(manifest(out).map((row) => row.checked), ['no', 'no']);
});

test('the base URL comes from the environment too, and the flag wins', (t) => {
  const dir = folder(t);
  const csv = write(dir, 'plates.csv', list(1));
  const env = { STELE_BASE_URL: 'https://Elsewhere.example.VN/' };
  assert.equal(run(['--csv', csv, '--out', join(dir, 'a'), '--dpi', '100'], { env }).status, 0);
  assert.equal(manifest(join(dir, 'a'))[0].url, `https://elsewhere.example.vn/${code(0)}`);
  assert.equal(run(['--csv', csv, '--out', join(dir, 'b'), '--dpi', '100', '--base-url', base], { env }).status, 0);
  assert.equal(manifest(join(dir, 'b'))[0].url, `${base}/${code(0)}`);
});

const server = join(program, '../../server/stele');

test('a data folder gives all its plates but the retired', { skip: !existsSync(server) && 'the server is not built' }, (t) => {
  const dir = folder(t);
  const data = join(dir, 'data');
  const imported = spawnSync(server, ['import', '--data', data, 'content/sample'], { encoding: 'utf8' });
  assert.equal(imported.status, 0, imported.stderr);
  const out = join(dir, 'batch');
  const done = run(['--data', data, '--base-url', base, '--out', out, '--dpi', '100']);
  assert.equal(done.status, 0, done.stderr);
  const [head, ...rows] = readFileSync('content/sample/plates.csv', 'utf8').trimEnd().split('\n').map((line) => line.split(','));
  const [at, state] = [head.indexOf('code'), head.indexOf('state')];
  const wanted = rows.filter((row) => row[state] !== 'retired').map((row) => `${base}/${row[at]}`);
  assert.ok(wanted.length > 20);
  assert.deepEqual(manifest(out).map((row) => row.url).sort(), wanted.sort());
  assert.deepEqual(zbar(pictures(out).map((name) => join(out, name))).sort(), wanted);
});

test('of several addresses a plate from the data folder has the one of today', { skip: !existsSync(server) && 'the server is not built' }, (t) => {
  const dir = folder(t);
  const data = join(dir, 'data');
  const imported = spawnSync(server, ['import', '--data', data, 'content/sample'], { encoding: 'utf8' });
  assert.equal(imported.status, 0, imported.stderr);
  const addresses = JSON.stringify([{ from: '2025-07', words: { vi: 'Phường mới' } }, { until: '2025-06', words: { vi: 'Quận cũ' } }]);
  execFileSync('sqlite3', [join(data, 'stele.db'), `UPDATE site SET details = json_set(details, '$.addresses', json('${addresses}')) WHERE slug = 'dinh-binh-thuy'`]);
  const out = join(dir, 'batch.zip');
  const done = run(['--data', data, '--base-url', base, '--out', out, '--dpi', '100']);
  assert.equal(done.status, 0, done.stderr);
  const { plates } = JSON.parse(execFileSync('unzip', ['-p', out, 'manifest.json'], { encoding: 'utf8' }));
  assert.deepEqual(plates.find((plate) => plate.site === 'dinh-binh-thuy').address, { vi: 'Phường mới' });
});

test('progress is shown on a terminal and nowhere else', (t) => {
  const dir = folder(t);
  const csv = write(dir, 'plates.csv', list(50));
  const command = (out, more = '') => `'${program}' --csv '${csv}' --base-url ${base} --out '${join(dir, out)}' --dpi 100 ${more}`;
  const onTerminal = (line) => spawnSync('script', ['-qec', line, '/dev/null'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).stdout;
  assert.match(onTerminal(command('a')), /50 of 50 plates/);
  assert.equal(onTerminal(command('b', '--quiet')), '');
  assert.equal(run(['--csv', csv, '--base-url', base, '--out', join(dir, 'c'), '--dpi', '100']).stderr, '');
});

// Turns a drawing of half blocks into a picture, as a terminal would, on a ground of the given grey.
function rasterize(drawing, ground) {
  const px = 4;
  const lines = drawing.split('\n').filter((line) => line.includes('\x1b'));
  const width = lines[0].replaceAll(/\x1b\[[0-9;]*m/g, '').length;
  const [columns, rows] = [(width + 20) * px, (lines.length * 2 + 20) * px];
  const grey = Buffer.alloc(columns * rows, ground);
  const colours = { 16: 0, 231: 255 };
  lines.forEach((line, y) => {
    let [x, ink, paper] = [0, null, null];
    for (const part of line.matchAll(/\x1b\[([0-9;]*)m|([^\x1b])/gu)) {
      if (part[1] !== undefined) {
        const fore = /38;5;(\d+)/.exec(part[1]);
        const back = /48;5;(\d+)/.exec(part[1]);
        if (fore) ink = colours[fore[1]];
        if (back) paper = colours[back[1]];
      } else {
        const halves = { ' ': [paper, paper], '▀': [ink, paper], '▄': [paper, ink] }[part[2]];
        halves.forEach((value, half) => {
          for (let i = 0; i < px * px; i += 1) {
            grey[((y * 2 + half + 10) * px + Math.floor(i / px)) * columns + (x + 10) * px + (i % px)] = value;
          }
        });
        x += 1;
      }
    }
  });
  return Buffer.concat([Buffer.from(`P5 ${columns} ${rows} 255\n`), grey]);
}

test('a symbol drawn in a terminal scans on dark and on light ground', (t) => {
  const dir = folder(t);
  const shown = run(['--show', code(9).toUpperCase(), '--base-url', base]);
  assert.equal(shown.status, 0, shown.stderr);
  assert.ok(shown.stdout.endsWith(`\n${base}/${code(9)}\n`));
  for (const ground of [0, 255]) {
    const path = write(dir, `${ground}.pgm`, rasterize(shown.stdout, ground));
    assert.deepEqual(zbar([path]), [`${base}/${code(9)}`]);
  }
  assert.equal(run(['--show', `${base}/${code(9)}`]).stdout, shown.stdout);
  const wrong = run(['--show', 'pagoda', '--base-url', base]);
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /"pagoda" is not a plate's code or address/);
  assert.match(run(['--show', code(9)]).stderr, /--base-url/);
});
