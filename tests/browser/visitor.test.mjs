// The visitor's pages in a browser: on a phone and at a desk, light and dark, with and without scripts. With
// STELE_SCREENSHOTS set to a folder, each page is also kept there as a picture.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { runProgram, startServer } from '../http/lib.mjs';
import { newFolder, sampleTitle, stele } from '../sample.mjs';
import { codes, writeBundle } from '../visitor_bundle.mjs';
import { launch } from './browser.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.STELE_SCREENSHOTS;
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const narrow = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
const desk = { viewport: { width: 1280, height: 900 } };
const code = 'z90hx5pc'; // chua-hoi-linh

const pages = {
  home: '/vi/',
  'home-en': '/en/',
  list: '/vi/sites',
  site: '/vi/sites/dinh-binh-thuy',
  'site-en': '/en/sites/kham-lon-can-tho',
  photos: '/vi/sites/nhac-lang',
  foreign: '/en/sites/nhac-lang',
  machine: '/en/sites/may-dich',
  plate: `/${codes.placed}`,
  tour: '/vi/tours/ben-ninh-kieu',
  search: '/vi/search?q=chua',
  'search-none': '/vi/search?q=zzzzzz',
  'search-code': `/vi/search?q=${code}`,
  retired: `/${codes.retired}`,
  unknown: `/${codes.unknown}`,
  gone: '/vi/sites/da-rut',
  missing: '/vi/nowhere',
};

const folder = newFolder({ after });
let server, browser;
before(async () => {
  const data = path.join(folder, 'data');
  writeBundle(path.join(folder, 'bundle'));
  const { code: status, stderr } = await runProgram(stele, ['import', '--data', data, '--quiet', path.join(folder, 'bundle')]);
  assert.equal(status, 0, stderr);
  server = await startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0']);
  browser = await launch();
  if (shots) fs.mkdirSync(shots, { recursive: true });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// Opens pages one after the other in one context, hands each to `work` with its name, and fails on anything
// that the browser complains of.
async function visitAll(targets, options, work) {
  const context = await browser.newContext({ locale: 'vi-VN', reducedMotion: 'reduce', ...options });
  const complaints = [];
  try {
    const page = await context.newPage();
    page.on('console', (message) => {
      const expected = /status of 4\d\d/.test(message.text());
      if (message.type() === 'error' && !expected) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText; // aborted: the page was left before a picture had come
      if (why !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${why}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) complaints.push(`asked elsewhere: ${request.url()}`);
    });
    for (const [name, target] of Object.entries(targets)) {
      await page.goto(server.url + target);
      await work(page, name, context);
    }
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
  }
}

const visit = (target, options, work) => visitAll({ page: target }, options, (page, _, context) => work(page, context));

const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function keepShot(page, name) {
  if (!shots) return;
  await page.evaluate(() => document.querySelectorAll('img[loading=lazy]').forEach((img) => (img.loading = 'eager')));
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

describe('every page', () => {
  for (const [shapeName, shape] of Object.entries({ phone, desk }))
    for (const colorScheme of ['light', 'dark'])
      test(`is accessible and fits: ${shapeName}, ${colorScheme}`, () =>
        visitAll(pages, { ...shape, colorScheme, bypassCSP: true }, async (page, name) => {
          assert.ok((await overflow(page)) <= 0, `${name} scrolls sideways`);
          await page.evaluate(axe);
          const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
          const told = violations.map((v) => `${v.id}: ${v.nodes[0].html}`);
          assert.deepEqual(told, [], name);
          await keepShot(page, `${name}-${shapeName}-${colorScheme}`);
        }));
  test('fits the narrowest phones', () =>
    visitAll(pages, narrow, async (page, name) => assert.ok((await overflow(page)) <= 0, name)));
  test('fits with text at twice its size', () =>
    visitAll(pages, phone, async (page, name) => {
      await page.evaluate(() => (document.documentElement.style.fontSize = '225%'));
      assert.ok((await overflow(page)) <= 0, name);
    }));
  test('has targets for thumbs', () => {
    // Links within sentences and lists of sources are text (WCAG 2.5.8, inline).
    const targets = 'header.head a, .languages a, .crumbs a, button, input, select, .button, .paging a, .index a, .links a, .ways a, .tour-way li a, .more a';
    return visitAll(pages, phone, async (page, name) => {
      const small = await page.$$eval(targets, (all) =>
        all.filter((e) => e.getBoundingClientRect().height < 43.9).map((e) => e.outerHTML.slice(0, 90)));
      assert.deepEqual(small, [], name);
    });
  });
});

describe('a plate that was scanned', () => {
  test('is one request, and leaves the lasting address in the bar', async () => {
    await visit(`/${code}`, phone, async (page) => {
      await page.waitForURL('**/vi/sites/chua-hoi-linh');
      const documents = await page.evaluate(() => performance.getEntriesByType('navigation').map((e) => [e.redirectCount, e.responseStatus]));
      assert.deepEqual(documents, [[0, 200]]);
      assert.equal(await page.textContent('h1'), sampleTitle('chua-hoi-linh', 'vi'));
      assert.match(await page.textContent('.plate-line'), /Z90H-X5PC/);
      await page.reload();
      assert.equal(await page.locator('.plate-line').count(), 0);
    });
  });
  test('opens in the language of the phone', async () => {
    await visit(`/${code}`, { ...phone, locale: 'en-US' }, async (page) => {
      assert.equal(await page.getAttribute('html', 'lang'), 'en');
      assert.equal(await page.textContent('h1'), sampleTitle('chua-hoi-linh', 'en'));
    });
  });
});

describe('without scripts', () => {
  test('everything is there, and a choice of language lasts', async () => {
    await visit(`/${code}`, { ...phone, javaScriptEnabled: false }, async (page, context) => {
      assert.deepEqual(await context.cookies(), []);
      await page.click('.languages a[hreflang=en]');
      assert.equal(new URL(page.url()).pathname, '/en/sites/chua-hoi-linh');
      assert.equal((await context.cookies())[0].value, 'en');
      await page.goto(`${server.url}/${code}`);
      assert.equal(await page.getAttribute('html', 'lang'), 'en');
      await page.click('.brand');
      await page.fill('#q', 'binh thuy');
      await page.press('#q', 'Enter');
      await page.click('.card a[href="/en/sites/dinh-binh-thuy"]');
      assert.equal(await page.textContent('h1'), sampleTitle('dinh-binh-thuy', 'en'));
    });
  });
  test('a mistyped code can be typed again', async () => {
    await visit(`/${code.slice(0, 7)}d`, { ...phone, javaScriptEnabled: false }, async (page) => {
      await page.fill('#code', 'Z9OH X5PC');
      await page.press('#code', 'Enter');
      await page.click('.plate-found a');
      assert.equal(await page.textContent('h1'), sampleTitle('chua-hoi-linh', 'vi'));
    });
  });
});

describe('reading', () => {
  test('nothing jumps while the page loads', async () => {
    for (const target of [pages.site, pages.home, pages.photos])
      await visit(target, phone, async (page) => {
        await page.waitForLoadState('networkidle');
        const shift = await page.evaluate(() => new Promise((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((e) => (sum += e.value))).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(sum), 300);
        }));
        assert.ok(shift < 0.01, `${target} shifts by ${shift}`);
      });
  });
  test('lines are about 65 characters at a desk', async () => {
    await visit(pages.site, desk, async (page) => {
      const { width, em } = await page.$eval('.story p:not(.lead)', (p) => ({ width: p.clientWidth, em: parseFloat(getComputedStyle(p).fontSize) }));
      assert.equal(em, 18);
      assert.ok(width / em > 30 && width / em <= 38, `${width / em} em`);
    });
  });
  test('the keyboard reaches the content first', async () => {
    await visit(pages.site, desk, async (page) => {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
      const top = await page.$eval('.skip', (e) => e.getBoundingClientRect().top);
      assert.ok(top >= 0);
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    });
  });
  test('a source that is cited can be reached', async () => {
    await visit(pages.site, phone, async (page) => {
      await page.click('.facts .mark >> nth=0');
      assert.match(page.url(), /#source-1$/);
      assert.ok(await page.locator('#source-1').isVisible());
    });
  });
});
