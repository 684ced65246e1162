// Lists on a small phone and on a laptop: what was found is seen at once, filters fold away and come back, with and
// without scripts; and the first page tells what waits.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addPerson, openDesk, sql, untilEnd } from '../desk_room.mjs';
import { launch, look, openPage, shapes } from './browser.mjs';

const end = untilEnd(after);
const small = { viewport: { width: 360, height: 640 }, isMobile: true, hasTouch: true };
let desk, browser, chi;
before(async () => {
  desk = await openDesk(end, { args: ['--base-url', 'https://ditich.example.vn', '--trust-proxy'], before: (data) => { chi = addPerson(data, 'Chi', { role: 'admin' }); } });
  browser = await launch();
  end.after(() => browser.close());
});

async function enter(t, shape) {
  const page = await openPage(t, browser, { ...shape, extraHTTPHeaders: { 'X-Forwarded-Proto': 'https' } });
  await page.context().addCookies([{ name: '__Host-stele', value: chi.token, domain: '127.0.0.1', path: '/', secure: true, httpOnly: true }]);
  page.goTo = (target) => page.goto(desk.server.url + target);
  return page;
}

// How far down the element ends on the page that has just been opened.
const bottom = async (locator) => { const box = await locator.boundingBox(); return box.y + box.height; };

for (const scripts of [true, false])
  test(`on a small phone the count and the first row are seen at once, filters fold: ${scripts ? 'with' : 'without'} scripts`, async (t) => {
    const page = await enter(t, { ...small, javaScriptEnabled: scripts });
    for (const [list, row] of [['sites', '.rows li h2'], ['plates', '.rows li .code'], ['imports', '.rows li a'], ['activity', 'main .rows li, main .table tr, main ol li']]) {
      await page.goTo(`/desk/${list}`);
      assert.ok((await bottom(page.locator('.count'))) <= 640, `${list}: the count`);
      assert.ok((await bottom(page.locator(row).first())) <= 640, `${list}: the first row`);
      assert.equal(await page.locator('.filters select, .filters input').first().isVisible(), false, list);
    }
    await page.goTo('/desk/sites');
    await page.getByText('Bộ lọc và sắp xếp').click();
    await page.getByLabel('Trạng thái').selectOption({ label: 'Bản nháp' });
    await page.locator('.filters').getByRole('button', { name: 'Tìm' }).click();
    await page.waitForURL(/state=draft/);
    assert.equal(await page.getByLabel('Trạng thái').isVisible(), true); // what is chosen is seen
    await page.getByRole('link', { name: 'Xem tất cả' }).click();
    await page.waitForURL(/sites$/);
  });

test('on a laptop the filters stand open with one button', async (t) => {
  const page = await enter(t, shapes.laptop);
  await page.goTo('/desk/sites');
  assert.equal(await page.locator('.filters summary').isVisible(), false);
  assert.equal(await page.getByLabel('Trạng thái').isVisible(), true);
  assert.equal(await page.getByRole('main').getByRole('button', { name: 'Tìm' }).count(), 1);
  await look(page, 'lists-sites-laptop');
});

for (const [name, shape] of Object.entries({ phone: small, laptop: shapes.laptop }))
  test(`the first page tells what waits: ${name}`, async (t) => {
    const page = await enter(t, shape);
    sql(desk.data, "UPDATE plate SET state = 'damaged' WHERE code = (SELECT min(code) FROM plate)");
    await page.goTo('/desk/');
    const list = page.getByRole('region', { name: 'Việc cần làm' });
    assert.match(await list.innerText(), /Chưa có bản sao lưu nào/);
    await look(page, `home-${name}`);
    await list.getByRole('link', { name: 'Xem bảng hỏng' }).click();
    await page.waitForURL(/plates\?state=damaged/);
    assert.match(await page.locator('.count').innerText(), /Có 1 bảng/);
  });
