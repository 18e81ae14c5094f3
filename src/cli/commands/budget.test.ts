import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { BudgetReport } from '../../engine/budget/ask-budget.ts';
import { budgetLines } from './budget.ts';

const usd = 1_000_000_000n;
const window = {
  key: 'day:2026-01-31',
  name: null,
  limitNanoUsd: 100n * usd,
  overrunNanoUsd: 0n,
  isFrozen: false,
  spentNanoUsd: 0n,
  presumedNanoUsd: 0n,
  heldNanoUsd: 0n,
};
const nothing: BudgetReport = {
  windows: [],
  envelopes: [],
  calls: [],
  byModel: [],
  byWorkOrder: [],
  architect: { spentNanoUsd: 0n, heldNanoUsd: 0n },
};
const lines = (report: Partial<BudgetReport>) =>
  budgetLines({ ...nothing, ...report }).map((line) => stripVTControlCharacters(line));

test.each([
  ['nothing', {}, '░'.repeat(24)],
  [
    'a half and a quarter',
    { spentNanoUsd: 50n * usd, heldNanoUsd: 25n * usd },
    '█'.repeat(12) + '▒'.repeat(6) + '░'.repeat(6),
  ],
  [
    'next to nothing of all',
    { spentNanoUsd: 1n, presumedNanoUsd: 1n, heldNanoUsd: 1n },
    `█▓▒${'░'.repeat(21)}`,
  ],
  ['more than there is', { spentNanoUsd: 99n * usd, heldNanoUsd: 5n * usd }, '█'.repeat(24)],
  ['no limit left', { limitNanoUsd: 0n, presumedNanoUsd: 1n }, '▓'.repeat(24)],
])('the bar of a window shows every amount above zero: %s', (_, given, bar) => {
  expect(lines({ windows: [{ ...window, ...given }] })[1]).toContain(` ${bar} `);
});

test('an empty section has no heading; a frozen window says how to unfreeze it', () => {
  const [workOrderId, title] = ['01890000-0000-7000-8000-0000deadbeef' as never, 'Mend the till'];
  expect(lines({ windows: [window] })).toHaveLength(3);
  const text = lines({
    windows: [
      { ...window, isFrozen: true },
      { ...window, key: 'project:1', name: 'till' },
    ],
    envelopes: [
      {
        id: '1',
        workOrderId,
        title,
        serviceName: 'pipeline',
        reservedNanoUsd: usd,
        createdAt: new Date(),
        spentNanoUsd: 0n,
        presumedNanoUsd: 0n,
        openNanoUsd: usd / 2n,
      },
    ],
    calls: [
      { id: '2', workOrderId, model: 'p/m', serviceName: 'agent', heldNanoUsd: usd / 2n, sinceMs: 4_200 },
    ],
    byModel: [{ subject: 'p/m', title: null, calls: 3, nanoUsd: usd }],
    byWorkOrder: [{ subject: workOrderId, title, calls: 3, nanoUsd: usd }],
    architect: { spentNanoUsd: 2n * usd, heldNanoUsd: 0n },
  }).join('\n');
  for (const said of [
    ...['frozen: `moose limits --thaw`', 'project till', 'Open envelopes', 'deadbeef', '$0.50', '4 s'],
    ...['Spent today, by model', 'Spent today, by work order', 'Mend the till'],
    'The Architect, this month: $2.00 spent, $0.00 reserved.',
  ])
    expect(text).toContain(said);
});
