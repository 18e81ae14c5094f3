import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { ExternalServiceError, PermanentError, TransientError } from '../../domain/failure.ts';
import { defaultCircuitPolicy as policy } from '../../resilience/circuit.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import type { Database } from '../../store/database.ts';
import { openAlerts } from '../../store/failures/alerts.ts';
import { circuitByKey } from '../../store/failures/circuit-states.ts';
import type { CircuitKey } from './circuit.ts';
import { type Circuits, type CircuitsOptions, createCircuits } from './circuits.ts';

const provider = 'provider:anthropic';
const model = 'model:anthropic/claude-x';
const said = { component: 'model', operation: 'generate', message: 'It is overloaded.' };
const down = () => Promise.reject(new TransientError({ ...said, code: 'MODEL_OVERLOADED' }));
const works = async () => 'value';
const never = new AbortController().signal;

/** A machine whose clock moves only when the test moves it. */
async function aMachine(database: Database, changes: Partial<CircuitsOptions> = {}) {
  const clock = { nowMs: Date.now() };
  const failures: unknown[] = [];
  const circuits = createCircuits({
    database,
    executorId: 'here',
    clock: { now: () => new Date(clock.nowMs) },
    random: () => 0,
    onFailure: (thrown) => failures.push(thrown),
    ...changes,
  });
  onTestFinished(() => circuits.close());
  await circuits.ready;
  return { circuits, clock, failures };
}

const viewOf = (circuits: Circuits, key: CircuitKey) => circuits.states().find((each) => each.key === key);

async function fail(circuits: Circuits, key: CircuitKey, times = policy.failureThreshold, call = down) {
  for (let failed = 0; failed < times; failed++) {
    await expect(circuits.through([key], never, call)).rejects.toThrow();
  }
}

const rowIs = (database: Database, key: CircuitKey, phase: string) =>
  until(
    `${key} is ${phase} in its row`,
    async () => (await circuitByKey(database.query, key))?.phase === phase,
  );

test('R-REC-2: five failures open a circuit, which says why, until when, and how often; three successes close it', async () => {
  const database = await testDatabase();
  const { circuits, clock } = await aMachine(database);
  expect(await circuits.through([provider], never, works)).toBe('value');
  await fail(circuits, provider);
  await expect(circuits.through([provider], never, works)).rejects.toMatchObject({
    code: 'CIRCUIT_OPEN',
    retryAfterMs: 30_000,
    metadata: { circuit: provider },
  });
  expect(circuits.retryAfterMs(provider)).toBe(30_000);
  await rowIs(database, provider, 'open');
  expect(await circuitByKey(database.query, provider)).toMatchObject({
    kind: 'provider',
    generation: 1n,
    openings: 1,
    because: { code: 'MODEL_OVERLOADED', message: said.message },
    openedAt: new Date(clock.nowMs),
    notBefore: new Date(clock.nowMs + 30_000),
    updatedBy: 'here',
  });
  clock.nowMs += 30_000;
  for (let probe = 0; probe < policy.halfOpenMaxCalls; probe++) {
    expect(circuits.retryAfterMs(provider)).toBe(0);
    await circuits.through([provider], never, works);
  }
  await rowIs(database, provider, 'closed');
  expect(await circuitByKey(database.query, provider)).toMatchObject({ openings: 0, notBefore: null });
  expect(viewOf(circuits, provider)).toMatchObject({
    phase: 'closed',
    openings: 0,
    counts: { admitted: 9, rejected: 1, success: 4, failure: 5, opened: 1 },
  });
});

test('a success is not written to the database', async () => {
  const database = await testDatabase();
  const { circuits } = await aMachine(database);
  for (let call = 0; call < 20; call++) await circuits.through([provider, model], never, works);
  await circuits.close();
  const { rows } = await sql`select from circuit_states`.execute(database.query);
  expect(rows).toEqual([]);
});

test('outermost first: behind an open provider circuit the model is not called, and behind an open model circuit no probe of the provider is used', async () => {
  const database = await testDatabase();
  const { circuits } = await aMachine(database);
  await fail(circuits, provider);
  await expect(circuits.through([provider, model], never, works)).rejects.toMatchObject({
    metadata: { circuit: provider },
  });
  expect(viewOf(circuits, model)).toMatchObject({ counts: { admitted: 0, rejected: 0 } });
  const [other, its] = ['provider:other', 'model:other/m'] as const;
  await fail(circuits, its);
  const always = () => 'failure' as const;
  for (let call = 0; call < 9; call++) {
    await expect(circuits.through([other, its], never, works, always)).rejects.toMatchObject({
      metadata: { circuit: its },
    });
  }
  expect(viewOf(circuits, other)).toMatchObject({ phase: 'closed', counts: { ignored: 9, failure: 0 } });
});

test('a cancelled call is not made, and says nothing about the service', async () => {
  const database = await testDatabase();
  const { circuits } = await aMachine(database);
  const cancel = new AbortController();
  const hurt = () => {
    cancel.abort();
    return down();
  };
  await expect(circuits.through([provider], cancel.signal, hurt)).rejects.toMatchObject({
    code: 'MODEL_OVERLOADED',
  });
  await expect(circuits.through([provider], cancel.signal, works)).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  expect(viewOf(circuits, provider)).toMatchObject({ counts: { admitted: 1, ignored: 1, failure: 0 } });
});

test('fear: while the circuit opens again and again, there is a paid probe every thirty seconds', async () => {
  const database = await testDatabase();
  const { circuits, clock } = await aMachine(database);
  await fail(circuits, provider);
  const pausesMs: number[] = [];
  for (let opening = 1; opening <= 7; opening++) {
    const pauseMs = circuits.retryAfterMs(provider);
    pausesMs.push(pauseMs);
    clock.nowMs += pauseMs - 1;
    await expect(circuits.through([provider], never, works)).rejects.toMatchObject({ retryAfterMs: 1 });
    clock.nowMs += 1;
    await fail(circuits, provider, 1);
  }
  expect(pausesMs).toEqual([0.5, 1, 2, 4, 8, 15, 15].map((minutes) => minutes * 60_000));
  clock.nowMs += circuits.retryAfterMs(provider);
  for (let probe = 0; probe < 3; probe++) await circuits.through([provider], never, works);
  await fail(circuits, provider);
  expect(circuits.retryAfterMs(provider)).toBe(30_000);
});

test('fear: a service that fails now and then is blocked for longer and longer', async () => {
  const { circuits, clock } = await aMachine(await testDatabase());
  await fail(circuits, provider);
  const pausesMs: number[] = [];
  for (let opening = 1; opening <= 3; opening++) {
    clock.nowMs += circuits.retryAfterMs(provider);
    await circuits.through([provider], never, works);
    await fail(circuits, provider, 1);
    pausesMs.push(circuits.retryAfterMs(provider));
  }
  expect(pausesMs).toEqual([30_000, 30_000, 30_000]);
});

test('R-REC-6: an exhausted quota opens the circuit immediately, for as long as the provider asks', async () => {
  const database = await testDatabase();
  const { circuits } = await aMachine(database);
  const quota = new ExternalServiceError({ ...said, code: 'MODEL_QUOTA', retryAfterMs: 600_000 });
  circuits.trip(provider, quota);
  expect(circuits.retryAfterMs(provider)).toBe(600_000);
  circuits.trip(provider, quota);
  await rowIs(database, provider, 'open');
  expect(await circuitByKey(database.query, provider)).toMatchObject({
    generation: 1n,
    openings: 1,
    because: { code: 'MODEL_QUOTA', retryAfterMs: 600_000 },
  });
  expect(viewOf(circuits, provider)).toMatchObject({ counts: { failure: 0, opened: 1 } });
});

test('R-REC-6: an invalid request of ours opens no circuit', async () => {
  const database = await testDatabase();
  const { circuits } = await aMachine(database);
  const faulty = () => Promise.reject(new PermanentError({ ...said, code: 'MODEL_BAD_REQUEST' }));
  await fail(circuits, provider, 20, faulty);
  expect(viewOf(circuits, provider)).toMatchObject({ phase: 'closed', counts: { ignored: 20 } });
});

test('fear: the circuits of all providers open at once; those of models and forges do not count as alternatives', async () => {
  const database = await testDatabase();
  const { circuits, clock } = await aMachine(database);
  const keys = [provider, 'provider:openai', model, 'model:openai/m', 'forge:local'] as const;
  for (let round = 0; round < 20; round++) {
    for (const key of keys) await fail(circuits, key, 1);
  }
  expect(keys.map((key) => viewOf(circuits, key)?.phase)).toEqual(['open', 'closed', 'open', 'open', 'open']);
  expect(viewOf(circuits, 'provider:openai')?.counts.withheld).toBeGreaterThan(0);
  circuits.trip('provider:openai', new ExternalServiceError({ ...said, code: 'MODEL_QUOTA' }));
  expect(viewOf(circuits, 'provider:openai')?.phase).toBe('closed');
  // A circuit that nobody has used for a long time does not prevent the only one in use from opening.
  clock.nowMs += 60 * 60_000;
  await fail(circuits, 'provider:openai');
  expect(viewOf(circuits, 'provider:openai')?.phase).toBe('open');
});

test('R-REC-2: opening a circuit raises one alert, and closing it resolves the alert', async () => {
  const database = await testDatabase();
  const { circuits, clock } = await aMachine(database);
  await fail(circuits, provider);
  await rowIs(database, provider, 'open');
  clock.nowMs += 30_000;
  await fail(circuits, provider, 1);
  await until('the alert is counted', async () => (await openAlerts(database.query))[0]?.times === 2);
  const [alert, ...others] = await openAlerts(database.query);
  expect(others).toEqual([]);
  expect(alert).toMatchObject({
    key: `circuit:${provider}`,
    severity: 'medium',
    code: 'CIRCUIT_OPEN',
    metadata: { circuit: provider, openings: 2, because: { code: 'MODEL_OVERLOADED' } },
  });
  expect(alert?.message).toContain(said.message);
  clock.nowMs += 60_000;
  for (let probe = 0; probe < 3; probe++) await circuits.through([provider], never, works);
  await until('the alert is over', async () => (await openAlerts(database.query)).length === 0);
  const { rows } = await sql<{ by: string }>`select resolved_by as by from system_alerts`.execute(
    database.query,
  );
  expect(rows).toEqual([{ by: 'moose' }]);
});

test('a watcher is notified of each transition', async () => {
  const database = await testDatabase();
  const told: string[] = [];
  const { circuits, clock } = await aMachine(database, {
    onTransition: ({ key, phase, openings }) => told.push(`${key} ${phase} ${openings}`),
  });
  await fail(circuits, provider);
  clock.nowMs += 30_000;
  for (let probe = 0; probe < 3; probe++) await circuits.through([provider], never, works);
  expect(told).toEqual([`${provider} open 1`, `${provider} half_open 1`, `${provider} closed 0`]);
});
