// Bundles in the browser: packed and downloaded, looked through and landed as one archive, undone as one step; and
// archives that mean harm.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addPerson, asPerson, openDesk, sql, untilEnd, whenOver } from '../desk_room.mjs';
import { makePng } from '../photos.mjs';
import { newFolder, stele } from '../sample.mjs';
import { runProgram, startServer } from './lib.mjs';

const end = untilEnd(after);
let desk, lan, work;
before(async () => {
  work = newFolder(end);
  desk = await openDesk(end, {
    before: async (data) => {
      lan = addPerson(data, 'Lan');
      const folder = path.join(work, 'photo'), site = path.join(folder, 'sites', 'chua-co-anh');
      fs.mkdirSync(path.join(site, 'media'), { recursive: true });
      fs.writeFileSync(path.join(folder, 'bundle.json'), JSON.stringify({ format: 'stele-bundle', version: 1, languages: ['vi', 'en'] }));
      fs.writeFileSync(path.join(site, 'site.json'), JSON.stringify({ kind: 'pagoda', media: [{ file: 'media/cổng.png', alt: { vi: 'Cổng chùa' } }] }));
      fs.writeFileSync(path.join(site, 'vi.md'), '# Chùa Có Ảnh\n');
      fs.writeFileSync(path.join(site, 'media', 'cổng.png'), makePng(64, 48));
      const { code, stderr } = await runProgram(stele, ['import', '--data', data, '--quiet', folder]);
      assert.equal(code, 0, stderr);
    },
  });
});

const count = (data, what) => Number(sql(data, `SELECT count(*) FROM ${what}`));

const send = (as, file, bytes) => as.upload('/desk/imports/new', { lang: 'vi', encoding: '', file: { file, bytes } });

// An archive of [name, text or { link, to }] as Python's modules write it.
function archive(entries, format = 'zip') {
  const out = path.join(work, `made-${Math.random().toString(36).slice(2)}.${format}`);
  const script = `
import io, json, sys, tarfile, zipfile
entries, out = json.load(sys.stdin), sys.argv[1]
if out.endswith('.zip'):
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, what in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if isinstance(what, dict):
                info.external_attr = 0o120777 << 16
                what = what['to']
            elif what is None:
                z.writestr(info, b'\\0' * (64 << 20))
                continue
            z.writestr(info, what)
else:
    with tarfile.open(out, 'w:gz') as t:
        for name, what in entries:
            info = tarfile.TarInfo(name)
            if isinstance(what, dict):
                info.type = {'symbolic': tarfile.SYMTYPE, 'hard': tarfile.LNKTYPE, 'device': tarfile.CHRTYPE}[what['link']]
                info.linkname = what['to']
                t.addfile(info)
            else:
                info.size = len(what.encode())
                t.addfile(info, io.BytesIO(what.encode()))
`;
  execFileSync('python3', ['-c', script, out], { input: JSON.stringify(entries) });
  return fs.readFileSync(out);
}

const head = ['bundle.json', JSON.stringify({ format: 'stele-bundle', version: 1, languages: ['vi'] })];
const terms = ['terms.json', JSON.stringify({ kind: [{ key: 'pagoda', labels: { vi: 'Chùa' } }] })];
const site = (slug, title, folder = '') => [
  [`${folder}sites/${slug}/site.json`, JSON.stringify({ kind: 'pagoda' })],
  [`${folder}sites/${slug}/vi.md`, `# ${title}\n\nMột đoạn.\n`],
];

async function pack(as) {
  const page = await whenOver(as, await as.post('/desk/exports/bundle'));
  const address = /href="(\/desk\/exports\/bundle\/[^"]+)"/.exec(page.text)[1];
  const answer = await as.get(address);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['content-type'], 'application/zip');
  return answer.body;
}

test('what is packed and imported into an empty installation packs to the same', async (t) => {
  const first = await pack(desk.as(lan));
  const data = path.join(newFolder(t), 'data');
  fs.mkdirSync(data);
  const server = await startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0']);
  t.after(() => server.stop());
  const minh = addPerson(data, 'Minh');
  const as = asPerson(server, minh);
  const looked = await whenOver(as, await send(as, 'goi.zip', first));
  assert.match(looked.text, new RegExp(`${count(desk.data, "site WHERE state <> 'binned'")} di tích mới`));
  assert.equal(count(data, 'site'), 0, 'a look changes nothing');
  const location = /action="(\/desk\/imports\/file\/[^"]+)"/.exec(looked.text)[1];
  const landed = await whenOver(as, await as.post(location, { land: '1' }));
  assert.match(landed.headers.location, /^\/desk\/imports\/\d+$/);
  assert.equal(count(data, 'plate'), count(desk.data, 'plate'));
  assert.ok(count(data, 'media_variant') > 0, 'photos were made ready');
  const again = await pack(as);
  assert.ok(again.equals(first), 'the same bytes');
  assert.deepEqual((await runProgram('python3', ['-c', 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).testzip())', (fs.writeFileSync(path.join(work, 'a.zip'), again), path.join(work, 'a.zip'))])).stdout.trim(), 'None');
});

test('a bundle lands from a folder in the archive, with a tour, and is undone as one step', async () => {
  const as = desk.as(lan);
  const tour = ['goi/tours/mot-vong.json', JSON.stringify({ titles: { vi: 'Một vòng' }, stops: ['chua-goi-mot', 'chua-goi-hai'] })];
  const entries = [head, terms].map(([name, text]) => [`goi/${name}`, text]);
  const bytes = archive([...entries, ...site('chua-goi-mot', 'Chùa Gói Một', 'goi/'), ...site('chua-goi-hai', 'Chùa Gói Hai', 'goi/'), tour, ['__MACOSX/goi/._x', 'x'], ['goi/.DS_Store', 'x']], 'tar.gz');
  const looked = await whenOver(as, await send(as, 'goi.tar.gz', bytes));
  assert.match(looked.text, /2 di tích mới/);
  assert.match(looked.text, /1 lộ trình mới/);
  assert.doesNotMatch(looked.text, /chỗ có lỗi/);
  const landed = await whenOver(as, await as.post(/action="(\/desk\/imports\/file\/[^"]+)"/.exec(looked.text)[1], { land: '1' }));
  assert.equal(sql(desk.data, "SELECT state FROM tour WHERE slug = 'mot-vong'"), 'published');
  const page = await as.get(landed.headers.location);
  assert.match(page.text, /goi\.tar\.gz/);
  await as.post(`${landed.headers.location}/undo`);
  assert.equal(sql(desk.data, "SELECT state FROM tour WHERE slug = 'mot-vong'"), 'binned');
  assert.equal(count(desk.data, "site WHERE slug LIKE 'chua-goi-%' AND state <> 'binned'"), 0);
});

test('every fault is told with its file and line, and nothing lands', async () => {
  const as = desk.as(lan);
  const bad = ['sites/chua-ba/site.json', '{\n  "kind": "pagoda",\n  "lat": 3\n}'];
  const looked = await whenOver(as, await send(as, 'loi.zip', archive([head, terms, bad, ...site('chua-sau', 'Chùa Sáu').slice(0, 1), ['sites/chua-sau/vi.md', 'không có tên\n'], ...site('Chua_Bon', 'x')])));
  assert.match(looked.text, /sites\/chua-ba\/site\.json<[^]*?>3<[^]*?Không có mục nào tên “lat”/);
  assert.match(looked.text, /sites\/chua-sau\/vi\.md<[^]*?>1<[^]*?Dòng đầu tiên phải là tên/);
  assert.match(looked.text, /sites\/Chua_Bon<[^]*?a-z, 0-9/);
  assert.doesNotMatch(looked.text, /name="land"/);
  const refused = await whenOver(as, await as.post(/action="(\/desk\/imports\/file\/[^"]+)"/.exec(looked.text)[1], { land: '1' }));
  assert.match(refused.text, /Chưa nhập gì cả/);
  assert.equal(count(desk.data, "site WHERE slug = 'chua-ba'"), 0);
});

describe('archives that mean harm are refused in one sentence', () => {
  const cases = {
    'a name with ..': [[head, ['../out.txt', 'x']], 'zip', /tên tệp không được phép/],
    'an absolute name': [[head, ['/tmp/stele-out.txt', 'x']], 'tar.gz', /tên tệp không được phép/],
    '.. in the middle': [[head, ['sites/../../../out.txt', 'x']], 'tar.gz', /tên tệp không được phép/],
    'a backslash': [[head, ['sites\\..\\out.txt', 'x']], 'tar.gz', /tên tệp không được phép/],
    'a symbolic link': [[head, ['sites', { link: 'symbolic', to: '/tmp' }], ['sites/stele-out.txt', 'x']], 'tar.gz', /liên kết hoặc tệp đặc biệt/],
    'a symbolic link in a ZIP': [[head, ['sites', { link: 'symbolic', to: '/tmp' }]], 'zip', /liên kết hoặc tệp đặc biệt/],
    'a hard link': [[head, ['a', { link: 'hard', to: '../../stele.db' }]], 'tar.gz', /liên kết hoặc tệp đặc biệt/],
    'a device': [[head, ['null', { link: 'device', to: '' }]], 'tar.gz', /liên kết hoặc tệp đặc biệt/],
    'a name twice': [[head, ['terms.json', '{}'], ['terms.json', '{}']], 'tar.gz', /có hai lần trong gói nén/],
    'a file that is a folder too': [[head, ['a', 'x'], ['a/b', 'x']], 'tar.gz', /có hai lần trong gói nén/],
    'a bomb': [[head, ['bomb.bin', null]], 'zip', /phình ra bất thường/],
    'no bundle': [[['readme.txt', 'x']], 'zip', /không có tệp bundle\.json/],
    'two folders': [[['a/bundle.json', '{}'], ['b/x', '']], 'zip', /không có tệp bundle\.json/],
  };
  for (const [name, [entries, format, words]] of Object.entries(cases))
    test(name, async () => {
      const answer = await whenOver(desk.as(lan), await send(desk.as(lan), `xau.${format}`, archive(entries, format)));
      assert.match(answer.text, words);
      assert.doesNotMatch(answer.text, /name="land"/);
      assert.ok(!fs.existsSync('/tmp/stele-out.txt'));
      assert.ok(!fs.existsSync(path.join(desk.data, 'uploads', 'out.txt')));
    });
  for (const [name, bytes] of Object.entries({ garbage: Buffer.from('PK\x03\x04 and then nothing'), empty: Buffer.from(' '), cut: null }))
    test(name, async () => {
      const whole = archive([head, terms, ...site('chua-nam', 'Chùa Năm')], 'tar.gz');
      const answer = await whenOver(desk.as(lan), await send(desk.as(lan), 'xau.tar.gz', bytes ?? whole.subarray(0, whole.length >> 1)));
      assert.match(answer.text, /Không mở được gói nén/);
    });
});

test('is for who may publish everywhere', async () => {
  const novice = addPerson(desk.data, 'Tập sự', { mayPublish: false });
  assert.equal((await desk.as(novice).post('/desk/exports/bundle')).status, 403);
  assert.doesNotMatch((await desk.as(novice).get('/desk/exports')).text, /Đóng gói/);
  const sent = await desk.as(lan).post('/desk/exports/bundle');
  await whenOver(desk.as(lan), sent);
  const minh = addPerson(desk.data, 'Minh');
  assert.equal((await desk.as(minh).get(`${sent.headers.location}/stele-goi.zip`)).status, 404, 'it is hers');
});
