import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { ExternalServiceError, type MooseError } from '../../../domain/failure.ts';
import { newId } from '../../../domain/ids.ts';
import { defaultCircuitPolicy } from '../../../resilience/circuit.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { addExclusion } from '../../../store/figures/patterns.ts';
import { updateRun } from '../../../store/work/runs/runs.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { type Circuits, createCircuits } from '../../recovery/circuits.ts';
import { decisionsOn, legsOf, onRecord, questionsOf } from '../on-record.fixture.ts';
import { claimedAgain, decided, loseFence, rowsAt, type ScratchWork } from '../scratch-pipeline.fixture.ts';
import { scriptedModel } from '../scripted-model.fixture.ts';
import { pauseForOutage } from './pause-for-outage.ts';

const shared = sharedDatabase();

const circuit = 'provider:p';

function away(code = 'MODEL_OVERLOADED', retryAfterMs?: number): MooseError {
  return new ExternalServiceError({
    code,
    component: 'models',
    operation: 'generate',
    message: 'p is overloaded.',
    advice: 'Wait.',
    retryable: true,
    metadata: { provider: 'p' },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

const paused = (error: MooseError, delayMs = 10_000) =>
  ({ act: 'pause', error, because: 'the provider is at fault', delayMs, circuit, isLimited: false }) as const;

/** A run with real circuits, whose waits are not spread out. */
async function ground(
  step: 'generating' | 'applying' = 'generating',
): Promise<ScratchWork & { circuits: Circuits }> {
  const work = await rowsAt(shared(), step);
  const circuits = createCircuits({
    database: work.database,
    executorId: 'this',
    clock: systemClock,
    onFailure: () => undefined,
  });
  // Removes the circuits that earlier tests opened.
  await work.database.query.deleteFrom('circuitStates').execute();
  await circuits.ready;
  return { ...work, circuits, random: () => 0 };
}

async function again<T extends ScratchWork>(work: T, error: MooseError): Promise<T> {
  await decided(pauseForOutage, work, 'generating', paused(error));
  return claimedAgain(work, { circuits: work.circuits, random: work.random });
}

const waitMs = ({ wakeAt, pausedAt }: { wakeAt: Date | null; pausedAt: Date | null }) =>
  (wakeAt?.getTime() ?? 0) - (pausedAt?.getTime() ?? 0);

test('R-REC-6: a pause uses no attempt, no retry and no money, and the next leg is queued with it', async () => {
  const work = await ground();
  expect(await decided(pauseForOutage, work, 'generating', paused(away()))).toBe('stop');
  const { order, run, errors, effects } = await onRecord(work);
  expect(order).toMatchObject({
    status: 'in_progress',
    stepState: 'retrying',
    recoveryAttempts: 0,
    retryBudget: null,
  });
  expect(run).toMatchObject({
    leg: 1,
    pauses: 1,
    stepAttempt: 0,
    pausedBy: circuit,
    waitingFor: 'p is overloaded.',
  });
  expect(waitMs(run)).toBeGreaterThanOrEqual(9_990);
  expect(waitMs(run)).toBeLessThan(11_000);
  expect(await legsOf(work)).toEqual(['1 later']);
  expect(errors).toMatchObject([{ errorType: 'MODEL_OVERLOADED', recoveryStrategy: 'pause' }]);
  expect(effects).toEqual(['hold done']);
  expect(await questionsOf(work)).toEqual([]);
});

test('fear: a run that waited for the database asks about an outage that has ended meanwhile', async () => {
  const work = await ground();
  const policyFor = () => ({ ...defaultCircuitPolicy, recoveryTimeoutMs: 200, halfOpenMaxCalls: 1 });
  const circuits = createCircuits({
    database: work.database,
    executorId: 'this',
    clock: systemClock,
    onFailure: () => undefined,
    policyFor,
  });
  onTestFinished(() => circuits.close());
  circuits.trip(circuit, away());
  const other = await work.database.query.startTransaction().execute();
  await other
    .selectFrom('workOrders')
    .select('id')
    .where('id', '=', work.order.id)
    .forUpdate()
    .executeTakeFirst();
  const pausing = decided(pauseForOutage, { ...work, circuits }, 'generating', paused(away()));
  const answered = async () =>
    circuits.through([circuit], new AbortController().signal, async () => true).catch(() => false);
  await expect.poll(answered).toBe(true);
  await other.commit().execute();
  expect(await pausing).toBe('stop');
  expect((await onRecord(work)).kinds).not.toContain('paused');
  // While the circuit is open, the run pauses.
  circuits.trip(circuit, away('MODEL_OVERLOADED', 60_000));
  const next = await claimedAgain(work, { circuits, random: work.random });
  await decided(pauseForOutage, next, 'generating', paused(away()));
  expect((await onRecord(work)).kinds).toContain('paused');
});

test('a process that lost its run queues no leg: otherwise two processes would continue the run', async () => {
  const work = await ground();
  await loseFence(work);
  const before = await onRecord(work);
  await expect(decided(pauseForOutage, work, 'generating', paused(away()))).rejects.toMatchObject({
    code: 'FENCE_LOST',
  });
  expect(await legsOf(work)).toEqual([]);
  expect(await onRecord(work)).toEqual(before);
});

test('R-REC-1: a provider’s requested delay is respected, but not longer than an hour', async () => {
  const work = await ground();
  await decided(pauseForOutage, work, 'generating', paused(away(), 24 * 3_600_000));
  const { run } = await onRecord(work);
  expect(waitMs(run)).toBeGreaterThan(3_599_900);
  expect(waitMs(run)).toBeLessThan(3_700_000);
});

test('R-PIPE-10: runs that wait for the same provider resume at different times, and never before the requested time', async () => {
  const work = await ground();
  await decided(pauseForOutage, { ...work, random: () => 1 }, 'generating', paused(away()));
  const { run } = await onRecord(work);
  expect(waitMs(run)).toBeGreaterThan(12_400);
});

test('R-REC-2, R-ESC-5: three failures at different times open the circuit, and one question is asked for all', async () => {
  const first = await ground();
  const second = await again(first, away());
  const third = await again(second, away());
  expect(first.circuits.retryAfterMs(circuit)).toBe(0);
  await decided(pauseForOutage, third, 'generating', paused(away()));
  expect(first.circuits.retryAfterMs(circuit)).toBeGreaterThan(10_000);
  const { run, kinds } = await onRecord(first);
  expect(waitMs(run)).toBeGreaterThan(20_000);
  expect(kinds).toContain('paused');
  const asked = await first.database.query
    .selectFrom('escalations')
    .select('title')
    .where('groupKey', '=', 'outage:provider:p')
    .where('status', '=', 'open')
    .execute();
  expect(asked).toHaveLength(1);
  await first.circuits.close();
});

test.each<[string, MooseError]>([
  ['a used up quota', away('MODEL_QUOTA')],
  ['a wish for an hour', away('MODEL_OVERLOADED', 3_600_000)],
])('R-ESC-5: %s is conclusive: a person is told immediately, not after three waits', async (_, error) => {
  const work = await ground();
  await decided(pauseForOutage, work, 'generating', paused(error));
  expect(work.circuits.retryAfterMs(circuit)).toBeGreaterThan(0);
  expect((await onRecord(work)).kinds).toContain('paused');
  await work.circuits.close();
});

test('R-REC-6: a call that was not made is not a failure', async () => {
  const work = await ground();
  work.circuits.trip(circuit, away());
  await decided(pauseForOutage, work, 'generating', paused(away('CIRCUIT_OPEN')));
  const { errors, run } = await onRecord(work);
  expect(errors).toEqual([]);
  expect(run.pauses).toBe(1);
  await work.circuits.close();
});

test('R-REC-6: an agent whose requests were not answered has not run without progress; one that crashed has', async () => {
  const work = await ground('applying');
  await decided(pauseForOutage, work, 'applying', paused(away('AGENT_RATE_LIMITED')));
  expect((await onRecord(work)).order.agentRunsAtProgress).toBe(1);
  const other = await ground('applying');
  await decided(pauseForOutage, other, 'applying', paused(away('AGENT_PROVIDER_DOWN')));
  expect((await onRecord(other)).order.agentRunsAtProgress).toBe(0);
});

test('R-PIPE-1: a step that paused did not kill its process, so its start is no longer counted', async () => {
  for (const [step, code, left] of [
    ['generating', 'MODEL_OVERLOADED', 2],
    ['applying', 'AGENT_PROVIDER_DOWN', 2],
    // Behind an open circuit, a heavy step did not get a slot and so was not counted.
    ['applying', 'CIRCUIT_OPEN', 3],
  ] as const) {
    const work = await ground(step);
    await updateRun(work.database.query, work.run.id, { starts: 3 });
    await decided(pauseForOutage, work, step, paused(away(code)));
    expect((await onRecord(work)).run.starts).toBe(left);
  }
});

/** Records that the provider answered another work order. */
async function answerOthers(work: ScratchWork): Promise<void> {
  const other = await rowsAt(work.database, 'generating');
  const answered = { workOrderId: other.order.id, kind: 'model.answered', actor: 'p/m' };
  await recordEvent(work.database.query, answered);
}

test('R-REC-6, fear: a request that its provider never answers pauses forever, and blocks the provider for all others', async () => {
  let work = await ground();
  for (let n = 0; n < 8; n++) {
    work = await again(work, away());
    await answerOthers(work);
  }
  expect(work.circuits.retryAfterMs(circuit)).toBe(0);
  expect(await decided(pauseForOutage, work, 'generating', paused(away()))).toBe('stop');
  const { order, run } = await onRecord(work);
  expect(order.status).toBe('failed');
  expect(order.changedBecause).toContain('8 pauses did not help');
  expect(run).toMatchObject({ state: 'ended', outcome: 'MODEL_OVERLOADED' });
  expect(await questionsOf(work)).toMatchObject([{ code: 'MODEL_OVERLOADED', status: 'open' }]);
  expect((await decisionsOn(work)).at(-1)).toMatchObject({ kind: 'escalation' });
});

test('R-LRN-3: fear: an outage offers a model for all that a person has excluded from this work', async () => {
  const work = await ground();
  const models = new Map(['p/one', 'q/two', 'r/three'].map((name) => [name, scriptedModel(name)]));
  const ladder = { light: [...models.keys()], standard: [], strong: [] };
  const known = {
    ...work,
    settings: { ...work.settings, models: ladder },
    model: (name: string) => models.get(name) ?? work.model(name),
  };
  await addExclusion(work.database.query, {
    id: newId<string>(new Date()),
    projectId: work.project.id,
    model: 'q/two',
    band: 'low',
    createdBy: 'human:ada',
  });
  const ofAnother = { ...paused(away('MODEL_QUOTA')), circuit: 'provider:z' as const };
  await decided(pauseForOutage, known, 'generating', ofAnother);
  const { options } = await work.database.query
    .selectFrom('escalations')
    .select('options')
    .where('groupKey', '=', 'outage:provider:z')
    .executeTakeFirstOrThrow();
  const offered = JSON.stringify(options);
  expect(offered).toContain('r/three');
  expect(offered).not.toContain('q/two');
});
