// Candidates that wait for each other, on a real database.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { PermanentError } from '../../../domain/failure.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { addToCounters, openRunOf } from '../../../store/work/runs/runs.ts';
import { cancel } from '../../commands/cancel.ts';
import { decideGroupIfDue } from '../../commands/decide-group.ts';
import { send } from '../../commands/send.ts';
import { groupTurn } from '../execute-run.ts';
import { endRun } from '../failure/end-run.ts';
import { type Candidates, candidatesAt } from '../groups.fixture.ts';
import { questionsOf } from '../on-record.fixture.ts';
import { claimedAgain, decided } from '../scratch-pipeline.fixture.ts';

const shared = sharedDatabase();
const deps = () => ({ database: shared(), clock: systemClock });

const failure = (message: string) =>
  new PermanentError({
    code: 'CHECK_FAILED',
    component: 'verifying',
    operation: 'check',
    message,
    failureClass: 'test_fail',
    advice: 'Look at the check.',
  });

async function outcomesOf({ works }: Candidates, number: number) {
  const { rows } = await sql`select success, judged_by, counts, failure_class, fault from outcome_vectors
    where work_order_id = ${works[number - 1]?.order.id}`.execute(shared().query);
  return rows;
}

/** Its process takes the run up again after the decision, and ends it. */
async function endAsDecided(group: Candidates, number: number): Promise<void> {
  const work = group.works[number - 1];
  if (!work) throw new TypeError('There is no such candidate');
  Object.assign(work, await claimedAgain(work));
  expect(await group.turn(number)).toBe('stop');
}

test('a candidate that has passed waits without a process; the last one decides, and the others are cancelled', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'creating_pr', 'verifying']);
  const [first, second, third] = group.works;
  if (!first || !second || !third) throw new TypeError('There are three');
  await addToCounters(shared().query, first.order.id, { refinementCycles: 1, costNanoUsd: 5n });
  expect(await group.turn(1)).toBe('stop');
  const waiting = await openRunOf(shared().query, first.order.id);
  expect(waiting).toMatchObject({
    leg: 1,
    starts: 0,
    waitingFor: expect.stringContaining('waits for the other'),
  });
  expect(waiting?.wakeAt).not.toBeNull();
  expect(await group.turn(2)).toBe('stop');
  expect((await group.decision()).decidedAt).toBeNull();
  // The third one cannot continue: nobody is asked, because two others have passed.
  await endRun(third, { end: 'review', failure: failure('red') });
  expect(await group.decision()).toMatchObject({ outcome: 'kept', kept: second.order.id });
  expect((await group.order(1)).cancelRequestedAt).not.toBeNull();
  expect(await group.order(3)).toMatchObject({
    status: 'cancelled',
    changedBecause: 'another candidate was kept',
  });
  // The decision wakes the one that is kept at once.
  const woken = await openRunOf(shared().query, second.order.id);
  expect(woken?.leg).toBe(2);
  expect(await group.turn(2)).toBe('go on');
  await endAsDecided(group, 1);
  expect(await group.order(1)).toMatchObject({ status: 'cancelled', wastedNanoUsd: 5n });
  for (const work of group.works) expect(await questionsOf(work)).toEqual([]);
  // Each is judged by its own attempt: that another one was better says nothing about its model.
  expect(await outcomesOf(group, 1)).toMatchObject([{ success: true, judgedBy: 'checks', counts: true }]);
  expect(await outcomesOf(group, 3)).toMatchObject([
    { success: false, failureClass: 'test_fail', counts: true },
  ]);
});

test('fear: three candidates fail, and a person gets three questions', async () => {
  const group = await candidatesAt(shared(), ['verifying', 'verifying', 'routing']);
  const [first, second, third] = group.works;
  if (!first || !second || !third) throw new TypeError('There are three');
  await endRun(third, { end: 'review', failure: failure('no model') });
  await addToCounters(shared().query, first.order.id, { refinementCycles: 3 });
  await endRun(first, { end: 'review', failure: failure('one is red') });
  expect((await group.order(1)).status).toBe('in_progress');
  await endRun(second, { end: 'review', failure: failure('two is red') });
  expect(await group.decision()).toMatchObject({ outcome: 'none_passed', kept: second.order.id });
  expect((await group.order(2)).status).toBe('failed');
  await endAsDecided(group, 1);
  await endAsDecided(group, 3);
  const asked = await Promise.all(group.works.map((work) => questionsOf(work)));
  expect(asked.map((questions) => questions.length)).toEqual([0, 1, 0]);
  const candidates = ['1 of 3: one is red', '2 of 3: two is red', '3 of 3: no model'].map(
    (each) => `Candidate ${each}`,
  );
  expect(asked[1]).toMatchObject([{ context: { evidence: { candidates } } }]);
});

test('the one that asks is a candidate that waited: its process asks after the decision', async () => {
  const group = await candidatesAt(shared(), ['verifying', 'routing']);
  const [first, second] = group.works;
  if (!first || !second) throw new TypeError('There are two');
  await endRun(first, { end: 'review', failure: failure('one is red') });
  await endRun(second, { end: 'review', failure: failure('two never began') });
  expect(await group.decision()).toMatchObject({ outcome: 'none_passed', kept: first.order.id });
  expect((await group.order(2)).status).toBe('cancelled');
  await endAsDecided(group, 1);
  expect((await group.order(1)).status).toBe('failed');
  expect(await questionsOf(first)).toMatchObject([{ code: 'CHECK_FAILED' }]);
});

test('fear: the best candidate is cancelled while the last one decides, and nothing is published', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'creating_pr', 'creating_pr']);
  await addToCounters(shared().query, (await group.order(2)).id, { refinementCycles: 1 });
  await addToCounters(shared().query, (await group.order(3)).id, { refinementCycles: 1 });
  await group.turn(1);
  await group.turn(2);
  await Promise.all([cancel(deps(), await group.order(1), 'human:ada'), group.turn(3)]);
  await decideGroupIfDue(deps(), group.group);
  const { kept, outcome } = await group.decision();
  expect(outcome).toBe('kept');
  const keptOrder = (await Promise.all([1, 2, 3].map((number) => group.order(number)))).find(
    ({ id }) => id === kept,
  );
  // Either the cancellation came first, and another one is kept; or the kept one was cancelled afterwards, by a person.
  if (kept === (await group.order(1)).id) expect(keptOrder?.cancelRequestedAt).not.toBeNull();
  else expect(keptOrder?.cancelRequestedAt).toBeNull();
});

test('a cancellation that comes before the decision is the person’s, and the others decide without it', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'creating_pr', 'generating']);
  await group.turn(1);
  await group.turn(2);
  await cancel(deps(), await group.order(3), 'human:ada');
  const [, , third] = group.works;
  // Its end decides, because the others have waited only for it.
  if (third) await endRun(await claimedAgain(third), { end: 'cancelled' });
  expect(await group.order(3)).toMatchObject({
    status: 'cancelled',
    changedBecause: 'cancelled by a person',
  });
  expect(await group.decision()).toMatchObject({ outcome: 'kept', kept: group.group });
  expect(await group.turn(1)).toBe('go on');
});

test('a message to a candidate that waits is read before it can be kept', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'generating']);
  await group.turn(1);
  await send(deps(), await group.order(1), { text: 'Also the docs' }, 'human:ada');
  expect(await group.turn(1)).toBe('look');
  expect(await group.order(1)).toMatchObject({ step: 'generating', status: 'in_progress' });
  await decideGroupIfDue(deps(), group.group);
  expect((await group.decision()).decidedAt).toBeNull();
});

test('a group is decided about once, whoever writes', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'creating_pr']);
  await group.turn(1);
  await group.turn(2);
  const before = await group.decision();
  await decideGroupIfDue(deps(), group.group);
  expect(await group.decision()).toEqual(before);
  await expect(
    sql`update work_order_groups set because = 'another reason' where id = ${group.group}`.execute(
      shared().query,
    ),
  ).rejects.toThrow(/decided about once/);
});

test('a work order that is no candidate never waits', async () => {
  const { works } = await candidatesAt(shared(), ['creating_pr', 'creating_pr']);
  const [work] = works;
  if (!work) throw new TypeError('There are two');
  const alone = { ...work, order: { ...work.order, settings: {} } };
  expect(await decided(groupTurn, alone)).toBe('go on');
});
