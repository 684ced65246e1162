// Designed plates as a print shop gets them: every design in every kind of file, looked at with other people's programs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { deflateSync } from 'node:zlib';
import { pngChunk } from '../photos.mjs';
import { base, chunks, code, folder, list, manifest, run, sha256, write, zbar, zxing } from './plates.mjs';

const names = [
  ['Đình Bình Thủy', 'Bình Thủy Communal House', ''],
  ['Chùa Ông (Quảng Triệu Hội Quán)', 'Chùa Ông (Guangzhao Assembly Hall)', ''],
  ['Chùa Pôthi Somrôn', 'Pôthi Somrôn Pagoda', 'វត្តពោធិ៍សំរោង'],
];

const csv = `code,site,title_vi,title_en,title_km,rank_vi,rank_en\n${names
  .map(([vi, en, km], i) => `${code(i)},site-${i},${vi},${en},${km},Di tích cấp quốc gia,National site\n`).join('')}`;

const said = run(['--list-designs']).stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
const designs = said.filter((design) => design.name !== 'bare');

const make = (t, args, rows = csv) => {
  const dir = folder(t);
  const out = join(dir, 'batch');
  const done = run(['--csv', write(dir, 'plates.csv', rows), '--base-url', base, '--out', out, ...args]);
  assert.equal(done.status, 0, done.stderr);
  return { dir, out };
};

const files = (out, kind) => readdirSync(join(out, kind)).sort().map((name) => join(out, kind, name));
const tool = (name, args) => execFileSync(name, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });

// A PDF or SVG as a picture of 150 pixels an inch, by other renderers.
const render = {
  pdf: (path, to) => tool('pdftoppm', ['-r', '150', '-png', '-singlefile', path, to]),
  svg: (path, to) => tool('rsvg-convert', ['--dpi-x', '150', '--dpi-y', '150', '-b', 'white', '-o', `${to}.png`, path]),
};

// "TrimBox: 8.50 8.50 428.03 603.78" of pdfinfo in millimetres: left, bottom, right, top.
const boxes = (path) => Object.fromEntries([...tool('pdfinfo', ['-box', path]).matchAll(/^(\w+Box):\s+(.*)$/gm)]
  .map(([, name, numbers]) => [name, numbers.trim().split(/\s+/).map((n) => (Number(n) * 25.4) / 72)]));

const near = (found, wanted, what) => found.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 0.02, `${what}: ${found} is not ${wanted}`));

test('the list of designs tells names and sizes', () => {
  assert.deepEqual(said.map((design) => design.name), ['bare', 'board-a4', 'board-a5', 'board-a6', 'label-60x80', 'stele']);
  const sizes = { 'board-a4': [210, 297], 'board-a5': [148, 210], 'board-a6': [105, 148], 'label-60x80': [60, 80], stele: [240, 360] };
  for (const design of designs) {
    assert.deepEqual([design.width_mm, design.height_mm], sizes[design.name]);
    assert.ok(design.symbol_mm > 45 && design.symbol_mm <= design.width_mm);
    assert.ok(design.labels.vi && design.labels.en);
  }
  assert.ok(designs.find((design) => design.name === 'stele').logo);
});

for (const design of designs) {
  test(`${design.name}: PNG, PDF and SVG are read by two decoders after other renderers`, (t) => {
    const { dir, out } = make(t, ['--design', design.name, '--format', 'png,pdf,svg', '--dpi', '300']);
    const urls = names.map((_, i) => `${base}/${code(i)}`);
    const pictures = { png: files(out, 'png') };
    for (const kind of ['pdf', 'svg']) {
      pictures[kind] = files(out, kind).map((path, i) => {
        render[kind](path, join(dir, `${kind}-${i}`));
        return join(dir, `${kind}-${i}.png`);
      });
    }
    for (const kind of ['png', 'pdf', 'svg']) {
      assert.deepEqual(zbar(pictures[kind]), urls, kind);
      assert.deepEqual(pictures[kind].map(zxing), urls, kind);
    }
    assert.match(files(out, 'svg')[0], /_site-0_rgb\.svg$/);
  });

  test(`${design.name}: PDF in black ink alone, without fonts, in right boxes`, (t) => {
    const { out } = make(t, ['--design', design.name, '--format', 'pdf']);
    const { width_mm: w, height_mm: h } = design;
    for (const path of files(out, 'pdf')) {
      tool('qpdf', ['--check', path]);
      const ink = tool('gs', ['-q', '-dSAFER', '-o', '-', '-sDEVICE=inkcov', path]).trim();
      assert.match(ink, /^0\.00000 +0\.00000 +0\.00000 +0\.(?!00000)\d+ CMYK OK$/);
      assert.equal(tool('pdffonts', [path]).trim().split('\n').length, 2); // a head and no row
      assert.equal(tool('pdfimages', ['-list', path]).trim().split('\n').length, 2);
      const found = boxes(path);
      near(found.MediaBox, [0, 0, w + 6, h + 6], 'MediaBox');
      near(found.BleedBox, [0, 0, w + 6, h + 6], 'BleedBox');
      near(found.TrimBox, [3, 3, w + 3, h + 3], 'TrimBox');
    }
  });

  test(`${design.name}: PNG of 8-bit grey in exact size`, (t) => {
    const { out } = make(t, ['--design', design.name, '--format', 'png', '--dpi', '300']);
    manifest(out).forEach((row, i) => {
      const path = files(out, 'png')[i];
      assert.equal(join(out, row.file), path);
      assert.match(tool('pngcheck', [path]), /^OK: .*8-bit grayscale, non-interlaced/);
      const parts = chunks(path);
      assert.deepEqual([...new Set(parts.map(({ type }) => type))], ['IHDR', 'pHYs', 'IDAT', 'IEND']);
      const [width, height, perMetre] = [parts[0].data.readUInt32BE(0), parts[0].data.readUInt32BE(4), parts[1].data.readUInt32BE(0)];
      assert.equal(width, Math.round((design.width_mm * 300) / 25.4));
      assert.equal(height, Math.round((design.height_mm * 300) / 25.4));
      assert.equal(perMetre, 11811);
      assert.equal(row.sha256, sha256(path));
      assert.equal(row.design, design.name);
      assert.ok(Number(row.margin) >= 1 && Number(row.margin) <= 2);
      assert.match(row.weakest, /^(blur|small|tilt|stain)$/);
      assert.ok(Number(row.module_mm) >= 1);
    });
  });

  test(`${design.name}: two runs give the same bytes`, (t) => {
    const args = ['--design', design.name, '--format', 'png,pdf,svg', '--dpi', '200'];
    const [one, two] = [make(t, [...args, '--jobs', '1']), make(t, [...args, '--jobs', '3'])];
    for (const kind of ['png', 'pdf', 'svg']) {
      assert.deepEqual(files(one.out, kind).map(sha256), files(two.out, kind).map(sha256), kind);
    }
  });
}

test('a bare symbol as PDF and SVG has its exact size and is one path', (t) => {
  const { dir, out } = make(t, ['--format', 'png,pdf,svg', '--module-mm', '2.032']);
  const [row] = manifest(out);
  const side = (17 + 4 * Number(row.version) + 8) * 2.032;
  near(boxes(files(out, 'pdf')[0]).TrimBox, [3, 3, side + 3, side + 3], 'TrimBox');
  const content = execFileSync('qpdf', ['--qdf', '--object-streams=disable', files(out, 'pdf')[0], '-'], { encoding: 'latin1' });
  assert.equal(content.match(/^0 0 0 1 k$/gm).length, 1);
  assert.equal(content.match(/^f\*?$/gm).length, 1);
  const svg = readFileSync(files(out, 'svg')[0], 'utf8');
  assert.equal(svg.match(/<path/g).length, 1);
  assert.ok(svg.includes(`width="${side.toFixed(3).replace(/0+$/, '')}mm"`), svg.slice(0, 150));
  for (const kind of ['pdf', 'svg']) {
    render[kind](files(out, kind)[0], join(dir, kind));
    assert.equal(zxing(join(dir, `${kind}.png`)), row.url);
  }
  assert.deepEqual([row.margin, row.weakest, row.design], ['', '', 'bare']);
});

test('crop marks stand outside the bleed, in black alone', (t) => {
  const { dir, out } = make(t, ['--design', 'label-60x80', '--format', 'pdf', '--crop-marks']);
  const [path] = files(out, 'pdf');
  const found = boxes(path);
  near(found.MediaBox, [0, 0, 80, 100], 'MediaBox');
  near(found.TrimBox, [10, 10, 70, 90], 'TrimBox');
  near(found.BleedBox, [7, 7, 73, 93], 'BleedBox');
  assert.match(tool('gs', ['-q', '-dSAFER', '-o', '-', '-sDEVICE=inkcov', path]), /^ *0\.00000 +0\.00000 +0\.00000/);
  tool('pdftoppm', ['-r', '254', '-gray', '-singlefile', path, join(dir, 'marks')]); // 10 pixels a millimetre
  const pgm = readFileSync(join(dir, 'marks.pgm'));
  const [width, height] = /^P5\n(\d+) (\d+)/.exec(pgm.toString('latin1', 0, 20)).slice(1).map(Number);
  const start = pgm.length - width * height;
  const grey = (x, y) => pgm[start + Math.round(y * 10) * width + Math.round(x * 10)];
  assert.ok(grey(4, 10) < 200); // left of the upper edge
  assert.ok(grey(70, 95) < 200); // below the right edge
  for (const [x, y] of [[8, 10], [10, 8], [69, 92], [72, 90]]) assert.equal(grey(x, y), 255); // nothing in the bleed
});

test('the distance sets the module, and the size tells the distance', (t) => {
  const { out } = make(t, ['--distance-m', '1', '--format', 'png', '--dpi', '300'], list(1));
  const [row] = manifest(out);
  assert.ok(Number(row.module_mm) >= 4 && Number(row.module_mm) < 4.1);
  assert.ok(Number(row.reads_from_m) >= 1);
  const modules = 17 + 4 * Number(row.version);
  assert.ok(Number(row.symbol_mm) >= (1000 / 10) * (modules / 25) - 0.1);
  const dir = folder(t);
  const far = run(['--csv', write(dir, 'p.csv', csv), '--base-url', base, '--out', join(dir, 'b'), '--design', 'board-a6', '--distance-m', '2']);
  assert.equal(far.status, 1);
  assert.match(far.stderr, /^stele-qrgen: plate \w+ \(line 2\): its address needs a symbol.*more than the 68 mm that the design has room for[^\n]*\n$/);
});

// A grey PNG from rows of numbers.
function png(rows) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(rows[0].length, 0);
  head.writeUInt32BE(rows.length, 4);
  head[8] = 8;
  const data = Buffer.concat(rows.map((row) => Buffer.from([0, ...row])));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), pngChunk('IHDR', head), pngChunk('IDAT', deflateSync(data)), pngChunk('IEND', Buffer.alloc(0))]);
}

const ring = Array.from({ length: 60 }, (_, y) => Array.from({ length: 60 }, (_, x) => (Math.abs(Math.hypot(x - 30, y - 30) - 20) < 5 ? 0 : 255)));

test('a logo is drawn in the same one ink, beside the symbol', (t) => {
  const dir = folder(t);
  const logo = write(dir, 'logo.png', png(ring));
  const [plain, marked] = [[], ['--logo', logo]].map((more) => make(t, ['--design', 'stele', '--format', 'pdf,svg', ...more]));
  const count = (out) => readFileSync(files(out, 'svg')[0], 'utf8').match(/<path/g).length;
  assert.equal(count(marked.out), count(plain.out) + 1);
  const [path] = files(marked.out, 'pdf');
  assert.match(tool('gs', ['-q', '-dSAFER', '-o', '-', '-sDEVICE=inkcov', path]), /^ *0\.00000 +0\.00000 +0\.00000/);
  assert.equal(tool('pdfimages', ['-list', path]).trim().split('\n').length, 2);
});

const long = `Khu di tích lịch sử ${'và văn hóa của nhân dân '.repeat(10)}`.slice(0, 200).toUpperCase();
const small = `[design]\nlabel.vi = Nhỏ\nlabel.en = Small\nwidth = 50\nheight = 60\n`;
const symbolBox = '\n[symbol]\nbox = 2 2 46 46\n';

// Each with the text that it must say.
const refusals = [
  ['a name of 200 characters', 1, ['--design', 'board-a5'], {}, /plate \w+ \(line 2\): the name "KHU DI TÍCH.*\(200 characters\) does not fit into 116 × 53 mm even in letters of 6 mm/, `code,title_vi,title_en,rank_vi\n${code(0)},${long},Bình Thủy Communal House,Di tích cấp quốc gia\n`],
  ['a module below the floor', 1, ['--design', 'tiny', '--designs', '.'], { 'tiny.ini': `${small}\n[symbol]\nbox = 2 2 30 30\n` }, /the design tiny has room for a symbol of 30 mm, too little for the \d+ modules.*must be at least 1\.0 mm/],
  ['a logo that is no PNG', 1, ['--design', 'stele', '--logo', 'logo.png'], { 'logo.png': 'GIF89a' }, /the logo logo\.png is no PNG.*save it as PNG/],
  ['a logo that is cut off', 1, ['--design', 'stele', '--logo', 'logo.png'], { 'logo.png': png(ring).subarray(0, 200) }, /the logo logo\.png is a damaged PNG/],
  ['a logo that is white', 1, ['--design', 'stele', '--logo', 'logo.png'], { 'logo.png': png([[255, 255], [255, 255]]) }, /nothing in the logo logo\.png is dark/],
  ['a logo that is a folder', 2, ['--design', 'stele', '--logo', '.'], {}, /the logo cannot be read: \. is not a regular file/],
  ['a missing logo', 1, ['--design', 'stele', '--logo', 'none.png'], {}, /the logo cannot be read: .*none\.png/],
  ['a logo where there is no place', 2, ['--design', 'label-60x80', '--logo', 'logo.png'], { 'logo.png': png(ring) }, /the design label-60x80 has no place for a logo/],
  ['crop marks without PDF', 2, ['--design', 'stele', '--crop-marks'], {}, /--format/],
  ['an unknown design', 1, ['--design', 'obelisk'], {}, /there is no plate design "obelisk" \(there are: bare, board-a4,/],
  ['a design that is a path', 1, ['--design', '../stele'], {}, /there is no plate design/],
  ['a missing folder of designs', 1, ['--design', 'stele', '--designs', 'none'], {}, /cannot read the folder of designs none/],
  ['an unknown key in a design', 1, ['--design', 'mine', '--designs', '.'], { 'mine.ini': `${small}${symbolBox}colour = red\n` }, /\.\/mine\.ini, line 9: \[symbol\] has no "colour" \(it has: box\)/],
  ['a size that is no number', 1, ['--design', 'mine', '--designs', '.'], { 'mine.ini': `${small.replace('50', 'fifty')}${symbolBox}` }, /mine\.ini, line 4: width = fifty is no number/],
  ['boxes over one another', 1, ['--design', 'mine', '--designs', '.'], { 'mine.ini': `${small}${symbolBox}[column title]\nbox = 2 40 46 10\n[text name]\nwhat = name\nsize = 5\n` }, /mine\.ini, line 9: \[column title\] lies over \[symbol\] \(line 7\)/],
  ['a font that is not there', 1, ['--design', 'mine', '--designs', '.'], { 'mine.ini': `${small}${symbolBox}[column title]\nbox = 2 50 46 8\n[text name]\nwhat = name\nsize = 5\nfamily = Papyrus\n` }, /the font "Papyrus" of the name is not installed/],
  ['a letter that no font has', 1, ['--design', 'board-a6'], {}, /no installed font has the character .* \(U\+16D40\) of the name: install the package/, `code,title\n${code(0)},Chùa \u{16D40}\n`],
];

for (const [what, status, args, given, reason, rows] of refusals) {
  test(`refuses ${what} with one sentence and leaves nothing`, (t) => {
    const dir = folder(t);
    for (const [name, content] of Object.entries(given)) writeFileSync(join(dir, name), content);
    write(dir, 'plates.csv', rows ?? csv);
    const before = readdirSync(dir);
    const done = run(['--csv', 'plates.csv', '--base-url', base, '--out', 'batch', ...args], { cwd: dir });
    assert.match(done.stderr, /^stele-qrgen: [^\n]+\n$/);
    assert.match(done.stderr, reason);
    assert.equal(done.status, status);
    assert.deepEqual(readdirSync(dir), before);
  });
}

test('a city adds a design and replaces one, without code', (t) => {
  const dir = folder(t);
  mkdirSync(join(dir, 'designs'));
  write(dir, 'designs/so-nha.ini', `${small}${symbolBox}[column title]\nbox = 2 49 46 9\n[text name]\nwhat = name\nsize = 5\nfloor = 2\n`);
  write(dir, 'designs/stele.ini', `${small.replace('Small', 'Ours')}${symbolBox}`);
  const listed = run(['--list-designs', '--designs', join(dir, 'designs')]).stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.ok(listed.some((design) => design.name === 'so-nha'));
  assert.equal(listed.find((design) => design.name === 'stele').labels.en, 'Ours');
  const { out } = make(t, ['--design', 'so-nha', '--designs', join(dir, 'designs'), '--format', 'png', '--dpi', '300']);
  assert.deepEqual(zbar(files(out, 'png')), names.map((_, i) => `${base}/${code(i)}`));
});

test('boards show the name in Khmer and in Chinese too, where the plate has one', (t) => {
  const dir = folder(t);
  const plate = (more) => `code,title_vi,title_en,title_km,title_zh-Hant\n${code(0)},Chùa Ông,Ông Pagoda,${more}\n`;
  const more = { km: 'វត្តពោធិ៍សំរោង,', 'zh-hant': ',廣肇會館' };
  for (const { name } of designs.filter((design) => !design.name.startsWith('label'))) {
    const look = (rows) => {
      const done = run(['--csv', write(dir, 'plates.csv', rows), '--base-url', base, '--design', name, '--preview', '-'], { encoding: 'buffer' });
      assert.equal(done.status, 0, String(done.stderr));
      return done.stdout;
    };
    const without = look(plate(','));
    for (const [lang, cells] of Object.entries(more)) assert.notDeepEqual(look(plate(cells)), without, `${name} in ${lang}`);
  }
});

test('a preview is the first plate as one picture', (t) => {
  const dir = folder(t);
  const plates = write(dir, 'plates.csv', csv);
  const args = ['--csv', plates, '--base-url', base, '--design', 'board-a5'];
  assert.equal(run([...args, '--preview', join(dir, 'preview.png')]).status, 0);
  assert.equal(zxing(join(dir, 'preview.png')), `${base}/${code(0)}`);
  const [head] = chunks(join(dir, 'preview.png'));
  assert.deepEqual([head.data.readUInt32BE(0), head.data.readUInt32BE(4)], [874, 1240]);
  const piped = run([...args, '--preview', '-'], { encoding: 'buffer' });
  assert.deepEqual(piped.stdout, readFileSync(join(dir, 'preview.png')));
  assert.ok(!existsSync(join(dir, 'batch')));
});

test('without pdftoppm no PDF is promised', (t) => {
  const dir = folder(t);
  const plates = write(dir, 'plates.csv', csv);
  const done = run(['--csv', plates, '--base-url', base, '--design', 'board-a6', '--format', 'pdf', '--out', join(dir, 'b')], { env: { PATH: dir } });
  assert.equal(done.status, 1);
  assert.match(done.stderr, /^stele-qrgen: pdftoppm.*is not installed: install the package poppler-utils[^\n]*\n$/);
  assert.ok(!existsSync(join(dir, 'b')));
});
