// A site's pictures: sent from the phone, described, put in order. Drawings of the sample stand in for photos.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { addNotes } from '../../photos.mjs';
import { sourceFolder } from '../../http/lib.mjs';

const words = {
  vi: { alt: 'Đình ba gian, mái ngói đỏ; trước sân có lư hương, hai bên là cây cổ thụ.', caption: 'Đình nhìn từ cổng.' },
  en: { alt: 'A hall of three bays under a red tiled roof; an incense burner in the yard, old trees on both sides.', caption: 'The hall seen from the gate.' },
};

// A file as a phone leaves it, made once for a stage.
function photo(stage, drawing, name) {
  const file = path.join(stage.data, '..', name);
  if (!fs.existsSync(file)) {
    execFileSync('vips', ['thumbnail', path.join(sourceFolder, 'assets/pictures', `${drawing}.svg`), `${file}[Q=85]`, '1600']);
    addNotes(file, 1);
  }
  return file;
}

const media = (at) => at.go(`${at.stage.site(at.stage.draftSlug)}/media`);
const row = (at, number) => at.page.locator('.media-list > li').nth(number);

export const pictures = [
  { name: 'media-none', who: 'editor', play: async (at) => {
    at.stage.sql(`UPDATE site SET state = 'draft' WHERE slug = '${at.stage.draftSlug}'`); // out of the bin
    await media(at);
  } },
  { name: 'media-sending', who: 'editor', play: async (at) => {
    await media(at);
    const bad = path.join(at.stage.data, '..', 'Danh sách.docx');
    fs.writeFileSync(bad, 'PK không phải ảnh');
    await at.page.locator('#files').setInputFiles([photo(at.stage, 'communal-house', 'IMG_2041.jpg'), bad, photo(at.stage, 'tree', 'IMG_2042.jpg')]);
    await row(at, 1).locator('img').waitFor();
    await at.page.locator('.file.failed').waitFor();
    return at.page.locator('#send');
  } },
  { name: 'media', who: 'editor', play: async (at) => {
    await media(at);
    return at.page.locator('#media');
  } },
  { name: 'media-describe', who: 'editor', play: async (at) => {
    await media(at);
    await row(at, 0).locator('h3 a').click();
    for (const [lang, { alt, caption }] of Object.entries(words)) {
      await at.page.locator(`[name="alt.${lang}"], [name="words.${lang}.alt"]`).first().fill(alt);
      await at.page.locator(`[name="caption.${lang}"], [name="words.${lang}.caption"]`).first().fill(caption);
    }
    await at.page.getByLabel(at.w('desk.media.licence'), { exact: true }).fill('CC BY 4.0');
    await at.page.evaluate(() => document.activeElement.blur());
    return at.page.locator('main h1');
  } },
  { name: 'media-focus', who: 'editor', play: async (at) => {
    await media(at);
    await row(at, 0).locator('h3 a').click();
    await at.page.locator('#focus-picture').click({ position: { x: 120, y: 90 } });
    return at.page.locator('fieldset.focus');
  } },
];
