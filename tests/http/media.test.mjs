// Photos from the file to the visitor: what stele-media makes and refuses, what it gives up before it looks, and
// what of a photo a visitor can get.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import zlib from 'node:zlib';
import { program, request, runProgram, sleep, sourceFolder, startServer } from './lib.mjs';
import { newFolder, stele } from '../sample.mjs';
import { addNotes, blue, colour, isNear, makePhoto, makePng, notes, place, pngChunk, pngHead, pngSignature, red, size } from '../photos.mjs';

const helper = program('server/media/stele-media');
// Limits of memory hold in a program without sanitizers only.
const released = path.join(process.env.STELE_RELEASE_BUILD ?? 'build', 'server/media/stele-media');

const kept = []; // folders that live until the file's tests are done
const folder = newFolder({ after: (done) => kept.push(done) });
after(() => kept.forEach((done) => done()));
const at = (name) => path.join(folder, name);

let count = 0;
async function make(file, args = [], options = {}) {
  const out = at(`out-${count++}`);
  const begin = Date.now();
  const result = await runProgram(options.program ?? helper, ['--out', out, ...args, ...(file ? [file] : [])], options);
  const facts = result.code === 0 ? JSON.parse(result.stdout) : null;
  return { ...result, out, facts, seconds: (Date.now() - begin) / 1000, files: fs.readdirSync(out).sort() };
}

async function refused(file, pattern, args = [], options = {}) {
  const result = await make(file, args, options);
  assert.equal(result.code, 1, `${file}: ${result.stdout} ${result.stderr} ${result.signal}`);
  assert.match(result.stderr, pattern);
  assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
  assert.match(result.stderr, /^stele-media: /);
  assert.equal(result.stdout, '');
  assert.deepEqual(result.files, []);
  return result;
}

// Of what exiftool finds, all that is no fact of the file or of how it is encoded.
function privateNotes(...files) {
  const groups = new Set(['SourceFile', 'ExifTool', 'File', 'Composite', 'JFIF', 'RIFF', 'PNG']);
  const keys = notes(...files).flatMap((found) => Object.keys(found));
  return keys.filter((key) => !groups.has(key.split(':')[0]) || /comment|text/i.test(key));
}

describe('stele-media', () => {
  let photo;
  before(() => {
    photo = addNotes(makePhoto(at('photo.jpg'), 2000, 1500, '[Q=90]'));
    assert.ok(privateNotes(photo).includes('EXIF:GPSLatitude'));
  });

  test('tells what the camera noted, and the size upright', async () => {
    const { facts } = await make(photo);
    assert.deepEqual([facts.class, facts.mime, facts.width, facts.height], ['image', 'image/jpeg', 1500, 2000]);
    assert.equal(facts.taken, '2023-04-30');
    assert.ok(Math.abs(facts.position.lat - place.lat) < 1e-5 && Math.abs(facts.position.lon - place.lon) < 1e-5);
  });

  test('makes every size, upright, and leaves no note in any of them', async () => {
    const { facts, out, files } = await make(photo);
    const names = ['1280.jpg', '1280.webp', '1920.jpg', '1920.webp', '320.jpg', '320.webp', '640.jpg', '640.webp',
      'original', 'thumb.jpg', 'thumb.webp'];
    assert.deepEqual(files, names);
    assert.deepEqual(facts.variants.map((v) => v.name).sort(), names);
    const paths = facts.variants.map((v) => path.join(out, v.name));
    assert.deepEqual(privateNotes(...paths), []);
    assert.deepEqual(notes(...paths).map((found) => found['File:MIMEType']), facts.variants.map((v) => v.mime));
    for (const { name, width, height } of facts.variants) {
      const file = path.join(out, name);
      assert.deepEqual(size(file), [width, height], name);
      assert.ok(isNear(colour(file, 0.5, 0.1), red) && isNear(colour(file, 0.5, 0.9), blue), name);
    }
    const widths = Object.fromEntries(facts.variants.map((v) => [v.name, v.width]));
    assert.deepEqual([widths['320.jpg'], widths['640.webp'], widths['1280.jpg'], widths['1920.jpg'], widths.original],
      [320, 640, 1280, 1500, 1500]); // never enlarged
    const bytes = fs.readFileSync(path.join(out, '1280.jpg'));
    assert.ok(bytes.includes(Buffer.from([0xff, 0xc2])), 'progressive');
  });

  test('the same photo gives the same bytes', async () => {
    const [one, two] = [await make(photo, ['--focus', '10,90']), await make(photo, ['--focus', '10,90'])];
    assert.equal(one.stdout, two.stdout);
    for (const name of one.files)
      assert.ok(fs.readFileSync(path.join(one.out, name)).equals(fs.readFileSync(path.join(two.out, name))), name);
  });

  test('all eight ways to hold a camera are turned upright', async () => {
    const plain = makePhoto(at('turn.jpg'), 64, 48, '[Q=95]');
    const sides = { 1: 'left', 2: 'right', 3: 'right', 4: 'left', 5: 'top', 6: 'top', 7: 'bottom', 8: 'bottom' };
    const points = { left: [0.1, 0.5], right: [0.9, 0.5], top: [0.5, 0.1], bottom: [0.5, 0.9] };
    for (const [orientation, side] of Object.entries(sides)) {
      const file = at(`turn-${orientation}.jpg`);
      fs.copyFileSync(plain, file);
      const { out, facts } = await make(addNotes(file, Number(orientation)));
      assert.deepEqual([facts.width, facts.height], orientation > 4 ? [48, 64] : [64, 48]);
      assert.ok(isNear(colour(path.join(out, 'original'), ...points[side]), red), `${orientation}: red is not ${side}`);
    }
  });

  test('the focus moves what a thumbnail shows', async () => {
    const wide = makePhoto(at('wide.jpg'), 3000, 600);
    const { out, files } = await make(wide, ['--focus', '5,50']);
    assert.ok(files.includes('thumb-5-50.jpg') && files.includes('thumb-5-50.webp'));
    const [thumb, focused] = ['thumb.jpg', 'thumb-5-50.jpg'].map((name) => path.join(out, name));
    assert.deepEqual([size(thumb), size(focused)], [[400, 300], [400, 300]]);
    assert.ok(isNear(colour(thumb, 0.9, 0.5), blue));
    assert.ok(isNear(colour(focused, 0.9, 0.5), red));
    for (const focus of ['5', '5,101', '-1,5', '5,5x', 'a,b'])
      assert.equal((await runProgram(helper, ['--out', at('none'), '--focus', focus, wide])).code, 2, focus);
  });

  test('HEIC, WebP and PNG are taken; a PNG stays one', async () => {
    const types = { 'x.heic': 'image/heic', 'x.webp': 'image/webp', 'x.png': 'image/png' };
    for (const [name, mime] of Object.entries(types)) {
      const { facts, out, code, stderr } = await make(makePhoto(at(name), 200, 100));
      assert.equal(code, 0, stderr);
      assert.deepEqual([facts.mime, facts.width, facts.height], [mime, 200, 100]);
      assert.equal(facts.variants.find((v) => v.name === 'original').mime, mime === 'image/png' ? mime : 'image/jpeg');
      assert.ok(isNear(colour(path.join(out, '320.jpg'), 0.1, 0.5), red, 20), name);
    }
    const { facts } = await make(addNotes(at('x.heic')));
    assert.equal(facts.taken, '2023-04-30');
    assert.ok(Math.abs(facts.position.lat - place.lat) < 1e-5);
  });

  test('a photo in the colours of another screen keeps how it looks', async () => {
    fs.writeFileSync(at('srgb.png'), makePng(64, 48));
    const { execFileSync } = await import('node:child_process');
    execFileSync('vips', ['icc_transform', at('srgb.png'), at('p3.png'), 'p3', '--input-profile', 'srgb']);
    assert.ok(!isNear(colour(at('p3.png'), 0.1, 0.5), red, 8), 'the test shows something');
    const { out } = await make(at('p3.png'));
    assert.ok(isNear(colour(path.join(out, 'original'), 0.1, 0.5), red, 3));
  });

  test('what can be seen through becomes white', async () => {
    const rows = Buffer.concat(Array(8).fill(Buffer.concat([Buffer.from([0]), Buffer.alloc(8 * 4)])));
    fs.writeFileSync(at('clear.png'), Buffer.concat([pngSignature, pngHead(8, 8, 6), pngChunk('IDAT', zlib.deflateSync(rows)),
      pngChunk('IEND', Buffer.alloc(0))]));
    const { out } = await make(at('clear.png'));
    for (const name of ['320.jpg', '320.webp', 'original'])
      assert.ok(isNear(colour(path.join(out, name), 0.5, 0.5), [255, 255, 255], 2), name);
  });

  test('odd shapes: one pixel, and a very tall one', async () => {
    const one = await make(makePhoto(at('one.png'), 1, 1));
    assert.deepEqual([one.code, one.facts.width, one.facts.height], [0, 1, 1]);
    const tall = await make(makePhoto(at('tall.png'), 500, 29000));
    assert.equal(tall.code, 0, tall.stderr);
    for (const v of tall.facts.variants) if (v.mime === 'image/webp') assert.ok(v.height <= 16383, v.name);
  });

  test('sound and film are recognised and measured, and nothing is written', async () => {
    const corpus = path.join(sourceFolder, 'tests/fuzz/corpus/probe');
    const expected = { 'clip.mp4': ['video', 'video/mp4', 12345], 'clip.webm': ['video', 'video/webm', 12345],
      'sound.opus': ['audio', 'audio/ogg', 3995], 'sound.mp3': ['audio', 'audio/mpeg', 26122] };
    for (const [name, facts] of Object.entries(expected)) {
      const result = await make(path.join(corpus, name));
      assert.deepEqual([result.facts.class, result.facts.mime, result.facts.duration_ms], facts, name);
      assert.deepEqual(result.files, []);
    }
  });

  test('reads standard input', async () => {
    const { facts } = await make(null, [], { input: fs.readFileSync(photo) });
    assert.equal(facts.width, 1500);
  });

  test('wrong use is said', async () => {
    for (const args of [[photo], ['--out', at('x'), 'a', 'b'], ['--out', at('x'), '--seconds', '0', photo]])
      assert.equal((await runProgram(helper, args)).code, 2, args.join(' '));
    const absent = await runProgram(helper, ['--out', at('x'), at('absent.jpg')]);
    assert.equal(absent.code, 1);
    assert.match(absent.stderr, /absent\.jpg: it cannot be opened: No such file/);
    const { out } = await make(photo);
    const again = await runProgram(helper, ['--out', out, photo]);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /File exists/);
    assert.equal(fs.readdirSync(out).length, 11); // what was there stays
  });
});

describe('files made to harm', () => {
  const write = (name, ...parts) => {
    fs.writeFileSync(at(name), Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part))));
    return at(name);
  };
  const end = pngChunk('IEND', Buffer.alloc(0));

  test('whatever is no photo is refused, whatever its name', async () => {
    const kinds = { 'a.jpg': '<svg xmlns="http://www.w3.org/2000/svg"/>', 'b.jpg': 'GIF89a\x01\x00\x01\x00', 'c.jpg': '%PDF-1.7\n',
      'd.png': 'II*\x00\x08\x00\x00\x00', 'e.heic': '\x00\x00\x00\x18ftypavif\x00\x00\x00\x00', 'f.webp': 'RIFF\x00\x00\x00\x00WAVE',
      'g.jpg': 'BM\x00\x00', 'h.jpg': '#!/bin/sh\n', 'i.jpg': '\xff\x4f\xff\x51' };
    for (const [name, bytes] of Object.entries(kinds)) await refused(write(name, bytes), /is no photo \(JPEG, PNG, WebP, HEIC\)/);
    await refused(write('empty.jpg', ''), /the file is empty/);
  });

  test('too large a picture is refused before anything is decoded', async () => {
    const webp = Buffer.from('RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x3f\0\xff\x3f\0', 'latin1');
    const jpeg = '\xff\xd8\xff\xc0\0\x11\x08\x27\x10\x27\x10\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xd9';
    const cases = [
      [write('huge.png', pngSignature, pngHead(65000, 65000), end), /65000 × 65000 pixels; a side can have 30000/],
      [write('large.png', pngSignature, pngHead(8000, 5001), end), /8000 × 5001 pixels, 41 million; at most 40/],
      [write('large.jpg', jpeg), /10000 × 10000 pixels, 100 million/],
      [write('large.webp', webp), /16384 × 16384 pixels, 269 million/],
      [write('large.heic', '\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x14ispe\0\0\0\0\0\0\x27\x10\0\0\x27\x10'), /100 million/],
    ];
    for (const [file, pattern] of cases) assert.ok((await refused(file, pattern)).seconds < 10);
    const heavy = write('heavy.jpg', fs.readFileSync(makePhoto(at('small.jpg'), 64, 48)), Buffer.alloc(30_000_000));
    await refused(heavy, /the picture's file has 30\.0 MB; at most 30 MB/);
  });

  test('damaged and cut pictures are refused in one sentence', async () => {
    const whole = { jpg: fs.readFileSync(makePhoto(at('cut-me.jpg'), 640, 480)), png: makePng(640, 480),
      webp: fs.readFileSync(makePhoto(at('cut-me.webp'), 640, 480)), heic: fs.readFileSync(makePhoto(at('cut-me.heic'), 640, 480)) };
    for (const [suffix, bytes] of Object.entries(whole))
      for (const part of [0.05, 0.5, 0.9])
        await refused(write(`cut-${part}.${suffix}`, bytes.subarray(0, Math.floor(bytes.length * part))), /cannot be read/);
    await refused(write('noise.jpg', '\xff\xd8\xff\xe0', Buffer.alloc(50000, 0x5a)), /cannot be read/);
    await refused(write('noise.png', pngSignature, pngHead(100, 100), pngChunk('IDAT', Buffer.alloc(5000, 7)), end), /cannot be read/);
    await refused(write('bare.png', pngSignature, pngHead(4000, 4000), end), /cannot be read/);
  });

  test('rubbish beside the pixels does no harm', async () => {
    const jpeg = fs.readFileSync(makePhoto(at('beside.jpg'), 64, 48));
    const segment = (marker, data) => Buffer.concat([Buffer.from([0xff, marker, (data.length + 2) >> 8, (data.length + 2) & 255]), data]);
    const tiff = Buffer.from('Exif\0\0II*\0\x08\0\0\0\xff\xff\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x25\x88\x04\0\x01\0\0\0\x08\0\0\0', 'latin1');
    const beside = { exif: segment(0xe1, tiff), 'exif-noise': segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), Buffer.alloc(60000, 0xff)])),
      icc: segment(0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), Buffer.alloc(60000, 0x41)])),
      xmp: segment(0xe1, Buffer.concat([Buffer.from('http://ns.adobe.com/xap/1.0/\0'), Buffer.alloc(60000, 0x3c)])) };
    for (const [name, bytes] of Object.entries(beside)) {
      const result = await make(write(`${name}.jpg`, jpeg.subarray(0, 2), ...Array(20).fill(bytes), jpeg.subarray(2)));
      assert.equal(result.code, 0, `${name}: ${result.stderr}`);
      assert.deepEqual([result.facts.width, result.facts.position], [64, undefined], name);
      assert.ok(result.seconds < 20);
    }
  });

  // Little in the file, much out of it: text and profiles that grow a thousandfold.
  test('bombs end in time', async () => {
    const zeros = zlib.deflateSync(Buffer.alloc(200_000_000), { level: 9 });
    const png = makePng(64, 48);
    const behindHead = 8 + 25;
    const types = { iCCP: Buffer.from('x\0\0'), zTXt: Buffer.from('x\0\0'), iTXt: Buffer.from('x\0\x01\0\0\0') };
    for (const [type, head] of Object.entries(types)) {
      const bomb = pngChunk(type, Buffer.concat([head, zeros]));
      const result = await make(write(`${type}.png`, png.subarray(0, behindHead), ...Array(10).fill(bomb), png.subarray(behindHead)), ['--seconds', '10']);
      assert.ok(result.code === 0 || (result.code === 1 && /cannot be read/.test(result.stderr)), `${type}: ${result.stderr}`);
      assert.ok(result.seconds < 15, type);
    }
    const pixels = write('pixels.png', pngSignature, pngHead(200, 200), pngChunk('IDAT', zeros), end);
    assert.ok((await make(pixels)).seconds < 30);
  });

  test('time and memory are bounded', async () => {
    const large = write('slow.png', makePng(6300, 6300));
    const free = await make(large);
    assert.equal(free.code, 0, free.stderr);
    const late = await make(large, ['--seconds', '1']);
    // A machine that needs no second for it is not refused it; that time ends is then shown by the silent stream below.
    if (free.seconds > 2 || late.code !== 0) assert.match(late.stderr, /takes longer than 1 seconds/);
    assert.ok(late.seconds < 10 + free.seconds / 4, `${late.seconds} s, free ${free.seconds} s`);
    if (!fs.existsSync(released)) return;
    await refused(large, /takes more memory than it may|cannot be read/, ['--memory', '64M'], { program: released });
    assert.equal((await make(large, [], { program: released })).code, 0); // and what it may have is enough
  });

  test('an endless stream is not waited for', async () => {
    const child = spawn(helper, ['--out', at('endless'), '--seconds', '30'], { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    child.stdin.on('error', () => {});
    const zeros = Buffer.alloc(1 << 20);
    const feed = () => child.stdin.writable && child.stdin.write(zeros, () => setImmediate(feed));
    feed();
    const [code] = await once(child, 'close');
    child.stdin.destroy();
    assert.equal(code, 1);
    assert.match(said, /larger than 30000000 bytes/);
    const silent = spawn(helper, ['--out', at('silent'), '--seconds', '1'], { stdio: ['pipe', 'ignore', 'pipe'] });
    let why = '';
    silent.stderr.on('data', (chunk) => (why += chunk));
    assert.equal((await once(silent, 'close'))[0], 1);
    assert.match(why, /takes longer than 1 seconds/);
  });

  test('what looks at the bytes has given everything up', async () => {
    const child = spawn(helper, ['--out', at('caged'), '--seconds', '30'], { stdio: ['pipe', 'ignore', 'ignore'] });
    try {
      const status = {};
      for (let i = 0; i < 500 && status.Seccomp !== '2'; i++) {
        await sleep(20);
        const inner = fs.readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
        if (!inner) continue;
        for (const line of fs.readFileSync(`/proc/${inner}/status`, 'utf8').split('\n')) {
          const [name, value] = line.split(':\t');
          status[name] = value;
        }
        status.limits = fs.readFileSync(`/proc/${inner}/limits`, 'utf8');
      }
      assert.deepEqual([status.Seccomp, status.NoNewPrivs], ['2', '1']);
      assert.match(status.limits, /Max cpu time +30 +30 /);
      assert.match(status.limits, /Max open files +32 +32 /);
      assert.match(status.limits, /Max core file size +0 +0 /);
    } finally {
      child.kill('SIGKILL'); // its second process must go with it
    }
  });
});

describe('the whole way', () => {
  const data = at('data');
  const bundle = at('bundle');
  const sha256 = (file) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  let photos;

  function writeBundle(to, media) {
    const site = path.join(to, 'sites/dinh-thu');
    fs.mkdirSync(path.join(site, 'media'), { recursive: true });
    fs.writeFileSync(path.join(to, 'bundle.json'), JSON.stringify({ format: 'stele-bundle', version: 1, languages: ['vi'], name: { vi: 'Thử' } }));
    fs.writeFileSync(path.join(to, 'terms.json'), JSON.stringify({ kind: [{ key: 'communal-house', labels: { vi: 'Đình' } }] }));
    fs.writeFileSync(path.join(site, 'vi.md'), '# Đình Thử\n\nMột ngôi đình để thử.\n');
    const list = media.map(([from, more], i) => {
      const file = `media/${i}${path.extname(from)}`;
      fs.copyFileSync(from, path.join(site, file));
      return { file, alt: { vi: `Ảnh ${i}` }, ...more };
    });
    fs.writeFileSync(path.join(site, 'site.json'), JSON.stringify({ kind: 'communal-house', state: 'published', media: list }));
    return to;
  }

  async function withServer(work, more = []) {
    const server = await startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--no-log', ...more]);
    try {
      await work(server);
    } finally {
      assert.equal((await server.stop()).code, 0);
    }
  }

  before(async () => {
    photos = [addNotes(makePhoto(at('gate.jpg'), 2000, 1500, '[Q=90]')), makePhoto(at('roof.heic'), 900, 600)];
    writeBundle(bundle, [[photos[0], { focus: [0.25, 0.6], caption: { vi: 'Cổng' }, credit: 'An' }], [photos[1], {}]]);
    const { code, stderr } = await runProgram(stele, ['import', '--data', data, '--quiet', bundle]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
  });

  test('a photo of a bundle reaches the visitor in sizes, upright and without its notes', async () => {
    await withServer(async (server) => {
      const { text } = await request(server, '/vi/sites/dinh-thu');
      const [gate, roof] = photos.map(sha256);
      const picture = /<figure class="hero"><picture>([\s\S]*?)<\/picture>/.exec(text)[1];
      assert.match(picture, new RegExp(`<source type="image/webp" srcset="/media/${gate}/320.webp 320w, .*1920.webp 1500w" sizes="`));
      assert.match(picture, /<img class="focus-x-3 focus-y-6" src="[^"]*\/640.jpg" srcset="[^"]*1280w, [^"]*1500w" sizes="[^"]*" alt="Ảnh 0" width="640" height="853" fetchpriority="high">/);
      assert.match(text, new RegExp(`class="gallery">\\s*<figure><picture>[\\s\\S]*?/media/${roof}/640.jpg[^>]* alt="Ảnh 1" width="640" height="427" loading="lazy" decoding="async">`));
      assert.match(text, new RegExp(`og:image" content="http[^"]*/media/${gate}/1280.jpg"`));
      const addresses = [...new Set([...text.matchAll(/\/media\/[0-9a-f]{64}\/[a-z0-9.-]+/g)].map((m) => m[0]))];
      assert.ok(addresses.length >= 12, addresses.join(' '));
      const served = [];
      for (const address of [...addresses, `/media/${gate}/original`, `/media/${gate}/thumb-25-60.jpg`]) {
        const file = at(`served-${served.length}`);
        const { status, headers, body } = await request(server, address);
        assert.equal(status, 200, address);
        assert.match(headers['cache-control'], /immutable/);
        fs.writeFileSync(file, body);
        served.push([file, headers['content-type']]);
        if (address.includes(gate)) assert.ok(isNear(colour(file, 0.5, 0.05), red), address);
        assert.notEqual(sha256(file), address.split('/')[2]);
      }
      assert.deepEqual(privateNotes(...served.map(([file]) => file)), []);
      assert.deepEqual(notes(...served.map(([file]) => file)).map((found) => found['File:MIMEType']), served.map(([, type]) => type));
      for (const name of ['1', 'source', '320', 'thumb-1-1.jpg', '..', '%2e%2e%2fx', gate])
        assert.equal((await request(server, `/media/${gate}/${name}`)).status, 404, name);
    });
  });

  test('cards show the thumbnail that is cut around the focus', async () => {
    await withServer(async (server) => {
      const { text } = await request(server, '/vi/sites');
      const gate = sha256(photos[0]);
      assert.match(text, new RegExp(`<source type="image/webp" srcset="/media/${gate}/thumb-25-60.webp"><img src="/media/${gate}/thumb-25-60.jpg"`));
    });
  });

  test('the same bundle again changes nothing; a backup holds the sizes', async () => {
    const again = await runProgram(stele, ['import', '--data', data, bundle]);
    assert.match(again.stdout, /Nothing to change/);
    const check = await runProgram(stele, ['check', '--data', data]);
    assert.deepEqual([check.code, check.stderr], [0, '']);
    assert.equal((await runProgram(stele, ['backup', '--data', data, '--quiet', at('b.tar')])).code, 0);
    assert.equal((await runProgram(stele, ['restore', '--data', at('again'), '--quiet', at('b.tar')])).code, 0);
    const restored = await runProgram(stele, ['check', '--data', at('again')]);
    assert.deepEqual([restored.code, restored.stderr], [0, '']);
  });

  test('a photo that cannot be read stops the import, and each is named', async () => {
    fs.writeFileSync(at('cut.jpg'), fs.readFileSync(photos[0]).subarray(0, 5000));
    fs.writeFileSync(at('huge.png'), Buffer.concat([pngSignature, pngHead(9000, 9000), pngChunk('IEND', Buffer.alloc(0))]));
    const bad = writeBundle(at('bad'), [[at('cut.jpg'), {}], [photos[1], {}], [at('huge.png'), {}]]);
    for (const dry of [[], ['--dry-run']]) {
      const result = await runProgram(stele, ['import', '--data', at('bad-data'), ...dry, bad]);
      assert.equal(result.code, 1);
      assert.match(result.stderr, /sites\/dinh-thu\/media\/0\.jpg: the picture cannot be read/);
      assert.match(result.stderr, /sites\/dinh-thu\/media\/2\.png: the picture is 9000 × 9000 pixels, 81 million/);
      assert.match(result.stderr, /nothing was imported .* 2 problems/);
      assert.ok(!fs.existsSync(at('bad-data')));
    }
    const dry = await runProgram(stele, ['import', '--data', at('dry'), '--dry-run', bundle]);
    assert.equal(dry.code, 0, dry.stderr);
    assert.ok(!fs.existsSync(at('dry')));
  });

  test('without the helper photos wait, unseen, until `stele media` makes their sizes', async () => {
    const later = at('later');
    const absent = ['--media-helper', at('absent')];
    const imported = await runProgram(stele, ['import', '--data', later, '--quiet', ...absent, bundle]);
    assert.equal(imported.code, 0, imported.stderr);
    assert.match(imported.stderr, /2 photos are kept but not shown yet/);
    assert.match((await runProgram(stele, ['check', '--data', later])).stderr, /2 photos have no sizes for visitors yet/);
    const serve = ['serve', '--data', later, '--listen', '127.0.0.1:0', '--no-log'];
    let server = await startServer(stele, serve);
    try {
      const gate = sha256(photos[0]);
      assert.equal((await request(server, `/media/${gate}/original`)).status, 404);
      assert.doesNotMatch((await request(server, '/vi/sites/dinh-thu')).text, /\/media\//);
      const failed = await runProgram(stele, ['media', '--data', later, ...absent]);
      assert.deepEqual([failed.code, /absent/.test(failed.stderr)], [1, true]);
      const made = await runProgram(stele, ['media', '--data', later]); // while the server runs
      assert.deepEqual([made.code, made.stdout], [0, '2 photos got their sizes\n'], made.stderr);
      for (let i = 0; i < 100; i++) {
        if ((await request(server, '/vi/sites/dinh-thu')).text.includes(`/media/${gate}/640.jpg`)) break;
        await sleep(50);
      }
      assert.ok((await request(server, '/vi/sites/dinh-thu')).text.includes(`/media/${gate}/640.jpg`));
      assert.equal((await request(server, `/media/${gate}/original`)).status, 200);
      assert.match((await runProgram(stele, ['media', '--data', later])).stdout, /0 photos .* none was missing/);
    } finally {
      await server.stop();
    }
    const refusedStart = await runProgram(stele, [...serve, ...absent]);
    assert.deepEqual([refusedStart.code, /absent/.test(refusedStart.stderr)], [1, true]);
  });
});
