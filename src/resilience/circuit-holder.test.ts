import { expect, test } from 'vitest';
import { type CircuitState, defaultCircuitPolicy as policy } from './circuit.ts';
import { CircuitHolder, type CircuitHolderOptions, type CircuitTransition } from './circuit-holder.ts';
import { hasRoomToOpen } from './room-to-open.ts';

/** Acts like a table with one row per key, `update … where generation < new`, and a notification. */
class Table {
  readonly rows = new Map<string, string>();
  readonly readers: CircuitHolder[] = [];

  /** Writes after the call; if the write changes no row, the writer reads the row that was there first. */
  write({ key, state }: CircuitTransition, writer: CircuitHolder): void {
    const row = this.rows.get(key);
    const isNewer = row === undefined || JSON.parse(row).generation < state.generation;
    if (isNewer) this.rows.set(key, JSON.stringify(state));
    for (const reader of isNewer ? this.readers : [writer]) reader.adopt(this.read(key));
  }

  read(key: string): CircuitState {
    return JSON.parse(this.rows.get(key) ?? 'null');
  }
}

class Machine {
  nowMs = 0;
  readonly transitions: CircuitTransition[] = [];
  readonly circuit: CircuitHolder;

  constructor(changes: Partial<CircuitHolderOptions> = {}) {
    this.circuit = new CircuitHolder({
      key: 'provider',
      policy,
      now: () => this.nowMs,
      onTransition: (transition) => this.transitions.push(transition),
      ...changes,
    });
  }

  fail(count = policy.failureThreshold): void {
    for (let call = 0; call < count; call++) this.call('failure');
  }

  call(outcome: 'success' | 'failure'): boolean {
    const admission = this.circuit.admit();
    if (admission.admitted) this.circuit.record(admission.permit, outcome);
    return admission.admitted;
  }

  /** Writes all transitions since the last time, in order, as the background writer does. */
  writeTo(table: Table): void {
    for (const transition of this.transitions.splice(0)) table.write(transition, this.circuit);
  }
}

function machines(count: number): { table: Table; all: Machine[] } {
  const table = new Table();
  const all = Array.from({ length: count }, () => new Machine());
  table.readers.push(...all.map(({ circuit }) => circuit));
  return { table, all };
}

function setTime(all: readonly Machine[], nowMs: number): void {
  for (const machine of all) machine.nowMs = nowMs;
}

test('R-REC-2: only transitions are reported, in order, each with a higher generation', () => {
  const machine = new Machine();
  machine.call('success');
  machine.fail();
  machine.call('success');
  machine.nowMs = 30_000;
  for (let call = 0; call < 3; call++) machine.call('success');
  const told = machine.transitions.map(({ key, from, state, at }) => [
    key,
    from,
    state.phase,
    state.generation,
    at,
  ]);
  expect(told).toEqual([
    ['provider', 'closed', 'open', 1, 0],
    ['provider', 'open', 'half_open', 2, 30_000],
    ['provider', 'half_open', 'closed', 3, 30_000],
  ]);
});

test('R-REC-2: each circuit counts its calls and refusals', () => {
  const machine = new Machine();
  machine.call('success');
  machine.fail(6);
  expect(machine.circuit.counts).toEqual({
    admitted: 6,
    rejected: 1,
    success: 1,
    failure: 5,
    ignored: 0,
    opened: 1,
    withheld: 0,
  });
});

test('R-REC-2: an open circuit stays open after a restart', () => {
  const table = new Table();
  const before = new Machine();
  before.fail();
  before.writeTo(table);
  const after = new Machine();
  after.nowMs = 10_000;
  after.circuit.adopt(table.read('provider'));
  expect(after.circuit.admit()).toMatchObject({ admitted: false, retryAfterMs: 20_000 });
  expect(after.transitions).toEqual([]);
});

test('R-REC-2: an opening is shared, one machine probes for all, and its success closes the circuit for all', () => {
  const { table, all } = machines(3);
  const [first, ...others] = all;
  first?.fail();
  first?.writeTo(table);
  expect(others.map((machine) => machine.call('success'))).toEqual([false, false]);
  setTime(all, 30_000);
  expect(first?.call('success')).toBe(true);
  first?.writeTo(table);
  expect(others.map((machine) => machine.call('success'))).toEqual([false, false]);
  first?.call('success');
  first?.call('success');
  first?.writeTo(table);
  expect(others.map((machine) => machine.call('success'))).toEqual([true, true]);
});

test('fear: a machine dies during its probes, and nobody probes again', () => {
  const { table, all } = machines(2);
  const [dying, other] = all;
  dying?.fail();
  setTime(all, 30_000);
  dying?.circuit.admit();
  dying?.writeTo(table);
  expect(other?.call('success')).toBe(false);
  setTime(all, 30_000 + policy.leaseMs);
  expect([1, 2, 3].map(() => other?.call('success'))).toEqual([true, true, true]);
  other?.writeTo(table);
  expect(table.read('provider')).toMatchObject({ phase: 'closed' });
});

test('fear: one machine with a broken network opens the circuit for the others again and again', () => {
  const { table, all } = machines(3);
  const [bad, ...good] = all;
  const refused: number[] = [];
  for (let nowMs = 0; nowMs < 600_000; nowMs += 1_000) {
    setTime(all, nowMs);
    bad?.call('failure');
    bad?.writeTo(table);
    for (const machine of good) {
      if (!machine.call('success')) refused.push(nowMs);
      machine.writeTo(table);
    }
  }
  // Each of the two machines refuses calls for one opening and five seconds of probes, not for the whole ten minutes.
  expect(refused.length).toBeLessThan(2 * 35);
});

test('fear: two machines open and close at the same moment, and never agree again', () => {
  const { table, all } = machines(2);
  for (const machine of all) machine.fail();
  for (const machine of all) machine.writeTo(table);
  setTime(all, 30_000);
  const [one, two] = all;
  for (let call = 0; call < 3; call++) one?.call('success');
  two?.call('failure');
  two?.writeTo(table);
  one?.writeTo(table);
  for (let nowMs = 31_000; nowMs < 300_000; nowMs += 1_000) {
    setTime(all, nowMs);
    for (const machine of all) {
      machine.call('success');
      machine.writeTo(table);
    }
  }
  expect(all.map(({ circuit }) => circuit.state.phase)).toEqual(['closed', 'closed']);
  expect(all.map((machine) => machine.call('success'))).toEqual([true, true]);
});

function failAll(group: ReadonlyMap<string, CircuitHolder>, calls: number): void {
  for (let call = 0; call < calls; call++) {
    for (const circuit of group.values()) {
      const admission = circuit.admit();
      if (admission.admitted) circuit.record(admission.permit, 'failure');
    }
  }
}

function phases(group: ReadonlyMap<string, CircuitHolder>): string[] {
  return Array.from(group.values(), ({ state }) => state.phase);
}

/** Circuits that can replace each other. */
function circuitGroup({ keys, ejectedShareMax = 0.5, ...shared }: GroupOptions) {
  const group = new Map<string, CircuitHolder>();
  const phasesNow = () => Array.from(group.values(), ({ state }) => state.phase);
  const mayOpen = () => hasRoomToOpen(phasesNow(), ejectedShareMax);
  for (const key of keys) group.set(key, new CircuitHolder({ ...shared, key, mayOpen }));
  return group;
}

interface GroupOptions extends Omit<CircuitHolderOptions, 'key' | 'mayOpen'> {
  keys: readonly string[];
  ejectedShareMax?: number;
}

test('fear: the circuits of all providers open at the same time, and no provider is left', () => {
  const group = circuitGroup({ keys: ['a', 'b', 'c', 'd'], policy, now: () => 0 });
  failAll(group, 50);
  expect(phases(group)).toEqual(['open', 'open', 'closed', 'closed']);
  expect(group.get('d')?.admit().admitted).toBe(true);
  expect(group.get('d')?.counts.withheld).toBeGreaterThan(0);
  const unlimited = circuitGroup({ keys: ['a', 'b'], policy, now: () => 0, ejectedShareMax: 1 });
  failAll(unlimited, 50);
  expect(phases(unlimited)).toEqual(['open', 'closed']);
});

test('a circuit that was not allowed to open opens with its next failure as soon as it may', () => {
  let nowMs = 0;
  const group = circuitGroup({ keys: ['a', 'b'], policy, now: () => nowMs });
  failAll(group, 10);
  expect(phases(group)).toEqual(['open', 'closed']);
  nowMs = 30_000;
  for (let probe = 0; probe < 3; probe++) {
    const admission = group.get('a')?.admit();
    if (admission?.admitted) group.get('a')?.record(admission.permit, 'success');
  }
  const admission = group.get('b')?.admit();
  if (admission?.admitted) group.get('b')?.record(admission.permit, 'failure');
  expect(phases(group)).toEqual(['closed', 'open']);
});

test('the only circuit of its group may open', () => {
  const group = circuitGroup({ keys: ['a'], policy, now: () => 0 });
  failAll(group, 5);
  expect(phases(group)).toEqual(['open']);
});

test('openings of other machines do not open the whole group either', () => {
  const group = circuitGroup({ keys: ['a', 'b'], policy, now: () => 0 });
  const foreign: CircuitState = { phase: 'open', generation: 1, sinceGeneration: 1, openedAt: 0 };
  for (const circuit of group.values()) circuit.adopt(foreign);
  expect(phases(group)).toEqual(['open', 'closed']);
});

test('a trip is reported once; in a group, a circuit is tripped only if it may open', () => {
  const machine = new Machine();
  machine.circuit.trip();
  machine.circuit.trip();
  expect(machine.transitions.map(({ from, state }) => [from, state.phase])).toEqual([['closed', 'open']]);
  expect(machine.circuit.counts).toMatchObject({ opened: 1, failure: 0 });
  const group = circuitGroup({ keys: ['a', 'b'], policy, now: () => 0 });
  for (const circuit of group.values()) circuit.trip();
  expect(phases(group)).toEqual(['open', 'closed']);
  expect(group.get('b')?.counts.withheld).toBe(1);
});

test('fear: each circuit has a timer, and a thousand of them keep the process alive', () => {
  const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  const before = timers();
  const keys = Array.from({ length: 1_000 }, (_, index) => `provider:${index}`);
  failAll(circuitGroup({ keys, policy, now: () => 0 }), 10);
  expect(timers()).toBe(before);
});

test('fear: four failures open it, or the first one does', () => {
  const machine = new Machine();
  machine.fail(policy.failureThreshold - 1);
  expect(machine.circuit.state.phase).toBe('closed');
  machine.fail(1);
  expect(machine.circuit.state.phase).toBe('open');
});
