import { expect, test } from 'vitest';
import { failureCategories, failureClasses } from '../../domain/failure.ts';
import { type Step, steps } from '../../domain/transitions.ts';
import { decideRecovery, defaultRecoveryPolicies, type RecoveryPolicy } from './policy.ts';

type Failure = Parameters<typeof decideRecovery>[2];
const plain: Failure = {
  ...{ category: 'transient', code: 'X', failureClass: 'orchestration_error', retryAfterMs: undefined },
};
const codes = defaultRecoveryPolicies.flatMap(({ failure }) =>
  failure.startsWith('code:') ? [failure.slice('code:'.length)] : [],
);
const everyFailure: Failure[] = failureCategories.flatMap((category) =>
  failureClasses.flatMap((failureClass) =>
    [...codes, 'X'].map((code) => ({ category, failureClass, code, retryAfterMs: undefined })),
  ),
);

/** The rows that say something of a failure at a step; the first of them holds. */
function rowsFor(step: Step, { category, code, failureClass }: Failure): RecoveryPolicy[] {
  const names = ['*', category, `code:${code}`, `class:${failureClass}`];
  return defaultRecoveryPolicies.filter(
    (row) => ['*', step].includes(row.step) && names.includes(row.failure),
  );
}

test('R-REC-5: every failure at every step has an answer, and the last row answers whatever is left', () => {
  expect(defaultRecoveryPolicies.at(-1)).toMatchObject({ step: '*', failure: '*', act: 'escalate' });
  for (const step of steps) {
    for (const failure of everyFailure) {
      const [row] = rowsFor(step, failure);
      const decision = decideRecovery(defaultRecoveryPolicies, step, failure, 0);
      expect(decision).toMatchObject({ act: row?.act, because: row?.because });
    }
  }
});

test('no row is hidden behind those above it', () => {
  const reached = new Set(steps.flatMap((step) => everyFailure.map((failure) => rowsFor(step, failure)[0])));
  expect(defaultRecoveryPolicies.filter((row) => !reached.has(row))).toEqual([]);
});

test('no two rows say the same', () => {
  const names = defaultRecoveryPolicies.map(({ step, failure }) => `${step} ${failure}`);
  expect(new Set(names).size).toBe(names.length);
});

/** The delays of one step, retry after retry, until it is given up. */
function delaysOf(step: Step, failure: Failure = plain): number[] {
  const delays: number[] = [];
  for (;;) {
    const decision = decideRecovery(defaultRecoveryPolicies, step, failure, delays.length);
    if (decision.act !== 'retry') return delays;
    delays.push(decision.delayMs);
  }
}

test('R-REC-1: routing is retried fast, models slowly, the forge eagerly, and tracking until the database is back', () => {
  expect(delaysOf('routing')).toEqual([1_000, 2_000, 4_000]);
  expect(delaysOf('generating')).toEqual([10_000, 30_000, 60_000]);
  expect(delaysOf('creating_pr')).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  const tracking = delaysOf('tracking');
  expect(tracking.slice(0, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  // A night is not too long for it.
  expect(tracking.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(8 * 60 * 60_000);
});

test('R-REC-1: agents are not retried blindly, but by refinement', () => {
  for (const code of ['AGENT_REFUSED_CHANGE', 'AGENT_CHANGED_NOTHING'])
    expect(
      decideRecovery(defaultRecoveryPolicies, 'applying', { ...plain, category: 'permanent', code }, 0).act,
    ).toBe('refine');
  expect(
    decideRecovery(
      defaultRecoveryPolicies,
      'verifying',
      { ...plain, category: 'permanent', code: 'CHECK_FAILED' },
      0,
    ).act,
  ).toBe('refine');
  expect(delaysOf('applying', { ...plain, code: 'AGENT_CRASHED' })).toEqual([1_000]);
});

test("R-REC-1: a provider's wish to be left alone is honoured, and shortens nothing", () => {
  const wish = (retryAfterMs: number) =>
    decideRecovery(defaultRecoveryPolicies, 'generating', { ...plain, retryAfterMs }, 0);
  expect(wish(120_000)).toMatchObject({ act: 'retry', delayMs: 120_000 });
  expect(wish(1)).toMatchObject({ act: 'retry', delayMs: 10_000 });
});

test('what is permanent, of the settings, or of money is a question to a human, wherever it happens', () => {
  for (const step of steps) {
    for (const category of ['permanent', 'configuration', 'external'] as const)
      expect(decideRecovery(defaultRecoveryPolicies, step, { ...plain, category }, 0).act).toBe('escalate');
    const money = { ...plain, failureClass: 'budget_exceeded' as const };
    expect(decideRecovery(defaultRecoveryPolicies, step, money, 0)).toMatchObject({ act: 'escalate' });
  }
});

test('where no row fits, a human decides', () => {
  expect(decideRecovery([], 'routing', plain, 0)).toEqual({ act: 'escalate', because: 'no policy fits' });
});
