// Photos for tests, made here: by hand where a format is simple enough, by libvips' own program where not. What
// a camera notes is written by exiftool.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import zlib from 'node:zlib';

const run = (program, ...args) => execFileSync(program, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });

export const red = [200, 40, 40];
export const blue = [40, 60, 200];

export function pngChunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(zlib.crc32 ? zlib.crc32(body) : crc32(body), body.length + 4);
  return out;
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

export const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');

export function pngHead(width, height, colour = 2) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, colour, 0, 0, 0], 8);
  return pngChunk('IHDR', head);
}

// Its left half is red, its right half blue.
export function makePng(width, height) {
  const row = Buffer.alloc(1 + width * 3);
  for (let x = 0; x < width; x++) row.set(x < width / 2 ? red : blue, 1 + x * 3);
  const rows = Buffer.concat(Array(height).fill(row));
  return Buffer.concat([
    pngSignature,
    pngHead(width, height),
    pngChunk('IDAT', zlib.deflateSync(rows, { level: 1 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

// The same as a file of any form that libvips writes; `options` as "[Q=90]".
export function makePhoto(file, width, height, options = '') {
  const png = `${file}.source.png`;
  fs.writeFileSync(png, makePng(width, height));
  run('vips', 'copy', png, file + options);
  fs.rmSync(png);
  return file;
}

export const place = { lat: 10.0452, lon: 105.7469 };

// What a phone notes: how it was held, where it was, when, whose it is; and a thumbnail of its own.
export function addNotes(file, orientation = 6) {
  run('exiftool', '-q', '-overwrite_original', `-Orientation#=${orientation}`, `-GPSLatitude=${place.lat}`,
    '-GPSLatitudeRef=N', `-GPSLongitude=${place.lon}`, '-GPSLongitudeRef=E', '-DateTimeOriginal=2023:04:30 10:11:12',
    '-Artist=Nguyễn Thị Bí Mật', '-SerialNumber=SN-12345', '-XMP:City=Cần Thơ', '-Comment=riêng tư', file);
  return file;
}

// Everything that a program finds in each file, by group: { 'EXIF:Orientation': … }.
export function notes(...files) {
  return JSON.parse(run('exiftool', '-j', '-G', '-n', ...files));
}

export function size(file) {
  return /: (\d+)x(\d+) /.exec(run('vipsheader', file)).slice(1).map(Number);
}

// The colour of a point that is so many parts of the whole from the left and from the top.
export function colour(file, x, y) {
  const [width, height] = size(file);
  const at = (part, whole) => String(Math.min(whole - 1, Math.floor(part * whole)));
  return run('vips', 'getpoint', file, at(x, width), at(y, height)).trim().split(' ').map(Number);
}

export function isNear(a, b, most = 12) {
  return a.length === b.length && a.every((value, i) => Math.abs(value - b[i]) <= most);
}
