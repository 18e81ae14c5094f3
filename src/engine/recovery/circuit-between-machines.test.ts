// How a machine reacts to rows that others write and to what people decide; the other machines are only rows here.
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { TransientError } from '../../domain/failure.ts';
import { defaultCircuitPolicy as policy } from '../../resilience/circuit.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import type { Database } from '../../store/database.ts';
import { openAlerts, raiseAlert } from '../../store/failures/alerts.ts';
import { circuitByKey, writeCircuit } from '../../store/failures/circuit-states.ts';
import type { CircuitKey } from './circuit.ts';
import { closeCircuit, keepCircuitOpen, standingOfCircuit, standingOfCircuits } from './circuit-steering.ts';
import { type Circuits, createCircuits } from './circuits.ts';

const key = 'provider:anthropic';
const never = new AbortController().signal;
const works = async () => 'value';
const down = () =>
  Promise.reject(
    new TransientError({ code: 'DOWN', component: 'model', operation: 'generate', message: 'It is down.' }),
  );

async function aMachine(database: Database, random = () => 0) {
  const clock = { nowMs: Date.now() };
  const circuits = createCircuits({
    database,
    executorId: 'here',
    random,
    clock: { now: () => new Date(clock.nowMs) },
    onFailure: (thrown) => expect.unreachable(String(thrown)),
  });
  onTestFinished(() => circuits.close());
  await circuits.ready;
  return { circuits, clock };
}

const calls = async (circuits: Circuits, call: () => Promise<unknown>, times: number) => {
  for (let made = 0; made < times; made++) await circuits.through([key], never, call).catch(() => undefined);
};

const opensElsewhere = (
  database: Database,
  generation: number,
  openedAt: number,
  given: { openings?: number; retryAfterMs?: number; key?: CircuitKey } = {},
) =>
  writeCircuit(
    database.query,
    {
      key: given.key ?? key,
      kind: (given.key ?? key).startsWith('model') ? 'model' : 'provider',
      state: { phase: 'open', generation, sinceGeneration: generation, openedAt },
      because: {
        code: 'DOWN',
        message: 'It is down.',
        ...(given.retryAfterMs === undefined ? {} : { retryAfterMs: given.retryAfterMs }),
      },
      openedAt: new Date(openedAt),
      notBefore: new Date(openedAt + 30_000),
      openings: given.openings ?? 1,
    },
    'elsewhere',
  );

const phaseIs = (circuits: Circuits, phase: string, which: CircuitKey = key) =>
  until(`${which} is ${phase}`, () =>
    circuits.states().some((each) => each.key === which && each.phase === phase),
  );

/** Rows are received in the order in which they were written, so all earlier ones have been received. */
async function hasHeard(database: Database, circuits: Circuits): Promise<void> {
  await opensElsewhere(database, 1, Date.now(), { key: 'model:last' });
  await until('all is heard of', () => circuits.states().some((each) => each.key === 'model:last'));
}

test('repeated openings by one machine prolong the pause only there; a failed probe of our own prolongs it here', async () => {
  const database = await testDatabase();
  const { circuits, clock } = await aMachine(database);
  await opensElsewhere(database, 9, clock.nowMs, { openings: 5 });
  await phaseIs(circuits, 'open');
  expect(circuits.states()).toMatchObject([{ openings: 5, because: { code: 'DOWN' }, retryAfterMs: 30_000 }]);
  clock.nowMs += 30_000;
  await calls(circuits, down, 1);
  expect(circuits.states()).toMatchObject([{ phase: 'open', openings: 6, retryAfterMs: 15 * 60_000 }]);
});

test('a machine that follows an opening retries a little later than the one that opened, so that one probes for all', async () => {
  const database = await testDatabase();
  const { circuits, clock } = await aMachine(database, () => 1);
  await opensElsewhere(database, 1, clock.nowMs);
  await phaseIs(circuits, 'open');
  expect(circuits.retryAfterMs(key)).toBe(33_000);
});

test('R-REC-1: the wait that the provider asks of one machine applies to all', async () => {
  const database = await testDatabase();
  const { circuits, clock } = await aMachine(database);
  await opensElsewhere(database, 1, clock.nowMs, { retryAfterMs: 300_000 });
  await phaseIs(circuits, 'open');
  expect(circuits.retryAfterMs(key)).toBe(300_000);
});

test('fear: of two machines that write at the same time, the one that was late continues with its own state', async () => {
  const database = await testDatabase();
  const { circuits, clock } = await aMachine(database);
  // Written just now, before any notification can have arrived: this machine knows no generation yet.
  const written = opensElsewhere(database, 7, clock.nowMs - 10_000);
  await calls(circuits, down, 5);
  await written;
  await hasHeard(database, circuits);
  expect((await circuitByKey(database.query, key))?.generation).toBe(7n);
  clock.nowMs += 60_000;
  await calls(circuits, works, 3);
  await phaseIs(circuits, 'closed');
  await until('all is written', async () => (await circuitByKey(database.query, key))?.phase === 'closed');
  expect((await circuitByKey(database.query, key))?.generation).toBeGreaterThan(7n);
});

test('fear: the machine that opened a circuit dies, the service works for all others, and row and alert say open forever', async () => {
  const database = await testDatabase();
  const { circuits, clock } = await aMachine(database);
  await calls(circuits, down, 5);
  clock.nowMs += 30_000;
  await calls(circuits, works, policy.halfOpenMaxCalls);
  await until('all is written', async () => (await circuitByKey(database.query, key))?.generation === 3n);
  // A circuit that our own probes have just closed stays closed.
  await opensElsewhere(database, 4, clock.nowMs);
  await raiseAlert(database.query, {
    key: `circuit:${key}`,
    severity: 'medium',
    component: 'resilience',
    operation: 'admit',
    code: 'CIRCUIT_OPEN',
    message: 'It is down.',
  });
  await hasHeard(database, circuits);
  clock.nowMs += 80_000;
  await calls(circuits, works, 5);
  expect(await circuitByKey(database.query, key)).toMatchObject({ phase: 'open', updatedBy: 'elsewhere' });
  clock.nowMs += 10_000;
  await calls(circuits, works, 1);
  await until('the row is closed', async () => (await circuitByKey(database.query, key))?.phase === 'closed');
  expect(await circuitByKey(database.query, key)).toMatchObject({ generation: 5n, updatedBy: 'here' });
  expect(await openAlerts(database.query)).toEqual([]);
});

test('fear: a new machine finds all providers blocked, by machines that used one each', async () => {
  const database = await testDatabase();
  const nowMs = Date.now();
  await opensElsewhere(database, 1, nowMs);
  await opensElsewhere(database, 1, nowMs, { key: 'provider:openai' });
  const { circuits } = await aMachine(database);
  expect(
    circuits
      .states()
      .map(({ phase }) => phase)
      .sort(),
  ).toEqual(['closed', 'open']);
});

test('a circuit that a person keeps open admits nobody until the person resets it, whatever calls in flight report', async () => {
  const database = await testDatabase();
  const { circuits, clock } = await aMachine(database);
  const underWay = Promise.withResolvers<string>();
  const call = circuits.through([key], never, () => underWay.promise);
  await keepCircuitOpen(database, key, 'human:anna');
  await until('it is heard of', () => circuits.retryAfterMs(key) > 0);
  await expect(circuits.through([key], never, works)).rejects.toMatchObject({
    code: 'CIRCUIT_OPEN',
    retryAfterMs: 60_000,
    metadata: { circuit: key, heldBy: 'human:anna' },
  });
  underWay.resolve('value');
  await call;
  clock.nowMs += 24 * 60 * 60_000;
  await expect(circuits.through([key], never, works)).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
  expect(circuits.states()).toMatchObject([{ heldBy: 'human:anna', counts: { rejected: 2, success: 1 } }]);
  expect(await standingOfCircuit(database, key)).toMatchObject({
    phase: 'open',
    heldBy: 'human:anna',
    nextProbeAt: null,
  });
  // Openings by the machines are written meanwhile, but do not override the person.
  await opensElsewhere(database, 4, clock.nowMs - 60_000);
  expect(await standingOfCircuit(database, key)).toMatchObject({ phase: 'open', heldBy: 'human:anna' });
  await closeCircuit(database, key, 'human:anna');
  await until('it is heard of', () => circuits.retryAfterMs(key) === 0);
  expect(await circuits.through([key], never, works)).toBe('value');
});

test('a person who resets a circuit ends the prolonged pause on all machines, and the alert', async () => {
  const database = await testDatabase();
  const [one, other] = [await aMachine(database), await aMachine(database)];
  await calls(one.circuits, down, 5);
  one.clock.nowMs += 30_000;
  await calls(one.circuits, down, 1);
  await until('the other one has heard of it', () => other.circuits.retryAfterMs(key) > 0);
  await until('the alert is raised', async () => (await openAlerts(database.query)).length === 1);
  expect(await closeCircuit(database, key, 'human:anna')).toMatchObject({
    phase: 'closed',
    openings: 0,
    updatedBy: 'human:anna',
    because: { code: 'DOWN' },
  });
  for (const { circuits } of [one, other]) {
    await phaseIs(circuits, 'closed');
    expect(await circuits.through([key], never, works)).toBe('value');
  }
  expect(await openAlerts(database.query)).toEqual([]);
  await calls(one.circuits, down, 5);
  expect(one.circuits.retryAfterMs(key)).toBe(30_000);
});

test('a person gets an error for a circuit that does not exist, and for an invalid key', async () => {
  const database = await testDatabase();
  const unknown = { code: 'CIRCUIT_UNKNOWN' };
  await expect(standingOfCircuit(database, 'provider:nobody')).rejects.toMatchObject(unknown);
  await expect(closeCircuit(database, 'provider:nobody', 'human:anna')).rejects.toMatchObject(unknown);
  for (const bad of ['anthropic', 'provider:', 'country:at', 'provider:a b', '']) {
    await expect(keepCircuitOpen(database, bad, 'human:anna')).rejects.toMatchObject({
      code: 'CIRCUIT_KEY_INVALID',
    });
  }
  expect(await standingOfCircuits(database)).toEqual([]);
});
