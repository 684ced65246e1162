// What `stele` says to somebody who mistyped a flag, a folder or a file: wrong use ends with 2 and leaves nothing
// behind, and every sentence names the way out.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { runProgram, startServer } from './lib.mjs';
import { newFolder, sampleFolder, stele } from '../sample.mjs';

async function fails(code, text, args) {
  const result = await runProgram(stele, args);
  assert.equal(result.code, code, result.stderr);
  assert.match(result.stderr, text);
}

describe('wrong flags', () => {
  const wrong = [
    ['serve', ['--listen', 'nonsense'], /nonsense/],
    ['serve', ['--listen', 'no.such.host.invalid:80'], /no\.such\.host\.invalid:80/],
    ['serve', ['--connections', '3'], /from 8 to /],
    ['serve', ['--threads', '257'], /from 0 to 256/],
    ['serve', ['--workers', '65'], /from 1 to 64/],
    ['import', ['--state', 'foo'], /--state .*draft, in-review, published or withdrawn/],
    ['import', ['--lang', 'XX'], /--lang .*lower case/],
    ['import', ['--map', 'nonsense'], /--map .*"nonsense"/],
    ['import', ['--map', 'title=A,title=B'], /--map .*title twice/],
    ['import', ['--map', 'title_XX=A'], /--map .*"title_XX"/],
    ['import', ['--encoding', 'klingon'], /--encoding: .*klingon.*windows-1258/],
  ];
  for (const [command, flags, text] of wrong)
    test(`${command} ${flags.join(' ')} ends with 2 and makes no data folder`, async (t) => {
      const folder = newFolder(t);
      const data = path.join(folder, 'data');
      const table = path.join(folder, 'a.csv');
      fs.writeFileSync(table, 'name\nĐình Thử\n');
      await fails(2, text, [command, '--data', data, ...flags, ...(command === 'import' ? [table] : [])]);
      assert.ok(!fs.existsSync(data));
    });

  test('what is set up in the store is judged with the store', async (t) => {
    const folder = newFolder(t);
    const table = path.join(folder, 'a.csv');
    fs.writeFileSync(table, 'name,Titel\nĐình Thử,Old hall\n');
    const data = path.join(folder, 'data');
    await fails(1, /--add-language/, ['import', '--data', data, '--lang', 'de', table]);
    await fails(1, /--map.*no free|--map.*not free/, ['import', '--data', data, '--map', 'title_vi=Nothing', table]);
  });

  test('a folder of assets that is missing makes no data folder', async (t) => {
    const data = path.join(newFolder(t), 'data');
    await fails(1, /nowhere/, ['serve', '--data', data, '--assets', '/nowhere']);
    assert.ok(!fs.existsSync(data));
  });
});

describe('wrong folders', () => {
  test('serve says loudly that it made a data folder, and only then', async (t) => {
    const data = path.join(newFolder(t), 'dta');
    const start = () => startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--no-log']);
    const first = await start();
    await first.stop();
    assert.ok(first.log().includes(`made a new, empty data folder at ${data}`), first.log());
    const second = await start();
    await second.stop();
    assert.ok(!second.log().includes('made a new'), second.log());
  });

  test('a folder that is no bundle is named, and what a bundle holds', async (t) => {
    const folder = newFolder(t);
    const data = path.join(folder, 'data');
    const empty = path.join(folder, 'docs');
    fs.mkdirSync(empty);
    await fails(1, /docs is no bundle: it holds no bundle\.json; name the folder above sites\//, ['import', '--data', data, empty]);
    const sites = path.join(sampleFolder, 'sites');
    await fails(1, /sites is no bundle: .* above sites\//, ['import', '--data', data, sites]);
    assert.ok(!fs.existsSync(data));
  });

  test('an export beside which nothing can be written says so', async (t) => {
    const folder = newFolder(t);
    const data = path.join(folder, 'data');
    const server = await startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--no-log']);
    await server.stop();
    const missing = path.join(folder, 'no/such/out');
    await fails(1, /the folder .*no\/such is not there: make it first/, ['export', '--data', data, missing]);
    await fails(1, /cannot write into \/proc: name a place/, ['export', '--data', data, '/proc/out']);
  });
});
