import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { EscalationCard, OptionCard } from '../../contract/contract.ts';
import { cardLines, measuresLine } from './escalation-lines.ts';

const option: OptionCard = {
  id: 'refine',
  kind: 'refine',
  label: 'Try again with your instructions',
  risk: 'low',
  command: 'moose answer 61df0f0e refine --note "…"',
  cost_usd: 0.123,
  needs_note: true,
  chance: 0.75,
  chance_of: 2,
  chance_basis: 'runs with instructions after a test_fail',
  is_recommended: true,
};

test('R-ESC-3: what the agent said last is shown in its own words, wrapped, instead of its raw output', () => {
  const said = `There are two ways.\n\n${'words '.repeat(30)}\nWhich do you want?\x1b[31m`;
  const evidence = { said, process: { stdoutTail: '{"type":"result"}' } };
  const lines = cardLines({ ...view, context: { ...view.context, evidence } }, new Date(0), 60)
    .map(stripVTControlCharacters)
    .filter((line) => line.includes('│'));
  expect(lines[0]).toBe('  │ There are two ways.');
  expect(lines.at(-1)).toBe('  │ Which do you want?');
  expect(lines.join(' ').match(/words/g)).toHaveLength(30);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
});

const view: EscalationCard = {
  id: '01900000-0000-7000-8000-000061df0f0e',
  work_order: {
    id: '01900000-0000-7000-8000-00003fa2b1c0',
    title: 'Mend it',
    project: 'shop',
    status: 'needs_review',
  },
  status: 'open',
  severity: 'high',
  failure_class: 'test_fail',
  code: 'CHECK_FAILED',
  reason: 'It failed.',
  component: 'pipeline',
  operation: 'verify',
  title: 'The test check ended with exit code 1',
  context: {
    step: 'verifying',
    because: '3 refinement cycles did not help',
    change: { branch: 'moose/x', worktreePath: '/srv/x' },
    evidence: { process: { stdoutTail: 'first\n\x1b[31mlast\x1b[0m\n' } },
  },
  options: [
    option,
    { ...option, id: 'undo', kind: 'undo', label: 'Undo', cost_usd: 0, is_recommended: false },
    {
      ...option,
      id: 'retry',
      kind: 'retry',
      label: 'Retry',
      cost_usd: null,
      chance: null,
      is_recommended: false,
    },
  ],
  recommended: 'refine',
  group_key: null,
  waiting: [],
  default_option: 'retry',
  default_at: '2026-01-01T02:00:00.000Z',
  chosen_option: null,
  note: null,
  resolved_by: null,
  resolution: null,
  created_at: '2026-01-01T00:00:00.000Z',
  resolved_at: null,
  reminders: 1,
  owner: null,
  owned_since: null,
  owners: [],
};
const now = new Date('2026-01-01T01:00:00.000Z');
const card = (given: Partial<EscalationCard> = {}) =>
  cardLines({ ...view, ...given }, now, 120).map(stripVTControlCharacters);

test('R-ESC-3: a card shows what happened and where, the last output, and the options with their cost', () => {
  expect(card()).toEqual([
    '61df0f0e  ● waiting for you · 1 h · reminded 1 time',
    '  The test check ended with exit code 1.',
    '  work order 3fa2b1c0 “Mend it” of shop at verifying · test_fail · CHECK_FAILED',
    '  because 3 refinement cycles did not help',
    '  on moose/x in /srv/x',
    '  │ first',
    '  │ last',
    '',
    '     OPTION  COST   RISK  CHANCE',
    '  →  refine  $0.12  low   75 % (2 cases)  Try again with your instructions',
    '     undo    $0     low   –               Undo',
    '     retry   ?      low   no history      Retry',
    '     chance from: runs with instructions after a test_fail',
    '',
    '  → `moose answer 61df0f0e refine --note "…"`',
    '    retry is chosen automatically in 1 h',
  ]);
});

test('an answered question names who answered; a shared question counts who is waiting', () => {
  const answered = card({
    status: 'resolved',
    chosen_option: 'undo',
    resolved_by: 'human:ada',
    note: 'Enough.',
  });
  expect(answered.slice(-2)).toEqual(['  human:ada chose undo: Undo.', '  “Enough.”']);
  const waiting = [
    { project: 'api', waiting: 2, joined: 3 },
    { project: 'web', waiting: 1, joined: 1 },
  ];
  expect(card({ work_order: null, waiting, code: null })).toContain(
    '  3 of 4 work orders are waiting for it (2 of api, 1 of web) · test_fail',
  );
});

test('R-ESC-7: an open question names its owner, and why it is theirs', () => {
  const owner = { owner: 'ada', owned_since: '2026-01-01T00:00:00.000Z' };
  const at = '2026-01-01T00:00:00.000Z';
  const owners = [{ owner: 'ada', because: 'on_call' as const, by: 'moose', at }];
  expect(card({ ...owner, owners })).toContain('  for ada, who is on call');
  expect(card({ ...owner, owners, status: 'withdrawn' }).join()).not.toContain('ada');
});

test('R-ESC-6: measures appear with their goals, and missing measures are left out', () => {
  const measures = {
    days: 30,
    open_backlog: 2,
    escalation_rate: { value: 0.04, goal: 0.05 },
    work_orders: 50,
    asked: 2,
    answered: 0,
    answered_by_itself: 0,
    mean_time_to_resolve_ms: { value: null, goal: 1_800_000 },
    mean_delivery_ms: null,
    mean_time_to_detection_ms: { value: 120, goal: 5_000 },
    goals: {
      open_backlog: 10,
      escalation_rate: 0.05,
      mean_time_to_resolve_ms: 1_800_000,
      mean_time_to_detection_ms: 5_000,
      mean_delivery_ms: 60_000,
    },
  };
  expect(stripVTControlCharacters(measuresLine(measures))).toBe(
    '2 open · asked about 4.0 % of 50 work orders (goal under 5.0 %) · noticed in 0.1 s (goal 5.0 s) · over 30 days',
  );
});
