import { expect, test } from 'vitest';
import { type MooseError, PermanentError, TransientError } from '../../domain/failure.ts';
import { defaultCircuitPolicy } from '../../resilience/circuit.ts';
import { CircuitHolder } from '../../resilience/circuit-holder.ts';
import { defaultRetryBudget, fullBudget } from '../../resilience/retry-budget.ts';
import { throughCircuit } from '../../resilience/through-circuit.ts';
import { verdictOf } from '../../resilience/verdict.ts';
import { defaultRecoveryPolicies } from '../policy/default-policies.ts';
import {
  ErrorRecoveryManager,
  type RecoveryContext,
  type RecoveryDeps,
  type RecoveryResult,
} from './error-recovery-manager.ts';

const hourMs = 3_600_000;
const now = 1_000 * hourMs;
const fields = { component: 'forge', operation: 'open', message: 'It did not work.' };
const passing = (more: object = {}) => new TransientError({ code: 'AWAY', ...fields, ...more });
const lasting = (more: object = {}) => new PermanentError({ code: 'WRONG', ...fields, ...more });

interface Told {
  error: MooseError;
  strategy: string | undefined;
  isRecovered?: boolean;
  retries?: number | undefined;
}

/** A manager with one real circuit, and what it has told the log. */
function aManager() {
  const told: Told[] = [];
  const holder = new CircuitHolder({ key: 'forge:local', policy: defaultCircuitPolicy, now: Date.now });
  const deps: RecoveryDeps = {
    policies: defaultRecoveryPolicies.map((row) =>
      row.delaysMs ? { ...row, delaysMs: row.delaysMs.map(() => 1) } : row,
    ),
    circuits: {
      through: (keys, signal, call, classify = verdictOf) =>
        keys.length === 0 ? call() : throughCircuit(holder, { classify, signal }, call),
    },
    errorLog: {
      record: (error, context) => {
        const one: Told = { error, strategy: context?.strategy };
        told.push(one);
        return {
          id: String(told.length),
          resolved: (isRecovered, retries) => void Object.assign(one, { isRecovered, retries }),
        };
      },
    },
    now: () => now,
    random: () => 0.5,
  };
  return { manager: new ErrorRecoveryManager(deps), holder, told };
}

const context = (more: Partial<RecoveryContext> = {}): RecoveryContext => ({
  ...{ component: 'routing', retries: 0, pauses: 0, hasFallback: false, recoveries: [], retryBudget: null },
  deadlineAt: now + 24 * hourMs,
  ...more,
});

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

test('R-FAIL-1: what has no name gets one before anything is decided', () => {
  const { manager } = aManager();
  for (const thrown of [new RangeError('off by one'), 'a string', null])
    expect(manager.handleError(thrown, context()).error.code).toBe('UNEXPECTED');
});

test('a policy that is configured is asked before every other', () => {
  const { manager } = aManager();
  manager.configureRecoveryPolicy('routing', {
    ...{ failureClass: '*', category: '*', act: 'refine', because: 'the test wants it' },
  });
  expect(manager.handleError(passing(), context())).toMatchObject({
    act: 'refine',
    because: 'the test wants it',
  });
  expect(manager.policies).toHaveLength(defaultRecoveryPolicies.length + 1);
});

const operation = { component: 'forge', operation: 'open', circuits: ['forge:local'] } as const;
const { signal } = new AbortController();

test('R-REC-1, R-FAIL-6: a call that comes through at its third try is told of twice, as recovered', async () => {
  const { manager, told } = aManager();
  const call = async (_: AbortSignal, attempt: number) => {
    if (attempt < 3) throw passing({ message: `Failure ${attempt}.` });
    return 'there';
  };
  expect(await manager.executeWithRecovery({ ...operation, signal, call })).toBe('there');
  expect(told.map(({ error, isRecovered, retries }) => [error.message, isRecovered, retries])).toEqual([
    ['Failure 1.', true, 2],
    ['Failure 2.', true, 2],
  ]);
});

test('R-REC-1: a call that never comes through is given up after the retries of its row, and told as lost', async () => {
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

test('what is permanent is called once; what was cancelled is told to nobody', async () => {
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

test('R-REC-2: an open circuit is not called through', async () => {
  const { manager, holder } = aManager();
  const failing = { ...operation, signal, call: () => Promise.reject(passing()) };
  for (const _ of [1, 2]) await manager.executeWithRecovery(failing).catch(() => undefined);
  expect(holder.state.phase).toBe('open');
  let calls = 0;
  const refused = manager.executeWithRecovery({
    ...operation,
    signal,
    deadlineAt: now + 1_000,
    call: async () => {
      calls += 1;
      return calls;
    },
  });
  await expect(refused).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
  expect(calls).toBe(0);
});
