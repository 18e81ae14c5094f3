// A work order whose forge runs checks: from the push to CI, and back into the worktree if it conflicts with the base
// branch. Git is real; the test decides what the forge answers.
import { existsSync, renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { PermanentError } from '../../domain/failure.ts';
import type { ChecksReport } from '../ports/forge.ts';
import { dayOf } from '../run/budget/ledger-ground.fixture.ts';
import { remotePlace } from '../run/remote-place.ts';
import { checkOf, look } from '../sentinel/next/followed.fixture.ts';
import { onRecord } from './on-record.fixture.ts';
import { changing, published as publishedOn } from './published.fixture.ts';

const shared = sharedDatabase();
const published = (given?: Parameters<typeof publishedOn>[1]) => publishedOn(shared(), given);

test('R-SEN-6: with checks on the forge, the run ends, and the work order waits without a worktree or reserved money', async () => {
  const { database, work, order, row, pullRequest } = await published();
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci', finishedAt: null });
  const { run, effects, results } = await onRecord(work);
  expect(run).toMatchObject({ state: 'ended', outcome: 'completed' });
  expect(effects).toContain('worktree undone');
  expect(results).toContain('tracking.0');
  expect(existsSync(`${work.settings.dataDirectory}/worktrees`)).toBe(true);
  expect((await dayOf(database))[0]).toBe(0n);
  expect(await row()).toMatchObject({
    nextLookAt: expect.any(Date),
    followed: { pushedSha: pullRequest.headSha, mergeOfFile: null, needsBase: false },
  });
});

test('R-PROJ-2: what the file of the base commit says about merging is known to every machine', async () => {
  const { row } = await published({ files: { '.moose/config.yml': 'merge: green\n' } });
  expect(await row()).toMatchObject({ followed: { mergeOfFile: 'green' } });
});

test('R-SEN-4: a conflict is resolved in the worktree, checked, and pushed on top of what was there', async () => {
  const { database, work, repository, execute, pullRequest, moveBase, atRemote, order } = await published();
  const { headBranch, headSha: before } = pullRequest;
  const baseSha = moveBase({ 'made.txt': 'theirs\n' });
  Object.assign(pullRequest, { mergeable: false });
  await look(database, work.forge);
  await look(database, work.forge);
  expect(await order()).toMatchObject({ step: 'generating', run: 2, refinementCycles: 1 });
  await execute();
  expect(await order()).toMatchObject({ step: 'awaiting_ci', baseSha, refinementCycles: 1 });
  const after = atRemote(headBranch);
  repository.git('merge-base', '--is-ancestor', before, after);
  repository.git('merge-base', '--is-ancestor', baseSha, after);
  expect(repository.git('show', `${after}:made.txt`)).toBe('both');
  expect(work.forge.pullRequests).toHaveLength(1);
});

test('R-SEN-4: a conflict that the agent does not resolve goes to a person, with the conflict shown', async () => {
  const agent =
    'test -e made.txt || echo new > made.txt; echo "$RANDOM$(date +%N)" > other.txt; echo says success made it';
  const { database, work, execute, pullRequest, moveBase, atRemote, order } = await published({ agent });
  const before = atRemote(pullRequest.headBranch);
  moveBase({ 'made.txt': 'theirs\n' });
  Object.assign(pullRequest, { mergeable: false });
  await look(database, work.forge);
  await look(database, work.forge);
  await execute();
  expect(await order()).toMatchObject({
    status: 'needs_review',
    step: 'verifying',
    failure: { message: 'Conflict marks are left in made.txt.' },
  });
  const [question] = await database.query
    .selectFrom('escalations')
    .select('context')
    .where('workOrderId', '=', work.order.id)
    .execute();
  expect(JSON.stringify(question?.context)).toContain('theirs');
  expect(atRemote(pullRequest.headBranch)).toBe(before);
});

test('R-SEN-8: a change that is only behind is brought up to date and checked without an agent or a model', async () => {
  const { database, work, model, repository, execute, pullRequest, moveBase, atRemote, order, row, said } =
    await published();
  const asked = model.prompts.length;
  const baseSha = moveBase({ 'theirs.txt': 'theirs\n' });
  said.report.verdict = 'green';
  const behind = new PermanentError({
    component: 'forge',
    operation: 'merge',
    code: 'PULL_REQUEST_NOT_MERGEABLE',
    message: 'It is behind its base branch.',
    metadata: { isBehind: true },
  });
  Object.assign(work.forge, {
    mergePullRequest: async () => {
      throw behind;
    },
  });
  await look(database, work.forge, { merge: 'green' });
  await look(database, work.forge, { merge: 'green' });
  expect(await order()).toMatchObject({ step: 'generating', refinementCycles: 0 });
  await execute();
  expect(await order()).toMatchObject({ step: 'awaiting_ci', baseSha, refinementCycles: 0 });
  expect(model.prompts).toHaveLength(asked);
  const after = atRemote(pullRequest.headBranch);
  expect(repository.git('show', `${after}:theirs.txt`)).toBe('theirs');
  expect(repository.git('show', `${after}:made.txt`)).toBe('new');
  expect(await row()).toMatchObject({ followed: { updates: 1, needsBase: false, pushedSha: after } });
});

test('fear: a forge that computes for long reports a conflict with a base branch that the change contains', async () => {
  const { database, work, model, pullRequest, moveBase, order, said } = await published();
  const asked = model.prompts.length;
  Object.assign(pullRequest, { mergeable: false });
  for (let count = 0; count < 3; count++) await look(database, work.forge);
  expect(await order()).toMatchObject({ step: 'awaiting_ci', run: 1, refinementCycles: 0 });
  // Once the base branch has moved, the forge may be right.
  moveBase({ 'made.txt': 'theirs\n' });
  await look(database, work.forge);
  expect(await order()).toMatchObject({ step: 'generating', run: 2, refinementCycles: 1 });
  expect(model.prompts).toHaveLength(asked);
  expect(said.report.verdict).toBe('running');
});

test('R-SEN-4: a base branch that this machine cannot fetch leaves the forge its word about the conflict', async () => {
  const { database, work, pullRequest, order, url } = await published();
  renameSync(url, `${url}.away`);
  Object.assign(pullRequest, { mergeable: false });
  await look(database, work.forge);
  await look(database, work.forge);
  expect(await order()).toMatchObject({ step: 'generating', run: 2, refinementCycles: 1 });
});

test('fear: a person retargets the pull request while its run works, and a second one is opened, or merged as the old base allows', async () => {
  const files = { '.moose/config.yml': 'merge: green\n' };
  const { database, work, repository, execute, pullRequest, order, row } = await published({
    agent: changing,
    files,
  });
  const { url } = await remotePlace(work.project, work.settings.dataDirectory);
  repository.git('checkout', '--quiet', '-b', 'develop');
  repository.commit({ '.moose/config.yml': 'merge: never\n' });
  repository.git('push', '--quiet', url, 'develop');
  repository.git('checkout', '--quiet', 'main');
  const red: ChecksReport = {
    verdict: 'red',
    sha: pullRequest.headSha,
    missing: [],
    checks: [checkOf('build', 'failed')],
  };
  const none: ChecksReport = { verdict: 'none', sha: pullRequest.baseSha ?? '', missing: [], checks: [] };
  const into: string[] = [];
  const open = work.forge.openPullRequest;
  Object.assign(work.forge, {
    readChecks: async ({ sha }: { sha: string }) => (sha === red.sha ? red : none),
    readLog: async () => null,
    openPullRequest: (...[draft, signal]: Parameters<typeof open>) => {
      into.push(draft.baseBranch);
      return open(draft, signal);
    },
  });
  await look(database, work.forge);
  expect(await order()).toMatchObject({ step: 'generating', run: 2, baseBranch: 'main' });
  Object.assign(pullRequest, { baseBranch: 'develop' });
  await execute();
  expect(await order()).toMatchObject({ step: 'awaiting_ci', baseBranch: 'develop' });
  expect(into).toEqual(['develop']);
  expect(await row()).toMatchObject({ baseBranch: 'develop' });
  const { headSha } = pullRequest;
  Object.assign(work.forge, { readChecks: async () => ({ ...none, verdict: 'green', sha: headSha }) });
  await look(database, work.forge);
  expect(await order()).toMatchObject({ status: 'completed', changedBecause: 'CI is green' });
});
