// Drafts: kept on every pause, one for each account and subject, and known to who else edits.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addPerson, endSessions, openDesk, sql, untilEnd } from '../desk_room.mjs';

const end = untilEnd(after);
let desk, lan, minh, gone;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      minh = addPerson(data, 'Minh');
      gone = addPerson(data, 'Vắng');
    },
  });
});

const json = { Accept: 'application/json' };
const draft = (subject, more = {}) => ({
  draft_subject: subject,
  draft_version: '3',
  draft_address: '/desk/sites/7/edit',
  draft_title: 'Đình Bình Thủy',
  ...more,
});

test('keeps what was typed, in order, names that come twice included', async () => {
  const answer = await desk.as(lan).post('/desk/drafts', [...Object.entries(draft('site:7')), ['text.vi.title', 'Đình  mới\r\nhai dòng'], ['tick', 'a'], ['tick', 'b']], json);
  assert.equal(answer.status, 200, answer.text);
  const told = JSON.parse(answer.text);
  assert.ok(Math.abs(told.saved - Date.now() / 1000) < 10);
  assert.deepEqual(told.others, []);
  const kept = JSON.parse(sql(desk.data, `SELECT document FROM draft WHERE account_id = ${lan.id} AND subject = 'site:7'`));
  assert.deepEqual(kept.fields, [['text.vi.title', 'Đình  mới\nhai dòng'], ['tick', 'a'], ['tick', 'b']]);
  assert.equal(sql(desk.data, `SELECT base_version FROM draft WHERE account_id = ${lan.id}`), '3');
});

test('tells who else is editing, and who was no longer', async () => {
  const told = JSON.parse((await desk.as(minh).post('/desk/drafts', draft('site:7', { a: '1' }), json)).text);
  assert.deepEqual(told.others, ['Lan']);
  const others = await desk.as(lan).get('/desk/drafts/others?subject=site:7', json);
  assert.deepEqual(JSON.parse(others.text).others, ['Minh']);
  sql(desk.data, `UPDATE draft SET updated_at = updated_at - 121 WHERE account_id = ${minh.id}`);
  const later = await desk.as(lan).get('/desk/drafts/others?subject=site:7', json);
  assert.deepEqual(JSON.parse(later.text).others, []);
});

test('is on the first page of its own editor alone', async () => {
  const own = await desk.as(lan).get('/desk/');
  assert.match(own.text, /Bản nháp của bạn/);
  assert.match(own.text, /href="\/desk\/sites\/7\/edit\?draft=open"[^>]*>Đình Bình Thủy</);
  const other = await desk.as(gone).get('/desk/');
  assert.doesNotMatch(other.text, /Bản nháp của bạn/);
});

test('without scripts the button leads back to the form with the draft open', async () => {
  const answer = await desk.as(lan).post('/desk/drafts', draft('site:8', { draft_address: '/desk/sites/8/edit', a: '1' }));
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, '/desk/sites/8/edit?draft=open');
  const away = await desk.as(lan).post('/desk/drafts', draft('site:8', { draft_address: 'https://example.com/', a: '1' }));
  assert.equal(away.headers.location, '/desk/?draft=open');
});

test('can be discarded', async () => {
  const answer = await desk.as(lan).post('/desk/drafts/drop', draft('site:8'));
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.location, '/desk/sites/7/edit');
  assert.equal(sql(desk.data, `SELECT count(*) FROM draft WHERE account_id = ${lan.id} AND subject = 'site:8'`), '0');
});

test('refuses what is no draft', async () => {
  for (const fields of [{}, draft(''), draft('Site 7'), draft('x'.repeat(121)), draft("site:7'")])
    assert.equal((await desk.as(lan).post('/desk/drafts', fields, json)).status, 400, JSON.stringify(fields));
  const large = await desk.as(lan).post('/desk/drafts', draft('site:9', { a: 'x'.repeat(1 << 20) }), json);
  assert.equal(large.status, 413);
  const token = await desk.as({ ...lan, csrf: 'wrong' }).post('/desk/drafts', draft('site:9'), json);
  assert.equal(token.status, 403);
});

test('an ended session answers 401, so that the page can ask', async () => {
  endSessions(desk.data, gone);
  const answer = await desk.as(gone).post('/desk/drafts', draft('site:7'), json);
  assert.equal(answer.status, 401);
});
