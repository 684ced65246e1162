// The tables of distances in the print guides say what the program does.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { code, folder, manifest, run, write } from './plates.mjs';

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
