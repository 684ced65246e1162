// Sites for bulk changes: addresses that resemble each other, and more sites than a page holds.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { newFolder, stele } from './sample.mjs';

export function addBulkSites(t, data) {
  const folder = path.join(newFolder(t), 'bulk');
  const add = (file, value) => {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), typeof value === 'string' ? value : JSON.stringify(value));
  };
  const site = (slug, title, area, addresses) => {
    add(`sites/${slug}/site.json`, { kind: 'temple', area, addresses });
    add(`sites/${slug}/vi.md`, `# ${title}\n`);
  };
  const at = (vi, more = {}) => ({ ...more, words: { vi } });
  add('bundle.json', { format: 'stele-bundle', version: 1, languages: ['vi', 'en'], name: { vi: 'Thử' } });
  add('terms.json', { area: ['thu-1', 'thu-120', 'thu-hoa'].map((key) => ({ key, labels: { vi: key } })) });
  site('nha-mot', 'Nhà Một', 'thu-1', [at('12 Lê Lợi, Phường 1, Quận 3')]);
  site('nha-muoi-mot', 'Nhà Mười Một', 'thu-1', [at('Phường 11, Quận 3')]);
  site('nha-mot-a', 'Nhà Một A', 'thu-1', [at('Phường 1A')]);
  site('nha-moi', 'Nhà Mới', 'thu-1', [at('Phường 1', { from: '2025-07' })]);
  site('nha-cu', 'Nhà Cũ', 'thu-1', [at('Phường 1', { until: '2025-06' }), at('Phường Khác', { from: '2025-07' })]);
  site('nha-khac', 'Nhà Khác', 'thu-1', [at('Phường Khác')]);
  site('hoa-1', 'Hoa Một', 'thu-hoa', [at('Phường Hoa, Quận 3')]);
  site('hoa-2', 'Hoa Hai', 'thu-hoa', [at('Ấp 1, phường Hoa')]);
  site('hoa-3', 'Hoa Ba', 'thu-hoa', [at('phường Hoa'), at('Phường Hoa')]);
  site('hoa-4', 'Hoa Bốn', 'thu-hoa', [at('phường Hoa', { until: '2020' }), at('Phường Hoài')]);
  for (let i = 1; i <= 120; i += 1) site(`xa-${i}`, `Miếu số ${1000 + i}`, 'thu-120', [at(`Ấp ${i}, Xã Cũ`)]);
  execFileSync(stele, ['import', '--data', data, folder]);
}
