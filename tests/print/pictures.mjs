// Makes the pictures of the print guides anew, from plates as the program draws them: docs/pictures/print/.
// usage: ./dev pictures print, or node tests/print/pictures.mjs with STELE_BUILD, the release build (default build)
// Needs pdftoppm and vips, which are in poppler-utils and libvips-tools.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sourceFolder } from '../http/lib.mjs';
import { code, run } from './plates.mjs';

const base = 'https://ditich.cantho.example.vn';
const plates = [
  ['dinh-binh-thuy', 'Đình Bình Thủy', 'Bình Thủy Communal House', '', 'Di tích cấp quốc gia'],
  ['chua-pothi-somron', 'Chùa Pôthi Somrôn', 'Pôthi Somrôn Pagoda', 'វត្តពោធិ៍សំរោង', 'Di tích cấp thành phố'],
  ['chua-ong', 'Chùa Ông (Quảng Triệu Hội Quán)', 'Chùa Ông (Guangzhao Assembly Hall)', '', 'Di tích cấp quốc gia'],
];
const out = join(sourceFolder, 'docs/pictures/print');
const work = mkdtempSync(join(tmpdir(), 'stele-pictures-'));
const csv = join(work, 'plates.csv');
const tool = (name, args) => execFileSync(name, args, { stdio: ['ignore', 'pipe', 'inherit'] });

function make(name, args) {
  const folder = join(work, name);
  const done = run(['--csv', csv, '--base-url', base, '--out', folder, '--quiet', ...args]);
  if (done.status !== 0) throw new Error(done.stderr);
  return folder;
}

// A page as a PNG `width` pixels wide with a hairline around the paper, in few greys.
function picture(pdf, name, width) {
  const [grey, framed, path] = [join(work, `${name}.png`), join(work, `${name}.v`), join(out, `${name}.png`)];
  tool('pdftoppm', ['-gray', '-png', '-singlefile', '-scale-to-x', String(width), '-scale-to-y', '-1', pdf, grey.slice(0, -4)]);
  const height = Number(tool('vipsheader', ['-f', 'height', grey]));
  tool('vips', ['embed', grey, framed, '1', '1', String(width + 2), String(height + 2), '--extend', 'background', '--background', '170']);
  tool('vips', ['pngsave', framed, path, '--bitdepth', '4', '--compression', '9', '--strip']);
  console.log(`${path}: ${statSync(path).size} bytes`);
}

const first = (folder, kind) => join(folder, kind, readdirSync(join(folder, kind)).sort()[0]);

try {
  mkdirSync(out, { recursive: true });
  writeFileSync(csv, `code,site,title_vi,title_en,title_km,rank,copies\n${plates.map((row, i) => `${[code(i + 11), ...row, 3].join(',')}\n`).join('')}`);
  // All at the same scale: one pixel is 0.4 mm, and the boards show their bleed.
  for (const [design, mm] of [['bare', 83.312], ['label-60x80', 60], ['board-a6', 105], ['board-a5', 148], ['board-a4', 210], ['stele', 240]])
    picture(first(make(design, ['--design', design, '--format', 'pdf']), 'pdf'), design, Math.round((mm + (design === 'bare' ? 0 : 6)) / 0.4));
  const marks = make('marks', ['--design', 'board-a6', '--format', 'pdf', '--crop-marks']);
  picture(first(marks, 'pdf'), 'crop-marks', 380);
  const label = make('sheets', ['--design', 'label-60x80', '--sheets', 'A4', '--proof', '--name', 'Đợt in 12']);
  picture(join(label, 'sheets.pdf'), 'sheets', 500);
  picture(join(label, 'proof.pdf'), 'proof', 500);
} finally {
  rmSync(work, { recursive: true, force: true });
}
