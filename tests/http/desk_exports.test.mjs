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
const rowsOf = (text) => text.trim().split('\n').filter((line) => /^[^,"]*,[a-z0-9-]+,(published|draft|in-review|withdrawn),/.test(line));

test('has every site, marked as UTF-8 for Excel', async () => {
  const answer = await desk.as(lan).get('/desk/exports/table.csv');
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers['content-disposition'], /attachment; filename="di-tich\.csv"/);
  assert.deepEqual([...answer.body.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  assert.match(answer.text, /^\ufeffkey,slug,state,kind,category,rank,area,lat,lon,/);
  assert.equal(rowsOf(answer.text).length, sites());
  assert.match(answer.text, /\n,dinh-binh-thuy,published,communal-house,/);
});

test('can be narrowed, and holds no more than one may work on', async () => {
  const area = await desk.as(lan).get('/desk/exports/table.csv?area=o-mon&q=');
  const own = await desk.as(local).get('/desk/exports/table.csv');
  const count = sites("area_id = (SELECT id FROM term WHERE scheme = 'area' AND key = 'o-mon')");
  assert.ok(count > 0 && count < sites());
  assert.equal(rowsOf(area.text).length, count);
  assert.equal(rowsOf(own.text).length, count);
});

// Sends the file and looks, with every column as it was matched by itself; "added changed unchanged".
async function lookThrough(body) {
  const sent = await desk.as(lan).upload('/desk/imports/new', { lang: 'vi', file: { file: 'di-tich.csv', bytes: body } });
  const page = await desk.as(lan).get(sent.headers.location);
  const form = {};
  for (const [, name, inside] of page.text.matchAll(/<select [^>]*name="(column[^"]+)"[^>]*>([^]*?)<\/select>/g))
    form[name] = /<option value="([^"]*)" selected/.exec(inside)?.[1] ?? '';
  assert.ok(Object.keys(form).length > 10, page.text);
  assert.ok(!Object.values(form).includes(''), 'every column is known');
  await whenOver(desk.as(lan), await desk.as(lan).post(sent.headers.location, form));
  return { to: sent.headers.location, form, looked: (await desk.as(lan).get(sent.headers.location)).text };
}

function assertUnchanged(looked, count) {
  const report = /<section class="next" id="report">[^]*?<\/section>/.exec(looked)[0];
  assert.match(report, /<li>0 di tích mới<\/li>/);
  assert.match(report, /<li>0 di tích thay đổi<\/li>/);
  assert.match(report, new RegExp(`<li>${count} di tích giữ nguyên</li>`));
}

// What a table makes hard: keys that are others' slugs or labels, no key, one language,
// several languages, old addresses and slugs, lines.
function makeHard() {
  sql(desk.data, `UPDATE site SET key = NULL;
    UPDATE site SET key = 'chua-ong' WHERE slug = 'dinh-binh-thuy';
    UPDATE site SET key = 'CT-7' WHERE slug = 'chua-ong';
    UPDATE site SET lat = -10.1, lon = 105.76543210987 WHERE slug = 'dinh-binh-thuy';
    INSERT OR IGNORE INTO old_slug (slug, site_id, retired_at) SELECT 'dinh-cu', id, 1 FROM site WHERE slug = 'dinh-binh-thuy';
    UPDATE text SET summary = 'Hai dòng' || char(10) || 'và  nữa', body = '- một' || char(10) || char(10) || '=2+3; "bốn", năm' || char(10)
      WHERE lang = 'vi' AND site_id = (SELECT id FROM site WHERE slug = 'dinh-binh-thuy');
    INSERT OR IGNORE INTO term (scheme, key, labels, position) VALUES ('kind', 'chua', '{"vi":"Hang đá"}', 91);
    UPDATE site SET kind_id = (SELECT id FROM term WHERE scheme = 'kind' AND key = 'chua'),
      details = json_set(details, '$.names', json('{"vi":["Một; hai","ba"]}')) WHERE slug = 'chua-hoi-linh';
    UPDATE site SET original = 'en' WHERE slug = 'chua-long-quang';
    DELETE FROM text WHERE lang = 'vi' AND site_id = (SELECT id FROM site WHERE slug = 'chua-long-quang');
    UPDATE text SET body = '=1+1' WHERE lang = 'en' AND site_id = (SELECT id FROM site WHERE slug = 'dinh-binh-thuy');`);
}

test('an untouched table changes nothing, also where sites have no key or one like a slug', async () => {
  makeHard();
  const { body, text } = await desk.as(lan).get('/desk/exports/table.csv');
  assert.match(text, /,'=1\+1,/); // no formula for a spreadsheet
  assert.match(text, /,-10\.1,105\.76543210987,/);
  const { to, form, looked } = await lookThrough(body);
  assertUnchanged(looked, sites());
  const landed = await whenOver(desk.as(lan), await desk.as(lan).post(to, { ...form, land: '1' }));
  assert.equal(landed.headers.location, '/desk/imports');
  assert.equal(sites('key IS NULL'), sites() - 2);
});

test('the desk offers its table for Excel in Vietnamese, and chooses by its own language', async () => {
  const chosen = (page) => /value="([^"]+)" checked/.exec(page.text)?.[1];
  assert.equal(chosen(await desk.as(lan).get('/desk/exports')), 'excel-vi');
  sql(desk.data, `UPDATE account SET language = 'en' WHERE id = ${local.id}`);
  assert.equal(chosen(await desk.as(local).get('/desk/exports')), 'plain');
});

test('a table for Excel in Vietnamese says all in Vietnamese, and changes nothing untouched', async () => {
  makeHard();
  sql(desk.data, `INSERT INTO term (scheme, key, labels, position) VALUES ('kind', 'other-temple', '{"vi":"đền miếu, hội quán"}', 90);
    UPDATE site SET details = json_set(details, '$.decision', json('{"number":"1","date":"1993-06"}')) WHERE slug = 'chua-ong';`);
  const { body, text } = await desk.as(lan).get('/desk/exports/table.csv?form=excel-vi');
  assert.deepEqual([...body.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  assert.match(text, /^\ufeffMã hồ sơ;Địa chỉ trang;Trạng thái;Loại di tích;Loại hình theo luật;Cấp xếp hạng;Khu vực;Vĩ độ;Kinh độ;/);
  assert.match(text, /;Tên di tích \(vi\);[^\n]*;Tên di tích \(en\);/);
  assert.match(text, /\nchua-ong;dinh-binh-thuy;Đã đăng;Đình;[^\n]*;"-10,1";"105,76543210987";/);
  assert.match(text, /\n[^;\n]*;chua-ong;Đã đăng;temple;/, 'a label that two terms have is none');
  assert.match(text, /;06\/1993;/);
  assert.match(text, /;'=1\+1;/);
  assertUnchanged((await lookThrough(body)).looked, sites());
});

// The last: it leaves many sites.
test('one table is made at a time', async () => {
  sql(desk.data, `INSERT INTO site (slug, kind_id, state, original, details, sort_key, version, created_at, updated_at)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    SELECT 'x-' || i, (SELECT min(id) FROM term WHERE scheme = 'kind'), 'draft', 'vi', '{}', printf('%06d', i), 1, 1, 1 FROM n;
    INSERT INTO text (site_id, lang, title, summary, body, origin, updated_at) SELECT id, 'vi', slug, '', '', 'written', 1 FROM site WHERE slug LIKE 'x-%'`);
  const answers = await Promise.all(Array.from({ length: 6 }, () => desk.as(lan).get('/desk/exports/table.csv')));
  const [made] = answers.filter((answer) => answer.status === 200), refused = answers.filter((answer) => answer.status === 303);
  assert.equal(rowsOf(made.text).length, sites());
  assert.ok(refused.length > 0, answers.map((answer) => answer.status).join());
  assert.equal(refused[0].headers.location, '/desk/exports');
  const flash = [refused[0].headers['set-cookie']].flat().map((cookie) => cookie.split(';')[0]).join('; ');
  const page = await desk.as(lan).get('/desk/exports', { Cookie: `stele=${lan.token}; ${flash}` });
  assert.match(page.text, /Đang có một bảng khác được xuất/);
  assert.equal((await desk.as(lan).get('/desk/exports/table.csv')).status, 200);
});
