// Members of a change over several repositories that wait for each other, on a real database.

import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { PermanentError } from '../../../domain/failure.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { openRunOf } from '../../../store/work/runs/runs.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { cancel } from '../../commands/cancel.ts';
import { decideGroupIfDue } from '../../commands/decide-group.ts';
import { jointChangesJob } from '../../commands/joint-changes-job.ts';
import { send } from '../../commands/send.ts';
import { endRun } from '../failure/end-run.ts';
import { type Joint, jointAt } from '../groups.fixture.ts';
import { questionsOf } from '../on-record.fixture.ts';
import { claimedAgain } from '../scratch-pipeline.fixture.ts';
import { letNextPublish } from './joint-context.ts';

const shared = sharedDatabase();
const deps = () => ({ database: shared(), clock: systemClock });
const runOf = async (joint: Joint, number: number) =>
  openRunOf(shared().query, (await joint.order(number)).id);

/** Its steps up to publishing are done. */
async function moveTo(joint: Joint, number: number, step: 'creating_pr'): Promise<void> {
  const { id } = await joint.order(number);
  for (const next of ['preparing', 'generating', 'applying', 'verifying', step])
    await sql`update work_orders set step = ${next} where id = ${id} and step < ${next}::work_order_step`.execute(
      shared().query,
    );
}

async function opens(joint: Joint, number: number): Promise<void> {
  const order = await joint.order(number);
  await shared().transaction(async (query) => {
    await letNextPublish(query, order);
    await sql`update work_orders set pull_request_url = ${`https://forge/pulls/${number}`} where id = ${order.id}`.execute(
      query,
    );
  });
}

test('a member begins once the one before it has passed, and all publish after the last, in their order', async () => {
  const joint = await jointAt(shared(), ['creating_pr', 'routing']);
  expect(await joint.turn(2)).toBe('stop');
  const waiting = await runOf(joint, 2);
  expect(waiting).toMatchObject({ starts: 0, waitingFor: expect.stringContaining('It begins once') });
  expect(await joint.turn(1)).toBe('stop');
  // The first one wakes it at once, and waits itself, without money.
  expect((await runOf(joint, 2))?.leg).toBe((waiting?.leg ?? 0) + 1);
  expect(await runOf(joint, 1)).toMatchObject({
    reservationId: null,
    waitingFor: expect.stringContaining('publishes nothing before'),
  });
  expect(await joint.turn(2)).toBe('go on');
  expect((await joint.decision()).decidedAt).toBeNull();
  await moveTo(joint, 2, 'creating_pr');
  await joint.made(2, 'tree-2', { 1: 'tree-1' });
  const before = (await runOf(joint, 1))?.leg ?? 0;
  // The last one decides; the first one publishes first.
  expect(await joint.turn(2)).toBe('stop');
  expect(await joint.decision()).toMatchObject({ outcome: 'published' });
  expect(await runOf(joint, 2)).toMatchObject({
    waitingFor: expect.stringContaining('opens its pull request after'),
  });
  expect((await runOf(joint, 1))?.leg).toBe(before + 1);
  expect(await joint.turn(1)).toBe('go on');
  expect(await joint.turn(2)).toBe('stop');
  const second = (await runOf(joint, 2))?.leg ?? 0;
  await opens(joint, 1);
  expect((await runOf(joint, 2))?.leg).toBe(second + 1);
  expect(await joint.turn(2)).toBe('go on');
});

test('fear: a member fails, and the others publish, or ask too', async () => {
  const joint = await jointAt(shared(), ['creating_pr', 'verifying', 'routing']);
  expect(await joint.turn(1)).toBe('stop');
  const [first, second, third] = joint.works;
  if (!first || !second || !third) throw new TypeError('There are three');
  await endRun(await claimedAgain(second), {
    end: 'review',
    failure: new PermanentError({
      code: 'CHECK_FAILED',
      component: 'verifying',
      operation: 'check',
      message: 'red',
      failureClass: 'test_fail',
      advice: 'Look at the check.',
    }),
  });
  expect((await joint.order(2)).status).toBe('failed');
  expect(await joint.turn(1)).toBe('stop');
  expect(await joint.turn(3)).toBe('stop');
  expect((await joint.decision()).decidedAt).toBeNull();
  const asked = await Promise.all([first, second, third].map((work) => questionsOf(work)));
  expect(asked.map((questions) => questions.length)).toEqual([0, 1, 0]);
  // The person gives it up: the others are cancelled with it, and the question is gone.
  await cancel(deps(), await joint.order(2), 'human:ada');
  await ifDue(shared(), jointChangesJob(deps())).run(new AbortController().signal);
  expect(await joint.decision()).toMatchObject({ outcome: 'cancelled' });
  for (const work of [first, third]) await endRun(await claimedAgain(work), { end: 'cancelled' });
  for (const number of [1, 3])
    expect(await joint.order(number)).toMatchObject({
      status: 'cancelled',
      changedBecause: 'another change of the same joint change was cancelled',
      pullRequestUrl: null,
    });
});

test('fear: a question stays open about work that was cancelled with another', async () => {
  const joint = await jointAt(shared(), ['creating_pr', 'verifying']);
  const [, second] = joint.works;
  if (!second) throw new TypeError('There are two');
  const failure = { code: 'CHECK_FAILED', component: 'verifying', operation: 'check', message: 'red' };
  await endRun(await claimedAgain(second), { end: 'review', failure: new PermanentError(failure) });
  await cancel(deps(), await joint.order(1), 'human:ada');
  await decideGroupIfDue(deps(), joint.group);
  expect((await joint.order(2)).status).toBe('cancelled');
  expect((await questionsOf(second)).filter(({ status }) => status === 'open')).toEqual([]);
});

test('a message to a member that has passed is read before anything is published, and later members see the new change', async () => {
  const joint = await jointAt(shared(), ['creating_pr', 'creating_pr', 'verifying']);
  expect(await joint.turn(1)).toBe('stop');
  expect(await joint.turn(2)).toBe('stop');
  await send(deps(), await joint.order(1), { text: 'Name it total' }, 'human:ada');
  await moveTo(joint, 3, 'creating_pr');
  await joint.made(3, 'tree-3', { 1: 'tree-1', 2: 'tree-2' });
  // All three have passed once, but the first one has a message.
  expect(await joint.turn(3)).toBe('stop');
  expect((await joint.decision()).decidedAt).toBeNull();
  expect(await joint.turn(1)).toBe('look');
  expect((await joint.order(1)).step).toBe('generating');
  const { rows } = await sql<{ id: string }>`select id::text from work_order_events
    where work_order_id = ${joint.group} and kind = 'message'`.execute(shared().query);
  joint.works[0] = await claimedAgain(joint.works[0] as (typeof joint.works)[number]);
  await moveTo(joint, 1, 'creating_pr');
  await joint.made(1, 'tree-1b');
  await sql`update step_results set result = result || ${JSON.stringify({ messageIds: rows.map(({ id }) => id) })}::jsonb
    where work_order_id = ${joint.group} and step = 'generating'`.execute(shared().query);
  expect(await joint.turn(1)).toBe('stop');
  expect((await joint.members()).map(({ result }) => result === 'passed')).toEqual([true, false, false]);
  expect(await joint.turn(2)).toBe('look');
  expect((await joint.order(2)).step).toBe('generating');
});

test('fear: the last one passes while a person cancels the first, and half of it is published', async () => {
  for (let n = 0; n < 6; n += 1) {
    const joint = await jointAt(shared(), ['creating_pr', 'creating_pr']);
    await joint.turn(1);
    const stop = async () => {
      await cancel(deps(), await joint.order(1), 'human:ada');
      await decideGroupIfDue(deps(), joint.group);
    };
    await Promise.all([stop(), joint.turn(2)]);
    const { outcome } = await joint.decision();
    // Published first: then the second one finds that the first has no pull request and never gets one. Cancelled first:
    // its turn may have ended it already.
    if (await runOf(joint, 2)) await joint.turn(2);
    const second = await joint.order(2);
    expect(['published', 'cancelled']).toContain(outcome);
    expect(second).toMatchObject({ status: 'cancelled', pullRequestUrl: null });
  }
});

test('fear: a member is cancelled after the decision, and half of the change is published', async () => {
  const joint = await jointAt(shared(), ['creating_pr', 'creating_pr', 'creating_pr']);
  for (const number of [1, 2, 3]) await joint.turn(number);
  expect(await joint.decision()).toMatchObject({ outcome: 'published' });
  await opens(joint, 1);
  await cancel(deps(), await joint.order(2), 'human:ada');
  // What is published stays; what comes after the cancelled one never is.
  expect(await joint.turn(1)).toBe('go on');
  expect(await joint.turn(3)).toBe('stop');
  expect(await joint.order(3)).toMatchObject({
    status: 'cancelled',
    changedBecause: 'another change of the same joint change was cancelled',
    pullRequestUrl: null,
  });
});

test('two members that pass at once decide once', async () => {
  const groups = await Promise.all(
    Array.from({ length: 6 }, () => jointAt(shared(), ['creating_pr', 'creating_pr', 'creating_pr'])),
  );
  for (const joint of groups) {
    const turns = await Promise.all([joint.turn(1), joint.turn(2), joint.turn(3)]);
    expect(turns.slice(1)).toEqual(['stop', 'stop']);
    expect(await joint.decision()).toMatchObject({ outcome: 'published' });
    const { rows } = await sql`select 1 from work_order_events e join group_members m using (work_order_id)
      where m.group_id = ${joint.group} and e.kind = 'joint.decided'`.execute(shared().query);
    expect(rows).toHaveLength(3);
    await expect(
      sql`update work_order_groups set because = 'another reason' where id = ${joint.group}`.execute(
        shared().query,
      ),
    ).rejects.toThrow(/decided about once/);
  }
});

test('R-REC-1: fear: a member passes, and the delay of a retry of another one ends early', async () => {
  for (const [stepState, isWoken] of [
    ['retrying', false],
    ['running', true],
  ] as const) {
    const joint = await jointAt(shared(), ['creating_pr', 'routing']);
    expect(await joint.turn(2)).toBe('stop');
    const { id } = await joint.order(2);
    await sql`update work_orders set step_state = ${stepState} where id = ${id}`.execute(shared().query);
    await sql`update runs set wake_at = clock_timestamp() + interval '1 hour' where work_order_id = ${id}`.execute(
      shared().query,
    );
    const before = await runOf(joint, 2);
    expect(await joint.turn(1)).toBe('stop');
    const after = await runOf(joint, 2);
    expect(after?.leg, stepState).toBe((before?.leg ?? 0) + (isWoken ? 1 : 0));
    if (!isWoken) expect(after?.wakeAt).toEqual(before?.wakeAt);
  }
});
