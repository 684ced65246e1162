// The whole path: every plate of the sample is printed to PNG, read by two QR readers that share no code, and the
// address that they read is asked for from a running server, in both languages.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { request, runProgram, startServer } from '../http/lib.mjs';
import { elementText, importSample, newFolder, qrgen, sampleFolder, sampleTitle, stele } from '../sample.mjs';

const folder = newFolder({ after });
const data = path.join(folder, 'data');
const out = path.join(folder, 'plates');

await importSample(data);
const server = await startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--no-log']);
after(async () => assert.equal((await server.stop()).code, 0, server.log()));

const made = await runProgram(qrgen, ['--data', data, '--base-url', server.url, '--out', out, '--quiet']);
assert.equal(made.code, 0, made.stderr);
const [head, ...lines] = fs.readFileSync(path.join(out, 'manifest.csv'), 'utf8').trim().split(/\r?\n/);
const names = head.split(',');
const plates = lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])));

async function readSymbol(reader, args, file) {
  const { code, stdout, stderr } = await runProgram(reader, [...args, path.join(out, file)]);
  assert.equal(code, 0, `${reader}: ${stderr}`);
  return stdout.trim();
}

async function openPage(url, lang) {
  const { status, headers, text } = await request(server, new URL(url).pathname, {
    headers: { 'accept-language': lang === 'vi' ? 'vi-VN,vi;q=0.9' : 'en-GB,en;q=0.9,vi;q=0.1' },
  });
  assert.equal(status, 200); // the page itself: no redirect costs a round trip
  assert.equal(headers['content-language'], lang);
  return text;
}

test('there is a plate for every site and tour of the sample', () => {
  const slugs = [
    ...fs.readdirSync(path.join(sampleFolder, 'sites')),
    ...fs.readdirSync(path.join(sampleFolder, 'tours')).map((name) => name.replace('.json', '')),
  ];
  assert.deepEqual(new Set(plates.map((plate) => plate.site)), new Set(slugs));
});

describe('each plate', { concurrency: 2 }, () => {
  for (const plate of plates) {
    test(`${plate.code} ${plate.site}`, async () => {
      assert.equal(await readSymbol('zbarimg', ['-q', '--raw'], plate.file), plate.url);
      assert.match(await readSymbol('ZXingReader', ['-1'], plate.file), new RegExp(`"${plate.url}"`));
      for (const lang of ['vi', 'en']) {
        const page = await openPage(plate.url, lang);
        assert.equal(elementText(page, 'h1'), sampleTitle(plate.site, lang));
        assert.match(page, new RegExp(`<html[^>]* lang="${lang}"`));
      }
    });
  }
});
