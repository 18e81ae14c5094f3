import { expect, test } from 'vitest';
import type { CheckRow } from '../../store/work/work-orders/work-order-history.ts';
import { checkViews } from './work-order/detail-parts.ts';
import { summaryOf } from './work-order/station-summary.ts';
import type { Station } from './work-order/stations.ts';

const row = (given: Partial<CheckRow>): CheckRow => ({
  runId: 'r',
  cycle: 0,
  kind: 'test',
  command: 'npm test',
  passed: false,
  durationMs: 5,
  outputTail: '',
  redBefore: null,
  ...given,
});

test('R-PROJ-6: the page tells what was red before apart from what the change broke', () => {
  const views = checkViews(
    [row({ redBefore: ['sorts'] }), row({ kind: 'lint', command: 'npm run lint' })],
    [],
    new Map([['r', 1]]),
  );
  expect(views).toMatchObject([
    { kind: 'test', is_green: false, red_before: ['sorts'] },
    { kind: 'lint', is_green: false, red_before: null },
  ]);
});

test.each([
  [
    [
      { kind: 'test', passed: false, redBefore: ['sorts'] },
      { kind: 'lint', passed: true },
    ],
    true,
    '1 check passed. Failed before the change too: test.',
  ],
  [
    [
      { kind: 'test', passed: false, redBefore: [] },
      { kind: 'lint', passed: false },
    ],
    false,
    'Failed: lint. Failed before the change too: test.',
  ],
])('R-PROJ-6: the step says so too: %j', (checks, isVerified, said) => {
  expect(verdict({ checks, isVerified })).toBe(said);
});

function verdict(result: Record<string, unknown>): string {
  const station = { state: 'done', step: 'verifying', result } as unknown as Station;
  return summaryOf(station, [], { waitingFor: null, outcome: null });
}
