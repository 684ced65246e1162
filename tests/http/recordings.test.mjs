// Sound and films: from a bundle to the visitor's page, their files in parts, captions, and what lies about itself.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { request, runProgram, startServer } from './lib.mjs';
import { sql, untilEnd } from '../desk_room.mjs';
import { makePng, notes } from '../photos.mjs';
import { captions, films, writeRecordings } from '../recordings.mjs';
import { newFolder, stele } from '../sample.mjs';

const end = untilEnd(after);
const folder = newFolder({ after });
const at = (...names) => path.join(folder, ...names);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

async function load(data, bundle, more = []) {
  const { code, stderr } = await runProgram(stele, ['import', '--data', data, '--quiet', ...more, bundle]);
  assert.equal(code, 0, stderr);
}

async function serve(t, data) {
  const server = await startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--no-log']);
  t.after(() => server.stop());
  return server;
}

let site, server, vi, en;
const file = (name) => fs.readFileSync(path.join(site, 'media', name));
const address = (name) => `/media/${sha256(file(name))}/original`;
before(async () => {
  site = writeRecordings(at('bundle'), { picture: makePng(1280, 720) });
  await load(at('data'), at('bundle'));
  server = await serve(end, at('data'));
  vi = (await request(server, '/vi/sites/ben-song')).text;
  en = (await request(server, '/en/sites/ben-song')).text;
});

const figures = (page, name) => [...page.matchAll(new RegExp(`<figure class="${name}">([\\s\\S]*?)</figure>`, 'g'))].map((m) => m[1]);

describe('on the page', () => {
  test('sound stands between the summary and the story, with its length, size and transcript', () => {
    const [told, sung, untitled] = figures(vi, 'sound');
    assert.ok(vi.indexOf('class="lead"') < vi.indexOf('id="listen"') && vi.indexOf('id="listen"') < vi.indexOf('nay còn vài bậc đá'));
    assert.match(told, /<figcaption id="sound-1">Bà Tư kể chuyện bến sông<\/figcaption>/);
    assert.match(told, new RegExp(`<audio controls preload="none" aria-labelledby="sound-1"><source src="${address('ke-chuyen.mp3')}" type="audio/mpeg"></audio>`));
    assert.match(told, /2 phút 5 giây/);
    assert.match(told, /tháng 3 năm 2026/);
    assert.match(told, /Thu âm: Đoàn phường · CC BY 4\.0/);
    assert.match(told, new RegExp(`<a href="${address('ke-chuyen.mp3')}" download="ke-chuyen.mp3">Tải tệp MP3 \\(0,5 MB\\)</a>`));
    assert.match(told, /<summary>Đọc bản chép lời<\/summary>\s*<div>\s*<p>Hồi đó ghe đậu kín\.\nĐi không lọt\.<\/p>\s*<p>Bây giờ chỉ còn bậc đá\.<\/p>/);
    assert.match(sung, /type="audio\/ogg"[\s\S]*1 phút 2 giây[\s\S]*Tải tệp Ogg \(0,1 MB\)/);
    assert.match(untitled, />Bài ghi âm 3<[\s\S]*type="audio\/mp4"[\s\S]*Tải tệp M4A/); // an MP4 without a picture is sound
    assert.equal(figures(vi, 'sound').length, 3);
  });
  test('what is not in the language of the page says which it is in', () => {
    const [told, sung] = figures(en, 'sound');
    assert.match(told, /Mrs Tư tells of the landing/);
    assert.match(told, /2 minutes 5 seconds/);
    assert.match(told, /Download MP3 \(0\.5 MB\)/);
    assert.match(told, /<summary>Read the transcript<\/summary>\s*<div>\s*<p>Boats lay/);
    assert.match(sung, /<figcaption id="sound-2" lang="vi" dir="ltr">Một câu hò/);
    assert.match(sung, /<summary>Read the transcript \(Vietnamese\)<\/summary>\s*<div lang="vi" dir="ltr">\s*<p>Hò ơ…/);
  });
  test('films have a place of their shape, a poster, and captions in each language', () => {
    const [wide, tall] = figures(vi, 'film');
    const cover = sha256(file('cong.png'));
    assert.match(wide, new RegExp(`<video class="wide" controls preload="none" playsinline width="640" height="360" poster="/media/${cover}/640.jpg" aria-labelledby="film-1">`));
    assert.match(wide, new RegExp(`<source src="${address('ben.webm')}" type="video/webm">`));
    const tracks = [...wide.matchAll(/<track kind="captions" srclang="(\w+)" label="([^"]+)" src="([^"]+)"( default)?>/g)].map((m) => m.slice(1));
    assert.deepEqual(tracks.map(([lang, label, , chosen]) => [lang, label, !!chosen]), [['en', 'English', false], ['vi', 'Tiếng Việt', true]]);
    assert.match(wide, /3 giây[\s\S]*Tải tệp WebM \(0,1 MB\)/);
    assert.match(tall, /<video class="tall"[\s\S]*type="video\/mp4"[\s\S]*>Phim 2<[\s\S]*Quay phim: An/);
    assert.doesNotMatch(tall, /<track|<details/);
    assert.match(figures(en, 'film')[0], /srclang="en"[^>]* default>/);
  });
});

describe('the files', () => {
  test('come with their types, for ever, and in parts', async () => {
    const types = { 'ke-chuyen.mp3': 'audio/mpeg', 'ho.opus': 'audio/ogg', 'loi.m4a': 'audio/mp4', 'ben.webm': 'video/webm', 'dung.mp4': 'video/mp4' };
    for (const [name, type] of Object.entries(types)) {
      const bytes = file(name);
      const whole = await request(server, address(name));
      assert.deepEqual([whole.status, whole.headers['content-type'], whole.headers['accept-ranges']], [200, type, 'bytes'], name);
      assert.match(whole.headers['cache-control'], /max-age=31536000, immutable/);
      assert.match(whole.headers['content-security-policy'], /media-src 'self'/);
      assert.ok(whole.body.equals(bytes), name);
      for (const [range, from, to] of [['bytes=0-', 0, bytes.length], ['bytes=5000-5999', 5000, 6000], ['bytes=-100', bytes.length - 100, bytes.length]]) {
        const part = await request(server, address(name), { headers: { Range: range } });
        assert.deepEqual([part.status, part.headers['content-range']], [206, `bytes ${from}-${to - 1}/${bytes.length}`], name);
        assert.ok(part.body.equals(bytes.subarray(from, to)), `${name} ${range}`);
      }
      const beyond = await request(server, address(name), { headers: { Range: `bytes=${bytes.length}-` } });
      assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, `bytes */${bytes.length}`]);
    }
  });
  test('captions are WebVTT under an address that changes with them', async () => {
    const [en_, vi_] = [...vi.matchAll(/<track[^>]* src="([^"]+)"/g)].map((m) => m[1]);
    const text = await request(server, vi_);
    assert.deepEqual([text.status, text.headers['content-type'], text.text], [200, 'text/vtt; charset=utf-8', captions.vi]);
    assert.match(text.headers['cache-control'], /immutable/);
    assert.match((await request(server, en_)).text, /^WEBVTT\n\n00:00:00\.500 --> 00:00:01\.500\n<i>This is the landing\.<\/i>\n\n[\s\S]*Boats &amp; barges/);
    const older = await request(server, vi_.replace(/[0-9a-f]{16}\.vtt$/, '0123456789abcdef.vtt'));
    assert.deepEqual([older.status, older.headers['cache-control'], older.text], [200, 'no-cache', captions.vi]);
    for (const wrong of [vi_.replace('.vi.', '.km.'), vi_.replace('captions.vi', 'captions.VI'), `${vi_}x`, vi_.replace('.vtt', ''), address('dung.mp4').replace('original', 'captions.vi.0123456789abcdef.vtt')])
      assert.equal((await request(server, wrong)).status, 404, wrong);
  });
  test('are gone when the site is withdrawn', async (t) => {
    const away = at('withdrawn');
    const taken = writeRecordings(at('away'));
    await load(away, at('away'));
    const other = await serve(t, away);
    const track = /<track[^>]* src="([^"]+)"/.exec((await request(other, '/vi/sites/ben-song')).text)[1];
    const targets = [`/media/${sha256(fs.readFileSync(path.join(taken, 'media/ho.opus')))}/original`, track];
    for (const target of targets) assert.equal((await request(other, target)).status, 200);
    const document = path.join(taken, 'site.json');
    fs.writeFileSync(document, JSON.stringify({ ...JSON.parse(fs.readFileSync(document)), state: 'withdrawn' }));
    await load(away, at('away'));
    for (const target of targets) assert.equal((await request(other, target)).status, 404, target);
  });
});

describe('bundles', () => {
  test('give back what they took, captions in files beside the film', async () => {
    const out = at('out');
    assert.equal((await runProgram(stele, ['export', '--data', at('data'), out])).code, 0);
    const written = JSON.parse(fs.readFileSync(path.join(out, 'sites/ben-song/site.json')));
    const film = written.media.find((entry) => entry.captions);
    assert.deepEqual(film.captions, { en: 'media/ben.en.vtt', vi: 'media/ben.vi.vtt' });
    assert.equal(fs.readFileSync(path.join(out, 'sites/ben-song/media/ben.vi.vtt'), 'utf8'), captions.vi);
    const again = await runProgram(stele, ['import', '--data', at('data'), out]);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /sites +1 read, 0 new, 0 changed, 1 unchanged/);
    await load(at('second'), out);
    assert.equal((await runProgram(stele, ['export', '--data', at('second'), at('out2')])).code, 0);
    const same = (name) => assert.ok(fs.readFileSync(path.join(out, name)).equals(fs.readFileSync(path.join(at('out2'), name))), name);
    for (const name of fs.readdirSync(out, { recursive: true })) if (fs.statSync(path.join(out, name)).isFile()) same(name);
  });
  test('tell what is wrong with captions by file and line, and land nothing', async () => {
    const bad = writeRecordings(at('bad'));
    const write = (name, text) => fs.writeFileSync(path.join(bad, 'media', name), text);
    const document = path.join(bad, 'site.json');
    const before_ = JSON.parse(fs.readFileSync(document));
    const film = before_.media.find((entry) => entry.captions);
    const tried = async (pattern, change) => {
      const { code, stderr } = await runProgram(stele, ['import', '--data', at('none'), at('bad')]);
      assert.equal(code, 1, change);
      assert.match(stderr, pattern);
      assert.ok(!fs.existsSync(at('none')));
    };
    write('ben.vi.vtt', 'WEBVTT\n\n00:05.000 --> 00:06.000\na\n\n00:04.000 --> 00:07.000\nb\n');
    await tried(/sites\/ben-song\/media\/ben\.vi\.vtt:6: this caption begins before the one above it/);
    write('ben.vi.vtt', captions.vi);
    for (const [name, pattern] of [
      ['media/none.vtt', /media\/none\.vtt: /],
      ['../../bundle.json', /captions must be a file “media\/NAME”/],
      [captions.vi, /captions must be a file “media\/NAME”/],
    ]) {
      film.captions.vi = name;
      fs.writeFileSync(document, JSON.stringify(before_));
      await tried(pattern, name);
    }
  });
});

test('where a film was taken is told to nobody, and nothing else of it is lost', async (t) => {
  const to = writeRecordings(at('place'));
  const film = path.join(to, 'media/dung.mp4');
  const told = { lat: 10.0452, lon: 105.7469 };
  execFileSync('exiftool', ['-q', '-overwrite_original', `-UserData:GPSCoordinates=${told.lat}, ${told.lon}, 0`, `-Keys:GPSCoordinates=${told.lat}, ${told.lon}, 0`,
    `-XMP:GPSLatitude=${told.lat}`, `-XMP:GPSLongitude=${told.lon}`, '-Keys:Make=Điện thoại', film]);
  const raw = fs.readFileSync(film);
  const places = (file) => notes(file).flatMap((found) => Object.keys(found).filter((name) => /GPS|Location/.test(name)));
  for (const mark of ['\xa9xyz', 'quicktime.location.ISO6709', 'exif:GPSLatitude']) assert.ok(raw.includes(Buffer.from(mark, 'latin1')), mark);
  assert.ok(places(film).length >= 3, places(film).join(' '));
  await load(at('place-data'), at('place'));
  const { body, headers } = await request(await serve(t, at('place-data')), `/media/${sha256(raw)}/original`);
  const served = at('served.mp4');
  fs.writeFileSync(served, body);
  assert.deepEqual(places(served), []);
  assert.equal(headers['content-type'], 'video/mp4');
  assert.deepEqual([body.length, notes(served)[0]['QuickTime:ImageWidth'], notes(served)[0]['QuickTime:Duration']], [raw.length, 180, 2]);
  const changed = [...raw.keys()].filter((i) => raw[i] !== body[i]);
  assert.ok(changed.length > 0 && changed.length <= 12, `${changed.length} bytes`);
  assert.equal(sql(at('place-data'), `SELECT width || ' ' || duration_ms FROM media WHERE sha256 = '${sha256(raw)}'`), '180 2000');
  assert.equal((await runProgram(stele, ['check', '--data', at('place-data')])).code, 0);
  assert.equal(sql(at('place-data'), 'SELECT count(*) FROM media_variant'), '1'); // what tells no place is not kept twice

  // Without the helper it is shown as it came, and that is said until it was looked at.
  const late = ['--data', at('place-late')];
  const imported = await runProgram(stele, ['import', ...late, '--quiet', '--media-helper', at('absent'), at('place')]);
  assert.match(imported.stderr, /5 sounds and films are shown as they came/);
  assert.match((await runProgram(stele, ['check', ...late])).stderr, /5 sounds and films are shown as they came/);
  assert.equal(sql(at('place-late'), 'SELECT count(*) FROM media WHERE duration_ms IS NOT NULL'), '0');
  const made = await runProgram(stele, ['media', ...late]);
  assert.deepEqual([made.code, made.stdout], [0, '0 photos got their sizes: none was missing\n5 sounds and films were looked at\n'], made.stderr);
  const mended = await request(await serve(t, at('place-late')), `/media/${sha256(raw)}/original`);
  assert.ok(mended.body.equals(body));
  assert.equal(sql(at('place-late'), "SELECT group_concat(class, ' ') FROM (SELECT class FROM media ORDER BY class)"), 'audio audio audio video video');
  assert.equal((await runProgram(stele, ['check', ...late])).stderr, '');
  assert.match((await runProgram(stele, ['media', ...late])).stdout, /none was missing\n$/);
});

describe('a film that lies', () => {
  // The bytes behind the last `mark`, at `offset`, are replaced.
  const patched = (bytes, mark, offset, value) => {
    const out = Buffer.from(bytes);
    value.copy(out, out.lastIndexOf(mark) + offset);
    return out;
  };
  const mp4 = fs.readFileSync(films.tall);
  const webm = fs.readFileSync(films.wide);
  const ones = Buffer.alloc(8, 0xff);
  const lies = {
    'cut.mp4': mp4.subarray(0, 900),
    'head.mp4': mp4.subarray(0, 40),
    'head.webm': webm.subarray(0, 64),
    'huge.mp4': patched(mp4, 'tkhd', 80, ones), // width and height of a track: the audio's, which had none
    'endless.mp4': patched(mp4, 'mvhd', 20, ones.subarray(0, 4)),
    'flat.webm': patched(webm, Buffer.from([0xb0, 0x82]), 2, Buffer.from([0, 1])),
    'large.webm': patched(webm, Buffer.from([0xb0, 0x82]), 2, Buffer.from([0xff, 0xff])),
    'noise.mp4': Buffer.concat([mp4.subarray(0, 32), Buffer.alloc(5000, 0x5a)]),
  };
  test('gets a place on the page all the same, with the helper and without', async (t) => {
    const to = writeRecordings(at('lies'));
    const media = Object.entries(lies).map(([name, bytes]) => {
      fs.writeFileSync(path.join(to, 'media', name), bytes);
      return { file: `media/${name}`, caption: { vi: `Phim ${name}` } };
    });
    const document = path.join(to, 'site.json');
    fs.writeFileSync(document, JSON.stringify({ ...JSON.parse(fs.readFileSync(document)), media }));
    for (const more of [[], ['--media-helper', at('absent')]]) {
      const data = at(`lies-${more.length}`);
      await load(data, at('lies'), more);
      const page = (await request(await serve(t, data), '/vi/sites/ben-song')).text;
      const found = [...figures(page, 'sound'), ...figures(page, 'film')];
      assert.deepEqual(found.map((text) => />Phim ([^<]+)</.exec(text)[1]).sort(), Object.keys(lies).sort());
      for (const text of figures(page, 'film')) assert.match(text, /<video class="(wide|classic|square|tall)" [^>]* width="640" height="360"/);
      for (const text of found) for (const [, hours] of text.matchAll(/(\d+) giờ/g)) assert.ok(Number(hours) < 168, text);
      assert.match(sql(data, 'SELECT count(*) FROM media WHERE width > 16384 OR height > 16384'), /^0$/);
    }
  });
  test('an empty file is refused by name', async () => {
    const to = writeRecordings(at('empty'));
    fs.writeFileSync(path.join(to, 'media/ben.webm'), '');
    const { code, stderr } = await runProgram(stele, ['import', '--data', at('none'), at('empty')]);
    assert.equal(code, 1);
    assert.match(stderr, /media\/ben\.webm/);
  });
});
