// Drafts: kept on every pause, one for each account and subject, and known to who else edits.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addPerson, endSessions, fieldsOf, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';

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
  assert.match(own.text, /Đang gõ dở, chưa lưu/);
  assert.match(own.text, /href="\/desk\/sites\/7\/edit\?draft=open"[^>]*>Đình Bình Thủy</);
  const other = await desk.as(gone).get('/desk/');
  assert.doesNotMatch(other.text, /Đang gõ dở, chưa lưu/);
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

const kept = (person, subject) => sql(desk.data, `SELECT count(*) FROM draft WHERE account_id = ${person.id} AND subject = '${subject}'`);
const page = (id, writer, mark = '') => ({ draft_id: id, draft_writer: writer, draft_mark: mark });
const markOf = (person, subject) => sql(desk.data, `SELECT json_extract(document, '$.mark') FROM draft WHERE account_id = ${person.id} AND subject = '${subject}'`);

test('no page writes over what another has written: it is kept as one more draft, and the answer says so', async () => {
  const as = desk.as(lan);
  const save = async (more) => JSON.parse((await as.post('/desk/drafts', draft('site:11', more), json)).text);
  const first = await save({ ...page('aaaa1111', 'laptop01'), a: 'an hour’s work' });
  assert.equal(first.id, 'aaaa1111');
  assert.equal(first.apart, false);
  // two devices open it; the phone goes on with it, and may as often as it likes
  const mark = markOf(lan, 'site:11:aaaa1111');
  assert.match(mark, /^[0-9a-f]{16}$/);
  for (const a of ['from the phone', 'from the phone, more'])
    assert.equal((await save({ ...page('aaaa1111', 'phone001', mark), a })).apart, false);
  const other = await save({ ...page('aaaa1111', 'laptop02', mark), a: 'from the second laptop' });
  assert.equal(other.apart, true);
  assert.match(other.id, /^[0-9a-f]{16}$/);
  assert.match(sql(desk.data, `SELECT document FROM draft WHERE subject = 'site:11:aaaa1111'`), /from the phone, more/);
  assert.match(sql(desk.data, `SELECT document FROM draft WHERE subject = 'site:11:${other.id}'`), /from the second laptop/);
  assert.equal((await save({ ...page(other.id, 'laptop02', mark), a: 'more' })).apart, false);
  // without scripts: the words, and the form with the draft that was kept
  const plain = await as.post('/desk/drafts', draft('site:11', { ...page('aaaa1111', 'laptop03'), a: 'again' }));
  assert.match(plain.headers.location, /^\/desk\/sites\/7\/edit\?draft=[0-9a-f]{16}$/);
  assert.match(Buffer.from(/flash=([^;]*)/.exec(plain.headers['set-cookie'].join())[1], 'base64url').toString(), /desk\.drafts\.apart/);
  sql(desk.data, `DELETE FROM draft WHERE subject LIKE 'site:11%'`);
});

test('a page does away with a draft only as it knows it', async () => {
  const id = siteId(desk.data, 'chua-ong');
  const as = desk.as(lan);
  const fields = fieldsOf((await as.get(`/desk/sites/${id}`)).text);
  const set = (list, name, value) => [...list.filter(([n]) => n !== name), [name, value]];
  const told = JSON.parse((await as.post('/desk/drafts', set(fields, 'text.vi.summary', 'Nháp đầu.'), json)).text);
  const subject = `site:${id}:${told.id}`;
  const open = async () => fieldsOf((await as.get(`/desk/sites/${id}?draft=${told.id}`)).text);
  const [one, other] = [await open(), await open()];
  const offer = fieldsOf((await as.get(`/desk/sites/${id}`)).text.replace('<form method="post" action="/desk/drafts/drop"', '<form id="offer"'), 'offer');
  assert.equal((await as.post('/desk/drafts', set(other, 'text.vi.summary', 'Một giờ viết ở trang kia.'), json)).status, 200);
  const saved = await as.post(`/desk/sites/${id}`, [...set(one, 'text.vi.summary', 'Lưu ở trang này.'), ['do', 'save']]);
  assert.equal(saved.status, 303, saved.text);
  assert.match(sql(desk.data, `SELECT document FROM draft WHERE subject = '${subject}'`), /Một giờ viết ở trang kia/);
  // the offer that was made before the other page went on
  const late = await as.post('/desk/drafts/drop', offer);
  assert.match(Buffer.from(/flash=([^;]*)/.exec(late.headers['set-cookie'].join())[1], 'base64url').toString(), /desk\.drafts\.went_on/);
  assert.equal(kept(lan, subject), '1');
  const now = fieldsOf((await as.get(`/desk/sites/${id}`)).text.replace('<form method="post" action="/desk/drafts/drop"', '<form id="offer"'), 'offer');
  assert.equal((await as.post('/desk/drafts/drop', now)).status, 303);
  assert.equal(kept(lan, subject), '0');
});

test('every new site has a draft of its own, and nobody else is said to edit it', async () => {
  const started = desk.as(lan);
  const formOf = (text) => Object.fromEntries(fieldsOf(text));
  const forms = [formOf((await started.get('/desk/sites/new')).text), formOf((await started.get('/desk/sites/new')).text)];
  assert.notEqual(forms[0].draft_id, forms[1].draft_id);
  for (const [i, fields] of forms.entries())
    assert.equal((await started.post('/desk/drafts', { ...fields, 'text.vi.title': `Đình số ${i + 1}` }, json)).status, 200);
  const hers = formOf((await desk.as(minh).get('/desk/sites/new')).text);
  const told = JSON.parse((await desk.as(minh).post('/desk/drafts', { ...hers, 'text.vi.title': 'Chùa của Minh' }, json)).text);
  assert.deepEqual(told.others, []);
  const fresh = (await started.get('/desk/sites/new')).text;
  assert.match(fresh, /bản nháp “Đình số 1”/);
  assert.match(fresh, /bản nháp “Đình số 2”/);
  assert.match(fresh, /id="draft-others"[^>]*><\/p>/);
  assert.match((await started.get('/desk/')).text, />Đình số 1</);
  // saving one drops that one alone
  const opened = await started.get(`/desk/sites/new?draft=${forms[0].draft_id}`);
  assert.match(opened.text, /value="Đình số 1"/);
  const saved = await started.post('/desk/sites/new', { ...formOf(opened.text), kind: 'temple', do: 'save' });
  assert.equal(saved.status, 303, saved.text);
  assert.equal(kept(lan, `site:new:${forms[0].draft_id}`), '0');
  assert.equal(kept(lan, `site:new:${forms[1].draft_id}`), '1');
});

test('a save that changes nothing drops the draft as well', async () => {
  const id = siteId(desk.data, 'dinh-binh-thuy');
  const html = (await desk.as(lan).get(`/desk/sites/${id}`)).text;
  const fields = fieldsOf(html);
  assert.equal((await desk.as(lan).post('/desk/drafts', fields, json)).status, 200);
  const subject = `site:${id}:${fields.find(([name]) => name === 'draft_id')[1]}`;
  assert.equal(kept(lan, subject), '1');
  const saved = await desk.as(lan).post(`/desk/sites/${id}`, [...fields, ['do', 'save']]);
  assert.equal(saved.status, 303, saved.text);
  assert.equal(kept(lan, subject), '0');
});

test('a form that comes back, and the choice between two states, go on with the same draft', async () => {
  const id = siteId(desk.data, 'dinh-binh-thuy');
  const fields = fieldsOf((await desk.as(lan).get(`/desk/sites/${id}`)).text);
  const own = (list) => list.filter(([name]) => ['draft_id', 'draft_writer'].includes(name)).sort();
  const back = await desk.as(lan).post(`/desk/sites/${id}`, [...fields, ['do', 'add:facts']]);
  assert.deepEqual(own(fieldsOf(back.text)), own(fields));
  sql(desk.data, `UPDATE site SET version = version WHERE id = ${id}`);
  const theirs = fieldsOf((await desk.as(minh).get(`/desk/sites/${id}`)).text);
  const set = (list, name, value) => [...list.filter(([n]) => n !== name), [name, value]];
  assert.equal((await desk.as(minh).post(`/desk/sites/${id}`, [...set(theirs, 'text.vi.summary', 'Của Minh.'), ['do', 'save']])).status, 303);
  const conflict = await desk.as(lan).post(`/desk/sites/${id}`, [...set(fields, 'text.vi.summary', 'Của Lan.'), ['do', 'save']]);
  assert.equal(conflict.status, 409);
  assert.match(conflict.text, new RegExp(`name="draft_id" value="${own(fields)[0][1]}"`));
});

test('refuses what is no draft', async () => {
  for (const fields of [{}, draft(''), draft('Site 7'), draft('x'.repeat(121)), draft("site:7'"), draft('proposal:7')])
    assert.equal((await desk.as(lan).post('/desk/drafts', fields, json)).status, 400, JSON.stringify(fields));
  const large = await desk.as(lan).post('/desk/drafts', draft('site:9', { a: 'x'.repeat(4 << 20) }), json);
  assert.equal(large.status, 413);
  const token = await desk.as({ ...lan, csrf: 'wrong' }).post('/desk/drafts', draft('site:9'), json);
  assert.equal(token.status, 403);
});

test('an ended session answers 401, so that the page can ask', async () => {
  endSessions(desk.data, gone);
  const answer = await desk.as(gone).post('/desk/drafts', draft('site:7'), json);
  assert.equal(answer.status, 401);
});
