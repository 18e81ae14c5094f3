// After the decision about a joint change, a person gives up one of its members.

import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { PermanentError } from '../../domain/failure.ts';
import { systemClock } from '../../stdx/clock.ts';
import { recordPullRequest } from '../../store/work/pull-requests/pull-requests.ts';
import { ifDue } from '../background/jobs/if-due.fixture.ts';
import { cancel } from '../commands/cancel.ts';
import { jointChangesJob } from '../commands/joint-changes-job.ts';
import { endRun } from './failure/end-run.ts';
import { type Joint, jointAt } from './groups.fixture.ts';
import { questionsOf } from './on-record.fixture.ts';
import { claimedAgain } from './scratch-pipeline.fixture.ts';

const shared = sharedDatabase();
const deps = () => ({ database: shared(), clock: systemClock });
const runJob = () => ifDue(shared(), jointChangesJob(deps())).run(new AbortController().signal);

/** All have passed, and this many have opened their pull requests. */
async function published(size: number, opened: number): Promise<Joint> {
  const joint = await jointAt(shared(), Array<'creating_pr'>(size).fill('creating_pr'));
  for (let number = 1; number <= size; number += 1) await joint.turn(number);
  for (let number = 1; number <= opened; number += 1) await openPullRequest(joint, number);
  return joint;
}

async function openPullRequest(joint: Joint, number: number): Promise<void> {
  const { id: workOrderId, projectId } = await joint.order(number);
  const url = `https://forge/pulls/${workOrderId}`;
  await recordPullRequest(shared().query, {
    host: 'forge',
    repository: `acme/${workOrderId}`,
    projectId,
    number,
    workOrderId,
    title: 'x',
    body: '',
    url,
    headBranch: 'moose/x',
    headSha: 'a'.repeat(40),
    baseBranch: 'main',
    baseSha: 'b'.repeat(40),
    state: 'open',
    mergedSha: null,
    isDraft: false,
    mergeable: true,
  });
  await sql`update work_orders set pull_request_url = ${url} where id = ${workOrderId}`.execute(
    shared().query,
  );
}

/** On the forge; Moose has seen it. */
async function close(joint: Joint, number: number): Promise<void> {
  const { id } = await joint.order(number);
  await sql`update pull_requests set state = 'closed' where work_order_id = ${id}`.execute(shared().query);
  await sql`update runs set state = 'ended' where work_order_id = ${id}`.execute(shared().query);
  await sql`update work_orders set status = 'cancelled' where id = ${id}`.execute(shared().query);
}

async function failToPublish(joint: Joint, number: number): Promise<void> {
  const work = joint.works[number - 1];
  if (!work) throw new TypeError('There is no such member');
  const failure = { code: 'REMOTE_AUTH', component: 'git', operation: 'push', message: 'denied' };
  await endRun(await claimedAgain(work), { end: 'review', failure: new PermanentError(failure) });
}

const cancelledTogether = {
  status: 'cancelled',
  changedBecause: 'another change of the same joint change was cancelled',
};

test('fear: a person closes the first pull request, and the second one is still opened', async () => {
  const joint = await published(2, 1);
  expect(await joint.turn(2)).toBe('go on');
  await close(joint, 1);
  expect(await joint.turn(2)).toBe('stop');
  expect(await joint.order(2)).toMatchObject({ ...cancelledTogether, pullRequestUrl: null });
});

test('a member that is merged is not given up', async () => {
  const joint = await published(2, 1);
  await sql`update pull_requests set state = 'merged' where work_order_id = ${joint.group}`.execute(
    shared().query,
  );
  expect(await joint.turn(2)).toBe('go on');
  await failToPublish(joint, 2);
  await runJob();
  expect((await joint.order(2)).status).not.toBe('cancelled');
});

test('fear: a person is asked about a member that can never publish any more, because another was given up', async () => {
  const joint = await published(3, 1);
  await failToPublish(joint, 2);
  const [, second, third] = joint.works;
  if (!second || !third) throw new TypeError('There are three');
  await cancel(deps(), await joint.order(3), 'human:ada');
  await endRun(await claimedAgain(third), { end: 'cancelled' });
  await runJob();
  expect(await joint.order(2)).toMatchObject(cancelledTogether);
  expect((await questionsOf(second)).filter(({ status }) => status === 'open')).toEqual([]);
  // The first one is published, and goes on.
  expect((await joint.order(1)).status).toBe('in_progress');
});
