import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { TransientError } from '../../../domain/failure.ts';
import { systemClock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { holdCircuit } from '../../../store/failures/circuit-states.ts';
import { degrade } from '../../../store/failures/degradations.ts';
import { aWorkOrderAtWork, type Scratch } from '../../../store/work/scratch-rows.fixture.ts';
import { insertDecision } from '../../../store/work/work-orders/decisions.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { recordFailure } from '../../errors/record-failure.ts';
import { askPostmortem } from './ask-postmortem.ts';

const ask = (database: Database) =>
  askPostmortem({ database, clock: systemClock, actor: 'human:ada' }).postmortem;

const refused = (code: string) =>
  new TransientError({
    code,
    component: 'models',
    operation: 'generate',
    message: `The provider says ${code}.`,
    failureClass: 'orchestration_error',
    advice: 'Check the key of the provider.',
  });

async function fails(database: Database, { workOrderId, runId }: Scratch, code: string): Promise<void> {
  const where = { workOrderId, runId, step: 'generating', attempt: 1, strategy: 'retry' } as const;
  await recordFailure(database.query, refused(code), where);
}

async function ends(database: Database, { workOrderId }: Scratch): Promise<void> {
  const review = { status: 'needs_review', stepState: 'manual_intervention_required' } as const;
  const why = {
    changedBy: 'moose',
    changedBecause: 'It failed.',
    parkedAt: new Date(),
    parkedBecause: 'It cost too much.',
  };
  await changeWorkOrder(database.query, workOrderId, {}, { ...review, ...why });
}

test('R-ESC-8: a post-mortem names the first cause, the decision about it and the system at each failure', async () => {
  const database = await testDatabase();
  const work = await aWorkOrderAtWork(database, { step: 'generating' });
  await fails(database, work, 'BEFORE_ALL');
  await database.query.updateTable('errorEvents').set({ recoverySuccess: true }).execute();
  await holdCircuit(database.query, 'provider:acme', 'provider', 'human:ada');
  const pressure = { key: 'pressure:x:reviewer', feature: 'reviewer', because: 'Little memory is free.' };
  await degrade(database.query, { ...pressure, lapsesAfterMs: 60_000 });
  await fails(database, work, 'PROVIDER_AWAY');
  await insertDecision(database.query, {
    workOrderId: work.workOrderId,
    kind: 'retry',
    agentType: 'recovery',
    input: { step: 'generating', code: 'PROVIDER_AWAY', category: 'transient', retries: 0 },
    output: { pausedMs: 10, because: 'It may pass.' },
  });
  await fails(database, work, 'PROVIDER_AWAY_AGAIN');
  await ends(database, work);

  const found = await ask(database)(work.workOrderId);
  expect(found).toMatchObject({ end: 'parked', status: 'needs_review', work_order_id: work.workOrderId });
  expect(found.summary).toContain(
    'parked because it spent without progress: It cost too much. The first cause was PROVIDER_AWAY.',
  );
  expect(found.first_cause).toMatchObject({
    code: 'PROVIDER_AWAY',
    message: 'The provider says PROVIDER_AWAY.',
  });
  const [before, first, later] = found.failures;
  expect(before).toMatchObject({ code: 'BEFORE_ALL', recovered: true });
  expect(before?.system).toMatchObject({ circuits: [], degraded: [] });
  expect(first?.decided).toMatchObject({ act: 'pause', because: 'It may pass.' });
  expect(first?.decided.policy).toMatchObject({
    row: expect.any(Number),
    does: expect.stringMatching(/^pause/),
  });
  expect(first?.system).toEqual({
    machine: {
      host: expect.any(String),
      load_per_core: expect.any(Number),
      memory_free_share: expect.any(Number),
    },
    circuits: [{ key: 'provider:acme', phase: 'open', code: null }],
    degraded: [{ feature: 'reviewer', because: 'Little memory is free' }],
  });
  expect(later?.decided).toMatchObject({ act: 'retry', because: null });
  expect(found.prevention).toContainEqual({
    what: 'Check the key of the provider.',
    because: 'PROVIDER_AWAY advises it.',
  });
  expect(found.timeline.some(({ what }) => what.includes('needs_review'))).toBe(true);
  expect(found.markdown).toContain('## First cause');
});

test('R-ESC-8: work that has not failed has no post-mortem', async () => {
  const database = await testDatabase();
  const work = await aWorkOrderAtWork(database, { step: 'verifying' });
  await expect(ask(database)(work.workOrderId)).rejects.toMatchObject({ code: 'POSTMORTEM_TOO_EARLY' });
});

/** Makes everything recorded so far one second older. */
async function makeOlder({ query }: Database): Promise<void> {
  await sql`update circuit_changes set at = at - interval '1 second'`.execute(query);
  await sql`update error_events set timestamp = timestamp - interval '1 second'`.execute(query);
}

test('R-ESC-8: a circuit that has closed again is open in the account of the failure before', async () => {
  const database = await testDatabase();
  const work = await aWorkOrderAtWork(database, { step: 'generating' });
  await holdCircuit(database.query, 'provider:acme', 'provider', 'human:ada');
  await makeOlder(database);
  await fails(database, work, 'PROVIDER_AWAY');
  await makeOlder(database);
  await database.query.updateTable('circuitStates').set({ phase: 'closed', heldBy: null }).execute();
  await makeOlder(database);
  await fails(database, work, 'OTHER');
  await database.query.deleteFrom('circuitStates').execute();
  await ends(database, work);
  const { failures } = await ask(database)(work.workOrderId);
  expect(failures.map(({ system }) => system.circuits.length)).toEqual([1, 0]);
});
