// `./dev run` with the programs that are built: what it does with a data folder and its plates, and what it says.
// Installing and building are left out; everything else is the real thing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { test } from 'node:test';
import { sleep, sourceFolder } from './lib.mjs';
import { untilEnd } from '../desk_room.mjs';
import { newFolder } from '../sample.mjs';

// The functions named in `more` take the place of dev's own.
function start(args, more = '') {
  const script = `dev=$1; shift; source "$dev"; build_release() { :; }; ensure_packages() { :; }; ${more}
    cmd_run "$@"`;
  const child = spawn('bash', ['-c', script, 'dev-run', path.join(sourceFolder, 'dev'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const run = { child, text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (run.text += part));
  run.ended = once(child, 'close').then(([code]) => code);
  return run;
}

async function running(t, ...given) {
  const run = start(...given);
  t.after(async () => {
    run.child.kill('SIGTERM');
    await run.ended;
  });
  for (let i = 0; i < 1000 && !/listening on/.test(run.text) && run.child.exitCode === null; i++) await sleep(20);
  assert.match(run.text, /listening on/, run.text);
  return run;
}

const picturesOf = (data) =>
  fs.readdirSync(path.join(data, 'plates')).sort().map((name) => [name, fs.statSync(path.join(data, 'plates', name)).mtimeMs]);

const onNetwork = "local_address() { printf '192.0.2.7\\n'; }";

test('the pictures outlive a wrong base URL and a second run; the port is looked at first', async (context) => {
  const t = untilEnd((step) => context.after(step));
  const data = path.join(newFolder(t), 'data');
  const first = await running(t, ['--data', data, '--no-log'], onNetwork);
  assert.match(first.text, /On the local network +http:\/\/192\.0\.2\.7:\d+\//);
  assert.match(first.text, /Scan this/);
  const pictures = picturesOf(data);
  assert.ok(pictures.length > 1);

  const second = start(['--data', data], onNetwork);
  assert.notEqual(await second.ended, 0, second.text);
  assert.match(second.text, /is being served by another \.\/dev run: .*--data/);
  assert.ok(!second.text.includes('Scan this'));
  first.child.kill('SIGTERM');
  await first.ended;

  const wrong = start(['--data', data, '--base-url', 'foo']);
  assert.notEqual(await wrong.ended, 0);
  assert.match(wrong.text, /base URL.*foo|foo.*base URL/);
  assert.deepEqual(picturesOf(data), pictures);

  const taken = net.createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address();
  const late = start(['--data', data, '--port', String(port)], onNetwork);
  assert.notEqual(await late.ended, 0);
  assert.match(late.text, new RegExp(`port ${port} is taken`));
  assert.ok(!/Scan this|Making/.test(late.text), late.text);
  assert.deepEqual(picturesOf(data), pictures);
});

test('without a network nothing is drawn that no phone can open', async (context) => {
  const t = untilEnd((step) => context.after(step));
  const data = path.join(newFolder(t), 'data');
  const run = await running(t, ['--data', data, '--no-log'], 'ip() { return 2; }');
  assert.match(run.text, /On the local network +this machine is on none/);
  assert.ok(!/127\.0\.0\.1:\d+\/\n.*PNG|Scan this|█|▀/.test(run.text.replace(/listening.*/s, '')), run.text);
});
