// Pictures, sounds and films of a site at the desk: sent in pieces or by a plain form, described, ordered, taken away
// and put back; who may, and what is refused.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';
import { connect, raw, request, runProgram, sleep, startServer } from './lib.mjs';
import { addNotes, makePhoto, makePng, place, pngHead, pngSignature } from '../photos.mjs';
import { films, makeOpus } from '../recordings.mjs';
import { newFolder, stele } from '../sample.mjs';

const end = untilEnd(after);
const folder = newFolder(end);
const at = (name) => path.join(folder, name);
let desk, lan, minh, field, far, apprentice, photo;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      minh = addPerson(data, 'Minh');
      field = addPerson(data, 'Tài', { role: 'field' });
      far = addPerson(data, 'Ô Môn', { areas: ['o-mon'] });
      apprentice = addPerson(data, 'Học việc', { mayPublish: false });
    },
  });
  photo = fs.readFileSync(addNotes(makePhoto(at('photo.jpg'), 1800, 1200, '[Q=90]')));
});

let made = 0;
// A photo that no other test has: the same bytes are the same media.
const newPhoto = (name = `p${made++}.jpg`, width = 400 + made * 8) => fs.readFileSync(makePhoto(at(name), width, 300));

async function newSite(person = lan, extra = {}) {
  const answer = await desk.as(person).post('/desk/sites/new', {
    languages: 'vi en', version: 0, original: 'vi', kind: 'temple', 'text.vi.title': `Miếu thử ${made++}`, do: 'save', ...extra,
  });
  assert.equal(answer.status, 303, answer.text);
  return Number(/sites\/(\d+)/.exec(answer.headers.location)[1]);
}

const latest = (id) =>
  JSON.parse(sql(desk.data, `SELECT document FROM revision WHERE subject = 'site' AND subject_id = ${id} ORDER BY version DESC LIMIT 1`));
const media = (id) => latest(id).media ?? [];
const version = (id) => Number(sql(desk.data, `SELECT version FROM site WHERE id = ${id}`));
const json = { Accept: 'application/json' };

const begin = (person, id, name, bytes) => desk.as(person).post(`/desk/sites/${id}/media/uploads`, { name, bytes }, json);
function piece(person, id, upload, offset, bytes, headers = {}) {
  return request(desk.server, `/desk/sites/${id}/media/uploads/${upload}?offset=${offset}`, {
    method: 'POST',
    headers: { Cookie: `stele=${person.token}`, 'Sec-Fetch-Site': 'same-origin', 'X-CSRF-Token': person.csrf, 'Content-Type': 'application/octet-stream', ...json, ...headers },
    body: bytes,
  });
}
const ask = async (person, id, upload) => JSON.parse((await desk.as(person).get(`/desk/sites/${id}/media/uploads/${upload}`, json)).text);

async function settled(person, id, upload) {
  for (let i = 0; i < 400; i++) {
    const told = await ask(person, id, upload);
    if (told.state === 'done' || told.state === 'failed') return told;
    await sleep(50);
  }
  throw new Error('it is never done');
}

// In pieces of `size`, to its end.
async function send(person, id, name, bytes, size = 1 << 20) {
  const begun = await begin(person, id, name, bytes.length);
  assert.equal(begun.status, 201, begun.text);
  const { upload } = JSON.parse(begun.text);
  for (let from = 0; from < bytes.length; from += size) {
    const answer = await piece(person, id, upload, from, bytes.subarray(from, from + size));
    if (answer.status !== 200) return { upload, status: answer.status, ...JSON.parse(answer.text) };
  }
  return { upload, ...(await settled(person, id, upload)) };
}
const shaOf = async (person, id, bytes) => {
  const before = new Set(media(id).map((m) => m.sha256));
  assert.equal((await send(person, id, 'x.jpg', bytes)).state, 'done');
  return media(id).map((m) => m.sha256).find((sha) => !before.has(sha));
};

describe('sending', () => {
  test('in pieces: the photo belongs to the site, without its notes, in a revision of its own', async () => {
    const id = await newSite();
    const first = version(id);
    const told = await send(lan, id, 'Cổng đình.jpg', photo, 40000);
    assert.deepEqual([told.state, told.was_there], ['done', false]);
    assert.equal(version(id), first + 1);
    const [m] = media(id);
    assert.equal(m.taken, '2023-04-30');
    assert.equal(sql(desk.data, `SELECT original_name FROM media WHERE sha256 = '${m.sha256}'`), 'Cổng đình.jpg');
    assert.equal(sql(desk.data, `SELECT account_id FROM revision WHERE subject_id = ${id} ORDER BY version DESC LIMIT 1`), String(lan.id));
    assert.equal(sql(desk.data, 'SELECT count(*) FROM upload'), '0');
    assert.deepEqual(fs.readdirSync(path.join(desk.data, 'uploads/coming')), []);

    const thumb = await desk.as(lan).get(`/desk/sites/${id}/media/file/${m.sha256}/thumb.jpg`);
    assert.equal(thumb.status, 200);
    assert.equal(thumb.headers['content-type'], 'image/jpeg');
    assert.match(thumb.headers['cache-control'], /^private/);
    assert.ok(!thumb.body.includes('Exif'));
    // Visitors get nothing of a draft, and nobody gets the file as it came.
    assert.equal((await request(desk.server, `/media/${m.sha256}/thumb.jpg`)).status, 404);
    assert.ok(!(await desk.as(lan).get(`/desk/sites/${id}/media/file/${m.sha256}/original`)).body.includes('Exif'));
    assert.equal((await desk.as(lan).get(`/desk/sites/${id}/media/file/${m.sha256}/x.jpg`)).status, 404);
    assert.equal((await desk.as(lan).get(`/desk/sites/${siteId(desk.data, 'dinh-binh-thuy')}/media/file/${m.sha256}/thumb.jpg`)).status, 404);
    const preview = await desk.as(lan).get(`/desk/sites/${id}/preview`);
    assert.match(preview.text, new RegExp(`src="/desk/sites/${id}/media/file/${m.sha256}/640.jpg"`));
  });

  test('the same photo once more changes nothing, and says so', async () => {
    const id = await newSite();
    const bytes = newPhoto();
    assert.equal((await send(lan, id, 'a.jpg', bytes)).state, 'done');
    const before = version(id);
    const told = await send(lan, id, 'b.jpg', bytes);
    assert.deepEqual([told.state, told.was_there], ['done', true]);
    assert.equal(version(id), before);
  });

  test('goes on where a broken connection left it', async () => {
    const id = await newSite();
    const { upload } = JSON.parse((await begin(lan, id, 'a.jpg', photo.length)).text);
    assert.equal(JSON.parse((await piece(lan, id, upload, 0, photo.subarray(0, 30000))).text).received, 30000);
    // Half of a piece, and the network is gone.
    const c = await connect(desk.server);
    c.write(
      `POST /desk/sites/${id}/media/uploads/${upload}?offset=30000 HTTP/1.1\r\nHost: x\r\nCookie: stele=${lan.token}\r\nSec-Fetch-Site: same-origin\r\nX-CSRF-Token: ${lan.csrf}\r\nContent-Type: application/octet-stream\r\nContent-Length: 20000\r\n\r\n`,
    );
    c.write(photo.subarray(30000, 40000));
    await sleep(100);
    c.end();
    const told = await ask(lan, id, upload);
    assert.deepEqual([told.state, told.received, told.bytes], ['coming', 30000, photo.length]);
    // Wrong places are answered with the right one; an earlier one overwrites nothing.
    for (const offset of [0, 29999, 30001, photo.length]) {
      const answer = await piece(lan, id, upload, offset, Buffer.alloc(100, 7));
      assert.equal(answer.status, 409, String(offset));
      assert.equal(JSON.parse(answer.text).received, 30000);
    }
    for (const offset of ['-1', 'x', '', '30000.0', '0x7530', '99999999999999999999']) assert.equal((await piece(lan, id, upload, offset, Buffer.alloc(100))).status, 409, offset);
    assert.equal((await piece(lan, id, upload, 30000, Buffer.alloc(0))).status, 400);
    assert.equal((await piece(lan, id, upload, 30000, Buffer.alloc(photo.length))).status, 413); // beyond its end
    assert.equal((await piece(lan, id, upload, 30000, photo.subarray(30000))).status, 200);
    assert.equal((await settled(lan, id, upload)).state, 'done');
    assert.equal(media(id).length, 1);
  });

  test('a file whose pieces come many at once, each with other bytes, is one of them whole', async () => {
    const id = await newSite();
    const size = 200000, { upload } = JSON.parse((await begin(lan, id, 'a.mp3', 5 * size)).text);
    for (let at = 0; at < 4; at += 1) {
      const bodies = Array.from({ length: 12 }, (_, i) => Buffer.concat([Buffer.from([255, 251, 144, 0]), Buffer.alloc(size - 4, 65 + i)]));
      const answers = await Promise.all(bodies.map((body) => piece(lan, id, upload, at * size, body)));
      const won = answers.findIndex((a) => a.status === 200);
      assert.deepEqual(answers.map((a) => a.status).sort(), [200, ...Array(11).fill(409)]);
      for (const answer of answers) assert.equal(JSON.parse(answer.text).received, (at + 1) * size);
      const there = fs.readFileSync(path.join(desk.data, 'uploads/coming', `${id}-${upload}`));
      assert.equal(there.length, (at + 1) * size);
      assert.ok(there.subarray(at * size).equals(bodies[won]));
    }
    await desk.as(lan).post(`/desk/sites/${id}/media/uploads/${upload}/drop`, {}, json);
  });

  test('two pieces at one place at one time: one counts', async () => {
    const id = await newSite();
    const { upload } = JSON.parse((await begin(lan, id, 'a.jpg', photo.length)).text);
    const answers = await Promise.all([1, 2, 3, 4].map(() => piece(lan, id, upload, 0, photo.subarray(0, 50000))));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, 409, 409, 409]);
    assert.equal((await ask(lan, id, upload)).received, 50000);
  });

  test('survives the end of the server, before and after it is whole', async (t) => {
    const own = await openDesk(t, { before: (data) => ({ an: addPerson(data, 'An') }) });
    const { an } = own.people;
    const id = siteId(own.data, 'dinh-binh-thuy');
    const head = { Cookie: `stele=${an.token}`, 'Sec-Fetch-Site': 'same-origin', 'X-CSRF-Token': an.csrf, ...json };
    const { upload } = JSON.parse((await own.as(an).post(`/desk/sites/${id}/media/uploads`, { name: 'a.jpg', bytes: photo.length }, json)).text);
    const to = (server, offset, bytes) =>
      request(server, `/desk/sites/${id}/media/uploads/${upload}?offset=${offset}`, { method: 'POST', headers: { ...head, 'Content-Type': 'application/octet-stream' }, body: bytes });
    assert.equal((await to(own.server, 0, photo.subarray(0, 10000))).status, 200);
    await own.server.stop('SIGKILL');
    // Whole, but put in by a server that did not live to make anything of it.
    fs.appendFileSync(path.join(own.data, 'uploads/coming', `${id}-${upload}`), photo.subarray(10000));
    sql(own.data, `UPDATE upload SET received = bytes WHERE id = '${id}-${upload}'`);
    const server = await startServer(stele, ['serve', '--data', own.data, '--listen', '127.0.0.1:0']);
    t.after(() => server.stop());
    // Nobody need open its page.
    for (let i = 0; i < 200 && sql(own.data, 'SELECT count(*) FROM upload') !== '0'; i++) await sleep(50);
    assert.equal(sql(own.data, `SELECT count(*) FROM site_media WHERE site_id = ${id}`), '1');
  });

  test('a server that is stopped does not wait for the photo that is being opened; the next start takes it in', async (t) => {
    const slow = at('slow-helper');
    fs.writeFileSync(slow, '#!/bin/sh\nexec sleep 80\n', { mode: 0o755 });
    const own = await openDesk(t, { before: (data) => ({ an: addPerson(data, 'An') }), args: ['--media-helper', slow] });
    const { an } = own.people;
    const id = siteId(own.data, 'dinh-binh-thuy');
    const { upload } = JSON.parse((await own.as(an).post(`/desk/sites/${id}/media/uploads`, { name: 'a.jpg', bytes: photo.length }, json)).text);
    const answer = await request(own.server, `/desk/sites/${id}/media/uploads/${upload}?offset=0`, {
      method: 'POST',
      headers: { Cookie: `stele=${an.token}`, 'Sec-Fetch-Site': 'same-origin', 'X-CSRF-Token': an.csrf, 'Content-Type': 'application/octet-stream', ...json },
      body: photo,
    });
    assert.ok(['waiting', 'making'].includes(JSON.parse(answer.text).state), answer.text);
    for (let state = ''; state !== 'making'; await sleep(20)) ({ state } = JSON.parse((await own.as(an).get(`/desk/sites/${id}/media/uploads/${upload}`, json)).text));
    const began = Date.now();
    assert.equal((await own.server.stop()).code, 0);
    assert.ok(Date.now() - began < 12000, `${Date.now() - began} ms`); // the helper would have taken 80 s
    assert.equal(fs.statSync(path.join(own.data, 'uploads/coming', `${id}-${upload}`)).size, photo.length);
    const server = await startServer(stele, ['serve', '--data', own.data, '--listen', '127.0.0.1:0']);
    t.after(() => server.stop());
    for (let i = 0; i < 600 && sql(own.data, 'SELECT count(*) FROM upload') !== '0'; i++) await sleep(50);
    assert.equal(sql(own.data, `SELECT count(*) FROM site_media WHERE site_id = ${id}`), '1');
  });

  test('a server in trouble keeps the file, and tries again when asked', async () => {
    const id = await newSite();
    const kept = path.join(desk.data, 'media'), away = path.join(desk.data, 'media.away');
    fs.renameSync(kept, away);
    fs.writeFileSync(kept, ''); // no folder: nothing can be kept
    const told = await send(lan, id, 'a.jpg', newPhoto());
    const page = await desk.as(lan).get(`/desk/sites/${id}/media`);
    fs.rmSync(kept);
    fs.renameSync(away, kept);
    assert.deepEqual([told.state, told.is_kept], ['failed', true]);
    assert.match(told.message, /trục trặc/);
    assert.match(page.text, /trục trặc[^]*?Thử lại/);
    assert.equal((await desk.as(minh).post(`/desk/sites/${id}/media/uploads/${told.upload}/again`, {}, json)).status, 404);
    const again = JSON.parse((await desk.as(lan).post(`/desk/sites/${id}/media/uploads/${told.upload}/again`, {}, json)).text);
    assert.ok(['waiting', 'making', 'done'].includes(again.state), again.state);
    assert.equal((await settled(lan, id, told.upload)).state, 'done');
    assert.equal(media(id).length, 1);
  });

  test('a film and a sound are known by their bytes, measured, and played before they are published', async () => {
    const id = await newSite();
    const sound = fs.readFileSync(makeOpus(at('a.ogg'), 3));
    assert.equal((await send(lan, id, 'kể chuyện.txt', sound)).state, 'done');
    assert.equal((await send(lan, id, 'a.jpg', fs.readFileSync(films.tall))).state, 'done');
    assert.equal((await send(lan, id, 'b.jpg', newPhoto())).state, 'done');
    const rows = media(id).map((m) => sql(desk.data, `SELECT mime, duration_ms FROM media WHERE sha256 = '${m.sha256}'`).split('|'));
    assert.deepEqual(rows.map(([mime]) => mime), ['image/jpeg', 'audio/ogg', 'video/mp4']); // pictures stand first
    assert.ok(Math.abs(rows[1][1] - 3000) < 100 && Math.abs(rows[2][1] - 2000) < 100, rows.join());
    const page = await desk.as(lan).get(`/desk/sites/${id}/media`);
    assert.match(page.text, /<audio controls/);
    assert.match(page.text, /<video controls/);
    assert.match(page.text, /kể chuyện\.txt · 0:03<\/small>/);
    const whole = `/desk/sites/${id}/media/file/${media(id)[1].sha256}/original`;
    const part = await desk.as(lan).get(whole, { Range: 'bytes=0-99' });
    assert.equal(part.status, 206);
    assert.deepEqual(part.body, sound.subarray(0, 100));
    assert.equal((await desk.as(far).get(whole)).status, 403);
    assert.equal((await request(desk.server, whole)).status, 303);
  });
});

describe('what is refused', () => {
  test('files that are nothing for a page, each with a sentence, and nothing stays of them', async () => {
    const id = await newSite();
    const damaged = Buffer.concat([photo.subarray(0, 2000), Buffer.alloc(40000, 1)]);
    fs.writeFileSync(at('huge.png'), Buffer.concat([pngSignature, pngHead(9000, 9000), Buffer.alloc(200)]));
    for (const [bytes, sentence] of [
      [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"></svg>'.padEnd(200)), /không phải ảnh/],
      [Buffer.from('MZ'.padEnd(2000, 'x')), /không phải ảnh/],
      [damaged, /bị hỏng/],
      [fs.readFileSync(at('huge.png')), /quá lớn \(hơn 40 triệu/],
      // a head, and nothing to play behind it
      [Buffer.from('\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  '), /bị hỏng/],
      [Buffer.from('\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41'), /bị hỏng/],
      [fs.readFileSync(films.wide).subarray(0, 40), /bị hỏng/],
      [Buffer.concat([Buffer.from('ID3\x04\x00\x00\x00\x00\x00\x00'), Buffer.alloc(3000)]), /bị hỏng/],
    ]) {
      const told = await send(lan, id, 'a.jpg', bytes);
      assert.match(told.message ?? '', sentence);
    }
    assert.deepEqual(media(id), []);
    assert.equal(sql(desk.data, `SELECT count(*) FROM upload WHERE id LIKE '${id}-%'`), '0');
    const page = await desk.as(lan).get(`/desk/sites/${id}/media`);
    assert.match(page.text, /<li class="file failed"[^]*?a\.jpg[^]*?bị hỏng/); // those that were whole are told again, until read
    const { upload } = /data-upload="(?<upload>[0-9a-f]{32})" data-state="failed"/.exec(page.text).groups;
    assert.equal((await desk.as(lan).post(`/desk/sites/${id}/media/uploads/${upload}/drop`)).status, 303);
    assert.ok(!(await desk.as(lan).get(`/desk/sites/${id}/media`)).text.includes(upload));
  });

  test('sizes beyond the limits, before a byte is sent or with the first piece', async () => {
    const id = await newSite();
    for (const [bytes, status, sentence] of [
      [0, 400, /trống/], [-5, 400, /trống/], ['x', 400, /trống/], [200000001, 413, /200 MB/],
    ]) {
      const answer = await begin(lan, id, 'a.mp4', bytes);
      assert.equal(answer.status, status, answer.text);
      assert.match(JSON.parse(answer.text).message, sentence);
    }
    const { upload } = JSON.parse((await begin(lan, id, 'a.jpg', 30000001)).text);
    const answer = await piece(lan, id, upload, 0, photo.subarray(0, 1000));
    assert.equal(answer.status, 413);
    assert.match(JSON.parse(answer.text).message, /nặng hơn 30 MB/);
    assert.equal((await piece(lan, id, upload, 0, photo.subarray(0, 1000))).status, 404);
    const { upload: film } = JSON.parse((await begin(lan, id, 'a.mp4', 30000001)).text);
    assert.equal((await piece(lan, id, film, 0, Buffer.alloc((1 << 20) + 1))).status, 413);
    assert.equal((await piece(lan, id, film, 0, Buffer.alloc(10))).status, 400); // too little to tell what it is
  });

  test('names are words, not paths', async () => {
    const id = await newSite();
    for (const name of ['../../../etc/passwd', '..', '', 'a\u0000b', '/dev/null', '<img src=x onerror=alert(1)>', 'é'.repeat(500), '\u202Egpj.exe']) {
      const begun = await desk.as(lan).post(`/desk/sites/${id}/media/uploads`, { name, bytes: 100 }, json);
      if (begun.status !== 201) {
        assert.equal(begun.status, 400, name);
        continue;
      }
      await piece(lan, id, JSON.parse(begun.text).upload, 0, photo.subarray(0, 64));
    }
    for (const file of fs.readdirSync(path.join(desk.data, 'uploads/coming'))) assert.match(file, /^\d+-[0-9a-f]{32}$/);
    const page = await desk.as(lan).get(`/desk/sites/${id}/media`);
    assert.ok(!page.text.includes('<img src=x'));
    for (const [, upload] of page.text.matchAll(/data-upload="([0-9a-f]{32})"/g)) await desk.as(lan).post(`/desk/sites/${id}/media/uploads/${upload}/drop`);
  });

  test('uploads of others, of other sites, and tokens that are none', async () => {
    const id = await newSite(), other = await newSite();
    const { upload } = JSON.parse((await begin(lan, id, 'a.jpg', photo.length)).text);
    assert.equal((await piece(minh, id, upload, 0, photo.subarray(0, 1000))).status, 404);
    assert.equal((await piece(lan, other, upload, 0, photo.subarray(0, 1000))).status, 404);
    assert.equal((await desk.as(minh).get(`/desk/sites/${id}/media/uploads/${upload}`, json)).status, 404);
    await desk.as(minh).post(`/desk/sites/${id}/media/uploads/${upload}/drop`, {}, json);
    assert.equal((await ask(lan, id, upload)).state, 'coming');
    for (const token of ['x', upload.toUpperCase(), `${upload}0`, '..%2f..%2fx', "'--"]) assert.equal((await desk.as(lan).get(`/desk/sites/${id}/media/uploads/${token}`, json)).status, 404, token);
    assert.equal((await desk.as(lan).post(`/desk/sites/${id}/media/uploads/${upload}/drop`, {}, json)).status, 200);
    assert.equal((await desk.as(lan).get(`/desk/sites/${id}/media/uploads/${upload}`, json)).status, 404);
  });

  test('without the token, from elsewhere, by roles and areas that may not', async () => {
    const id = await newSite();
    const { upload } = JSON.parse((await begin(lan, id, 'a.jpg', photo.length)).text);
    const first = photo.subarray(0, 1000);
    assert.equal((await piece(lan, id, upload, 0, first, { 'X-CSRF-Token': 'x' })).status, 403);
    assert.equal((await piece(lan, id, upload, 0, first, { 'Sec-Fetch-Site': 'cross-site' })).status, 403);
    assert.equal((await piece({ ...lan, token: 'x' }, id, upload, 0, first)).status, 401);
    assert.equal((await ask(lan, id, upload)).received, 0);
    for (const person of [field, far]) {
      assert.equal((await begin(person, id, 'a.jpg', 1000)).status, 403, person.name);
      assert.equal((await desk.as(person).get(`/desk/sites/${id}/media`)).status, 403, person.name);
    }
  });

  test('a published site, by who may not publish; a site in the bin, by anybody', async () => {
    const id = siteId(desk.data, 'dinh-binh-thuy');
    const answer = await begin(apprentice, id, 'a.jpg', 1000);
    assert.equal(answer.status, 403);
    assert.match(JSON.parse(answer.text).message, /nên tệp chưa được thêm/);
    const page = await desk.as(apprentice).get(`/desk/sites/${id}/media`);
    assert.match(page.text, /nhờ người có quyền đăng/);
    assert.ok(!page.text.includes('type="file"'));
    // Published between the first piece and the last.
    const own = await newSite(apprentice);
    const { upload } = JSON.parse((await begin(apprentice, own, 'a.jpg', photo.length)).text);
    await piece(apprentice, own, upload, 0, photo.subarray(0, 1000));
    sql(desk.data, `UPDATE site SET state = 'published' WHERE id = ${own}`);
    assert.equal((await piece(apprentice, own, upload, 1000, photo.subarray(1000))).status, 403);
    const binned = await newSite();
    await desk.as(lan).post(`/desk/sites/${binned}/bin`);
    const refused = await begin(lan, binned, 'a.jpg', 1000);
    assert.equal(refused.status, 403);
    assert.match(JSON.parse(refused.text).message, /đang ở trong thùng rác/);
  });

  test('who lost the right while the file was being opened: nothing lands, the page says why, and it can be tried again', async () => {
    const id = await newSite();
    const busy = fs.readFileSync(makePhoto(at('slow.jpg'), 3000, 2500, '[Q=95]'));
    const sent = await begin(lan, id, 'chậm.jpg', busy.length);
    const { upload } = JSON.parse(sent.text);
    for (let from = 0; from < busy.length; from += 1 << 20) await piece(lan, id, upload, from, busy.subarray(from, from + (1 << 20)));
    await desk.as(minh).post(`/desk/sites/${id}/bin`);
    const told = await settled(lan, id, upload);
    assert.deepEqual([told.state, told.is_kept, told.code], ['failed', true, 'denied']);
    assert.match(told.message, /đang ở trong thùng rác, nên tệp chưa được thêm/);
    assert.match((await desk.as(lan).get(`/desk/sites/${id}/media`)).text, /chậm\.jpg<\/span>\s*<span class="file-state">Di tích đang ở trong thùng rác/);
    assert.equal((await desk.as(lan).post(`/desk/sites/${id}/media/uploads/${upload}/again`, {}, json)).status, 403);
    assert.deepEqual(media(id), []);
    assert.equal((await desk.as(lan).post(`/desk/sites/${id}/restore`)).status, 303);
    assert.equal((await desk.as(lan).post(`/desk/sites/${id}/media/uploads/${upload}/again`, {}, json)).status, 200);
    assert.equal((await settled(lan, id, upload)).state, 'done');
    assert.equal(media(id).length, 1);
  });

  test('too much under way', async () => {
    const id = await newSite(minh);
    const uploads = [];
    for (let i = 0; i < 60; i++) {
      const answer = await begin(minh, id, `${i}.jpg`, 1000);
      assert.equal(answer.status, 201, `${i}: ${answer.text}`);
      uploads.push(JSON.parse(answer.text).upload);
    }
    const answer = await begin(minh, id, '61.jpg', 1000);
    assert.equal(answer.status, 503);
    assert.match(JSON.parse(answer.text).message, /quá nhiều tệp/);
    assert.equal((await begin(lan, id, 'a.jpg', 1000)).status, 201); // others go on
    for (const upload of uploads) await desk.as(minh).post(`/desk/sites/${id}/media/uploads/${upload}/drop`, {}, json);
    for (let i = 0; i < 6; i++) {
      const { status } = await begin(minh, id, `${i}.mp4`, 199000000);
      assert.equal(status, i < 5 ? 201 : 503, String(i)); // 1 GiB
    }
    sql(desk.data, `DELETE FROM upload WHERE account_id = ${minh.id}`);
  });
});

const form = (person, id, files) => {
  const boundary = '----testboundary';
  const parts = [`--${boundary}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n${person.csrf}\r\n`];
  for (const [name, bytes] of files)
    parts.push(`--${boundary}\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\nContent-Type: image/jpeg\r\n\r\n`, bytes, '\r\n');
  parts.push(`--${boundary}--\r\n`);
  return request(desk.server, `/desk/sites/${id}/media`, {
    method: 'POST',
    headers: { Cookie: `stele=${person.token}`, 'Sec-Fetch-Site': 'same-origin', 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat(parts.map((part) => Buffer.from(part))),
  });
};

describe('a plain form, without scripts', () => {
  test('takes several at once; the bad one is told of beside its name', async () => {
    const id = await newSite();
    const answer = await form(lan, id, [['một.jpg', newPhoto()], ['thơ.txt', Buffer.from('không phải ảnh'.repeat(20))], ['hai.jpg', newPhoto()]]);
    assert.equal(answer.status, 303, answer.text);
    assert.equal(answer.headers.location, `/desk/sites/${id}/media`);
    for (let i = 0; i < 200 && media(id).length < 2; i++) await sleep(50);
    assert.deepEqual(media(id).map((m) => sql(desk.data, `SELECT original_name FROM media WHERE sha256 = '${m.sha256}'`)), ['một.jpg', 'hai.jpg']);
    const page = await desk.as(lan).get(`/desk/sites/${id}/media`);
    assert.match(page.text, /thơ\.txt<\/span>\s*<span class="file-state">Tệp này không phải ảnh/);
  });

  test('nothing chosen, and a file in the place of another field', async () => {
    const id = await newSite();
    const answer = await form(lan, id, [['', Buffer.alloc(0)]]);
    assert.equal(answer.status, 303);
    assert.match(Buffer.from(/stele-flash=([^;]*)/.exec(String(answer.headers['set-cookie']))[1], 'base64url').toString(), /nothing_chosen/);
    assert.equal((await form({ ...lan, csrf: 'x' }, id, [['a.jpg', newPhoto()]])).status, 403);
    assert.deepEqual(media(id), []);
  });
});

describe('a large body', () => {
  // Nothing of it is kept in memory before it is known who sends it.
  const offer = (id, cookie, length, framing = `Content-Length: ${length}`) =>
    raw(desk.server, `POST /desk/sites/${id}/media HTTP/1.1\r\nHost: x\r\nCookie: stele=${cookie}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=x\r\n${framing}\r\nExpect: 100-continue\r\n\r\n`, { wait: 500 });

  test('is asked for from who may send it alone', async () => {
    const id = await newSite();
    assert.deepEqual((await offer(id, lan.token, 20 << 20)).statuses, [100]);
    assert.deepEqual((await offer(id, 'x', 20 << 20)).statuses, [401]);
    assert.deepEqual((await offer(id, field.token, 20 << 20)).statuses, [401]);
    assert.deepEqual((await offer(id, 'x', 0, 'Transfer-Encoding: chunked')).statuses, [401]);
    assert.deepEqual((await offer(id, 'x', 1 << 20)).statuses, [100]); // a form of texts whose session ended: what was typed is kept
  });

  test('is thrown away, and the sender reads why', async () => {
    const id = await newSite();
    const answer = await form({ ...lan, token: 'x' }, id, [['a.jpg', Buffer.alloc(6 << 20, 1)]]);
    assert.equal(answer.status, 401);
    assert.equal((await form(lan, id, [['a.jpg', Buffer.alloc(6 << 20, 1)]])).status, 303);
  });

  const bytes = 4 << 20;
  const held = () => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${desk.server.child.pid}/status`, 'utf8'))[1]) * 1024;
  const head = (target, length, cookie = '') =>
    `POST ${target} HTTP/1.1\r\nHost: x\r\n${cookie}Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${length}\r\n\r\n`;

  test('from nobody is answered at once, without being read', async () => {
    const id = await newSite();
    for (const target of [`/desk/sites/${id}`, `/desk/sites/${id}/media`, '/desk/drafts/site/1', '/desk/sign-in/resume', '/desk/sign-in', '/desk/imports/new', '/parcel/abc', '/desk/none', '/']) {
      const answer = await raw(desk.server, head(target, bytes), { wait: 3000 }); // no byte of it is sent
      assert.ok([401, 404, 405, 413].includes(answer.status), `${target}: ${answer.text}`);
      assert.ok(answer.closed, target);
    }
    for (const target of ['/desk/sign-in', '/desk/sign-in/resume']) {
      const small = await raw(desk.server, `${head(target, 5)}a=b&c`, { wait: 3000 });
      assert.equal(small.status, 403, `${target}: as before`);
    }
  });

  test('from many nobodies at once takes no memory, with a made-up cookie little', async (t) => {
    const id = await newSite();
    for (const [what, cookie, length, most] of [
      ['4 MiB from nobody', '', bytes, 4 << 20],
      ['1 MiB with a made-up cookie', 'Cookie: stele=x\r\n', 1 << 20, 10 << 20],
    ]) {
      const before = held();
      const all = await Promise.all(Array.from({ length: 64 }, () => connect(desk.server)));
      for (const c of all) c.write(Buffer.concat([Buffer.from(head(`/desk/sites/${id}`, length, cookie)), Buffer.alloc(length - 10, 97)]));
      await sleep(1500);
      const grown = held() - before;
      t.diagnostic(`${what}, 64 at once: the server grew by ${(grown / (1 << 20)).toFixed(1)} MiB`);
      for (const c of all) c.end();
      if (!process.env.STELE_BUILD?.endsWith('build-test')) assert.ok(grown < most, `${what}: ${grown}`); // sanitizers keep what was freed
      await sleep(200);
    }
    // What was lent has been given back.
    for (let i = 0; i < 12; i += 1) assert.deepEqual((await offer(id, 'x', 1 << 20)).statuses, [100]);
  });
});

describe('words, order, focus', () => {
  let id, a, b, c;
  before(async () => {
    id = await newSite();
    [a, b, c] = [await shaOf(lan, id, newPhoto()), await shaOf(lan, id, newPhoto()), await shaOf(lan, id, newPhoto())];
  });
  const order = () => media(id).map((m) => m.sha256);
  const post = (what, fields = {}, headers = {}) => desk.as(lan).post(`/desk/sites/${id}/media/${what}`, fields, headers);

  test('words in each language, credit, licence and date are kept in a revision', async () => {
    const words = { version: version(id), 'alt.vi': 'Cổng đình ba gian', 'alt.en': 'The gate', 'caption.vi': 'Cổng chính', credit: 'Bảo tàng Cần Thơ', licence: 'CC BY 4.0', taken: '30/4/1975', focus_x: 20, focus_y: 75 };
    const answer = await post(b, { ...words, do: 'save' });
    assert.equal(answer.status, 303, answer.text);
    assert.equal(answer.headers.location, `/desk/sites/${id}/media#m-${b.slice(0, 12)}`);
    const m = media(id).find((one) => one.sha256 === b);
    assert.deepEqual(m, { sha256: b, alt: { vi: 'Cổng đình ba gian', en: 'The gate' }, caption: { vi: 'Cổng chính' }, credit: 'Bảo tàng Cần Thơ', licence: 'CC BY 4.0', taken: '1975-04-30', focus: [0.2, 0.75] });
    for (let i = 0; i < 200 && !sql(desk.data, `SELECT 1 FROM media_variant WHERE sha256 = '${b}' AND variant = 'thumb-20-75.jpg'`); i++) await sleep(50);
    const page = await desk.as(lan).get(`/desk/sites/${id}/media`);
    assert.match(page.text, new RegExp(`${b}/thumb-20-75.jpg`));
    const shown = await desk.as(lan).get(`/desk/sites/${id}/media/${b}`);
    for (const value of ['Cổng đình ba gian', 'The gate', 'value="30/04/1975"', 'value="20"', 'value="CC BY 4.0"']) assert.ok(shown.text.includes(value), value);
    const before = version(id);
    await post(b, { ...words, version: before, do: 'save' }); // the same again: no further revision
    assert.equal(version(id), before);
  });

  test('words of a language that the desk has no field for stay', async () => {
    sql(desk.data, `UPDATE site_media SET alt = '{"vi":"cũ","km":"ទ្វារ"}' WHERE site_id = ${id} AND sha256 = '${c}'`);
    await post(c, { version: version(id), 'alt.vi': 'mới', 'alt.en': '', do: 'save' });
    // The revision before knew nothing of it: that is a conflict, and told; the second time it is kept.
    await post(c, { version: version(id), 'alt.vi': 'mới', 'alt.en': '', do: 'save' });
    assert.deepEqual(media(id).find((m) => m.sha256 === c).alt, { km: 'ទ្វារ', vi: 'mới' });
  });

  test('what cannot be read is said beside its field, and nothing typed is lost', async () => {
    const answer = await post(a, { version: version(id), 'alt.vi': 'x'.repeat(301), taken: 'hôm qua', focus_x: 101, focus_y: '', credit: 'Lan', do: 'save' });
    assert.equal(answer.status, 422);
    for (const sentence of [/Dài quá 300 chữ/, /Chưa hiểu ngày này/, /số từ 0 đến 100/, /value="Lan"/, /value="hôm qua"/]) assert.match(answer.text, sentence);
    const half = await post(a, { version: version(id), focus_x: 50, focus_y: '', do: 'save' });
    assert.match(half.text, /Hãy ghi cả hai số/);
  });

  test('pictures that come in meanwhile do not matter; words of another person do', async () => {
    const seen = version(id);
    await shaOf(minh, id, newPhoto());
    assert.equal((await post(a, { version: seen, 'alt.vi': 'Của Lan', do: 'save' })).status, 303);
    const then = version(id);
    assert.equal((await desk.as(minh).post(`/desk/sites/${id}/media/${a}`, { version: then, 'alt.vi': 'Của Minh', do: 'save' })).status, 303);
    const answer = await post(a, { version: then, 'alt.vi': 'Của Lan, sửa', do: 'save' });
    assert.equal(answer.status, 409);
    assert.match(answer.text, /<dd>Của Minh<\/dd>/);
    assert.match(answer.text, /Của Lan, sửa<\/textarea>/);
    const again = /name="version" value="(\d+)"/.exec(answer.text)[1];
    assert.equal((await post(a, { version: again, 'alt.vi': 'Của Lan, sửa', do: 'save' })).status, 303);
    assert.equal(media(id).find((m) => m.sha256 === a).alt.vi, 'Của Lan, sửa');
  });

  test('up, down, to the front, and the whole order; each as far as there is room', async () => {
    const d = order()[3];
    await post('order', { do: `up:${c}` });
    assert.deepEqual(order(), [a, c, b, d]);
    await post('order', { do: `down:${a}` });
    assert.deepEqual(order(), [c, a, b, d]);
    const answer = await post('order', { do: `first:${d}` });
    assert.equal(answer.headers.location, `/desk/sites/${id}/media#m-${d.slice(0, 12)}`);
    assert.deepEqual(order(), [d, c, a, b]);
    const before = version(id);
    for (const nothing of [`up:${d}`, `down:${b}`, `up:${'0'.repeat(64)}`, 'up:', 'sideways:x', '']) assert.equal((await post('order', { do: nothing })).status, 303, nothing);
    assert.equal(version(id), before);
    const listed = await desk.as(lan).post(`/desk/sites/${id}/media/order`, [['order', a], ['order', b], ['order', 'x']], json);
    assert.equal(listed.status, 200);
    assert.deepEqual(order(), [a, b, d, c]); // the others follow as they were
    const page = await desk.as(lan).get(`/desk/sites/${id}/media`);
    assert.match(page.text, new RegExp(`data-sha256="${a}">[^]*?Ảnh bìa`));
  });

  test('taken out, and put back where and as it was, whatever changed since', async () => {
    const was = media(id);
    const answer = await post(`${b}/remove`);
    assert.equal(answer.status, 303);
    assert.deepEqual(order(), was.filter((m) => m.sha256 !== b).map((m) => m.sha256));
    const cookie = answer.headers['set-cookie'].find((line) => line.includes('flash')).split(';')[0];
    const page = await desk.as(lan).get(answer.headers.location, { Cookie: `stele=${lan.token}; ${cookie}` });
    const undo = /action="(\/desk\/sites\/\d+\/media\/[0-9a-f]{64}\/back\/\d+)"/.exec(page.text)[1];
    await shaOf(lan, id, newPhoto());
    assert.equal((await desk.as(lan).post(undo)).status, 303);
    assert.deepEqual(media(id).slice(0, 4), was);
    const before = version(id);
    await desk.as(lan).post(undo);
    assert.equal(version(id), before);
    assert.equal((await post(`${'0'.repeat(64)}/back/${before}`)).status, 404);
    assert.equal((await post('x/remove')).status, 404);
  });

  test('nothing of it where the site is published and the account may not publish, or lies in the bin, or elsewhere', async () => {
    const own = await newSite();
    const [first, second] = [await shaOf(lan, own, fs.readFileSync(addNotes(makePhoto(at('own.jpg'), 512, 405), 1))), await shaOf(lan, own, newPhoto())];
    const was = version(own);
    const changes = [['order', { do: `up:${second}` }], [`${first}/remove`, {}], [`${first}/place`, {}], [first, { version: was, 'alt.vi': 'x', do: 'save' }]];
    await desk.as(lan).post(`/desk/sites/${own}/media/${second}/remove`);
    changes.push([`${second}/back/${was}`, {}]);
    const all = async (person) => {
      const before = version(own);
      for (const [what, fields] of changes) assert.equal((await desk.as(person).post(`/desk/sites/${own}/media/${what}`, fields)).status, 403, `${person.name} ${what}`);
      assert.equal(version(own), before);
    };
    await all(far);
    sql(desk.data, `UPDATE site SET state = 'published' WHERE id = ${own}`);
    await all(apprentice);
    sql(desk.data, `UPDATE site SET state = 'binned' WHERE id = ${own}`);
    await all(lan);
    sql(desk.data, `UPDATE site SET state = 'draft' WHERE id = ${own}`);
    assert.equal((await desk.as(apprentice).post(`/desk/sites/${own}/media/${second}/back/${was}`)).status, 303);
    assert.deepEqual(media(own).map((m) => m.sha256), [first, second]);
  });

  test('saving goes on to the next picture, and from the last to the first', async () => {
    const [first, second] = order();
    const answer = await post(first, { version: version(id), 'alt.vi': 'Tiếp', do: 'next' });
    assert.equal(answer.headers.location, `/desk/sites/${id}/media/${second}`);
    const last = order().at(-1);
    assert.equal((await post(last, { version: version(id), 'alt.vi': 'Cuối', do: 'next' })).headers.location, `/desk/sites/${id}/media/${first}`);
  });
});

describe('beside the site itself', () => {
  test('pictures that came in while the text was written are no conflict', async () => {
    const id = await newSite();
    const seen = version(id);
    const sha = await shaOf(lan, id, newPhoto());
    const answer = await desk.as(lan).post(`/desk/sites/${id}`, { languages: 'vi en', version: seen, original: 'vi', kind: 'temple', 'text.vi.title': 'Miếu đổi tên', do: 'save' });
    assert.equal(answer.status, 303, answer.status);
    assert.equal(latest(id).text.vi.title, 'Miếu đổi tên');
    assert.deepEqual(media(id).map((m) => m.sha256), [sha]);
    // Two people's texts still are one.
    const stale = await desk.as(minh).post(`/desk/sites/${id}`, { languages: 'vi en', version: seen, original: 'vi', kind: 'temple', 'text.vi.title': 'Miếu của Minh', do: 'save' });
    assert.equal(stale.status, 409);
  });

  test('the position of the photo is offered, with its distance, and taken when asked for', async () => {
    const id = await newSite();
    const sha = await shaOf(lan, id, fs.readFileSync(addNotes(makePhoto(at('there.jpg'), 500, 401), 1)));
    const page = await desk.as(lan).get(`/desk/sites/${id}/media`);
    assert.match(page.text, /còn di tích chưa có vị trí/);
    assert.equal(latest(id).position, undefined);
    assert.equal((await desk.as(lan).post(`/desk/sites/${id}/media/${sha}/place`)).status, 303);
    assert.deepEqual(latest(id).position, { lat: place.lat, lon: place.lon });
    assert.ok(!(await desk.as(lan).get(`/desk/sites/${id}/media/${sha}`)).text.includes('Lấy vị trí từ ảnh này'));
    await desk.as(lan).post(`/desk/sites/${id}`, { languages: 'vi en', version: version(id), original: 'vi', kind: 'temple', 'text.vi.title': 'Miếu', position: `${place.lat + 0.01}, ${place.lon}`, do: 'save' });
    assert.match((await desk.as(lan).get(`/desk/sites/${id}/media/${sha}`)).text, /cách vị trí hiện nay của di tích khoảng 1,1 km/);
    assert.equal((await desk.as(far).post(`/desk/sites/${id}/media/${sha}/place`)).status, 403);
    const plain = await shaOf(lan, id, newPhoto());
    assert.equal((await desk.as(lan).post(`/desk/sites/${id}/media/${plain}/place`)).status, 404);
  });

  test('of a photo in any container', async () => {
    for (const [i, kind] of ['heic', 'webp', 'png'].entries()) {
      const id = await newSite();
      const sha = await shaOf(lan, id, fs.readFileSync(addNotes(makePhoto(at(`there.${kind}`), 600 + i, 404), 1)));
      assert.equal(media(id)[0].taken, '2023-04-30', kind);
      assert.equal((await desk.as(lan).post(`/desk/sites/${id}/media/${sha}/place`)).status, 303, kind);
      assert.deepEqual(latest(id).position, { lat: place.lat, lon: place.lon }, kind);
    }
  });

  test('publishing asks for the descriptions, and leads to their fields', async () => {
    const id = await newSite(lan, { 'text.vi.summary': 'Tóm tắt', 'text.vi.body': 'Nội dung' });
    const sha = await shaOf(lan, id, newPhoto());
    const fields = () => ({ languages: 'vi en', version: version(id), original: 'vi', kind: 'temple', 'text.vi.title': 'Miếu', 'text.vi.summary': 'Tóm tắt', 'text.vi.body': 'Nội dung' });
    const asked = await desk.as(lan).post(`/desk/sites/${id}`, { ...fields(), do: 'publish' });
    assert.equal(asked.status, 200, asked.text);
    assert.match(asked.text, new RegExp(`<a href="/desk/sites/${id}/media/${sha}#field-alt_vi">Ảnh 1 chưa có lời mô tả bằng tiếng Việt</a>`));
    assert.match(asked.text, /value="anyway:publish"/);
    await desk.as(lan).post(`/desk/sites/${id}/media/${sha}`, { version: version(id), 'alt.vi': 'Cổng', do: 'save' });
    assert.equal((await desk.as(lan).post(`/desk/sites/${id}`, { ...fields(), do: 'publish' })).status, 303);
    assert.equal(latest(id).state, 'published');
    const shown = await request(desk.server, `/vi/sites/${latest(id).slug}`);
    assert.match(shown.text, /alt="Cổng"/);
    assert.equal((await request(desk.server, `/media/${sha}/thumb.jpg`)).status, 200);
  });

  test('stele check finds everything whole', async () => {
    const { code, stdout, stderr } = await runProgram(stele, ['check', '--data', desk.data]);
    assert.equal(code, 0, stdout + stderr);
  });
});
