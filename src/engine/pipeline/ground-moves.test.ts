// Others change the branches of a work order while it works or waits. Git is real; the test decides what the forge answers.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { systemClock } from '../../stdx/clock.ts';
import { openEscalationOf } from '../../store/failures/escalations.ts';
import { listedByIds } from '../../store/work/work-orders/work-order-lists.ts';
import { eventsOf } from '../../store/work/work-orders/work-orders.ts';
import { answer } from '../commands/answers/answer.ts';
import { isInConflict } from '../commands/merge/in-conflict.ts';
import { merge } from '../commands/merge/merge.ts';
import { checkOf, look } from '../sentinel/next/followed.fixture.ts';
import { viewWorkOrders } from '../views/work-order/work-order-view.ts';
import { changing, published as publishedOn } from './published.fixture.ts';

const shared = sharedDatabase();
const published = (given?: Parameters<typeof publishedOn>[1]) => publishedOn(shared(), given);
type Published = Awaited<ReturnType<typeof published>>;

const told = async ({ database, work }: Published) =>
  (await eventsOf(database.query, work.order.id))
    .filter(({ kind }) => kind === 'ground.changed')
    .map(({ detail }) => detail.is);

const listed = async ({ database, work }: Published) => {
  const [found] = await listedByIds(database.query, [work.order.id]);
  if (!found) throw new Error('It is not listed');
  return found;
};

/** What the forge shows is not late any more. */
const longAgo = ({ database }: Published) =>
  database.query
    .updateTable('pullRequests')
    .set({ pushedAt: new Date(Date.now() - 120_000) })
    .execute();

const green = { verdict: 'green' as const, checks: [checkOf('build', 'passed')], missing: [] };
const red = { verdict: 'red' as const, checks: [checkOf('build', 'failed')], missing: [] };

/** Only this commit is red, and its log can be read. */
function failOn({ work }: Published, sha: string): void {
  Object.assign(work.forge, {
    readChecks: async (of: { sha: string }) => ({ ...(of.sha === sha ? red : green), sha: of.sha }),
    readLog: async () => ({ text: 'FAIL a.test: expected 2, got 3\n', isCut: false, failedStep: 'npm test' }),
  });
}

const filesAt = ({ repository, url }: Published, sha: string) => {
  repository.git('fetch', '--quiet', url, '+refs/heads/*:refs/others/*');
  return repository.git('ls-tree', '-r', '--name-only', sha).split('\n');
};

test('R-SEN-8: fear: a file was taken out of the history of the base branch, and the merge brings it back', async () => {
  const at = await published({ files: { 'leaked.txt': 'TOP=1\n' } });
  const { database, work, model, execute, pullRequest, order, row, said } = at;
  const asked = model.prompts.length;
  const baseSha = at.rewriteBase({ 'README.md': 'clean\n' });
  said.report = green;
  const merges: string[] = [];
  Object.assign(work.forge, {
    mergePullRequest: async (_: number, { expectedHeadSha }: { expectedHeadSha: string }) => {
      merges.push(expectedHeadSha);
      return Object.assign(pullRequest, { state: 'merged', mergedSha: 'c'.repeat(40) });
    },
  });
  await look(database, work.forge, { merge: 'green' });
  expect(merges).toEqual([]);
  expect(await order()).toMatchObject({ step: 'generating', run: 2, refinementCycles: 0 });
  await execute();
  expect(await order()).toMatchObject({ step: 'awaiting_ci', baseSha });
  const head = at.atRemote(pullRequest.headBranch);
  expect(filesAt(at, head)).toEqual(['README.md', 'made.txt']);
  expect(model.prompts).toHaveLength(asked);
  expect(await told(at)).toEqual(['base rewritten']);
  pullRequest.headSha = head;
  await look(database, work.forge, { merge: 'green' });
  expect(merges).toEqual([head]);
  expect(await row()).toMatchObject({ state: 'merged' });
});

test('fear: the base branch is rewritten while the agent works, and the change is published with what was taken out', async () => {
  const at = await published({ agent: changing, files: { 'leaked.txt': 'TOP=1\n' } });
  const { database, work, execute, pullRequest, order } = at;
  failOn(at, pullRequest.headSha);
  await look(database, work.forge);
  expect(await order()).toMatchObject({ step: 'generating', run: 2 });
  let isRewritten = false;
  work.reached = (point) => {
    if (point !== 'verifying:end' || isRewritten) return;
    isRewritten = true;
    at.rewriteBase({ 'README.md': 'clean\n' });
  };
  await execute();
  expect(await order()).toMatchObject({ step: 'awaiting_ci' });
  expect(filesAt(at, at.atRemote(pullRequest.headBranch))).toEqual(['README.md', 'made.txt']);
  expect(await told(at)).toEqual(['base rewritten']);
});

test('R-SEN-3: fear: somebody pushes while the agent mends, and the paid work cannot be published', async () => {
  const at = await published({ agent: changing });
  const { database, work, repository, execute, pullRequest, order, row } = at;
  failOn(at, pullRequest.headSha);
  await look(database, work.forge);
  expect(await order()).toMatchObject({ step: 'generating', run: 2 });
  let theirs = '';
  work.reached = (point) => {
    if (point === 'verifying:end' && theirs === '') theirs = at.pushToHead({ 'fmt.txt': 'formatted\n' });
  };
  await execute();
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  const head = at.atRemote(pullRequest.headBranch);
  expect(filesAt(at, head)).toContain('fmt.txt');
  repository.git('merge-base', '--is-ancestor', theirs, head);
  expect(head).not.toBe(theirs);
  expect(await told(at)).toEqual(['head moved']);
  // What others pushed is not merged by policy.
  expect(await row()).toMatchObject({ followed: { others: ['Test'], pushedSha: head } });
  pullRequest.headSha = head;
  await look(database, work.forge, { merge: 'green' });
  expect(await order()).toMatchObject({
    status: 'completed',
    changedBecause: 'CI is green, but it has commits of Test, so Moose does not merge it',
  });
});

test('R-SEN-3: CI is red on what somebody pushed: one question, and its answer lets the agent continue on top', async () => {
  const at = await published({ agent: changing });
  const { database, work, repository, execute, pullRequest, order } = at;
  const theirs = at.pushToHead({ 'fmt.txt': 'formatted\n' });
  failOn(at, theirs);
  await longAgo(at);
  await look(database, work.forge);
  await look(database, work.forge);
  expect(await order()).toMatchObject({ status: 'needs_review', refinementCycles: 0 });
  const question = await openEscalationOf(database.query, work.order.id);
  expect(question).toMatchObject({ recommendedOption: 'retry' });
  expect(question?.options.map(({ id }) => id)).toEqual(['refine', 'retry', 'undo', 'cancel']);
  expect(question?.title).toContain('build failed, on what Test pushed');
  if (!question) throw new Error('Nobody is asked');
  await answer({ database, clock: systemClock }, question, 'retry', { by: 'human:ada' });
  await execute();
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  const head = at.atRemote(pullRequest.headBranch);
  expect(head).not.toBe(theirs);
  filesAt(at, head);
  repository.git('merge-base', '--is-ancestor', theirs, head);
});

test('R-SEN-8: a person presses Update branch, and the change is merged all the same', async () => {
  const at = await published();
  const { database, work, pullRequest, order } = at;
  const base = at.moveBase({ 'theirs.txt': 'theirs\n' });
  const head = at.pushToHead({}, base);
  at.said.report = green;
  Object.assign(work.forge, {
    mergePullRequest: async (_: number, { expectedHeadSha }: { expectedHeadSha: string }) =>
      Object.assign(pullRequest, { state: 'merged', mergedSha: 'c'.repeat(40), headSha: expectedHeadSha }),
  });
  await longAgo(at);
  await look(database, work.forge, { merge: 'green' });
  expect(await order()).toMatchObject({ status: 'completed' });
  expect(pullRequest).toMatchObject({ state: 'merged', headSha: head });
  expect(await told(at)).toEqual(['head brought to base']);
});

test('R-SEN-8: fear: a merge of the base branch has more than both sides, and Moose merges it by policy', async () => {
  const at = await published();
  const { database, work, order } = at;
  const base = at.moveBase({ 'theirs.txt': 'theirs\n' });
  at.pushToHead({ 'evil.txt': 'evil\n' }, base);
  at.said.report = green;
  await longAgo(at);
  await look(database, work.forge, { merge: 'green' });
  expect(await order()).toMatchObject({
    status: 'completed',
    changedBecause: expect.stringContaining('it has commits of Test'),
  });
});

test('R-SEN-8: fear: a person merges completed work after the base branch was rewritten', async () => {
  const at = await published({ files: { 'leaked.txt': 'TOP=1\n' } });
  const { database, work, order } = at;
  at.said.report = green;
  await look(database, work.forge, { merge: 'never' });
  expect(await order()).toMatchObject({ status: 'completed' });
  at.rewriteBase({ 'README.md': 'clean\n' });
  const prove = async () => {
    throw new Error('No checks are run');
  };
  const merging = merge(
    { ...work, checking: { settings: work.settings, prove } },
    await order(),
    'human:ada',
  );
  await expect(merging).rejects.toMatchObject({
    code: 'MERGE_BASE_REWRITTEN',
    message: expect.stringContaining('main was rewritten'),
    advice: expect.stringContaining('moose retry'),
  });
  const refused = await order();
  expect(refused).toMatchObject({ status: 'completed', failure: { code: 'MERGE_BASE_REWRITTEN' } });
  expect(isInConflict(refused)).toBe(true);
});

test.each(['renamed', 'deleted'] as const)(
  'R-SEN-8: a person merges completed work whose base branch was %s meanwhile',
  async (how) => {
    const at = await published();
    const { database, work, repository, url, pullRequest, order } = at;
    at.said.report = green;
    await look(database, work.forge, { merge: 'never' });
    expect(await order()).toMatchObject({ status: 'completed' });
    if (how === 'deleted') deleteBase(at);
    else {
      repository.git('push', '--quiet', url, 'main:refs/heads/trunk');
      repository.git('-C', url, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
      repository.git('push', '--quiet', url, ':refs/heads/main');
    }
    const merges: string[] = [];
    Object.assign(work.forge, {
      mergePullRequest: async () => {
        merges.push(pullRequest.baseBranch);
        return Object.assign(pullRequest, { state: 'merged', mergedSha: 'c'.repeat(40) });
      },
    });
    const prove = async () => {
      throw new Error('No checks are run');
    };
    const checking = { settings: { ...work.settings, together: 'off' as const }, prove };
    const merging = merge({ ...work, checking }, await order(), 'human:ada');
    if (how === 'deleted') {
      await expect(merging).rejects.toMatchObject({
        code: 'MERGE_BASE_MISSING',
        message: expect.stringContaining('main was deleted'),
      });
      expect(merges).toEqual([]);
      expect(await told(at)).toEqual(['base deleted']);
    } else {
      await merging;
      expect(merges).toEqual(['trunk']);
      expect(await told(at)).toEqual(['base renamed']);
    }
  },
);

test('R-SEN-8: the base branch is renamed, and its own file still has the change merged', async () => {
  const at = await published({ files: { '.moose/config.yml': 'merge: green\n' } });
  const { database, work, repository, url, pullRequest, order, row } = at;
  repository.git('push', '--quiet', url, 'main:refs/heads/trunk');
  repository.git('-C', url, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
  repository.git('push', '--quiet', url, ':refs/heads/main');
  pullRequest.baseBranch = 'trunk';
  at.said.report = green;
  Object.assign(work.forge, {
    mergePullRequest: async () => Object.assign(pullRequest, { state: 'merged', mergedSha: 'c'.repeat(40) }),
  });
  await look(database, work.forge, { merge: 'never' });
  expect(await order()).toMatchObject({ status: 'completed', baseBranch: 'trunk' });
  expect(await row()).toMatchObject({ state: 'merged', followed: { mergeOfFile: 'green' } });
});

/** The base branch is gone; `trunk`, the default branch now, does not have its commits. */
function deleteBase({ repository, url }: Published): void {
  repository.git('checkout', '--quiet', '--orphan', 'trunk');
  repository.git('rm', '--quiet', '-r', '-f', '.');
  const trunk = repository.commit({ 'trunk.txt': 'trunk\n' });
  repository.git('checkout', '--quiet', 'main');
  repository.git('push', '--quiet', url, `${trunk}:refs/heads/trunk`);
  repository.git('-C', url, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
  repository.git('push', '--quiet', url, ':refs/heads/main');
}

test.each(['closes', 'leaves open'] as const)(
  'R-SEN-8, R-ESC-3: the base branch is deleted, and a forge that %s its pull request: one question, and its answer works',
  async (how) => {
    const at = await published();
    const { database, work, execute, pullRequest, order, row } = at;
    deleteBase(at);
    Object.assign(pullRequest, how === 'closes' ? { state: 'closed' } : { mergeable: null });
    for (let looks = 0; looks < 3; looks++) await look(database, work.forge);
    // Without a base branch, green completes nothing.
    const { report } = at.said;
    at.said.report = green;
    await look(database, work.forge);
    at.said.report = report;
    expect(await order()).toMatchObject({
      status: 'needs_review',
      failure: { message: 'The base branch main of pull request 1 was deleted on the remote.' },
    });
    expect(await told(at)).toEqual(['base deleted']);
    const asked = await database.query
      .selectFrom('escalations')
      .selectAll()
      .where('workOrderId', '=', work.order.id)
      .execute();
    expect(asked).toHaveLength(1);
    const [question] = asked;
    expect(question?.options.map(({ id }) => id)).toEqual(['base:trunk', 'undo', 'cancel']);
    expect(question).toMatchObject({ status: 'open', recommendedOption: 'base:trunk' });
    if (!question) throw new Error('Nobody is asked');
    await answer({ database, clock: systemClock }, question, 'base:trunk', { by: 'human:ada' });
    await execute();
    expect(await order()).toMatchObject({
      status: 'in_progress',
      step: 'awaiting_ci',
      baseBranch: 'trunk',
      failure: null,
    });
    const head = at.atRemote(pullRequest.headBranch);
    expect(filesAt(at, head)).toEqual(['made.txt', 'trunk.txt']);
    expect(await told(at)).toEqual(['base deleted', 'base replaced']);
    const now = work.forge.pullRequests.at(-1);
    expect(now).toMatchObject({ state: 'open', baseBranch: 'trunk', headSha: head });
    expect(now?.number).toBe(how === 'closes' ? 2 : 1);
    // The closed one does not cancel what the new one waits for.
    for (let looks = 0; looks < 3; looks++) await look(database, work.forge);
    expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
    expect(await row()).toMatchObject({ state: 'open', baseBranch: 'trunk' });
  },
);

test.each(['closed', 'open'] as const)(
  'R-SEN-8: a deleted base branch is there again, and its pull request, which was %s meanwhile, continues by itself',
  async (state) => {
    const at = await published();
    const { database, work, repository, url, pullRequest, order } = at;
    deleteBase(at);
    Object.assign(pullRequest, { state, mergeable: null });
    await look(database, work.forge);
    expect(await order()).toMatchObject({ status: 'needs_review' });
    repository.git('push', '--quiet', url, 'main:refs/heads/main');
    Object.assign(pullRequest, { state: 'open', mergeable: true });
    at.said.report = green;
    await look(database, work.forge);
    await look(database, work.forge);
    expect(await order()).toMatchObject({ status: 'completed', failure: null });
    expect(await openEscalationOf(database.query, work.order.id)).toBeUndefined();
    expect(await told(at)).toEqual(['base deleted', 'base back']);
  },
);

test('fear: somebody merges the change by hand, as a squash, and Moose says to merge it', async () => {
  const at = await published();
  const { database, work, repository, url, pullRequest, order } = at;
  at.said.report = green;
  await look(database, work.forge, { merge: 'never' });
  expect(await order()).toMatchObject({ status: 'completed' });
  repository.git('fetch', '--quiet', url, pullRequest.headBranch);
  repository.git('checkout', '--quiet', '--detach', 'main');
  repository.git('merge', '--quiet', '--squash', 'FETCH_HEAD');
  repository.git('commit', '--quiet', '-m', 'Squashed');
  repository.git('push', '--quiet', url, 'HEAD:refs/heads/main');
  repository.git('checkout', '--quiet', 'main');
  await look(database, work.forge, { merge: 'never' });
  expect(await told(at)).toEqual(['merged by hand']);
  const [view] = await viewWorkOrders(database, [await listed(at)], new Date());
  expect(view?.explain).toContain('somebody merged it by hand');
  expect(view?.explain).not.toContain('moose merge');
});

/** A file reaches the base branch, somebody presses Update branch, and the file is taken out of that history again. */
async function broughtAndTakenOut(
  given?: Parameters<typeof published>[0],
  pushed: Record<string, string> = {},
) {
  const at = await published(given);
  const { database, work, repository, url } = at;
  await longAgo(at);
  const head = at.pushToHead(pushed, at.moveBase({ 'leaked.txt': 'TOP=1\n' }));
  at.said.report = { verdict: 'running', checks: [checkOf('build', 'running')], missing: [] };
  await look(database, work.forge);
  repository.git('push', '--quiet', '--force', url, 'main:refs/heads/main');
  at.said.report = green;
  return { ...at, head };
}

test('R-SEN-8: fear: others bring a file of the base branch, it is taken out there, and the merge brings it back', async () => {
  const at = await broughtAndTakenOut();
  const { database, work, pullRequest, order, execute, url, repository } = at;
  await look(database, work.forge, { merge: 'green' });
  expect(await order()).toMatchObject({ step: 'generating', run: 2 });
  await execute();
  expect(await order()).toMatchObject({ step: 'awaiting_ci' });
  const head = at.atRemote(pullRequest.headBranch);
  expect(filesAt(at, head)).toEqual(['README.md', 'made.txt']);
  expect(repository.git('ls-remote', url, 'refs/heads/main').split('\t')[0]).toBe(
    repository.git('rev-parse', `${head}~1`),
  );
  expect(await told(at)).toEqual(['head brought to base', 'base rewritten']);
});

test('R-SEN-8: a person has the commits of others moved with the change off a base branch that was rewritten', async () => {
  const at = await broughtAndTakenOut({}, { 'fmt.txt': 'formatted\n' });
  const { database, work, pullRequest, order, execute, repository } = at;
  await look(database, work.forge, { merge: 'green' });
  expect(await order()).toMatchObject({ status: 'needs_review' });
  const question = await openEscalationOf(database.query, work.order.id);
  if (!question) throw new Error('Nobody is asked');
  expect(question.options.map(({ label }) => label)).toContain(
    'Move the change and their commits onto the new base branch, under their names',
  );
  await answer({ database, clock: systemClock }, question, 'retry', { by: 'human:ada' });
  await execute();
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  const head = at.atRemote(pullRequest.headBranch);
  expect(filesAt(at, head)).toEqual(['README.md', 'fmt.txt', 'made.txt']);
  expect(repository.git('log', '--format=%an', `main..${head}`).split('\n')).toEqual(['Test', 'Moose']);
});

test('R-GREEN-1: what others brought from the base branch is no part of the change that is judged', async () => {
  const at = await published({ agent: changing });
  const { database, work, pullRequest, order, execute } = at;
  await longAgo(at);
  const base = at.moveBase({ 'theirs.txt': 'theirs\n' });
  failOn(at, at.pushToHead({}, base));
  await look(database, work.forge);
  expect(await order()).toMatchObject({ step: 'generating', run: 2 });
  await execute();
  expect(await order()).toMatchObject({ step: 'awaiting_ci', baseSha: base });
  expect(filesAt(at, at.atRemote(pullRequest.headBranch))).toContain('theirs.txt');
});

test('R-SEN-3: fear: commits of others are moved off a base branch that shares nothing with the new one, again and again', async () => {
  const at = await published({ files: { 'leaked.txt': 'TOP=1\n' } });
  const { database, work, pullRequest, order, execute } = at;
  await longAgo(at);
  at.rewriteBase({ 'README.md': 'clean\n' });
  at.pushToHead({ 'fmt.txt': 'formatted\n' });
  await look(database, work.forge);
  const question = await openEscalationOf(database.query, work.order.id);
  if (!question) throw new Error('Nobody is asked');
  await answer({ database, clock: systemClock }, question, 'retry', { by: 'human:ada' });
  await execute();
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  expect(filesAt(at, at.atRemote(pullRequest.headBranch))).toEqual(['README.md', 'fmt.txt', 'made.txt']);
});
