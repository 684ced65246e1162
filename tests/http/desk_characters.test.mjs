// Characters that do not show stay out, by whichever way a text comes: the desk's forms, a table, GeoJSON, a
// bundle, the command line. What writing needs stays.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { addPerson, openDesk, siteId, sql, untilEnd, whenOver } from '../desk_room.mjs';
import { newFolder, sampleFolder, stele } from '../sample.mjs';
import { runProgram } from './lib.mjs';

const end = untilEnd(after);
let desk, chi;
before(async () => {
  desk = await openDesk(end, { args: ['--base-url', 'https://ditich.example.vn'], before: (data) => (chi = addPerson(data, 'Chi', { role: 'admin' })) && undefined });
});

// As pasted from Word, a PDF, an address book and a chat, around the words; and what an attacker would add.
const dirty = (text) => `\ufeff\u202e${text.replace(' ', '\u200b \u00ad')}\u202c\u2066\u2069\u0002\u{e0041}\ufffa\ufdd0`;
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffc\ufffe\uffff]|[\u{e0000}-\u{e0fff}]/u;

const khmer = 'វត្ត\u200bមុនី'; // keeps its U+200B

// Every text of the store, and nothing that does not show in any.
function assertClean() {
  for (const table of sql(desk.data, "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main'").split('\n')) {
    if (/^(sqlite_|search)/.test(table)) continue;
    const names = sql(desk.data, `SELECT name FROM pragma_table_info('${table}') WHERE type = 'TEXT'`).split('\n').filter(Boolean);
    for (const name of names)
      for (const text of sql(desk.data, `SELECT "${name}" FROM "${table}"`).split('\n')) assert.doesNotMatch(text.replaceAll(khmer, ''), unseen, `${table}.${name}`);
  }
}

test('forms: a site, a term, an account, the name of the whole, a plate', async () => {
  const as = desk.as(chi);
  const site = {
    languages: 'vi', version: 0, original: 'vi', kind: 'temple', do: 'save',
    'text.vi.title': dirty('Miếu Sạch Sẽ'), 'text.vi.summary': dirty('Một câu'), 'text.vi.body': `${dirty('Đoạn một')}\u2028${khmer}`,
    'addresses[0].words.vi': dirty('Phường Cái Khế'),
  };
  const made = await as.post('/desk/sites/new', site);
  assert.equal(made.status, 303, made.text);
  const id = siteId(desk.data, 'mieu-sach-se');
  assert.equal(sql(desk.data, `SELECT title || '|' || summary || '|' || body FROM text WHERE site_id = ${id}`), `Miếu Sạch Sẽ|Một câu|Đoạn một\n${khmer}`);
  assert.equal((await as.post('/desk/settings/terms/area', { 'label[vi]': dirty('Phường Sạch'), parent: '' })).status, 303);
  assert.equal(sql(desk.data, "SELECT json_extract(labels, '$.vi') FROM term WHERE key = 'phuong-sach'"), 'Phường Sạch');
  assert.equal((await as.post('/desk/accounts/add', { name: dirty('Bạn Sạch'), role: 'field' })).status, 200); // with its link
  assert.equal(sql(desk.data, "SELECT count(*) FROM account WHERE name = 'Bạn Sạch'"), '1');
  assert.equal((await as.post('/desk/settings/name', { 'name[vi]': dirty('Di tích Sạch'), 'name[en]': 'Clean' })).status, 303);
  const plate = await as.post('/desk/plates/new', { site: id, each: '1', place: dirty('Cổng chính') });
  assert.equal(plate.status, 303, plate.text);
  assert.equal(sql(desk.data, `SELECT place FROM plate WHERE site_id = ${id}`), 'Cổng chính');
  assertClean();
});

test('tables and GeoJSON, and a cell stays one cell', async () => {
  const as = desk.as(chi);
  const land = async (file, text, fields) => {
    const sent = await as.upload('/desk/imports/new', { lang: 'vi', encoding: '', file: { file, bytes: Buffer.from(text) } });
    const landed = await whenOver(as, await as.post(sent.headers.location, { state: 'draft', land: '1', ...fields }));
    assert.equal(landed.status, 303, landed.text);
  };
  await land('a.csv', `id,name,address\nD-1,${dirty('Đình Bảng')}\u2028hai,"${dirty('Phường Một')}"\n`, { 'column.0': 'key', 'column.1': 'title', 'column.2': 'address' });
  assert.equal(sql(desk.data, "SELECT title FROM text JOIN site ON site.id = site_id WHERE key = 'D-1'"), 'Đình Bảng hai');
  const feature = { type: 'Feature', properties: { id: 'D-2', name: dirty('Miếu Điểm') }, geometry: { type: 'Point', coordinates: [105.7, 10.01] } };
  await land('b.geojson', JSON.stringify({ type: 'FeatureCollection', features: [feature] }), {});
  assert.equal(sql(desk.data, "SELECT title FROM text JOIN site ON site.id = site_id WHERE key = 'D-2'"), 'Miếu Điểm');
  assertClean();
});

test('a bundle, also where it writes them as escapes', async (t) => {
  const folder = path.join(newFolder(t), 'goi');
  const write = (name, text) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  };
  const escaped = (value) => JSON.stringify(value).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  write('bundle.json', fs.readFileSync(path.join(sampleFolder, 'bundle.json')));
  write('sites/dinh-goi/site.json', escaped({ original: 'vi', kind: 'temple', state: 'draft', addresses: [{ words: { vi: dirty('Phường Gói') } }] }));
  write('sites/dinh-goi/vi.md', `# ${dirty('Đình Gói')}\n\n${dirty('Một câu')}\n`);
  const landed = await runProgram(stele, ['import', '--data', desk.data, folder]);
  assert.equal(landed.code, 0, landed.stderr);
  const id = siteId(desk.data, 'dinh-goi');
  assert.equal(sql(desk.data, `SELECT title || '|' || summary FROM text WHERE site_id = ${id}`), 'Đình Gói|Một câu');
  assert.equal(sql(desk.data, `SELECT json_extract(details, '$.addresses[0].words.vi') FROM site WHERE id = ${id}`), 'Phường Gói');
  assertClean();
});

test('the command line: a name, and a password as the form will have it', async () => {
  const added = await runProgram(stele, ['user', 'add', '--data', desk.data, '--role', 'editor', dirty('Người Mới')], { input: 'bến\u00a0Ninh Kiều sáng\n' });
  assert.equal(added.code, 0, added.stderr);
  assertClean();
  const { text, headers } = await desk.as({ token: 'none', csrf: '' }).get('/desk/sign-in');
  assert.ok(text && headers);
  const token = /name="csrf" value="([^"]*)"/.exec(text)?.[1] ?? '';
  const cookie = (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
  const entered = await desk.as({ token: 'none', csrf: token }).post('/desk/sign-in', { name: 'Người Mới', password: 'bến Ninh Kiều sáng' }, { Cookie: cookie });
  assert.equal(entered.status, 303, entered.text);
});
