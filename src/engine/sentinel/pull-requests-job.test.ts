import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { PermanentError } from '../../domain/failure.ts';
import { openRunOf } from '../../store/work/runs/runs.ts';
import {
  failing,
  followedGround,
  kindsOf,
  passing,
  pushAgain,
  questions,
  testLog,
} from './followed-ground.fixture.ts';
import { base, checkOf, look, pushed } from './next/followed.fixture.ts';

const shared = sharedDatabase();
const ground = () => followedGround(shared());

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
    status: 'completed',
    stepState: 'done',
    isVerified: true,
    changedBecause: 'CI is green',
    progressedAt: expect.any(Date),
    metadata: { 'ci build': { state: 'passed', sha: pushed } },
  });
  expect(await kindsOf(database, scratch)).toContain('ci.passed');
  expect(forge.calls.filter((call) => call.startsWith('merge'))).toEqual([]);
  expect((await row()).nextLookAt).not.toBeNull();
});

test('R-SEN-6: no checks are not green: it is completed with that said, or a person is asked', async () => {
  const said = await ground();
  await look(said.database, said.forge, { noChecksMs: 60_000 });
  expect(await said.order()).toMatchObject({ status: 'in_progress' });
  await look(said.database, said.forge, { noChecksMs: -1, merge: 'green', whenNoChecks: 'complete' });
  expect(await said.order()).toMatchObject({
    status: 'completed',
    notVerifiedBecause: 'no check has reported',
    isVerified: false,
  });
  expect(said.forge.calls.some((call) => call.startsWith('merge'))).toBe(false);

  const asked = await ground();
  await look(asked.database, asked.forge, { noChecksMs: -1, whenNoChecks: 'ask' });
  expect(await asked.order()).toMatchObject({ status: 'needs_review' });
  expect(await questions(asked.database, asked.scratch)).toMatchObject([{ code: 'NO_CHECKS_REPORTED' }]);
});

test('R-SEN-6: where Moose is to merge and no check ever runs, it asks, or merges by a setting that is said', async () => {
  const asked = await ground();
  await look(asked.database, asked.forge, { noChecksMs: -1, merge: 'green' });
  expect(await asked.order()).toMatchObject({ status: 'needs_review' });
  expect(await questions(asked.database, asked.scratch)).toMatchObject([{ code: 'NO_CHECKS_REPORTED' }]);
  expect(asked.forge.pullRequest.state).toBe('open');

  const told = await ground();
  await look(told.database, told.forge, { noChecksMs: -1 });
  expect(await told.order()).toMatchObject({
    status: 'completed',
    notVerifiedBecause: 'no check has reported',
  });

  const merged = await ground();
  await look(merged.database, merged.forge, { noChecksMs: -1, merge: 'green', whenNoChecks: 'merge' });
  expect(await merged.order()).toMatchObject({
    status: 'completed',
    isVerified: false,
    notVerifiedBecause: 'no check has reported',
    changedBecause: 'no check has reported, and its pull request is merged',
  });
  expect(merged.forge.pullRequest.state).toBe('merged');

  // Checks that prove nothing are not 'no check'.
  const bots = await ground();
  bots.forge.verdicts[pushed] = { verdict: 'none', checks: [checkOf('labeler', 'passed')] };
  await look(bots.database, bots.forge, { noChecksMs: -1, merge: 'green', whenNoChecks: 'merge' });
  expect(await questions(bots.database, bots.scratch)).toMatchObject([{ code: 'CHECKS_PROVE_NOTHING' }]);
  expect(bots.forge.pullRequest.state).toBe('open');
});

test('R-SEN-3: red goes back as a refinement cycle with the log, once', async () => {
  const { database, forge, scratch, order } = await ground();
  forge.verdicts[pushed] = failing;
  forge.logs.build = testLog;
  await look(database, forge);
  const after = await order();
  expect(after).toMatchObject({
    status: 'in_progress',
    step: 'generating',
    run: 2,
    refinementCycles: 1,
    failureClass: 'test_fail',
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
  // While it is being fixed, nobody is notified of the red commit.
  await look(database, forge);
  await look(database, forge);
  expect((await order()).refinementCycles).toBe(1);
  const { checks } = await database.query
    .selectFrom('pullRequests')
    .select('checks')
    .where('workOrderId', '=', scratch.workOrderId)
    .executeTakeFirstOrThrow();
  expect(checks.find(({ name }) => name === 'build')?.log).toMatchObject({
    tail: expect.stringContaining('expected 4 to be 3'),
    isCut: false,
    failedStep: 'npm test',
  });
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
  // The forge still shows the previous commit, with its red checks.
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
    status: 'completed',
    refinementCycles: 0,
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
  expect((await row()).waitingFor).toBe('build: waiting for the rerun.');
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

test('R-SEN-3: fear: the host that keeps the logs cannot be reached, and red is never sent back', async () => {
  const { database, forge, order } = await ground();
  const asked: string[] = [];
  forge.verdicts[pushed] = {
    verdict: 'red',
    checks: [checkOf('build', 'failed', { summary: 'It broke.' }), checkOf('lint', 'failed')],
  };
  forge.readLog = async ({ name }) => {
    asked.push(name);
    throw new PermanentError({
      code: 'FORGE_LOG_UNREADABLE',
      component: 'forges',
      operation: 'read log',
      message: 'It is away.',
    });
  };
  await look(database, forge);
  expect(await order()).toMatchObject({ step: 'generating', refinementCycles: 1 });
  expect(asked).toEqual(['build']);
});

test('a rerun that the forge refuses is not waited for', async () => {
  const { database, forge, order } = await ground();
  forge.verdicts[pushed] = failing;
  forge.logs.build = 'npm ERR! code ECONNRESET\nnpm ERR! network read ECONNRESET\n';
  await look(database, { ...forge, rerun: async () => 'refused' });
  await look(database, forge);
  expect(await order()).toMatchObject({ step: 'generating' });
});
