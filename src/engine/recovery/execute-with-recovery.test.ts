import { expect, test } from 'vitest';
import { ConfigurationError, type MooseError } from '../../domain/failure.ts';
import { defaultRecoveryPolicies } from '../policy/default-policies.ts';
import type { Turn } from './error-recovery-manager.ts';
import { aManager, fields, lasting, passing } from './manager.fixture.ts';

const operation = {
  component: 'forge',
  operation: 'open',
  ways: ['local'],
  circuits: ['forge:local'],
} as const;
const { signal } = new AbortController();

test('R-REC-1, R-FAIL-6: a call that succeeds at the third attempt leaves two recorded failures, both recovered', async () => {
  const { manager, told } = aManager();
  const call = async ({ attempt }: Turn) => {
    if (attempt < 3) throw passing({ message: `Failure ${attempt}.` });
    return 'there';
  };
  expect(await manager.executeWithRecovery({ ...operation, signal, call })).toBe('there');
  expect(told.map(({ error, isRecovered, retries }) => [error.message, isRecovered, retries])).toEqual([
    ['Failure 1.', true, 2],
    ['Failure 2.', true, 2],
  ]);
});

test('R-REC-1: a call that never succeeds is given up after the retries of its row, and its failures are recorded as not recovered', async () => {
  const { manager, told } = aManager();
  const row = defaultRecoveryPolicies.find(({ component }) => component === 'forge');
  let calls = 0;
  const call = async () => {
    calls += 1;
    throw passing();
  };
  await expect(manager.executeWithRecovery({ ...operation, signal, call })).rejects.toMatchObject({
    code: 'AWAY',
  });
  expect(calls).toBe((row?.delaysMs?.length ?? 0) + 1);
  expect(told).toHaveLength(calls);
  expect(told.every(({ isRecovered }) => isRecovered === false)).toBe(true);
});

test('a permanent failure is called once; a cancelled call is not recorded', async () => {
  const { manager, told } = aManager();
  let calls = 0;
  const call = async () => {
    calls += 1;
    throw lasting();
  };
  await expect(manager.executeWithRecovery({ ...operation, signal, call })).rejects.toMatchObject({
    code: 'WRONG',
  });
  expect([calls, told.length]).toEqual([1, 1]);
  const stop = new AbortController();
  const cancelled = manager.executeWithRecovery({
    ...operation,
    signal: stop.signal,
    call: async () => {
      stop.abort();
      throw passing();
    },
  });
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(told).toHaveLength(1);
});

test('R-REC-2: no call is made through an open circuit', async () => {
  const { manager, holder } = aManager();
  const failing = { ...operation, signal, call: () => Promise.reject(passing()) };
  for (const _ of [1, 2]) await manager.executeWithRecovery(failing).catch(() => undefined);
  expect(holder.state.phase).toBe('open');
  let calls = 0;
  const refused = manager.executeWithRecovery({
    ...operation,
    signal,
    call: async () => {
      calls += 1;
      return calls;
    },
  });
  await expect(refused).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
  expect(calls).toBe(0);
});

/** Asks models as the Proposer does: each model fails with the next of its failures. */
function asking(failures: Readonly<Record<string, readonly MooseError[]>>, attemptsMax?: number) {
  const { manager, told } = aManager();
  const asked: string[] = [];
  const noted: Array<[code: string, next: string | null]> = [];
  const [first = '', ...others] = Object.keys(failures);
  const answer = manager.executeWithRecovery({
    component: 'model',
    operation: 'generate',
    signal,
    ways: [first, ...others],
    ...(attemptsMax === undefined ? {} : { attemptsMax }),
    note: async ({ code }, { next }) => void noted.push([code, next]),
    call: async ({ way, attempt }) => {
      asked.push(`${way} ${attempt}`);
      const failure = failures[way]?.[asked.filter((each) => each.startsWith(`${way} `)).length - 1];
      if (failure) throw failure;
      return way;
    },
  });
  return { answer, asked, noted, told };
}

const silent = () => passing({ code: 'MODEL_TIMEOUT' });

test('R-PIPE-4, R-REC-6: models are asked as their rows say, and an unavailable provider uses up no attempt', async () => {
  const one = asking({ a: [passing()], b: [lasting()], c: [] });
  expect(await one.answer).toBe('c');
  expect(one.asked).toEqual(['a 1', 'b 1', 'c 2']);
  expect(one.noted).toEqual([
    ['AWAY', 'b'],
    ['WRONG', 'c'],
  ]);
  expect(one.told).toEqual([]);
  const again = asking({ a: [lasting(), silent()] });
  expect(await again.answer).toBe('a');
  expect(again.asked).toEqual(['a 1', 'a 2', 'a 3']);
});

test('R-PIPE-4: the setting limits what the table allows, and the step gets the last failure', async () => {
  const { answer, asked, noted } = asking({ a: Array.from({ length: 9 }, () => lasting()) }, 2);
  await expect(answer).rejects.toMatchObject({ code: 'WRONG' });
  expect(asked).toEqual(['a 1', 'a 2']);
  expect(noted).toEqual([
    ['WRONG', 'a'],
    ['WRONG', null],
  ]);
});

test('R-REC-6: if no model is left, the step gets the failure of the provider that may be back first', async () => {
  const missing = new ConfigurationError({ code: 'NO_KEY', ...fields, advice: 'Set it.' });
  const { answer, asked } = asking({
    a: [passing({ code: 'LATE', retryAfterMs: 60_000 })],
    b: [passing({ code: 'SOON', retryAfterMs: 3_000 })],
    c: [missing],
  });
  await expect(answer).rejects.toMatchObject({ code: 'SOON' });
  expect(asked).toEqual(['a 1', 'b 1', 'c 1']);
});

test('a lack of money is a question to a person, and a bug of ours is not blamed on a model', async () => {
  const spent = lasting({ code: 'BUDGET_EXCEEDED', failureClass: 'budget_exceeded' });
  const poor = asking({ a: [passing()], b: [spent], c: [] });
  await expect(poor.answer).rejects.toBe(spent);
  expect(poor.asked).toEqual(['a 1', 'b 1']);
  const { manager, told } = aManager();
  const broken = manager.executeWithRecovery({
    ...operation,
    signal,
    call: () => Promise.reject(new TypeError('x')),
  });
  await expect(broken).rejects.toThrow(TypeError);
  expect(told).toEqual([]);
});

test('R-PIPE-1: a long requested wait is left to the step, which holds no slot meanwhile', async () => {
  const { manager } = aManager();
  let calls = 0;
  const call = async () => {
    calls += 1;
    throw passing({ retryAfterMs: 60_000 });
  };
  await expect(manager.executeWithRecovery({ ...operation, signal, call })).rejects.toMatchObject({
    retryAfterMs: 60_000,
  });
  expect(calls).toBe(1);
});

test('R-FAIL-6: a failure that occurred before the run was stopped is recorded as not recovered', async () => {
  const { manager, told } = aManager();
  const stop = new AbortController();
  const call = async ({ attempt }: Turn) => {
    if (attempt > 1) stop.abort();
    throw passing();
  };
  await expect(
    manager.executeWithRecovery({ ...operation, signal: stop.signal, call }),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(told.map(({ isRecovered }) => isRecovered)).toEqual([false]);
});

test('R-REC-1, fear: an abort during the wait before a retry has no effect, and another call is made', async () => {
  const { manager } = aManager();
  const stop = new AbortController();
  let calls = 0;
  const call = async () => {
    calls += 1;
    throw passing({ retryAfterMs: 2_000 });
  };
  // The wait has begun when this runs.
  const note = async () => void setImmediate(() => stop.abort());
  const startedAtMs = performance.now();
  await expect(
    manager.executeWithRecovery({ ...operation, signal: stop.signal, note, call }),
  ).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(calls).toBe(1);
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
});
