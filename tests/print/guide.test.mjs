// The print guides: their tables of distances say what the program does, their quotes what stands on the desk's screens,
// and their pictures are there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { code, folder, manifest, program, run, write } from './plates.mjs';

// Base URLs of the greatest lengths that give symbols of version 3, 4 and 5.
const bases = [23, 37, 51].map((length) => `https://${'ditich.'.repeat(6).slice(0, length - 'https://.vn'.length)}.vn`);
const names = {
  vi: { 'label-60x80': 'Nhãn 60 × 80', 'board-a6': 'Bảng A6', 'board-a5': 'Bảng A5', 'board-a4': 'Bảng A4', stele: 'Bia' },
  en: { 'label-60x80': 'Label 60 × 80', 'board-a6': 'Board A6', 'board-a5': 'Board A5', 'board-a4': 'Board A4', stele: 'Stele' },
};

function plates(t, args) {
  return bases.map((base, i) => {
    const dir = folder(t);
    const done = run(['--csv', write(dir, 'one.csv', `code\n${code(1)}\n`), '--base-url', base, '--out', join(dir, 'one'), '--quiet', ...args]);
    assert.equal(done.status, 0, done.stderr);
    const [row] = manifest(join(dir, 'one'));
    assert.equal(row.version, String(i + 3));
    return row;
  });
}

const figures = { vi: (text) => text.replaceAll('.', ','), en: (text) => text };

function assertRow(cells) {
  for (const language of ['vi', 'en']) {
    const row = `| ${cells(language).map(figures[language]).join(' | ')} |`;
    assert.ok(readFileSync(`docs/print-guide.${language}.md`, 'utf8').split('\n').includes(row), `print-guide.${language}.md lacks\n${row}`);
  }
}

for (const design of Object.keys(names.vi)) {
  test(`the guides tell from how far ${design} reads`, (t) => {
    const rows = plates(t, ['--design', design]);
    assertRow((language) => [names[language][design], ...rows.map((row) => `${row.reads_from_m} m`)]);
  });
}

for (const metres of ['0.5', '1', '1.5', '2', '3', '5']) {
  test(`the guides tell how large a symbol is that reads from ${metres} m`, (t) => {
    const rows = plates(t, ['--distance-m', metres]);
    for (const row of rows) assert.ok(Number(row.reads_from_m) >= Number(metres));
    assertRow(() => [`${metres} m`, `${Number(Number(rows[0].module_mm).toFixed(1))} mm`, ...rows.map((row) => `${(Number(row.picture_mm) / 10).toFixed(1)} cm`)]);
  });
}

const others = ['Fit to page', 'Shrink to fit']; // words of other people's programs

for (const language of ['vi', 'en']) {
  const guide = readFileSync(`docs/print-guide.${language}.md`, 'utf8');

  test(`the guide in ${language} quotes what stands on the screens`, () => {
    const screens = readdirSync(`assets/locales/${language}`).map((name) => readFileSync(`assets/locales/${language}/${name}`, 'utf8')).join('\n');
    const quotes = [...guide.matchAll(/“([^”]+)”/g)].map((match) => match[1].replace(/\s+/g, ' ')).filter((words) => !others.includes(words));
    assert.ok(quotes.length > 5);
    for (const words of quotes) assert.ok(screens.includes(`"${words}"`), `no screen says “${words}”`);
  });

  test(`what the guide in ${language} says to type makes a parcel`, (t) => {
    const dir = folder(t);
    const [list] = guide.match(/(?<=```csv\n)[^`]+/);
    const [command] = guide.match(/(?<=```sh\n)stele-qrgen[^`]+/);
    write(dir, /--csv (\S+)/.exec(command)[1], list);
    execFileSync('bash', ['-c', `"$0" ${command.replace('stele-qrgen', '--quiet')}`, program], { cwd: dir });
    assert.ok(existsSync(join(dir, /--out (\S+)/.exec(command)[1])));
  });

  test(`the guide in ${language} shows every picture, and says in words what is on it`, () => {
    const shown = [...guide.matchAll(/<img src="pictures\/print\/([^"]+)" width="\d+" alt="[^"]{10,}">/g)].map((match) => match[1]);
    assert.deepEqual(shown.sort(), readdirSync('docs/pictures/print').sort());
  });
}
