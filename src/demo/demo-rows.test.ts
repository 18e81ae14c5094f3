import { expect, test } from 'vitest';
import { displayWidth } from '../cli/terminal/display-width.ts';
import type { WorkOrderRecord } from '../contract/contract.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { EventRow } from '../engine/views/work-order/describe-event.ts';
import { type DemoRow, demoLines, newRow, rowAfter, rowAtEnd } from './demo-rows.ts';

const id = '01990000-0000-7000-8000-0000abcdef01';
const wide = { columns: 120, rows: 20 };

function event(kind: string, given: Partial<EventRow> = {}): EventRow {
  return {
    id: 1n,
    workOrderId: id as WorkOrderId,
    at: new Date(0),
    kind,
    fromState: null,
    toState: null,
    actor: 'moose',
    reason: '',
    detail: {},
    factKey: null,
    ...given,
  };
}

const running = (step: string) => ({ status: 'in_progress', step, step_state: 'running' });

const moved = (from: string, to: string, reason = `${from} is done`) =>
  event('transition', { fromState: running(from), toState: running(to), reason });

const answered = (kind: string, costNanoUsd: string | null) =>
  event('model.answered', { actor: 'scripted/light', detail: { kind, costNanoUsd } });

/** Its events in a run whose tests fail once, with what the table says after each. */
const life: readonly [EventRow, Partial<DemoRow>][] = [
  [
    event('transition', { toState: { status: 'pending' }, reason: 'submitted' }),
    { status: 'pending', happening: 'waiting' },
  ],
  [
    event('transition', {
      fromState: { status: 'pending', step: null, step_state: null },
      toState: running('routing'),
      reason: 'taken up',
    }),
    { status: 'in_progress', step: 'routing', happening: 'choosing an agent, a model and a budget' },
  ],
  [moved('preparing', 'generating'), { step: 'generating', happening: 'asking the model' }],
  [
    answered('malformed', '1000000'),
    { happening: 'asking again: scripted/light answered no valid JSON', costNanoUsd: 1_000_000n },
  ],
  [answered('object', null), { happening: 'scripted/light answered', costNanoUsd: 1_000_000n }],
  [moved('generating', 'applying'), { happening: 'making the change' }],
  [
    event('session.started', { actor: 'patch', detail: { purpose: 'agent' } }),
    { happening: 'agent patch works' },
  ],
  [event('session.ended', { actor: 'patch', detail: { exitCode: 0 } }), { happening: 'agent patch works' }],
  [event('step.finished'), { happening: 'agent patch works' }],
  [moved('applying', 'verifying'), { happening: 'running the checks' }],
  [
    event('session.started', { actor: '1-test', detail: { purpose: 'check' } }),
    { happening: 'running check test' },
  ],
  [
    event('session.started', { actor: 'base-1-test', detail: { purpose: 'check' } }),
    { happening: 'running check test without the change' },
  ],
  [
    moved('verifying', 'generating', 'The test check `npm test` ended with exit code 1.'),
    { step: 'generating', attempt: 2, happening: 'The test check `npm test` ended with exit code 1.' },
  ],
  [
    event('session.ended', { actor: 'patch', detail: { exitCode: null, signal: 'SIGKILL' } }),
    { attempt: 2, happening: 'patch ended: killed by SIGKILL' },
  ],
  [
    event('paused', { reason: 'the circuit of scripted is open' }),
    { happening: 'paused because the circuit of scripted is open; it continues automatically' },
  ],
  [
    event('transition', {
      fromState: running('tracking'),
      toState: { status: 'completed', step: 'tracking', step_state: 'done' },
      reason: 'the change is verified, pushed and proposed',
    }),
    { status: 'completed', happening: 'the change is verified, pushed and proposed' },
  ],
];

test('each event changes the row of its work order, and nothing else', () => {
  let row = newRow(id, 'Durations with days', 'waiting');
  for (const [happened, change] of life) {
    const before = row;
    row = rowAfter(before, happened);
    expect(row, happened.kind).toMatchObject(change);
    expect(row).toMatchObject({ id, title: before.title });
  }
});

const detail = (given: Partial<WorkOrderRecord>) =>
  ({
    status: 'completed',
    step: 'tracking',
    cost_usd: 0.0071,
    pull_request: 'local:moose/x#12',
    counters: { refinement_cycles: 0 },
    errors: [],
    explain: 'It is completed.',
    ...given,
  }) as WorkOrderRecord;

test.each([
  [{}, 'pull request 12'],
  [{ counters: { refinement_cycles: 1 } }, 'pull request 12'],
  [{ pull_request: null }, 'proposed'],
  [{ status: 'needs_review', explain: 'It asks a person: what now?' }, 'It asks a person: what now?'],
])('the last state says what was made, or why it was not: %j', (given, happening) => {
  const row = rowAtEnd({ ...newRow(id, 'A', ''), attempt: 2 }, detail(given as Partial<WorkOrderRecord>));
  expect(row).toMatchObject({ attempt: 1, happening, costNanoUsd: 7_100_000n });
});

const row = (given: Partial<DemoRow>) => ({ ...newRow(id, 'Durations with days', 'waiting'), ...given });

const rows = [
  row({ status: 'completed', step: 'tracking', happening: 'pull request 1', costNanoUsd: 7_100_000n }),
  row({ status: 'in_progress', step: 'verifying', attempt: 2, happening: 'running check test' }),
  row({ title: 'Names of products in web addresses and in receipts' }),
  row({ status: 'needs_review', happening: 'asks a person' }),
  row({ status: 'failed', happening: 'the model did not answer' }),
];

test('a wide terminal shows every column', () => {
  expect(demoLines(rows, wide)).toEqual([
    '   ID        WORK ORDER                               STEP          COST     WHAT IS HAPPENING',
    '✓  abcdef01  Durations with days                      completed     $0.0071  pull request 1',
    '▸  abcdef01  Durations with days                      verifying     $0.00    attempt 2: running check test',
    '·  abcdef01  Names of products in web addresses and…  pending       $0.00    waiting',
    '?  abcdef01  Durations with days                      needs_review  $0.00    asks a person',
    '✗  abcdef01  Durations with days                      failed        $0.00    the model did not answer',
  ]);
});

test('a narrow terminal leaves out the ID and the cost', () => {
  expect(demoLines(rows.slice(0, 2), { columns: 60, rows: 20 })).toEqual([
    '   WORK ORDER           STEP          WHAT IS HAPPENING',
    '✓  Durations with days  completed     pull request 1',
    '▸  Durations with days  verifying     attempt 2: running ch…',
  ]);
});

test('R-BASE-4: fear: at the end, a usual terminal cuts off a title that would have room', () => {
  const ended = ['Names of products in web addresses', 'Compare auth keys in constant time'].map((title) =>
    row({ title, status: 'completed', step: 'tracking', happening: 'pull request 12' }),
  );
  const lines = demoLines(ended, { columns: 79, rows: 20 });
  expect(lines.join('\n')).not.toContain('…');
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(79);
  const open = row({ status: 'in_progress', step: 'verifying' });
  expect(demoLines([...ended, open], { columns: 79, rows: 20 }).join('\n')).toContain('…');
});

test('with more rows than the terminal has, open work orders come first, in their order', () => {
  const many = Array.from({ length: 8 }, (_, at) =>
    row({
      title: `Work ${at}`,
      status: at % 2 === 0 ? 'completed' : 'in_progress',
      step: 'routing',
    }),
  );
  const lines = demoLines(many, { columns: 80, rows: 7 });
  expect(lines).toHaveLength(7);
  expect(lines.slice(1, -1).map((line) => /Work \d/.exec(line)?.[0])).toEqual([
    'Work 1',
    'Work 3',
    'Work 5',
    'Work 6',
    'Work 7',
  ]);
  expect(lines.at(-1)).toBe('   and 3 more, for which the terminal has no room');
  expect(demoLines(many, { columns: 80, rows: Number.POSITIVE_INFINITY })).toHaveLength(9);
  expect(demoLines(many, { columns: 80, rows: 1 }).length).toBeGreaterThan(0);
});

test('titles in wide characters keep the columns straight', () => {
  const [header = '', ...lines] = demoLines([row({ title: '修正日付' }), row({})], wide);
  for (const line of lines) expect(displayWidth(line.split('pending')[0] ?? '')).toBe(header.indexOf('STEP'));
});

test('nothing is drawn before the first work order', () => {
  expect(demoLines([], wide)).toEqual([]);
});
