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

// lang: of the browser's own buttons and dates; other than English only where Debian's chromium-l10n is there.
export const launch = (lang = 'en') =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', `--lang=${lang}`], env: { ...process.env, LANGUAGE: lang } });

// A page that fails the test `t` for whatever the browser complains of; answers of 4xx are the test's own business, and
// what matches `expected`, as of a network that the test takes away.
export async function openPage(t, browser, { expected = /^$/, ...options } = {}) {
  const context = await browser.newContext({ locale: 'vi-VN', reducedMotion: 'reduce', bypassCSP: true, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && !expected.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  t.after(async () => {
    await context.close();
    assert.deepEqual(complaints, []);
  });
  return page;
}

// Axe finds nothing and nothing scrolls sideways. With STELE_SCREENSHOTS set to a folder, the page is kept there.
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
}
