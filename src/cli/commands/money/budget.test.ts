import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { Budget } from '../../../contract/contract.ts';
import { budgetLines } from './budget.ts';

const window = {
  key: 'day:2026-01-31',
  name: null,
  limit_usd: 100,
  overrun_usd: 0,
  is_frozen: false,
  spent_usd: 0,
  presumed_usd: 0,
  held_usd: 0,
};
const nothing: Budget = {
  windows: [],
  envelopes: [],
  calls: [],
  by_model: [],
  by_work_order: [],
  architect: { spent_usd: 0, held_usd: 0 },
};
const lines = (report: Partial<Budget>) =>
  budgetLines({ ...nothing, ...report }).map((line) => stripVTControlCharacters(line));

test.each([
  ['nothing', {}, '░'.repeat(24)],
  ['a half and a quarter', { spent_usd: 50, held_usd: 25 }, '█'.repeat(12) + '▒'.repeat(6) + '░'.repeat(6)],
  ['next to nothing of all', { spent_usd: 1e-9, presumed_usd: 1e-9, held_usd: 1e-9 }, `█▓▒${'░'.repeat(21)}`],
  ['more than there is', { spent_usd: 99, held_usd: 5 }, '█'.repeat(24)],
  ['no limit left', { limit_usd: 0, presumed_usd: 1e-9 }, '▓'.repeat(24)],
])('the bar of a window shows every amount above zero: %s', (_, given, bar) => {
  expect(lines({ windows: [{ ...window, ...given }] })[1]).toContain(` ${bar} `);
});

test('an empty section has no heading; a frozen window says how to unfreeze it', () => {
  const [work_order_id, title] = ['01890000-0000-7000-8000-0000deadbeef', 'Mend the till'];
  expect(lines({ windows: [window] })).toHaveLength(3);
  const text = lines({
    windows: [
      { ...window, is_frozen: true },
      { ...window, key: 'project:1', name: 'till' },
    ],
    envelopes: [
      {
        id: '1',
        work_order_id,
        title,
        service: 'pipeline',
        reserved_usd: 1,
        created_at: '2026-01-31T00:00:00.000Z',
        spent_usd: 0,
        presumed_usd: 0,
        open_usd: 0.5,
      },
    ],
    calls: [{ id: '2', work_order_id, model: 'p/m', service: 'agent', held_usd: 0.5, since_ms: 4_200 }],
    by_model: [{ subject: 'p/m', title: null, calls: 3, usd: 1 }],
    by_work_order: [{ subject: work_order_id, title, calls: 3, usd: 1 }],
    architect: { spent_usd: 2, held_usd: 0 },
  }).join('\n');
  for (const said of [
    ...['frozen: `moose limits --thaw`', 'project till', 'Open envelopes', 'deadbeef', '$0.50', '4 s'],
    ...['Spent today, by model', 'Spent today, by work order', 'Mend the till'],
    'The Architect, this month: $2.00 spent, $0.00 reserved.',
  ])
    expect(text).toContain(said);
});
