// The sample, imported into a data folder of its own: what tests of whole programs begin with.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { program, runProgram, sourceFolder } from './http/lib.mjs';

export const stele = program('server/stele');
export const qrgen = program('qrgen/stele-qrgen');
export const sampleFolder = path.join(sourceFolder, 'content/sample');

// A new folder that `t` (a test, or { after } of node:test) removes at its end.
export function newFolder(t, name = 'stele-test-') {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), name));
  // Ends before the server that is over it does: what that still writes is taken away by the next try.
  t.after(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
  return folder;
}

export async function importSample(data) {
  const { code, stderr } = await runProgram(stele, ['import', '--data', data, '--quiet', sampleFolder]);
  assert.equal(code, 0, stderr);
}

// The title that the bundle says a site or tour has.
export function sampleTitle(slug, lang) {
  const text = path.join(sampleFolder, 'sites', slug, `${lang}.md`);
  if (fs.existsSync(text)) return fs.readFileSync(text, 'utf8').split('\n')[0].replace(/^# /, '');
  const tour = JSON.parse(fs.readFileSync(path.join(sampleFolder, 'tours', `${slug}.json`), 'utf8'));
  return tour.titles[lang];
}

const entities = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&#x27;': "'" };

// The text of the first element of that name.
export function elementText(html, name) {
  const inside = new RegExp(`<${name}[^>]*>([\\s\\S]*?)</${name}>`).exec(html)?.[1] ?? '';
  return inside
    .replace(/<[^>]*>/g, '')
    .replace(/&[^;\s]+;/g, (entity) => entities[entity] ?? entity)
    .trim();
}
