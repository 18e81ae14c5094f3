// Candidates that a person stops and restarts, or that work again after they had a result, while their group is
// undecided.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { PermanentError } from '../../domain/failure.ts';
import { systemClock } from '../../stdx/clock.ts';
import { openEscalation } from '../../store/failures/escalations.ts';
import { openWork } from '../../store/work/runs/progress.ts';
import { decideGroupIfDue } from '../commands/decide-group.ts';
import { send } from '../commands/send.ts';
import { retryIn } from '../commands/start-run.ts';
import { joinOutage } from '../recovery/outage.ts';
import { stopStandingRun } from '../watch/stop-standing-run.ts';
import { endRun } from './failure/end-run.ts';
import { type Candidates, candidatesAt } from './groups.fixture.ts';
import { questionsOf } from './on-record.fixture.ts';

const shared = sharedDatabase();
const deps = () => ({ database: shared(), clock: systemClock });
const inThreeHours = { ...systemClock, now: () => new Date(Date.now() + 3 * 60 * 60_000) };

const failureOf = (number: number) =>
  new PermanentError({
    code: 'CHECK_FAILED',
    component: 'verifying',
    operation: 'check',
    message: `${number} is red`,
    failureClass: 'test_fail',
    advice: 'Look at the check.',
  });

async function fail({ works }: Candidates, number: number): Promise<void> {
  const work = works[number - 1];
  if (work) await endRun(work, { end: 'review', failure: failureOf(number) });
}

/** What the answer to a question about a stuck candidate does first. */
async function stop(group: Candidates, number: number): Promise<void> {
  await stopStandingRun({ ...deps(), host: 'here' }, await group.order(number), 'human:ada');
}

test('fear: while a person restarts a stuck candidate, the group is decided without it', async () => {
  const group = await candidatesAt(shared(), ['verifying', 'verifying']);
  await fail(group, 1);
  await stop(group, 2);
  await decideGroupIfDue(deps(), group.group);
  expect((await group.decision()).decidedAt).toBeNull();
});

test('fear: a candidate that failed and was restarted is cancelled, because its old failure still counts', async () => {
  const group = await candidatesAt(shared(), ['verifying', 'verifying']);
  await fail(group, 1);
  await stop(group, 1);
  const order = await group.order(1);
  await shared().transaction((query) => retryIn(query, deps(), order, { from: 'routing' }, 'human:ada'));
  await fail(group, 2);
  expect((await group.decision()).decidedAt).toBeNull();
  expect((await group.order(1)).cancelRequestedAt).toBeNull();
});

test('a candidate that was stopped and that nobody restarts is cancelled by the decision', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'verifying']);
  await group.turn(1);
  await stop(group, 2);
  await group.hoursPass(3);
  await decideGroupIfDue(deps(), group.group);
  expect(await group.decision()).toMatchObject({ outcome: 'kept', kept: group.group });
  expect((await group.order(2)).status).toBe('cancelled');
});

async function waitForOutage({ works }: Candidates, number: number): Promise<void> {
  const { order } = works[number - 1] ?? {};
  if (!order) throw new TypeError('There is no such candidate');
  const outage = { circuit: 'provider:p', order, failure: failureOf(number) } as const;
  await shared().transaction((query) => joinOutage(query, outage));
}

/** The candidates for which a shared question is answered. */
async function membersIn({ works }: Candidates): Promise<number[]> {
  const ids = works.map(({ order }) => order.id);
  const { rows } = await sql<{ number: number }>`select c.number from escalation_members m
    join group_members c using (work_order_id) where m.left_at is null and c.work_order_id = any (${ids}::uuid[])
    order by c.number`.execute(shared().query);
  return rows.map(({ number }) => number);
}

test('fear: a person is still asked about a candidate that the decision has cancelled', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'verifying']);
  const [, second] = group.works;
  if (!second) throw new TypeError('There are two');
  const question = {
    workOrderId: second.order.id,
    failureClass: 'timeout',
    title: 'It is stuck',
    context: {},
    options: [],
    recommendedOption: 'wait',
  } as const;
  await openEscalation(shared().query, question);
  await waitForOutage(group, 2);
  await group.turn(1);
  expect(await membersIn(group)).toEqual([2]);
  await group.hoursPass(3);
  await decideGroupIfDue(deps(), group.group);
  expect(await questionsOf(second)).toMatchObject([{ status: 'withdrawn' }]);
  expect(await membersIn(group)).toEqual([]);
});

test('a candidate that has failed no longer waits for the end of an outage', async () => {
  const group = await candidatesAt(shared(), ['generating', 'generating']);
  await waitForOutage(group, 1);
  await waitForOutage(group, 2);
  await fail(group, 1);
  expect(await membersIn(group)).toEqual([2]);
});

test('fear: a candidate that goes on after it passed gets stuck, and nobody is told', async () => {
  const group = await candidatesAt(shared(), ['creating_pr', 'generating']);
  const now = inThreeHours.now();
  const watched = async () => (await openWork(shared().query, now, now)).map(({ id }) => id);
  await group.turn(1);
  expect(await watched()).not.toContain(group.group);
  await send(deps(), await group.order(1), { text: 'Also the docs' }, 'human:ada');
  expect(await group.turn(1)).toBe('look');
  expect(await watched()).toContain(group.group);
});
