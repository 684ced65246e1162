// Makes the pictures of the staff guide: every screen of the desk on a phone and on a laptop, in both languages, from
// the real server with the sample. `./dev pictures [SCENE...]` builds and calls it; docs/pictures/staff gets the
// pictures whose scenes were named, or all; the guides' last part, which shows all of them, is written anew.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { sourceFolder } from '../../http/lib.mjs';
import { words } from '../../words.mjs';
import { launchIn } from '../browser.mjs';
import { isShown, putGallery } from './gallery.mjs';
import { scenes } from './scenes.mjs';
import { openStage } from './stage.mjs';

const shapes = {
  phone: { viewport: { width: 390, height: 780 }, deviceScaleFactor: 1.5, isMobile: true, hasTouch: true },
  laptop: { viewport: { width: 1280, height: 800 } },
};

const ownPlace = path.join(sourceFolder, 'docs/pictures/staff');
const out = process.env.STELE_PICTURES ?? ownPlace;
const langs = process.env.STELE_PICTURES_LANG?.split(',') ?? ['vi', 'en'];
const whole = process.env.STELE_PICTURES_WHOLE === '1'; // whole pages instead of screens, to look at

// Sixteen colours, which the screens get by with: a fifth of the bytes.
function keep(png, file) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stele-picture-'));
  try {
    fs.writeFileSync(path.join(folder, 'true.png'), png);
    execFileSync('vips', ['copy', path.join(folder, 'true.png'), `${path.join(folder, 'small.png')}[palette,bitdepth=4,compression=9,dither=0,strip]`]);
    fs.copyFileSync(path.join(folder, 'small.png'), file);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

// To the top of the screen; and, where languages lie beside each other, to its left edge.
async function bring(focus) {
  await focus.evaluate((e) => {
    e.scrollIntoView({ block: 'start', inline: 'start', behavior: 'instant' });
    scrollTo({ top: e.getBoundingClientRect().top + scrollY - 16, behavior: 'instant' });
  });
}

async function take(stage, browser, { name, who, goesOn, play }, lang, shapeName) {
  if (!goesOn) stage.forgetDrafts();
  const context = await browser.newContext({
    ...shapes[shapeName],
    locale: lang === 'vi' ? 'vi-VN' : 'en-GB',
    timezoneId: 'Asia/Ho_Chi_Minh',
    reducedMotion: 'reduce',
    colorScheme: 'light',
    extraHTTPHeaders: { 'X-Forwarded-Proto': 'https' }, // as the web server in front says it
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30000);
  const enter = (person) => context.addCookies([{ name: '__Host-stele', value: person.token, domain: '127.0.0.1', path: '/', secure: true, httpOnly: true }]);
  if (who) await enter(stage.people[who]);
  const broken = []; // a screen that failed looks much like one that was meant
  page.on('response', (answer) => answer.status() >= 500 && broken.push(`${answer.url()} answered ${answer.status()}`));
  const go = (target) => page.goto(stage.server.url + target);
  try {
    const focus = await play({ page, context, go, enter, w: words(lang), lang, shape: shapeName, stage });
    if (broken.length) throw new Error(broken.join(', '));
    if (focus && !whole) await bring(focus.first());
    await page.waitForTimeout(150);
    keep(await page.screenshot({ fullPage: whole, caret: 'hide' }), path.join(out, lang, `${name}-${shapeName}.png`));
    return await page.locator('h1').first().innerText();
  } catch (error) {
    throw new Error(`${name}, ${lang}, ${shapeName}: ${error.message}`);
  } finally {
    await context.close();
  }
}

async function main(names) {
  const chosen = scenes.filter(({ name }) => names.length === 0 || names.includes(name));
  const unknown = names.filter((name) => !scenes.some((scene) => scene.name === name));
  if (unknown.length) throw new Error(`there is no scene called ${unknown.join(', ')}; there are: ${scenes.map(({ name }) => name).join(' ')}`);
  let taken = 0;
  let failed = 0;
  for (const lang of langs) {
    fs.mkdirSync(path.join(out, lang), { recursive: true });
    const titles = {};
    const browser = await launchIn(lang);
    try {
      for (const shape of Object.keys(shapes)) {
        const stage = await openStage(lang);
        try {
          for (const scene of chosen.filter(({ name }) => isShown(lang, name, shape)))
            await take(stage, browser, scene, lang, shape).then((title) => (taken++, (titles[scene.name] ??= title)), (error) => (failed++, console.error(error.message)));
        } finally {
          await stage.close();
        }
      }
    } finally {
      await browser.close();
    }
    if (out === ownPlace) putGallery(lang, scenes, titles);
  }
  console.log(`${taken} pictures in ${out}`);
  return failed ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
