import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { TransientError } from '../../domain/failure.ts';
import { messagesIn } from '../../durable/messages.fixture.ts';
import type { Database } from '../../store/database.ts';
import { countMembers, membersOf } from '../../store/failures/escalation-members.ts';
import { openEscalationOf } from '../../store/failures/escalations.ts';
import { openRunOf, updateRun } from '../../store/work/runs/runs.ts';
import { aWorkOrderAtWork, type Scratch, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { ifDue } from '../background/jobs/if-due.fixture.ts';
import { answer } from '../commands/answers/answer.ts';
import { carryOutJob } from '../commands/answers/jobs.ts';
import { by, depsOf, one, to } from '../questions/asking.fixture.ts';
import { endOutage, joinOutage, leaveOutages } from './outage.ts';

const { signal } = new AbortController();
const circuit = 'provider:anthropic' as const;
const outageFailure = new TransientError({
  code: 'MODEL_OVERLOADED',
  component: 'models',
  operation: 'generate',
  message: 'Overloaded.',
});

/** Three work orders of two projects, whose runs wait for a provider. */
async function paused(database: Database) {
  const orders: Scratch[] = [];
  for (const repositoryPath of ['/srv/api', '/srv/api', '/srv/web']) {
    const scratch = await aWorkOrderAtWork(database, { step: 'generating', repositoryPath });
    await updateRun(database.query, scratch.runId, {
      pausedBy: circuit,
      pausedAt: new Date(),
      wakeAt: new Date(),
    });
    orders.push(scratch);
  }
  const join = async ({ workOrderId }: Scratch) => {
    const order = await theWorkOrder(database, workOrderId);
    const about = { circuit, order, failure: outageFailure, otherModels: ['anthropic/x', 'openai/y'] };
    await database.transaction((query) => joinOutage(query, about));
  };
  await Promise.all(orders.map(join));
  const [asked, ...more] = await database.query.selectFrom('escalations').selectAll().execute();
  if (!asked || more.length > 0) throw new Error('One outage is one question');
  return { orders, asked, join };
}

test('R-ESC-5: work orders that hit the same outage at once share one question, with counts per project', async () => {
  const database = await testDatabase();
  const { asked, orders } = await paused(database);
  expect(asked.options.map(({ id }) => id)).toEqual(['wait', 'model:openai/y', 'cancel']);
  expect(await countMembers(database.query, asked.id)).toEqual([
    { project: 'api', waiting: 2, joined: 2 },
    { project: 'web', waiting: 1, joined: 1 },
  ]);
  const [first] = orders;
  if (first) await leaveOutages(database.query, first.workOrderId);
  expect((await countMembers(database.query, asked.id))[0]).toMatchObject({ waiting: 1, joined: 2 });
  expect(first && (await openEscalationOf(database.query, first.workOrderId))).toBeUndefined();
});

test("R-ESC-5: when its cause is gone, the question is withdrawn, or the answer 'wait' is complete", async () => {
  const database = await testDatabase();
  const { asked, join, orders } = await paused(database);
  await endOutage(database.query, circuit);
  expect(await one(database, asked.id)).toMatchObject({ status: 'withdrawn' });
  expect(await membersOf(database.query, asked.id)).toEqual([]);
  for (const order of orders) await join(order);
  const again = await database.query
    .selectFrom('escalations')
    .selectAll()
    .where('status', '=', 'open')
    .executeTakeFirstOrThrow();
  await answer(depsOf(database), again, 'wait', { by });
  expect(await one(database, again.id)).toMatchObject({ status: 'chosen', resolvedBy: by });
  await endOutage(database.query, circuit);
  expect(await one(database, again.id)).toMatchObject({ status: 'resolved', chosenOption: 'wait' });
});

test('R-ESC-5: another model for all: each continues with it immediately; after a crash, the job continues with the rest', async () => {
  const database = await testDatabase();
  const { asked, orders } = await paused(database);
  // The state of the rows if the process dies right after the answer.
  await sql`update escalations set status = 'chosen', chosen_option = 'model:openai/y', resolved_by = ${by}
    where id = ${asked.id}`.execute(database.query);
  const job = ifDue(database, carryOutJob(depsOf(database)));
  await job.run(signal);
  await job.run(signal);
  for (const { workOrderId } of orders) {
    const run = await openRunOf(database.query, workOrderId);
    expect(run).toMatchObject({ settings: { model: 'openai/y' }, pausedBy: null, leg: 1 });
    expect(await theWorkOrder(database, workOrderId)).toMatchObject({
      step: 'generating',
      stepState: 'running',
    });
  }
  expect(await messagesIn(database.query)).toHaveLength(3);
  expect(await one(database, asked.id)).toMatchObject({ status: 'resolved', chosenOption: 'model:openai/y' });
});

test('R-ESC-5: cancelling all notifies each of them, and one that has ended meanwhile does not block the others', async () => {
  const database = await testDatabase();
  const { asked, orders } = await paused(database);
  const [over, ...rest] = orders;
  if (over) await to(database, over.workOrderId, { status: 'cancelled', stepState: 'done' });
  await answer(depsOf(database), asked, 'cancel', { by });
  for (const { workOrderId } of rest)
    expect((await theWorkOrder(database, workOrderId)).cancelRequestedAt).toEqual(expect.any(Date));
  expect(await one(database, asked.id)).toMatchObject({ status: 'resolved' });
});

test('R-ESC-4: fear: standing answers move all work back and forth forever while both providers are unavailable', async () => {
  const database = await testDatabase();
  const { asked, orders, join } = await paused(database);
  await answer(depsOf(database), asked, 'model:openai/y', { by, always: true });
  const job = ifDue(database, carryOutJob(depsOf(database)));
  for (let outages = 0; outages < 5; outages += 1) {
    for (const order of orders) await join(order);
    await job.run(signal);
  }
  const questions = await database.query
    .selectFrom('escalations')
    .select(['status', 'resolvedBy'])
    .orderBy('createdAt')
    .execute();
  expect(questions.map(({ status, resolvedBy }) => [status, resolvedBy?.split(':')[1] ?? null])).toEqual([
    ['resolved', 'ada'],
    ...Array.from({ length: 3 }, () => ['resolved', 'policy']),
    ['open', null],
  ]);
});
