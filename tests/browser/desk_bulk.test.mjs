// A bulk change as an editor sees it: on a phone without scripts, on a wide screen, by keyboard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addBulkSites } from '../bulk_sites.mjs';
import { addPerson, openDesk, sql, untilEnd } from '../desk_room.mjs';
import { launch, look, openPage } from './browser.mjs';

const end = untilEnd(after);
const narrow = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const wide = { viewport: { width: 1280, height: 800 } };
let desk, browser, lan;
before(async () => {
  desk = await openDesk(end, {
    before: (data) => {
      addBulkSites(end, data);
      lan = addPerson(data, 'Lan');
    },
  });
  browser = await launch();
  end.after(() => browser.close());
});

async function enter(t, options) {
  const page = await openPage(t, browser, options);
  await page.context().addCookies([{ name: 'stele', value: lan.token, url: desk.server.url }]);
  await page.goto(`${desk.server.url}/desk/bulk`);
  return page;
}

async function ask(page, { area, find, replace, from = '' }) {
  await page.locator('[name=area]').selectOption(area);
  await page.locator('[name="find[vi]"]').fill(find);
  await page.locator('[name="replace[vi]"]').fill(replace);
  await page.locator('[name=from]').fill(from);
  await page.getByRole('button', { name: 'Xem trước' }).click();
  await page.locator('#report').waitFor();
}

test('without scripts a tick that was taken away is remembered from page to page', async (t) => {
  const page = await enter(t, { ...narrow, javaScriptEnabled: false });
  await ask(page, { area: 'thu-120', find: 'Xã Cũ', replace: 'Xã Mới' });
  await page.getByRole('checkbox', { name: 'Miếu số 1003', exact: true }).uncheck();
  await page.getByRole('button', { name: 'Trang sau' }).click();
  await page.getByText('Trang 2 trong 3').waitFor();
  await page.getByRole('checkbox', { name: 'Miếu số 1060', exact: true }).uncheck();
  await page.getByRole('button', { name: 'Trang trước' }).click();
  await page.getByText('Trang 1 trong 3').waitFor();
  assert.equal(await page.getByRole('checkbox', { name: 'Miếu số 1003', exact: true }).isChecked(), false);
  assert.equal(await page.getByRole('checkbox', { name: 'Miếu số 1004', exact: true }).isChecked(), true);
  await page.getByRole('button', { name: 'Áp dụng cho các di tích được chọn' }).last().click();
  await page.getByText('Đã thay đổi 118 di tích.').waitFor();
  const old = sql(desk.data, "SELECT group_concat(title, ', ') FROM (SELECT title FROM site JOIN text ON site_id = site.id WHERE slug LIKE 'xa-%' AND details LIKE '%Xã Cũ%' ORDER BY title)");
  assert.equal(old, 'Miếu số 1003, Miếu số 1060');
});

for (const [shape, options] of Object.entries({ narrow, wide }))
  test(`what changes, what stays and why can be read: ${shape}`, async (t) => {
    const page = await enter(t, options);
    await look(page, `bulk-${shape}`);
    await ask(page, { area: 'thu-1', find: 'Phường 1', replace: 'Phường Ninh Kiều', from: '1/2020' });
    await page.locator('#report details').evaluateAll((all) => all.forEach((one) => (one.open = true)));
    await page.getByText('Nhà Mới: Phường 1 (dùng từ 07/2025)').waitFor();
    await look(page, `bulk-report-${shape}`);
    await page.locator('.asked > summary').click();
    await look(page, `bulk-asked-${shape}`);
    await page.locator('[name=from]').fill('31/2/2025');
    await page.locator('[name=from]').press('Enter');
    await page.getByText('Không có ngày như vậy').first().waitFor();
    await look(page, `bulk-date-${shape}`);
    assert.equal(await page.locator('[name=from]').inputValue(), '31/2/2025');
  });
