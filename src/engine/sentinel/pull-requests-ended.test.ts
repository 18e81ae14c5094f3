// What happens to a pull request that is green, in conflict, or ended by somebody; and what if a forge does not answer.

import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { ConfigurationError, ExternalServiceError, PermanentError } from '../../domain/failure.ts';
import { newId } from '../../domain/ids.ts';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { openAlerts } from '../../store/failures/alerts.ts';
import { insertOutcome } from '../../store/figures/outcomes.ts';
import { saveStepResult } from '../../store/work/runs/runs.ts';
import { stepResult } from '../../store/work/runs/step-results.fixture.ts';
import type { Scratch } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder, eventsOf } from '../../store/work/work-orders/work-orders.ts';
import { cancel } from '../commands/cancel.ts';
import { failing, followedGround, kindsOf, passing, questions } from './followed-ground.fixture.ts';
import { awaitingCi, base, look, pushed } from './next/followed.fixture.ts';

const shared = sharedDatabase();
const ground = () => followedGround(shared());

const succeeded = ({ query }: Database, { workOrderId, runId }: Scratch) =>
  insertOutcome(query, {
    id: newId(new Date()),
    workOrderId,
    runId,
    success: true,
    agent: 'patch',
    complexity: 0.1,
    features: '{}',
    costNanoUsd: 0n,
    durationMs: 1n,
    refinementCycles: 0,
  });

const outcomesOf = ({ query }: Database, { runId }: Scratch) =>
  query.selectFrom('outcomeVectors').selectAll().where('runId', '=', runId).execute();

test('R-SEN-8: green is merged by policy, at the commit that was judged', async () => {
  const { database, forge, order, row, scratch } = await ground();
  forge.verdicts[pushed] = passing;
  await look(database, forge, { merge: 'green' });
  expect(forge.calls).toContain(`merge ${pushed.slice(0, 4)}`);
  expect(await order()).toMatchObject({ status: 'completed' });
  expect(await row()).toMatchObject({ state: 'merged', mergedSha: 'c'.repeat(40) });
  const facts = (await eventsOf(database.query, scratch.workOrderId)).flatMap(({ factKey }) => factKey ?? []);
  expect(facts).toEqual(expect.arrayContaining(['ci.passed:build', `merged:${'c'.repeat(40)}`]));
});

test('R-GREEN-1: fear: CI is green for the reason for which the change was refused, and Moose merges it', async () => {
  const { database, forge, order, scratch } = await ground();
  const text = '1 test of the base no longer runs.';
  const { workOrderId, runId } = scratch;
  await saveStepResult(database.query, {
    workOrderId,
    runId,
    step: 'verifying',
    cycle: 7,
    result: stepResult('verifying', {
      findings: [{ weight: 'refuses', kind: 'test_lost', text, files: [], tests: [] }],
      acceptedBy: 'human:ada',
    }),
    startedAt: new Date(),
  });
  const notVerifiedBecause = `human:ada accepted it although: ${text}`;
  await changeWorkOrder(
    database.query,
    workOrderId,
    {},
    { isVerified: false, notVerifiedBecause, changedBy: 'human:ada', changedBecause: 'accepted' },
  );
  forge.verdicts[pushed] = passing;
  await look(database, forge, { merge: 'green' });
  expect(forge.calls.filter((call) => call.startsWith('merge'))).toEqual([]);
  expect(await order()).toMatchObject({
    status: 'completed',
    isVerified: false,
    notVerifiedBecause,
    changedBecause: expect.stringContaining('Ada accepted'.toLowerCase()),
  });
});

test('fear: Moose dies after the merge, and merges again or never notices', async () => {
  const { database, forge, order } = await ground();
  forge.verdicts[pushed] = passing;
  const died = new Error('Moose died');
  const reached = (point: string) => {
    if (point === 'sentinel:merged') throw died;
  };
  await look(database, forge, { merge: 'green' }, { reached });
  expect(await order()).toMatchObject({ status: 'in_progress' });
  await look(database, forge, { merge: 'green' });
  const merged = { status: 'completed', changedBecause: 'its pull request is merged', isVerified: true };
  expect(await order()).toMatchObject(merged);
  expect(forge.calls.filter((call) => call.startsWith('merge'))).toHaveLength(1);
});

test('fear: the answer to a merge is lost, and what CI has verified counts as not verified', async () => {
  const { database, forge, order } = await ground();
  forge.verdicts[pushed] = passing;
  await look(database, forge, { merge: 'approved' });
  const { status, isVerified } = await order();
  expect(status).toBe('in_progress');
  expect(isVerified).not.toBe(true);
  await forge.mergePullRequest(1, { expectedHeadSha: pushed });
  await look(database, forge, { merge: 'approved' });
  expect(await order()).toMatchObject({ status: 'completed', isVerified: true, notVerifiedBecause: null });
});

test('R-SEN-8: a merge that the forge queues is waited for; a refusal is told, and asked again more rarely', async () => {
  const queued = await ground();
  queued.forge.verdicts[pushed] = passing;
  queued.forge.mergesTo = 'queued';
  await look(queued.database, queued.forge, { merge: 'green' });
  await look(queued.database, queued.forge, { merge: 'green' });
  expect(queued.forge.calls.filter((call) => call.startsWith('merge'))).toHaveLength(1);
  expect(await queued.order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });

  const refused = await ground();
  refused.forge.verdicts[pushed] = passing;
  const said = { component: 'forge', operation: 'merge', code: 'PULL_REQUEST_NOT_MERGEABLE' };
  refused.forge.failures.merge = new PermanentError({ ...said, message: 'It needs a review.' });
  for (let count = 0; count < 3; count++) await look(refused.database, refused.forge, { merge: 'green' });
  expect(refused.forge.calls.filter((call) => call.startsWith('merge'))).toHaveLength(1);
  expect(await refused.row()).toMatchObject({ waitingFor: 'It needs a review.' });
});

test('R-SEN-8: approved counts only from those who may write, and for this commit', async () => {
  const { database, forge, order } = await ground();
  forge.verdicts[pushed] = passing;
  const remark = {
    key: 'r1',
    kind: 'review' as const,
    author: 'eve',
    isOwn: false,
    body: '',
    sha: pushed,
    path: null,
    judgement: 'approved' as const,
    line: null,
    threadId: null,
    isResolved: false,
    url: null,
    createdAt: '2026-03-10T12:00:00Z',
    updatedAt: '2026-03-10T12:00:00Z',
  };
  forge.remarks = [remark, { ...remark, author: 'ada', sha: base }];
  await look(database, forge, { merge: 'approved' });
  expect(await order()).toMatchObject({ status: 'in_progress' });
  forge.remarks = [remark, { ...remark, author: 'ada' }];
  await look(database, forge, { merge: 'approved' });
  expect(await order()).toMatchObject({ status: 'completed' });
});

test('R-SEN-4: a conflict begins a cycle in which the base branch is merged into the change', async () => {
  const { database, forge, order, row } = await ground();
  forge.pullRequest.mergeable = false;
  await look(database, forge);
  expect(await order()).toMatchObject({ step: 'awaiting_ci' });
  await look(database, forge);
  expect(await order()).toMatchObject({ step: 'generating', refinementCycles: 1 });
  expect((await row()).followed).toMatchObject({ needsBase: true });
});

test('a person merges or closes the pull request: one end, and nothing opens it again', async () => {
  const merged = await ground();
  await succeeded(merged.database, merged.scratch);
  Object.assign(merged.forge.pullRequest, { state: 'merged', mergedSha: 'c'.repeat(40) });
  await look(merged.database, merged.forge);
  await look(merged.database, merged.forge);
  expect(await merged.order()).toMatchObject({ status: 'completed' });
  expect(await outcomesOf(merged.database, merged.scratch)).toMatchObject([
    { success: true, judgedBy: 'merge' },
  ]);
  const closed = await ground();
  await succeeded(closed.database, closed.scratch);
  closed.forge.pullRequest.state = 'closed';
  await look(closed.database, closed.forge);
  expect(await outcomesOf(closed.database, closed.scratch)).toMatchObject([
    {
      success: false,
      judgedBy: 'close',
      fault: 'work',
      errorContext: { because: 'pull request 7 was closed without a merge' },
    },
  ]);
  expect(await closed.order()).toMatchObject({
    status: 'cancelled',
    changedBecause: 'pull request 7 was closed without a merge',
  });
});

test('R-SEN-8: fear: a pull request is closed and opened again to start its CI, and the work order is cancelled permanently', async () => {
  const { database, forge, order, row, scratch } = await ground();
  forge.pullRequest.state = 'closed';
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'cancelled' });
  forge.pullRequest.state = 'open';
  forge.verdicts[pushed] = passing;
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci', finishedAt: null });
  await look(database, forge, { merge: 'green' });
  expect(await order()).toMatchObject({ status: 'completed' });
  expect(await row()).toMatchObject({ state: 'merged' });
  const told = (await eventsOf(database.query, scratch.workOrderId)).filter(
    ({ kind }) => kind === 'ground.changed',
  );
  expect(told.map(({ detail }) => detail.is)).toEqual(['closed', 'opened again']);
});

test('fear: a person cancels a work order, and its pull request, opened again, starts it again', async () => {
  const { database, forge, order } = await ground();
  await cancel({ database, clock: systemClock }, await order(), 'human:ada');
  forge.pullRequest.state = 'closed';
  await database.query
    .updateTable('pullRequests')
    .set({ nextLookAt: new Date(0) })
    .execute();
  await look(database, forge);
  forge.pullRequest.state = 'open';
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'cancelled', changedBy: 'human:ada' });
});

test('R-SEN-7: a limit or an outage of the forge uses up nothing of the work order, and rests the whole host', async () => {
  const { database, forge, order, row } = await ground();
  await awaitingCi(database, { title: 'Another' });
  const said = {
    component: 'forges',
    operation: 'call',
    message: 'Calls wait.',
    advice: 'Wait.',
    retryAfterMs: 600_000,
  };
  forge.failures.find = new ExternalServiceError({ ...said, code: 'FORGE_PAUSED' });
  forge.calls = [];
  await look(database, forge);
  expect(forge.calls).toHaveLength(1);
  expect((await row()).nextLookAt?.getTime()).toBeGreaterThan(Date.now() + 500_000);
  expect(await order()).toMatchObject({ status: 'in_progress', refinementCycles: 0, recoveryAttempts: 0 });
  forge.failures.find = new ConfigurationError({ ...said, code: 'FORGE_CREDENTIALS_MISSING' });
  expect(await look(database, forge)).toContain('FORGE_CREDENTIALS_MISSING');
  expect((await row()).waitingFor).toContain('Moose could not ask the forge');
});

test('paused, cancelled or asked about: Moose sends nothing back and merges nothing', async () => {
  const paused = await ground();
  paused.forge.verdicts[pushed] = failing;
  const held = { heldBy: 'human:ada', heldAt: new Date(), changedBy: 'human:ada', changedBecause: 'paused' };
  await changeWorkOrder(paused.database.query, paused.scratch.workOrderId, {}, held);
  await look(paused.database, paused.forge);
  expect(await paused.order()).toMatchObject({ step: 'awaiting_ci', refinementCycles: 0 });

  const cancelled = await ground();
  const deps = { database: cancelled.database, clock: systemClock };
  expect(await cancel(deps, await cancelled.order(), 'human:ada')).toBe('cancelled');
  expect(await cancelled.order()).toMatchObject({ status: 'cancelled' });
  expect((await cancelled.row()).nextLookAt).toBeNull();
});

test('after a question, a fix of somebody completes it, and the question is withdrawn', async () => {
  const { database, forge, order, scratch } = await ground();
  await succeeded(database, scratch);
  await look(database, forge, { noChecksMs: -1, whenNoChecks: 'ask' });
  forge.pullRequest.headSha = 'e'.repeat(40);
  forge.verdicts['e'.repeat(40)] = passing;
  await database.query
    .updateTable('pullRequests')
    .set({ pushedAt: new Date(0) })
    .execute();
  await look(database, forge, { merge: 'green' });
  expect(await order()).toMatchObject({ status: 'completed' });
  // Somebody else's fix says nothing about the model.
  expect(await outcomesOf(database, scratch)).toMatchObject([{ success: true, judgedBy: null }]);
  expect(await questions(database, scratch)).toMatchObject([{ status: 'withdrawn' }]);
});

test('R-SEN-8: a merged change that is reverted later corrects the outcome of its run, and raises an alert', async () => {
  const repository = scratchRepository();
  const remoteUrl = `${repository.path}-remote.git`;
  repository.git('init', '--quiet', '--bare', remoteUrl);
  repository.git('remote', 'add', 'origin', remoteUrl);
  const mergedSha = repository.commit({ 'merged.txt': 'merged\n' });
  const push = () => repository.git('push', '--quiet', 'origin', 'HEAD:refs/heads/main');
  push();
  const { database, forge, scratch, row } = await followedGround(shared(), {
    repositoryPath: repository.path,
  });
  await succeeded(database, scratch);
  Object.assign(forge.pullRequest, { state: 'merged', mergedSha });
  await look(database, forge);
  expect((await row()).revertedSha).toBeNull();
  repository.git('revert', '--no-edit', mergedSha);
  push();
  await look(database, forge);
  expect((await row()).revertedSha).toBe(repository.git('rev-parse', 'HEAD'));
  expect(await outcomesOf(database, scratch)).toMatchObject([
    { success: false, fault: 'work', errorContext: { code: 'PULL_REQUEST_REVERTED' } },
  ]);
  expect(await openAlerts(database.query)).toMatchObject([{ code: 'PULL_REQUEST_REVERTED' }]);
  expect(await kindsOf(database, scratch)).toContain('pull_request.reverted');
});

test('a forge that does not show the pull request any more is asked again later', async () => {
  const { database, forge, row, order } = await ground();
  await look(database, { ...forge, findPullRequest: async () => null });
  expect(await row()).toMatchObject({ waitingFor: 'The forge no longer has pull request 7.' });
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
});
