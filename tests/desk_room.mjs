// A desk for tests: a data folder with the sample, accounts with sessions of their own, and requests that carry
// cookie, origin and token as a browser's do.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request, sleep, startServer } from './http/lib.mjs';
import { importSample, newFolder, stele } from './sample.mjs';

// Argon2id of this password, made with crypto_pwhash_str.
export const password = 'bến Ninh Kiều sáng nay';
const passwordHash =
  '$argon2id$v=19$m=19456,t=2,p=1$Fj0TOao6X31Y8L2QCigLfQ$ZcbseGhvnGQeP8GsqDlLxwA1M2AT3coavRtYShvLZ8g';

const quote = (text) => `'${text.replaceAll("'", "''")}'`;

export function sql(data, statement) {
  return execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(data, 'stele.db'), statement], { encoding: 'utf8' }).trim();
}

// Adds an account that is signed in: { name, id, token, csrf }.
export function addPerson(data, name, { role = 'editor', mayPublish = true, areas = [] } = {}) {
  const token = crypto.randomBytes(32).toString('base64url');
  const csrf = crypto.randomBytes(32).toString('base64url');
  const hash = crypto.createHash('sha256').update(token).digest('hex');
  const now = Math.floor(Date.now() / 1000);
  const id = Number(
    sql(
      data,
      `INSERT INTO account (name, name_folded, role, may_publish, password_hash, created_at)
       VALUES (${quote(name)}, ${quote(name.toLowerCase())}, ${quote(role)}, ${mayPublish ? 1 : 0}, ${quote(passwordHash)}, ${now}) RETURNING id`,
    ),
  );
  sql(
    data,
    `INSERT INTO session (token_hash, account_id, csrf_token, created_at, last_seen_at, expires_at, device)
     VALUES (x'${hash}', ${id}, CAST(${quote(csrf)} AS BLOB), ${now}, ${now}, ${now + 86400}, 'test')`,
  );
  for (const area of areas)
    sql(data, `INSERT INTO account_area SELECT ${id}, id FROM term WHERE scheme = 'area' AND key = ${quote(area)}`);
  return { name, id, token, csrf };
}

// Ends every session of the account.
export const endSessions = (data, person) => sql(data, `DELETE FROM session WHERE account_id = ${person.id}`);

// `work` while another program writes to the store of `data`, as a long import does. What `work` gives.
export async function whileLocked(data, work) {
  const holder = spawn('flock', ['-x', path.join(data, 'stele.lock'), 'cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  holder.stdin.write('.');
  await once(holder.stdout, 'data'); // it has the lock
  try {
    return await work();
  } finally {
    const gone = once(holder, 'exit');
    holder.stdin.end();
    await gone;
  }
}

// For before(): what is begun there ends with the file, the last first. Called where the file begins.
export function untilEnd(after) {
  const steps = [];
  after(async () => {
    for (const step of steps.reverse()) await step();
  });
  return { after: (step) => steps.push(step) };
}

// Starts a server over the sample: { data, server, as(person) }. `t` is a test, or what untilEnd gave.
export async function openDesk(t, { before = () => {}, args = [] } = {}) {
  const data = path.join(newFolder(t), 'data');
  await importSample(data);
  const people = (await before(data)) ?? {};
  const server = await startServer(stele, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...args]);
  t.after(() => server.stop());
  return { data, server, people, as: (person) => asPerson(server, person) };
}

export function asPerson(server, person) {
  const common = { Cookie: `stele=${person.token}; __Host-stele=${person.token}`, 'Sec-Fetch-Site': 'same-origin' };
  return {
    get: (target, headers = {}) => request(server, target, { headers: { ...common, ...headers } }),
    // `fields`: an object or a list of pairs
    post: (target, fields = {}, headers = {}) =>
      request(server, target, {
        method: 'POST',
        headers: { ...common, 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams([['csrf', person.csrf], ...(Array.isArray(fields) ? fields : Object.entries(fields))]).toString(),
      }),
    // A form with files: { name: value or { file, bytes } }
    upload: (target, fields) => {
      const boundary = `----test${crypto.randomBytes(12).toString('hex')}`;
      const parts = [];
      for (const [name, value] of [['csrf', person.csrf], ...Object.entries(fields)]) {
        const file = value?.bytes !== undefined;
        parts.push(
          `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file ? `; filename="${value.file}"\r\nContent-Type: application/octet-stream` : ''}\r\n\r\n`,
          file ? value.bytes : value,
          '\r\n',
        );
      }
      parts.push(`--${boundary}--\r\n`);
      return request(server, target, {
        method: 'POST',
        headers: { ...common, 'Content-Type': `multipart/form-data; boundary=${boundary}` },
        body: Buffer.concat(parts.map((part) => Buffer.from(part))),
      });
    },
  };
}

// A form that begins long work answers with the address of its page: what that says, or leads to, when the work is over.
export async function whenOver(as, answer) {
  const { location } = answer.headers;
  if (answer.status !== 303) return answer;
  for (let i = 0; i < 1200; i += 1) {
    const state = await as.get(location, { Accept: 'application/json' });
    if (state.status === 200 && state.headers['content-type'] === 'application/json' && JSON.parse(state.text).running) await sleep(50);
    else return as.get(location);
  }
  throw new Error(`${location} does not end`);
}

export function siteId(data, slug) {
  const id = Number(sql(data, `SELECT id FROM site WHERE slug = ${quote(slug)}`));
  assert.ok(id, slug);
  return id;
}

export const readText = (file) => fs.readFileSync(file, 'utf8');

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
const plain = (text) => text.replace(/&([^;\s]+);/g, (whole, name) => entities[name] ?? whole);
const attribute = (tag, name) => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
  return found && plain(found[1]);
};

// The fields that a browser would send of the form with this id, without its buttons: a list of pairs.
export function fieldsOf(html, id = 'site') {
  const form = new RegExp(`<form[^>]*id="${id}"[\\s\\S]*?</form>`).exec(html)[0];
  const fields = [];
  const pattern = /<input\b[^>]*>|<textarea\b[^>]*>([\s\S]*?)<\/textarea>|<select\b[^>]*>([\s\S]*?)<\/select>/g;
  for (const match of form.matchAll(pattern)) {
    const [whole, text, options] = match;
    const tag = /^<[^>]*>/.exec(whole)[0];
    const name = attribute(tag, 'name');
    if (!name || name === 'csrf') continue;
    if (text !== undefined) fields.push([name, plain(text.replace(/^\n/, '')).replace(/\n/g, '\r\n')]);
    else if (options !== undefined) {
      const all = [...options.matchAll(/<option[^>]*>/g)].map((m) => m[0]);
      const chosen = all.find((o) => / selected/.test(o)) ?? all[0];
      fields.push([name, attribute(chosen, 'value')]);
    } else if (!/type="(checkbox|radio)"/.test(tag) || / checked/.test(tag)) fields.push([name, attribute(tag, 'value') ?? '']);
  }
  return fields;
}
