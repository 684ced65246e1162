// The last part of each guide: every screen, on a phone and on a laptop, folded away so that nobody has to scroll past.
import fs from 'node:fs';
import path from 'node:path';
import { sourceFolder } from '../../http/lib.mjs';

const own = {
  vi: { heading: '## Mọi màn hình', lead: 'Mỗi màn hình của bàn biên tập, trên điện thoại và trên máy tính.', open: 'Mở ra xem', phone: 'trên điện thoại', laptop: 'trên máy tính' },
  en: { heading: '## Every screen', lead: 'Every screen of the desk on a phone. On a laptop they are in the [Vietnamese guide](staff-guide.vi.md#mọi-màn-hình).', open: 'Show them', phone: 'on a phone', laptop: 'on a laptop' },
};

const guide = (lang) => path.join(sourceFolder, 'docs', `staff-guide.${lang}.md`);

// In English a laptop's screen is taken where the text speaks of it; all of them in two languages are too many bytes.
export function isShown(lang, name, shape) {
  return lang === 'vi' || shape === 'phone' || fs.readFileSync(guide(lang), 'utf8').includes(`${name}-${shape}.png`);
}

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

// The words that the part has now, by the scene's name.
function wordsNow(gallery) {
  return Object.fromEntries([...gallery.matchAll(/\/([\w-]+)-phone\.png"[^>]*alt="([^"]*), [^,"]*"/g)].map(([, name, words]) => [name, words]));
}

// titles: what stood in the first line of the screens that were taken, by the scene's name; it is the words for who
// does not see them. Those of other scenes stay.
export function putGallery(lang, scenes, titles) {
  const whole = fs.readFileSync(guide(lang), 'utf8');
  const text = whole.slice(0, whole.indexOf(own[lang].heading));
  const now = wordsNow(whole.slice(text.length));
  const { heading, lead, open, phone, laptop } = own[lang];
  const image = (name, shape, words, width) =>
    `<img src="pictures/staff/${lang}/${name}-${shape}.png" width="${width}" loading="lazy" alt="${titles[name] ? escape(titles[name]) : (now[name] ?? name)}, ${words}">`;
  const besides = (name) => (lang === 'vi' ? `${image(name, 'laptop', laptop, 520)}\n` : '');
  const rows = scenes.map(({ name }) => `${image(name, 'phone', phone, 200)}\n${besides(name)}`);
  fs.writeFileSync(guide(lang), `${text}${heading}\n\n${lead}\n\n<details>\n<summary>${open}</summary>\n\n${rows.join('\n')}\n</details>\n`);
}
