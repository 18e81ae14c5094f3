// Compares the circuit with a naive one that stores every event and computes each answer from all of them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  admit,
  type CircuitPolicy,
  type CircuitState,
  newCircuit,
  type Outcome,
  type Permit,
  record,
} from './circuit.ts';

const seed = 20_261_120;
const runs = 500;

interface Probe {
  at: number;
  isOver: boolean;
}

interface Ticket {
  period: number;
  probe?: Probe;
}

/** Mutable and without a limit; it knows no generations, leases or JSON. */
class NaiveCircuit {
  readonly #policy: CircuitPolicy;
  /** All phases so far, in order; the last one is the current one. */
  readonly periods: {
    phase: CircuitState['phase'];
    since: number;
    results: [Outcome, number][];
    probes: Probe[];
  }[] = [];

  constructor(policy: CircuitPolicy) {
    this.#policy = policy;
    this.#begin('closed', 0);
  }

  get now() {
    const period = this.periods.at(-1);
    if (!period) throw new Error('there is always a period');
    return period;
  }

  #begin(phase: CircuitState['phase'], since: number): void {
    this.periods.push({ phase, since, results: [], probes: [] });
  }

  #count(outcome: Outcome): number {
    return this.now.results.filter(([each]) => each === outcome).length;
  }

  admit(at: number): Ticket | null {
    const { recoveryTimeoutMs, halfOpenMaxCalls, leaseMs } = this.#policy;
    if (this.now.phase === 'open' && at >= this.now.since + recoveryTimeoutMs) this.#begin('half_open', at);
    if (this.now.phase === 'open') return null;
    const ticket: Ticket = { period: this.periods.length };
    if (this.now.phase === 'closed') return ticket;
    const underWay = this.now.probes.filter((probe) => !probe.isOver && at < probe.at + leaseMs).length;
    if (underWay > 0 && underWay + this.#count('success') >= halfOpenMaxCalls) return null;
    ticket.probe = { at, isOver: false };
    this.now.probes.push(ticket.probe);
    return ticket;
  }

  record({ period, probe }: Ticket, outcome: Outcome, at: number): void {
    if (probe) probe.isOver = true;
    if (period !== this.periods.length) return;
    this.now.results.push([outcome, at]);
    const { failureThreshold, monitoringWindowMs, halfOpenMaxCalls } = this.#policy;
    if (this.now.phase === 'closed') {
      const recent = this.now.results.filter(
        ([each, when]) => each === 'failure' && at - when < monitoringWindowMs,
      );
      if (outcome === 'failure' && recent.length >= failureThreshold) this.#begin('open', at);
    } else if (this.#count('failure') > 0) this.#begin('open', at);
    else if (this.#count('success') >= halfOpenMaxCalls) this.#begin('closed', at);
  }
}

const policies = fc.record<CircuitPolicy>({
  failureThreshold: fc.integer({ min: 1, max: 6 }),
  monitoringWindowMs: fc.constantFrom(50, 60_000),
  recoveryTimeoutMs: fc.constantFrom(20, 30_000),
  halfOpenMaxCalls: fc.integer({ min: 1, max: 4 }),
  leaseMs: fc.constantFrom(10, 40, 60_000),
  probeRetryAfterMs: fc.constantFrom(1, 1_000),
});

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ act: fc.constant('admit' as const) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        act: fc.constant('record' as const),
        which: fc.nat(),
        outcome: fc.constantFrom<Outcome>('success', 'failure', 'failure', 'ignored'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        act: fc.constant('wait' as const),
        ms: fc.constantFrom(0, 1, 9, 10, 20, 49, 50, 30_000, 60_000),
      }),
    },
  ),
  { minLength: 40, maxLength: 160 },
);

type Step = typeof steps extends fc.Arbitrary<(infer Each)[]> ? Each : never;

/** Takes both circuits through the same steps. The real one's state goes through JSON after each step. */
function compare(policy: CircuitPolicy, given: readonly Step[]): Set<string> {
  const naive = new NaiveCircuit(policy);
  const seen = new Set<string>();
  let state: CircuitState = newCircuit;
  let now = 0;
  const open: { permit: Permit; ticket: Ticket }[] = [];
  for (const step of given) {
    const { generation, phase } = state;
    if (step.act === 'wait') now += step.ms;
    if (step.act === 'admit') {
      const admission = admit(policy, state, now);
      const ticket = naive.admit(now);
      expect(admission.admitted).toBe(ticket !== null);
      if (admission.admitted && ticket) open.push({ permit: admission.permit, ticket });
      if (!admission.admitted) expect(admission.retryAfterMs).toBeGreaterThan(0);
      state = admission.state;
    }
    if (step.act === 'record' && open.length > 0) {
      const [{ permit, ticket } = { permit: null, ticket: null }] = open.splice(step.which % open.length, 1);
      if (!permit) continue;
      state = record(policy, state, permit, step.outcome, now);
      naive.record(ticket, step.outcome, now);
    }
    expect(state.phase).toBe(naive.now.phase);
    expect(state.generation).toBe(generation + (state.phase === phase ? 0 : 1));
    const restored: CircuitState = JSON.parse(JSON.stringify(state));
    expect(restored).toEqual(state);
    state = restored;
    expectBounded(policy, state);
    if (state.phase !== phase) seen.add(state.phase);
  }
  return seen;
}

function expectBounded(policy: CircuitPolicy, state: CircuitState): void {
  if (state.phase === 'closed') expect(state.failedAt.length).toBeLessThan(policy.failureThreshold);
  if (state.phase === 'half_open') expect(state.leases.length).toBeLessThanOrEqual(policy.halfOpenMaxCalls);
}

test('R-REC-2: in every sequence of events, the circuit gives the same answers as the naive one', () => {
  const counts = new Map<string, number>();
  fc.assert(
    fc.property(policies, steps, (policy, given) => {
      for (const phase of compare(policy, given)) counts.set(phase, (counts.get(phase) ?? 0) + 1);
    }),
    { seed, numRuns: runs },
  );
  // A comparison that never leaves the closed phase would prove nothing.
  expect(counts.get('open')).toBeGreaterThan(runs / 10);
  expect(counts.get('half_open')).toBeGreaterThan(runs / 10);
  expect(counts.get('closed')).toBeGreaterThan(runs / 20);
});
