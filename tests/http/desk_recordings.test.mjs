// Sound and films at the desk: transcripts and captions in each language, pasted or as a file, checked beside their
// field; what the checklist asks for; the preview before anything is published.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { addPerson, openDesk, sql, untilEnd } from '../desk_room.mjs';
import { request, runProgram } from './lib.mjs';
import { captions, writeRecordings } from '../recordings.mjs';
import { newFolder, stele } from '../sample.mjs';

const end = untilEnd(after);
const folder = newFolder(end);
let desk, lan, id, sound, film, voice;
before(async () => {
  const bundle = path.join(folder, 'bundle');
  const site = writeRecordings(bundle);
  const document = JSON.parse(fs.readFileSync(path.join(site, 'site.json')));
  for (const entry of document.media) {
    delete entry.captions;
    delete entry.transcript;
  }
  fs.writeFileSync(path.join(site, 'site.json'), JSON.stringify({ ...document, state: 'draft' }));
  desk = await openDesk(end, { before: (data) => void (lan = addPerson(data, 'Lan')) });
  const imported = await runProgram(stele, ['import', '--data', desk.data, '--quiet', bundle]);
  assert.equal(imported.code, 0, imported.stderr);
  id = Number(sql(desk.data, "SELECT id FROM site WHERE slug = 'ben-song'"));
  const hash = (file) => sql(desk.data, `SELECT sha256 FROM site_media WHERE site_id = ${id} AND file = 'media/${file}'`);
  [sound, film, voice] = ['ke-chuyen.mp3', 'ben.webm', 'loi.m4a'].map(hash);
});

const page = (sha256) => `/desk/sites/${id}/media/${sha256}`;
const version = () => sql(desk.data, `SELECT version FROM site WHERE id = ${id}`);
const stored = (sha256, column) => JSON.parse(sql(desk.data, `SELECT ${column} FROM site_media WHERE site_id = ${id} AND sha256 = '${sha256}'`));
const area = (text, name) => new RegExp(`<textarea[^>]* name="${name.replace('.', '\\.')}"[^>]*>\\n([^<]*)</textarea>`).exec(text)?.[1];
const plain = (text) => text?.replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

// The film's form as a browser sends it.
const send = (fields) => desk.as(lan).upload(page(film), { version: version(), do: 'save', ...fields });

test('what is asked for depends on what it is', async () => {
  const heard = (await desk.as(lan).get(page(sound))).text;
  assert.ok(area(heard, 'transcript.vi') === '' && area(heard, 'transcript.en') === '');
  assert.doesNotMatch(heard, /name="captions|enctype="multipart/);
  const seen = (await desk.as(lan).get(page(film))).text;
  for (const name of ['transcript.vi', 'captions.vi', 'captions.en']) assert.equal(area(seen, name), '', name);
  assert.match(seen, /enctype="multipart\/form-data"/);
  assert.match(seen, /<label for="field-captions_en-file">Tệp phụ đề tiếng Anh<\/label>\s*<input id="field-captions_en-file" name="captions_file\.en" type="file"/);
  assert.match((await desk.as(lan).get(page(voice))).text, /<audio [\s\S]*name="transcript\.vi"/); // an MP4 without a picture
  assert.doesNotMatch((await desk.as(lan).get(page(voice))).text, /name="captions/);
});

test('the list and the checklist say what is missing, and publishing does not insist', async () => {
  const list = (await desk.as(lan).get(`/desk/sites/${id}/media`)).text;
  assert.equal(list.match(/Chưa có bản chép lời/g).length, 3);
  assert.equal(list.match(/Chưa có phụ đề/g).length, 2);
  const form = (await desk.as(lan).get(`/desk/sites/${id}`)).text;
  assert.match(form, new RegExp(`href="${page(sound)}#field-transcript_vi">Âm thanh 1 chưa có bản chép lời`));
  assert.match(form, new RegExp(`href="${page(film)}#field-captions_vi">Phim 1 chưa có phụ đề`));
});

test('a transcript is kept in each language', async () => {
  const words = { 'transcript.vi': 'Hồi đó ghe đậu kín.\r\n\r\nBây giờ thì vắng.', 'transcript.en': 'Boats lay here.' };
  assert.equal((await desk.as(lan).post(page(sound), { version: version(), do: 'save', ...words })).status, 303);
  assert.deepEqual(stored(sound, 'transcript'), { vi: 'Hồi đó ghe đậu kín.\n\nBây giờ thì vắng.', en: 'Boats lay here.' });
  assert.equal((await desk.as(lan).post(page(sound), { version: version(), do: 'save', ...words, 'transcript.en': '' })).status, 303);
  assert.deepEqual(Object.keys(stored(sound, 'transcript')), ['vi']);
  const long = await desk.as(lan).post(page(sound), { version: version(), do: 'save', 'transcript.vi': 'ơ'.repeat(33001) });
  assert.equal(long.status, 422);
  assert.match(long.text, /Dài quá 33\.000 chữ/);
  const most = await desk.as(lan).post(page(sound), { version: version(), do: 'save', 'transcript.vi': 'ở '.repeat(16500) });
  assert.equal(most.status, 303);
});

test('captions come as a file or pasted, WebVTT or SRT, in any common encoding', async () => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(captions.srt.replace('This', 'Đây'), 'utf16le')]);
  const titles = { 'caption.vi': 'Bến sông nhìn từ cầu', 'caption.en': 'The landing seen from the bridge' };
  const both = await send({ 'captions.vi': captions.vi, 'captions_file.en': { file: 'phim.srt', bytes: Buffer.from(captions.srt) }, 'transcript.vi': 'Đây là bến sông.', credit: 'An', ...titles });
  assert.equal(both.status, 303, both.text);
  assert.equal(stored(film, 'captions').vi, captions.vi);
  assert.match(stored(film, 'captions').en, /^WEBVTT\n\n00:00:00\.500 --> 00:00:01\.500\n<i>This is the landing/);
  assert.deepEqual(stored(film, 'transcript'), { vi: 'Đây là bến sông.' });
  const again = (await desk.as(lan).get(page(film))).text;
  assert.equal(plain(area(again, 'captions.vi')), captions.vi);
  const before_ = version();
  assert.equal((await send({ 'captions.vi': captions.vi, 'captions.en': stored(film, 'captions').en, 'transcript.vi': 'Đây là bến sông.', credit: 'An', ...titles })).status, 303);
  assert.equal(version(), before_); // nothing changed
  assert.equal((await send({ 'captions_file.vi': { file: 'PHIM.SRT', bytes: utf16 }, 'captions_file.en': { file: '', bytes: Buffer.alloc(0) }, 'captions.vi': 'cũ', 'captions.en': captions.srt })).status, 303);
  assert.match(stored(film, 'captions').vi, /<i>Đây is the landing/);
  assert.match(stored(film, 'captions').en, /Boats &amp; barges/);
});

test('what is wrong is said beside the field with its line, and nothing typed is lost', async () => {
  const late = 'WEBVTT\n\n00:05.000 --> 00:06.000\na\n\n00:04.000 --> 00:07.000\nb\n';
  const before_ = version();
  for (const [fields, words, kept] of [
    [{ 'captions.vi': late }, /Dòng 6: phụ đề này bắt đầu trước phụ đề đứng trên nó/, late.trimEnd()],
    [{ 'captions_file.vi': { file: 'a.vtt', bytes: Buffer.from(late) } }, /Dòng 6: phụ đề này bắt đầu trước/, late.trimEnd()],
    [{ 'captions.vi': 'cũ', 'captions_file.vi': { file: 'a.srt', bytes: Buffer.from('1\n00:00:02,000 --> 00:00:01,000\na\n') } }, /Dòng 2: phụ đề này hết trước khi bắt đầu/, '1\n00:00:02,000 --> 00:00:01,000\na'],
    [{ 'captions.vi': 'WEBVTT\n\nmột\nhai\n' }, /Dòng 4: ở đây phải là thời gian/, 'WEBVTT\n\nmột\nhai'],
    [{ 'captions.vi': 'lời nói' }, /Dòng 1: đây không phải phụ đề/, 'lời nói'],
    [{ 'captions.vi': 'WEBVTT' }, /Trong này chưa có phụ đề nào/, 'WEBVTT'],
    [{ 'captions.vi': 'cũ', 'captions_file.vi': { file: 'a.mp4', bytes: Buffer.alloc(3000, 1) } }, /không đọc được|đây không phải phụ đề/, 'cũ'],
    [{ 'captions_file.vi': { file: 'a.vtt', bytes: Buffer.alloc(300000, 97) } }, /nhiều nhất 256 KB/, undefined],
  ]) {
    const wrong = await send({ ...fields, 'caption.vi': 'Chú thích mới' });
    assert.equal(wrong.status, 422, JSON.stringify(fields).slice(0, 100));
    const problem = /<p class="problem" id="field-captions_vi-problem">([^<]*)</.exec(wrong.text)?.[1];
    assert.match(plain(problem), words);
    assert.equal(area(wrong.text, 'caption.vi'), 'Chú thích mới');
    if (kept !== undefined) assert.equal(plain(area(wrong.text, 'captions.vi')).trimEnd(), kept);
  }
  assert.equal(version(), before_);
});

test('a form that is none, or carries no token, is refused', async () => {
  const headers = { 'Content-Type': 'multipart/form-data; boundary=x' };
  const bare = (body) => request(desk.server, page(film), { method: 'POST', headers: { Cookie: `stele=${lan.token}`, 'Sec-Fetch-Site': 'same-origin', ...headers }, body });
  assert.equal((await bare('--x\r\nContent-Disposition: form-data; name="version"\r\n\r\n1\r\n--x--\r\n')).status, 403);
  const token = `--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n${lan.csrf}\r\n`;
  assert.equal((await bare(`${token}--x\r\nContent-Disposition: form-data; name="version"\r\n\r\n1`)).status, 400);
  assert.equal((await bare(`${token}--x\r\nContent-Disposition: form-data; name="caption.vi"\r\n\r\n\x01\r\n--x--\r\n`)).status, 400);
  assert.equal((await bare(`${token}--x\r\nContent-Disposition: form-data; name="<b>"\r\n\r\n1\r\n--x--\r\n`)).status, 400);
});

test('the preview has sound, film and captions before anything is published', async () => {
  const preview = (await desk.as(lan).get(`/desk/sites/${id}/preview?lang=vi`)).text;
  const track = /<track[^>]* src="([^"]+)"/.exec(preview)?.[1];
  assert.match(track, new RegExp(`^/desk/sites/${id}/media/file/${film}/captions\\.`));
  const shown = await desk.as(lan).get(track);
  assert.deepEqual([shown.status, shown.headers['content-type']], [200, 'text/vtt; charset=utf-8']);
  assert.match(shown.headers['cache-control'], /private/);
  assert.equal((await request(desk.server, track)).status, 303); // to the way in
  assert.equal((await request(desk.server, track.replace(/^.*file/, '/media'))).status, 404);
  const heard = /<audio[^>]*><source src="([^"]+)"/.exec(preview)[1];
  assert.equal((await desk.as(lan).get(heard, { Range: 'bytes=0-9' })).status, 206);
});

test('a version tells what changed in captions, and brings them back', async () => {
  const now = Number(version());
  const old = stored(film, 'captions');
  assert.equal((await send({ 'captions.vi': captions.vi.replace('bến sông', 'bến cũ') })).status, 303);
  const compared = (await desk.as(lan).get(`/desk/sites/${id}/history/compare?from=${now}&to=${now + 1}`)).text;
  assert.match(compared, /phụ đề/);
  const back = await desk.as(lan).post(`/desk/sites/${id}/history/restore`, { version: now, current: now + 1 });
  assert.equal(back.status, 303, back.text);
  assert.deepEqual(stored(film, 'captions'), old);
});
