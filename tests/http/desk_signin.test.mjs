// Who gets into the desk, and who does not: the whole route table as each role and as nobody, tokens and origins,
// waiting after failures, sessions and their cookies, and the commands for accounts.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addPerson, openDesk, password, sql, untilEnd, whileLocked } from '../desk_room.mjs';
import { newFolder, stele } from '../sample.mjs';
import { totp } from '../totp.mjs';
import { request, runProgram, startServer } from './lib.mjs';

const form = 'application/x-www-form-urlencoded';

// A browser's little: keeps cookies, sends what browsers send.
class Visitor {
  cookies = new Map();

  constructor(server, { https = false, headers = {} } = {}) {
    this.server = server;
    this.headers = { 'Sec-Fetch-Site': 'same-origin', ...(https ? { 'X-Forwarded-Proto': 'https' } : {}), ...headers };
  }

  async send(target, options = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...this.headers, ...(cookie ? { Cookie: cookie } : {}), ...options.headers };
    for (const name of Object.keys(headers)) if (headers[name] === undefined) delete headers[name];
    const answer = await request(this.server, target, { ...options, headers });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [pair] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      if (/Max-Age=0/.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, pair.slice(name.length + 1));
    }
    return answer;
  }

  get(target, headers) {
    return this.send(target, { headers });
  }

  async token(page = '/desk/sign-in') {
    return /name="csrf" value="([^"]+)"/.exec((await this.get(page)).text)?.[1];
  }

  async post(target, fields = {}, headers = {}) {
    const csrf = fields.csrf ?? (await this.token());
    return this.send(target, {
      method: 'POST',
      headers: { 'Content-Type': form, ...headers },
      body: new URLSearchParams({ ...fields, csrf }).toString(),
    });
  }

  signIn(name, secret = password, more = {}) {
    return this.post('/desk/sign-in', { name, password: secret, ...more });
  }
}

const recoveryCodes = (text) => [...text.matchAll(/<li>([a-z2-9]{5}-[a-z2-9]{5})<\/li>/g)].map((m) => m[1]);
const sessionCookie = (answer) => (answer.headers['set-cookie'] ?? []).find((line) => /^(__Host-)?stele=/.test(line));

// --- the route table

describe('the route table', async () => {
  const { stdout } = await runProgram(stele, ['routes']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([, pattern]) => pattern.startsWith('/desk'))
    .map(([methods, pattern, who, flags]) => ({ methods: methods.split(','), pattern, who: who.split(','), flags: flags.split(',') }));
  const roles = ['field', 'editor', 'admin'];
  const address = (pattern) => pattern.replaceAll(/\{[^}]*\}/g, '999999');
  const end = untilEnd(after);
  let desk, people;
  before(async () => {
    desk = await openDesk(end, {
      before: (data) => {
        people = Object.fromEntries(roles.map((role) => [role, addPerson(data, `một ${role}`, { role })]));
      },
    });
  });

  // Rows that end the session they are called with have tests of their own.
  const ends = new Set(['/desk/sign-out']);
  const as = (person) => ({ Cookie: `stele=${person.token}`, 'Sec-Fetch-Site': 'same-origin' });
  const send = (method, pattern, headers, body = '') =>
    request(desk.server, address(pattern), { method, headers: method === 'GET' ? headers : { 'Content-Type': form, ...headers }, body: method === 'GET' ? undefined : body });

  test('has rows, each with a role, and each that changes with a token', () => {
    assert.ok(rows.length > 20);
    for (const row of rows) {
      assert.ok(!row.who.includes('everybody'), row.pattern);
      if (row.methods.some((method) => method !== 'GET')) assert.ok(row.flags.includes('csrf'), row.pattern);
    }
  });

  test('lets each role in where it may, and nowhere else', async () => {
    for (const { methods, pattern, who } of rows)
      for (const method of methods)
        for (const role of roles) {
          if (ends.has(pattern)) continue;
          const may = who.includes(role) || who.includes('anybody'); // these ask for a password, or a link, themselves
          const { status } = await send(method, pattern, as(people[role]), `csrf=${people[role].csrf}`);
          assert.equal(status !== 403, may, `${method} ${pattern} as ${role}: ${status}`);
          assert.ok(status < 500, `${method} ${pattern} as ${role}: ${status}`);
        }
  });

  test('lets nobody in who is not signed in', async () => {
    for (const { methods, pattern, who } of rows)
      for (const method of methods) {
        if (who.includes('anybody')) continue;
        for (const cookie of ['', `stele=${crypto.randomBytes(32).toString('base64url')}`, 'stele=x', 'stele=']) {
          const answer = await send(method, pattern, { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' }, 'csrf=x');
          if (method === 'GET') {
            assert.equal(answer.status, 303, pattern);
            assert.equal(answer.headers.location, `/desk/sign-in?next=${encodeURIComponent(address(pattern))}`);
            const script = await send(method, pattern, { Accept: 'application/json' });
            assert.equal(script.status, 401, pattern);
          } else {
            assert.equal(answer.status, 401, `${method} ${pattern}`);
          }
          assert.match(answer.headers['cache-control'], /no-store/);
        }
      }
  });

  test('refuses every change without a token, with another one, and from elsewhere', async () => {
    const { admin, editor, field } = people;
    const one = { admin, editor, field };
    for (const { methods, pattern, who } of rows)
      for (const method of methods.filter((name) => name !== 'GET')) {
        const person = one[who.find((role) => one[role])] ?? admin;
        const good = `csrf=${person.csrf}`;
        const cases = {
          'no token': [as(person), 'a=1'],
          'an empty token': [as(person), 'csrf='],
          "somebody else's token": [as(person), `csrf=${(person === admin ? editor : admin).csrf}`],
          'another site': [{ ...as(person), 'Sec-Fetch-Site': 'cross-site' }, good],
          'a site beside': [{ ...as(person), 'Sec-Fetch-Site': 'same-site' }, good],
          'another origin': [{ Cookie: as(person).Cookie, Origin: 'https://evil.example' }, good],
          'no origin': [{ Cookie: as(person).Cookie }, good],
          'the origin "null"': [{ Cookie: as(person).Cookie, Origin: 'null' }, good],
        };
        for (const [what, [headers, body]] of Object.entries(cases)) {
          const { status } = await send(method, pattern, headers, body);
          assert.equal(status, 403, `${method} ${pattern} with ${what}`);
        }
      }
  });

  test('refuses what is no form', async () => {
    const answer = await send('POST', '/desk/sign-out', { ...as(people.field), 'Content-Type': 'text/plain' }, `csrf=${people.field.csrf}`);
    assert.equal(answer.status, 403);
  });

  test('takes the origin where there is no Sec-Fetch-Site, and the token from a header', async () => {
    const headers = { Cookie: as(people.field).Cookie, Origin: desk.server.url, 'X-CSRF-Token': people.field.csrf };
    assert.equal((await send('POST', '/desk/language', headers, 'language=en&next=/desk/me')).status, 303);
  });
});

// --- sessions

describe('signing in', () => {
  const end = untilEnd(after);
  let server, data;
  before(async () => {
    data = path.join(newFolder(end), 'data');
    for (const [name, role] of [['Lan', 'admin'], ['Bình', 'editor'], ['Chậm', 'editor'], ['Hai Bước', 'editor']]) {
      const made = await runProgram(stele, ['user', 'add', '--data', data, '--role', role, name], { input: `${password}\n` });
      assert.equal(made.code, 0, made.stderr);
    }
    server = await startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--trust-proxy', '--no-log']);
    end.after(() => server.stop());
  });
  // Each visitor from an address of its own, so that failures of one test are not another's.
  let address = 1;
  const visitor = (options = {}) => new Visitor(server, { ...options, headers: { 'X-Forwarded-For': `198.51.100.${address++}`, ...options.headers } });

  test('prints no link for a first admin where there is one', () => assert.doesNotMatch(server.log(), /first admin/));

  test('sets a cookie that scripts and other sites do not get', async () => {
    const plain = await visitor().signIn('Lan');
    assert.equal(plain.status, 303);
    assert.match(sessionCookie(plain), /^stele=[\w-]{43}; Path=\/; Max-Age=2592000; SameSite=Lax; HttpOnly$/);
    const secure = visitor({ https: true });
    const answer = await secure.signIn('LAN');
    assert.match(sessionCookie(answer), /^__Host-stele=[\w-]{43}; Path=\/; Max-Age=2592000; SameSite=Lax; HttpOnly; Secure$/);
    const warning = /class="insecure"/;
    assert.doesNotMatch((await secure.get('/desk/')).text, warning);
    const home = visitor();
    await home.signIn('Lan');
    assert.match((await home.get('/desk/')).text, warning);
  });

  test('does not take the plain cookie over https, nor the other way round', async () => {
    const plain = visitor();
    await plain.signIn('Lan');
    const token = plain.cookies.get('stele');
    const secure = visitor({ https: true });
    secure.cookies.set('stele', token);
    assert.equal((await secure.get('/desk/')).status, 303);
    const other = visitor();
    other.cookies.set('__Host-stele', token);
    assert.equal((await other.get('/desk/')).status, 303);
  });

  test('gives a new session, whatever the browser brought, and ends the old one', async () => {
    const v = visitor();
    const fixed = crypto.randomBytes(32).toString('base64url');
    v.cookies.set('stele', fixed);
    await v.signIn('Lan');
    const first = v.cookies.get('stele');
    assert.notEqual(first, fixed);
    const token = await v.token('/desk/me');
    await v.send('/desk/sign-in', { method: 'POST', headers: { 'Content-Type': form }, body: new URLSearchParams({ name: 'Bình', password, csrf: token }).toString() });
    assert.notEqual(v.cookies.get('stele'), first);
    const old = visitor();
    old.cookies.set('stele', first);
    assert.equal((await old.get('/desk/')).status, 303);
    assert.equal((await v.get('/desk/')).status, 200);
  });

  test('says the same whatever was wrong', async () => {
    const said = async (...who) => {
      const answer = await visitor().signIn(...who);
      assert.equal(answer.status, 422);
      assert.equal(sessionCookie(answer), undefined);
      return /id="problems"[\s\S]*?<\/div>/.exec(answer.text)[0];
    };
    const wrong = await said('Lan', 'không phải mật khẩu');
    assert.equal(await said('Không Có Ai', 'không phải mật khẩu'), wrong);
    assert.equal(await said('', ''), wrong);
    await runProgram(stele, ['user', 'add', '--data', data, '--role', 'field', 'Đã Nghỉ'], { input: `${password}\n` });
    await runProgram(stele, ['user', 'disable', '--data', data, 'đã nghỉ']);
    assert.equal(await said('Đã Nghỉ'), wrong);
  });

  test('goes to addresses of the desk alone', async () => {
    for (const [next, location] of [
      ['/desk/me', '/desk/me'],
      ['/desk/accounts?q=a&page=2', '/desk/accounts?q=a&page=2'],
      ['https://evil.example/desk/', '/desk/'],
      ['//evil.example/desk/', '/desk/'],
      ['/\\evil.example', '/desk/'],
      ['/desk/../../evil', '/desk/'],
      ['/desk//evil.example', '/desk/'],
      ['javascript:alert(1)', '/desk/'],
      ['/', '/desk/'],
    ]) {
      const v = visitor();
      const answer = await v.signIn('Lan', password, { next });
      assert.equal(answer.headers.location, location, next);
      assert.equal((await v.get(`/desk/sign-in?next=${encodeURIComponent(next)}`)).headers.location, location, next);
      assert.match((await v.post('/desk/language', { language: 'vi', next, csrf: await v.token('/desk/me') })).headers.location, /^\/desk/);
    }
  });

  test('asks who has failed ten times to wait, by name and by address, and never for good', async () => {
    for (let i = 0; i < 10; i++) assert.equal((await visitor().signIn('Chậm', `sai ${i}`)).status, 422);
    const later = (seconds) => sql(data, `UPDATE login_failure SET at = at + ${seconds}`);
    later(10); // the first wait is a second, which a slow machine may have let pass by now
    const held = await visitor().signIn('Chậm');
    assert.equal(held.status, 429, 'also with the right password');
    assert.ok(Number(held.headers['retry-after']) >= 1);
    assert.match(held.text, /Hãy chờ \d+ giây/);
    assert.equal((await visitor().signIn('Bình')).status, 303, 'others are not held up');
    later(-30);
    assert.equal((await visitor().signIn('Chậm')).status, 303, 'after the wait it is good');

    const from = visitor();
    for (let i = 0; i < 10; i++) assert.equal((await from.signIn(`ai đó ${i}`, 'sai')).status, 422);
    later(10);
    assert.equal((await from.signIn('Bình')).status, 429, 'an address that tries many names waits too');
  });

  test('ends a session that nobody uses, and one that is too old', async () => {
    const v = visitor();
    await v.signIn('Bình');
    const hash = `x'${crypto.createHash('sha256').update(v.cookies.get('stele')).digest('hex')}'`;
    assert.equal((await v.get('/desk/')).status, 200);
    sql(data, `UPDATE session SET last_seen_at = last_seen_at - 400 WHERE token_hash = ${hash}`);
    const seen = () => Number(sql(data, `SELECT last_seen_at FROM session WHERE token_hash = ${hash}`));
    const before = seen();
    await v.get('/desk/');
    assert.ok(seen() >= before + 400, 'being there is noted');
    sql(data, `UPDATE session SET last_seen_at = last_seen_at - 43300 WHERE token_hash = ${hash}`);
    assert.equal((await v.get('/desk/')).status, 303);
    sql(data, `UPDATE session SET last_seen_at = last_seen_at + 43300 WHERE token_hash = ${hash}`);
    assert.equal((await v.get('/desk/')).status, 200);
    sql(data, `UPDATE session SET expires_at = 1 WHERE token_hash = ${hash}`);
    assert.equal((await v.get('/desk/')).status, 303);
  });

  test('out ends the session in the store', async () => {
    const v = visitor();
    await v.signIn('Bình');
    const token = v.cookies.get('stele');
    const answer = await v.post('/desk/sign-out', { csrf: await v.token('/desk/me') });
    assert.equal(answer.headers.location, '/desk/sign-in');
    assert.equal(v.cookies.has('stele'), false);
    v.cookies.set('stele', token);
    assert.equal((await v.get('/desk/')).status, 303);
  });

  test('in place gives a script a new session and token, or says what is wrong', async () => {
    const v = visitor();
    const json = { Accept: 'application/json' };
    const session = async () => JSON.parse((await v.get('/desk/session', json)).text);
    const start = await session();
    assert.equal(start.signed_in, false);
    const wrong = await v.post('/desk/sign-in/again', { name: 'Bình', password: 'sai', csrf: start.csrf }, json);
    assert.equal(wrong.status, 401);
    assert.match(JSON.parse(wrong.text).message, /chưa đúng/);
    assert.equal((await v.post('/desk/sign-in/again', { name: 'Bình', password, csrf: 'x' }, json)).status, 403);
    const good = await v.post('/desk/sign-in/again', { name: 'Bình', password, csrf: start.csrf }, json);
    assert.equal(good.status, 200);
    const now = await session();
    assert.deepEqual([now.signed_in, now.name, now.csrf], [true, 'Bình', JSON.parse(good.text).csrf]);
  });

  test('an error is told to scripts in the desk’s language, with what it is about, and without paths', async () => {
    const json = { Accept: 'application/json' };
    const told = async (answer) => {
      const { status, text } = await answer;
      assert.ok(!text.includes(data), text);
      const { code, field, message, ...rest } = JSON.parse(text);
      assert.deepEqual([rest.status, typeof rest.id], [status, 'string']);
      return [status, code, field, message];
    };
    const v = visitor();
    assert.deepEqual(await told(v.get('/desk/', json)), [401, 'denied', 'session', 'Phiên làm việc đã kết thúc. Hãy đăng nhập lại rồi làm tiếp.']);
    assert.equal((await v.signIn('Bình')).status, 303);
    assert.match((await told(v.post('/desk/language', { language: 'vi', csrf: 'x' }, json)))[3], /^Biểu mẫu này đã cũ/);
    assert.deepEqual((await told(v.post('/desk/language', { language: 'vi', csrf: 'x' }, json))).slice(0, 3), [403, 'denied', 'csrf']);
    assert.match((await told(v.get('/desk/accounts', json)))[3], /^Tài khoản của bạn không được làm việc ở phần này/);
    assert.deepEqual((await told(v.get('/desk/sites/999999', json))).slice(0, 2), [404, 'not-found']);
    const csrf = await v.token('/desk/me');
    await whileLocked(data, async () => {
      assert.match((await told(v.post('/desk/language', { language: 'vi', csrf }, json)))[3], /^Máy chủ đang bận/);
      const plain = await v.post('/desk/language', { language: 'vi', csrf }, { Accept: 'text/plain' });
      assert.match(plain.text, /^503 Service Unavailable\nMáy chủ đang bận/);
      assert.ok(!plain.text.includes(data), plain.text);
    });
    await v.post('/desk/language', { language: 'en', csrf });
    assert.match((await told(v.get('/desk/accounts', json)))[3], /^Your account may not work/);
  });

  test('while an import has the store nothing is tried, nothing counted, and what was typed stays', async () => {
    const json = { Accept: 'application/json' };
    const failures = () => sql(data, 'SELECT count(*) FROM login_failure');
    const v = visitor();
    const { csrf } = JSON.parse((await v.get('/desk/session', json)).text);
    const before = failures();
    await whileLocked(data, async () => {
      const ready = await v.get('/desk/sign-in/ready', json);
      assert.deepEqual([ready.status, JSON.parse(ready.text)], [200, { ready: false }]);
      for (const secret of ['sai', password]) {
        const page = await v.post('/desk/sign-in', { name: 'Bình', password: secret, next: '/desk/me', csrf });
        assert.equal(page.status, 503);
        assert.ok(Number(page.headers['retry-after']) >= 1);
        assert.match(page.text, /Máy chủ đang bận ghi dữ liệu[^<]*Hãy thử lại sau ít phút/);
        assert.match(page.text, /name="name"[^>]* value="Bình"/);
        assert.match(page.text, /name="next"[^>]* value="\/desk\/me"/);
        const again = await v.post('/desk/sign-in/again', { name: 'Bình', password: secret, csrf }, json);
        assert.equal(again.status, 503);
        const told = JSON.parse(again.text);
        assert.ok(told.busy);
        assert.match(told.message, /^Máy chủ đang bận ghi dữ liệu[^<]*tự đăng nhập/);
      }
      const kept = await v.post('/desk/sign-in/resume', { 'again-name': 'Bình', 'again-password': password, to: '/desk/me', 'keep.note': 'đang viết dở', csrf });
      assert.equal(kept.status, 503);
      assert.match(kept.text, /name="keep\.note"[^>]* value="đang viết dở"/);
      assert.match(kept.text, /Máy chủ đang bận ghi dữ liệu/);
    });
    assert.equal(failures(), before);
    assert.deepEqual(JSON.parse((await v.get('/desk/sign-in/ready', json)).text), { ready: true });
    assert.equal((await v.signIn('Bình')).status, 303);
  });

  test('with a second factor takes two steps in one browser', async () => {
    const v = visitor();
    await v.signIn('Hai Bước');
    const page = (await v.get('/desk/me/second-factor')).text;
    const secret = /secret=([A-Z2-7]+)/.exec(page)[1];
    const csrf = await v.token('/desk/me');
    const step = Date.now() / 1000;
    const turnOn = (more) => v.post('/desk/me/second-factor', { secret: /name="secret" value="(\w+)"/.exec(page)[1], code: totp(secret, step), csrf, ...more });
    for (const current of ['', 'không đúng đâu']) {
      const refused = await turnOn({ current });
      assert.equal(refused.status, 422, 'the password is asked for');
      assert.match(refused.text, /id="field-current-problem"/);
    }
    const on = await turnOn({ current: password });
    assert.equal(on.status, 200);
    const recovery = recoveryCodes(on.text);
    assert.equal(recovery.length, 10);
    const replaced = await v.post('/desk/me/second-factor', { secret: '3132333435363738393031323334353637383930', code: totp('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'), current: password, csrf });
    assert.equal(replaced.status, 409, 'what is on is not replaced, only turned off');
    assert.match(replaced.text, /đang bật rồi/);
    assert.equal(recoveryCodes(replaced.text).length, 0);

    const w = visitor();
    const first = await w.signIn('Hai Bước');
    assert.equal(first.status, 200);
    assert.equal(sessionCookie(first), undefined);
    const ticket = /name="ticket" value="([^"]+)"/.exec(first.text)[1];
    const stolen = await visitor().post('/desk/sign-in', { ticket, code: recovery[0] });
    assert.equal(stolen.status, 422, 'the ticket is good in its own browser alone');
    const forged = await w.post('/desk/sign-in', { ticket: ticket.replace(/^\d+/, '1'), code: recovery[0] });
    assert.equal(forged.status, 422);
    assert.equal((await w.post('/desk/sign-in', { ticket, code: totp(secret, step) })).status, 422, 'a code is good once');
    assert.equal((await w.post('/desk/sign-in', { ticket, code: recovery[0], next: '/desk/me' })).headers.location, '/desk/me');
    const again = visitor();
    await again.signIn('Hai Bước');
    const used = await again.signIn('Hai Bước', password, { code: recovery[0] });
    assert.equal(used.status, 422, 'a recovery code is good once');
    assert.match(used.text, /Mã khôi phục này chưa đúng hoặc đã dùng rồi/);
    assert.doesNotMatch(used.text, /Hãy chờ mã kế tiếp/);
    for (const typed of [recovery[1].replace('-', ''), ` ${recovery[2].replace('-', ' – ').toUpperCase()} `]) {
      const it = visitor();
      const answer = await it.signIn('Hai Bước', password, { code: typed });
      assert.equal(answer.status, 303, `${typed}: however it is written`);
    }
    // The first waits are of a few seconds, which a slow machine spends on the next try.
    let last = 0;
    for (let tries = 0; last !== 429 && tries < 20; tries++) last = (await visitor().signIn('Hai Bước', password, { code: '123456' })).status;
    assert.equal(last, 429, 'codes cannot be tried without end');
  });

  test('a second factor that was lost is taken off by an admin, with words for whom it was', async () => {
    const made = await runProgram(stele, ['user', 'add', '--data', data, '--role', 'editor', 'Mất Máy'], { input: `${password}\n` });
    assert.equal(made.code, 0, made.stderr);
    const id = Number(sql(data, "SELECT id FROM account WHERE name = 'Mất Máy'"));
    const hers = visitor();
    const turnOn = async () => {
      await hers.signIn('Mất Máy');
      const page = (await hers.get('/desk/me/second-factor')).text;
      const answer = await hers.post('/desk/me/second-factor', { secret: /name="secret" value="(\w+)"/.exec(page)[1], code: totp(/secret=([A-Z2-7]+)/.exec(page)[1]), current: password, csrf: await hers.token('/desk/me') });
      assert.equal(answer.status, 200);
    };
    await turnOn();
    const lan = visitor();
    await lan.signIn('Lan');
    const form = (await lan.get(`/desk/accounts/${id}`)).text;
    assert.match(form, new RegExp(`href="/desk/accounts/${id}/second-factor-off"`));
    const off = async (fields, who = id) => lan.post(`/desk/accounts/${who}/second-factor-off`, { csrf: await lan.token('/desk/me'), ...fields });
    assert.match((await lan.get(`/desk/accounts/${id}/second-factor-off`)).text, /mất điện thoại/);
    const wrong = await off({ current: 'không phải mật khẩu' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /id="field-current-problem">Mật khẩu hiện tại chưa đúng/);
    assert.equal(sql(data, `SELECT totp_secret IS NOT NULL FROM account WHERE id = ${id}`), '1');
    assert.equal((await off({ current: password })).status, 303);
    assert.equal(sql(data, `SELECT totp_secret IS NULL, (SELECT count(*) FROM recovery_code WHERE account_id = ${id}) FROM account WHERE id = ${id}`), '1|0');
    assert.equal((await hers.get('/desk/')).status, 303, 'who holds the lost phone is signed out too');
    assert.doesNotMatch((await lan.get(`/desk/accounts/${id}`)).text, /second-factor-off/);
    assert.match((await lan.get('/desk/activity?what=account.totp')).text, /Lan<\/strong> đã tắt xác nhận hai bước của tài khoản Mất Máy/);

    const told = /Lan đã tắt xác nhận hai bước của bạn/;
    assert.equal((await hers.signIn('Mất Máy')).status, 303, 'the password is enough again');
    assert.match((await hers.get('/desk/')).text, told);
    assert.doesNotMatch((await hers.get('/desk/')).text, told, 'said once');
    await hers.post('/desk/sign-out', { csrf: await hers.token('/desk/me') });
    await hers.signIn('Mất Máy');
    assert.doesNotMatch((await hers.get('/desk/')).text, told, 'and not at each sign-in');

    await hers.post('/desk/sign-out', { csrf: await hers.token('/desk/me') });
    await turnOn();
    const command = await runProgram(stele, ['user', 'second-factor-off', '--data', data, 'mất máy']);
    assert.equal(command.code, 0, command.stderr);
    assert.equal((await runProgram(stele, ['user', 'second-factor-off', '--data', data, 'mất máy'])).code, 1, 'there is none');
    assert.equal((await hers.signIn('Mất Máy')).status, 303);
    assert.match((await hers.get('/desk/')).text, /Người quản lý máy chủ đã tắt xác nhận hai bước của bạn/);

    const own = Number(sql(data, "SELECT id FROM account WHERE name = 'Lan'"));
    assert.equal((await off({ current: password }, own)).headers.location, '/desk/me/second-factor', "one's own has its own page");
  });

  test('a changed password ends the other sessions, and a session of others cannot be ended', async () => {
    const here = visitor();
    const there = visitor();
    const other = visitor();
    await here.signIn('Bình');
    await there.signIn('Bình');
    await other.signIn('Lan');
    const id = crypto.createHash('sha256').update(other.cookies.get('stele')).digest('hex');
    assert.equal((await here.post('/desk/me/sessions/end', { session: id, csrf: await here.token('/desk/me') })).status, 303);
    assert.equal((await other.get('/desk/')).status, 200);
    const csrf = await here.token('/desk/me');
    assert.equal((await here.post('/desk/me/password', { current: 'sai', password: 'một mật khẩu mới dài', csrf })).status, 422);
    assert.equal((await here.post('/desk/me/password', { current: password, password: 'ngắn', csrf })).status, 422);
    assert.equal((await here.post('/desk/me/password', { current: password, password: 'một mật khẩu mới dài', csrf })).status, 303);
    assert.equal((await here.get('/desk/')).status, 200);
    assert.equal((await there.get('/desk/')).status, 303);
    assert.equal((await visitor().signIn('Bình')).status, 422);
    assert.equal((await visitor().signIn('Bình', 'một mật khẩu mới dài')).status, 303);
  });
});

// --- commands

describe('stele user', () => {
  const run = (data, args, input = '') => runProgram(stele, ['user', ...args.slice(0, 1), '--data', data, ...args.slice(1)], { input });

  test('makes, lists, disables and gives passwords', async (t) => {
    const data = path.join(newFolder(t), 'data');
    assert.equal((await run(data, ['add', '--role', 'admin', 'Lan'], `${password}\n`)).code, 0);
    assert.equal((await run(data, ['add', '--role', 'field', 'Bình'], `${password}\r\n`)).code, 0);
    const { stdout } = await run(data, ['list']);
    assert.deepEqual(stdout, 'field\tenabled\t-\t-\tBình\nadmin\tenabled\t-\t-\tLan\n');
    assert.equal((await run(data, ['password', 'BINH'], 'một mật khẩu khác\n')).code, 0);
    assert.equal((await run(data, ['disable', 'Bình'])).code, 0);
    assert.match((await run(data, ['list'])).stdout, /field\tdisabled/);
  });

  test('says what is wrong, and changes nothing', async (t) => {
    const data = path.join(newFolder(t), 'data');
    await run(data, ['add', '--role', 'admin', 'Lan'], `${password}\n`);
    for (const [args, input, code, says] of [
      [['add', '--role', 'admin', 'LAN'], password, 1, /already/],
      [['add', '--role', 'admin', 'Mai'], 'short', 1, /at least 10 characters/],
      [['add', '--role', 'admin', 'Mai'], '', 1, /standard input/],
      [['add', '--role', 'owner', 'Mai'], password, 2, /role/],
      [['add', 'Mai'], password, 2, /role/],
      [['add', '--role', 'admin'], password, 2, /NAME/],
      [['password', 'Mai'], password, 1, /no such account/],
      [['disable', 'Lan'], '', 1, /only admin/],
    ]) {
      const result = await run(data, args, `${input}${input && '\n'}`);
      assert.equal(result.code, code, `${args} ${result.stderr}`);
      assert.match(result.stderr, says);
    }
    assert.equal((await run(data, ['list'])).stdout.trim().split('\n').length, 1);
  });
});

test('a link for the first admin is printed at each start until there is one, the newest alone is good', async (t) => {
  const data = path.join(newFolder(t), 'data');
  const start = () => startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0', '--no-log']);
  const link = async (server) => {
    for (let i = 0; i < 100 && !/first admin/.test(server.log()); i++) await new Promise((resolve) => setTimeout(resolve, 20));
    return new URL(/first admin account at (\S+)/.exec(server.log())[1]).pathname;
  };
  const first = await start();
  const old = await link(first);
  await first.stop();
  const second = await start();
  t.after(() => second.stop());
  const fresh = await link(second);
  const v = new Visitor(second);
  assert.equal((await v.get(old)).status, 404);
  assert.equal((await v.get(`${fresh.slice(0, -1)}`)).status, 404);
  assert.equal((await v.get(fresh.replace('/first/', '/password/'))).status, 404, 'a link is for one purpose');
  assert.equal((await v.get(fresh)).status, 200);
  const form = { name: 'Kẻ khác', password, csrf: await v.token(fresh) };
  sql(data, "INSERT INTO account (name, name_folded, role, password_hash, created_at) VALUES ('M', 'm', 'admin', 'x', 1)");
  assert.equal((await v.post(fresh, form)).status, 404, 'an admin made otherwise ends it');
  sql(data, 'DELETE FROM account');
  const made = await v.post(fresh, { name: 'Lan', password });
  assert.equal(made.headers.location, '/desk/');
  assert.equal((await v.get('/desk/accounts')).status, 200);
  const late = new Visitor(second);
  assert.equal((await late.post(fresh, { name: 'Kẻ khác', password })).status, 404);
  assert.equal(sql(data, 'SELECT count(*) FROM account'), '1');
});

test('a list has search, filters and pages that live in the address', async (t) => {
  const { as, people } = await openDesk(t, {
    before: (data) => {
      const admin = addPerson(data, 'quản trị', { role: 'admin' });
      const values = Array.from({ length: 120 }, (_, i) => `('Đặng Thủy ${i}', 'dang thuy ${i}', '${i < 30 ? 'field' : 'editor'}', 1)`);
      sql(data, `INSERT INTO account (name, name_folded, role, created_at) VALUES ${values.join(',')}`);
      return { admin };
    },
  });
  const desk = as(people.admin);
  const list = async (query) => {
    const { status, text } = await desk.get(`/desk/accounts${query}`);
    assert.equal(status, 200, query);
    return {
      names: [...text.matchAll(/<th scope="row"><a [^>]*>([^<]*)</g)].map((m) => m[1]),
      count: Number(/Có (\d+) tài khoản/.exec(text)[1]),
      next: /rel="next" href="([^"]*)"/.exec(text)?.[1].replaceAll('&amp;', '&'),
      previous: /rel="prev" href="([^"]*)"/.exec(text)?.[1].replaceAll('&amp;', '&'),
      text,
    };
  };
  const first = await list('');
  assert.deepEqual([first.count, first.names.length, first.previous], [121, 24, undefined]);
  const seen = new Set(first.names);
  let page = first;
  while (page.next) {
    page = await list(page.next.slice('/desk/accounts'.length));
    for (const name of page.names) seen.add(name);
  }
  assert.equal(seen.size, 121, 'the pages show each once');
  assert.equal((await list('?per=50')).names.length, 50);
  assert.deepEqual((await list('?page=999')).names, page.names, 'a page beyond the last is the last');
  for (const odd of ['?page=x', '?page=-1', '?page=0', '?per=1000000', '?role=owner', '?sort=none', '?q=', '?q=%20'])
    assert.deepEqual((await list(odd)).names, first.names, odd);
  const found = await list('?q=dang+thuy+11&role=editor&per=50');
  assert.deepEqual(found.names.sort(), ['Đặng Thủy 110', 'Đặng Thủy 111', 'Đặng Thủy 112', 'Đặng Thủy 113', 'Đặng Thủy 114', 'Đặng Thủy 115', 'Đặng Thủy 116', 'Đặng Thủy 117', 'Đặng Thủy 118', 'Đặng Thủy 119']);
  const narrowed = await list('?q=%C4%90%E1%BA%B6NG&role=field');
  assert.equal(narrowed.next, '/desk/accounts?q=%C4%90%E1%BA%B6NG&role=field&page=2');
  assert.match(narrowed.text, /<option value="field" selected>/);
  const none = await list('?q=%22%3E%3Cscript%3E');
  assert.equal(none.count, 0);
  assert.match(none.text, /Không tìm thấy/);
  assert.doesNotMatch(none.text, /<script>/);
});
