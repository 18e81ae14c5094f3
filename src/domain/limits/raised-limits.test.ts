import { expect, test } from 'vitest';
import { raisedLimits, spanOf, type WantedLimits } from './raised-limits.ts';

const now: Parameters<typeof raisedLimits>[1] = [
  { key: 'day:2026-01-31', kind: 'system', name: null, limitNanoUsd: 100n },
  { key: 'month:2026-01', kind: 'system', name: null, limitNanoUsd: 500n },
  { key: 'person_day:2026-01-31:*', kind: 'person', name: '*', limitNanoUsd: 5n },
  { key: 'person_day:2026-01-31:ada', kind: 'person', name: 'ada', limitNanoUsd: 8n },
  { key: 'project_month:2026-01:1', kind: 'project', name: 'shop', limitNanoUsd: 50n },
];
const ada = { kind: 'person', name: 'ada' } as const;
const bob = { kind: 'person', name: 'bob' } as const;
const all = { kind: 'person', name: '*' } as const;
const shop = { kind: 'project', name: 'shop' } as const;

test.each<[string, WantedLimits, unknown[]]>([
  ['nothing', {}, []],
  ['less for everything', { dailyNanoUsd: 99n, monthlyNanoUsd: 500n }, []],
  ['more for everything', { dailyNanoUsd: 101n }, [['daily', 100n, 101n]]],
  ['more for a person', { of: ada, dailyNanoUsd: 9n }, [['daily', 8n, 9n]]],
  ['the usual limit, which is less', { of: ada, dailyNanoUsd: null }, []],
  ['more than the usual limit', { of: bob, dailyNanoUsd: 6n }, [['daily', 5n, 6n]]],
  ['the same as the usual limit', { of: bob, dailyNanoUsd: 5n }, []],
  ['a first limit', { of: bob, monthlyNanoUsd: 1_000n }, []],
  ['more for an actor', { of: { kind: 'person', name: 'human:ada' }, dailyNanoUsd: 9n }, [['daily', 8n, 9n]]],
  [
    'more for a person in capitals',
    { of: { kind: 'person', name: 'ADA' }, dailyNanoUsd: 9n },
    [['daily', 8n, 9n]],
  ],
  [
    'more for a project by its ID',
    { of: { kind: 'project', name: '1' }, monthlyNanoUsd: 51n },
    [['monthly', 50n, 51n]],
  ],
  ['no usual limit', { of: all, dailyNanoUsd: null }, [['daily', 5n, null]]],
  ['no limit for a project', { of: shop, monthlyNanoUsd: null }, [['monthly', 50n, null]]],
  ['a person with the name of a project', { of: { kind: 'person', name: 'shop' }, monthlyNanoUsd: 99n }, []],
])('R-BUD-1: what allows more: %s', (_name, wanted, expected) => {
  const raised = raisedLimits(wanted, now);
  expect(raised.map(({ span, fromNanoUsd, toNanoUsd }) => [span, fromNanoUsd, toNanoUsd])).toEqual(expected);
});

test('a limit of a project or a work order has no span', () => {
  expect(['project:1', 'work_order:1', 'person_month:2026-01:day:1'].map(spanOf)).toEqual([
    null,
    null,
    'monthly',
  ]);
});
