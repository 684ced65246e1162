// Writing a site, and what happens when something comes in between.
import { addPerson, endSessions } from '../../desk_room.mjs';

// A practice site, of nowhere.
const practice = {
  vi: { title: 'Đình làng em', summary: 'Ngôi đình nhỏ bên rạch, nơi cả xóm tụ về cúng Kỳ yên mỗi năm.', body: '## Chuyện kể bên rạch\n\nÔng bà kể rằng đình được dựng **từ cột gỗ sao** chở về theo đường sông.' },
  en: { title: 'Our Village Communal House', summary: 'A small communal house by the creek, where the whole hamlet meets for the Kỳ yên festival each year.', body: '## Told by the creek\n\nThe elders say that its pillars of **sao timber** were brought by river.' },
};
const languageName = { vi: 'Tiếng Việt', en: 'English' };

const text = (page, lang) => page.getByRole('region', { name: languageName[lang] });
const field = (at, lang, key) => text(at.page, lang).getByLabel(at.w(`desk.site.${key}`), { exact: true });
const bar = (at, key) => at.page.locator('.bar').getByRole('button', { name: at.w(`desk.site.${key}`), exact: true });
const open = (at, slug = 'dinh-binh-thuy') => at.go(at.stage.site(slug));

async function fillPractice(at) {
  await at.go('/desk/sites/new');
  for (const [lang, words] of Object.entries(practice))
    for (const [key, value] of Object.entries(words)) await field(at, lang, `text_${key}`).fill(value);
}

async function unfold(at, part) {
  await at.page.locator(`#part-${part}`).evaluate((details) => (details.open = true));
  return at.page.locator(`#part-${part}`);
}

// Somebody else saves while the page is open.
async function inConflict(at) {
  await open(at, 'nhon-thanh');
  const other = await at.context.newPage();
  await at.enter(at.stage.people.admin);
  await open({ ...at, go: (target) => other.goto(at.stage.server.url + target) }, 'nhon-thanh');
  await field({ ...at, page: other }, 'vi', 'text_title').fill(`Nhà thờ Nhơn Thành${at.shape === 'phone' ? '' : ' '}`);
  await bar({ ...at, page: other }, 'do_save').click();
  await other.locator('.flash').waitFor();
  await at.enter(at.stage.people.editor);
  await field(at, 'vi', 'text_title').fill('Nhà thờ họ đạo Nhơn Thành');
  await bar(at, 'do_save').click();
  await at.page.getByRole('button', { name: at.w('desk.conflict.keep') }).waitFor();
}

export const sites = [
  { name: 'sites', who: 'editor', play: async ({ go }) => { await go('/desk/sites'); } },
  { name: 'sites-found', who: 'editor', play: async ({ go, page }) => {
    await go('/desk/sites?q=binh+thuy');
    return page.locator('main form').first();
  } },
  { name: 'site-new', who: 'editor', play: async (at) => { await at.go('/desk/sites/new'); } },
  { name: 'site-text', who: 'editor', play: async (at) => {
    await fillPractice(at);
    await at.page.locator('.draft-status', { hasText: /\d\d:\d\d/ }).waitFor();
    await at.page.evaluate(() => document.activeElement.blur());
    return text(at.page, 'vi');
  } },
  { name: 'site-english', who: 'editor', play: async (at) => {
    await fillPractice(at);
    await at.page.locator('.draft-status', { hasText: /\d\d:\d\d/ }).waitFor();
    return text(at.page, 'en');
  } },
  { name: 'site-about', who: 'editor', play: async (at) => { await open(at); return unfold(at, 'about'); } },
  { name: 'site-addresses', who: 'editor', play: async (at) => { await open(at); return unfold(at, 'addresses'); } },
  { name: 'site-place', who: 'editor', play: async (at) => { await open(at); return unfold(at, 'place'); } },
  { name: 'site-periods', who: 'editor', play: async (at) => { await open(at); return unfold(at, 'periods'); } },
  { name: 'site-sources', who: 'editor', play: async (at) => { await open(at); return unfold(at, 'sources'); } },
  { name: 'site-facts', who: 'editor', play: async (at) => { await open(at); return unfold(at, 'facts'); } },
  { name: 'site-checked', who: 'editor', play: async (at) => { await open(at); return unfold(at, 'checked'); } },
  { name: 'site-page', who: 'editor', play: async (at) => { await open(at); return unfold(at, 'page'); } },
  { name: 'site-missing', who: 'editor', play: async (at) => { await open(at); return at.page.locator('.missing'); } },
  { name: 'site-problems', who: 'editor', play: async (at) => {
    await at.go('/desk/sites/new');
    await field(at, 'vi', 'text_summary').fill(practice.vi.summary);
    await bar(at, 'do_save_draft').click();
    await at.page.locator('#problems').waitFor();
  } },
  { name: 'site-preview', who: 'editor', play: async (at) => {
    await fillPractice(at);
    await at.page.locator('[name=kind]').selectOption('communal-house');
    await bar(at, 'preview').click();
    await at.page.frameLocator('#preview iframe').getByRole('heading', { name: practice.vi.title }).waitFor();
  } },
  { name: 'site-ask', who: 'editor', play: async (at) => {
    await at.go('/desk/sites/new');
    await field(at, 'vi', 'text_title').fill(practice.vi.title);
    await field(at, 'vi', 'text_summary').fill(practice.vi.summary);
    await at.page.locator('[name=kind]').selectOption('communal-house');
    await bar(at, 'do_publish').click();
    await at.page.getByRole('button', { name: at.w('desk.site.anyway') }).waitFor();
  } },
  { name: 'site-schedule', who: 'editor', play: async (at) => {
    await open(at, at.stage.draftSlug);
    const part = await unfold(at, 'schedule');
    await at.page.getByLabel(at.w('desk.site.publish_date')).fill('2027-04-30');
    await at.page.getByLabel(at.w('desk.site.publish_time')).fill('07:30');
    return part;
  } },
  { name: 'site-submit', who: 'writer', play: async (at) => {
    await open(at, at.stage.draftSlug);
    await bar(at, 'do_submit').waitFor();
  } },
  { name: 'site-review', who: 'editor', play: async (at) => { await open(at, at.stage.reviewSlug); } },
  { name: 'site-published', who: 'editor', play: async (at) => {
    await open(at);
    await field(at, 'vi', 'text_summary').press('End');
    await at.page.keyboard.type(at.shape === 'phone' ? ' ' : '  ');
    await field(at, 'vi', 'text_title').fill(`Đình Bình Thủy${at.shape === 'phone' ? '' : ' '}`);
    await field(at, 'en', 'text_summary').fill(`The communal house of Bình Thủy village, on the creek of the same name (${at.shape}).`);
    await bar(at, 'do_save').click();
    await at.page.locator('.flash').waitFor();
  } },
  { name: 'draft-saved', who: 'editor', play: async (at) => {
    await open(at, 'chua-ong');
    const summary = field(at, 'vi', 'text_summary');
    await summary.fill(`${await summary.inputValue()} Ngày rằm, khói nhang tỏa ra tận bến.`);
    await at.page.locator('.draft-status', { hasText: /\d\d:\d\d/ }).waitFor();
    return text(at.page, 'vi');
  } },
  { name: 'home-draft', who: 'editor', goesOn: true, play: async (at) => { await at.go('/desk/'); } },
  { name: 'draft-offer', who: 'editor', goesOn: true, play: async (at) => {
    await open(at, 'chua-ong');
    await at.page.locator('.draft-offer').waitFor();
  } },
  { name: 'offline', who: 'editor', play: async (at) => {
    await open(at, 'chua-ong');
    await at.context.setOffline(true);
    await field(at, 'vi', 'text_summary').fill('Ngôi chùa của người Hoa gốc Quảng Đông bên bến Ninh Kiều.');
    await at.page.locator('.draft-status', { hasText: at.w('desk.drafts.status_local').split(':')[0] }).waitFor();
    return text(at.page, 'vi');
  } },
  { name: 'again', play: async (at) => {
    const person = addPerson(at.stage.data, `Võ Gia Bảo ${at.stage.count()}`);
    at.stage.sql(`UPDATE account SET language = '${at.lang}' WHERE id = ${person.id}`);
    await at.enter(person);
    await open(at, 'chua-ong');
    endSessions(at.stage.data, person);
    await field(at, 'vi', 'text_summary').fill('Ngôi chùa của người Hoa gốc Quảng Đông bên bến Ninh Kiều.');
    await at.page.getByRole('dialog').waitFor();
  } },
  { name: 'others', who: 'editor', play: async (at) => {
    const other = await at.context.newPage();
    await at.enter(at.stage.people.writer);
    await open({ ...at, go: (target) => other.goto(at.stage.server.url + target) }, 'chua-ong');
    await field({ ...at, page: other }, 'vi', 'text_title').fill('Chùa Ông');
    await other.locator('.draft-status', { hasText: /\d\d:\d\d/ }).waitFor();
    await at.enter(at.stage.people.editor);
    await open(at, 'chua-ong');
    await at.page.locator('#draft-others', { hasText: 'Lê Ngọc Hân' }).waitFor();
  } },
  { name: 'conflict', who: 'editor', play: async (at) => { await inConflict(at); } },
  { name: 'stale', who: 'editor', play: async (at) => {
    at.stage.sql(`UPDATE text SET origin = 'translated', translated_from = 'vi', source_version = 1, stale = 1
                  WHERE lang = 'en' AND site_id = (SELECT id FROM site WHERE slug = 'nhon-thanh')`);
    await open(at, 'nhon-thanh');
    const stale = at.page.locator('details.stale').first();
    await stale.evaluate((details) => (details.open = true));
    return text(at.page, 'en');
  } },
  { name: 'history', who: 'editor', play: async (at) => { await at.go(`${at.stage.site('nhon-thanh')}/history`); } },
  { name: 'compare', who: 'editor', play: async (at) => { await at.go(`${at.stage.site('nhon-thanh')}/history/compare?from=1`); } },
  { name: 'bin', who: 'editor', play: async (at) => {
    await open(at, at.stage.draftSlug);
    await at.page.getByRole('button', { name: at.w('desk.site.bin') }).click();
    await at.page.locator('.flash').waitFor();
  } },
  { name: 'bin-list', who: 'editor', play: async (at) => {
    await at.go('/desk/sites?state=binned');
    return at.page.locator('main h1');
  } },
  { name: 'bin-site', who: 'editor', play: async (at) => { await open(at, at.stage.draftSlug); } },
];
