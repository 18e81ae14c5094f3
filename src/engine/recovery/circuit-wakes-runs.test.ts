import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { TransientError } from '../../domain/failure.ts';
import { aRunInTheQueue, prepareWork } from '../../durable/scratch-workers.fixture.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { circuitByKey } from '../../store/failures/circuit-states.ts';
import { updateRun } from '../../store/work/runs/runs.ts';
import { ifDue } from '../background/jobs/if-due.fixture.ts';
import { wakePausedRunsJob } from './circuit-jobs.ts';
import { circuitPolicyOf } from './circuit-policies.ts';
import { closeCircuit, keepCircuitOpen, standingOfCircuit } from './circuit-steering.ts';
import { createCircuits } from './circuits.ts';

const key = 'provider:anthropic';
const longMs = 600_000;
const { signal } = new AbortController();
const down = () =>
  Promise.reject(
    new TransientError({ code: 'DOWN', component: 'model', operation: 'generate', message: 'It is down.' }),
  );

async function ground() {
  const database = await testDatabase();
  await prepareWork(database);
  const circuits = createCircuits({
    database,
    executorId: 'here',
    clock: systemClock,
    policyFor: (kind) => ({ ...circuitPolicyOf(kind), recoveryTimeoutMs: 50 }),
    onFailure: (thrown) => expect.unreachable(String(thrown)),
  });
  onTestFinished(() => circuits.close());
  await circuits.ready;
  for (let call = 0; call < 5; call++) await expect(circuits.through([key], signal, down)).rejects.toThrow();
  await until('it is written', async () => (await circuitByKey(database.query, key)) !== undefined);
  return { database, circuits };
}

async function aPausedRun(database: Database, pausedAt = new Date()) {
  const runId = await aRunInTheQueue(database, { delayMs: longMs });
  await updateRun(database.query, runId, { pausedBy: key, pausedAt });
  return runId;
}

async function awake(database: Database): Promise<number> {
  const { rows } = await sql`select from moose_queue.jobs
    where run_at < ${new Date(Date.now() + longMs / 2)}`.execute(database.query);
  return rows.length;
}

test('R-REC-6: what a provider paused goes on as soon as probes have closed its circuit', async () => {
  const { database, circuits } = await ground();
  await aPausedRun(database);
  await aPausedRun(database);
  expect(await standingOfCircuit(database, key)).toMatchObject({ phase: 'open', pausedRuns: 2 });
  expect(await awake(database)).toBe(0);
  await until('its pause is over', () => circuits.retryAfterMs(key) === 0);
  for (let probe = 0; probe < 3; probe++) await circuits.through([key], signal, async () => undefined);
  await until('they are woken', async () => (await awake(database)) === 2);
  expect(await circuitByKey(database.query, key)).toMatchObject({ phase: 'closed' });
});

test('a human who resets a circuit lets its runs go', async () => {
  const { database } = await ground();
  await aPausedRun(database);
  expect(await closeCircuit(database, key, 'human:anna')).toMatchObject({ wokenRuns: 1 });
  expect(await awake(database)).toBe(1);
});

test('the fear: a run pauses in the moment in which its circuit closes, and nobody wakes it', async () => {
  const { database } = await ground();
  const job = ifDue(database, wakePausedRunsJob({ database }));
  await closeCircuit(database, key, 'human:anna');
  await aPausedRun(database);
  await keepCircuitOpen(database, key, 'human:anna');
  await job.run(signal);
  expect(await awake(database)).toBe(0);
  await database.query.updateTable('circuitStates').set({ heldBy: null, phase: 'closed' }).execute();
  await job.run(signal);
  expect(await awake(database)).toBe(1);
});

test('the fear: a run that waits as long as the provider asked is woken, as the circuit never opened', async () => {
  const { database } = await ground();
  await closeCircuit(database, key, 'human:anna');
  await aPausedRun(database, new Date(Date.now() + 10_000));
  await ifDue(database, wakePausedRunsJob({ database })).run(signal);
  expect(await awake(database)).toBe(0);
});
