import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PermanentError, TransientError } from '../domain/failure.ts';
import { seededRandom } from '../stdx/seeded-random.fixture.ts';
import { type RetryNotice, type RetryOptions, type RetryPolicy, retry } from './retry.ts';
import { RetryBudget } from './retry-budget.ts';
import { type Verdict, verdictOf } from './verdict.ts';

const quick: RetryPolicy = { attemptsMax: 3, waitsMax: 5, backoff: { baseMs: 1, multiplier: 2, maxMs: 4 } };
const slow: RetryPolicy = { ...quick, backoff: { delaysMs: [60_000] } };
/** How long anything that waits may take to stop. */
// 50 ms on an idle machine. Without the stop, the wait would take a minute.
const stopMsMax = 1_000;
const failure = { component: 'test', operation: 'call', message: 'It did not work.' };
const flaky = () => new TransientError({ ...failure, code: 'FLAKY' });
const again: Verdict = { retry: true, outcome: 'failure', fallsOver: true, isCharged: true };

function options(changes: Partial<RetryOptions> = {}): RetryOptions {
  return {
    classify: verdictOf,
    signal: new AbortController().signal,
    now: Date.now,
    random: seededRandom(1),
    ...changes,
  };
}

/** An operation whose first `count` calls fail. */
function failing(count: number, make: () => unknown = flaky) {
  const calls: number[] = [];
  const operation = async (call: number) => {
    calls.push(call);
    if (calls.length <= count) throw make();
    return 'value';
  };
  return { calls, operation };
}

test('R-REC-1: three attempts, and then the last failure itself', async () => {
  const { calls, operation } = failing(2);
  expect(await retry(quick, options(), operation)).toBe('value');
  expect(calls).toEqual([1, 2, 3]);
  const hopeless = failing(9);
  await expect(retry(quick, options(), hopeless.operation)).rejects.toMatchObject({ code: 'FLAKY' });
  expect(hopeless.calls).toEqual([1, 2, 3]);
});

test('a failure that must not be retried leads to one call', async () => {
  const { calls, operation } = failing(9, () => new PermanentError({ ...failure, code: 'FAULTY' }));
  await expect(retry(quick, options(), operation)).rejects.toMatchObject({ code: 'FAULTY' });
  expect(calls).toEqual([1]);
});

test('fear: an abort during the backoff has no effect, and another call is made', async () => {
  const cancel = new AbortController();
  const isWaiting = Promise.withResolvers<void>();
  const { calls, operation } = failing(9);
  const onRetry = () => isWaiting.resolve();
  const retried = retry(slow, options({ signal: cancel.signal, onRetry }), operation);
  await isWaiting.promise;
  const abortedAtMs = performance.now();
  cancel.abort(new Error('enough'));
  await expect(retried).rejects.toMatchObject({ code: 'CANCELLED', cause: new Error('enough') });
  expect(performance.now() - abortedAtMs).toBeLessThan(stopMsMax);
  expect(calls).toEqual([1]);
});

test('an abort during the call ends it as CANCELLED, whatever the call throws', async () => {
  const cancel = new AbortController();
  const operation = async () => {
    cancel.abort();
    throw flaky();
  };
  await expect(retry(quick, options({ signal: cancel.signal }), operation)).rejects.toMatchObject({
    code: 'CANCELLED',
  });
});

test('with a signal that is already aborted, nothing is called', async () => {
  const { calls, operation } = failing(0);
  await expect(retry(quick, options({ signal: AbortSignal.abort() }), operation)).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  expect(calls).toEqual([]);
});

test('R-REC-1: if a wait would pass the deadline, it rejects immediately', async () => {
  const notices: RetryNotice[] = [];
  const { calls, operation } = failing(9);
  const given = options({ deadlineAt: 30_000, now: () => 0, onRetry: (notice) => notices.push(notice) });
  await expect(retry(slow, given, operation)).rejects.toMatchObject({ code: 'FLAKY' });
  expect({ calls, notices }).toEqual({ calls: [1], notices: [] });
});

test('R-REC-1: after the deadline there is no call', async () => {
  const { calls, operation } = failing(0);
  const late = options({ deadlineAt: 1_000, now: () => 1_000 });
  await expect(retry(quick, late, operation)).rejects.toMatchObject({ code: 'DEADLINE_PASSED' });
  expect(calls).toEqual([]);
});

test('R-REC-1: the delay is the longer one of the backoff and the retry-after', async () => {
  const delays: number[] = [];
  const asks = failing(9, () => new TransientError({ ...failure, code: 'THROTTLED', retryAfterMs: 20 }));
  const given = options({ random: () => 0.5, onRetry: ({ delayMs }) => delays.push(delayMs) });
  const policy: RetryPolicy = { ...quick, waitsMax: 2, backoff: { delaysMs: [1, 30] } };
  await expect(retry(policy, given, asks.operation)).rejects.toMatchObject({ code: 'THROTTLED' });
  expect(delays).toEqual([20, 30]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])(
  'fear: a retry-after of %d ms is longer than a timer, and leads to an immediate call',
  async (notBeforeMs) => {
    const { calls, operation } = failing(9);
    const given = options({ classify: () => ({ ...again, notBeforeMs }) });
    await expect(retry(quick, given, operation)).rejects.toMatchObject({ code: 'FLAKY' });
    expect(calls).toEqual([1]);
  },
);

test('R-REC-6: a wait for which the cause is to blame uses no attempt and no budget, and has its own limit', async () => {
  const budget = new RetryBudget();
  const full = budget.state;
  const notices: RetryNotice[] = [];
  const closed = () => new TransientError({ ...failure, code: 'CIRCUIT_OPEN', retryAfterMs: 1 });
  const given = () => options({ budget, onRetry: (notice) => notices.push(notice) });
  const { calls, operation } = failing(5, closed);
  expect(await retry(quick, given(), operation)).toBe('value');
  expect(calls).toHaveLength(6);
  expect(notices.every(({ isCharged }) => !isCharged)).toBe(true);
  const hopeless = failing(99, closed);
  await expect(retry(quick, given(), hopeless.operation)).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
  expect(hopeless.calls).toHaveLength(quick.waitsMax + 1);
  expect(budget.state).toEqual(full);
});

test('fear: a TypeError of the network is never retried, because of its type', async () => {
  const { calls, operation } = failing(1, () => new TypeError('fetch failed: of a kind nobody listed'));
  expect(await retry(quick, options({ classify: () => again }), operation)).toBe('value');
  expect(calls).toEqual([1, 2]);
});

test('an unclassified TypeError is a defect of our own, and is not retried', async () => {
  const defect = new TypeError('x is not a function');
  const { calls, operation } = failing(9, () => defect);
  await expect(retry(quick, options(), operation)).rejects.toBe(defect);
  expect(calls).toEqual([1]);
});

test('R-REC-1: an empty budget ends the retries of all operations of a work order', async () => {
  const budget = new RetryBudget({
    tokensMax: 30,
    retryCost: 10,
    retryCostMin: 2,
    successPaysBack: 1,
    retriesMax: 99,
  });
  const first = failing(9);
  await expect(retry(quick, options({ budget }), first.operation)).rejects.toMatchObject({ code: 'FLAKY' });
  const second = failing(9);
  await expect(retry(quick, options({ budget }), second.operation)).rejects.toMatchObject({ code: 'FLAKY' });
  expect([first.calls.length, second.calls.length]).toEqual([3, 2]);
});

test('R-REC-1: a failure class can have its own attempts and backoff', async () => {
  const policy: RetryPolicy = { ...quick, overrides: { timeout: { attemptsMax: 1 } } };
  const { calls, operation } = failing(
    9,
    () => new TransientError({ ...failure, code: 'SLOW', failureClass: 'timeout' }),
  );
  await expect(retry(policy, options(), operation)).rejects.toMatchObject({ code: 'SLOW' });
  expect(calls).toEqual([1]);
});

test('R-REC-1: the number of calls is limited, whatever the verdicts are', async () => {
  const verdict = fc.record({
    retry: fc.boolean(),
    outcome: fc.constant('failure' as const),
    fallsOver: fc.boolean(),
    isCharged: fc.boolean(),
    cost: fc.integer({ min: -5, max: 50 }),
  });
  const verdicts = fc.array(verdict, { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(verdicts, async (list) => {
      let calls = 0;
      const classify = () => list[calls % list.length] ?? again;
      const policy: RetryPolicy = { ...quick, backoff: { delaysMs: [0] } };
      const operation = async () => {
        calls++;
        throw flaky();
      };
      await expect(retry(policy, options({ classify }), operation)).rejects.toMatchObject({ code: 'FLAKY' });
      expect(calls).toBeLessThanOrEqual(quick.attemptsMax + quick.waitsMax);
    }),
    { seed: 20_261_120, numRuns: 100 },
  );
});
