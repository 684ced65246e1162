// The HTTP room through its test server (echo_server.c): every promise of server/http/http.h that a client can
// see.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { after, before, describe, test } from 'node:test';
import { connect, program, raw, request, runProgram, sleep, startServer } from './lib.mjs';

const echo = program('tests/http/echo_server');
const start = (env = {}) => startServer(echo, [], { env });
const counters = async (server) => JSON.parse((await request(server, '/counters')).text);

async function withServer(env, work) {
  const server = await start(env);
  try {
    await work(server);
  } finally {
    const { code } = await server.stop();
    assert.equal(code, 0, server.log());
  }
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'stele-http-'));
fs.mkdirSync(path.join(folder, 'open/below'), { recursive: true });
fs.writeFileSync(path.join(folder, 'open/alphabet.txt'), 'abcdefghijklmnopqrstuvwxyz');
fs.writeFileSync(path.join(folder, 'open/below/deep.txt'), 'deep');
fs.writeFileSync(path.join(folder, 'open/large.bin'), Buffer.alloc(3_000_000, 'L'));
fs.writeFileSync(path.join(folder, 'secret.txt'), 'secret');
fs.symlinkSync('../secret.txt', path.join(folder, 'open/link.txt'));

let server;
before(async () => {
  server = await start({ ECHO_FOLDER: path.join(folder, 'open') });
});
after(async () => {
  const { code } = await server.stop();
  fs.rmSync(folder, { recursive: true });
  assert.equal(code, 0, server.log());
});

describe('routes', () => {
  test('values and parameters are decoded', async () => {
    const { text } = await request(server, '/show/b%E1%BA%BFn%20th%C3%A0nh?x=%ff&q=%C4%91%C3%ACnh+l%C3%A0ng');
    assert.match(text, /^name=bến thành$/m);
    assert.match(text, /^q=đình làng$/m);
  });
  test('what cannot be decoded is refused', async () => {
    for (const target of ['/show/%zz', '/show/%', '/show/%ff', '/show/%00', '/show/a%0ab', '/show/x?q=%ff', '/show/x?q=%01'])
      assert.equal((await request(server, target)).status, 400, target);
  });
  test('dots, empty segments and hidden slashes match nothing', async () => {
    for (const target of ['/show/..', '/show/%2e%2e', '/show/.', '//show', '/show//x', '/show/a%2fb', '/show/%2e%2e%2fetc'])
      assert.equal((await request(server, target)).status, 404, target);
  });
  test('a backslash cannot turn a redirect to another host', async () => {
    assert.equal((await request(server, '/\\evil.example/')).status, 400);
  });
  test('the final slash has one form', async () => {
    let answer = await request(server, '/show/?q=1');
    assert.equal(answer.status, 308);
    assert.equal(answer.headers.location, '/show?q=1');
    answer = await request(server, '/vi');
    assert.notEqual(answer.status, 404);
    answer = await request(server, '/vi/sites/a/');
    assert.equal(answer.headers.location, '/vi/sites/a');
    assert.equal((await request(server, '/either/')).status, 200);
  });
  test('only languages that are set up are languages', async () => {
    assert.match((await request(server, '/en/sites/x')).text, /lang en/);
    assert.equal((await request(server, '/fr/sites/x')).status, 404);
  });
  test('405 and OPTIONS tell what is allowed', async () => {
    let answer = await request(server, '/upload');
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.allow, 'POST, OPTIONS');
    answer = await request(server, '/page', { method: 'POST' });
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.allow, 'GET, HEAD, OPTIONS');
    answer = await request(server, '/page', { method: 'OPTIONS' });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.allow, 'GET, HEAD, OPTIONS');
    assert.equal((await raw(server, 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).status, 204);
    assert.equal((await raw(server, 'BREW /page HTTP/1.1\r\nHost: a\r\n\r\n', { wait: 200 })).status, 405);
  });
  test('HEAD has the headers of GET and no body', async () => {
    for (const target of ['/page', '/fixed', '/files/alphabet.txt', '/show']) {
      const get = await request(server, target);
      const head = await request(server, target, { method: 'HEAD' });
      assert.equal(head.status, 200);
      assert.equal(head.body.length, 0);
      assert.equal(head.headers['content-length'], get.headers['content-length'], target);
      if (target !== '/show') assert.equal(head.headers.etag, get.headers.etag, target);
    }
  });
  test('the absolute form is understood', async () => {
    const answer = await raw(server, 'GET http://elsewhere.example/show?q=1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    assert.match(answer.text, /path=\/show\n/);
  });
  test('a target that is too long gets 414, too many headers 431', async () => {
    assert.equal((await request(server, '/' + 'a'.repeat(4200))).status, 414);
    assert.equal((await request(server, '/show?q=' + 'a'.repeat(4000))).status, 200);
    const big = await raw(server, `GET / HTTP/1.1\r\nHost: a\r\n${'X-Filler: 0123456789\r\n'.repeat(2000)}\r\n`);
    assert.equal(big.status, 431);
  });
  test('a guard comes before its rows', async () => {
    assert.equal((await request(server, '/secret')).headers.location, '/sign-in');
    assert.equal((await request(server, '/secret/strict')).status, 403);
    assert.equal((await request(server, '/secret', { headers: { 'x-key': '1' } })).text, 'for thủ thư');
  });
});

describe('language', () => {
  const lang = async (headers, target = '/hello') => /lang (\S+),/.exec((await request(server, target, { headers })).text)[1];
  test('Accept-Language, cookie, path, default', async () => {
    assert.equal(await lang({}), 'vi');
    assert.equal(await lang({ 'accept-language': 'fr, en-GB;q=0.8, vi;q=0.5' }), 'en');
    assert.equal(await lang({ 'accept-language': 'zh-Hant-TW' }), 'zh-hant');
    assert.equal(await lang({ 'accept-language': 'en', cookie: 'a=b; lang=vi' }), 'vi');
    assert.equal(await lang({ 'accept-language': 'en', cookie: 'lang=xx' }), 'en');
    assert.equal(await lang({ 'accept-language': 'vi', cookie: 'lang=vi' }, '/en/'), 'en');
  });
  test('Vary says so', async () => {
    assert.equal((await request(server, '/hello')).headers.vary, 'Accept-Encoding, Accept-Language, Cookie');
    assert.equal((await request(server, '/page')).headers.vary, 'Accept-Encoding');
    assert.equal((await request(server, '/show')).headers.vary, undefined);
  });
  test('error pages speak it too', async () => {
    assert.match((await request(server, '/none/here', { headers: { 'accept-language': 'en' } })).text, /lang=en/);
    assert.match((await request(server, '/zh-hant/none/here')).text, /lang=zh-hant/);
  });
});

describe('encoding', () => {
  const decoders = { br: zlib.brotliDecompressSync, gzip: zlib.gunzipSync };
  test('br before gzip before identity, and each has its own tag', async () => {
    const plain = await request(server, '/stable');
    assert.equal(plain.headers['content-encoding'], undefined);
    const tags = new Set([plain.headers.etag]);
    for (const [accept, coding] of [['gzip, br', 'br'], ['gzip', 'gzip'], ['br;q=0.5, gzip', 'gzip'], ['*', 'br']]) {
      const answer = await request(server, '/stable', { headers: { 'accept-encoding': accept } });
      assert.equal(answer.headers['content-encoding'], coding, accept);
      assert.ok(answer.body.length < plain.body.length / 3);
      const text = decoders[coding](answer.body).toString();
      assert.equal(text, plain.text);
      tags.add(answer.headers.etag);
    }
    assert.equal(tags.size, 3);
    for (const accept of ['identity', 'br;q=0, gzip;q=0', 'deflate', ''])
      assert.equal((await request(server, '/stable', { headers: { 'accept-encoding': accept } })).headers['content-encoding'], undefined);
  });
  test('small, binary and personal answers are not compressed', async () => {
    for (const target of ['/page?lines=0', '/page?lines=1', '/fixed-cached', '/show'])
      assert.equal((await request(server, target, { headers: { 'accept-encoding': 'br' } })).headers['content-encoding'], undefined, target);
  });
});

describe('conditional requests', () => {
  for (const target of ['/page', '/fixed', '/files/alphabet.txt']) {
    test(`of ${target}`, async () => {
      const first = await request(server, target);
      const etag = first.headers.etag;
      assert.match(etag, /^"[^"]+"$/);
      for (const value of [etag, `W/${etag}`, `"a", ${etag}`, '*', `"x",W/${etag} , "y"`]) {
        const answer = await request(server, target, { headers: { 'if-none-match': value } });
        assert.equal(answer.status, 304, value);
        assert.equal(answer.body.length, 0);
        assert.equal(answer.headers.etag, etag);
        assert.equal(answer.headers['cache-control'], first.headers['cache-control']);
        assert.equal(answer.headers['content-type'], undefined);
        assert.ok([undefined, first.headers['content-length']].includes(answer.headers['content-length']));
      }
      for (const value of ['"other"', 'W/"other"', etag.slice(1, -1), ''])
        assert.equal((await request(server, target, { headers: { 'if-none-match': value } })).status, 200, value);
      assert.equal((await request(server, target, { method: 'HEAD', headers: { 'if-none-match': etag } })).status, 304);
    });
  }
  test('by date, in three forms, and never against a tag', async () => {
    const when = (await request(server, '/page')).headers['last-modified'];
    assert.equal(when, 'Tue, 14 Nov 2023 22:13:20 GMT');
    for (const value of [when, 'Tuesday, 14-Nov-23 22:13:20 GMT', 'Tue Nov 14 22:13:20 2023', 'Wed, 15 Nov 2023 00:00:00 GMT'])
      assert.equal((await request(server, '/page', { headers: { 'if-modified-since': value } })).status, 304, value);
    for (const value of ['Tue, 14 Nov 2023 22:13:19 GMT', 'yesterday', '2023-11-14'])
      assert.equal((await request(server, '/page', { headers: { 'if-modified-since': value } })).status, 200, value);
    assert.equal((await request(server, '/page', { headers: { 'if-modified-since': when, 'if-none-match': '"other"' } })).status, 200);
  });
  test('the tag of one encoding does not answer for another', async () => {
    const br = await request(server, '/stable', { headers: { 'accept-encoding': 'br' } });
    assert.equal((await request(server, '/stable', { headers: { 'if-none-match': br.headers.etag } })).status, 200);
    assert.equal((await request(server, '/stable', { headers: { 'if-none-match': br.headers.etag, 'accept-encoding': 'br' } })).status, 304);
  });
});

describe('ranges', () => {
  const whole = { '/fixed': '0123456789abcdefghijklmnopqrstuvwxyz', '/fixed-cached': '0123456789abcdefghijklmnopqrstuvwxyz', '/files/alphabet.txt': 'abcdefghijklmnopqrstuvwxyz' };
  for (const [target, text] of Object.entries(whole)) {
    const size = text.length;
    test(`of ${target}`, async () => {
      const cases = [
        ['bytes=0-0', 0, 0],
        ['bytes=2-5', 2, 5],
        ['bytes=5-', 5, size - 1],
        ['bytes=-3', size - 3, size - 1],
        ['bytes=-9999', 0, size - 1],
        ['bytes=3-9999999999999999999999', 3, size - 1],
      ];
      for (const [range, first, last] of cases) {
        const answer = await request(server, target, { headers: { range } });
        assert.equal(answer.status, 206, range);
        assert.equal(answer.text, text.slice(first, last + 1), range);
        assert.equal(answer.headers['content-range'], `bytes ${first}-${last}/${size}`);
        assert.equal(answer.headers['content-length'], String(last - first + 1));
        assert.ok(answer.headers.etag);
        assert.ok(answer.headers['content-security-policy']);
      }
    });
    test(`that cannot be met of ${target}`, async () => {
      for (const range of [`bytes=${size}-`, 'bytes=-0', 'bytes=99-100', 'bytes=99999999999999999999999-']) {
        const answer = await request(server, target, { headers: { range } });
        assert.equal(answer.status, 416, range);
        assert.equal(answer.headers['content-range'], `bytes */${size}`);
      }
    });
    test(`that are ignored for ${target}`, async () => {
      for (const range of ['bytes=0-1,3-4', 'bytes=5-2', 'lines=1-2', 'bytes=', 'bytes=-', 'bytes=a-b', 'bytes=1-2x', '']) {
        const answer = await request(server, target, { headers: { range } });
        assert.equal(answer.status, 200, range);
        assert.equal(answer.text, text);
        assert.equal(answer.headers['accept-ranges'], 'bytes');
      }
      assert.equal((await request(server, target, { method: 'HEAD', headers: { range: 'bytes=0-0' } })).status, 200);
    });
  }
  test('If-Range', async () => {
    const { etag, 'last-modified': when } = (await request(server, '/files/alphabet.txt')).headers;
    const get = (ifRange) => request(server, '/files/alphabet.txt', { headers: { range: 'bytes=0-1', 'if-range': ifRange } });
    assert.equal((await get(etag)).status, 206);
    assert.equal((await get(when)).status, 206);
    for (const value of [`W/${etag}`, '"other"', 'Tue, 14 Nov 2000 22:13:20 GMT', 'nonsense'])
      assert.equal((await get(value)).status, 200, value);
  });
  test('a part of a large file', async () => {
    const answer = await request(server, '/files/large.bin', { headers: { range: 'bytes=1000000-2499999' } });
    assert.equal(answer.body.length, 1500000);
    assert.equal((await request(server, '/files/large.bin')).body.length, 3000000);
  });
});

describe('files', () => {
  test('stay below their folder', async () => {
    assert.equal((await request(server, '/files/below/deep.txt')).text, 'deep');
    for (const name of ['../secret.txt', '%2e%2e/secret.txt', '..%2fsecret.txt', 'below/../../secret.txt', 'link.txt', 'below', 'none', '/etc/passwd', '%2fetc%2fpasswd', 'a'.repeat(300)])
      assert.equal((await raw(server, `GET /files/${name} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).status, 404, name);
    assert.equal((await request(server, '/files/below/')).status, 308);
  });
});

describe('headers', () => {
  test('of security stand on every answer', async () => {
    for (const target of ['/page', '/none/here', '/files/alphabet.txt', '/fail/io', '/secret']) {
      const { headers } = await request(server, target);
      assert.match(headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/, target);
      assert.equal(headers['x-content-type-options'], 'nosniff');
      for (const name of ['referrer-policy', 'permissions-policy', 'cross-origin-opener-policy']) assert.ok(headers[name], name);
      assert.equal(headers['strict-transport-security'], undefined);
    }
  });
  test('HSTS with an https address only', async () => {
    await withServer({ ECHO_HTTPS: '1' }, async (s) => {
      const answer = await request(s, '/show');
      assert.match(answer.headers['strict-transport-security'], /max-age=\d+/);
      assert.match(answer.text, /https=1/);
    });
  });
  test('cannot be split', async () => {
    for (const value of ['a%0d%0aX-Evil:1', 'a%0ab', 'a%09b%0d']) {
      const answer = await request(server, `/split?q=${value}`);
      assert.equal(answer.text, 'invalid');
      assert.equal(answer.headers['x-evil'], undefined);
    }
    assert.equal((await request(server, '/split?q=fine')).headers['x-echo'], 'fine');
  });
  test('a cookie keeps an answer out of every cache', async () => {
    const before = await counters(server);
    for (let i = 0; i < 3; i++) {
      const { headers } = await request(server, '/cookie');
      assert.equal(headers['set-cookie'][0], 'a=b');
      assert.equal(headers['cache-control'], 'private, no-store');
      for (const name of ['etag', 'last-modified']) assert.equal(headers[name], undefined, name);
    }
    const now = await counters(server);
    assert.equal(now.hits, before.hits);
    assert.equal(now.misses, before.misses + 3);
    const since = { 'if-modified-since': new Date(Date.now() + 1e6).toUTCString() };
    assert.equal((await request(server, '/cookie', { headers: since })).status, 200);
  });
  test('cookies are read', async () => {
    assert.match((await request(server, '/show', { headers: { cookie: 'distaste=no; taste="sweet sour"; taste=2' } })).text, /^cookie=sweet sour$/m);
  });
  test('a proxy is believed only when it is trusted', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.1, 198.51.100.7', 'x-forwarded-proto': 'https' };
    assert.match((await request(server, '/show', { headers })).text, /remote=127\.0\.0\.1\nhttps=0/);
    await withServer({ ECHO_TRUST_PROXY: '1' }, async (s) => {
      assert.match((await request(s, '/show', { headers })).text, /remote=198\.51\.100\.7\nhttps=1/);
      assert.match((await request(s, '/show', { headers: { 'x-forwarded-for': 'junk' } })).text, /remote=127\.0\.0\.1\nhttps=0/);
    });
  });
});

describe('errors', () => {
  test('each code has its status and its page', async () => {
    const statuses = { 'not-found': 404, invalid: 400, 'too-large': 413, conflict: 409, denied: 403, busy: 503, full: 503, memory: 500, io: 500, corrupt: 500, unsupported: 415 };
    for (const [code, status] of Object.entries(statuses)) {
      const answer = await request(server, `/fail/${code}`);
      assert.equal(answer.status, status, code);
      assert.match(answer.text, status === 409 ? /^409 Conflict\nAsked to fail/ : new RegExp(`<h1>${status}</h1>`));
      assert.equal(answer.text.includes('Asked to fail'), status !== 500, 'what went wrong inside is not for visitors');
      assert.match(answer.headers['cache-control'], /no-store/);
    }
  });
  test('plain text and JSON for who wants no HTML', async () => {
    let answer = await request(server, '/none/here', { headers: { accept: 'application/json' } });
    assert.deepEqual({ ...JSON.parse(answer.text), id: 0 }, { status: 404, error: 'Not Found', message: '', id: 0 });
    answer = await request(server, '/fail/invalid', { headers: { accept: 'text/plain' } });
    assert.match(answer.text, /^400 Bad Request\nAsked to fail with "invalid"/);
    await withServer({ ECHO_PLAIN_ERRORS: '1' }, async (s) => assert.match((await request(s, '/none/here')).text, /^404 Not Found/));
  });
  test('a retired plate is gone, kept in the cache, and counted', async () => {
    const before = await counters(server);
    for (let i = 0; i < 2; i++) {
      const answer = await request(server, '/gone');
      assert.equal(answer.status, 410);
      assert.match(answer.text, /taken down/);
    }
    const now = await counters(server);
    assert.equal(now.seen - before.seen, 2);
    assert.equal(now.tag - before.tag, 2);
    assert.equal(now.hits - before.hits, 1);
  });
});

describe('framing', () => {
  const refused = {
    'two Hosts': 'GET /show HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
    'the same Host twice': 'GET /show HTTP/1.1\r\nHost: a\r\nhOST: a\r\n\r\n',
    'no Host': 'GET /show HTTP/1.1\r\nAccept: */*\r\n\r\n',
    'no header at all': 'GET /show HTTP/1.1\r\n\r\n',
    'two Content-Lengths': 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc',
    'the same Content-Length twice': 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc',
    'a list of lengths': 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc',
    'a signed length': 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc',
    'an empty length': 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nabc',
    'both framings': 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    'both framings, other order': 'POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    'an unknown coding': 'POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    'a coding that looks like chunked': 'POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
    'two codings': 'POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n',
    'chunked with HTTP/1.0': 'POST /upload HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'a NUL in a value': 'GET /show HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\nX-B: d\r\n\r\n',
    'a NUL in the last value': 'GET /show HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n',
    'a NUL at the end of a value': 'GET /show HTTP/1.1\r\nHost: a\r\nX-A: b\0\r\n\r\n',
    'a NUL in a name': 'GET /show HTTP/1.1\r\nHost: a\r\nX\0A: b\r\n\r\n',
    'a NUL that begins a line': 'GET /show HTTP/1.1\r\nHost: a\r\n\0X: b\r\n\r\n',
    'a NUL in the target': 'GET /sh\0ow HTTP/1.1\r\nHost: a\r\n\r\n',
    'a NUL at the end of the target': 'GET /show\0 HTTP/1.1\r\nHost: a\r\n\r\n',
    'a NUL in the method': 'GE\0T /show HTTP/1.1\r\nHost: a\r\n\r\n',
    'a control character in a value': 'GET /show HTTP/1.1\r\nHost: a\r\nX-A: b\x01c\r\n\r\n',
    'a carriage return in a value': 'GET /show HTTP/1.1\r\nHost: a\r\nX-A: b\rc\r\n\r\n',
    'a blank before the colon': 'GET /show HTTP/1.1\r\nHost : a\r\n\r\n',
    'an empty name': 'GET /show HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n',
    'a folded line': 'GET /show HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n',
    'a folded first line': 'GET /show HTTP/1.1\r\n Host: a\r\nHost: b\r\n\r\n',
    'bare line feeds': 'GET /show HTTP/1.1\nHost: a\n\n',
    'one bare line feed': 'GET /show HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n',
    'a blank in the target': 'GET /sh ow HTTP/1.1\r\nHost: a\r\n\r\n',
    'two blanks before the target': 'GET  /show HTTP/1.1\r\nHost: a\r\n\r\n',
    'a tab for a blank': 'GET\t/show HTTP/1.1\r\nHost: a\r\n\r\n',
    'a method that is no token': 'G(T /show HTTP/1.1\r\nHost: a\r\n\r\n',
    'no version': 'GET /show\r\nHost: a\r\n\r\n',
    'HTTP/2 in words': 'GET /show HTTP/2.0\r\nHost: a\r\n\r\n',
    'a relative target': 'GET show HTTP/1.1\r\nHost: a\r\n\r\n',
    'a control character in the target': 'GET /sh\x01ow HTTP/1.1\r\nHost: a\r\n\r\n',
  };
  for (const [name, bytes] of Object.entries(refused)) {
    test(`refuses ${name}`, async () => {
      const hidden = 'GET /hidden/request HTTP/1.1\r\nHost: a\r\n\r\n';
      const answer = await raw(server, Buffer.from(bytes + hidden, 'latin1'), { wait: 1500 });
      const wellFramed = ['a relative target', 'a control character in the target', 'a blank in the target'];
      if (answer.status !== undefined) assert.ok([400, 505].includes(answer.status), answer.text);
      if (wellFramed.includes(name)) {
        assert.equal(answer.status, 400);
      } else {
        assert.ok(answer.closed, 'the connection is closed');
        // libmicrohttpd 0.9.75 writes its own 400 for a bad Content-Length twice before it closes.
        assert.ok(answer.statuses.every((status) => status === answer.status), 'what follows is not read as a request');
      }
      assert.ok(!answer.text.includes('path='), 'no handler was asked');
    });
  }
  test('reads what is right, whole and byte by byte', async () => {
    const good = 'POST /upload HTTP/1.1\r\nHost:a\r\nX-Empty:\r\nX-Blank: \t b c \t\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n';
    assert.match((await raw(server, good, { wait: 300 })).text, /5 bytes/);
    const c = await connect(server);
    for (const byte of good + 'GET /show?q=2 HTTP/1.1\r\nHost: a\r\nUser-Agent: slow one \r\nConnection: close\r\n\r\n') c.write(byte);
    await c.closed;
    assert.match(c.text(), /5 bytes/);
    assert.match(c.text(), /q=2\n(.*\n)*agent=slow one\n/);
    assert.match((await raw(server, 'GET /show HTTP/1.0\r\n\r\n')).text, /path=\/show/);
  });
  test('several requests at once on one connection are answered in turn', async () => {
    const answer = await raw(server, 'GET /show?q=1 HTTP/1.1\r\nHost: a\r\n\r\nGET /slow?ms=50 HTTP/1.1\r\nHost: a\r\n\r\nGET /show?q=3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    assert.deepEqual(answer.statuses, [200, 200, 200]);
    assert.ok(answer.text.indexOf('q=1') < answer.text.indexOf('slept') && answer.text.indexOf('slept') < answer.text.indexOf('q=3'));
  });
  test('many headers that arrive in pieces', async () => {
    const c = await connect(server);
    c.write('GET /show HTTP/1.1\r\nHost: a\r\n');
    for (let i = 0; i < 50; i++) {
      c.write(`X-Header-${i}: ${'v'.repeat(80)}\r\n`);
      if (i % 10 === 0) await sleep(5);
    }
    c.write('User-Agent: patient\r\nConnection: close\r\n\r\n');
    await c.closed;
    assert.match(c.text(), /agent=patient/);
  });
  test('a chunk extension is passed over, or refused (libmicrohttpd 1.0.1)', async () => {
    const answer = await raw(server, 'POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n', { wait: 300 });
    if (answer.status === 400) assert.ok(answer.closed);
    else assert.match(answer.text, /3 bytes/);
  });
  test('blanks behind values hide nothing', async () => {
    for (const blanks of ['', ' ', '\t', '  \t ']) {
      const answer = await raw(server, `GET /show HTTP/1.1\r\nHost: a\r\nUser-Agent: b${blanks}\r\nX-Empty:${blanks}\r\nConnection: close${blanks}\r\n\r\n`);
      assert.match(answer.text, /\nagent=b\n/, JSON.stringify(blanks));
    }
  });
  // libmicrohttpd 1.0 refuses most of them before we see the request.
  test('refusals are counted', async () => assert.ok((await counters(server)).frames > 0));
});

describe('bodies', () => {
  test('up to the limit, on a worker too', async () => {
    for (const target of ['/upload', '/upload/worked']) {
      assert.match((await request(server, target, { method: 'POST', body: 'x'.repeat(100000) })).text, /^100000 bytes/);
      assert.match((await request(server, target, { method: 'POST' })).text, /^0 bytes/);
    }
  });
  test('413 beyond it, announced, counted on the way, and without a row for it', async () => {
    const post = (target, body, headers) => request(server, target, { method: 'POST', body, headers });
    const body = Buffer.alloc(500000, 'y');
    assert.equal((await post('/upload', body, { 'content-length': body.length })).status, 413);
    assert.equal((await post('/upload', body, { 'transfer-encoding': 'chunked' })).status, 413);
    assert.equal((await post('/move', 'unwanted')).status, 413);
    assert.equal((await request(server, '/page', { body: 'unwanted', headers: { 'content-length': 8 } })).status, 413);
    const early = await raw(server, 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n');
    assert.equal(early.status, 413);
    assert.ok(early.closed);
  });
  test('the connection lives on after a refused body', async () => {
    const answer = await raw(server, 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n' + 'z'.repeat(100001) + 'GET /show?q=after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    assert.deepEqual(answer.statuses, [413, 200]);
    assert.match(answer.text, /q=after/);
  });
  test('Expect: 100-continue', async () => {
    const c = await connect(server);
    c.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n');
    await sleep(100);
    assert.match(c.text(), /^HTTP\/1\.1 100 Continue/);
    c.write('abc');
    await c.closed;
    assert.match(c.text(), /3 bytes/);
    const refusedEarly = await raw(server, 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\nExpect: 100-continue\r\n\r\n');
    assert.deepEqual(refusedEarly.statuses, [413]);
  });
});

describe('page cache', () => {
  test('renders once for each address, declared parameter, language and encoding', async () => {
    const render = async (target, headers = {}) => {
      const answer = await request(server, target, { headers });
      const bytes = answer.headers['content-encoding'] === 'br' ? zlib.brotliDecompressSync(answer.body) : answer.body;
      return /render (\d+)/.exec(bytes.toString())[1];
    };
    const first = await render('/cached-a');
    assert.equal(await render('/cached-a'), first);
    assert.equal(await render('/cached-a?utm_source=x&fbclid=y'), first);
    assert.equal(await render('/cached%2Da'), first);
    assert.equal(await render('/cached-a/'), first);
    assert.equal(await render('/cached-a', { 'accept-language': 'en', cookie: 'lang=en' }), first);
    assert.notEqual(await render('/cached-b'), first);
    assert.notEqual(await render('/cached-a', { 'accept-encoding': 'br' }), first);
    const hello = await render('/hello?lines=3', { 'accept-language': 'en' });
    assert.equal(await render('/hello?x=1&lines=3&lines=4', { 'accept-language': 'en-US' }), hello);
    assert.notEqual(await render('/hello?lines=3', { 'accept-language': 'vi' }), hello);
    assert.notEqual(await render('/hello?lines=4', { 'accept-language': 'en' }), hello);
  });
  test('HEAD and GET share it, and a HEAD that comes first spoils nothing', async () => {
    const head = await request(server, '/head-first', { method: 'HEAD' });
    const get = await request(server, '/head-first');
    assert.equal(get.headers.etag, head.headers.etag);
    assert.equal(String(get.body.length), head.headers['content-length']);
  });
  test('the observer hears of every answer, hit or miss, with its tag', async () => {
    const before = await counters(server);
    const { headers } = await request(server, '/observed');
    await request(server, '/observed');
    await request(server, '/observed', { method: 'HEAD' });
    await request(server, '/observed', { headers: { 'if-none-match': headers.etag } });
    const now = await counters(server);
    const heard = Object.fromEntries(['seen', 'head', 'hit', 'unchanged', 'tag'].map((k) => [k, now[k] - before[k]]));
    assert.deepEqual(heard, { seen: 4, head: 1, hit: 3, unchanged: 1, tag: 4 });
  });
  test('is dropped when the version moves, and what was begun before does not enter', async () => {
    await withServer({}, async (s) => {
      const one = (await request(s, '/page')).text;
      assert.equal((await request(s, '/page')).text, one);
      await request(s, '/move', { method: 'POST' });
      assert.equal((await counters(s)).entries, 0);
      assert.notEqual((await request(s, '/page')).text, one);
      const old = request(s, '/worked?sleep=300');
      await sleep(100);
      await request(s, '/move', { method: 'POST' });
      const stale = (await old).text;
      assert.equal((await counters(s)).entries, 0);
      assert.notEqual((await request(s, '/worked?sleep=300')).text, stale);
    });
  });
  test('keeps its bound, the least used go first', async () => {
    await withServer({ ECHO_CACHE: '200000' }, async (s) => {
      const kept = (await request(s, '/kept')).text;
      for (let i = 0; i < 60; i++) {
        await request(s, `/page-${i}`);
        assert.equal((await request(s, '/kept')).text, kept);
      }
      const now = await counters(s);
      assert.ok(now.bytes <= 200000 && now.entries >= 8 && now.entries < 20, JSON.stringify(now));
      const misses = now.misses;
      await request(s, '/page-0');
      assert.equal((await counters(s)).misses, misses + 1);
      await request(s, '/page?lines=5000');
      assert.ok((await counters(s)).entries >= 8, 'one large answer does not empty it');
    });
  });
  test('no cache at all', async () => {
    await withServer({ ECHO_CACHE: '0' }, async (s) => {
      assert.notEqual((await request(s, '/page')).text, (await request(s, '/page')).text);
    });
  });
});

describe('workers', () => {
  test('a slow handler holds up nobody else', async () => {
    await withServer({ ECHO_THREADS: '1', ECHO_WORKERS: '1' }, async (s) => {
      const slow = request(s, '/slow?ms=600');
      await sleep(50);
      const begin = Date.now();
      await request(s, '/show');
      assert.ok(Date.now() - begin < 400);
      assert.equal((await slow).text, 'slept');
    });
  });
  test('a full queue is said, with when to come again', async () => {
    await withServer({ ECHO_WORKERS: '1', ECHO_QUEUE: '1' }, async (s) => {
      const first = request(s, '/slow?ms=500');
      await sleep(100);
      const second = request(s, '/slow?ms=1');
      await sleep(100);
      const third = await request(s, '/slow?ms=1');
      assert.equal(third.status, 503);
      assert.match(third.headers['retry-after'], /^\d+$/);
      assert.equal((await first).status, 200);
      assert.equal((await second).status, 200);
      assert.equal((await counters(s)).refused, 1);
    });
  });
  test('who leaves while a worker works harms nothing', async () => {
    for (let i = 0; i < 5; i++) {
      const c = await connect(server);
      c.write('GET /slow?ms=150 HTTP/1.1\r\nHost: a\r\n\r\n');
      await sleep(20);
      if (i % 2) c.socket.resetAndDestroy();
      else c.end();
    }
    await sleep(700);
    assert.equal((await request(server, '/slow?ms=1')).text, 'slept');
  });
});

describe('deadlines', () => {
  let s;
  before(async () => {
    s = await start({ ECHO_HEADER_MS: '600', ECHO_IDLE_MS: '600', ECHO_RATE_MS: '500', ECHO_RATE: '4096' });
  });
  after(() => s.stop());
  const trickle = async (c, text, every = 40) => {
    for (const byte of text) {
      if (c.socket.destroyed || c.socket.readableEnded) return;
      c.write(byte);
      await sleep(every);
    }
  };
  test('headers that come a byte at a time do not keep a connection', async () => {
    const c = await connect(s);
    trickle(c, 'GET /show HTTP/1.1\r\nHost: a\r\nX-Slow: ' + 'a'.repeat(200));
    const ms = await Promise.race([c.closed, sleep(4000, 'never')]);
    c.end();
    assert.ok(ms > 400 && ms < 2000, String(ms));
  });
  test('nor does saying nothing', async () => {
    const c = await connect(s);
    const ms = await Promise.race([c.closed, sleep(4000, 'never')]);
    assert.ok(ms > 400 && ms < 2000, String(ms));
  });
  test('nor idling after a request, nor a slow second request line', async () => {
    for (const more of ['', 'GET /' + 'a'.repeat(200)]) {
      const c = await connect(s);
      c.write('GET /show HTTP/1.1\r\nHost: a\r\n\r\n');
      trickle(c, more);
      const ms = await Promise.race([c.closed, sleep(4000, 'never')]);
      c.end();
      assert.ok(ms > 400 && ms < 2500, String(ms));
      assert.match(c.text(), /^HTTP\/1\.1 200/);
    }
  });
  test('nor a body below the minimum rate', async () => {
    const c = await connect(s);
    c.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n');
    trickle(c, 'b'.repeat(400));
    const ms = await Promise.race([c.closed, sleep(5000, 'never')]);
    c.end();
    assert.ok(ms > 400 && ms < 3000, String(ms));
  });
  test('while a body above it may take its time', async () => {
    const c = await connect(s);
    c.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\nConnection: close\r\n\r\n');
    for (let i = 0; i < 20; i++) {
      c.write('b'.repeat(2000));
      await sleep(100);
    }
    await c.closed;
    assert.match(c.text(), /40000 bytes/);
  });
  test('nor a client that does not read its answer', async () => {
    const c = await connect(s);
    const before = (await counters(s)).deadlines;
    c.socket.pause();
    c.write('GET /big?bytes=60000000 HTTP/1.1\r\nHost: a\r\n\r\n');
    await sleep(3000);
    assert.ok((await counters(s)).deadlines > before);
    c.end();
  });
  test('a handler may work longer than any of them', async () => {
    assert.equal((await request(s, '/slow?ms=1500')).text, 'slept');
  });
  test('a large answer above the minimum rate arrives whole', async () => {
    const c = await connect(s);
    c.write('GET /big?bytes=8000000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    for (let i = 0; i < 20; i++) {
      c.socket.pause();
      await sleep(50);
      c.socket.resume();
      await sleep(20);
    }
    await c.closed;
    assert.ok(c.bytes().length > 8000000);
  });
});

describe('limits', () => {
  test('connections of one address', async () => {
    await withServer({ ECHO_PER_IP: '3' }, async (s) => {
      const open = [];
      for (let i = 0; i < 6; i++) open.push(await connect(s));
      await sleep(100);
      for (const c of open) c.write('GET /show HTTP/1.1\r\nHost: a\r\n\r\n');
      await sleep(200);
      assert.equal(open.filter((c) => c.text().startsWith('HTTP/1.1 200')).length, 3);
      for (const c of open) c.end();
    });
  });
  test('connections in all: the others wait', async () => {
    await withServer({ ECHO_CONNECTIONS: '8', ECHO_THREADS: '2', ECHO_HEADER_MS: '800' }, async (s) => {
      const open = [];
      for (let i = 0; i < 8; i++) open.push(await connect(s));
      await sleep(100);
      assert.equal((await request(s, '/show')).status, 200); // once the silent ones have been closed
      for (const c of open) c.end();
    });
  });
});

describe('start and stop', () => {
  test('a graceful stop finishes what is under way', async () => {
    for (const signal of ['SIGTERM', 'SIGINT']) {
      const s = await start();
      const agent = new http.Agent({ keepAlive: true });
      await request(s, '/show', { agent });
      const idle = await connect(s);
      const slow = request(s, '/slow?ms=700');
      await sleep(100);
      const begin = Date.now();
      const stopped = s.stop(signal);
      assert.equal((await slow).text, 'slept');
      assert.deepEqual(await stopped, { code: 0, signal: null });
      assert.ok(Date.now() - begin < 1500, 'idle connections do not hold it up');
      await idle.closed;
      agent.destroy();
    }
  });
  test('a stop does not wait for ever', async () => {
    const s = await start({ ECHO_GRACE_MS: '300' });
    const c = await connect(s);
    c.write('GET /show HTTP/1.1\r\nHost: a\r\nX-Never');
    await sleep(50);
    const begin = Date.now();
    assert.equal((await s.stop()).code, 0);
    assert.ok(Date.now() - begin < 1500);
    c.end();
  });
  test('a stop amid requests for workers harms nothing', async () => {
    for (let round = 0; round < 3; round++) {
      const s = await start({ ECHO_GRACE_MS: '0', ECHO_WORKERS: '2' });
      const clients = Array.from({ length: 24 }, async () => {
        const agent = new http.Agent({ keepAlive: true });
        let answers = 0;
        try {
          for (;;) {
            await request(s, '/slow?ms=1', { agent });
            answers++;
          }
        } catch {
          agent.destroy();
          return answers;
        }
      });
      await sleep(150);
      const stopped = await s.stop();
      const answers = await Promise.all(clients);
      assert.deepEqual(stopped, { code: 0, signal: null }, s.log());
      assert.ok(answers.every((n) => n > 0), String(answers));
    }
  });
  test('an address that is taken, and one that is none, are said', async () => {
    let result = await runProgram(echo, [], { env: { ECHO_LISTEN: `127.0.0.1:${server.port}` } });
    assert.equal(result.code, 1);
    assert.match(result.stderr, /Another program listens at 127\.0\.0\.1:\d+ already/);
    for (const where of ['nonsense', '127.0.0.1', '127.0.0.1:99999', '::1:80', '300.1.2.3:80', '127.0.0.1:8x', ':']) {
      result = await runProgram(echo, [], { env: { ECHO_LISTEN: where } });
      assert.equal(result.code, 1, where);
      assert.match(result.stderr, /is no address to listen at/, where);
    }
  });
  test('IPv6, and both families at once', async () => {
    await withServer({ ECHO_LISTEN: '[::1]:0' }, async (s) => assert.match((await request(s, '/show')).text, /remote=::1\n/));
    await withServer({ ECHO_LISTEN: '*:0' }, async (s) => {
      assert.match((await request({ host: '127.0.0.1', port: s.port }, '/show')).text, /remote=127\.0\.0\.1\n/);
      assert.match((await request({ host: '::1', port: s.port }, '/show')).text, /remote=::1\n/);
    });
  });
  test('a socket from the service manager', async () => {
    const net = await import('node:net');
    const listener = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.on('listening', resolve));
    const { port } = listener.address();
    const s = await startServer('/bin/sh', ['-c', `LISTEN_PID=$$ LISTEN_FDS=1 exec ${echo}`], { stdio: ['ignore', 'inherit', 'pipe', listener._handle] });
    assert.equal(s.port, port);
    listener.close();
    assert.equal((await request(s, '/show')).status, 200);
    assert.equal((await s.stop()).code, 0);
  });
  test('a socket of the service manager that is no use leaves the others as they were', async () => {
    const net = await import('node:net');
    const dgram = await import('node:dgram');
    const listener = net.createServer((socket) => socket.end('still here')).listen(0, '127.0.0.1');
    await new Promise((resolve) => listener.on('listening', resolve));
    const datagrams = dgram.createSocket('udp4');
    await new Promise((resolve) => datagrams.bind(0, '127.0.0.1', resolve));
    const child = spawn('/bin/sh', ['-c', `LISTEN_PID=$$ LISTEN_FDS=2 exec ${echo}`], {
      stdio: ['ignore', 'inherit', 'pipe', listener._handle, datagrams._handle.fd],
    });
    let said = '';
    child.stderr.on('data', (chunk) => (said += chunk));
    const [code] = await once(child, 'close');
    assert.equal(code, 1);
    assert.match(said, /Descriptor 4 from the service manager is no listening socket/);
    const c = await connect({ host: '127.0.0.1', port: listener.address().port });
    await c.closed;
    assert.equal(c.text(), 'still here');
    c.end();
    listener.close();
    datagrams.close();
  });
});

describe('log', () => {
  test('one line a request, safe to read, without queries and full addresses', async () => {
    const s = await start({ ECHO_LOG: '1' });
    await request(s, '/show/%E1?q=private');
    await raw(s, Buffer.from('GET /show/a"b\x80 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 'latin1'));
    await request(s, '/page');
    await request(s, '/page');
    await request(s, '/fail/corrupt');
    await s.stop();
    const lines = s.log().trim().split('\n').slice(1);
    assert.equal(lines.length, 5);
    for (const line of lines)
      assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ id=[0-9a-f]{16} from=127\.0\.0\.0 method=GET path="\S+" status=\d{3} bytes=\d+ ms=\d+\.\d{3} cache=(hit|miss|-)/);
    const line = (part) => lines.filter((l) => l.includes(part)); // two threads may finish in another order
    assert.equal(line('path="/show/a\\x22b').length, 1);
    assert.deepEqual(line('path="/page"').map((l) => /cache=(\S+)/.exec(l)[1]).sort(), ['hit', 'miss']);
    assert.match(line('/fail/')[0], /status=500 .* cache=- problem="Asked to fail with \\x22corrupt\\x22\."/);
    assert.ok(!s.log().includes('private'));
  });
  test('can be thinned out, but failures are always told', async () => {
    const s = await start({ ECHO_LOG: '1', ECHO_LOG_SAMPLE: '10', ECHO_LOG_ADDRESSES: '0' });
    for (let i = 0; i < 20; i++) await request(s, '/show');
    await request(s, '/fail/io');
    await s.stop();
    const lines = s.log().trim().split('\n').slice(1);
    assert.equal(lines.length, 3);
    assert.match(lines[0], / from=- /);
  });
});
