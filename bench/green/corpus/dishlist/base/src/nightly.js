import { log } from './log.js';
import { planWeek } from './plan.js';
import { fetchPrices } from './prices.js';
import { saveAll } from './store.js';

export async function nightly({ folder, url, weeks, get }) {
  const prices = await fetchPrices(url, get);
  const plans = weeks.map(({ title, days, dishes }) => ({
    title,
    week: planWeek(days, dishes).map((each) => ({ ...each, cents: prices[each.dish] ?? null })),
  }));
  await saveAll(folder, plans);
  log(`${plans.length} weeks are planned`);
}
