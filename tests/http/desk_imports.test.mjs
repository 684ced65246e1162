// Imports in the browser: upload, columns, a look, landing, undoing. With files as spreadsheets write them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addPerson, openDesk, sql, untilEnd, whenOver } from '../desk_room.mjs';
import { elementText } from '../sample.mjs';

const end = untilEnd(after);
let desk, lan, minh, novice, local;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      minh = addPerson(data, 'Minh');
      novice = addPerson(data, 'Tập sự', { mayPublish: false });
      local = addPerson(data, 'Ô Môn', { areas: ['o-mon'] });
    },
  });
});

const count = (where) => Number(sql(desk.data, `SELECT count(*) FROM site WHERE ${where}`));
const utf16 = (text) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
// Windows-1258 writes tone marks behind their vowels: "Đình Thường Thạnh" -> D0 "ình Th" F5 "´" …
const cp1258 = (text) => {
  const high = { Đ: 0xd0, đ: 0xf0, ă: 0xe3, Ă: 0xc3, ơ: 0xf5, Ơ: 0xd5, ư: 0xfd, Ư: 0xdd, â: 0xe2, ê: 0xea, ô: 0xf4, à: 0xe0, á: 0xe1, é: 0xe9, è: 0xe8, í: 0xed, ú: 0xfa, ù: 0xf9, ó: 0xf3, Ô: 0xd4, '\u0300': 0xcc, '\u0309': 0xd2, '\u0303': 0xde, '\u0301': 0xec, '\u0323': 0xf2 };
  const bytes = [];
  for (const c of text.normalize('NFC')) {
    if (c.codePointAt(0) < 0x80) bytes.push(c.codePointAt(0));
    else if (high[c] !== undefined) bytes.push(high[c]);
    else {
      // the tone mark apart, the vowel with its own mark together
      const parts = [...c.normalize('NFD')];
      const tone = parts.findIndex((part) => '\u0300\u0301\u0303\u0309\u0323'.includes(part));
      const mark = tone < 0 ? '' : parts.splice(tone, 1)[0];
      const vowel = parts.join('').normalize('NFC');
      for (const part of [vowel, mark].filter(Boolean)) {
        const byte = part.codePointAt(0) < 0x80 ? part.codePointAt(0) : high[part];
        assert.ok(byte !== undefined, `${c} in windows-1258`);
        bytes.push(byte);
      }
    }
  }
  return Buffer.from(bytes);
};

async function upload(person, file, bytes, { lang = 'vi', encoding = '' } = {}) {
  const answer = await desk.as(person).upload('/desk/imports/new', { lang, encoding, file: { file, bytes } });
  return answer;
}

// Sends the form and waits for what comes of it: a page, or where it leads to.
const run = async (person, location, fields) => whenOver(desk.as(person), await desk.as(person).post(location, fields));

// The form as the page shows it: every select with what is chosen.
function chosen(html) {
  const fields = {};
  for (const [, name, inside] of html.matchAll(/<select [^>]*name="([^"]+)"[^>]*>([^]*?)<\/select>/g))
    fields[name] = /<option value="([^"]*)" selected/.exec(inside)?.[1] ?? '';
  delete fields.language;
  return fields;
}

const rows = [
  ['Mã di tích', 'Tên di tích', 'Địa chỉ', 'Vĩ độ', 'Kinh độ', 'Cấp'],
  ['CT-901', 'Đình Thường Thạnh', 'Phường Thường Thạnh, quận Cái Răng', '9,9876', '105,7521', 'Cấp thành phố'],
  ['CT-902', 'Chùa Phước Thạnh; cũ', 'Xã "Mới", huyện Phong Điền', '10,0012', '105,6789', ''],
];
const table = (separator, lines = rows) =>
  lines.map((row) => row.map((f) => (/[";,\n\t]/.test(f) ? `"${f.replaceAll('"', '""')}"` : f)).join(separator)).join('\r\n') + '\r\n';

describe('files as spreadsheets write them', () => {
  const files = {
    'Excel, CSV UTF-8': Buffer.from('\ufeff' + table(',')),
    'Excel in Vietnamese, semicolons': Buffer.from('\ufeff' + table(';')),
    'Excel, sep=;': Buffer.from('\ufeffsep=;\r\n' + table(';')),
    'Excel, Unicode Text': utf16(table('\t')),
    'Excel in Vietnamese, ANSI': cp1258(table(';')),
    'LibreOffice': Buffer.from(table(',').replaceAll('\r\n', '\n')),
    'decomposed accents': Buffer.from(table(',').normalize('NFD')),
  };
  for (const [name, bytes] of Object.entries(files))
    test(name, async () => {
      const sent = await upload(lan, 'Danh sách di tích.csv', bytes);
      assert.equal(sent.status, 303, sent.text);
      const { text } = await desk.as(lan).get(sent.headers.location);
      assert.deepEqual(chosen(text), { state: 'draft', 'column.0': 'key', 'column.1': 'title', 'column.2': 'address', 'column.3': 'lat', 'column.4': 'lon', 'column.5': 'rank' });
      assert.ok(text.includes('<li>Đình Thường Thạnh</li>'), text);
      const looked = await run(lan, sent.headers.location, chosen(text));
      assert.equal(looked.status, 200, looked.text);
      assert.match(looked.text, /2 di tích mới/);
      assert.doesNotMatch(looked.text, /chỗ có lỗi/);
      assert.equal(count("key LIKE 'CT-90%'"), 0);
    });
});

test('lands, is listed, and is undone as one step but for what was changed since', async () => {
  const before = count("state <> 'binned'");
  const sent = await upload(lan, 'moi.csv', Buffer.from(table(';')));
  const form = chosen((await desk.as(lan).get(sent.headers.location)).text);
  const landed = await run(lan, sent.headers.location, { ...form, state: 'in-review', land: '1' });
  assert.equal(landed.status, 303, landed.text);
  assert.match(landed.headers.location, /^\/desk\/imports\/\d+$/);
  assert.equal(count("key LIKE 'CT-90%' AND state = 'in-review'"), 2);
  assert.equal(sql(desk.data, "SELECT title FROM text JOIN site ON site.id = site_id WHERE key = 'CT-902'"), 'Chùa Phước Thạnh; cũ');
  const later = await desk.as(lan).get(sent.headers.location); // another tab, or the one that was closed
  assert.equal(later.headers.location, landed.headers.location);
  const page = await desk.as(lan).get(landed.headers.location);
  assert.equal(elementText(page.text, 'h1'), 'moi.csv');
  assert.match(page.text, /Hoàn tác cả lần nhập/);
  assert.match((await desk.as(lan).get('/desk/imports')).text, /2 di tích mới, 0 thay đổi/);
  // somebody changes one of them
  const again = await upload(minh, 'sua.csv', Buffer.from('Mã,Tên\nCT-901,Đình Thường Thạnh mới\n'));
  const changed = await run(minh, again.headers.location, { ...chosen((await desk.as(minh).get(again.headers.location)).text), land: '1' });
  assert.equal(changed.status, 303, changed.text);
  const undone = await desk.as(lan).post(`${landed.headers.location}/undo`);
  assert.equal(undone.status, 303, undone.text);
  const told = await desk.as(lan).get(landed.headers.location, { Cookie: `stele=${lan.token}; ${undone.headers['set-cookie'][0].split(';')[0]}` });
  assert.match(told.text, /1 di tích được giữ nguyên[^<]*Đình Thường Thạnh mới/);
  assert.match(told.text, /đã được hoàn tác/);
  assert.doesNotMatch((await desk.as(lan).get(landed.headers.location)).text, /đã có người sửa/); // the undo itself is nobody's change
  assert.equal(count("state <> 'binned'"), before + 1);
  await desk.as(minh).post(`${changed.headers.location}/undo`);
  assert.equal(sql(desk.data, "SELECT title FROM text JOIN site ON site.id = site_id WHERE key = 'CT-901'"), 'Đình Thường Thạnh');
});

test('an undo that leaves many sites with long names alone says so, and is no failure', async () => {
  const long = (i) => `Đình làng ${i} ${'có tên rất dài, '.repeat(14)}`.slice(0, 250).trim();
  const rows = Array.from({ length: 6 }, (_, i) => `CT-95${i},"${long(i)}",Đình`);
  const sent = await upload(lan, 'dai.csv', Buffer.from(['Mã,Tên,Loại', ...rows].join('\n')));
  const landed = await run(lan, sent.headers.location, { ...chosen((await desk.as(lan).get(sent.headers.location)).text), land: '1' });
  assert.equal(landed.status, 303, landed.text);
  const again = await upload(minh, 'sua.csv', Buffer.from(['Mã,Tên,Loại', ...rows.map((row) => row.replace('Đình làng', 'Đình thôn'))].join('\n')));
  assert.equal((await run(minh, again.headers.location, { ...chosen((await desk.as(minh).get(again.headers.location)).text), land: '1' })).status, 303);
  const undone = await desk.as(lan).post(`${landed.headers.location}/undo`);
  assert.equal(undone.status, 303, undone.text);
  const told = await desk.as(lan).get(landed.headers.location, { Cookie: `stele=${lan.token}; ${undone.headers['set-cookie'][0].split(';')[0]}` });
  assert.match(told.text, /6 di tích được giữ nguyên[^<]*Đình thôn 0 có tên[^<]*…/);
});

test('tells every bad row with line, column and reason, and lands the good ones when asked to', async () => {
  const bad = [...rows, ['CT-903', '', 'x', '', '', ''], ['CT-904', 'Miếu', 'x', '95,5', '105,1', ''], ['CT-901', 'Đình khác', 'x', '', '', '']];
  const sent = await upload(lan, 'hỏng.csv', Buffer.from(table(';', bad).replaceAll('CT-90', 'CT-80')));
  const form = chosen((await desk.as(lan).get(sent.headers.location)).text);
  const looked = await run(lan, sent.headers.location, form);
  assert.match(looked.text, /3 chỗ có lỗi/);
  assert.match(looked.text, /data-label="Dòng">4<[^]*?Thiếu tên/);
  assert.match(looked.text, /data-label="Dòng">5<[^]*?data-label="Cột">Vĩ độ<[^]*?“95,5” không phải là vĩ độ/);
  assert.match(looked.text, /data-label="Dòng">6<[^]*?Mã hồ sơ trùng với dòng 2/);
  assert.doesNotMatch(looked.text, /<(small|span) lang="en"/, 'every reason is said in Vietnamese');
  const refused = await run(lan, sent.headers.location, { ...form, land: '1' });
  assert.equal(refused.status, 200);
  assert.equal(count("key LIKE 'CT-80%'"), 0);
  const landed = await run(lan, sent.headers.location, { ...form, land: '1', skip_bad: '1' });
  assert.equal(landed.status, 303, landed.text);
  assert.equal(count("key LIKE 'CT-80%'"), 2);
});

test('the list has search and a filter that live in the address', async () => {
  const rows = async (query) => [...(await desk.as(lan).get(`/desk/imports?${query}`)).text.matchAll(/<a href="\/desk\/imports\/\d+">([^<]+)</g)].map(([, name]) => name);
  assert.deepEqual(await rows('q=moi'), ['moi.csv']);
  assert.deepEqual(await rows('q=%25'), []);
  assert.ok((await rows('format=csv')).includes('sua.csv'));
  assert.deepEqual(await rows('format=bundle'), ['sample']);
  assert.deepEqual(await rows('format=bundle&q=moi'), []);
});

// Lands a file: { look, page } are what the look and the import's page said.
async function land(person, file, text, fields = {}) {
  const sent = await upload(person, file, Buffer.from(text));
  const form = { ...chosen((await desk.as(person).get(sent.headers.location)).text), ...fields };
  const looked = await run(person, sent.headers.location, form);
  const landed = await run(person, sent.headers.location, { ...form, land: '1' });
  assert.equal(landed.status, 303, landed.text);
  return { looked: looked.text, at: landed.headers.location };
}
const menu = async (scheme) => (await desk.as(lan).get('/desk/sites/new')).text.match(new RegExp(`<select [^>]*name="${scheme}"[^]*?</select>`))[0];

test('what was undone can be imported again: out of the bin, in the chosen state, and with the same terms', async () => {
  const file = 'Mã,Tên,Loại,Quận\nK-1,Nhà Lạ Một,Loại Lạ Mới,Huyện Mới\nK-2,Nhà Lạ Hai,Loại Lạ Mới,Huyện Mới\n';
  const first = await land(lan, 'la.csv', file);
  assert.doesNotMatch(first.looked, /thùng rác<\/strong>/);
  assert.match(await menu('kind'), /Loại Lạ Mới/);
  await desk.as(lan).post(`${first.at}/undo`);
  assert.match((await desk.as(lan).get(first.at)).text, /2 mục mà lần nhập đã thêm vào danh mục cũng được bỏ đi/);
  assert.doesNotMatch(await menu('kind'), /Loại Lạ Mới/);
  assert.doesNotMatch(await menu('area'), /Huyện Mới/);
  assert.match((await desk.as(lan).get('/desk/activity')).text, /đã xóa mục Loại Lạ Mới khỏi danh mục/);
  const again = await land(lan, 'la.csv', file, { state: 'in-review' });
  assert.match(again.looked, /2 di tích thay đổi[^]*trong đó 2 di tích được lấy lại từ thùng rác/);
  assert.doesNotMatch(again.looked, /chỗ có lỗi/);
  assert.equal(count("key LIKE 'K-_' AND state = 'in-review'"), 2);
  assert.match(await menu('kind'), /Loại Lạ Mới/);
  await desk.as(lan).post(`${again.at}/undo`);
  assert.equal(count("key LIKE 'K-_' AND state = 'binned'"), 2);
  assert.doesNotMatch(await menu('kind'), /Loại Lạ Mới/);
  assert.match((await desk.as(lan).get(`/desk/sites/${sql(desk.data, "SELECT id FROM site WHERE key = 'K-1'")}`)).text, /Nhà Lạ Một/);
});

test('a term that is used since stays, and the import says so', async () => {
  const first = await land(lan, 'dung.csv', 'Mã,Tên,Loại\nD-1,Nhà Dùng,Loại Được Dùng\n');
  const second = await land(minh, 'khac.csv', 'Mã,Tên,Loại\nD-2,Nhà Khác,Loại Được Dùng\n');
  await desk.as(lan).post(`${first.at}/undo`);
  assert.match((await desk.as(lan).get(first.at)).text, /1 mục mà lần nhập đã thêm vào danh mục được giữ lại vì nay đang dùng/);
  assert.match(await menu('kind'), /Loại Được Dùng/);
  assert.equal(count("key = 'D-1' AND state = 'binned'"), 1);
  await desk.as(minh).post(`${second.at}/undo`);
});

test('GeoJSON brings sites back out of the bin as well', async () => {
  const feature = { type: 'Feature', properties: { id: 'B-1', name: 'Miếu Bin' }, geometry: { type: 'Point', coordinates: [105.7, 10.01] } };
  const file = JSON.stringify({ type: 'FeatureCollection', features: [feature] });
  const first = await land(lan, 'bin.geojson', file, { state: 'draft' });
  await desk.as(lan).post(`${first.at}/undo`);
  assert.equal(count("key = 'B-1' AND state = 'binned'"), 1);
  const again = await land(lan, 'bin.geojson', file, { state: 'draft' });
  assert.match(again.looked, /trong đó 1 di tích được lấy lại từ thùng rác/);
  assert.equal(count("key = 'B-1' AND state = 'draft'"), 1);
  await desk.as(lan).post(`${again.at}/undo`);
  assert.equal(count("key = 'B-1' AND state = 'binned'"), 1);
});

test('a translation whose original a table changes is behind it', async () => {
  const id = Number(sql(desk.data, "SELECT id FROM site WHERE slug = 'dinh-binh-thuy'"));
  sql(desk.data, `UPDATE text SET origin = 'translated', translated_from = 'vi', source_version = 1, stale = 0 WHERE site_id = ${id} AND lang = 'en'`);
  const title = sql(desk.data, `SELECT title FROM text WHERE site_id = ${id} AND lang = 'vi'`);
  const first = await land(lan, 'goc.csv', `slug,Tên,Tóm tắt\ndinh-binh-thuy,${title},Tóm tắt đã đổi.\n`);
  assert.equal(sql(desk.data, `SELECT stale FROM text WHERE site_id = ${id} AND lang = 'en'`), '1');
  assert.match((await desk.as(lan).get(`/desk/sites/${id}`)).text, /Bài gốc đã đổi từ/);
  await desk.as(lan).post(`${first.at}/undo`);
  assert.equal(sql(desk.data, `SELECT stale FROM text WHERE site_id = ${id} AND lang = 'en'`), '0');
});

test('columns are what the person says they are', async () => {
  const sent = await upload(lan, 'a.csv', Buffer.from('A,B,Tên\nX-1,Đình Một,Không phải tên\n'));
  const page = await desk.as(lan).get(sent.headers.location);
  assert.deepEqual(chosen(page.text), { state: 'draft', 'column.0': '', 'column.1': '', 'column.2': 'title' });
  const doubled = await run(lan, sent.headers.location, { 'column.0': 'title', 'column.1': 'title' });
  assert.equal(doubled.status, 422);
  assert.match(doubled.text, /Có hai cột cùng được chọn là “Tên di tích”/);
  const none = await run(lan, sent.headers.location, { 'column.0': 'key' });
  assert.match(none.text, /Chưa có cột nào được chọn là tên di tích/);
  const landed = await run(lan, sent.headers.location, { 'column.0': 'key', 'column.1': 'title', 'column.2': '', land: '1' });
  assert.equal(landed.status, 303, landed.text);
  assert.equal(sql(desk.data, "SELECT title FROM text JOIN site ON site.id = site_id WHERE key = 'X-1'"), 'Đình Một');
});

test('GeoJSON comes in as well', async () => {
  const feature = { type: 'Feature', properties: { id: 'G-1', name: 'Miếu Bà' }, geometry: { type: 'Point', coordinates: [105.7, 10.01] } };
  const sent = await upload(lan, 'diem.geojson', Buffer.from(JSON.stringify({ type: 'FeatureCollection', features: [feature] })));
  const looked = await run(lan, sent.headers.location, { state: 'draft' });
  assert.match(looked.text, /1 di tích mới/);
});

test('says plainly what is no table', async () => {
  const cases = [
    ['a.xlsx', 'PK\x03\x04rest', /tệp bảng tính/],
    ['a.csv', 'PK\x03\x04rest', /tệp bảng tính/],
    ['a.pdf', '%PDF', /CSV \(\.csv\), GeoJSON/],
    ['a.csv', '', /Hãy chọn một tệp/],
    ['bundle.json', '{}', /CSV \(\.csv\), GeoJSON/],
  ];
  for (const [file, bytes, words] of cases) {
    const answer = await upload(lan, file, Buffer.from(bytes, 'latin1'));
    assert.equal(answer.status, 422, file);
    assert.match(answer.text, words);
  }
  const broken = await upload(lan, 'a.csv', Buffer.concat([Buffer.from('tên\nĐình\n'), Buffer.from([0xff, 0x41, 0x0a])]));
  const page = await desk.as(lan).get(broken.headers.location);
  assert.equal(page.status, 422);
  assert.match(page.text, /Không đọc được tệp a\.csv/);
});

test('belongs to its person, and to those who may', async () => {
  const sent = await upload(lan, 'moi.csv', Buffer.from(table(';')));
  assert.equal((await desk.as(minh).get(sent.headers.location)).status, 404);
  assert.equal((await desk.as(minh).post(sent.headers.location, { land: '1', 'column.1': 'title' })).status, 404);
  for (const person of [novice, local]) {
    assert.equal((await upload(person, 'moi.csv', Buffer.from(table(';')))).status, 403);
    assert.equal((await desk.as(person).get('/desk/imports/new')).status, 403);
    assert.equal((await desk.as(person).post('/desk/imports/1/undo')).status, 403);
    assert.doesNotMatch((await desk.as(person).get('/desk/imports')).text, /Nhập từ tệp/);
  }
  const token = await desk.as({ ...lan, csrf: 'x' }).upload('/desk/imports/new', { lang: 'vi', file: { file: 'a.csv', bytes: Buffer.from('a') } });
  assert.equal(token.status, 403);
});

test('a look names the terms that an import would make, and asks where one looks like another', async () => {
  const sent = await upload(lan, 'moi.csv', Buffer.from('mã,tên,loại,khu vực\n'
    + 'T1,Một,Lăng đá,Quận Ninh Kiều\nT2,Hai,Đình,phường Lạ Quá\nT3,Ba,Đình,Bình Thủy\n'));
  const page = await desk.as(lan).get(sent.headers.location);
  const looked = await run(lan, sent.headers.location, chosen(page.text));
  const terms = /3 loại di tích[^]*?<\/ul>/.exec(looked.text)?.[0];
  assert.ok(terms, /<section[^]*?<\/section>/.exec(looked.text)[0]);
  assert.match(terms, /<li>Loại di tích: <b>Lăng đá<\/b><\/li>/);
  assert.match(terms, /<li>Khu vực: <b>Quận Ninh Kiều<\/b> – <em>giống “Ninh Kiều” đã có\?[^<]*“Ninh Kiều”[^<]*<\/em><\/li>/);
  assert.match(terms, /<li>Khu vực: <b>phường Lạ Quá<\/b><\/li>/);
  const many = Buffer.from(`mã,tên,khu vực\n${Array.from({ length: 70 }, (_, i) => `M${i},Số ${i},Vùng lạ ${i}`).join('\n')}\nM70,Cuối,huyện Ninh Kiều\n`);
  const second = await upload(lan, 'nhieu.csv', many);
  const matched = await desk.as(lan).get(second.headers.location);
  const named = (await run(lan, second.headers.location, chosen(matched.text))).text;
  assert.equal((named.match(/<li>Khu vực: <b>/g) ?? []).length, 50);
  assert.match(named, /<li>và 21 mục khác<\/li>/);
  assert.match(named, /<b>huyện Ninh Kiều<\/b> – <em>giống “Ninh Kiều”/);
});
