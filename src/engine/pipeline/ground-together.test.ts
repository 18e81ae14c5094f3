// Others change several things around a work order before Moose looks again. Git is real; the test decides what the forge
// answers.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { systemClock } from '../../stdx/clock.ts';
import { openEscalationOf } from '../../store/failures/escalations.ts';
import { eventsOf } from '../../store/work/work-orders/work-orders.ts';
import { answer } from '../commands/answers/answer.ts';
import { lineOf } from '../sentinel/discussed.fixture.ts';
import { checkOf, look } from '../sentinel/next/followed.fixture.ts';
import { changing, published as publishedOn } from './published.fixture.ts';

const shared = sharedDatabase();
const red = { verdict: 'red' as const, checks: [checkOf('build', 'failed')], missing: [] };
const green = { verdict: 'green' as const, checks: [checkOf('build', 'passed')], missing: [] };

async function published(given?: Parameters<typeof publishedOn>[1]) {
  const at = await publishedOn(shared(), given);
  const pushedAt = new Date(Date.now() - 120_000);
  await at.database.query.updateTable('pullRequests').set({ pushedAt }).execute();
  return at;
}

type Published = Awaited<ReturnType<typeof published>>;

/** Only this commit is red, and its log can be read. */
function failOn({ work }: Published, failing: string): void {
  Object.assign(work.forge, {
    readChecks: async ({ sha }: { sha: string }) => ({ ...(sha === failing ? red : green), sha }),
    readLog: async () => ({ text: 'FAIL a.test: expected 2, got 3\n', isCut: false, failedStep: 'npm test' }),
  });
}

test('R-SEN-5: fear: a reviewer presses Update branch and asks for a change at once, and another work order is paid for', async () => {
  const at = await published();
  const { database, work, order } = at;
  at.pushToHead({}, at.moveBase({ 'theirs.txt': 'theirs\n' }));
  at.said.report = green;
  Object.assign(work.forge, {
    readRemarks: async () => [lineOf({ key: 'line:1' })],
    mayWrite: async () => true,
  });
  await look(database, work.forge, { merge: 'green' });
  const all = database.query.selectFrom('workOrders').selectAll();
  expect(await all.where('projectId', '=', work.project.id).execute()).toHaveLength(1);
  expect(await order()).toMatchObject({ step: 'generating', run: 2 });
});

test('R-SEN-8: fear: what was found about the old base branch moves the change off the new one', async () => {
  const at = await published({ files: { 'leaked.txt': 'TOP=1\n' } });
  const { database, work, repository, url, pullRequest, order, row } = at;
  at.said.report = { verdict: 'running', checks: [checkOf('build', 'running')], missing: [] };
  repository.git('push', '--quiet', url, 'main:refs/heads/develop');
  const rewritten = at.rewriteBase({ 'README.md': 'clean\n' });
  Object.assign(pullRequest, { baseSha: rewritten });
  await database.query
    .updateTable('workOrders')
    .set({ heldBy: 'human:ada', heldAt: new Date() })
    .where('id', '=', work.order.id)
    .execute();
  await look(database, work.forge);
  expect(await row()).toMatchObject({ followed: { comparedBase: { isRewritten: true } } });
  await database.query
    .updateTable('workOrders')
    .set({ heldBy: null, heldAt: null })
    .where('id', '=', work.order.id)
    .execute();
  // The forge shows the new branch before it has looked for its commit.
  Object.assign(pullRequest, { baseBranch: 'develop', baseSha: null, mergeable: true });
  await look(database, work.forge);
  expect(await order()).toMatchObject({ step: 'awaiting_ci', run: 1, baseBranch: 'develop' });
});

test('R-SEN-8: fear: messages have used up the cycles in which a rewritten base branch is looked for', async () => {
  const at = await published({ agent: changing, files: { 'leaked.txt': 'TOP=1\n' } });
  const { database, work, repository, url, pullRequest, order, execute } = at;
  failOn(at, pullRequest.headSha);
  await look(database, work.forge);
  expect(await order()).toMatchObject({ step: 'generating', run: 2 });
  // As many cycles as messages may begin.
  await database.query
    .updateTable('runs')
    .set({ cycle: 9 })
    .where('workOrderId', '=', work.order.id)
    .where('number', '=', 2)
    .execute();
  let isRewritten = false;
  work.reached = (point) => {
    if (point !== 'verifying:end' || isRewritten) return;
    isRewritten = true;
    at.rewriteBase({ 'README.md': 'clean\n' });
  };
  await execute();
  expect(await order()).toMatchObject({ step: 'awaiting_ci' });
  repository.git('fetch', '--quiet', url, pullRequest.headBranch);
  expect(repository.git('ls-tree', '-r', '--name-only', 'FETCH_HEAD').split('\n')).toEqual([
    'README.md',
    'made.txt',
  ]);
});

test('R-REC-5: fear: an agent changes nothing about what CI said of the commits of others, and that counts as an answer', async () => {
  const at = await published({
    agent: 'test -f fmt.txt || echo new > made.txt; echo says success nothing to do',
  });
  const { database, work, order, execute } = at;
  failOn(at, at.pushToHead({ 'fmt.txt': 'formatted\n' }));
  await look(database, work.forge);
  await look(database, work.forge);
  const question = await openEscalationOf(database.query, work.order.id);
  if (!question) throw new Error('Nobody is asked');
  await answer({ database, clock: systemClock }, question, 'retry', { by: 'human:ada' });
  await execute();
  const events = await eventsOf(database.query, work.order.id);
  expect(events.map(({ kind }) => kind)).not.toContain('message.answered');
  expect(await order()).not.toMatchObject({ step: 'awaiting_ci' });
});

test.each(['merged', 'merged and reverted'] as const)(
  'R-SEN-8: fear: a change that was %s by hand before the next look counts as merged all the same',
  async (how) => {
    const at = await published();
    const { database, work, repository, url, pullRequest, order } = at;
    at.said.report = green;
    repository.git('fetch', '--quiet', url, pullRequest.headBranch);
    repository.git('checkout', '--quiet', '--detach', 'main');
    repository.git('merge', '--quiet', '--no-ff', '-m', 'Merged', 'FETCH_HEAD');
    if (how === 'merged and reverted') {
      repository.git('revert', '--no-edit', '-m', '1', 'HEAD');
      repository.commit({ 'more.txt': 'more\n' });
    }
    repository.git('push', '--quiet', url, 'HEAD:refs/heads/main');
    repository.git('checkout', '--quiet', 'main');
    await look(database, work.forge, { merge: 'green' });
    const isReverted = how === 'merged and reverted';
    expect(await order()).toMatchObject({
      status: 'completed',
      changedBecause: isReverted
        ? 'it was merged into its base branch by hand, and reverted there'
        : 'its base branch contains the change',
    });
    const events = await eventsOf(database.query, work.order.id);
    expect(events.some(({ kind }) => kind === 'pull_request.reverted')).toBe(isReverted);
  },
);
