// A batch: chosen, drawn, checked, handed to the print shop by a link.
const PATIENCE = 120000; // milliseconds for the generator on a slow machine

async function fillBatch(at) {
  const { go, page, w } = at;
  await go('/desk/batches/new');
  const plates = page.getByRole('group', { name: w('desk.batches.new.plates') }).locator('[name=plate]');
  for (const i of [0, 1, 2]) await plates.nth(i).check();
  await page.getByLabel(w('desk.batches.new.name'), { exact: true }).fill(at.lang === 'vi' ? 'Phường Bình Thủy, tháng 12' : 'Bình Thủy ward, December');
}

async function openNewest({ go, page }) {
  await go('/desk/batches');
  await page.locator('main .rows a').first().click();
  await page.locator('#how-title').waitFor();
}

const lasting = new Map(); // the print shop's link of each stage

export const batches = [
  { name: 'batch-new', who: 'editor', play: async (at) => {
    await fillBatch(at);
    return at.page.getByRole('group', { name: at.w('desk.batches.new.plates') });
  } },
  { name: 'batch-design', who: 'editor', play: async (at) => {
    await fillBatch(at);
    await at.page.waitForFunction(() => document.querySelector('#preview img')?.naturalWidth > 0);
    return at.page.locator('#how-title');
  } },
  { name: 'batch', who: 'editor', play: async (at) => {
    await fillBatch(at);
    await at.page.locator('button[value=make]').click();
    await at.page.locator('#how-title').waitFor();
    await at.page.locator('#parcel-title').waitFor({ timeout: PATIENCE }); // the page comes again by itself
  } },
  { name: 'batch-link', who: 'editor', play: async (at) => {
    await openNewest(at);
    await at.page.getByLabel(at.w('desk.batches.link.note')).fill('Nhà in Hậu Giang, anh Tâm');
    await at.page.getByRole('button', { name: at.w('desk.batches.link.go') }).click();
    const link = at.page.locator('#link');
    await link.waitFor();
    lasting.set(at.stage, new URL(await link.inputValue()).pathname);
    await link.evaluate((input, base) => (input.value = input.value.replace(/^https?:\/\/[^/]+/, base)), at.stage.base);
  } },
  { name: 'batch-shop', play: async (at) => { await at.go(lasting.get(at.stage)); } },
  { name: 'batches', who: 'editor', play: async ({ go }) => { await go('/desk/batches'); } },
];
