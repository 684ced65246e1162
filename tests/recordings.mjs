// Sounds and films for tests. Sounds are made here: samples by hand, then encoded by the programs that people use.
// Films lie in tests/fixtures/media, a few seconds of ffmpeg's own test picture each.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { sourceFolder } from './http/lib.mjs';

const fixtures = path.join(sourceFolder, 'tests/fixtures/media');

export const films = {
  wide: path.join(fixtures, 'film.webm'), // 320 × 180, 3 s
  tall: path.join(fixtures, 'tall.mp4'), // 180 × 320, 2 s
  voice: path.join(fixtures, 'voice.m4a'), // 4 s of sound alone, in an MP4 as phones' recorders write it
};

// PCM of 16 bits, one channel: a tone that climbs, so that no two seconds are alike.
export function makeWav(seconds, rate = 16000) {
  const count = seconds * rate;
  const out = Buffer.alloc(44 + count * 2);
  out.write('RIFF', 0, 'latin1');
  out.writeUInt32LE(36 + count * 2, 4);
  out.write('WAVEfmt ', 8, 'latin1');
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(rate, 24);
  out.writeUInt32LE(rate * 2, 28);
  out.writeUInt16LE(2, 32);
  out.writeUInt16LE(16, 34);
  out.write('data', 36, 'latin1');
  out.writeUInt32LE(count * 2, 40);
  for (let i = 0; i < count; i++)
    out.writeInt16LE(Math.round(6000 * Math.sin((2 * Math.PI * i * (220 + (8 * i) / rate)) / rate)), 44 + i * 2);
  return out;
}

const encode = (program, args, wav) => execFileSync(program, args, { input: wav, stdio: ['pipe', 'ignore', 'ignore'] });

export function makeMp3(file, seconds) {
  encode('lame', ['--quiet', '-b', '32', '-', file], makeWav(seconds));
  return file;
}

export function makeOpus(file, seconds) {
  encode('opusenc', ['--quiet', '--bitrate', '16', '-', file], makeWav(seconds));
  return file;
}

export const captions = {
  vi: 'WEBVTT\n\n1\n00:00.500 --> 00:01.500\nĐây là bến sông.\n\n00:01.500 --> 00:02.800\nNgày xưa, ghe thuyền đậu kín.\n',
  srt: '1\r\n00:00:00,500 --> 00:00:01,500\r\n<i>This is the landing.</i>\r\n\r\n2\r\n00:00:01,500 --> 00:00:02,800\r\nBoats & barges lay here.\r\n',
};

// A site with all of it, as a bundle in `folder` (which is made): the sounds in MP3, Opus and M4A, the films in WebM
// and MP4. `picture`: bytes of a PNG to stand first.
export function writeRecordings(folder, { picture } = {}) {
  const site = path.join(folder, 'sites/ben-song');
  const at = (name) => path.join(site, 'media', name);
  fs.mkdirSync(path.join(site, 'media'), { recursive: true });
  const json = (file, value) => fs.writeFileSync(path.join(folder, file), JSON.stringify(value));
  json('bundle.json', { format: 'stele-bundle', version: 1, languages: ['vi', 'en'], name: { vi: 'Di tích thử', en: 'Trial sites' } });
  json('terms.json', { kind: [{ key: 'market-hall', labels: { vi: 'Chợ', en: 'Market hall' } }] });
  fs.writeFileSync(path.join(site, 'vi.md'), '# Bến sông\n\nMột bến sông để thử, nơi ghe thuyền từng đậu kín.\n\nBến có từ lâu, nay còn vài bậc đá.\n\n## Chuyện kể\n\nNgười trong xóm còn nhớ.\n');
  fs.writeFileSync(path.join(site, 'en.md'), '# The landing\n\nA landing for trying, where boats once lay side by side.\n\nIt has been here for long.\n');
  makeMp3(at('ke-chuyen.mp3'), 125);
  makeOpus(at('ho.opus'), 62);
  fs.copyFileSync(films.voice, at('loi.m4a'));
  fs.copyFileSync(films.wide, at('ben.webm'));
  fs.copyFileSync(films.tall, at('dung.mp4'));
  fs.writeFileSync(at('ben.vi.vtt'), captions.vi);
  fs.writeFileSync(at('ben.en.srt'), captions.srt);
  if (picture) fs.writeFileSync(at('cong.png'), picture);
  json('sites/ben-song/site.json', {
    kind: 'market-hall',
    media: [
      ...(picture ? [{ file: 'media/cong.png', alt: { vi: 'Cổng bến', en: 'The gate' } }] : []),
      {
        file: 'media/ke-chuyen.mp3',
        caption: { vi: 'Bà Tư kể chuyện bến sông', en: 'Mrs Tư tells of the landing' },
        credit: 'Đoàn phường', licence: 'CC BY 4.0', taken: '2026-03',
        transcript: { vi: 'Hồi đó ghe đậu kín.\nĐi không lọt.\n\nBây giờ chỉ còn bậc đá.', en: 'Boats lay side by side then.' },
      },
      { file: 'media/ho.opus', caption: { vi: 'Một câu hò' }, transcript: { vi: 'Hò ơ…' } },
      { file: 'media/loi.m4a' },
      {
        file: 'media/ben.webm',
        caption: { vi: 'Bến sông nhìn từ cầu', en: 'The landing seen from the bridge' },
        captions: { vi: 'media/ben.vi.vtt', en: 'media/ben.en.srt' },
        transcript: { vi: 'Đây là bến sông.' },
      },
      { file: 'media/dung.mp4', credit: 'An' },
    ],
  });
  return site;
}
