// All figures, each as a ratio to what is promised or to another program, taken in one run on one machine.
// usage: node tests/bench/run.mjs [page] [miss] [start] [memory] [qrgen] [batch] [beside] [import] [view] [desk]
// Environment: STELE_BUILD (a release build; default build), BENCH_SECONDS a round (3), BENCH_ROUNDS (5).
// Exit 1 when a promise is not kept.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { program, request, runProgram, sleep, startServer } from '../http/lib.mjs';
import { importSample, stele } from '../sample.mjs';
import { makeManyForDesk, measureDesk } from './desk.mjs';
import { writeManySites } from './many_sites.mjs';

const seconds = Number(process.env.BENCH_SECONDS ?? 3);
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const page = '/vi/sites/dinh-binh-thuy';
const promised = { page: 1, miss: 5000, start: 200, memory: 32, qrgen: 4, import: 1760, desk: 100, beside: 0.8 }; // import: 8,800 rows in 5 s

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'stele-bench-'));
const data = path.join(work, 'data');
const cleaning = [() => fs.rmSync(work, { recursive: true, force: true })];
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const results = [];
const tell = (name, kept, text) => {
  results.push(kept);
  console.log(`${kept ? 'kept  ' : 'MISSED'} ${name.padEnd(8)}${text}`);
};

const serve = async (...args) => {
  const server = await startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--no-log', ...args]);
  cleaning.unshift(() => server.stop());
  return server;
};

// 64 connections kept alive, for some seconds: requests a second.
function rate(url) {
  const { stdout, status } = spawnSync('wrk', ['-t1', '-c64', `-d${seconds}s`, url], { encoding: 'utf8' });
  const found = /Requests\/sec:\s+([\d.]+)/.exec(stdout);
  if (status !== 0 || !found || /Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk ${url}: ${stdout}`);
  return Number(found[1]);
}

// As rate, and the time within which 99 of 100 answers came.
function rateAndLatency(url) {
  const { stdout, status } = spawnSync('wrk', ['-t1', '-c64', `-d${seconds}s`, '--latency', url], { encoding: 'utf8' });
  const found = /99%\s+([\d.]+)(us|ms|s)\b[\s\S]*Requests\/sec:\s+([\d.]+)/.exec(stdout);
  if (status !== 0 || !found || /Non-2xx|Socket errors/.test(stdout)) throw new Error(`wrk ${url}: ${stdout}`);
  return { rate: Number(found[3]), ms: Number(found[1]) * { us: 0.001, ms: 1, s: 1000 }[found[2]] };
}

async function startNginx(bytes) {
  const root = path.join(work, 'root');
  fs.mkdirSync(root);
  fs.writeFileSync(path.join(root, 'page.html'), bytes);
  for (const folder of [work, root]) fs.chmodSync(folder, 0o755); // its workers are another user
  const port = 20000 + (process.pid % 20000);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  fs.writeFileSync(
    path.join(work, 'nginx.conf'),
    `daemon off; worker_processes ${os.cpus().length}; pid ${work}/nginx.pid; error_log ${work}/nginx.log;
     events { worker_connections 1024; }
     http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type text/html;
       ${temporary.map((name) => `${name}_temp_path ${work}/${name};`).join(' ')}
       server { listen 127.0.0.1:${port}; root ${root}; } }`,
  );
  const nginx = spawn('nginx', ['-c', `${work}/nginx.conf`, '-e', `${work}/nginx.log`], { stdio: 'inherit' });
  cleaning.unshift(() => nginx.kill('SIGTERM'));
  const server = { host: '127.0.0.1', port };
  for (let i = 0; i < 100; i += 1) {
    const answer = await request(server, '/page.html').catch(() => null);
    if (answer?.body.equals(bytes)) return `http://127.0.0.1:${port}/page.html`;
    await sleep(20);
  }
  throw new Error('nginx does not answer');
}

const memory = (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

const benches = {
  async page() {
    const server = await serve();
    const { body } = await request(server, page);
    const nginx = await startNginx(body);
    const pairs = [];
    rate(server.url + page);
    for (let i = 0; i < rounds; i += 1) pairs.push([rate(server.url + page), rate(nginx)]);
    const ratio = median(pairs.map(([ours, theirs]) => ours / theirs));
    const [ours, theirs] = [0, 1].map((i) => Math.round(median(pairs.map((pair) => pair[i]))));
    tell('page', ratio >= promised.page,
      `${ratio.toFixed(2)} times nginx: a site's page of ${body.length} bytes from cache ${ours}/s, nginx from a file ${theirs}/s, 64 connections, median of ${rounds} pairs`);
  },
  async miss() {
    const server = await serve('--cache-bytes', '0');
    rate(server.url + page);
    const rates = Array.from({ length: rounds }, () => rate(server.url + page));
    const ours = Math.round(median(rates));
    tell('miss', ours >= promised.miss, `${(ours / promised.miss).toFixed(2)} times the promise: a site's page without a cache ${ours}/s (promised ${promised.miss}/s)`);
  },
  async start() {
    const times = [];
    for (let i = 0; i < rounds; i += 1) {
      const began = performance.now();
      const server = await serve();
      await request(server, page);
      times.push(performance.now() - began);
      await server.stop();
    }
    tell('start', median(times) < promised.start, `${(promised.start / median(times)).toFixed(1)} times faster than promised: first answer ${Math.round(median(times))} ms after the start (promised ${promised.start} ms)`);
  },
  async memory() {
    const many = path.join(work, 'many');
    const slugs = writeManySites(path.join(work, 'bundle'), 600);
    const { code, stderr } = await runProgram(stele, ['import', '--data', many, '--quiet', path.join(work, 'bundle')]);
    if (code !== 0) throw new Error(stderr);
    const server = await serve('--data', many);
    const asked = ['br', 'gzip', 'identity'].flatMap((encoding) => ['vi', 'en'].flatMap((lang) => slugs.map((slug) => [`/${lang}/sites/${slug}`, encoding])));
    let bytes = 0;
    await Promise.all(Array.from({ length: 32 }, async () => { // as many clients, until nothing is left to ask
      for (let next = asked.shift(); next; next = asked.shift()) {
        const answer = await request(server, next[0], { headers: { 'accept-encoding': next[1] } });
        if (answer.status !== 200) throw new Error(`${next}: ${answer.status}`);
        bytes += answer.body.length;
      }
    }));
    const used = memory(server.child.pid);
    tell('memory', used < promised.memory, `${(promised.memory / used).toFixed(2)} times less than promised: ${used.toFixed(1)} MiB after ${slugs.length * 6} different answers of ${(bytes / 2 ** 20).toFixed(1)} MiB, more than the page cache holds (promised ${promised.memory} MiB)`);
  },
  async import() {
    const table = path.join(work, 'register.csv');
    const count = 8800;
    const lines = Array.from({ length: count }, (_, i) =>
      `${i + 1},Gasthof ${i},Bauliche Anlage,Dorfstraße ${(i % 90) + 1},Ort ${i % 700},Kreis ${i % 15},${53 + (i % 2)}.${String(i % 10000).padStart(4, '0')},9.${String((i * 7) % 10000).padStart(4, '0')}`);
    fs.writeFileSync(table, ['id,name,kind,address,place,district,lat,lon', ...lines].join('\n'));
    const times = { first: [], again: [] };
    for (let i = 0; i < Math.min(rounds, 3); i += 1)
      for (const which of ['first', 'again']) {
        const began = performance.now();
        const { status, stderr } = spawnSync(stele, ['import', '--data', path.join(work, `register-${i}`), '--quiet', table], { encoding: 'utf8' });
        if (status !== 0) throw new Error(stderr);
        times[which].push((performance.now() - began) / 1000);
      }
    const rows = Math.round(count / median(times.first));
    tell('import', rows >= promised.import, `${(rows / promised.import).toFixed(2)} times the promise: ${rows} rows/s of a table into an empty store (promised ${promised.import}), ${Math.round(count / median(times.again))} rows/s unchanged`);
  },
  async qrgen() {
    const { stdout, status } = spawnSync('node', [path.join(import.meta.dirname ?? 'tests/bench', 'qrgen.mjs'), '1000', String(Math.min(rounds, 3))], { encoding: 'utf8' });
    const lines = stdout.trim().split('\n');
    console.log(lines.slice(0, -1).map((line) => `       ${line}`).join('\n'));
    tell('qrgen', status === 0, lines.at(-1));
  },
  async desk() {
    const made = await makeManyForDesk(work);
    const server = await serve('--data', made.data);
    const figures = (await measureDesk(server, made, rounds)).sort((a, b) => b.ms - a.ms);
    for (const { target, ms } of figures) console.log(`       ${ms.toFixed(0).padStart(4)} ms  ${target}`);
    const slowest = figures[0].ms, middle = median(figures.map(({ ms }) => ms));
    tell('desk', slowest < promised.desk, `${(promised.desk / slowest).toFixed(2)} times faster than promised: the slowest of ${figures.length} lists over ${made.count} sites and plates takes ${slowest.toFixed(0)} ms, half of them less than ${middle.toFixed(0)} ms (promised ${promised.desk} ms)`);
  },
  async batch() {
    const { stdout, stderr, status } = spawnSync('node', [path.join(import.meta.dirname ?? 'tests/bench', 'batch.mjs')], { encoding: 'utf8' });
    const lines = stdout.trim().split('\n');
    console.log(lines.slice(0, -1).map((line) => `       ${line}`).join('\n'));
    tell('batch', status === 0, `${lines.at(-1)}${stderr ? ` ${stderr.trim()}` : ''}`);
  },
  // A page from the cache while a batch is made, against the same without one.
  async beside() {
    const { addPerson, openDesk, siteId, sql } = await import('../desk_room.mjs');
    let person;
    const room = await openDesk({ after: (step) => cleaning.unshift(step) }, { args: ['--no-log', '--base-url', 'https://ditich.example.vn'], before: (folder) => void (person = addPerson(folder, 'bench')) });
    const desk = room.as(person);
    for (let i = 0; i < 8; i += 1) await desk.post('/desk/plates/new', { site: siteId(room.data, 'dinh-binh-thuy'), each: '20' });
    const codes = sql(room.data, "SELECT code FROM plate WHERE state = 'planned'").split('\n');
    const url = room.server.url + page;
    rate(url);
    const without = Array.from({ length: rounds }, () => rateAndLatency(url));
    const made = await desk.post('/desk/batches/new', [
      ['name', 'bench'], ['copies', '1'], ['design', 'board-a4'], ['measure', 'design'], ['dpi', '1200'], ['paper', 'none'],
      ...['pdf', 'png', 'svg'].map((format) => ['formats', format]), ['codes', codes.join('\n')],
    ]);
    if (made.status !== 303) throw new Error(made.text);
    const state = () => sql(room.data, 'SELECT state FROM batch ORDER BY id DESC LIMIT 1');
    while (state() === 'waiting') await sleep(50);
    await sleep(1000);
    const meanwhile = [];
    while (meanwhile.length < rounds && state() === 'running') meanwhile.push(rateAndLatency(url));
    if (meanwhile.length < 2) throw new Error(`the batch was ${state()} too soon to measure`);
    await desk.post(`${made.headers.location}/stop`);
    const [alone, beside] = [without, meanwhile].map((all) => ({ rate: median(all.map((one) => one.rate)), ms: median(all.map((one) => one.ms)) }));
    const ratio = beside.rate / alone.rate;
    tell('beside', ratio >= promised.beside, `${ratio.toFixed(2)} times the page rate while a batch is made: ${Math.round(beside.rate)}/s beside it, ${Math.round(alone.rate)}/s without; 99 of 100 answers within ${beside.ms.toFixed(1)} ms and ${alone.ms.toFixed(1)} ms (${(beside.ms / alone.ms).toFixed(2)} times)`);
  },
  async view() {
    const { stdout, stderr, status } = spawnSync(program('tests/bench/bench_view'), [], { encoding: 'utf8' });
    tell('view', status === 0, `${stdout}${stderr}`.trim().replace(/^view: /, ''));
  },
};

const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benches);
const unknown = chosen.filter((name) => !benches[name]);
if (unknown.length) {
  console.error(`bench: there is no ${unknown.join(', ')} (there are: ${Object.keys(benches).join(', ')})`);
  process.exit(2);
}
console.log(`${os.cpus().length} cores, ${os.cpus()[0]?.model ?? 'unknown'}`);
try {
  await importSample(data);
  for (const name of chosen) await benches[name]();
} finally {
  for (const clean of cleaning) await clean();
}
process.exitCode = results.every(Boolean) ? 0 : 1;
