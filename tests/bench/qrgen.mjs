// PNGs of the default plate at 600 dpi: one batch of stele-qrgen against as many runs of the qrencode program with
// the same module, quiet zone, error correction and resolution, in turn, in one run.
// usage: node tests/bench/qrgen.mjs [PLATES [ROUNDS]]       (STELE_BUILD: the release build, default build)
// The last line is the ratio that is promised: at least 4, the check of the pictures left out. Exit 1 below it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { code, program } from '../print/plates.mjs';

const [plates = 1000, rounds = 3] = process.argv.slice(2).map(Number);
const promised = 4;
const base = 'https://ditich.cantho.example.vn';
const cores = cpus().length;
const work = mkdtempSync(join(tmpdir(), 'stele-bench-'));
const codes = Array.from({ length: plates }, (_, i) => code(i));
const csv = join(work, 'plates.csv');
const urls = join(work, 'urls');
writeFileSync(csv, `code\n${codes.join('\n')}\n`);
writeFileSync(urls, `${codes.map((c) => `${base}/${c}`).join('\n')}\n`);

const qrencode = 'qrencode -t PNG -s 48 -m 4 -l Q -d 600';
const batch = [program, '--quiet', '--csv', csv, '--base-url', base, '--out', 'out'];
const contenders = {
  'qrencode, one run after the other': ['sh', '-c', `mkdir out; while read -r url; do ${qrencode} -o "out/\${url##*/}.png" "$url"; done <"$0"`, urls],
  [`qrencode, ${cores} runs at a time`]: ['sh', '-c', `mkdir out; xargs -P ${cores} -I URL sh -c '${qrencode} -o "out/\${0##*/}.png" "$0"' URL <"$0"`, urls],
  'stele-qrgen, check left out': [...batch, '--no-check'],
  'stele-qrgen, one thread, check left out': [...batch, '--no-check', '--jobs', '1'],
  'stele-qrgen, every picture decoded again': batch,
};

function once([command, ...args]) {
  const out = join(work, 'out');
  rmSync(out, { recursive: true, force: true });
  const start = process.hrtime.bigint();
  const done = spawnSync(command, args, { cwd: work, encoding: 'utf8' });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (done.error || done.status !== 0) throw new Error(`${command}: ${done.error ?? done.stderr}`);
  const made = readdirSync(out).filter((name) => name.endsWith('.png'));
  if (made.length !== plates) throw new Error(`${command} made ${made.length} of ${plates} pictures`);
  return { seconds, bytes: made.reduce((sum, name) => sum + statSync(join(out, name)).size, 0) / plates };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

try {
  const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, command] of Object.entries(contenders)) results[name].push(once(command));
  }
  const took = Object.fromEntries(Object.entries(results).map(([name, all]) => [name, median(all.map((r) => r.seconds))]));
  const [first] = Object.keys(contenders);
  console.log(`${plates} PNGs of the default plate at 600 dpi, ${cores} cores, median of ${rounds} rounds`);
  for (const [name, seconds] of Object.entries(took)) {
    const figures = [`${seconds.toFixed(2)} s`, `${((seconds / plates) * 1000).toFixed(2)} ms each`, `${Math.round(results[name][0].bytes)} bytes each`, `${(took[first] / seconds).toFixed(1)} times`];
    console.log(`  ${name.padEnd(42)}${figures.map((f) => f.padStart(17)).join('')}`);
  }
  const ratio = took[first] / took['stele-qrgen, check left out'];
  console.log(`qrgen: ${ratio.toFixed(1)} times faster than qrencode (promised: ${promised})`);
  process.exitCode = ratio >= promised ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
