// Publishing in a browser: who may only submit, who reviews, a time to come, and putting a page away again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { request, sleep } from '../http/lib.mjs';
import { addPerson, openDesk, siteId, sql, untilEnd } from '../desk_room.mjs';
import { launch, look, openPage, shapes } from './browser.mjs';

const end = untilEnd(after);
let desk, browser, lan, minh;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      lan = addPerson(data, 'Lan');
      minh = addPerson(data, 'Minh', { mayPublish: false });
    },
  });
  browser = await launch();
  end.after(() => browser.close());
});

async function enter(t, person, shape) {
  const page = await openPage(t, browser, shape);
  await page.context().addCookies([{ name: 'stele', value: person.token, url: desk.server.url }]);
  return page;
}

const states = (slug) => sql(desk.data, `SELECT state FROM site WHERE slug = '${slug}'`);
const button = (page, name) => page.getByRole('main').getByRole('button', { name, exact: true });

for (const [name, shape] of Object.entries(shapes))
  test(`one writes and submits, another reviews and publishes, and takes it off again: ${name}`, async (t) => {
    const title = `Miếu đầu xóm ${name}`;
    const slug = `mieu-dau-xom-${name}`;
    const writer = await enter(t, minh, shape);
    await writer.goto(`${desk.server.url}/desk/sites/new`);
    await writer.getByRole('region', { name: 'Tiếng Việt' }).getByLabel('Tên di tích').fill(title);
    await writer.getByLabel('Loại di tích', { exact: true }).selectOption({ label: 'Đền, miếu, hội quán' });
    assert.equal(await button(writer, 'Đăng').count(), 0, 'who may not publish has no such button');
    await button(writer, 'Gửi duyệt').click();
    await writer.getByText(`Đã gửi “${title}” để duyệt.`).waitFor();
    await look(writer, `publish-submitted-${name}`);

    const editor = await enter(t, lan, shape);
    await editor.goto(`${desk.server.url}/desk/`);
    await editor.getByRole('link', { name: title }).first().click();
    await button(editor, 'Đăng').click();
    await button(editor, 'Vẫn đăng').click();
    await editor.getByText(`Đã đăng “${title}”.`).waitFor();
    assert.equal((await request(desk.server, `/vi/sites/${slug}`)).status, 200);

    await writer.reload();
    await writer.getByText('trang cho khách giữ nguyên đến khi').waitFor();
    await look(writer, `publish-locked-${name}`);

    await button(editor, 'Gỡ khỏi trang khách').click();
    await editor.getByText(`Đã gỡ “${title}” khỏi trang khách.`).waitFor();
    assert.equal(states(slug), 'withdrawn');
    assert.notEqual((await request(desk.server, `/vi/sites/${slug}`)).status, 200);
  });

test('a page is published at its time, and the time can be taken back', { timeout: 180000 }, async (t) => {
  const page = await enter(t, lan, shapes.phone);
  const id = siteId(desk.data, 'lo-vong-cung');
  sql(desk.data, `UPDATE site SET state = 'draft' WHERE id = ${id}`);
  await page.goto(`${desk.server.url}/desk/sites/${id}`);
  await page.getByText('Hẹn giờ đăng', { exact: true }).first().click();
  await page.getByLabel('Ngày đăng').fill('2020-04-30');
  await button(page, 'Hẹn giờ đăng').click();
  await page.getByText('Hãy chọn một ngày giờ sắp tới.').first().waitFor();
  assert.equal(states('lo-vong-cung'), 'draft');

  const day = new Date(Date.now() + 40 * 86400000).toISOString().slice(0, 10);
  const part = page.locator('#part-schedule');
  if (!(await page.getByLabel('Ngày đăng').isVisible())) await part.locator('summary').click();
  await page.getByLabel('Ngày đăng').fill(day);
  await page.getByLabel('Giờ đăng').fill('07:30');
  await button(page, 'Hẹn giờ đăng').click();
  await page.getByText('Bài sẽ tự đăng vào').waitFor();
  await look(page, 'publish-at');
  await page.getByText('Hẹn giờ đăng', { exact: true }).first().click();
  await button(page, 'Bỏ hẹn giờ').click();
  await page.getByText('Đã bỏ hẹn giờ đăng').waitFor();

  // The time has come: the server publishes by itself.
  sql(desk.data, `UPDATE site SET state = 'draft', publish_at = ${Math.floor(Date.now() / 1000) - 1} WHERE id = ${id}`);
  assert.equal((await request(desk.server, '/vi/sites/lo-vong-cung')).status, 404);
  while (states('lo-vong-cung') !== 'published') await sleep(200);
  assert.equal((await request(desk.server, '/vi/sites/lo-vong-cung')).status, 200);
});
