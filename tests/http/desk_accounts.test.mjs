// Accounts at the desk: what the form changes and what it leaves, whoever else writes at the same moment.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addPerson, asPerson, fieldsOf, openDesk, sql, untilEnd, whileLocked } from '../desk_room.mjs';
import { sleep } from './lib.mjs';

const end = untilEnd(after);
let desk, lan, chi;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan', { role: 'admin' });
      chi = addPerson(data, 'Chi', { role: 'admin' });
    },
  });
});

let made = 0;
const newPerson = (options) => addPerson(desk.data, `Minh ${(made += 1)}`, options);
const stored = (person) => sql(desk.data, `SELECT name, role, may_publish, disabled_at IS NOT NULL, language FROM account WHERE id = ${person.id}`);
const areasOf = (person) => sql(desk.data, `SELECT t.key FROM account_area x JOIN term t ON t.id = x.term_id WHERE x.account_id = ${person.id} ORDER BY t.key`);
const page = (person) => `/desk/accounts/${person.id}`;

// The form as a browser has it: get() the pairs, with `change` in place of what was there; null takes a field out.
async function formOf(as, person, change = {}) {
  const fields = fieldsOf((await as.get(page(person))).text, 'account').filter(([name]) => !(name in change));
  return [...fields, ...Object.entries(change).filter(([, value]) => value !== null)];
}

// What is asked for one after the other while somebody else writes, and is answered afterwards.
async function together(...asks) {
  const answers = await whileLocked(desk.data, async () => {
    const begun = [];
    for (const ask of asks) {
      begun.push(ask());
      await sleep(100);
    }
    return begun.map((answer) => ({ answer }));
  });
  return Promise.all(answers.map(({ answer }) => answer));
}

test('a change of one’s language gives back nothing that was taken away meanwhile', async () => {
  const minh = newPerson({ role: 'admin' });
  const as = desk.as(lan), own = asPerson(desk.server, minh);
  const form = await formOf(as, minh, { role: 'field', publish: null, enabled: null });
  const answers = await together(
    () => as.post(page(minh), form),
    () => own.post('/desk/language', { language: 'en', next: '/desk/' }),
  );
  assert.deepEqual(answers.map(({ status }) => status), [303, 303]);
  assert.equal(stored(minh), `${minh.name}|field|0|1|en`);
  const tu = newPerson();
  const renaming = await formOf(as, tu, { name: 'Tú' });
  await asPerson(desk.server, tu).post('/desk/language', { language: 'en', next: '/desk/' });
  assert.equal((await as.post(page(tu), renaming)).status, 303, 'the language is not what the form shows');
  assert.equal(stored(tu), 'Tú|editor|1|0|en', 'nor what it writes');
});

test('what another admin changed meanwhile is not overwritten unseen, and nothing chosen is lost', async () => {
  const minh = newPerson({ areas: ['o-mon'] });
  const as = desk.as(lan), other = desk.as(chi);
  const mine = await formOf(as, minh, { name: `${minh.name} Anh` });
  assert.equal((await other.post(page(minh), await formOf(other, minh, { role: 'field', publish: null, enabled: null }))).status, 303);
  const told = await as.post(page(minh), mine);
  assert.equal(told.status, 422);
  assert.match(told.text, new RegExp(`Có người khác vừa sửa tài khoản này\\. Bản đang lưu: ${minh.name}, Thực địa, đã khóa, Ô Môn\\.`));
  assert.equal(stored(minh), `${minh.name}|field|0|1|vi`);
  const form = fieldsOf(told.text, 'account');
  for (const [name, value] of mine) if (name !== 'seen') assert.ok(form.some((f) => f[0] === name && f[1] === value), name);
  assert.equal((await as.post(page(minh), form)).status, 303, 'having read that, one may');
  assert.equal(stored(minh), `${minh.name} Anh|editor|1|0|vi`);
  // areas as well, and a form that does not say what it showed
  const again = await formOf(as, minh);
  assert.equal((await other.post(page(minh), await formOf(other, minh, { areas: null }))).status, 303);
  assert.equal(areasOf(minh), '');
  assert.equal((await as.post(page(minh), again)).status, 422);
  assert.equal((await as.post(page(minh), { name: 'Minh', role: 'admin', enabled: '1' })).status, 422);
  assert.equal(areasOf(minh), '');
});

test('two admins who save at the same moment: the second is told', async () => {
  const minh = newPerson();
  const as = desk.as(lan), other = desk.as(chi);
  const forms = await Promise.all([formOf(as, minh, { role: 'field' }), formOf(other, minh, { role: 'admin' })]);
  const answers = await together(
    () => as.post(page(minh), forms[0]),
    () => other.post(page(minh), forms[1]),
  );
  assert.deepEqual(answers.map(({ status }) => status), [303, 422]);
  assert.equal(stored(minh).split('|')[1], 'field');
});
