// The way in: first account, links, signing in, the first page.
import { password } from '../../desk_room.mjs';

const fillFirst = async ({ page, w }, name, secret) => {
  await page.getByLabel(w('desk.links.name'), { exact: true }).fill(name);
  await page.getByLabel(w('desk.links.password'), { exact: true }).fill(secret);
};

export const entry = [
  { name: 'first', play: async (at) => {
    await at.page.goto(await at.stage.firstLink());
    await fillFirst(at, 'Nguyễn Thị Lan', password);
  } },
  { name: 'home-empty', play: async (at) => {
    await at.page.goto(await at.stage.firstLink());
    await fillFirst(at, 'Nguyễn Thị Lan', password);
    await at.page.getByRole('button', { name: at.w('desk.links.first_go') }).click();
    await at.page.locator('.flash').waitFor();
    await at.page.locator(`html[lang=${at.lang}]`).waitFor();
  } },
  { name: 'link-over', play: async ({ go }) => { await go('/desk/first/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'); } },
  { name: 'password', play: async (at) => {
    const { page, go, stage, w } = at;
    await go(await stage.passwordLink());
    await page.getByLabel(w('desk.links.password'), { exact: true }).fill(password);
  } },
  { name: 'sign-in', play: async ({ go, page, w }) => {
    await go('/desk/sign-in');
    await page.getByLabel(w('desk.signin.name')).fill('Trần Minh Khôi');
    await page.getByLabel(w('desk.signin.password'), { exact: true }).fill(password);
  } },
  { name: 'sign-in-wrong', play: async ({ go, page, w }) => {
    await go('/desk/sign-in');
    await page.getByLabel(w('desk.signin.name')).fill('Trần Minh Khôi');
    await page.getByLabel(w('desk.signin.password'), { exact: true }).fill('ben Ninh Kieu');
    await page.getByRole('button', { name: w('desk.signin.go') }).click();
    await page.locator('#problems').waitFor();
  } },
  { name: 'home', who: 'editor', play: async ({ go }) => { await go('/desk/'); } },
  { name: 'menu', who: 'editor', play: async ({ go, page, shape }) => {
    await go('/desk/');
    if (shape === 'phone') await page.locator('.fold summary').click();
  } },
];
