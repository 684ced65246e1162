// A bundle of many sites that differ: what fills the page cache to its bound. The same bytes every run.
import fs from 'node:fs';
import path from 'node:path';

const syllables = 'đình chùa làng bến sông cổ thờ thần hội năm người dân xưa nay nhà mái gỗ chạm khắc bia đá lễ cúng đất vườn cây rạch chợ phường thành tướng quân nghĩa binh học trò thầy giáo đường cầu'.split(' ');

// A linear congruential generator (the constants of Numerical Recipes); chance has no place in a measurement.
function numbers(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function sentence(next) {
  const words = Array.from({ length: 8 + next(14) }, () => syllables[next(syllables.length)]);
  return `${words.join(' ')} ${next(10000)}.`.replace(/^./u, (first) => first.toUpperCase());
}

function story(title, next) {
  const paragraphs = Array.from({ length: 6 }, () => Array.from({ length: 4 }, () => sentence(next)).join(' '));
  return `# ${title}\n\n${paragraphs.map((text, i) => (i % 2 ? text : `## ${sentence(next)}\n\n${text}`)).join('\n\n')}\n`;
}

// Writes the bundle; gives the slugs.
export function writeManySites(folder, count) {
  const kind = [{ key: 'communal-house', labels: { vi: 'Đình', en: 'Communal house' } }];
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'bundle.json'), JSON.stringify({ format: 'stele-bundle', version: 1, languages: ['vi', 'en'], name: { vi: 'Nhiều di tích' } }));
  fs.writeFileSync(path.join(folder, 'terms.json'), JSON.stringify({ kind }));
  return Array.from({ length: count }, (_, i) => {
    const slug = `di-tich-${i + 1}`;
    const site = path.join(folder, 'sites', slug);
    const next = numbers(i + 1);
    fs.mkdirSync(site, { recursive: true });
    fs.writeFileSync(path.join(site, 'site.json'), JSON.stringify({ kind: 'communal-house', state: 'published' }));
    for (const lang of ['vi', 'en']) fs.writeFileSync(path.join(site, `${lang}.md`), story(`Di tích ${i + 1} (${lang})`, next));
    return slug;
  });
}
