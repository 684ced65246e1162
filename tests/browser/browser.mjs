// A browser as staff have one: the two shapes of their screens, and what every page of the desk must hold to.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = process.env.STELE_SCREENSHOTS;

export const shapes = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  laptop: { viewport: { width: 1280, height: 800 } },
};

const start = (program, lang) =>
  chromium.launch({ executablePath: `/usr/bin/${program}`, args: ['--no-sandbox', `--lang=${lang}`], env: { ...process.env, LANGUAGE: lang } });

// Chromium without what draws its own window: the same engine in two thirds of the time.
export const launch = () => start('chromium-headless-shell', 'en');

// The whole Chromium, with its own buttons and dates in a language, which are Debian's chromium-l10n.
export const launchIn = (lang) => start('chromium', lang);

// A page and its end, which fails for whatever the browser complained of; answers of 4xx are the test's own business.
// `person`: signed in at the desk `room` (tests/desk_room.mjs). `expected`: a pattern of complaints that belong to the
// test. The policy against foreign scripts gives way to axe alone. The rest are Playwright's options of a context.
async function newPage(browser, { room, person, expected, ...options }) {
  const context = await browser.newContext({ locale: 'vi-VN', reducedMotion: 'reduce', bypassCSP: options.javaScriptEnabled !== false, ...options });
  if (person) await context.addCookies([{ name: 'stele', value: person.token, url: room.server.url, httpOnly: true }]);
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !/status of 4\d\d/.test(text) && !expected?.test(text)) complaints.push(text);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, close: () => context.close(), complaints };
}

// A page that ends with the test `t`.
export async function openPage(t, browser, options = {}) {
  const { page, close, complaints } = await newPage(browser, options);
  t.after(async () => {
    await close();
    assert.deepEqual(complaints, []);
  });
  return page;
}

// A page for `work` alone.
export async function withPage(browser, options, work) {
  const { page, close, complaints } = await newPage(browser, options);
  try {
    await work(page);
  } finally {
    await close();
  }
  assert.deepEqual(complaints, []);
}

// What a thumb must hit; a browser's own boxes for ticks are small, and their labels large.
const targets = 'button:not(.unseen), .button, input:not([type=hidden], [type=checkbox], [type=radio]), select, summary, .menu a, .tick, .pick';

// Axe finds nothing, nothing scrolls sideways, targets are large enough. With STELE_SCREENSHOTS set to a folder, the page is kept there.
export async function look(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name} scrolls sideways`);
  if (shots) {
    fs.mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
  }
  if (!(await page.evaluate(() => Boolean(globalThis.axe)))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], iframes: false }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), [], name);
  const small = await page.$$eval(targets, (all) =>
    all.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.9).map((e) => e.outerHTML.slice(0, 90)));
  assert.deepEqual(small, [], name);
}
