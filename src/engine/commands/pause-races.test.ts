// Actions that happen at the same moment, one of which keeps a run from continuing.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { enqueueRun } from '../../durable/enqueue-run.ts';
import { messagesIn } from '../../durable/messages.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { holdFence, runById, updateRun } from '../../store/work/runs/runs.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder, eventsOf, heldMsOf } from '../../store/work/work-orders/work-orders.ts';
import { recoveryContext } from '../run/recovery-context.ts';
import { claim, scratchWork } from '../scratch-work.fixture.ts';
import { suspendIdle } from '../workplace/suspend.ts';
import { cancel } from './cancel.ts';
import { pause, resume } from './pause-and-resume.ts';
import { retry } from './start-run.ts';
import { switchModel } from './switch-model.ts';

const ada = 'human:ada';
const changed = { changedBy: 'moose:1', changedBecause: 'because' };

async function atWork(step: 'routing' | 'generating' | 'applying' | 'verifying' = 'applying') {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { step });
  await enqueueRun(database.query, runId);
  const run = await claim(database, runId, '1');
  const order = await theWorkOrder(database, workOrderId);
  return { database, deps: { database, clock: systemClock }, order, run };
}

const queued = ({ query }: Database) => messagesIn(query);

test('fear: a run starts a wait of hours at the moment when it is cancelled, and the cancel waits just as long', async () => {
  const { database, deps, order, run } = await atWork();
  let cancelled: Promise<unknown> = Promise.resolve();
  // Written in the same order as a pause for an outage: the run first, then its work order, then the next leg.
  await database.transaction(async (query) => {
    const asleep = { leg: 1, pausedBy: 'provider:p' };
    await holdFence(query, run.id, run.fence, asleep);
    cancelled = cancel(deps, order, ada);
    await untilBlocked(database);
    await changeWorkOrder(query, order.id, {}, { stepState: 'retrying', ...changed });
    await enqueueRun(query, run.id, 3_600_000);
  });
  expect(await cancelled).toBe('stopping');
  expect(await queued(database)).toEqual([`${run.id}:0`, `${run.id}:1 later`, `${run.id}:2`]);
  expect(await runById(database.query, run.id)).toMatchObject({ leg: 2 });
});

async function untilBlocked({ query }: Database): Promise<void> {
  await expect
    .poll(
      async () =>
        (
          await sql`select from pg_stat_activity where datname = current_database()
            and wait_event_type = 'Lock'`.execute(query)
        ).rows.length,
      { interval: 10 },
    )
    .toBe(1);
}

test('fear: another model is chosen for all waiting work, but work that a person has paused continues with the old one', async () => {
  const { database, deps, order, run } = await atWork();
  await switchModel(database.query, order, 'p/other', ada);
  expect((await runById(database.query, run.id))?.settings).toEqual({});
  await pause(deps, order, ada);
  expect(await database.transaction((query) => suspendIdle(query, run, 'moose:1'))).toBe(true);
  await switchModel(database.query, order, 'p/other', ada);
  expect(await runById(database.query, run.id)).toMatchObject({ leg: 1, settings: { model: 'p/other' } });
  expect(await theWorkOrder(database, order.id)).toMatchObject({ step: 'generating', heldBy: ada });
  expect(await queued(database)).toEqual([`${run.id}:0`]);
  await resume(deps, order, ada);
  expect(await queued(database)).toEqual([`${run.id}:0`, `${run.id}:1`]);
});

test('R-REC-3, fear: two days of a pause count as two days of retries, and the first failure afterwards is the last', async () => {
  const database = await testDatabase();
  const work = await scratchWork(database, { step: 'applying' });
  const { id } = work.order;
  const day = 24 * 3_600_000;
  const began = Date.now() - 3 * day;
  await sql`update runs set created_at = ${new Date(began)}`.execute(database.query);
  const said = async (kind: string, days: number) => {
    await sql`insert into work_order_events (work_order_id, kind, actor, at)
      values (${id}, ${kind}, ${ada}, ${new Date(began + days * day)})`.execute(database.query);
  };
  // The work order was paused before this run began, and twice more; the last pause has not ended.
  await said('pause.requested', -1);
  await said('resumed', 0.5);
  await said('pause.requested', 1);
  await said('resumed', 2.5);
  const span = { since: new Date(began), until: new Date(began + 3 * day) };
  expect(await heldMsOf(database.query, id, span)).toBeCloseTo(2 * day, -1);
  await said('pause.requested', 2.75);
  expect(await heldMsOf(database.query, id, span)).toBeCloseTo(2.25 * day, -1);
  const run = { ...work.run, createdAt: new Date(began) };
  const { deadlineAt } = await recoveryContext({ ...work, run }, 'applying', 'AGENT_CRASHED');
  expect(deadlineAt - began - work.settings.recoveryMsMax).toBeCloseTo(2.25 * day, -4);
  const other = await scratchWork(database, { repositoryPath: '/srv/web' });
  expect(await heldMsOf(database.query, other.order.id, span)).toBe(0);
});

test('a retry by a person that lifts a pause records it: from then on, the work is no longer paused', async () => {
  const { database, deps, order, run } = await atWork('routing');
  await pause(deps, order, ada);
  await updateRun(database.query, run.id, { state: 'ended' });
  await changeWorkOrder(
    database.query,
    order.id,
    {},
    { status: 'needs_review', stepState: 'manual_intervention_required', ...changed },
  );
  await retry(deps, await theWorkOrder(database, order.id), {}, ada);
  const kinds = (await eventsOf(database.query, order.id)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'resumed')).toHaveLength(1);
  const soon = new Date(Date.now() + 60_000);
  expect(await heldMsOf(database.query, order.id, { since: soon, until: new Date(+soon + 1_000) })).toBe(0);
});

test('fear: a session that was left open at an earlier step lets a paused run ask models', async () => {
  for (const [step, isDown] of [
    ['generating', true],
    ['verifying', false],
  ] as const) {
    const { database, deps, order, run } = await atWork(step);
    await sql`insert into sessions (id, work_order_id, run_id, purpose, name, cycle, attempt, host, directory, command, state)
      values (gen_random_uuid(), ${order.id}, ${run.id}, 'agent', 'a', 0, 1, 'h', '/d', '', 'running')`.execute(
      database.query,
    );
    await pause(deps, order, ada);
    expect(await database.transaction((query) => suspendIdle(query, run, 'moose:1'))).toBe(isDown);
  }
});
