// The desk's first page: what waits for whom, each with a way to a list of just that; calm when nothing does.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';

const end = untilEnd(after);
let desk, chi, lan, novice, tu, local;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      chi = addPerson(data, 'Chi', { role: 'admin' });
      lan = addPerson(data, 'Lan');
      novice = addPerson(data, 'Tập sự', { mayPublish: false });
      tu = addPerson(data, 'Tú', { role: 'field' });
      local = addPerson(data, 'Ô Môn', { areas: ['o-mon'] });
      sql(data, "UPDATE plate SET state = 'installed'");
    },
  });
});

const home = async (person) => (await desk.as(person).get('/desk/')).text;
const matters = async (person) =>
  [...(await home(person)).matchAll(/<li( class="red")?><span class="what">([^<]*)<\/span> <a class="button" href="([^"]*)">/g)].map(([, red, sentence, href]) => ({ red: Boolean(red), sentence, href: href.replaceAll('&amp;', '&') }));
const rowsAt = async (person, href) => Number(/Có ([\d.]+) /.exec((await desk.as(person).get(href)).text)[1]);

test('is calm when nothing waits, but for the admin whose work is not backed up', async () => {
  assert.deepEqual(await matters(lan), []);
  assert.match(await home(lan), /Không có việc nào đang chờ bạn/);
  const [only, ...more] = await matters(chi);
  assert.deepEqual(more, []);
  assert.equal(only.red, true);
  assert.match(only.sentence, /Chưa có bản sao lưu nào/);
  assert.equal(only.href, '/desk/backups');
  assert.doesNotMatch(await home(chi), /Không có việc nào/);
});

test('a text goes to review and back with a word, and each reads whose it is', async () => {
  const form = { languages: 'vi en', version: 0, original: 'vi', kind: 'temple', 'text.vi.title': 'Cầu ván Rạch Gốc', do: 'submit' };
  const made = await desk.as(novice).post('/desk/sites/new', form);
  assert.equal(made.status, 303, made.text);
  const at = made.headers.location;
  assert.match(await home(lan), /Cầu ván Rạch Gốc<\/a> <small>Tập sự, <time/);
  assert.match(await home(novice), /Bài bạn đang viết[^]*Cầu ván Rạch Gốc<\/a> <small>chờ duyệt,/);
  assert.doesNotMatch(await home(lan), /Bài bạn đang viết/);
  assert.match((await desk.as(lan).get(at)).text, /Tập sự gửi duyệt, vừa xong/);
  const returned = { ...form, version: 1, do: 'return', return_word: 'Xin ghi năm dựng' };
  assert.equal((await desk.as(lan).post(at, { ...returned, return_word: 'ơ'.repeat(1001) })).status, 422);
  assert.equal((await desk.as(lan).post(at, returned)).status, 303);
  assert.match(await home(novice), /Cầu ván Rạch Gốc<\/a> <small>Lan đã trả về với lời nhắn: “Xin ghi năm dựng”/);
  assert.match((await desk.as(novice).get(at)).text, /Lan đã trả bài này về bản nháp, vừa xong, với lời nhắn: “Xin ghi năm dựng”/);
  assert.equal((await desk.as(novice).post(at, { ...form, version: 2 })).status, 303);
  assert.doesNotMatch(await home(novice), /Xin ghi năm dựng/);
  assert.equal((await desk.as(lan).post(at, { ...form, version: 3, do: 'anyway:publish' })).status, 303);
  assert.doesNotMatch(await home(novice), /Bài bạn đang viết/);
  const told = (await desk.as(chi).get('/desk/activity?what=site.&per=20')).text;
  for (const sentence of ['<strong>Tập sự</strong> đã gửi duyệt di tích Cầu ván', '<strong>Lan</strong> đã chuyển di tích Cầu ván Rạch Gốc về bản nháp', '<strong>Lan</strong> đã đăng di tích Cầu ván']) assert.ok(told.includes(sentence), sentence);
  assert.equal((await desk.as(lan).post(`${at}/bin`)).status, 303);
  assert.equal((await desk.as(lan).post(`${at}/restore`)).status, 303);
  const later = (await desk.as(chi).get('/desk/activity?what=site.&per=20')).text;
  for (const sentence of ['đã bỏ di tích Cầu ván Rạch Gốc vào thùng rác', 'đã lấy di tích Cầu ván Rạch Gốc ra khỏi thùng rác']) assert.ok(later.includes(sentence), sentence);
  assert.equal((await desk.as(lan).post(`${at}/bin`)).status, 303);
});

test('counts what one may open, and nothing else', async () => {
  const tiles = async (person) => [...(await home(person)).matchAll(/<li><a href="([^"]*)"><b>([\d.]+)<\/b> <span>([^<]*)/g)].map(([, href, count]) => [href, Number(count)]);
  for (const person of [chi, lan, local, tu])
    for (const [href, count] of await tiles(person)) {
      const answer = await desk.as(person).get(href);
      assert.equal(answer.status, 200, href);
      assert.equal(Number(/Có ([\d.]+) /.exec(answer.text)?.[1] ?? 0), count, `${person.name}: ${href}`);
    }
  assert.ok((await tiles(tu)).every(([href]) => href.startsWith('/desk/plates?state=')));
  assert.ok((await tiles(local))[2][1] < (await tiles(lan))[2][1]);
});

test('a fresh backup is silent, one older than a week is not', async () => {
  assert.equal((await desk.as(chi).post('/desk/backups')).status, 303);
  assert.deepEqual(await matters(chi), []);
  const folder = path.join(desk.data, 'backups');
  const [file] = fs.readdirSync(folder).filter((name) => name.endsWith('.tar'));
  const old = (Date.now() - 8 * 86400 * 1000) / 1000;
  fs.utimesSync(path.join(folder, file), old, old);
  const [only] = await matters(chi);
  assert.equal(only?.red, true);
  assert.match(only.sentence, /Đã quá bảy ngày/);
  const now = Date.now() / 1000;
  fs.utimesSync(path.join(folder, file), now, now);
});

test('plates and translations that wait lead to lists of just those, within one’s areas', async () => {
  const codes = sql(desk.data, 'SELECT code FROM plate ORDER BY code LIMIT 5').split('\n');
  sql(desk.data, `UPDATE plate SET state = 'damaged' WHERE code IN ('${codes.slice(0, 3).join("','")}')`);
  sql(desk.data, `UPDATE plate SET state = 'printed' WHERE code IN ('${codes.slice(3).join("','")}')`);
  sql(desk.data, `UPDATE text SET stale = 1 WHERE lang = 'en' AND site_id = ${siteId(desk.data, 'dinh-binh-thuy')}`);
  const seen = await matters(lan);
  assert.deepEqual(seen.map(({ sentence }) => sentence), ['Có 3 bảng được báo là hư hỏng.', 'Có 2 bảng đã in, chờ gắn.', 'Có 1 di tích với bản dịch chưa theo kịp bản gốc.']);
  assert.deepEqual(await Promise.all(seen.map(({ href }) => rowsAt(lan, href))), [3, 2, 1]);
  assert.match((await desk.as(lan).get(seen[2].href)).text, /Đình Bình Thủy/);
  assert.deepEqual((await matters(tu)).map(({ href }) => href), ['/desk/plates?state=damaged', '/desk/plates?state=printed']); // no texts for who has plates alone
  const inside = Number(sql(desk.data, "SELECT count(*) FROM plate p JOIN site s ON s.id = p.site_id JOIN term a ON a.id = s.area_id WHERE p.state IN ('damaged', 'printed') AND a.key = 'o-mon'"));
  const limited = (await matters(local)).filter(({ href }) => href.startsWith('/desk/plates'));
  assert.equal((await Promise.all(limited.map(({ href }) => rowsAt(local, href)))).reduce((a, b) => a + b, 0), inside);
  sql(desk.data, "UPDATE plate SET state = 'installed'; UPDATE text SET stale = 0");
});

test('a failed batch stands in red, for who makes batches', async () => {
  sql(desk.data, "INSERT INTO batch (name, state, job, created_at) VALUES ('Đợt thử', 'failed', '{}', 1)");
  const [only] = await matters(lan);
  assert.deepEqual(only, { red: true, sentence: 'Có 1 đợt in chưa tạo được tệp cho nhà in.', href: '/desk/batches?state=failed' });
  assert.deepEqual(await matters(tu), []);
  sql(desk.data, "DELETE FROM batch WHERE name = 'Đợt thử'");
});

test('counting stops where it grows dear', async () => {
  sql(desk.data, `INSERT INTO plate (code, site_id, state, place, created_at, updated_at)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
    SELECT printf('z%07d', i), (SELECT min(id) FROM site), 'damaged', '', 1, 1 FROM n`);
  assert.equal((await matters(lan))[0].sentence, 'Có hơn 1.000 bảng được báo là hư hỏng.');
  sql(desk.data, "UPDATE plate SET state = 'installed'");
});

test('who may publish is shown what waits for that, with a link to all of it', async () => {
  sql(desk.data, `UPDATE site SET state = 'in-review' WHERE id = ${siteId(desk.data, 'chua-ong')}`);
  assert.match(await home(lan), /Có 1 bài đang chờ được duyệt[^]*href="\/desk\/sites\?state=in-review"/);
  assert.doesNotMatch(await home(novice), /đang chờ được duyệt/);
  assert.doesNotMatch(await home(local), /đang chờ được duyệt/); // it lies elsewhere
  sql(desk.data, "UPDATE site SET state = 'published'");
});
