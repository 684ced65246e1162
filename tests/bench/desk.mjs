// The desk's lists over 100,000 sites and plates: each list with its filters, its search and its last page, as a browser
// asks for them. Prints one line for each and gives the slowest. Environment: BENCH_SITES (100000).
import fs from 'node:fs';
import path from 'node:path';
import { addPerson, sql } from '../desk_room.mjs';
import { request, runProgram } from '../http/lib.mjs';
import { stele } from '../sample.mjs';

const words = 'đình chùa làng bến sông cổ thờ thần hội năm người dân xưa nay nhà mái gỗ chạm khắc bia đá lễ đất vườn'.split(' ');
const kinds = ['Đình', 'Chùa', 'Miếu', 'Nhà cổ', 'Mộ'];

function writeTable(file, count) {
  let state = 7; // the constants of Numerical Recipes: the same table every run
  const next = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const some = (n) => Array.from({ length: n }, () => words[next(words.length)]).join(' ');
  const rows = Array.from({ length: count }, (_, i) =>
    `${i + 1},${kinds[i % 5]} ${some(3)} ${i},${kinds[i % 5]},Phường ${i % 600},"Số ${i % 97}, đường ${some(2)}","${some(12)}.","${some(30)}."`);
  fs.writeFileSync(file, ['key,title,kind,area,address,summary,description', ...rows].join('\n'));
}

// Plates, imports and events straight into the store: their lists are measured, not how they come about.
const more = (count) => `
  BEGIN;
  INSERT INTO plate (code, site_id, state, place, created_at, updated_at)
    SELECT printf('%08x', (id * 2654435761) % 4294967296), id,
      CASE id % 6 WHEN 0 THEN 'planned' WHEN 1 THEN 'in-batch' WHEN 2 THEN 'printed' WHEN 3 THEN 'installed' WHEN 4 THEN 'damaged' ELSE 'retired' END,
      'Cổng ' || id % 9, 1700000000 + id, 1700000000 + id FROM site;
  INSERT INTO import (at, name, format, added, changed)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    SELECT 1700000000 + i, 'tệp ' || i || '.csv', 'csv', i % 50, i % 7 FROM n;
  INSERT INTO audit (at, actor, action, subject)
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count * 2})
    SELECT 1700000000 + i * 60, CASE i % 5 WHEN 0 THEN 'Lan' ELSE 'Minh' END,
      CASE i % 4 WHEN 0 THEN 'site.change' WHEN 1 THEN 'plate.state' WHEN 2 THEN 'account.sign-in' ELSE 'site.add' END, 'site:' || i FROM n;
  COMMIT;`;

export async function makeManyForDesk(work) {
  const count = Number(process.env.BENCH_SITES ?? 100000), data = path.join(work, 'desk'), table = path.join(work, 'desk.csv');
  writeTable(table, count);
  const { code, stderr } = await runProgram(stele, ['import', '--data', data, '--state', 'published', '--quiet', table]);
  if (code !== 0) throw new Error(stderr);
  sql(data, more(count));
  const admin = addPerson(data, 'Quản trị', { role: 'admin' }), limited = addPerson(data, 'Một phường', { areas: ['phuong-5'] });
  return { data, count, admin, limited };
}

const addresses = (count) => {
  const last = (part) => Math.ceil(count / part / 24);
  return {
    sites: ['', `page=${last(1)}`, 'sort=change', `sort=change&page=${last(1)}`, 'state=published', 'state=draft', 'kind=dinh', `kind=dinh&page=${last(5)}`, 'area=phuong-5', 'missing=vi', 'missing=en', 'q=dinh', `q=dinh&page=${last(2)}`, 'q=chua+lang', 'q=dinh&sort=change'],
    plates: ['', `page=${last(1)}`, 'state=installed', `state=installed&page=${last(6)}`, 'area=phuong-5', 'q=dinh', 'q=b7'],
    'plates/new': ['', `page=${last(1)}`, 'plates=none', `plates=none&page=${last(6)}`, 'q=dinh', 'kind=dinh&area=phuong-5'],
    activity: ['', `page=${Math.floor((count * 2) / 24)}`, 'what=site.', 'what=backup.', 'from=2024-01-01&to=2024-01-31'],
    imports: ['', 'page=416'],
    '': [''],
  };
};

export async function measureDesk(server, made, rounds) {
  const figures = [];
  const time = async (person, target) => {
    const cookie = `stele=${person.token}; __Host-stele=${person.token}`, times = [];
    for (let i = 0; i < rounds + 1; i += 1) {
      const began = performance.now();
      const answer = await request(server, target, { headers: { Cookie: cookie } });
      if (answer.status !== 200) throw new Error(`${target}: ${answer.status}`);
      if (i) times.push(performance.now() - began);
    }
    figures.push({ target, ms: times.sort((a, b) => a - b)[times.length >> 1] });
  };
  for (const [list, queries] of Object.entries(addresses(made.count)))
    for (const query of queries) await time(made.admin, `/desk/${list}${query ? `?${query}` : ''}`);
  for (const target of ['/desk/sites', '/desk/sites?q=dinh', '/desk/plates']) await time(made.limited, target);
  return figures;
}
