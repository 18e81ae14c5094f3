import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { AdminHealth, StuckWorkOrder } from '../../../contract/contract.ts';
import { printsToTerminal } from '../../at-terminal.fixture.ts';
import { healthLines } from './health.ts';
import { stuckLines } from './stuck.ts';

const at = '2026-03-10T12:00:00.000Z';
const id = '019cd8a0-0000-7000-8000-0000abcdef01';
const budget = {
  spent: 12.5,
  limit: 100,
  percentage: 15,
  status: 'normal',
  reservations: 2.5,
  pending_reservations: 1,
} as const;
const healthy = { status: 'healthy', last_success: at } as const;
const well: AdminHealth = {
  at,
  database: { takes_writes: true, because: null },
  stuckWorkOrders: [],
  dailyBudget: budget,
  monthlyBudget: { ...budget, limit: 500, percentage: 3 },
  errorRate: { last_hour: 0, last_24h: 0.0123, errors_last_hour: 0, errors_last_24h: 4, trend: 'steady' },
  escalationBacklog: { open: 0, avg_resolution_time_hours: null },
  agentHealth: {
    architect: healthy,
    director: healthy,
    manager: healthy,
    proposers: healthy,
    orchestrator: healthy,
    sentinel: healthy,
    client_manager: healthy,
  },
  circuits: [],
  alerts: [],
  degradations: [],
  pressure: [],
  executors: 2,
  forecasts: { open: [], precision: null, judged: 0, saved_usd: 0, by_signal: [] },
};
const plain = (lines: readonly string[]) => lines.map((line) => stripVTControlCharacters(line));

test('moose health fits on one screen, even if everything is wrong', () => {
  printsToTerminal();
  expect(plain(healthLines(well))).toEqual([
    'Moose       2 running',
    'database    accepts writes',
    'today       ███░░░░░░░░░░░░░░░░░ 15 % of $100.00: $12.50 spent, $2.50 reserved',
    'this month  █░░░░░░░░░░░░░░░░░░░ 3 % of $500.00: $12.50 spent, $2.50 reserved',
    'errors      0 % in the last hour (0), 1.2 % in 24 h (4), steady',
    'components  all healthy',
    'questions   none open',
    ...['stuck', 'circuits', 'alerts', 'pressure', 'degraded', 'predicted'].map(
      (name) => `${name.padEnd(11)} none`,
    ),
    'forecasts   none judged so far, $0.00 saved by early pauses',
  ]);
  const idle = { status: 'idle', last_success: null } as const;
  const parts = (agentHealth: Partial<AdminHealth['agentHealth']>) =>
    plain(healthLines({ ...well, agentHealth: { ...well.agentHealth, ...agentHealth } })).find((line) =>
      line.startsWith('components'),
    );
  expect(parts({ director: idle, sentinel: idle })).toBe('components  healthy; idle: director, sentinel');
  expect(parts(Object.fromEntries(Object.keys(well.agentHealth).map((name) => [name, idle])))).toBe(
    'components  all idle in the last day',
  );
  const many = <T>(one: T) => Array.from({ length: 40 }, () => one);
  const ill = healthLines({
    ...well,
    executors: 0,
    agentHealth: { ...well.agentHealth, proposers: { status: 'down', last_success: null } },
    escalationBacklog: { open: 3, avg_resolution_time_hours: 2 },
    stuckWorkOrders: many({ id, title: 'Mend it', status: 'in_progress', stuck_hours: 3.2, updated_at: at }),
    circuits: many({ key: 'provider:x', phase: 'open', opened_at: at, because: 'It is away' }),
    alerts: many({ id, severity: 'high', component: 'x', message: 'y '.repeat(200), times: 3, since: at }),
    degradations: many({
      key: 'k',
      feature: 'reviewer',
      because: 'no memory',
      work_order_id: null,
      since: at,
    }),
    pressure: [
      { host: 'other', level: 'normal', because: '', measurements: [] },
      {
        host: 'vm',
        level: 'high',
        because: 'no memory',
        measurements: [
          {
            signal: 'memory_free_bytes',
            title: 'free memory',
            unit: 'bytes',
            value: 2 ** 30,
            scarce_when: 'small',
            high: 2 ** 31,
            critical: 2 ** 29,
            level: 'high',
          },
          {
            signal: 'load_per_core',
            title: 'load per core',
            unit: 'per_core',
            value: 2.25,
            scarce_when: 'large',
            high: 4,
            critical: null,
            level: 'normal',
          },
          {
            signal: 'cpu_wait_share',
            title: 'time waiting for a processor',
            unit: 'share',
            value: null,
            scarce_when: 'large',
            high: 0.9,
            critical: null,
            level: 'normal',
          },
        ],
      },
    ],
    forecasts: {
      open: many({ signal: 's', subject: 'm', message: 'Slow', raised_at: at }),
      precision: 0.8,
      judged: 10,
      saved_usd: 4.2,
      by_signal: [],
    },
  });
  expect(ill.length).toBeLessThan(44);
  expect(plain(ill).slice(-4)).toEqual([
    'machine     vm',
    '            free memory                     1.0 GiB   half of the slots below 2.0 GiB, none below 512 MiB',
    '            load per core                       2.3   half of the slots above 4.0',
    '            and 1 more: `moose health --json`',
  ]);
  expect(Math.max(...plain(ill).map((line) => line.length))).toBeLessThan(125);
  expect(plain(ill)).toEqual(
    expect.arrayContaining([
      'Moose       not running: `moose up`',
      'components  proposers down',
      'questions   3 open: `moose escalations`',
      'stuck       abcdef01 3.2 h: Mend it',
      '            and 35 more: `moose stuck`',
      'circuits    provider:x open: It is away',
      'degraded    reviewer: no memory (40 times)',
      'forecasts   80 % of 10 came true, $4.20 saved by early pauses',
    ]),
  );
});

test('moose stuck shows for how long, why, the last progress and what unblocks it; work that waits for an outage is listed separately', () => {
  const view: StuckWorkOrder = {
    id,
    title: 'Mend it',
    status: 'in_progress',
    step: 'applying',
    stuck_hours: 3.2,
    updated_at: at,
    project: 'api',
    is_stuck: true,
    last_progress: 'output of patch',
    last_progress_at: at,
    why: 'The agent hangs.',
    unblock: 'Stop it.',
    escalated_at: null,
  };
  const waits = { ...view, is_stuck: false, last_progress: null, last_progress_at: null, escalated_at: at };
  expect(stuckLines([])).toEqual(['No stuck work orders.']);
  expect(plain(stuckLines([view, waits]))).toEqual([
    'abcdef01  3.2 h  in_progress · applying  api  Mend it',
    '  why            The agent hangs.',
    '  last progress  output of patch, 2026-03-10 12:00 UTC',
    '  unblocked by   Stop it.',
    '',
    'Waiting for an outage to end, not stuck yet',
    'abcdef01  3.2 h  in_progress · applying  api  Mend it',
    '  why            The agent hangs.',
    '  last progress  none so far',
    '  unblocked by   Stop it.',
    '  asked          there is a question for you: `moose escalations`',
  ]);
});

test('R-BUD-2: fear: moose health says that a limit is reached, or that nothing is spent, where the budget says otherwise', () => {
  const nearly = { ...budget, spent: 99.996, percentage: 100, reservations: 0.001, pending_reservations: 1 };
  const little = { ...budget, spent: 0.001, reservations: 0, pending_reservations: 1 };
  const lines = plain(healthLines({ ...well, dailyBudget: nearly, monthlyBudget: little }));
  expect(lines[2]).toContain('$99.99 spent, $0.001');
  expect(lines[3]).toContain('$0.001');
});
