import { expect, test } from 'vitest';
import { type Trouble, troublesOf, verdictOf } from './troubles.ts';

type Health = Parameters<typeof troublesOf>[0];
const budget = {
  spent: 1,
  limit: 10,
  percentage: 10,
  status: 'normal' as const,
  reservations: 0,
  pending_reservations: 1,
};
const well = { status: 'healthy' as const, last_success: null };
const healthy: Health = {
  database: { takes_writes: true, because: null },
  stuckWorkOrders: [],
  dailyBudget: budget,
  monthlyBudget: budget,
  errorRate: { last_hour: 0, last_24h: 0, errors_last_hour: 0, errors_last_24h: 0, trend: 'steady' },
  escalationBacklog: { open: 0, avg_resolution_time_hours: null },
  agentHealth: {
    architect: well,
    director: well,
    manager: well,
    proposers: well,
    orchestrator: well,
    sentinel: well,
    client_manager: well,
  },
  circuits: [],
  alerts: [],
  degradations: [],
  pressure: [],
  forecasts: { open: [], precision: null, judged: 0, saved_usd: 0, by_signal: [] },
  executors: 1,
};
const windowOf = (isFrozen: boolean) => ({
  key: 'day:2026-01-31',
  name: null,
  limit_usd: 10,
  spent_usd: 1,
  held_usd: 0,
  presumed_usd: 0,
  overrun_usd: 0,
  is_frozen: isFrozen,
});
const alert = (id: string, severity: string) => ({
  id,
  severity,
  component: 'c',
  message: `alert ${id}`,
  times: 1,
  since: '2026-01-31T00:00:00Z',
});
const circuit = (key: string, phase: string) => ({
  key,
  phase,
  opened_at: null,
  because: 'It answered 503.',
});
const keys = (troubles: readonly Trouble[]) => troubles.map(({ key, tone }) => `${tone} ${key}`);

test('R-UI-3: the page says so if nothing is wrong', () => {
  expect(troublesOf(healthy, { windows: [windowOf(false)] }, [{ tiers: ['light'] }])).toEqual([]);
  expect(keys(troublesOf(healthy, undefined, [{ tiers: [] }]))).toEqual(['bad no model']);
  expect(verdictOf([])).toBe('No problems.');
});

test('R-UI-3: a database that accepts no writes comes first', () => {
  const because = 'could not extend file: No space left on device';
  const [worst] = troublesOf(
    { ...healthy, executors: 0, database: { takes_writes: false, because } },
    undefined,
    undefined,
  );
  expect(worst).toMatchObject({ key: 'database', tone: 'bad', says: expect.stringContaining(because) });
});

test('R-UI-3: every problem is listed, the worst first, and warnings come last', () => {
  const hour = { status: 'in_progress', stuck_hours: 5, updated_at: '2026-01-31T00:00:00Z' };
  const troubles = troublesOf(
    {
      ...healthy,
      executors: 0,
      dailyBudget: { ...budget, status: 'critical', percentage: 97 },
      monthlyBudget: { ...budget, status: 'warning', percentage: 60 },
      alerts: [alert('a', 'high'), alert('b', 'critical'), alert('c', 'low')],
      agentHealth: { ...healthy.agentHealth, manager: { status: 'down', last_success: null } },
      stuckWorkOrders: [{ ...hour, id: '1', title: 'One' }],
      circuits: [circuit('x', 'half_open'), circuit('y', 'open'), circuit('z', 'closed')],
      pressure: [{ host: 'here', level: 'high', because: 'Little memory is free.', measurements: [] }],
      degradations: [{ key: 'k', feature: 'review', because: 'x is away', work_order_id: null, since: '' }],
      errorRate: { ...healthy.errorRate, trend: 'rising', errors_last_hour: 3, last_hour: 0.4 },
      escalationBacklog: { open: 1, avg_resolution_time_hours: null },
    },
    { windows: [windowOf(true)] },
    undefined,
  );
  expect(keys(troubles)).toEqual([
    'bad nobody',
    'bad frozen day:2026-01-31',
    "bad Today's budget",
    'bad alert b',
    'bad alert a',
    'bad agent manager',
    'bad stuck',
    'bad circuit y',
    "warn This month's budget",
    'warn quiet alerts',
    'warn circuit x',
    'warn pressure here',
    'warn without k ',
    'warn rising',
    'warn asked',
  ]);
  expect(verdictOf(troubles)).toBe(
    '8 problems. Most urgent: No worker is running, so submitted work orders are waiting.',
  );
});

test('a warning is not called a problem', () => {
  const troubles = troublesOf({ ...healthy, circuits: [circuit('x', 'half_open')] }, undefined, undefined);
  expect(verdictOf(troubles)).toBe('No problems, 1 warning.');
});

test('a budget that is not loaded yet hides no other problem', () => {
  const troubles = troublesOf({ ...healthy, executors: 0 }, undefined, undefined);
  expect(verdictOf(troubles)).toBe('1 problem. No worker is running, so submitted work orders are waiting.');
});
