// Transcripts and captions at the desk in a browser, and the settings of logo and map: on a phone and at a desk, by
// hand and without scripts, up to the visitor's page. With STELE_SCREENSHOTS set, each screen is kept as a picture.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { launch, look, openPage, shapes } from './browser.mjs';
import { runProgram } from '../http/lib.mjs';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';
import { makePng } from '../photos.mjs';
import { captions, writeRecordings } from '../recordings.mjs';
import { newFolder, stele } from '../sample.mjs';

const end = untilEnd(after);
const folder = newFolder(end);
const at = (name) => path.join(folder, name);
let browser, desk, lan, chi, id, sound, film;
before(async () => {
  const site = writeRecordings(at('bundle'));
  const document = JSON.parse(fs.readFileSync(path.join(site, 'site.json')));
  for (const entry of document.media) delete entry.captions, delete entry.transcript;
  fs.writeFileSync(path.join(site, 'site.json'), JSON.stringify(document));
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      chi = addPerson(data, 'Chi', { role: 'admin' });
    },
  });
  assert.equal((await runProgram(stele, ['import', '--data', desk.data, '--quiet', at('bundle')])).code, 0);
  id = siteId(desk.data, 'ben-song');
  const hash = (file) => sql(desk.data, `SELECT sha256 FROM site_media WHERE site_id = ${id} AND file = 'media/${file}'`);
  [sound, film] = ['ke-chuyen.mp3', 'ben.webm'].map(hash);
  fs.writeFileSync(at('phim.srt'), captions.srt);
  fs.writeFileSync(at('lộn.vtt'), 'WEBVTT\n\n00:05.000 --> 00:06.000\nBa\n\n00:04.000 --> 00:07.000\nHai\n');
  fs.writeFileSync(at('logo.png'), makePng(640, 320));
  browser = await launch();
  end.after(() => browser.close());
});

const open = (t, person, options) => openPage(t, browser, { room: desk, person, ...options });

for (const [shape, options] of Object.entries(shapes))
  test(`the screens are accessible and fit: ${shape}`, async (t) => {
    const page = await open(t, chi, options);
    for (const [name, target] of Object.entries({ list: `/desk/sites/${id}/media`, sound: `/desk/sites/${id}/media/${sound}`, film: `/desk/sites/${id}/media/${film}`, settings: '/desk/settings' })) {
      await page.goto(desk.server.url + target);
      await look(page, `desk-recordings-${name}-${shape}`);
    }
  });

test('from the list of what is missing to captions over the film', async (t) => {
  const page = await open(t, lan, shapes.phone);
  await page.goto(`${desk.server.url}/desk/sites/${id}`);
  await page.getByRole('link', { name: 'Phim 1 chưa có phụ đề' }).click();
  assert.equal(await page.evaluate(() => location.hash), '#field-captions_vi');
  await page.getByLabel('Tệp phụ đề tiếng Việt').setInputFiles(at('lộn.vtt'));
  await page.getByLabel('Chú thích – tiếng Việt').fill('Bến sông buổi sớm');
  await page.getByRole('button', { name: 'Lưu', exact: true }).click();
  const field = page.getByLabel('Phụ đề – tiếng Việt');
  await page.getByText('Dòng 6: phụ đề này bắt đầu trước phụ đề đứng trên nó').first().waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  assert.match(await field.inputValue(), /00:04\.000 --> 00:07\.000/);
  assert.equal(await page.getByLabel('Chú thích – tiếng Việt').inputValue(), 'Bến sông buổi sớm');
  await look(page, 'desk-recordings-wrong-phone');
  await field.fill((await field.inputValue()).replace('00:04.000', '00:06.000'));
  await page.getByLabel('Tệp phụ đề tiếng Anh').setInputFiles(at('phim.srt'));
  await page.getByRole('button', { name: 'Lưu', exact: true }).click();
  await page.getByText('Đã lưu.').waitFor();
  await page.goto(`${desk.server.url}/en/sites/ben-song`);
  const cues = await page.$eval('video', async (video) => {
    video.muted = true;
    await video.play();
    const track = [...video.textTracks].find((one) => one.mode === 'showing');
    while (!track.cues?.length) await new Promise((resolve) => setTimeout(resolve, 20));
    return [track.language, ...[...track.cues].map((cue) => cue.text)];
  });
  assert.deepEqual(cues, ['en', '<i>This is the landing.</i>', 'Boats &amp; barges lay here.']);
});

test('without scripts a transcript is written and read', async (t) => {
  const page = await open(t, lan, { ...shapes.laptop, javaScriptEnabled: false });
  await page.goto(`${desk.server.url}/desk/sites/${id}/media/${sound}`);
  await page.fill('[name="transcript.vi"]', 'Hồi đó ghe đậu kín.\n\nBây giờ thì vắng.');
  await page.locator('button[value=save]').click();
  await page.goto(`${desk.server.url}/vi/sites/ben-song`);
  await page.locator('.transcript summary').first().click();
  assert.equal(await page.getByText('Bây giờ thì vắng.').isVisible(), true);
});

test('a logo is set and removed, without scripts too', async (t) => {
  for (const javaScriptEnabled of [true, false]) {
    const page = await open(t, chi, { ...shapes.phone, javaScriptEnabled });
    await page.goto(`${desk.server.url}/desk/settings`);
    await page.getByLabel('Tệp hình').setInputFiles(at('logo.png'));
    await page.getByRole('button', { name: 'Dùng hình này' }).click();
    await page.getByText('Đã đổi biểu trưng.').waitFor();
    if (javaScriptEnabled) await look(page, 'desk-logo-phone');
    await page.goto(`${desk.server.url}/vi/`);
    const size = await page.locator('.brand .logo').evaluate((img) => [img.naturalWidth, Math.round(img.clientWidth / img.clientHeight)]).catch(() => null);
    if (javaScriptEnabled) assert.deepEqual(size, [320, 2]);
    assert.equal(await page.locator('.brand .logo').count(), 1);
    await page.goto(`${desk.server.url}/desk/settings`);
    await page.getByRole('button', { name: 'Bỏ biểu trưng' }).click();
    await page.getByText('Đã bỏ biểu trưng.').waitFor();
    assert.equal(await page.locator('.logo').count(), 0);
  }
});
