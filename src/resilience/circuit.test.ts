import { expect, test } from 'vitest';
import {
  admit,
  type CircuitState,
  newCircuit,
  type Outcome,
  type Permit,
  defaultCircuitPolicy as policy,
  record,
  trip,
} from './circuit.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Returns the permit; if the call is refused, the test fails. */
function admitted(state: CircuitState, now: number): { permit: Permit; state: CircuitState } {
  const admission = admit(policy, state, now);
  if (!admission.admitted) throw new Error(`refused for ${admission.retryAfterMs} ms`);
  return admission;
}

function called(state: CircuitState, outcome: Outcome, now: number): CircuitState {
  const { permit, state: then } = admitted(state, now);
  return record(policy, then, permit, outcome, now);
}

function times(count: number, state: CircuitState, outcome: Outcome, now: number): CircuitState {
  return Array.from({ length: count }).reduce<CircuitState>((each) => called(each, outcome, now), state);
}

const openedAtZero = times(5, newCircuit, 'failure', 0);

test('R-REC-2: five failures in a minute open it, thirty seconds later it half-opens, three successes close it', () => {
  expect(times(4, newCircuit, 'failure', 0).phase).toBe('closed');
  expect(openedAtZero).toMatchObject({ phase: 'open', openedAt: 0, generation: 1 });
  expect(admit(policy, openedAtZero, 29_999)).toMatchObject({ admitted: false, retryAfterMs: 1 });
  const halfOpen = called(openedAtZero, 'success', 30_000);
  expect(halfOpen).toMatchObject({ phase: 'half_open', successes: 1, generation: 2 });
  expect(times(2, halfOpen, 'success', 30_000)).toMatchObject({
    phase: 'closed',
    generation: 3,
    failedAt: [],
  });
});

test('R-REC-2: a single failed probe opens it again', () => {
  expect(called(openedAtZero, 'failure', 40_000)).toMatchObject({
    phase: 'open',
    openedAt: 40_000,
    generation: 3,
  });
});

test('successes between failures do not reset the count', () => {
  let state = newCircuit;
  for (let second = 0; second < 4; second++) {
    state = called(called(state, 'failure', second * 1_000), 'success', second * 1_000);
  }
  expect(called(state, 'failure', 5_000).phase).toBe('open');
});

test('fear: failures of an hour ago still count', () => {
  const four = times(4, newCircuit, 'failure', 0);
  expect(called(four, 'failure', hourMs)).toMatchObject({ phase: 'closed', failedAt: [hourMs] });
  expect(called(four, 'failure', minuteMs).phase).toBe('closed');
  expect(called(four, 'failure', minuteMs - 1).phase).toBe('open');
});

test('fear: callers of a half-open circuit wait without a limit: of ten, three probe and seven are refused immediately', () => {
  let state = openedAtZero;
  const answers: string[] = [];
  for (let caller = 0; caller < 10; caller++) {
    const admission = admit(policy, state, 30_000);
    state = admission.state;
    answers.push(admission.admitted ? 'probe' : `in ${admission.retryAfterMs} ms`);
  }
  expect(answers).toEqual([...Array(3).fill('probe'), ...Array(7).fill('in 1000 ms')]);
});

test.each(['failure', 'success'] as const)(
  'fear: a %s of a call that began before the opening changes the half-open circuit',
  (outcome) => {
    const before = admitted(newCircuit, 0).permit;
    const halfOpen = admitted(openedAtZero, 30_000).state;
    expect(record(policy, halfOpen, before, outcome, 30_001)).toBe(halfOpen);
    expect(record(policy, openedAtZero, before, outcome, 1)).toBe(openedAtZero);
  },
);

test('fear: a probe that fails with an error of our own closes or opens the circuit', () => {
  const { permit, state } = admitted(openedAtZero, 30_000);
  const after = record(policy, state, permit, 'ignored', 30_001);
  expect(after).toMatchObject({ phase: 'half_open', successes: 0, leases: [], generation: 2 });
});

test('errors of our own do not open a closed circuit', () => {
  expect(times(50, newCircuit, 'ignored', 0)).toBe(newCircuit);
});

test('fear: hanging probes keep their slots, and the circuit stays open for days', () => {
  let state = openedAtZero;
  for (let probe = 0; probe < policy.halfOpenMaxCalls; probe++) ({ state } = admitted(state, 30_000));
  const lapsesAt = 30_000 + policy.leaseMs;
  expect(admit(policy, state, lapsesAt - 1)).toMatchObject({ admitted: false, retryAfterMs: 1 });
  expect(times(3, state, 'success', lapsesAt)).toMatchObject({ phase: 'closed' });
});

test('fear: probes that take longer than their lease never close the circuit', () => {
  let state = openedAtZero;
  for (let round = 0; round < policy.halfOpenMaxCalls; round++) {
    const startedAt = 30_000 + round * 3 * policy.leaseMs;
    const slow = admitted(state, startedAt);
    const other = admitted(slow.state, startedAt + policy.leaseMs);
    const without = record(policy, other.state, other.permit, 'ignored', startedAt + policy.leaseMs);
    state = record(policy, without, slow.permit, 'success', startedAt + 2 * policy.leaseMs);
  }
  expect(state.phase).toBe('closed');
});

test('fear: an open circuit that was restored is half-open immediately', () => {
  const restored: CircuitState = JSON.parse(JSON.stringify(openedAtZero));
  expect(admit(policy, restored, 10_000)).toMatchObject({ admitted: false, retryAfterMs: 20_000 });
});

test('fear: a clock that was set back keeps a circuit open for a day', () => {
  const ahead: CircuitState = { phase: 'open', generation: 1, sinceGeneration: 1, openedAt: 24 * hourMs };
  const { state, ...refused } = admit(policy, ahead, 0);
  expect(refused).toEqual({ admitted: false, retryAfterMs: policy.recoveryTimeoutMs });
  expect(admit(policy, state, policy.recoveryTimeoutMs).admitted).toBe(true);
  const failures = times(4, newCircuit, 'failure', 24 * hourMs);
  expect(times(4, failures, 'ignored', 0)).toMatchObject({ failedAt: [0, 0, 0, 0].map(() => 24 * hourMs) });
  const later = called(called(newCircuit, 'failure', 24 * hourMs), 'failure', 0);
  expect(later).toMatchObject({ failedAt: [0, 0] });
});

test('fear: a new setting allows fewer probes, and the circuit is stuck half-open', () => {
  const state: CircuitState = {
    phase: 'half_open',
    generation: 2,
    sinceGeneration: 2,
    successes: 2,
    leasesGiven: 2,
    leases: [],
  };
  expect(admit({ ...policy, halfOpenMaxCalls: 1 }, state, 0).admitted).toBe(true);
});

test('a tripped circuit opens without counting, and closes like any other; an open one stays as it is', () => {
  const tripped = trip(times(1, newCircuit, 'failure', 0), 1_000);
  expect(tripped).toEqual({ phase: 'open', generation: 1, sinceGeneration: 1, openedAt: 1_000 });
  expect(trip(tripped, 9_000)).toBe(tripped);
  expect(admit(policy, tripped, 30_999)).toMatchObject({ admitted: false, retryAfterMs: 1 });
  expect(trip(admitted(tripped, 31_000).state, 31_000)).toMatchObject({ phase: 'open', generation: 3 });
  expect(times(3, tripped, 'success', 31_000)).toMatchObject({ phase: 'closed', generation: 3 });
});

test('fear: a call that was running when the circuit was tripped closes it, or counts', () => {
  const { permit, state } = admitted(newCircuit, 0);
  const tripped = trip(state, 0);
  for (const outcome of ['success', 'failure', 'ignored'] as const) {
    expect(record(policy, tripped, permit, outcome, 1)).toBe(tripped);
  }
});

test('fear: the state of a circuit grows as long as the process runs', () => {
  let state = newCircuit;
  for (let call = 0; call < 10_000; call++) {
    const now = call * (policy.monitoringWindowMs / 3);
    state = called(state, call % 2 === 0 ? 'failure' : 'success', now);
    expect(JSON.stringify(state).length).toBeLessThan(200);
  }
  expect(state.phase).toBe('closed');
});
