// The visitor's room through the real program: every page, what it says about itself, and what is counted.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import path from 'node:path';
import zlib from 'node:zlib';
import { after, before, describe, test } from 'node:test';
import { request, runProgram, sleep, startServer } from './lib.mjs';
import { elementText, newFolder, sampleTitle, stele } from '../sample.mjs';
import { codes, photos, writeBundle, writeRenaming } from '../visitor_bundle.mjs';

const base = 'https://di-tich.example';
const folder = newFolder({ after });
const data = path.join(folder, 'data');
const words = (code) => `${code.slice(0, 4)}-${code.slice(4)}`.toUpperCase();
const sampleCode = 'z90hx5pc'; // chua-hoi-linh
const hashes = photos.map((bytes) => createHash('sha256').update(bytes).digest('hex'));

async function importBundle(bundle) {
  const { code, stdout, stderr } = await runProgram(stele, ['import', '--data', data, bundle]);
  assert.equal(code, 0, stdout + stderr);
}

let server;
before(async () => {
  writeBundle(path.join(folder, 'bundle'));
  writeRenaming(path.join(folder, 'renaming'));
  await importBundle(path.join(folder, 'bundle'));
  await importBundle(path.join(folder, 'renaming'));
  server = await startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--base-url', base]);
});
after(async () => {
  const { code } = await server.stop();
  assert.equal(code, 0, server.log());
});

const get = (target, headers = {}, method = 'GET') => request(server, target, { headers, method });

async function page(target, status = 200, headers = {}) {
  const answer = await get(target, headers);
  assert.equal(answer.status, status, `${target}: ${answer.text.slice(0, 300)}`);
  assert.match(answer.headers['content-type'], /^text\/html; charset=utf-8$/);
  check(answer.text, target);
  return answer;
}

// What holds for every page.
function check(html, target) {
  assert.match(html, /^<!doctype html>\n<html lang="[a-z-]+" dir="ltr"/, target);
  assert.equal((html.match(/<h1\b/g) ?? []).length, 1, `${target}: one h1`);
  assert.equal((html.match(/<main\b/g) ?? []).length, 1, `${target}: one main`);
  assert.match(html, /<a class="skip" href="#main">/, target);
  assert.doesNotMatch(html, /\{\{|\}\}/, `${target}: a tag of the template is left`);
  assert.doesNotMatch(html, /<(?:script|style)>|\son\w+=|\sstyle=/, `${target}: nothing inline`);
  assert.doesNotMatch(html, /(?:src|<link rel="stylesheet" href)="https?:/, `${target}: nothing from elsewhere`);
  const levels = [...html.matchAll(/<h([1-6])\b/g)].map((m) => Number(m[1]));
  levels.reduce((above, level) => {
    assert.ok(level <= above + 1, `${target}: a heading of level ${level} below ${above}`);
    return level;
  }, 0);
  for (const [tag] of html.matchAll(/<img\b[^>]*>/g)) assert.match(tag, / alt="/, `${target}: ${tag}`);
  // A message that no locale has is written as its key.
  assert.doesNotMatch(html.replace(/<[^>]*>/g, ' '), /(?:^|\s)(?:page|site|home|list|search|plate|tour|error|gone|language)\.[a-z_]+(?:\s|$)/, target);
}

const attribute = (html, pattern) => pattern.exec(html)?.[1];

describe('home', () => {
  test('speaks the language that was asked for, without a redirect', async () => {
    const vi = await page('/', 200, { 'accept-language': 'vi' });
    const en = await page('/', 200, { 'accept-language': 'en-GB,en;q=0.9' });
    assert.match(vi.text, /<html lang="vi"/);
    assert.match(en.text, /<html lang="en"/);
    assert.equal(en.headers['content-location'], '/en/');
    assert.match(en.headers.vary, /Accept-Language/);
    assert.match(en.headers.vary, /Cookie/);
    assert.equal(elementText(en.text, 'h1'), 'Historical sites of Cần Thơ');
  });
  test('counts the published sites by kind and area, and links to the lists', async () => {
    const { text } = await page('/vi/');
    assert.match(text, /28 di tích/);
    assert.match(text, /<a href="\/vi\/sites\?kind=khmer-pagoda"><span>Chùa Khmer<\/span> <span class="count">2</);
    assert.match(text, /<a href="\/vi\/sites\?area=binh-thuy"><span>Bình Thủy<\/span> <span class="count">\d+</);
    assert.match(text, /href="\/vi\/tours\/ben-ninh-kieu"/);
    assert.equal((text.match(/<li class="card">/g) ?? []).length, 6);
    assert.doesNotMatch(text, /Bản nháp|Nơi đã rút/);
  });
  test('answers with and without the slash', async () => {
    assert.equal((await page('/vi')).headers['content-location'], '/vi/');
  });
});

describe('list', () => {
  test('is cut into pages that link to each other', async () => {
    const first = await page('/vi/sites');
    assert.equal((first.text.match(/<li class="card">/g) ?? []).length, 24);
    assert.match(first.text, /<a href="\/vi\/sites\?page=2" rel="next">/);
    assert.doesNotMatch(first.text, /rel="prev"/);
    const second = await page('/vi/sites?page=2');
    assert.equal((second.text.match(/<li class="card">/g) ?? []).length, 4);
    assert.match(second.text, /<a href="\/vi\/sites" rel="prev">/);
    assert.doesNotMatch(second.text, /rel="next"/);
    const titles = [...`${first.text}${second.text}`.matchAll(/<h3[^>]*>([^<]*)</g)].map((m) => m[1]);
    assert.equal(new Set(titles).size, 28);
  });
  test('is narrowed to a kind, an area, both', async () => {
    const kind = await page('/en/sites?kind=khmer-pagoda');
    assert.equal(elementText(kind.text, 'h1'), 'Khmer pagoda');
    assert.equal((kind.text.match(/<li class="card">/g) ?? []).length, 2);
    assert.match(kind.text, /<option value="khmer-pagoda" selected>/);
    const wide = await page('/vi/sites?area=can-tho');
    assert.match(wide.text, /<option value="can-tho" selected>/);
    assert.ok((wide.text.match(/<li class="card">/g) ?? []).length === 24);
    const both = await page('/vi/sites?kind=khmer-pagoda&area=o-mon&page=');
    assert.equal(attribute(both.text, /rel="canonical" href="([^"]*)"/), `${base}/vi/sites?kind=khmer-pagoda&amp;area=o-mon`);
    const none = await page('/vi/sites?kind=tomb&area=cai-rang');
    assert.match(none.text, /Không có di tích nào như vậy/);
  });
  test('says that a kind, an area or a page is not there', async () => {
    for (const query of ['kind=nothing', 'area=nowhere', 'page=3', 'page=0', 'page=-1', 'page=x', 'page=99999999999'])
      await page(`/vi/sites?${query}`, 404);
  });
  test('takes no part of what the address does not declare', async () => {
    await page('/vi/sites?utm_source=x');
    assert.equal(attribute((await page('/vi/sites?utm_source=y')).text, /data-address="([^"]*)"/), '/vi/sites');
  });
});

describe('a site', () => {
  test('holds its title, story, facts, sources and place in order', async () => {
    for (const lang of ['vi', 'en']) {
      const { text, headers } = await page(`/${lang}/sites/dinh-binh-thuy`);
      assert.equal(elementText(text, 'h1'), sampleTitle('dinh-binh-thuy', lang));
      assert.equal(headers['content-language'], lang);
      const order = ['class="hero', '<h1', 'class="rank"', 'class="languages"', 'class="lead"', '<h2>', 'class="periods"', 'class="facts"',
        'class="sources"', 'class="addresses"', 'id="near"', 'class="tour-way"', 'class="colophon"'];
      const places = order.map((part) => text.indexOf(part));
      assert.deepEqual([...places].sort((a, b) => a - b), places, `${lang}: ${places}`);
      assert.ok(places[0] > 0);
    }
  });
  test('tells search engines and previews what it is', async () => {
    const { text } = await page('/en/sites/dinh-binh-thuy');
    assert.equal(attribute(text, /<title>([^<]*)</), 'Bình Thủy Communal House – Historical sites of Cần Thơ');
    assert.equal(attribute(text, /rel="canonical" href="([^"]*)"/), `${base}/en/sites/dinh-binh-thuy`);
    assert.match(text, new RegExp(`hreflang="vi" href="${base}/vi/sites/dinh-binh-thuy"`));
    assert.match(text, /<meta name="description" content="The communal house/);
    assert.match(attribute(text, /property="og:image" content="([^"]*)"/), new RegExp(`^${base}/assets/pictures/communal-house\\.[0-9a-f]{12}\\.svg$`));
    assert.doesNotMatch(text, /name="robots"/);
  });
  test('numbers its sources where facts cite them', async () => {
    const { text } = await page('/vi/sites/dinh-binh-thuy');
    const cited = [...text.matchAll(/href="#source-(\d+)"/g)].map((m) => Number(m[1]));
    assert.ok(cited.length > 8);
    for (const number of cited) assert.match(text, new RegExp(`<li id="source-${number}">`));
    assert.match(text, /<li id="source-1"><a class="out" href="https:\/\/vietnamnet\.vn\//);
  });
  test('shows dates, addresses of several times and a way to maps', async () => {
    const { text } = await page('/vi/sites/dinh-binh-thuy');
    assert.match(text, /<span class="when">29 tháng 11 năm 1852<\/span>/);
    assert.ok(text.indexOf('từ tháng 7 năm 2025') < text.indexOf('quận Bình Thủy'));
    assert.match(text, /href="geo:10\.072730,105\.752467"/);
    assert.match(text, /href="https:\/\/www\.openstreetmap\.org\/\?mlat=10\.072730&amp;mlon=105\.752467#/);
    assert.match(text, /cách \d+ m|cách \d+,\d km/);
    assert.match((await page('/en/sites/dinh-binh-thuy')).text, /\d+\.\d km away/);
  });
  test('links to its neighbours on a tour', async () => {
    const { text } = await page('/vi/sites/dinh-binh-thuy');
    assert.match(text, /<a href="\/vi\/sites\/chua-nam-nha" rel="prev">/);
    assert.match(text, /<a href="\/vi\/sites\/nha-co-binh-thuy" rel="next">/);
    assert.match(text, /điểm 4 trên 5/);
  });
  test('stands in a drawing of its kind for a photo, and says so', async () => {
    const { text } = await page('/vi/sites/kham-lon-can-tho');
    assert.match(text, /<img src="\/assets\/pictures\/prison\.[0-9a-f]{12}\.svg" alt="Tranh minh họa loại hình: Nhà tù" width="960" height="540"/);
    assert.match(text, /không phải ảnh của di tích/);
  });
  test('shows photos with alt, caption, credit and size', async () => {
    const { text } = await page('/vi/sites/nha-co-anh');
    assert.match(text, new RegExp(`<img src="/media/${hashes[0]}/320.jpg" srcset="/media/${hashes[0]}/320.jpg 64w" sizes="[^"]*" alt="Cổng đình nhìn từ rạch" width="64" height="48"`));
    assert.match(text, /Ảnh: Nguyễn Văn A · CC BY 4\.0/);
    assert.match(text, new RegExp(`class="gallery">[\\s\\S]*<img src="/media/${hashes[1]}/320.jpg"[^>]* alt="Mái đình"`));
    assert.match(text, /Kiểm tra lần cuối: 12 tháng 5 năm 2026, Ban quản lý di tích\./);
    assert.match(text, /Mở cửa từ 7 đến 17 giờ/);
    assert.match(text, /sai số khoảng 30 m/);
  });
  test('escapes what people wrote', async () => {
    const { text } = await page('/vi/sites/nha-co-anh');
    assert.match(text, /<h1>Nhà có ảnh &amp; &lt;dấu&gt;<\/h1>/);
    assert.match(text, /content="Tóm tắt có &quot;ngoặc&quot; &amp; dấu &lt;\."/);
    assert.doesNotMatch(text, /<script>|alert\(1\)<\/script>/);
    assert.match(text, /<a href="https:\/\/example\.org\/" rel="noopener nofollow">/);
  });
  test('says when it is not there in the language, and marks what is foreign', async () => {
    const { text } = await page('/en/sites/nha-co-anh');
    assert.match(text, /<html lang="en"/);
    assert.match(text, /not yet available in English; it is shown in Vietnamese/);
    assert.match(text, /<h1 lang="vi" dir="ltr">/);
    assert.match(text, /<div class="story" lang="vi" dir="ltr">/);
    assert.match(text, /<figcaption lang="vi" dir="ltr">/);
    assert.equal(attribute(text, /rel="canonical" href="([^"]*)"/), `${base}/vi/sites/nha-co-anh`);
    assert.doesNotMatch(text, /rel="alternate" hreflang="en"/);
    assert.doesNotMatch((await page('/vi/sites/nha-co-anh')).text, /class="note"| lang="en"(?! rel)/);
  });
  test('marks machine translations and old ones, and leads to the original', async () => {
    const { text } = await page('/en/sites/may-dich');
    assert.match(text, /A machine translation that nobody has checked/);
    assert.match(text, /The original was changed after this translation/);
    assert.match(text, /<a href="\/vi\/sites\/may-dich" hreflang="vi">/);
    assert.doesNotMatch((await page('/vi/sites/may-dich')).text, /class="note"/);
  });
  test('sends an old slug to the new one', async () => {
    const answer = await get('/en/sites/nhac-lang');
    assert.equal(answer.status, 301);
    assert.equal(answer.headers.location, '/en/sites/nha-co-anh');
  });
  test('is 410 when withdrawn, 404 when not published or never there', async () => {
    assert.match((await page('/vi/sites/da-rut', 410)).text, /Trang này đã được gỡ/);
    assert.match((await page('/en/sites/da-rut', 410)).text, /withdrawn/);
    for (const slug of ['ban-nhap', 'never-there', 'Dinh-Binh-Thuy', "'; drop table site;--"])
      await page(`/vi/sites/${encodeURIComponent(slug)}`, 404);
  });
  test('keeps below 30 KB with its style, as sent', async () => {
    const { body, text } = await page('/vi/sites/dinh-binh-thuy');
    const sheet = await get(attribute(text, /rel="stylesheet" href="([^"]*)"/));
    assert.equal(sheet.status, 200);
    assert.ok(zlib.gzipSync(body).length + zlib.gzipSync(sheet.body).length < 20_000);
  });
});

describe('a plate', () => {
  test('answers with the page itself, in the language of the phone', async () => {
    for (const [lang, accept] of [['vi', 'vi-VN,vi;q=0.9'], ['en', 'en-US,en;q=0.8'], ['vi', 'km']]) {
      const answer = await page(`/${sampleCode}`, 200, { 'accept-language': accept });
      assert.equal(elementText(answer.text, 'h1'), sampleTitle('chua-hoi-linh', lang));
      assert.equal(answer.headers['content-location'], `/${lang}/sites/chua-hoi-linh`);
      assert.equal(attribute(answer.text, /data-address="([^"]*)"/), `/${lang}/sites/chua-hoi-linh`);
      assert.equal(attribute(answer.text, /rel="canonical" href="([^"]*)"/), `${base}/${lang}/sites/chua-hoi-linh`);
      assert.match(answer.headers.vary, /Accept-Language/);
      assert.match(answer.text, new RegExp(`<b class="code">${words(sampleCode)}</b>`));
    }
  });
  test('is read however it is typed', async () => {
    const typed = ['Z90H-X5PC', 'z90h%20x5pc', 'Z9OHX5PC', 'z90h%E2%80%91x5pc', 'z9-0h-x5-pc', 'z90hx5pc/'];
    for (const code of typed) assert.equal(elementText((await page(`/${code}`, 200)).text, 'h1'), sampleTitle('chua-hoi-linh', 'vi'), code);
  });
  test('tells where it stands, and what language was chosen before', async () => {
    const { text } = await page(`/${codes.placed}`, 200, { cookie: 'lang=en', 'accept-language': 'vi' });
    assert.match(text, /<html lang="en"/);
    assert.match(text, /at Cổng chính/);
  });
  test('of a tour opens the tour', async () => {
    const answer = await page(`/${codes.tour}`);
    assert.equal(elementText(answer.text, 'h1'), sampleTitle('ben-ninh-kieu', 'vi'));
    assert.equal(answer.headers['content-location'], '/vi/tours/ben-ninh-kieu');
  });
  test('that is retired is 410, with the reason and the way on', async () => {
    const { text } = await page(`/${codes.retired}`, 410);
    assert.match(text, /Bảng này không còn dùng/);
    assert.match(text, /Lý do: Bảng bị hư/);
    assert.match(text, /<a class="button" href="\/vi\/sites\/dinh-binh-thuy">Đình Bình Thủy<\/a>/);
  });
  test('of a page that is not there: 404 while it is written, 410 when withdrawn', async () => {
    assert.match((await page(`/${codes.waiting}`, 404)).text, /Trang đang được biên soạn/);
    assert.match((await page(`/${codes.gone}`, 410)).text, /Trang này đã được gỡ/);
  });
  test('with a wrong check symbol is 404 and shows what was read', async () => {
    const wrong = sampleCode.slice(0, 7) + (sampleCode[7] === 'd' ? 'e' : 'd');
    const { text } = await page(`/${wrong}`, 404);
    assert.match(text, /Mã chưa đúng/);
    assert.ok(text.includes(words(wrong)));
    assert.match(text, /<input id="code"/);
    assert.match((await page(`/${wrong}`, 404, { 'accept-language': 'en' })).text, /The code is not right/);
  });
  test('is not what a word of eight letters is taken for', async () => {
    for (const word of ['nonsense', 'Nonsense', 'non-sense']) {
      const { text } = await page(`/${word}`, 404);
      assert.match(text, /Không có trang này/, word);
      assert.doesNotMatch(text, /N0NS/);
    }
  });
  test('that nobody made is 404 with help', async () => {
    const { text } = await page(`/${codes.unknown}`, 404);
    assert.match(text, /Không có bảng nào mang mã này/);
    assert.ok(text.includes(words(codes.unknown)));
  });
});

describe('scans', () => {
  const counted = async () => {
    await sleep(1600); // the keeper writes once a second
    const script = `import json,sqlite3,sys; print(json.dumps(sqlite3.connect(sys.argv[1]).execute("select code,lang,class,sum(count) from scan_count group by 1,2,3").fetchall()))`;
    const { stdout, stderr } = await runProgram('python3', ['-c', script, path.join(data, 'stele.db')]);
    assert.equal(stderr, '');
    return new Map(JSON.parse(stdout).map(([code, lang, kind, count]) => [`${code} ${lang} ${kind}`, count]));
  };
  test('are counted once an opening, by language and class, also from the cache; HEAD and 304 are not', async () => {
    const code = 'pzv8wgxy';
    const phone = { 'user-agent': 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36' };
    const before = await counted();
    let etag;
    for (let i = 0; i < 3; i++) etag = (await page(`/${code}`, 200, { ...phone, 'accept-language': 'vi' })).headers.etag;
    await page(`/${code.toUpperCase()}`, 200, { ...phone, 'accept-language': 'en' });
    await page(`/${code}`, 200, { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' });
    assert.equal((await get(`/${code}`, phone, 'HEAD')).status, 200);
    assert.equal((await get(`/${code}`, { ...phone, 'accept-language': 'vi', 'if-none-match': etag })).status, 304);
    await page(`/${codes.retired}`, 410, phone);
    await page('/vi/sites/chien-thang-ong-hao', 200, phone);
    const after = await counted();
    const grown = (key) => (after.get(key) ?? 0) - (before.get(key) ?? 0);
    assert.equal(grown(`${code} vi person`), 3);
    assert.equal(grown(`${code} en person`), 1);
    assert.equal(grown(`${code} vi bot`), 1);
    assert.equal(grown(`${codes.retired} vi person`), 1);
    assert.equal([...after.values()].reduce((a, b) => a + b, 0) - [...before.values()].reduce((a, b) => a + b, 0), 6);
  });
});

describe('tours and search', () => {
  test('a tour lists its stops in order', async () => {
    const { text } = await page('/en/tours/ben-ninh-kieu');
    const stops = [...text.matchAll(/href="\/en\/sites\/([a-z-]+)"><picture><img/g)].map((m) => m[1]);
    assert.deepEqual(stops, ['nha-long-cho-can-tho', 'chua-ong', 'kham-lon-can-tho', 'chua-khosa-rangsay']);
    assert.match(text, /<h2>Before you go<\/h2>/);
    await page('/vi/tours/nowhere', 404);
  });
  test('search is blind to marks, and says how much it found', async () => {
    for (const query of ['binh thuy', 'BÌNH THUỶ', 'bình thủy'.normalize('NFD')]) {
      const { text } = await page(`/vi/search?q=${encodeURIComponent(query)}`);
      assert.match(text, /href="\/vi\/sites\/dinh-binh-thuy"/, query);
      assert.match(text, /Tìm thấy \d+ di tích/);
      assert.match(text, /name="robots" content="noindex"/);
    }
  });
  test('an empty search offers kinds and areas; one without results helps on', async () => {
    assert.match((await page('/vi/search')).text, /id="by-kind"/);
    assert.match((await page('/vi/search?q=+')).text, /id="by-kind"/);
    const { text } = await page('/vi/search?q=%3Cb%3Ezzzz');
    assert.match(text, /“&lt;b&gt;zzzz”/);
    assert.match(text, /Thử ít từ hơn/);
    await page('/vi/search?q=chua&page=99', 404);
  });
  test('a code in the search box is offered as a plate', async () => {
    assert.match((await page(`/vi/search?q=${words(sampleCode)}`)).text, new RegExp(`href="/${sampleCode}"`));
    assert.match((await page(`/vi/search?q=${words(codes.unknown)}`)).text, /Không có bảng nào mang mã/);
    const wrong = sampleCode.slice(0, 7) + (sampleCode[7] === 'd' ? 'e' : 'd');
    assert.match((await page(`/vi/search?q=${wrong}`)).text, /ký hiệu gõ chưa đúng/);
  });
});

describe('language', () => {
  test('no cookie before a choice; the switch remembers it, without scripts', async () => {
    for (const target of ['/', '/vi/', '/vi/sites/dinh-binh-thuy', `/${sampleCode}`, '/vi/search?q=chua', '/nope'])
      assert.equal((await get(target)).headers['set-cookie'], undefined, target);
    const { text } = await page('/vi/sites/dinh-binh-thuy');
    const link = attribute(text, /<a href="([^"]*)" hreflang="en" lang="en"/);
    assert.equal(link, '/en/sites/dinh-binh-thuy?remember=1');
    const chosen = await page(link);
    assert.match(chosen.headers['set-cookie'][0], /^lang=en; Path=\/; Max-Age=\d+; SameSite=Lax; HttpOnly; Secure$/);
    assert.equal(attribute(chosen.text, /data-address="([^"]*)"/), '/en/sites/dinh-binh-thuy');
    assert.match((await page('/', 200, { cookie: 'lang=en', 'accept-language': 'vi' })).text, /<html lang="en"/);
    assert.match(attribute((await page('/vi/sites?kind=tomb')).text, /<a href="([^"]*)" hreflang="en"/), /^\/en\/sites\?kind=tomb&amp;remember=1$/);
  });
  test('every choice is remembered, also one that was made before', async () => {
    const kept = new Map(); // what a browser keeps for a page it revalidates
    let cookie = '';
    const click = async (target) => {
      const headers = { cookie, ...(kept.has(target) ? { 'if-none-match': kept.get(target) } : {}) };
      const answer = await get(target, headers);
      if (answer.headers.etag && !/no-store/.test(answer.headers['cache-control'])) kept.set(target, answer.headers.etag);
      for (const set of answer.headers['set-cookie'] ?? []) cookie = set.split(';')[0];
      return cookie;
    };
    for (const lang of ['vi', 'en', 'vi', 'en', 'vi']) assert.equal(await click(`/${lang}/?remember=1`), `lang=${lang}`);
  });
});

describe('files', () => {
  test('photos are sent as they were made anew, for ever, in parts too', async () => {
    const whole = await get(`/media/${hashes[0]}/original`);
    assert.equal(whole.status, 200);
    assert.equal(whole.headers['content-type'], 'image/png');
    assert.match(whole.headers['cache-control'], /immutable/);
    assert.notDeepEqual(whole.body, photos[0]); // what came is never shown
    const part = await get(`/media/${hashes[0]}/original`, { range: 'bytes=1-3' });
    assert.equal(part.status, 206);
    assert.equal(part.text, 'PNG');
    assert.equal((await get(`/media/${hashes[0]}/original`, { range: 'bytes=999999-' })).status, 416);
    assert.equal((await get(`/media/${hashes[0]}/original`, { 'if-none-match': whole.headers.etag })).status, 304);
  });
  test('media of unpublished sites, other variants and other names are not there', async () => {
    for (const target of [`/media/${hashes[2]}/original`, `/media/${hashes[0]}/w640`, `/media/${hashes[0].toUpperCase()}/original`,
      '/media/x/original', `/media/${'0'.repeat(64)}/original`])
      assert.equal((await get(target)).status, 404, target);
  });
  test('assets that a page names are kept for ever; other versions are not', async () => {
    const { text } = await page('/vi/');
    for (const [, address] of text.matchAll(/(?:src|href)="(\/assets\/[^"]*)"/g)) {
      const answer = await get(address);
      assert.equal(answer.status, 200, address);
      assert.match(answer.headers['cache-control'], /max-age=31536000, immutable/);
    }
    const other = await get('/assets/styles/visitor.000000000000.css');
    assert.equal(other.status, 200);
    assert.doesNotMatch(other.headers['cache-control'], /immutable/);
    assert.equal((await get('/assets/templates/site.000000000000.mustache')).status, 404);
    assert.equal((await get('/favicon.ico')).headers['content-type'], 'image/svg+xml');
  });
});

describe('errors', () => {
  test('speak the visitor’s language and lead on', async () => {
    const vi = await page('/khong/co/trang/nay', 404, { 'accept-language': 'vi' });
    assert.match(vi.text, /Không có trang này/);
    assert.match(vi.text, /action="\/vi\/search"/);
    const en = await page('/en/nowhere', 404);
    assert.match(en.text, /There is no such page/);
    assert.match((await page('/vi/sites?kind=%ff', 400)).text, /Địa chỉ không đọc được/);
    const posted = await request(server, '/vi/', { method: 'POST' });
    assert.equal(posted.status, 405);
    assert.match(posted.text, /Địa chỉ này không nhận yêu cầu đó/);
  });
  test('are plain for who wants no HTML', async () => {
    const answer = await get('/nowhere', { accept: 'application/json' });
    assert.equal(answer.status, 404);
    assert.doesNotMatch(answer.text, /<html/);
  });
});

describe('for robots', () => {
  test('robots.txt names the sitemap and shuts the search', async () => {
    const { text, headers } = await get('/robots.txt');
    assert.match(headers['content-type'], /^text\/plain/);
    assert.match(text, new RegExp(`^Sitemap: ${base}/sitemap.xml$`, 'm'));
    assert.match(text, /^Disallow: \/vi\/search$/m);
  });
  test('the sitemap holds every published page in every language it has a text in, with its alternates', async () => {
    const { text, headers } = await get('/sitemap.xml');
    assert.match(headers['content-type'], /^application\/xml/);
    const pages = [...text.matchAll(/<loc>([^<]*)<\/loc>/g)].map((m) => m[1]);
    assert.equal(pages.length, 2 * (28 + 2 + 2) - 1); // one site has no English yet
    const untranslated = pages.filter((p) => p.startsWith(`${base}/vi/`) && !pages.includes(p.replace('/vi/', '/en/')));
    assert.equal(untranslated.length, 1);
    assert.equal(new Set(pages).size, pages.length);
    assert.ok(pages.includes(`${base}/en/sites/dinh-binh-thuy`));
    assert.ok(pages.includes(`${base}/vi/tours/ben-ninh-kieu`));
    assert.doesNotMatch(text, /ban-nhap|da-rut/);
    assert.match(text, new RegExp(`<xhtml:link rel="alternate" hreflang="en" href="${base}/en/sites/dinh-binh-thuy"/>`));
    for (const part of ['1.xml', '0.xml', 'x.xml', '1']) await page(`/sitemap/${part}`, 404);
  });
});

describe('the page cache', () => {
  test('hears of what another process changed', async () => {
    const target = '/vi/sites/nha-co-anh';
    await page(target);
    await importBundle(path.join(folder, 'bundle')); // the old slug again
    let answer;
    for (let i = 0; i < 40 && (answer = await get(target)).status === 200; i++) await sleep(50);
    assert.equal(answer.status, 301);
    assert.equal(answer.headers.location, '/vi/sites/nhac-lang');
  });
});
