// Large batches: 10,000 plates as PNG at 600 dpi and PDF in one ZIP file, every file decoded again, and what memory
// that takes; the same as PNG alone at 10,000 and 100,000 plates; a single code's time beside qrencode, zint and segno.
// The clock tells what a person waits, the processors' time what a machine on which nothing else runs would need.
// usage: node tests/bench/batch.mjs [PLATES [MANY]]       (STELE_BUILD: the release build, default build)
// Exit 1 when the memory is not under the promise, or symbols alone are slower than theirs.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { code, program } from '../print/plates.mjs';

const [plates = 10_000, many = 100_000] = process.argv.slice(2).map(Number);
const promised = { memory: 128, matrices: 5000 }; // MiB; a second
const base = 'https://ditich.cantho.example.vn';
const work = mkdtempSync(join(tmpdir(), 'stele-bench-'));
const kept = [];
const tell = (good, text) => {
  kept.push(good);
  console.log(`  ${good ? 'kept  ' : 'MISSED'} ${text}`);
};

const job = (count, more) => {
  const path = join(work, `job-${count}.json`);
  const list = Array.from({ length: count }, (_, i) => ({ code: code(i), site: 'dinh-binh-thuy', titles: { vi: 'Đình Bình Thủy' } }));
  writeFileSync(path, JSON.stringify({ 'stele-job': 1, base_url: base, ...more, plates: list }));
  return path;
};

// Seconds that a batch takes by the clock and of all processors together, its children's included, and the most memory
// that it had, in MiB.
async function batch(count, more) {
  const out = join(work, 'batch.zip');
  const path = job(count, more);
  rmSync(out, { force: true });
  const began = process.hrtime.bigint();
  const child = spawn(program, ['--quiet', '--job', path, '--out', out], { stdio: ['ignore', 'inherit', 'inherit'] });
  let [most, processor] = [0, 0];
  const look = () => {
    try {
      const ticks = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 15); // 100 a second: proc(5)
      processor = ticks.reduce((sum, n) => sum + Number(n), 0) / 100;
      const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
      if (found) most = Number(found[1]) / 1024; // the kernel remembers the most by itself
    } catch { /* it has ended */ }
  };
  const looking = setInterval(look, 20);
  const status = await new Promise((done) => { child.on('exit', done); });
  clearInterval(looking);
  if (status !== 0) throw new Error(`stele-qrgen ended with ${status}`);
  return { seconds: Number(process.hrtime.bigint() - began) / 1e9, processor, most, bytes: statSync(out).size };
}

async function measure(count, more, what) {
  const { seconds, processor, most, bytes } = await batch(count, more);
  tell(most > 0 && most < promised.memory,
    `${count} plates, ${what}: ${seconds.toFixed(1)} s, ${((seconds / count) * 1000).toFixed(2)} ms each (${((processor / count) * 1000).toFixed(2)} ms of a processor), ${(bytes / 2 ** 20).toFixed(0)} MiB of ZIP, at most ${most.toFixed(0)} MiB of memory (promised: ${promised.memory})`);
}

// Every kind goes through the hardships; together they must cost less than each by itself, as what one bore is the first
// that the next is shown.
async function everyKind(count) {
  const cost = {};
  for (const formats of [['png'], ['pdf'], ['svg'], ['png', 'pdf', 'svg']]) cost[formats] = (await batch(count, { design: 'board-a5', formats })).processor;
  const ratio = cost['png,pdf,svg'] / (cost.png + cost.pdf + cost.svg);
  tell(ratio < 1, `${count} boards as PNG, PDF and SVG take ${ratio.toFixed(2)} of what the three take apart (promised: below 1)`);
}

// The same number of PNGs with the same module, quiet zone and resolution, by programs that others would take.
function sideBySide(count) {
  const urls = Array.from({ length: count }, (_, i) => `${base}/${code(i)}`);
  const list = join(work, 'urls');
  const csv = join(work, 'plates.csv');
  writeFileSync(list, `${urls.join('\n')}\n`);
  writeFileSync(csv, `code\n${urls.map((url) => url.slice(base.length + 1)).join('\n')}\n`);
  const ours = [program, '--quiet', '--csv', csv, '--base-url', base, '--out', 'out/batch'];
  const contenders = {
    'stele-qrgen, every picture decoded again': ours,
    'stele-qrgen, one thread': [...ours, '--jobs', '1'],
    'stele-qrgen, one thread, check left out': [...ours, '--jobs', '1', '--no-check'],
    'qrencode, a run for each code': ['sh', '-c', 'while read -r url; do qrencode -t PNG -s 48 -m 4 -l Q -d 600 -o "out/${url##*/}.png" "$url"; done <"$0"', list],
    'zint --batch, one run': ['sh', '-c', 'cd out && zint --batch -b 58 --secure=3 --quietzones --scale=24 -o "~~~~~~.png" -i "$0"', list],
    'segno, one run of Python': ['/usr/bin/python3', '-c', 'import segno, sys\nfor url in open(sys.argv[1]).read().split():\n    segno.make_qr(url, error="q").save("out/" + url.rsplit("/", 1)[1] + ".png", scale=48, border=4, dpi=600)', list],
  };
  for (const [name, [command, ...args]] of Object.entries(contenders)) {
    rmSync(join(work, 'out'), { recursive: true, force: true });
    mkdirSync(join(work, 'out'));
    const began = process.hrtime.bigint();
    const done = spawnSync('bash', ['-c', 'TIMEFORMAT="%U %S"; time "$@"', 'bash', command, ...args], { cwd: work, encoding: 'utf8' });
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    const made = readdirSync(join(work, 'out'), { recursive: true }).filter((file) => file.endsWith('.png')).length;
    if (done.status !== 0 || made !== count) throw new Error(`${name}: ${made} of ${count} pictures: ${done.stderr}`);
    const processor = done.stderr.trim().split('\n').at(-1).split(' ').reduce((sum, n) => sum + Number(n), 0);
    const each = (time) => ((time / count) * 1000).toFixed(2).padStart(8);
    console.log(`         ${name.padEnd(42)}${each(seconds)} ms a code, ${each(processor)} ms of a processor`);
  }
}

try {
  console.log(`  ${cpus().length} cores`);
  const matrices = spawnSync(resolve(process.env.STELE_BUILD ?? 'build', 'tests/bench/bench_matrix'), { encoding: 'utf8' });
  const [processor, clock] = matrices.stdout.trim().split(' ');
  tell(matrices.status === 0, `${processor} symbol matrices a second of one processor's time, ${clock} by the clock (promised: ${promised.matrices})`);
  sideBySide(Math.min(plates, 300));
  await measure(plates, { formats: ['png', 'pdf'] }, 'PNG at 600 dpi and PDF, all decoded again');
  await measure(plates, { formats: ['png'], sheets: { paper: 'A3' }, proof: true }, 'PNG, sheets and proof');
  await everyKind(Math.min(plates, 200));
  if (many) await measure(many, { formats: ['png'] }, 'PNG alone');
  console.log(`batch: ${kept.filter(Boolean).length} of ${kept.length} promises kept`);
  process.exitCode = kept.every(Boolean) ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
