// Plates: making them, one plate, what it opens, its end.
import { plate } from './stage.mjs';

const onePlate = (at) => at.go(`/desk/plates/${plate}`);
const section = (at, key) => at.page.getByRole('region', { name: at.w(key), exact: true });

export const plates = [
  { name: 'plates', who: 'field', play: async ({ go }) => { await go('/desk/plates'); } },
  { name: 'plates-new', who: 'editor', play: async ({ go, page, w }) => {
    await go('/desk/plates/new?q=binh+thuy');
    await page.getByRole('group', { name: w('desk.plates.new.sites') }).getByRole('checkbox').nth(1).check();
    return page.getByRole('group', { name: w('desk.plates.new.sites') });
  } },
  { name: 'plate', who: 'field', play: async (at) => { await onePlate(at); } },
  { name: 'plate-place', who: 'field', play: async (at) => { await onePlate(at); return section(at, 'desk.plates.where'); } },
  { name: 'plate-scans', who: 'field', play: async (at) => { await onePlate(at); return section(at, 'desk.plates.scans.title'); } },
  { name: 'plate-history', who: 'field', play: async (at) => { await onePlate(at); return section(at, 'desk.plates.history'); } },
  { name: 'plate-target', who: 'field', play: async ({ go }) => { await go(`/desk/plates/${plate}/target?q=binh+thuy`); } },
  { name: 'plate-retired', who: 'field', play: async ({ go }) => { await go('/desk/plates/g9f7wxyy'); } },
];
