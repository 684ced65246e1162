// `stele` as a person and a service manager see it: starting, stopping, settings, what goes wrong, and the commands
// that look after a data folder.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { request, runProgram, sleep, sourceFolder, startServer } from './lib.mjs';
import { elementText, importSample, newFolder, qrgen, sampleFolder, stele } from '../sample.mjs';

const release = path.join(process.env.STELE_RELEASE_BUILD ?? 'build', 'server/stele');

const serve = (data, args = [], options = {}) =>
  startServer(options.program ?? stele, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--no-log', ...args], options);

async function withServer(data, args, work, options) {
  const server = await serve(data, args, options);
  try {
    await work(server);
  } finally {
    const { code, signal } = await server.stop();
    assert.equal(code, 0, `${signal} ${server.log()}`);
  }
}

async function succeeds(...args) {
  const result = await runProgram(stele, args);
  assert.equal(result.code, 0, result.stderr);
  return result;
}

// A bundle with one site; `media` is a file that it shows.
function writeBundle(folder, { title = 'Đình Thử', languages = ['vi'], media } = {}) {
  const site = path.join(folder, 'sites/dinh-thu');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(path.join(site, 'media'), { recursive: true });
  const bundle = { format: 'stele-bundle', version: 1, languages, name: { vi: 'Thử' } };
  fs.writeFileSync(path.join(folder, 'bundle.json'), JSON.stringify(bundle));
  const kind = [{ key: 'communal-house', labels: { vi: 'Đình' } }];
  fs.writeFileSync(path.join(folder, 'terms.json'), JSON.stringify({ kind }));
  const facts = { kind: 'communal-house', state: 'published' };
  if (media) {
    fs.writeFileSync(path.join(site, 'media/sound.mp3'), media);
    facts.media = [{ file: 'media/sound.mp3', alt: { vi: 'Tiếng trống' } }];
  }
  fs.writeFileSync(path.join(site, 'site.json'), JSON.stringify(facts));
  fs.writeFileSync(path.join(site, 'vi.md'), `# ${title}\n\nMột ngôi đình để thử.\n`);
  return folder;
}

function sound(size) {
  const bytes = Buffer.alloc(size, 7);
  bytes.write('ID3\u0003', 0, 'latin1');
  return bytes;
}

// Every file below a folder with its bytes, for comparing.
function tree(folder) {
  const names = fs.readdirSync(folder, { recursive: true }).map(String).sort();
  return names
    .filter((name) => fs.statSync(path.join(folder, name)).isFile())
    .map((name) => [name, createHash('sha256').update(fs.readFileSync(path.join(folder, name))).digest('hex')]);
}

describe('starting and stopping', () => {
  test('an empty store serves a friendly home in both languages', async (t) => {
    await withServer(path.join(newFolder(t), 'data'), [], async (server) => {
      for (const lang of ['vi', 'en']) {
        const { status, text, headers } = await request(server, '/', { headers: { 'accept-language': lang } });
        assert.equal(status, 200);
        assert.equal(headers['content-language'], lang);
        assert.match(text, /<h1/);
      }
    });
  });

  test('without a base URL the first answer already names the address that is listened at', async (t) => {
    const data = path.join(newFolder(t), 'data');
    const holder = net.createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address();
    holder.close();
    await once(holder, 'close');
    const listening = { host: '127.0.0.1', port };
    for (let round = 0; round < 3; round++) {
      const started = startServer(stele, ['serve', '--data', data, '--listen', `127.0.0.1:${port}`, '--no-log']);
      let first; // asked as soon as the socket is open, before anything answers
      while (!first) first = await request(listening, '/robots.txt').catch(() => sleep(1));
      const server = await started;
      assert.match(first.text, new RegExp(`^Sitemap: http://127\\.0\\.0\\.1:${port}/sitemap\\.xml$`, 'm'));
      assert.equal((await server.stop()).code, 0);
    }
  });

  test('healthz answers, is not kept, and says so when the store is gone', async (t) => {
    const data = path.join(newFolder(t), 'data');
    await withServer(data, [], async (server) => {
      const { status, text, headers } = await request(server, '/healthz');
      assert.deepEqual([status, text, headers['cache-control']], [200, 'ok\n', 'no-store']);
      for (const name of ['stele.db', 'stele.db-wal'])
        if (fs.existsSync(path.join(data, name)))
          fs.writeFileSync(path.join(data, name), Buffer.alloc(fs.statSync(path.join(data, name)).size, 'x'), { flag: 'r+' });
      let broken;
      for (let i = 0; i < 20 && broken?.status !== 503; i++) {
        broken = await request(server, '/healthz', { agent: false });
        await sleep(20);
      }
      assert.equal(broken.status, 503);
    });
  });

  test('SIGTERM lets a request under way finish', async (t) => {
    const folder = newFolder(t);
    const data = path.join(folder, 'data');
    const bytes = sound(30_000_000);
    await succeeds('import', '--data', data, '--quiet', writeBundle(path.join(folder, 'bundle'), { media: bytes }));
    const server = await serve(data);
    const socket = net.connect({ host: server.host, port: server.port });
    await once(socket, 'connect');
    const chunks = [];
    socket.pause().on('data', (chunk) => chunks.push(chunk));
    socket.write(`GET /media/${createHash('sha256').update(bytes).digest('hex')}/original HTTP/1.1\r\nHost: x\r\n\r\n`);
    await sleep(300); // the sockets' buffers are full, most of the file is still to come
    const stopped = server.stop();
    await sleep(300);
    await assert.rejects(request(server, '/healthz')); // nobody new is let in
    socket.resume();
    await once(socket, 'end');
    const { code } = await stopped;
    const answer = Buffer.concat(chunks);
    const body = answer.subarray(answer.indexOf('\r\n\r\n') + 4);
    assert.equal(body.length, bytes.length);
    assert.ok(body.equals(bytes));
    assert.equal(code, 0, server.log());
  });

  test('the service manager hands over the socket and is told when it is ready', async (t) => {
    const data = path.join(newFolder(t), 'data');
    const script = path.join(sourceFolder, 'tests/http/activate.py');
    const child = spawn('python3', [script, stele, 'serve', '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    for (let i = 0; i < 500 && !text.includes('READY=1'); i++) await sleep(20);
    const port = Number(/port (\d+)/.exec(text)[1]);
    assert.equal((await request({ host: '127.0.0.1', port }, '/healthz')).status, 200);
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    assert.equal(code, 0);
    assert.match(text, /STOPPING=1/);
  });
});

describe('content moved by another process', () => {
  test('is seen within 250 ms', async (t) => {
    const folder = newFolder(t);
    const data = path.join(folder, 'data');
    await succeeds('import', '--data', data, '--quiet', writeBundle(path.join(folder, 'bundle')));
    await withServer(data, [], async (server) => {
      const title = async () => elementText((await request(server, '/vi/sites/dinh-thu')).text, 'h1');
      assert.equal(await title(), 'Đình Thử');
      assert.equal(await title(), 'Đình Thử'); // from the cache
      await succeeds('import', '--data', data, '--quiet', writeBundle(path.join(folder, 'bundle'), { title: 'Đình Mới' }));
      await sleep(250);
      assert.equal(await title(), 'Đình Mới');
    });
  });

  test('a language more makes the server begin again with it', async (t) => {
    const folder = newFolder(t);
    const data = path.join(folder, 'data');
    await succeeds('import', '--data', data, '--quiet', writeBundle(path.join(folder, 'bundle')));
    await withServer(data, ['--grace', '1s'], async (server) => {
      assert.equal((await request(server, '/km/')).status, 404);
      await succeeds('import', '--data', data, '--quiet', writeBundle(path.join(folder, 'bundle'), { languages: ['vi', 'km'] }));
      const again = () => [...server.log().matchAll(/listening on http:\/\/127\.0\.0\.1:(\d+)/g)].map((m) => Number(m[1]));
      for (let i = 0; i < 200 && again().length < 2; i++) await sleep(20);
      assert.deepEqual(again(), [server.port, server.port]); // at the same address
      assert.equal((await request(server, '/km/')).status, 200);
    });
  });
});

describe('settings', () => {
  test('a flag wins over the environment, the environment over the file', async (t) => {
    const data = newFolder(t);
    fs.writeFileSync(path.join(data, 'stele.ini'), 'base-url = https://from-file.example\n');
    const base = async (args, env) => {
      let found;
      await withServer(data, args, async (server) => (found = (await request(server, '/robots.txt')).text), { env });
      return /https:\/\/([a-z-]+)\.example/.exec(found)?.[1];
    };
    const env = { STELE_BASE_URL: 'https://from-environment.example' };
    assert.equal(await base([], {}), 'from-file');
    assert.equal(await base([], env), 'from-environment');
    assert.equal(await base(['--base-url', 'https://from-flag.example'], env), 'from-flag');
  });

  test('the generator takes the settings of the data folder too, and none of the folder it works in', async (t) => {
    const data = newFolder(t), elsewhere = newFolder(t);
    fs.writeFileSync(path.join(data, 'stele.ini'), 'base-url = https://from-file.example\nlog-addresses = short\n');
    fs.writeFileSync(path.join(elsewhere, 'stele.ini'), 'base-url = https://from-here.example\n');
    const show = (...args) => runProgram(qrgen, ['--show', 'pzv8wgxy', ...args], { cwd: elsewhere });
    assert.match((await show('--data', data)).stdout, /https:\/\/from-file\.example\//);
    const none = await show();
    assert.equal(none.code, 2);
    assert.match(none.stderr, /--base-url/);
  });

  const wrong = [
    { name: 'no command', args: [], code: 2, says: /serve, import/ },
    { name: 'an unknown command', args: ['server'], code: 2, says: /"server"/ },
    { name: 'no data folder', args: ['serve'], code: 2, says: /--data/ },
    { name: 'an unknown flag', args: ['serve', '--data', 'DATA', '--colour'], code: 2, says: /--colour/ },
    { name: 'a flag of another command', args: ['serve', '--data', 'DATA', '--dry-run'], code: 2, says: /--dry-run/ },
    { name: 'a number that is none', args: ['serve', '--data', 'DATA', '--threads', 'many'], code: 2, says: /--threads.*many/ },
    { name: 'a number out of range', args: ['serve', '--data', 'DATA', '--workers', '900'], code: 2, says: /--workers.*64/ },
    { name: 'a base URL without a host', args: ['serve', '--data', 'DATA', '--base-url', 'ditich'], code: 2, says: /ditich/ },
    { name: 'five addresses', args: ['serve', '--data', 'DATA', '--listen', 'a:1,b:2,c:3,d:4,e:5'], code: 2, says: /--listen/ },
    { name: 'a bad setting in the environment', args: ['serve', '--data', 'DATA'], env: { STELE_CACHE_BYTES: 'big' }, code: 2, says: /STELE_CACHE_BYTES.*big/ },
    { name: 'a bad setting in the file', args: ['serve', '--data', 'DATA'], ini: 'base-url = https://a.example\ncolour = red\n', code: 2, says: /stele\.ini.*2.*colour/ },
    { name: 'an address that is none', args: ['serve', '--data', 'DATA', '--listen', 'nowhere'], code: 2, says: /nowhere/ },
    { name: 'assets that are not there', args: ['serve', '--data', 'DATA', '--assets', '/no/such'], code: 1, says: /\/no\/such/ },
    { name: 'a data folder that cannot be', args: ['serve', '--data', '/dev/null/data'], code: 1, says: /\/dev\/null/ },
    { name: 'a check of no data folder', args: ['check', '--data', 'NONE'], code: 1, says: /NONE/ },
    { name: 'a backup of no data folder', args: ['backup', '--data', 'NONE', 'OUT'], code: 1, says: /NONE/ },
    { name: 'an import of nothing', args: ['import', '--data', 'NONE', 'OUT'], code: 1, says: /OUT/ },
    { name: 'a restore of no backup', args: ['restore', '--data', 'NONE', '/dev/null'], code: 1, says: /no whole backup/ },
    { name: 'an odd delimiter', args: ['import', '--data', 'NONE', '--delimiter', 'x', '/dev/null'], code: 2, says: /delimiter/ },
  ];
  for (const { name, args, env, ini, code, says } of wrong) {
    test(`${name} gets one clear line`, async (t) => {
      const folder = newFolder(t);
      fs.mkdirSync(path.join(folder, 'DATA'));
      if (ini) fs.writeFileSync(path.join(folder, 'DATA/stele.ini'), ini);
      const before = fs.readdirSync(folder);
      const places = args.map((arg) => (['DATA', 'NONE', 'OUT'].includes(arg) ? path.join(folder, arg) : arg));
      const result = await runProgram(stele, places, { env });
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, says);
      assert.equal(result.stderr.trimEnd().split('\n').length, 1, result.stderr);
      assert.equal(result.stdout, '');
      assert.deepEqual(fs.readdirSync(folder), before); // nothing half-made
    });
  }

  test('a taken port is named', async (t) => {
    const holder = net.createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address();
    const args = ['serve', '--data', path.join(newFolder(t), 'data'), '--listen', `127.0.0.1:${port}`];
    const result = await runProgram(stele, args);
    holder.close();
    assert.equal(result.code, 1);
    assert.match(result.stderr, new RegExp(`127\\.0\\.0\\.1:${port} already`));
  });

  test('help, version and manual go to standard output', async () => {
    assert.match((await succeeds('--help')).stdout, /restore/);
    assert.match((await succeeds('--version')).stdout, /^stele \d+\.\d+\.\d+/);
    assert.match((await succeeds('import', '--help')).stdout, /--dry-run/);
    assert.match((await succeeds('--man')).stdout, /^\.TH/m);
  });
});

describe('a damaged database', () => {
  const damage = [
    { name: 'that is no database', says: /database/, make: (file) => fs.writeFileSync(file, 'no database at all, '.repeat(500)) },
    {
      name: 'of a newer program',
      says: /newer/,
      make: (file) => {
        const bytes = fs.readFileSync(file);
        bytes.writeUInt32BE(9999, 60); // user_version, see the SQLite file format, 1.3
        fs.writeFileSync(file, bytes);
      },
    },
  ];
  for (const { name, says, make } of damage) {
    test(`${name} is refused and left as it is`, async (t) => {
      const folder = newFolder(t);
      const data = path.join(folder, 'data');
      await succeeds('import', '--data', path.join(folder, 'first'), '--quiet', writeBundle(path.join(folder, 'bundle')));
      await succeeds('backup', '--data', path.join(folder, 'first'), path.join(folder, 'b.tar'));
      await succeeds('restore', '--data', data, path.join(folder, 'b.tar'));
      make(path.join(data, 'stele.db'));
      const content = () => fs.readFileSync(path.join(data, 'stele.db')).subarray(100); // behind the file's header
      const before = content();
      const result = await runProgram(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0']);
      assert.equal(result.code, 1);
      assert.match(result.stderr, says);
      assert.equal(result.stderr.trimEnd().split('\n').length, 1, result.stderr);
      assert.ok(content().equals(before));
    });
  }
});

describe('import', () => {
  test('a bad bundle is refused with every problem, and nothing lands', async (t) => {
    const folder = newFolder(t);
    const bundle = writeBundle(path.join(folder, 'bundle'));
    fs.writeFileSync(path.join(bundle, 'sites/dinh-thu/site.json'), '{"state": "published",\n "colour": "red"}');
    fs.mkdirSync(path.join(bundle, 'sites/dinh-hai'));
    fs.writeFileSync(path.join(bundle, 'sites/dinh-hai/site.json'), '{"state": ');
    const result = await runProgram(stele, ['import', '--data', path.join(folder, 'data'), bundle]);
    assert.equal(result.code, 1);
    assert.match(result.stderr, /sites\/dinh-thu\/site\.json.*colour/);
    assert.match(result.stderr, /sites\/dinh-hai\/site\.json:1:\d+/);
    assert.ok(!fs.existsSync(path.join(folder, 'data')));
  });

  test('a dry run leaves no data folder behind', async (t) => {
    const folder = newFolder(t);
    const { stdout } = await succeeds('import', '--data', path.join(folder, 'data'), '--dry-run', sampleFolder);
    assert.match(stdout, /sites +26 read, 26 new/);
    assert.deepEqual(fs.readdirSync(folder), []);
  });

  test('what is exported is imported to the same', async (t) => {
    const folder = newFolder(t);
    const at = (name) => path.join(folder, name);
    await importSample(at('a'));
    await succeeds('export', '--data', at('a'), at('a.bundle'));
    await succeeds('import', '--data', at('b'), '--quiet', at('a.bundle'));
    await succeeds('export', '--data', at('b'), at('b.bundle'));
    assert.deepEqual(tree(at('b.bundle')), tree(at('a.bundle')));
  });
});

describe('keeping', () => {
  const withSound = async (t) => {
    const folder = newFolder(t);
    const at = (name) => path.join(folder, name);
    await succeeds('import', '--data', at('data'), '--quiet', writeBundle(at('bundle'), { media: sound(300_000) }));
    return at;
  };

  test('a backup made while the server runs is restored whole', async (t) => {
    const at = await withSound(t);
    await withServer(at('data'), [], () => succeeds('backup', '--data', at('data'), at('b.tar')));
    await succeeds('restore', '--data', at('again'), at('b.tar'));
    await succeeds('check', '--data', at('again'));
    await succeeds('export', '--data', at('data'), at('out.data'));
    await succeeds('export', '--data', at('again'), at('out.again'));
    assert.deepEqual(tree(at('out.again')), tree(at('out.data')));
    await withServer(at('again'), [], async (server) => {
      assert.equal((await request(server, '/vi/sites/dinh-thu')).status, 200);
    });
  });

  test('check finds a damaged and a missing media file', async (t) => {
    const at = await withSound(t);
    await succeeds('check', '--data', at('data'));
    const [name] = fs.readdirSync(at('data/media'), { recursive: true }).map(String).filter((n) => n.length > 60);
    const file = path.join(at('data/media'), name);
    const bytes = fs.readFileSync(file);
    bytes[1000] ^= 1;
    fs.writeFileSync(file, bytes);
    const damaged = await runProgram(stele, ['check', '--data', at('data')]);
    assert.equal(damaged.code, 1);
    assert.ok(damaged.stderr.includes(`media/${name}`), damaged.stderr);
    fs.rmSync(file);
    const missing = await runProgram(stele, ['check', '--data', at('data')]);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /missing/);
  });

  test('scans that were counted are in the store after the stop', async (t) => {
    const folder = newFolder(t);
    const data = path.join(folder, 'data');
    await importSample(data);
    const size = () => fs.statSync(path.join(data, 'stele.db-wal'), { throwIfNoEntry: false })?.size ?? 0;
    const code = fs.readFileSync(path.join(sampleFolder, 'plates.csv'), 'utf8').split('\n')[1].split(',')[0];
    const before = [size(), fs.statSync(path.join(data, 'stele.db')).mtimeMs];
    await withServer(data, [], async (server) => {
      assert.equal((await request(server, `/${code}`)).status, 200);
    });
    assert.notDeepEqual([size(), fs.statSync(path.join(data, 'stele.db')).mtimeMs], before);
  });
});

describe('figures of the release build', () => {
  const memory = (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

  test('memory stays under 32 MiB after a thousand different pages', async (t) => {
    const data = path.join(newFolder(t), 'data');
    await importSample(data);
    await withServer(data, [], async (server) => {
      const slugs = fs.readdirSync(path.join(sampleFolder, 'sites'));
      const targets = slugs.flatMap((slug) => [`/vi/sites/${slug}`, `/en/sites/${slug}`]);
      for (let i = 0; targets.length < 1000; i++) targets.push(`/vi/search?q=${encodeURIComponent(`đình ${i}`)}`);
      for (const target of targets) {
        const { status } = await request(server, target, { headers: { 'accept-encoding': 'br, gzip' } });
        assert.equal(status, 200, target);
      }
      assert.ok(memory(server.child.pid) < 32, `${memory(server.child.pid)} MiB`);
    }, { program: release });
  });

  test('the first answer comes within 200 ms of the start', async (t) => {
    const data = path.join(newFolder(t), 'data');
    await importSample(data);
    const times = [];
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      await withServer(data, [], async (server) => {
        assert.equal((await request(server, '/vi/')).status, 200);
        times.push(performance.now() - began);
      }, { program: release });
    }
    assert.ok(Math.min(...times) < 200, `${times.map(Math.round)} ms`);
  });
});
