// The words of the screens, read from the locale files, so that a script can press what a person reads.
import fs from 'node:fs';
import path from 'node:path';
import { sourceFolder } from './http/lib.mjs';

const folder = path.join(sourceFolder, 'assets/locales');

function merge(into, from) {
  for (const [key, value] of Object.entries(from))
    if (typeof value === 'object' && typeof into[key] === 'object') merge(into[key], value);
    else into[key] = value;
  return into;
}

// words('vi')('desk.sites.count', { count: 26 }): what stands on the screen. A value that is not given stays as
// {name}; a word that is not there is an error.
export function words(lang) {
  const files = [`${lang}.json`, ...fs.readdirSync(path.join(folder, lang)).map((name) => `${lang}/${name}`)];
  const all = files.reduce((whole, file) => merge(whole, JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'))), {});
  return (key, values = {}) => {
    let found = key.split('.').reduce((at, part) => at?.[part], all);
    if (typeof found === 'object') found = (values.count === 1 && found.one) || found.other;
    if (typeof found !== 'string') throw new Error(`there is no ${key} in ${lang}`);
    return found.replace(/\{([\w.]+)\}/g, (whole, name) => values[name] ?? whole);
  };
}
