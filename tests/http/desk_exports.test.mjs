// The table that the desk exports is the one that it imports.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addPerson, openDesk, sql, untilEnd, whenOver } from '../desk_room.mjs';

const end = untilEnd(after);
let desk, lan, local;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      local = addPerson(data, 'Ô Môn', { areas: ['o-mon'] });
    },
  });
});

const sites = (where = '1') => Number(sql(desk.data, `SELECT count(*) FROM site WHERE state <> 'binned' AND ${where}`));
const rowsOf = (text) => text.trim().split('\n').filter((line) => /^[^,"]+,[a-z0-9-]+,(published|draft|in-review|withdrawn),/.test(line));

test('has every site, marked as UTF-8 for Excel', async () => {
  const answer = await desk.as(lan).get('/desk/exports/table.csv');
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers['content-disposition'], /attachment; filename="di-tich\.csv"/);
  assert.deepEqual([...answer.body.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  assert.match(answer.text, /^\ufeffkey,slug,state,kind,category,rank,area,lat,lon,/);
  assert.equal(rowsOf(answer.text).length, sites());
  assert.match(answer.text, /\ndinh-binh-thuy,dinh-binh-thuy,published,communal-house,/);
});

test('can be narrowed, and holds no more than one may work on', async () => {
  const area = await desk.as(lan).get('/desk/exports/table.csv?area=o-mon&q=');
  const own = await desk.as(local).get('/desk/exports/table.csv');
  const count = sites("area_id = (SELECT id FROM term WHERE scheme = 'area' AND key = 'o-mon')");
  assert.ok(count > 0 && count < sites());
  assert.equal(rowsOf(area.text).length, count);
  assert.equal(rowsOf(own.text).length, count);
});

test('imported again it changes nothing but the keys, the second time nothing at all', async () => {
  const texts = () => sql(desk.data, 'SELECT site_id, lang, title, summary, body FROM text ORDER BY 1, 2');
  const before = texts();
  for (const pass of [1, 2]) {
    const { body } = await desk.as(lan).get('/desk/exports/table.csv');
    const sent = await desk.as(lan).upload('/desk/imports/new', { lang: 'vi', file: { file: 'di-tich.csv', bytes: body } });
    const page = await desk.as(lan).get(sent.headers.location);
    const form = {};
    for (const [, name, inside] of page.text.matchAll(/<select [^>]*name="(column[^"]+)"[^>]*>([^]*?)<\/select>/g))
      form[name] = /<option value="([^"]*)" selected/.exec(inside)?.[1] ?? '';
    assert.ok(!Object.values(form).includes(''), 'every column is known');
    const landed = await whenOver(desk.as(lan), await desk.as(lan).post(sent.headers.location, { ...form, land: '1' }));
    assert.equal(landed.status, 303, landed.text);
    if (pass === 2) assert.equal(landed.headers.location, '/desk/imports');
    assert.equal(texts(), before);
  }
});
