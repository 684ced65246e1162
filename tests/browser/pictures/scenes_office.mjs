// The admin's screens, and everybody's own account.
import { password } from '../../desk_room.mjs';
import { totp } from '../../totp.mjs';

export const office = [
  { name: 'accounts', who: 'admin', play: async ({ go }) => { await go('/desk/accounts'); } },
  { name: 'account-add', who: 'admin', play: async ({ go, page, w }) => {
    await go('/desk/accounts/add');
    await page.getByLabel(w('desk.accounts.name'), { exact: true }).fill('Lý Thảo My');
    await page.getByRole('radio', { name: w('desk.role.editor') }).check();
  } },
  { name: 'account-link', who: 'admin', play: async ({ page, stage, go }) => {
    await go('/desk/accounts');
    await page.getByRole('link', { name: 'Lê Ngọc Hân' }).click();
    await page.locator('form[action$="/link"] button').click();
    await page.locator('#link').evaluate((input, base) => (input.value = input.value.replace(/^https?:\/\/[^/]+/, base)), stage.base);
  } },
  { name: 'account', who: 'admin', play: async ({ go, page }) => {
    await go('/desk/accounts');
    await page.getByRole('link', { name: 'Lê Ngọc Hân' }).click();
    await page.locator('form[action$="/link"]').waitFor();
  } },
  { name: 'settings', who: 'admin', play: async ({ go }) => { await go('/desk/settings'); } },
  { name: 'settings-languages', who: 'admin', play: async ({ go, page, w }) => {
    await go('/desk/settings');
    return page.getByRole('region', { name: w('desk.settings.languages') });
  } },
  { name: 'terms', who: 'admin', play: async ({ go }) => { await go('/desk/settings/terms/area'); } },
  { name: 'term', who: 'admin', play: async ({ go }) => { await go('/desk/settings/terms/kind/pagoda'); } },
  { name: 'backups-none', who: 'admin', play: async ({ go }) => { await go('/desk/backups'); } },
  { name: 'backups', who: 'admin', play: async ({ go, page, w }) => {
    await go('/desk/backups');
    await page.getByRole('button', { name: w('desk.backups.make') }).click();
    await page.locator('.flash').waitFor();
  } },
  { name: 'activity', who: 'admin', play: async ({ go }) => { await go('/desk/activity'); } },
  { name: 'denied', who: 'field', play: async ({ go }) => { await go('/desk/accounts'); } },
  { name: 'nowhere', who: 'field', play: async ({ go }) => { await go('/desk/nowhere'); } },
  { name: 'me', who: 'admin', play: async ({ go }) => { await go('/desk/me'); } },
  { name: 'me-password', who: 'admin', play: async ({ go }) => { await go('/desk/me/password'); } },
  { name: 'factor', who: 'admin', play: async ({ go }) => { await go('/desk/me/second-factor'); } },
  { name: 'factor-codes', who: 'admin', play: async ({ go, page, w }) => {
    await go('/desk/me/second-factor');
    const secret = new URL(await page.locator('a[href^="otpauth:"]').getAttribute('href')).searchParams.get('secret');
    await page.getByLabel(w('desk.factor.code'), { exact: true }).fill(totp(secret));
    await page.getByLabel(w('desk.me.current'), { exact: true }).fill(password);
    await page.getByRole('button', { name: w('desk.factor.turn_on'), exact: true }).click();
    await page.locator('.codes').waitFor();
  } },
  { name: 'sign-in-second', play: async ({ go, page, w }) => {
    await go('/desk/sign-in');
    await page.getByLabel(w('desk.signin.name')).fill('Nguyễn Thị Lan');
    await page.getByLabel(w('desk.signin.password'), { exact: true }).fill(password);
    await page.getByRole('button', { name: w('desk.signin.go') }).click();
    await page.locator('[name=code]').waitFor();
  } },
  { name: 'factor-off', who: 'admin', play: async ({ go }) => { await go('/desk/me/second-factor'); } },
];
