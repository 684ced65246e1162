// Many sites at once: imports, exports, one change for many.
const table = '\ufeffMã di tích;Tên di tích;Loại;Địa chỉ;Vĩ độ;Kinh độ\nTT-01;Đình làng em;Đình;Ấp Một, xã Mẫu;10,0312;105,7801\nTT-02;Miếu bà xóm Rạch;Miếu;Ấp Hai, xã Mẫu;10,0401;105,7655\nTT-03;;Chùa;thiếu tên;;\nTT-04;Giếng cổ;Khác;Ấp Ba, xã Mẫu;95,5;105,7\n';

async function upload({ go, page, w }) {
  await go('/desk/imports/new');
  await page.locator('input[type=file]').setInputFiles({ name: 'Danh sách di tích.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
  await page.getByRole('button', { name: w('desk.imports.upload') }).click();
  await page.getByRole('heading', { name: w('desk.imports.match_title') }).waitFor();
}

async function report(at) {
  await upload(at);
  await at.page.getByRole('button', { name: at.w('desk.imports.look'), exact: true }).click();
  await at.page.locator('#report').waitFor();
}

async function land(at) {
  await report(at);
  await at.page.getByLabel(at.w('desk.imports.skip_bad')).check();
  await at.page.locator('#report button.main').click();
  await at.page.locator('.flash').waitFor();
}

async function lookAtWard({ go, page, w }) {
  await go('/desk/bulk');
  await page.locator('[name="find[vi]"]').fill('Phường Bình Thủy');
  await page.locator('[name="replace[vi]"]').fill('Phường Long Tuyền');
  await page.locator('[name="find[en]"]').fill('Bình Thủy ward');
  await page.locator('[name="replace[en]"]').fill('Long Tuyền ward');
  await page.locator('[name=from]').fill('2027-01');
  await page.getByRole('button', { name: w('desk.bulk.look') }).click();
  await page.locator('#report').waitFor();
}

export const tables = [
  { name: 'import-new', who: 'admin', play: async ({ go }) => { await go('/desk/imports/new'); } },
  { name: 'import-columns', who: 'admin', play: async (at) => {
    await upload(at);
    return at.page.getByRole('heading', { name: at.w('desk.imports.columns') });
  } },
  { name: 'import-report', who: 'admin', play: async (at) => { await report(at); return at.page.locator('#report'); } },
  { name: 'import-done', who: 'admin', play: async (at) => { await land(at); } },
  { name: 'import-undone', who: 'admin', play: async ({ go, page, w }) => {
    await go('/desk/imports');
    await page.locator('main .rows a, main table a').first().click();
    await page.getByRole('button', { name: w('desk.imports.undo') }).click();
    await page.locator('.flash').waitFor();
  } },
  { name: 'imports', who: 'admin', play: async ({ go }) => { await go('/desk/imports'); } },
  { name: 'exports', who: 'admin', play: async ({ go }) => { await go('/desk/exports'); } },
  { name: 'bulk', who: 'admin', play: async ({ go }) => { await go('/desk/bulk'); } },
  { name: 'bulk-report', who: 'admin', play: async (at) => { await lookAtWard(at); return at.page.locator('#report'); } },
  { name: 'bulk-done', who: 'admin', play: async (at) => {
    await lookAtWard(at);
    await at.page.locator('#report button.main').first().click();
    await at.page.locator('.flash').waitFor();
  } },
];
