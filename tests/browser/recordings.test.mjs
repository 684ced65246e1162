// Sound and films in a browser: on a phone and at a desk, light and dark, without scripts; listening from the
// middle of a long recording, captions over a film. With STELE_SCREENSHOTS set, the pages are kept as pictures.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { runProgram, sleep, startServer } from '../http/lib.mjs';
import { makePng } from '../photos.mjs';
import { makeMp3, writeRecordings } from '../recordings.mjs';
import { newFolder, stele } from '../sample.mjs';
import { launch } from './browser.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.STELE_SCREENSHOTS;
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const desk = { viewport: { width: 1280, height: 900 } };
const folder = newFolder({ after });
const pages = { vi: '/vi/sites/ben-song', en: '/en/sites/ben-song' };
const long = 20 * 60; // seconds: more than a browser takes at once

let server, browser;
before(async () => {
  const site = writeRecordings(path.join(folder, 'bundle'), { picture: makePng(1280, 720) });
  makeMp3(path.join(site, 'media/ke-chuyen.mp3'), long);
  const data = path.join(folder, 'data');
  const { code, stderr } = await runProgram(stele, ['import', '--data', data, '--quiet', path.join(folder, 'bundle')]);
  assert.equal(code, 0, stderr);
  server = await startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--no-log']);
  browser = await launch();
  if (shots) fs.mkdirSync(shots, { recursive: true });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// Opens one page, and fails on whatever the browser complains of.
async function open(target, options, work) {
  const context = await browser.newContext({ locale: 'vi-VN', reducedMotion: 'reduce', ...options });
  const complaints = [];
  try {
    const page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(server.url + target);
    await work(page);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

for (const [shapeName, shape] of Object.entries({ phone, desk }))
  for (const colorScheme of ['light', 'dark'])
    for (const [name, target] of Object.entries(pages))
      test(`the page is accessible and fits: ${shapeName}, ${colorScheme}, ${name}`, () =>
        open(target, { ...shape, colorScheme, bypassCSP: true }, async (page) => {
          await page.evaluate(() => document.querySelectorAll('details')[0].setAttribute('open', ''));
          assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)) <= 0);
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
          assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
          const small = await page.$$eval('.recording a, .transcript summary, audio', (all) =>
            all.filter((e) => e.getBoundingClientRect().height < 43.9).map((e) => e.outerHTML));
          assert.deepEqual(small, []);
          if (shots) await page.screenshot({ path: path.join(shots, `recordings-${name}-${shapeName}-${colorScheme}.png`), fullPage: true });
        }));

test('nothing is fetched before it is asked for, but what stands still, and nothing jumps', () => {
  const asked = [];
  return open('/vi/', phone, async (page) => {
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(server.url + pages.vi);
    await page.waitForLoadState('networkidle');
    assert.deepEqual(asked.filter((target) => target.endsWith('/original')), []);
    const place = () => page.$$eval('video', (all) => all.map((e) => [e.clientWidth, e.clientHeight]));
    const before_ = await place();
    const ratios = before_.map(([width, height]) => Math.round((100 * width) / height));
    assert.deepEqual(ratios, [178, 56]);
    await page.$$eval('video', (all) => Promise.all(all.map((e) => { e.muted = true; return e.play(); })));
    assert.deepEqual(await place(), before_);
    const shift = await page.evaluate(() => new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((e) => (sum += e.value))).observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => resolve(sum), 300);
    }));
    assert.ok(shift < 0.01, `shifts by ${shift}`);
  });
});

test('a long recording is heard from its middle without the half before', () => {
  const ranges = [];
  return open(pages.vi, phone, async (page) => {
    page.on('request', async (request) => request.url().endsWith('/original') && ranges.push((await request.allHeaders()).range));
    const told = await page.$eval('audio', async (audio) => {
      audio.muted = true;
      await audio.play();
      const length = audio.duration;
      audio.currentTime = length * 0.9;
      await new Promise((resolve) => audio.addEventListener('seeked', resolve, { once: true }));
      await audio.play();
      return { length, now: audio.currentTime, error: audio.error?.message };
    });
    assert.equal(told.error, undefined);
    assert.ok(Math.abs(told.length - long) < 2 && told.now >= long * 0.89, JSON.stringify(told));
    const starts = () => ranges.map((range) => Number(/^bytes=(\d+)-/.exec(range)?.[1]));
    for (let i = 0; i < 100 && !(Math.max(...starts()) > 3_000_000); i++) await sleep(50); // headers are told a moment later
    assert.equal(starts()[0], 0);
    assert.ok(Math.max(...starts()) > 3_000_000, ranges.join(' ')); // of 4.8 MB
  });
});

test('every sound and film plays, and captions stand over a film in the language of the page', () =>
  open(pages.vi, desk, async (page) => {
    const played = await page.$$eval('audio, video', async (all) => {
      const out = [];
      for (const element of all) {
        element.muted = true;
        await element.play();
        out.push([element.error?.message ?? 'plays', Math.round(element.duration)]);
        element.pause();
      }
      return out;
    });
    assert.deepEqual(played, [['plays', long], ['plays', 62], ['plays', 4], ['plays', 3], ['plays', 2]]);
    const shown = await page.$eval('video', async (video) => {
      video.currentTime = 1;
      await new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
      return [...video.textTracks].map((track) => [track.language, track.mode, track.activeCues?.[0]?.text]);
    });
    assert.deepEqual(shown, [['en', 'disabled', undefined], ['vi', 'showing', 'Đây là bến sông.']]);
  }));

test('without scripts all of it is there, and the transcript opens by keyboard', () =>
  open(pages.vi, { ...phone, javaScriptEnabled: false }, async (page) => {
    assert.equal(await page.locator('audio[controls]').count(), 3);
    assert.equal(await page.locator('video[controls]').count(), 2);
    const words = page.getByText('Bây giờ chỉ còn bậc đá.');
    assert.equal(await words.isVisible(), false);
    await page.locator('.transcript summary').first().focus();
    await page.keyboard.press('Enter');
    assert.equal(await words.isVisible(), true);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Tải tệp Ogg').click()]);
    assert.equal(download.suggestedFilename(), 'ho.opus');
    assert.ok(fs.statSync(await download.path()).size > 50_000);
  }));
