// Settings: name, languages that the running server takes over, who may publish, and the vocabularies.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request, runProgram, sleep } from './lib.mjs';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';
import { makePng, pngHead, pngSignature } from '../photos.mjs';
import { stele } from '../sample.mjs';

const end = untilEnd(after);
let desk, lan, chi;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      chi = addPerson(data, 'Chi', { role: 'admin' });
    },
  });
});

const terms = '/desk/settings/terms';
const term = (scheme, key, column = 'id') => sql(desk.data, `SELECT ${column} FROM term WHERE scheme = '${scheme}' AND key = '${key}'`);

test('are for admins alone', async () => {
  for (const target of ['/desk/settings', `${terms}/kind`, `${terms}/kind/pagoda`]) assert.equal((await desk.as(lan).get(target)).status, 403);
  for (const target of ['name', 'publish', 'languages', 'logo/remove', 'map', 'terms/kind', 'terms/kind/pagoda/delete'])
    assert.equal((await desk.as(lan).post(`/desk/settings/${target}`)).status, 403);
  assert.equal((await desk.as(chi).get(`${terms}/nothing`)).status, 404);
  assert.equal((await desk.as(chi).get(`${terms}/kind/nothing`)).status, 404);
});

test('the name is kept in each language, and visitors see it', async () => {
  const missing = await desk.as(chi).post('/desk/settings/name', { 'name[vi]': ' ', 'name[en]': 'Sites' });
  assert.equal(missing.status, 422);
  assert.match(missing.text, /Hãy ghi tên bằng ngôn ngữ đầu tiên/);
  assert.match(missing.text, /value="Sites"/);
  assert.equal((await desk.as(chi).post('/desk/settings/name', { 'name[vi]': 'Di tích thử', 'name[en]': 'Trial sites' })).status, 303);
  assert.match((await request(desk.server, '/vi/')).text, /Di tích thử/);
  assert.match((await request(desk.server, '/en/')).text, /Trial sites/);
  assert.match((await desk.as(chi).get('/desk/settings')).text, /value="Trial sites"/);
});

test('a logo stands beside the name on every page until it is removed', async () => {
  const png = makePng(640, 320);
  const at = '/desk/settings/logo';
  assert.equal((await desk.as(lan).upload(at, { logo: { file: 'logo.png', bytes: png } })).status, 403);
  for (const [bytes, words] of [
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /không phải PNG, JPEG hay WebP/],
    [Buffer.from('\0\0\0\x18ftypheic\0\0\0\0'), /không phải PNG, JPEG hay WebP/],
    [Buffer.alloc(0), /Hãy chọn một tệp hình/],
    [Buffer.concat([pngSignature, pngHead(64, 64)]), /Không mở được hình này/],
    [png.subarray(0, png.length / 2), /Không mở được hình này/],
  ]) {
    const wrong = await desk.as(chi).upload(at, { logo: { file: 'logo.png', bytes } });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, words);
    assert.match(wrong.text, /id="field-logo-problem"/);
  }
  const head = /<a class="brand"[^>]*>([\s\S]*?)<\/a>/;
  for (const target of ['/vi/', '/desk/settings']) assert.match(head.exec((await desk.as(chi).get(target)).text)[1], /^<img src="\/assets\/pictures\/icon/);
  const done = await desk.as(chi).upload(at, { logo: { file: '../lo go.png', bytes: png } });
  assert.equal(done.status, 303, done.text);
  const hash = JSON.parse(sql(desk.data, "SELECT value FROM setting WHERE name = 'logo'"));
  for (const target of ['/vi/', '/en/sites', '/vi/nowhere', '/desk/', '/desk/settings']) {
    const brand = head.exec((await desk.as(chi).get(target, { Accept: 'text/html' })).text)[1];
    assert.match(brand, new RegExp(`<source type="image/webp" srcset="/media/${hash}/320\\.webp"><img class="logo" src="/media/${hash}/320\\.jpg" alt="" width="320" height="160">`), target);
  }
  assert.match((await desk.as(chi).get('/desk/settings')).text, /class="logo-now">[\s\S]*alt="[^"]+" width="320"/);
  const served = await request(desk.server, `/media/${hash}/320.webp`);
  assert.deepEqual([served.status, served.headers['content-type']], [200, 'image/webp']);
  assert.deepEqual(await request(desk.server, '/vi/').then(({ text }) => text.includes(hash)), true);
  const check = await runProgram(stele, ['check', '--data', desk.data]);
  assert.equal(check.code, 0, check.stderr);
  assert.match((await desk.as(chi).get('/desk/activity?what=setting.')).text, /đã đổi cài đặt: Biểu trưng/);
  assert.equal((await desk.as(chi).post(`${at}/remove`)).status, 303);
  assert.match(head.exec((await request(desk.server, '/vi/')).text)[1], /^<img src="\/assets\/pictures\/icon/);
  assert.equal((await request(desk.server, `/media/${hash}/320.webp`)).status, 404);
});

test('a map background is none until it is set up, and is checked', async () => {
  const at = '/desk/settings/map';
  const stored = () => sql(desk.data, "SELECT value FROM setting WHERE name = 'map'");
  const good = { tiles: 'https://tile.openstreetmap.org/{z}/{x}/{y}.png', attribution: '© OpenStreetMap contributors', max_zoom: '19' };
  assert.equal(stored(), '');
  for (const [change, words] of [
    [{ tiles: 'http://tile.example.org/{z}/{x}/{y}.png' }, /bắt đầu bằng https:/],
    [{ tiles: 'https://tile.example.org/{z}/{x}.png' }, /bắt đầu bằng https:/],
    [{ tiles: 'https://{s}.example.org/{z}/{x}/{y}.png' }, /bắt đầu bằng https:/],
    [{ attribution: ' ' }, /Hãy ghi bản đồ là của ai/],
    [{ max_zoom: '23' }, /một số từ 1 đến 22/],
    [{ max_zoom: 'x' }, /một số từ 1 đến 22/],
  ]) {
    const wrong = await desk.as(chi).post(at, { ...good, ...change });
    assert.equal(wrong.status, 422, JSON.stringify(change));
    assert.match(wrong.text, words);
    assert.match(wrong.text, new RegExp(`name="${Object.keys(change)[0]}"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*name="${Object.keys(change)[0]}"`));
    const typed = Object.entries({ ...good, ...change }).every(([, value]) => wrong.text.includes(`value="${value.trim()}"`) || !value.trim());
    assert.ok(typed, 'what was typed is lost');
    assert.equal(stored(), '');
  }
  assert.equal((await desk.as(chi).post(at, good)).status, 303);
  assert.deepEqual(JSON.parse(stored()), { tiles: good.tiles, attribution: good.attribution, max_zoom: 19 });
  const page = (await desk.as(chi).get('/desk/settings')).text;
  for (const value of Object.values(good)) assert.ok(page.includes(`value="${value}"`), value);
  assert.equal((await desk.as(chi).post(at, { tiles: '', attribution: '', max_zoom: '' })).status, 303);
  assert.equal(stored(), 'null');
});

test('new editors may publish or not, as set', async () => {
  const ticked = async () => / name="publish"[^>]* checked/.test((await desk.as(chi).get('/desk/accounts/add')).text);
  assert.equal(await ticked(), true);
  assert.equal((await desk.as(chi).post('/desk/settings/publish', {})).status, 303);
  assert.equal(await ticked(), false);
  assert.equal((await desk.as(chi).post('/desk/settings/publish', { publish: '1' })).status, 303);
  assert.equal(await ticked(), true);
});

test('a long vocabulary is searched, and shown in pages that the buttons come back to', async (t) => {
  const values = Array.from({ length: 60 }, (_, i) => `('area', 'xa-${i}', '{"vi":"Xã Thử ${i}","en":"Trial commune ${i}"}', ${100 + i})`);
  sql(desk.data, `INSERT INTO term (scheme, key, labels, position) VALUES ${values.join(',')}`);
  t.after(() => sql(desk.data, "DELETE FROM term WHERE key LIKE 'xa-%'"));
  const list = async (query) => {
    const { status, text } = await desk.as(chi).get(`${terms}/area${query}`);
    assert.equal(status, 200);
    return { keys: [...text.matchAll(/<a href="\/desk\/settings\/terms\/area\/([\w-]+)">/g)].map((m) => m[1]), next: /rel="next" href="([^"]*)"/.exec(text)?.[1].replaceAll('&amp;', '&'), text };
  };
  const all = sql(desk.data, "SELECT key FROM term WHERE scheme = 'area' ORDER BY position, id").split('\n');
  const seen = [];
  for (let page = await list(''); ; page = await list(page.next.slice(`${terms}/area`.length))) {
    assert.ok(page.keys.length <= 24);
    seen.push(...page.keys);
    if (!page.next) break;
  }
  assert.deepEqual(seen, all);
  for (const q of ['xa thu 7', 'TRIAL COMMUNE 7']) assert.deepEqual((await list(`?q=${encodeURIComponent(q)}`)).keys, ['xa-7'], q);
  assert.match((await list('?q=%25')).text, /Không tìm thấy mục nào/);
  assert.doesNotMatch((await list('?q=xa')).text, /\/up"/);
  const second = await list('?page=2');
  const [, back] = /name="back" value="([^"]*)"/.exec(second.text);
  assert.equal(back, `${terms}/area?page=2`);
  const moved = await desk.as(chi).post(`${terms}/area/${second.keys[3]}/up`, { back });
  assert.equal(moved.headers.location, back);
  assert.equal((await desk.as(chi).post(`${terms}/area/${second.keys[3]}/up`, { back: '/desk/accounts' })).headers.location, `${terms}/area`);
});

test('a term is added, renamed, moved, and deleted while nothing uses it', async () => {
  const added = await desk.as(chi).post(`${terms}/area`, { 'label[vi]': 'Phường Thử Nghiệm', 'label[en]': 'Trial ward', parent: '' });
  assert.equal(added.status, 303, added.text);
  assert.equal(term('area', 'phuong-thu-nghiem', "json_extract(labels, '$.en')"), 'Trial ward');
  const district = sql(desk.data, "SELECT key FROM term WHERE scheme = 'area' ORDER BY position, id LIMIT 1");
  const at = `${terms}/area/phuong-thu-nghiem`;
  assert.equal((await desk.as(chi).post(at, { 'label[vi]': 'Phường Mới', 'label[en]': '', parent: district })).status, 303);
  assert.equal(term('area', 'phuong-thu-nghiem', "labels || parent_id"), `{"vi":"Phường Mới"}${term('area', district)}`);
  const circle = await desk.as(chi).post(`${terms}/area/${district}`, { 'label[vi]': 'Quận', parent: 'phuong-thu-nghiem' });
  assert.equal(circle.status, 422);
  assert.match(circle.text, /không thể nằm trong chính nó/);
  const order = () => sql(desk.data, "SELECT group_concat(key, ' ') FROM (SELECT key FROM term WHERE scheme = 'area' ORDER BY position, id)").split(' ');
  const before = order();
  assert.equal((await desk.as(chi).post(`${at}/up`)).status, 303);
  assert.deepEqual(order().slice(-2), before.slice(-2).reverse());
  assert.equal((await desk.as(chi).post(`${terms}/area/${district}/delete`)).status, 409);
  assert.equal((await desk.as(chi).post(`${at}/delete`)).status, 303);
  assert.equal(term('area', 'phuong-thu-nghiem'), '');
});

test('a term in use is merged into another: sites keep their history, nothing is lost', async () => {
  const slug = 'dinh-binh-thuy';
  const id = siteId(desk.data, slug);
  const from = sql(desk.data, `SELECT a.key FROM site s JOIN term a ON a.id = s.area_id WHERE s.id = ${id}`);
  const into = sql(desk.data, `SELECT key FROM term WHERE scheme = 'area' AND key <> '${from}' ORDER BY id LIMIT 1`);
  const version = Number(sql(desk.data, `SELECT version FROM site WHERE id = ${id}`));
  const count = Number(sql(desk.data, `SELECT count(*) FROM site WHERE area_id = ${term('area', from)}`));
  const none = await desk.as(chi).post(`${terms}/area/${from}/merge`, { into: '' });
  assert.equal(none.status, 422);
  const answer = await desk.as(chi).post(`${terms}/area/${from}/merge`, { into });
  assert.equal(answer.status, 303, answer.text);
  assert.equal(term('area', from), '');
  assert.equal(sql(desk.data, `SELECT a.key FROM site s JOIN term a ON a.id = s.area_id WHERE s.id = ${id}`), into);
  assert.equal(Number(sql(desk.data, `SELECT version FROM site WHERE id = ${id}`)), version + 1);
  assert.equal(Number(sql(desk.data, `SELECT count(*) FROM revision WHERE account_id = ${chi.id} AND subject = 'site'`)), count);
  const kind = sql(desk.data, `SELECT k.key FROM site s JOIN term k ON k.id = s.kind_id WHERE s.id = ${id}`);
  assert.equal((await desk.as(chi).post(`${terms}/kind/${kind}/merge`, { into: kind })).status, 422);
  assert.match((await desk.as(chi).get('/desk/activity?what=term.')).text, /đã gộp mục Bình Thủy vào /);
});

test('says when pages have no words of their own in a language, and marks the words of others', async () => {
  const added = async (tag) => {
    const answer = await desk.as(chi).post('/desk/settings/languages', { tag });
    assert.equal(answer.status, 303, tag);
    const flash = answer.headers['set-cookie'].find((line) => line.startsWith('stele-flash=') || /flash/.test(line)).split(';')[0];
    return (await desk.as(chi).get('/desk/settings', { Cookie: `stele=${chi.token}; ${flash}` })).text;
  };
  const page = await added('ar');
  assert.match(page, /class="flash warning"[\s\S]{0,200}Nút và tiêu đề trên trang khách chưa có bằng tiếng này/);
  assert.equal([...page.matchAll(/class="unspoken"/g)].length, 1);
  assert.match(page, /<option value="km">/);
  assert.match(page, /<input id="field-name_ar"[^>]* lang="ar" dir="auto"/);
  const id = siteId(desk.data, 'chua-ong');
  sql(desk.data, `INSERT INTO text (site_id, lang, title, summary, body, updated_at) SELECT site_id, 'ar', 'معبد', 'معبد قديم', 'نص', updated_at FROM text WHERE site_id = ${id} AND lang = 'vi'`);
  const of = async (target) => {
    for (let i = 0; i < 200; i++) {
      const answer = await request(desk.server, target).catch(() => ({ status: 0 }));
      if (answer.status === 200) return answer.text;
      await sleep(50);
    }
    throw new Error(target);
  };
  const arabic = await of('/ar/sites/chua-ong');
  assert.match(arabic, /<html lang="vi" dir="ltr"/, 'the words around are Vietnamese');
  assert.match(arabic, /<h1 lang="ar" dir="rtl">معبد/);
  assert.match(arabic, /<div class="story" lang="ar" dir="rtl">/);
  assert.match(await of('/vi/sites/chua-ong'), /<h1>Chùa Ông/);
  const english = await of('/en/');
  assert.match(english, /<html lang="en" dir="ltr"/);
  await desk.as(chi).post('/desk/settings/languages', { off: 'ar' });
  sql(desk.data, "DELETE FROM text WHERE lang = 'ar'");
});

test('the running server takes over changed languages', async () => {
  assert.equal((await request(desk.server, '/km/')).status, 404);
  for (const [tag, words] of [['EN', /Chưa biết ngôn ngữ này/], ['xx', /Chưa biết ngôn ngữ này/], ['km-x1', /Chưa biết ngôn ngữ này/], ['zh-hantt', /Chưa biết ngôn ngữ này/], ['en', /đang dùng rồi/]]) {
    const wrong = await desk.as(chi).post('/desk/settings/languages', { tag });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, words);
  }
  assert.equal((await desk.as(chi).post('/desk/settings/languages', { tag: 'km' })).status, 303);
  assert.equal((await desk.as(chi).get('/desk/settings')).status, 200); // the page after the change is still shown
  const status = async (target) => (await request(desk.server, target).catch(() => ({ status: 0 }))).status;
  const becomes = async (target, wanted) => {
    for (let i = 0; i < 200 && (await status(target)) !== wanted; i++) await sleep(50);
    assert.equal(await status(target), wanted, target);
  };
  await becomes('/km/', 200);
  assert.equal((await desk.as(chi).post('/desk/settings/languages', { up: 'en' })).status, 303);
  assert.equal(sql(desk.data, "SELECT group_concat(tag, ' ') FROM (SELECT tag FROM language WHERE enabled ORDER BY position)"), 'en vi km');
  await desk.as(chi).post('/desk/settings/languages', { up: 'vi' });
  const refused = await desk.as(chi).post('/desk/settings/languages', { off: 'vi' });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /Ngôn ngữ mặc định không tắt được/);
  const enabled = () => sql(desk.data, "SELECT group_concat(tag, ' ') FROM (SELECT tag FROM language WHERE enabled ORDER BY position)");
  const off = await desk.as(chi).post('/desk/settings/languages', { off: 'en' });
  assert.equal(enabled(), 'vi km');
  const undo = JSON.parse(Buffer.from(off.headers['set-cookie'][0].split(';')[0].split('=')[1], 'base64url')).v.undo;
  for (let i = 0; i < 2; i++) assert.equal((await desk.as(chi).post(undo)).status, 303); // a second press changes nothing
  assert.equal(enabled(), 'vi en km');
  assert.equal((await desk.as(chi).post('/desk/settings/languages/xx/on/1')).status, 404);
  assert.equal((await desk.as(chi).post('/desk/settings/languages', { off: 'km' })).status, 303);
  await becomes('/km/', 404);
  await becomes('/vi/', 200);
  assert.equal(sql(desk.data, "SELECT group_concat(tag, ' ') FROM (SELECT tag FROM language WHERE enabled ORDER BY position)"), 'vi en');
});
