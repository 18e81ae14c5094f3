import fc from 'fast-check';
import { expect, test } from 'vitest';
import { admit, type CircuitState, newCircuit, defaultCircuitPolicy as policy, record } from './circuit.ts';
import { adopt } from './circuit-sharing.ts';

const numbers = (generation: number) => ({ generation, sinceGeneration: generation });
const closed = (generation: number): CircuitState => ({
  phase: 'closed',
  ...numbers(generation),
  failedAt: [],
});
const open = (generation: number, openedAt: number): CircuitState => ({
  phase: 'open',
  ...numbers(generation),
  openedAt,
});
const lease = { id: 1, lapsesAt: policy.leaseMs };
const probing = (generation: number): CircuitState => ({
  phase: 'half_open',
  ...numbers(generation),
  successes: 0,
  leasesGiven: 1,
  leases: [lease],
});
const at = (now: number, isProven = false) => ({ now, isProven });

test('R-REC-2: an opening on another machine is adopted, with its own time', () => {
  const taken = adopt(policy, newCircuit, open(7, 1_000), at(5_000));
  expect(taken).toEqual(open(7, 1_000));
  expect(admit(policy, taken, 5_000)).toMatchObject({ admitted: false, retryAfterMs: 26_000 });
});

test('the fear: one machine with a broken network extends an opening for all others', () => {
  expect(adopt(policy, open(1, 0), open(3, 31_000), at(31_000))).toMatchObject({
    phase: 'open',
    openedAt: 0,
    generation: 3,
  });
});

test('the fear: one machine with a broken network opens a circuit that our own probes closed a moment ago', () => {
  expect(adopt(policy, closed(3), open(4, 0), at(0, true))).toMatchObject({
    phase: 'closed',
    generation: 4,
  });
});

test('following another machine does not invalidate our own permits', () => {
  const { permit, state } = admit(policy, closed(3), 0) as Extract<
    ReturnType<typeof admit>,
    { admitted: true }
  >;
  const raised = adopt(policy, state, open(4, 0), at(0, true));
  expect(record(policy, raised, permit, 'failure', 1)).toMatchObject({ phase: 'closed', failedAt: [1] });
});

test('while another machine probes, we do not; when its lease has expired, we do', () => {
  const taken = adopt(policy, open(1, 0), probing(2), at(30_000));
  expect(taken.phase).toBe('half_open');
  expect(admit(policy, taken, 30_000)).toMatchObject({
    admitted: false,
    retryAfterMs: policy.probeRetryAfterMs,
  });
  expect(admit(policy, taken, 30_000 + policy.leaseMs).admitted).toBe(true);
});

test('fear: another machine dies during its probe, and nobody probes for minutes', () => {
  const slow = { ...policy, leaseMs: 600_000 };
  const taken = adopt(slow, open(1, 0), probing(2), at(30_000));
  expect(admit(slow, taken, 44_999).admitted).toBe(false);
  expect(admit(slow, taken, 45_000).admitted).toBe(true);
});

test('when the probes of another machine have failed, it is our turn', () => {
  const waiting = adopt(policy, open(1, 0), probing(2), at(30_000));
  expect(admit(policy, adopt(policy, waiting, open(3, 31_000), at(31_000)), 31_000).admitted).toBe(true);
});

test('our own running probes still count, whatever happens on other machines', () => {
  const halfOpened = admit(policy, open(1, 0), 30_000) as Extract<
    ReturnType<typeof admit>,
    { admitted: true }
  >;
  for (const foreign of [open(5, 31_000), probing(5)]) {
    const raised = adopt(policy, halfOpened.state, foreign, at(31_000));
    expect(raised).toMatchObject({ phase: 'half_open', generation: 5 });
    const after = record(policy, raised, halfOpened.permit, 'failure', 31_000);
    expect(after).toMatchObject({ phase: 'open', generation: 6 });
  }
});

test('R-REC-2: a circuit that another machine closed is closed here', () => {
  for (const own of [open(1, 0), probing(2)]) {
    expect(adopt(policy, own, closed(3), at(1_000))).toEqual(closed(3));
  }
});

test('our own failures are kept when another machine closes a circuit that was never open here', () => {
  const own: CircuitState = { phase: 'closed', ...numbers(1), failedAt: [1, 2, 3] };
  expect(adopt(policy, own, closed(3), at(4))).toMatchObject({ generation: 3, failedAt: [1, 2, 3] });
});

test('an echo of our own state, or an older state, changes nothing', () => {
  const own = open(3, 0);
  for (const foreign of [open(3, 9_000), closed(2), probing(1)]) {
    expect(adopt(policy, own, foreign, at(10_000))).toBe(own);
  }
});

test('of two states with the same generation, the one in the row wins', () => {
  expect(adopt(policy, open(3, 0), closed(3), at(1))).toEqual(closed(3));
});

test('for any adopted states, the generation never falls and no opening lasts longer than the policy says', () => {
  const instants = fc.integer({ min: 0, max: 200_000 });
  const states = fc
    .tuple(fc.constantFrom('closed', 'open', 'half_open'), fc.nat({ max: 9 }), instants)
    .map(([phase, generation, when]) =>
      phase === 'closed'
        ? closed(generation)
        : phase === 'open'
          ? open(generation, when)
          : probing(generation),
    );
  fc.assert(
    fc.property(states, states, instants, fc.boolean(), (own, foreign, now, isProven) => {
      const taken = adopt(policy, own, JSON.parse(JSON.stringify(foreign)), { now, isProven });
      expect(taken.generation).toBe(Math.max(own.generation, foreign.generation));
      expect(adopt(policy, taken, foreign, { now, isProven })).toEqual(taken);
      const { state } = admit(policy, taken, now);
      expect(admit(policy, state, now + Math.max(policy.recoveryTimeoutMs, policy.leaseMs)).admitted).toBe(
        true,
      );
    }),
    { seed: 20_261_120, numRuns: 1_000 },
  );
});
