// What the print tests share: right codes, lists of plates, running stele-qrgen, reading what it wrote.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const build = process.env.STELE_BUILD ?? 'build';
export const program = resolve(build, 'qrgen/stele-qrgen');
export const base = 'https://ditich.example.vn';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

// docs/decisions/0002-codes.md: the weighted sum over GF(32) is 0. Written apart from the program on purpose.
const times = (v) => ((v << 1) & 32 ? ((v << 1) ^ 0x25) & 31 : v << 1);
const syndrome = (values) => values.reduceRight((sum, v) => times(sum) ^ v, 0);

export function code(number) {
  const values = [];
  for (let i = 0, rest = number * 7919 + 104729; i < 7; i += 1, rest = Math.floor(rest / 32)) values.push(rest % 32);
  const last = [...Array(32).keys()].find((v) => syndrome([...values, v]) === 0);
  return [...values, last].map((v) => alphabet[v]).join('');
}

export const list = (count, site = 'dinh-binh-thuy') =>
  `code,site\n${Array.from({ length: count }, (_, i) => `${code(i)},${site}\n`).join('')}`;

// A folder that is gone when the test is over.
export function folder(t) {
  const path = mkdtempSync(join(tmpdir(), 'stele-print-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export function write(dir, name, content) {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

const environment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^STELE_(BASE|DATA|DPI|FORMAT|JOBS|MODULE|SIZE)/.test(name)));

export function run(args, options = {}) {
  const { env = {}, ...more } = options;
  return spawnSync(program, args, { encoding: 'utf8', timeout: 120_000, env: { ...environment(), ...env }, ...more });
}

export const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

export function manifest(out) {
  const [head, ...lines] = readFileSync(join(out, 'manifest.csv'), 'utf8').replace(/^\uFEFF/, '').trimEnd().split('\n');
  const names = head.split(',');
  return lines.map((line) => {
    const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2]);
    return Object.fromEntries(names.map((name, i) => [name, cells[i]]));
  });
}

export const pictures = (out) => readdirSync(out).filter((name) => name.endsWith('.png')).sort();

// The chunks of a PNG: [{type, data}].
export function chunks(path) {
  const bytes = readFileSync(path);
  const found = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    found.push({ type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return found;
}

const big = { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] };

// What zbarimg reads from each of many pictures, one line a picture.
export const zbar = (paths) =>
  execFileSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', ...paths], big).trimEnd().split('\n');

export const zxing = (path) => /^Text:\s+"(.*)"$/m.exec(execFileSync('ZXingReader', [path], big))[1];
