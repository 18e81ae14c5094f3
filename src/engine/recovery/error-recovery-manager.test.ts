import { expect, test } from 'vitest';
import { type MooseError, TransientError } from '../../domain/failure.ts';
import { defaultRetryBudget, fullBudget } from '../../resilience/retry-budget.ts';
import { defaultRecoveryPolicies } from '../policy/default-policies.ts';
import type { RecoveryResult } from './error-recovery-manager.ts';
import { aManager, context, hourMs, lasting, now, passing } from './manager.fixture.ts';

test('R-REC-3: a work order is recovered three times in an hour; the fourth is a question to a human', () => {
  const { manager } = aManager();
  let recoveries: readonly number[] = [];
  for (const at of [1, 2, 3]) {
    const result = manager.handleError(passing(), context({ recoveries }));
    expect(result, `recovery ${at}`).toMatchObject({ act: 'retry' });
    ({ recoveries } = result as Extract<RecoveryResult, { act: 'retry' }>);
  }
  expect(manager.handleError(passing(), context({ recoveries }))).toMatchObject({
    act: 'escalate',
    because: 'it recovered 3 times within an hour and failed again',
  });
  const yesterday = recoveries.map((at) => at - 2 * hourMs);
  expect(manager.handleError(passing(), context({ recoveries: yesterday })).act).toBe('retry');
});

test('R-REC-3: people set how often a work order is recovered in an hour, and how many retries it has in all', () => {
  const { manager } = aManager({ recoveriesPerHour: 1, retriesMax: 2 });
  expect(manager.handleError(passing(), context({ recoveries: [now - hourMs / 2] }))).toMatchObject({
    act: 'escalate',
    because: 'it recovered 1 time within an hour and failed again',
  });
  const retryBudget = { ...fullBudget(defaultRetryBudget), retries: 2 };
  expect(manager.handleError(passing(), context({ retryBudget }))).toMatchObject({
    act: 'escalate',
    because: 'the budget for its retries is used up',
  });
});

test('R-REC-3: the retries of one failure are one recovery', () => {
  const { manager } = aManager();
  const three = [now - 3, now - 2, now - 1];
  expect(manager.handleError(passing(), context({ recoveries: three, retries: 1 }))).toMatchObject({
    act: 'retry',
    recoveries: three,
  });
});

test('R-REC-1: neither the deadline nor the budget of a work order is overrun by its retries', () => {
  const { manager } = aManager();
  expect(manager.handleError(passing(), context({ deadlineAt: now + 1 }))).toMatchObject({
    act: 'escalate',
    because: 'the total time for its retries is used up',
  });
  let retryBudget = fullBudget(defaultRetryBudget);
  let granted = 0;
  for (;;) {
    const result = manager.handleError(passing(), context({ retries: 1, retryBudget }));
    if (result.act !== 'retry') break;
    granted += 1;
    ({ retryBudget } = result);
  }
  expect(granted).toBe(10);
});

test('R-REC-6: a pause names the circuit of who is to blame', () => {
  const { manager } = aManager();
  const pause = (metadata: object) =>
    manager.handleError(passing({ metadata }), context({ component: 'generating' }));
  expect(pause({ circuit: 'model:a/b' })).toMatchObject({ act: 'pause', circuit: 'model:a/b' });
  expect(pause({ provider: 'a' })).toMatchObject({ act: 'pause', circuit: 'provider:a' });
  expect(pause({})).toMatchObject({ act: 'pause', circuit: null });
});

test('R-REC-5: another agent is taken where there is one; else what the row says then', () => {
  const { manager } = aManager();
  const open = passing({ code: 'CIRCUIT_OPEN', metadata: { circuit: 'agent:x' }, retryAfterMs: 77 });
  const at = (hasFallback: boolean) =>
    manager.handleError(open, context({ component: 'applying', hasFallback }));
  expect(at(true).act).toBe('fall_back');
  expect(at(false)).toMatchObject({ act: 'pause', circuit: 'agent:x', delayMs: 77 });
  const missing = lasting({ code: 'AGENT_PROGRAM_MISSING' });
  expect(manager.handleError(missing, context({ component: 'applying' })).act).toBe('escalate');
});

test('R-FAIL-2: a fallback is available where the table has one and there is one, and for no other failure', () => {
  const { manager } = aManager();
  const seen = (error: MooseError, hasFallback: boolean) =>
    manager.handleError(error, context({ component: 'applying', hasFallback })).error.fallbackAvailable;
  const named = (code: string, failureClass: 'unknown' | 'budget_exceeded') =>
    new TransientError({ code, component: 'agents', operation: 'apply', message: 'No.', failureClass });
  expect(seen(named('AGENT_CRASHED', 'unknown'), true)).toBe(true);
  expect(seen(named('AGENT_CRASHED', 'unknown'), false)).toBe(false);
  expect(seen(named('MONEY_AWAITED', 'budget_exceeded'), true)).toBe(false);
});

test('R-FAIL-1: what has no name gets one before anything is decided', () => {
  const { manager } = aManager();
  for (const thrown of [new RangeError('off by one'), 'a string', null])
    expect(manager.handleError(thrown, context()).error.code).toBe('UNEXPECTED');
});

test('a policy that is configured is asked before every other', () => {
  const { manager } = aManager();
  const refined = { failureClass: '*', category: '*', act: 'refine', because: 'the test wants it' } as const;
  manager.configureRecoveryPolicy('applying', refined);
  expect(manager.handleError(passing(), context({ component: 'applying' }))).toMatchObject({
    act: 'refine',
    because: 'the test wants it',
  });
  expect(manager.policies).toHaveLength(defaultRecoveryPolicies.length + 1);
});

test('before the first result there is nothing to refine, whatever the table says', () => {
  const { manager } = aManager();
  const refined = { failureClass: '*', category: '*', act: 'refine', because: 'so' } as const;
  manager.configureRecoveryPolicy('routing', refined);
  expect(manager.handleError(passing(), context()).act).toBe('escalate');
});
