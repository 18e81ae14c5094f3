import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { ConfigurationError, ExternalServiceError, PermanentError } from '../../domain/failure.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { openAlerts } from '../../store/failures/alerts.ts';
import { pullRequestOf } from '../../store/work/pull-requests.ts';
import { openRunOf } from '../../store/work/runs.ts';
import { type Scratch, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder, eventsOf } from '../../store/work/work-orders.ts';
import { cancel } from '../commands/cancel.ts';
import { awaitingCi, base, checkOf, followAgain, look, pushed, scriptedForge } from './followed.fixture.ts';

const shared = sharedDatabase();

async function ground() {
  const database = shared();
  const forge = scriptedForge();
  // What other tests left is not looked at.
  await database.query.updateTable('pullRequests').set({ nextLookAt: null }).execute();
  const scratch = await awaitingCi(database);
  const order = () => theWorkOrder(database, scratch.workOrderId);
  const row = async () => {
    const found = await pullRequestOf(database.query, scratch.workOrderId);
    if (!found) throw new Error('There is no pull request');
    return found;
  };
  return { database, forge, scratch, order, row };
}

const kindsOf = async (database: Database, { workOrderId }: Scratch) =>
  (await eventsOf(database.query, workOrderId)).map(({ kind }) => kind);

const questions = ({ query }: Database, { workOrderId }: Scratch) =>
  query
    .selectFrom('escalations')
    .select(['code', 'status', 'title', 'recommendedOption'])
    .where('workOrderId', '=', workOrderId)
    .execute();

/** Ends the run that a look has begun, as tracking would, with another commit. */
async function pushAgain(database: Database, scratch: Scratch, sha: string, tree: string): Promise<void> {
  const run = await openRunOf(database.query, scratch.workOrderId);
  if (!run) throw new Error('No run was begun');
  const result = JSON.stringify({ headSha: sha, treeSha: tree });
  await database.query
    .insertInto('stepResults')
    .values({
      runId: run.id,
      workOrderId: scratch.workOrderId,
      step: 'applying',
      cycle: 0,
      result,
      startedAt: new Date(),
    })
    .execute();
  await database.query.updateTable('runs').set({ state: 'ended' }).where('id', '=', run.id).execute();
  for (const step of ['applying', 'verifying', 'creating_pr', 'tracking'] as const)
    await changeWorkOrder(
      database.query,
      scratch.workOrderId,
      {},
      { step, changedBy: 'moose:1', changedBecause: 'on' },
    );
  await followAgain(database, scratch, sha);
}

const failing = { verdict: 'red' as const, checks: [checkOf('build', 'failed')] };
const passing = { verdict: 'green' as const, checks: [checkOf('build', 'passed')] };
const testLog =
  ' FAIL  src/clock.test.ts > adds hours\nAssertionError: expected 4 to be 3\n Test Files  1 failed (1)\n      Tests  1 failed | 2 passed (3)\n';

test('R-SEN-6: while checks run, the work order waits, says for what, and holds nothing', async () => {
  const { database, forge, scratch, order, row } = await ground();
  forge.verdicts[pushed] = { verdict: 'running', checks: [checkOf('build', 'running')] };
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  expect(await row()).toMatchObject({ verdict: 'running', waitingFor: expect.stringContaining('build') });
  expect(await openRunOf(database.query, scratch.workOrderId)).toBeUndefined();
  const first = (await row()).looksUnchanged;
  await look(database, forge);
  expect((await row()).looksUnchanged).toBe(first + 1);
});

test('R-SEN-3: green completes it; a check that turned green is progress once', async () => {
  const { database, forge, scratch, order, row } = await ground();
  forge.verdicts[pushed] = passing;
  await look(database, forge);
  expect(await order()).toMatchObject({
    ...{ status: 'completed', stepState: 'done', isVerified: true, changedBecause: 'CI is green' },
    progressedAt: expect.any(Date),
  });
  expect(await kindsOf(database, scratch)).toContain('ci.passed');
  expect(forge.calls.filter((call) => call.startsWith('merge'))).toEqual([]);
  expect((await row()).nextLookAt).not.toBeNull();
});

test('R-SEN-6: no checks are not green: it is completed with that said, or a person is asked', async () => {
  const said = await ground();
  await look(said.database, said.forge, { noChecksMs: 60_000 });
  expect(await said.order()).toMatchObject({ status: 'in_progress' });
  await look(said.database, said.forge, { noChecksMs: -1, merge: 'green' });
  expect(await said.order()).toMatchObject({
    ...{ status: 'completed', notVerifiedBecause: 'no check has reported', isVerified: false },
  });
  expect(said.forge.calls.some((call) => call.startsWith('merge'))).toBe(false);

  const asked = await ground();
  await look(asked.database, asked.forge, { noChecksMs: -1, whenNoChecks: 'ask' });
  expect(await asked.order()).toMatchObject({ status: 'needs_review' });
  expect(await questions(asked.database, asked.scratch)).toMatchObject([{ code: 'NO_CHECKS_REPORTED' }]);
});

test('R-SEN-3: red goes back as a refinement cycle with the log, once', async () => {
  const { database, forge, scratch, order } = await ground();
  forge.verdicts[pushed] = failing;
  forge.logs.build = testLog;
  await look(database, forge);
  const after = await order();
  expect(after).toMatchObject({
    ...{ status: 'in_progress', step: 'generating', run: 2, refinementCycles: 1, failureClass: 'test_fail' },
    failure: { code: 'CI_FAILED', message: 'CI is red: build failed (build at the step "npm test").' },
  });
  const run = await openRunOf(database.query, scratch.workOrderId);
  expect(run).toMatchObject({ number: 2, firstStep: 'generating' });
  const results = await database.query
    .selectFrom('stepResults')
    .select('result')
    .where('workOrderId', '=', scratch.workOrderId)
    .where('step', '=', 'awaiting_ci')
    .execute();
  expect(results).toMatchObject([
    { result: { feedback: { output: expect.stringContaining('expected 4 to be 3') } } },
  ]);
  // While it is repaired, the red commit is nobody's news.
  await look(database, forge);
  await look(database, forge);
  expect((await order()).refinementCycles).toBe(1);
});

test('fear: sixty attempts on one red pull request', async () => {
  const { database, forge, scratch, order } = await ground();
  forge.verdicts[pushed] = failing;
  forge.logs.build = testLog;
  for (let attempt = 1; attempt <= 6; attempt++) {
    await look(database, forge);
    if ((await order()).status !== 'in_progress') break;
    const sha = String(attempt).repeat(40);
    forge.pullRequest.headSha = sha;
    forge.verdicts[sha] = failing;
    forge.logs.build = `${testLog}attempt ${'x'.repeat(attempt)} differs`;
    await pushAgain(database, scratch, sha, `tree-${attempt + 1}`);
  }
  expect(await order()).toMatchObject({ status: 'needs_review', refinementCycles: 3, run: 4 });
  expect(await questions(database, scratch)).toMatchObject([
    {
      code: 'CI_STAYS_RED',
      title: expect.stringContaining('after 3 refinement cycles'),
      recommendedOption: 'refine',
    },
  ]);
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'needs_review', refinementCycles: 3 });
});

test('R-PIPE-12: the same failure on the same files is no progress, and a person is asked', async () => {
  const { database, forge, scratch, order } = await ground();
  forge.verdicts[pushed] = failing;
  forge.logs.build = testLog;
  await look(database, forge);
  const sha = 'd'.repeat(40);
  forge.pullRequest.headSha = sha;
  forge.verdicts[sha] = failing;
  await pushAgain(database, scratch, sha, 'tree-1');
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'needs_review', refinementCycles: 1 });
  expect(await questions(database, scratch)).toMatchObject([{ code: 'CI_GOES_NOWHERE' }]);
});

test("fear: 'CI is failing' is injected again and again into a clean pull request", async () => {
  const { database, forge, scratch, order } = await ground();
  forge.verdicts[pushed] = failing;
  forge.logs.build = testLog;
  await look(database, forge);
  const sha = 'd'.repeat(40);
  await pushAgain(database, scratch, sha, 'tree-2');
  // The forge still shows the commit before, with its red checks.
  for (let count = 0; count < 16; count++) await look(database, forge);
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci', refinementCycles: 1 });
  forge.pullRequest.headSha = sha;
  forge.verdicts[sha] = passing;
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'completed', refinementCycles: 1 });
});

test('R-SEN-3: a check that is red on the base branch too is not charged to the change', async () => {
  const { database, forge, order } = await ground();
  forge.verdicts[pushed] = { verdict: 'red', checks: [checkOf('CI / build (pull_request)', 'failed')] };
  forge.verdicts[base] = { verdict: 'red', checks: [checkOf('CI / build (push)', 'failed')] };
  await look(database, forge, { merge: 'green' });
  expect(await order()).toMatchObject({
    ...{ status: 'completed', refinementCycles: 0 },
    changedBecause: 'CI / build (pull_request) fails on the base branch too',
  });
});

test('R-SEN-3: a flaky check runs again, once, and its second failure counts', async () => {
  const { database, forge, order, row, scratch } = await ground();
  forge.verdicts[pushed] = failing;
  forge.logs.build = 'npm ERR! code ECONNRESET\nnpm ERR! network read ECONNRESET\n';
  for (let count = 0; count < 4; count++) await look(database, forge);
  expect(forge.calls.filter((call) => call === 'rerun build')).toHaveLength(1);
  expect(await order()).toMatchObject({ step: 'awaiting_ci', refinementCycles: 0 });
  expect((await row()).waitingFor).toBe('build to run again.');
  expect((await kindsOf(database, scratch)).filter((kind) => kind === 'ci.rerun')).toHaveLength(1);
  forge.verdicts[pushed] = {
    verdict: 'red',
    checks: [checkOf('build', 'failed', { attempt: 2, id: 'build.2' })],
  };
  await look(database, forge);
  expect(await order()).toMatchObject({ step: 'generating', refinementCycles: 1 });
});

test('R-SEN-3: a flaky check that is green the second time completes the work order', async () => {
  const { database, forge, order } = await ground();
  forge.verdicts[pushed] = failing;
  forge.logs.build = 'npm ERR! code ECONNRESET\nnpm ERR! network read ECONNRESET\n';
  await look(database, forge);
  forge.verdicts[pushed] = { verdict: 'green', checks: [checkOf('build', 'passed', { attempt: 2 })] };
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'completed', refinementCycles: 0 });
});

test('a rerun that the forge refuses is not waited for', async () => {
  const { database, forge, order } = await ground();
  forge.verdicts[pushed] = failing;
  forge.logs.build = 'npm ERR! code ECONNRESET\nnpm ERR! network read ECONNRESET\n';
  await look(database, { ...forge, rerun: async () => 'refused' });
  await look(database, forge);
  expect(await order()).toMatchObject({ step: 'generating' });
});

test('R-SEN-8: green is merged by policy, at the commit that was judged', async () => {
  const { database, forge, order, row, scratch } = await ground();
  forge.verdicts[pushed] = passing;
  await look(database, forge, { merge: 'green' });
  expect(forge.calls).toContain(`merge ${pushed.slice(0, 4)}`);
  expect(await order()).toMatchObject({ status: 'completed' });
  expect(await row()).toMatchObject({ state: 'merged', mergedSha: 'c'.repeat(40) });
  const facts = (await eventsOf(database.query, scratch.workOrderId)).flatMap(({ factKey }) => factKey ?? []);
  expect(facts).toContain(`merged:${'c'.repeat(40)}`);
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
  expect(await order()).toMatchObject({ status: 'completed', changedBecause: 'its pull request is merged' });
  expect(forge.calls.filter((call) => call.startsWith('merge'))).toHaveLength(1);
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
    ...{ key: 'r1', kind: 'review' as const, author: 'eve', isOwn: false, body: '', sha: pushed, path: null },
    ...{ judgement: 'approved' as const, line: null, threadId: null, isResolved: false, url: null },
    ...{ createdAt: '2026-03-10T12:00:00Z', updatedAt: '2026-03-10T12:00:00Z' },
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
  Object.assign(merged.forge.pullRequest, { state: 'merged', mergedSha: 'c'.repeat(40) });
  await look(merged.database, merged.forge);
  await look(merged.database, merged.forge);
  expect(await merged.order()).toMatchObject({ status: 'completed' });
  const closed = await ground();
  closed.forge.pullRequest.state = 'closed';
  await look(closed.database, closed.forge);
  expect(await closed.order()).toMatchObject({
    ...{ status: 'cancelled', changedBecause: 'pull request 7 was closed without a merge' },
  });
  expect((await closed.row()).nextLookAt).toBeNull();
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
  expect((await row()).waitingFor).toContain('The forge could not be asked');
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
  await look(database, forge, { noChecksMs: -1, whenNoChecks: 'ask' });
  forge.pullRequest.headSha = 'e'.repeat(40);
  forge.verdicts['e'.repeat(40)] = passing;
  await database.query
    .updateTable('pullRequests')
    .set({ pushedAt: new Date(0) })
    .execute();
  await look(database, forge, { merge: 'green' });
  expect(await order()).toMatchObject({ status: 'completed' });
  expect(await questions(database, scratch)).toMatchObject([{ status: 'withdrawn' }]);
  expect(await openAlerts(database.query)).toEqual([]);
});
