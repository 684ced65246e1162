// The desk that the pictures show: the sample, some people, some days of life. What can be the same in every run is.
import path from 'node:path';
import { sleep, startServer } from '../../http/lib.mjs';
import { addPerson, openDesk, siteId, sql } from '../../desk_room.mjs';
import { newFolder, stele } from '../../sample.mjs';

const DAY = 86400;
export const plate = 'jkx3508f'; // of dinh-binh-thuy

const base = 'https://ditich.example.vn';

// As names are compared: without marks and capitals.
const fold = (name) => name.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D').toLowerCase();

const quote = (text) => `'${text.replaceAll("'", "''")}'`;

function addScans(data, now) {
  const hour = Math.floor(now / 3600);
  const rows = [];
  for (let day = 0; day < 75; day++)
    rows.push(`('${plate}', ${hour - day * 24}, '${day % 3 ? 'vi' : 'en'}', 'person', ${1 + ((day * 7) % 23)})`);
  sql(data, `INSERT INTO scan_count (code, hour, lang, class, count) VALUES ${rows.join(', ')}`);
}

function addPeople(data, now, lang) {
  const people = {
    admin: addPerson(data, 'Nguyễn Thị Lan', { role: 'admin' }),
    editor: addPerson(data, 'Trần Minh Khôi'),
    writer: addPerson(data, 'Lê Ngọc Hân', { mayPublish: false }),
    field: addPerson(data, 'Phạm Văn Tú', { role: 'field' }),
  };
  sql(data, `UPDATE account SET language = ${quote(lang)}, created_at = ${now - 40 * DAY};
             UPDATE session SET device = 'Chrome, Android', created_at = ${now - 2 * DAY}, last_seen_at = ${now - 60};
             UPDATE session SET device = 'Firefox, Windows' WHERE account_id = ${people.admin.id}`);
  for (const { id, name } of Object.values(people)) sql(data, `UPDATE account SET name_folded = ${quote(fold(name))} WHERE id = ${id}`);
  sql(data, `INSERT INTO session (token_hash, account_id, csrf_token, created_at, last_seen_at, expires_at, device)
             VALUES (x'${'7a'.repeat(32)}', ${people.admin.id}, zeroblob(43), ${now - 2 * DAY}, ${now - 5 * 3600}, ${now + DAY}, 'Chrome, Android')`);
  return people;
}

// Sites of the sample that stand in other states here.
const draftSlug = 'lo-vong-cung';
const reviewSlug = 'chua-ong-vam-dau-sau';

function addLife(data, now) {
  sql(data, `UPDATE site SET created_at = ${now - 30 * DAY}, updated_at = ${now - 4 * DAY};
             UPDATE site SET state = 'draft', updated_at = ${now - DAY} WHERE slug = ${quote(draftSlug)};
             UPDATE site SET state = 'in-review', updated_at = ${now - 2 * 3600} WHERE slug = ${quote(reviewSlug)};
             UPDATE import SET name = 'content/sample', at = ${now - 30 * DAY};
             UPDATE plate SET created_at = ${now - 25 * DAY}, updated_at = ${now - 20 * DAY}`);
  addScans(data, now);
}

async function addPlateLife(desk, people) {
  const at = `/desk/plates/${plate}`;
  const say = desk.as(people.field);
  await say.post(`${at}/place`, { place: 'Bên trái cổng chính, trên cột gạch', position: '10.0342, 105.7875' });
  await say.post(`${at}/state`, { state: 'damaged' });
  await say.post(`${at}/state`, { state: 'installed' });
  await say.post('/desk/plates/g9f7wxyy/state', { state: 'retired', reason: 'Bảng đã chuyển sang cổng mới' });
}

// A link for the writer, as an admin makes it: its path.
async function passwordLink(desk) {
  const id = desk.people.writer.id;
  const page = await desk.as(desk.people.admin).post(`/desk/accounts/${id}/link`);
  return new URL(/value="(https?:[^"]*\/desk\/password\/[^"]*)"/.exec(page.text)[1].replaceAll('&#x2F;', '/')).pathname;
}

// A server where nobody has an account yet, started when first asked for: the address that it prints.
function firstLink(t) {
  let server;
  t.after(() => server?.stop());
  return async () => {
    server ??= await startServer(stele, ['serve', '--data', path.join(newFolder(t), 'data'), '--listen', '127.0.0.1:0', '--trust-proxy']);
    let link;
    while (!(link = /first admin account at (\S+)/.exec(server.log())?.[1])) await sleep(20);
    return link;
  };
}

// { data, server, people, ... close() } in a language.
export async function openStage(lang) {
  const steps = [];
  const t = { after: (step) => steps.push(step) };
  const now = Math.floor(Date.now() / 1000);
  const desk = await openDesk(t, {
    args: ['--base-url', base, '--trust-proxy'],
    before: (data) => {
      addLife(data, now);
      return addPeople(data, now, lang);
    },
  });
  await addPlateLife(desk, desk.people);
  const site = (slug) => `/desk/sites/${siteId(desk.data, slug)}`;
  let counted = 0;
  return {
    ...desk,
    base,
    draftSlug,
    reviewSlug,
    site,
    count: () => ++counted,
    sql: (statement) => sql(desk.data, statement),
    forgetDrafts: () => sql(desk.data, 'DELETE FROM draft'),
    firstLink: firstLink(t),
    passwordLink: () => passwordLink(desk),
    close: async () => {
      for (const step of steps.reverse()) await step();
    },
  };
}
