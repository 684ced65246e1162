// Many codes, and two decoders that others wrote: whatever the program thinks of its symbols, these must read them all.
// STELE_CODES: how many (1000). The whole proof: STELE_CODES=10000 node --test tests/print/codes.test.mjs
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { base, code, folder, list, manifest, run, write, zbar } from './plates.mjs';

const count = Number(process.env.STELE_CODES ?? 1000);

test(`${count} codes are read by zbarimg and by ZXing as their addresses`, { timeout: 3_600_000 }, (t) => {
  const dir = folder(t);
  const out = join(dir, 'batch');
  const done = run(['--csv', write(dir, 'plates.csv', list(count)), '--base-url', base, '--out', out, '--dpi', '100', '--module-mm', '1', '--quiet'], { timeout: 3_000_000 });
  assert.equal(done.status, 0, done.stderr);
  const rows = manifest(out);
  assert.deepEqual(rows.map((row) => row.url), rows.map((_, i) => `${base}/${code(i)}`));
  assert.equal(rows.length, count);
  for (let from = 0; from < count; from += 500) {
    const some = rows.slice(from, from + 500);
    const paths = some.map((row) => join(out, row.file));
    const urls = some.map((row) => row.url);
    assert.deepEqual(zbar(paths), urls);
    const read = execFileSync('ZXingReader', ['-fast', ...paths], { encoding: 'utf8', maxBuffer: 1 << 28 });
    assert.deepEqual([...read.matchAll(/^Text: +"(.*)"$/gm)].map((match) => match[1]), urls);
  }
});
