// The sample with more beside it: a site in every state, texts in every relation to their original, photos,
// plates that are retired, waiting, of a tour. What the visitor's tests and the browser's run against.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { sampleFolder } from './sample.mjs';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const times = (a, b) => {
  let product = 0;
  for (let i = 0; i < 5; i++) if ((b >> i) & 1) product ^= a << i;
  for (let i = 9; i >= 5; i--) if ((product >> i) & 1) product ^= 0b100101 << (i - 5);
  return product;
};

// The code that begins with seven given symbols (docs/decisions/0002-codes.md, done here a second time).
export function completeCode(seven) {
  let sum = 0;
  let weight = 1;
  for (const symbol of seven) {
    sum ^= times(weight, alphabet.indexOf(symbol));
    weight = times(weight, 2);
  }
  for (let last = 0; last < 32; last++) if ((sum ^ times(weight, last)) === 0) return seven + alphabet[last];
  throw new Error('no check symbol');
}

const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(zlib.crc32 ? zlib.crc32(body) : crc32(body), body.length + 4);
  return out;
};

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

// A grey PNG with a gradient, so that it is no empty picture.
export function makePng(width, height, shade) {
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = (x + y + shade) & 255;
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', zlib.deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const codes = {
  retired: completeCode('retyred'.replace('y', '1')),
  waiting: completeCode('wa1t1ng'),
  gone: completeCode('g0ne000'),
  tour: completeCode('t0rt0r0'),
  placed: completeCode('p1aced0'),
  unknown: completeCode('0nkn0wn'),
};

export const photos = [makePng(64, 48, 0), makePng(48, 64, 90), makePng(32, 32, 30)];

const sites = {
  'nhac-lang': {
    json: {
      kind: 'communal-house',
      key: 'renamed-1',
      media: [
        {
          file: 'media/one.png',
          alt: { vi: 'Cổng đình nhìn từ rạch', en: 'The gate seen from the creek' },
          caption: { vi: 'Cổng đình' },
          credit: 'Nguyễn Văn A',
          licence: 'CC BY 4.0',
          taken: '2024',
        },
        { file: 'media/two.png', alt: { vi: 'Mái đình' }, caption: { vi: 'Mái đình, phía sau' } },
      ],
      hours: { vi: 'Mở cửa từ 7 đến 17 giờ' },
      checked: { on: '2026-05-12', by: 'Ban quản lý di tích' },
      position: { lat: 10.04, lon: 105.78, accuracy_m: 30 },
    },
    vi: '# Nhà có ảnh & <dấu>\n\nTóm tắt có "ngoặc" & dấu <.\n\n## Chuyện\n\nĐoạn *một*. <script>alert(1)</script>\n\n[ra ngoài](https://example.org/)\n',
  },
  'may-dich': {
    json: { kind: 'pagoda', texts: { en: { origin: 'machine', from: 'vi', stale: true } } },
    vi: '# Chùa có bản dịch máy\n\nTóm tắt.\n',
    en: '# Pagoda with a machine translation\n\nSummary.\n',
  },
  'da-rut': { json: { kind: 'tomb', state: 'withdrawn' }, vi: '# Nơi đã rút\n\nTóm tắt.\n' },
  'ban-nhap': {
    json: { kind: 'tomb', state: 'draft', media: [{ file: 'media/hidden.png', alt: { vi: 'Ảnh nháp' } }] },
    vi: '# Bản nháp\n\nTóm tắt.\n',
  },
};

function writeSite(folder, slug, { json, vi, en }) {
  const at = path.join(folder, 'sites', slug);
  fs.mkdirSync(path.join(at, 'media'), { recursive: true });
  fs.writeFileSync(path.join(at, 'site.json'), JSON.stringify(json));
  fs.writeFileSync(path.join(at, 'vi.md'), vi);
  if (en) fs.writeFileSync(path.join(at, 'en.md'), en);
  const names = { 'nhac-lang': ['one.png', 'two.png'], 'ban-nhap': [null, null, 'hidden.png'] }[slug] ?? [];
  names.forEach((name, i) => name && fs.writeFileSync(path.join(at, 'media', name), photos[i]));
  if (!names.length) fs.rmdirSync(path.join(at, 'media'));
}

// Writes the bundle into `folder` (which is made).
export function writeBundle(folder) {
  fs.cpSync(sampleFolder, folder, { recursive: true });
  for (const [slug, site] of Object.entries(sites)) writeSite(folder, slug, site);
  fs.appendFileSync(
    path.join(folder, 'plates.csv'),
    [
      `${codes.retired},dinh-binh-thuy,,retired,,Bảng bị hư,,`,
      `${codes.waiting},ban-nhap,,printed,,,,`,
      `${codes.gone},da-rut,,installed,,,,`,
      `${codes.tour},,ben-ninh-kieu,installed,,,,`,
      `${codes.placed},nhac-lang,,installed,Cổng chính,,,`,
      '',
    ].join('\n'),
  );
}

// The same site under another slug: a second import finds it by its key.
export function writeRenaming(folder) {
  fs.mkdirSync(folder, { recursive: true });
  fs.copyFileSync(path.join(sampleFolder, 'bundle.json'), path.join(folder, 'bundle.json'));
  fs.copyFileSync(path.join(sampleFolder, 'terms.json'), path.join(folder, 'terms.json'));
  const site = sites['nhac-lang'];
  writeSite(folder, 'nhac-lang', site);
  fs.renameSync(path.join(folder, 'sites/nhac-lang'), path.join(folder, 'sites/nha-co-anh'));
}
