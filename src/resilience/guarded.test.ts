import { expect, test } from 'vitest';
import {
  ConfigurationError,
  ExternalServiceError,
  PermanentError,
  TransientError,
} from '../domain/failure.ts';
import { seededRandom } from '../stdx/random.ts';
import { Bulkhead } from './bulkhead.ts';
import { defaultCircuitPolicy as policy } from './circuit.ts';
import { CircuitHolder } from './circuit-holder.ts';
import type { PassedOver } from './degrade.ts';
import { type Guard, guarded, type Way } from './guarded.ts';
import type { RetryPolicy } from './retry.ts';
import { RetryBudget } from './retry-budget.ts';

const quick: RetryPolicy = { attemptsMax: 3, waitsMax: 3, backoff: { delaysMs: [1] } };
const said = { component: 'provider', operation: 'ask', message: 'It did not work.' };
const down = () => new TransientError({ ...said, code: 'DOWN' });
const deaf = () => new Promise<never>(() => {});

function guard(changes: Partial<Guard> = {}): Guard {
  return {
    retry: quick,
    signal: new AbortController().signal,
    now: Date.now,
    random: seededRandom(1),
    ...changes,
  };
}

/** A way whose calls are counted, and whose clock stands until it is moved. */
function way(name: string, call: () => Promise<string>) {
  const clock = { nowMs: 0 };
  const circuit = new CircuitHolder({ key: name, policy, now: () => clock.nowMs });
  const made = { name, circuit, calls: 0, call };
  const counted: Way<string> = {
    name,
    circuit,
    call: () => {
      made.calls++;
      return made.call();
    },
  };
  return Object.assign(made, { clock, way: counted });
}

const fails = async () => {
  throw down();
};
const works = async () => 'value';

function opened(name: string) {
  const shut = way(name, fails);
  for (let failure = 0; failure < policy.failureThreshold; failure++) {
    shut.circuit.record({ generation: 0, lease: null }, 'failure');
  }
  return shut;
}

test('a success passes through all layers, and is not degraded', async () => {
  const first = way('first', works);
  const bulkhead = new Bulkhead({ callsMax: 1, waitingMax: 0 });
  const deadlineAt = Date.now() + 60_000;
  const answer = await guarded(guard({ deadlineAt, budget: new RetryBudget() }), [
    { ...first.way, bulkhead, timeoutMs: 60_000 },
  ]);
  expect(answer).toEqual({ value: 'value', way: 'first', isDegraded: false, passedOver: [] });
  expect(first.circuit.counts).toMatchObject({ admitted: 1, success: 1 });
});

test('R-REC-4: when a way has failed for good, the next one is taken, and it is seen', async () => {
  const seen: PassedOver[] = [];
  const dual = way('writer and reviewer', fails);
  const single = way('single agent', works);
  const answer = await guarded(guard({ onPassedOver: (passed) => seen.push(passed) }), [
    dual.way,
    single.way,
  ]);
  expect(answer).toMatchObject({ value: 'value', way: 'single agent', isDegraded: true });
  expect(answer.passedOver).toMatchObject([{ way: 'writer and reviewer', failure: { code: 'DOWN' } }]);
  expect(seen).toEqual(answer.passedOver);
  expect([dual.calls, single.calls]).toEqual([3, 1]);
});

test('R-REC-4: an open circuit is passed over in no time, and the degradation ends by itself', async () => {
  const fresh = opened('fresh');
  const cached = way('cached', works);
  const ask = () => guarded(guard(), [fresh.way, cached.way]);
  expect(await ask()).toMatchObject({ way: 'cached', isDegraded: true });
  expect(fresh.calls).toBe(0);
  fresh.clock.nowMs = policy.recoveryTimeoutMs;
  fresh.call = works;
  expect(await ask()).toMatchObject({ way: 'fresh', isDegraded: false });
});

test('the last way waits for its circuit, but not past the deadline', async () => {
  const only = opened('only');
  const soon = guard({ deadlineAt: Date.now() + 20_000 });
  await expect(guarded(soon, [only.way])).rejects.toMatchObject({
    code: 'CIRCUIT_OPEN',
    retryAfterMs: 30_000,
  });
  const waits: number[] = [];
  only.clock.nowMs = policy.recoveryTimeoutMs - 1;
  only.call = works;
  const onRetry: Guard['onRetry'] = ({ delayMs }) => {
    waits.push(delayMs);
    only.clock.nowMs = policy.recoveryTimeoutMs;
  };
  expect(await guarded(guard({ onRetry }), [only.way])).toMatchObject({ value: 'value' });
  expect(waits).toHaveLength(1);
});

test('R-REC-6: a faulty request of ours is tried once, on one way, and charged to no circuit', async () => {
  const faulty = way('first', () => Promise.reject(new PermanentError({ ...said, code: 'FAULTY' })));
  const other = way('second', works);
  await expect(guarded(guard(), [faulty.way, other.way])).rejects.toMatchObject({ code: 'FAULTY' });
  expect([faulty.calls, other.calls]).toEqual([1, 0]);
  expect(faulty.circuit.counts).toMatchObject({ ignored: 1, failure: 0 });
});

test('R-REC-6: a quota is charged to the provider, and another one is asked', async () => {
  const empty = way('first', () => Promise.reject(new ExternalServiceError({ ...said, code: 'QUOTA' })));
  const refused = way('second', () =>
    Promise.reject(new ConfigurationError({ ...said, code: 'KEY', advice: 'Mend it.' })),
  );
  const other = way('third', works);
  expect(await guarded(guard(), [empty.way, refused.way, other.way])).toMatchObject({ way: 'third' });
  expect([empty.calls, refused.calls]).toEqual([1, 1]);
  expect(empty.circuit.counts).toMatchObject({ failure: 1 });
  expect(refused.circuit.counts).toMatchObject({ failure: 0, ignored: 1 });
});

test('R-REC-2: a provider that hangs opens its circuit by timeouts', async () => {
  const hung = way('hung', deaf);
  const patient = guard({ retry: { ...quick, attemptsMax: policy.failureThreshold } });
  await expect(guarded(patient, [{ ...hung.way, timeoutMs: 2 }])).rejects.toMatchObject({
    code: 'TIMED_OUT',
  });
  expect(hung.circuit.state.phase).toBe('open');
});

test('the fear: cancel and deadline count as failures of the provider, or read as timeouts', async () => {
  const hung = way('hung', deaf);
  const cancel = new AbortController();
  const cancelled = guarded(guard({ signal: cancel.signal }), [{ ...hung.way, timeoutMs: 60_000 }]);
  cancel.abort();
  await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  const late = guard({ deadlineAt: Date.now() + 5 });
  const other = way('other', works);
  await expect(guarded(late, [{ ...hung.way, timeoutMs: 60_000 }, other.way])).rejects.toMatchObject({
    code: 'DEADLINE_PASSED',
  });
  await expect.poll(() => hung.circuit.counts.ignored).toBe(2);
  expect([hung.circuit.counts.failure, other.calls]).toEqual([0, 0]);
});

test('a call that was cut off says nothing about the provider, in whatever words it ends', async () => {
  const cancel = new AbortController();
  const hurt = way('hurt', async () => {
    cancel.abort();
    throw down();
  });
  await expect(guarded(guard({ signal: cancel.signal }), [hurt.way])).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  await expect.poll(() => hurt.circuit.counts).toMatchObject({ failure: 0, ignored: 1 });
});

test('a full bulkhead says nothing about the provider', async () => {
  const busy = way('busy', deaf);
  const bulkhead = new Bulkhead({ callsMax: 1, waitingMax: 0 });
  const cancel = new AbortController();
  const first = guarded(guard({ signal: cancel.signal }), [{ ...busy.way, bulkhead }]);
  const other = way('other', works);
  const impatient = guard({ retry: { ...quick, waitsMax: 0 } });
  expect(await guarded(impatient, [{ ...busy.way, bulkhead }, other.way])).toMatchObject({
    way: 'other',
    passedOver: [{ failure: { code: 'BULKHEAD_FULL' } }],
  });
  expect(busy.circuit.counts).toMatchObject({ failure: 0, ignored: 1 });
  cancel.abort();
  await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('R-REC-8: all layers together take less than a millisecond', async () => {
  const operations = 500;
  const only = way('only', works);
  const bulkhead = new Bulkhead({ callsMax: 1, waitingMax: 0 });
  const full: Way<string> = { ...only.way, bulkhead, timeoutMs: 60_000 };
  const given = guard({ deadlineAt: Date.now() + 600_000, budget: new RetryBudget() });
  const startedAtMs = performance.now();
  for (let operation = 0; operation < operations; operation++) await guarded(given, [full]);
  expect((performance.now() - startedAtMs) / operations).toBeLessThan(1);
});

test('the fear: the failures of a way are forgotten when another one is taken, and it never opens', async () => {
  const first = way('first', fails);
  const second = way('second', works);
  const once = guard({ retry: { ...quick, attemptsMax: 1 } });
  for (let operation = 0; operation < policy.failureThreshold; operation++) {
    expect(await guarded(once, [first.way, second.way])).toMatchObject({ way: 'second' });
  }
  expect([first.circuit.state.phase, second.circuit.state.phase]).toEqual(['open', 'closed']);
  await guarded(once, [first.way, second.way]);
  expect(first.calls).toBe(policy.failureThreshold);
});
