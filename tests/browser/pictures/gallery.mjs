// The last part of each guide: every screen, on a phone and on a laptop, folded away so that nobody has to scroll past.
import fs from 'node:fs';
import path from 'node:path';
import { sourceFolder } from '../../http/lib.mjs';

const own = {
  vi: { heading: '## Mọi màn hình', lead: 'Mỗi màn hình của bàn biên tập, trên điện thoại và trên máy tính.', open: 'Mở ra xem', phone: 'trên điện thoại', laptop: 'trên máy tính' },
  en: { heading: '## Every screen', lead: 'Every screen of the desk, on a phone and on a laptop.', open: 'Show them', phone: 'on a phone', laptop: 'on a laptop' },
};

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

// The words that the part has now, by the scene's name.
function wordsNow(gallery) {
  return Object.fromEntries([...gallery.matchAll(/\/([\w-]+)-phone\.png"[^>]*alt="([^"]*), [^,"]*"/g)].map(([, name, words]) => [name, words]));
}

// titles: what stood in the first line of the screens that were taken, by the scene's name; it is the words for who
// does not see them. Those of other scenes stay.
export function putGallery(lang, scenes, titles) {
  const file = path.join(sourceFolder, 'docs', `staff-guide.${lang}.md`);
  const text = fs.readFileSync(file, 'utf8');
  const now = wordsNow(text.slice(text.indexOf(own[lang].heading)));
  const { heading, lead, open, phone, laptop } = own[lang];
  const image = (name, shape, words, width) =>
    `<img src="pictures/staff/${lang}/${name}-${shape}.png" width="${width}" loading="lazy" alt="${titles[name] ? escape(titles[name]) : (now[name] ?? name)}, ${words}">`;
  const rows = scenes.map(({ name }) => `${image(name, 'phone', phone, 200)}\n${image(name, 'laptop', laptop, 520)}\n`);
  fs.writeFileSync(file, `${text.slice(0, text.indexOf(heading))}${heading}\n\n${lead}\n\n<details>\n<summary>${open}</summary>\n\n${rows.join('\n')}\n</details>\n`);
}
