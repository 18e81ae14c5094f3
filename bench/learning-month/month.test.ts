import { expect, test } from 'vitest';
import { type Month, monthModels, monthScript, pathOf, solves, taskTitle } from './models.ts';
import { differencePerChange, dollarsPerChange, type MonthOrder } from './month-figures.ts';

const month: Month = { models: monthModels, orders: 2_000, seed: 7 };
const [keen, , , strong] = monthModels;

function shareOf(
  model: (typeof monthModels)[number] | undefined,
  from: number,
  to: number,
  again = 0,
): number {
  if (!model) throw new TypeError('There is no such model');
  let solved = 0;
  for (let number = from; number < to; number += 1) if (solves(month, model, { number, again })) solved += 1;
  return solved / (to - from);
}

test('a model solves as many tasks as its ability says, fewer after it got worse, and hardly any again', () => {
  expect(shareOf(keen, 0, 900)).toBeGreaterThan(0.75);
  expect(shareOf(keen, 900, 2_000)).toBeLessThan(0.4);
  expect(shareOf(strong, 0, 2_000)).toBeGreaterThan(0.88);
  expect(shareOf(strong, 0, 2_000, 1)).toBeLessThan(0.2);
});

test('the same call gets the same answer, whoever was asked before', async () => {
  const asked = { workOrderId: 'w', title: taskTitle(12), prompt: '', system: '', model: 'strong' };
  const script = monthScript(month);
  const first = await script({ ...asked, attempt: 2 });
  expect(await script({ ...asked, attempt: 2 })).toEqual(first);
  expect(JSON.stringify(first)).toContain(pathOf(12));
  const limited = await script({ ...asked, attempt: 2, outputTokensMax: 3 });
  expect(limited).toMatchObject({ body: { usage: { completion_tokens: 3 } } });
  expect(() => script({ ...asked, model: 'none', attempt: 1 })).toThrow(TypeError);
});

test('dollars per merged change are all dollars over all merged changes, within an interval', () => {
  const orders: MonthOrder[] = Array.from({ length: 200 }, (_, index) => ({
    costUsd: 0.01 * (1 + (index % 3)),
    isMerged: index % 2 === 0,
  }));
  const { mean, low, high } = dollarsPerChange(orders, 1);
  expect(mean).toBeCloseTo(0.04, 3);
  expect(low).toBeLessThan(0.04);
  expect(low).toBeGreaterThan(0.03);
  expect(high).toBeLessThan(0.052);
  const cheaper = orders.map(({ costUsd, isMerged }) => ({ isMerged, costUsd: costUsd / 2 }));
  const difference = differencePerChange(cheaper, orders, 1);
  expect(difference.mean).toBeCloseTo(-0.02, 3);
  expect(difference.high).toBeLessThan(0);
  expect(differencePerChange(orders, [], 1)).toMatchObject({ mean: null, low: null, high: null });
  expect(dollarsPerChange([{ costUsd: 1, isMerged: false }], 1)).toMatchObject({ mean: null });
});
