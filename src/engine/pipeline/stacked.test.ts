// A stacked change: where it starts, what it follows, and what blocks it, on real git and rows (R-SPEC-5). The test
// decides what the forge answers.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { Verdict } from '../../domain/forge/forge.ts';
import { pullRequestOf } from '../../store/work/pull-requests/pull-requests.ts';
import { newestRunOf } from '../../store/work/runs/runs.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder, eventsOf } from '../../store/work/work-orders/work-orders.ts';
import { remotePlace } from '../run/remote-place.ts';
import { look } from '../sentinel/next/followed.fixture.ts';
import { restoreCommits } from '../workplace/worktree/restore-commits.ts';
import { executeRun } from './execute-run.ts';
import { atStep, type Given, proposalOf, type ScratchWork } from './scratch-pipeline.fixture.ts';
import { scriptedAgent } from './scripted-agent.fixture.ts';
import { scriptedModel } from './scripted-model.fixture.ts';

const shared = sharedDatabase();
const passes = [{ kind: 'test' as const, command: 'true', source: 'given' }];
const branchOf = { lower: 'moose/ab12-lower', upper: 'moose/cd34-upper' };
const writing = (files: Record<string, string>) =>
  `${Object.entries(files)
    .map(([path, text]) => `printf '${text}' > ${path}`)
    .join('; ')}; echo says success made it`;

/** Two planned work orders, the upper one stacked on the lower one; both have run to `awaiting_ci`. */
async function stack({
  lower = writing({ 'a.txt': 'one\\nTWO\\nthree\\n' }),
  upper = '',
  hasChecks = true,
} = {}) {
  const database = shared();
  await database.query.updateTable('pullRequests').set({ nextLookAt: null }).execute();
  const given = (agent: string): Given => ({
    agents: [scriptedAgent(agent)],
    models: [scriptedModel('p/a', ['first', 'second', 'third', 'fourth'].map(proposalOf))],
    orderSettings: { checks: passes },
  });
  const below = await atStep(database, 'routing', {
    ...given(lower),
    files: { 'a.txt': 'one\ntwo\nthree\n', 'README.md': 'hi\n' },
  });
  const { repository } = below;
  const { dataDirectory } = below.work.settings;
  const made = await atStep(database, 'routing', {
    ...given(upper || writing({ 'b.txt': 'upper\\n' })),
    beside: { repository, dataDirectory, branch: branchOf.upper },
  });
  const forge = below.work.forge;
  const verdicts = new Map<string, Verdict>();
  Object.assign(forge, {
    hasChecks,
    readChecks: async ({ sha }: { sha: string }) => ({
      verdict: verdicts.get(sha) ?? 'running',
      sha,
      checks: [],
      missing: [],
    }),
    mergePullRequest: async (number: number) => {
      const found = forge.pullRequests.find((each) => each.number === number);
      return Object.assign(found ?? {}, { state: 'merged', mergedSha: 'c'.repeat(40) });
    },
  });
  const works = { lower: below.work, upper: { ...made.work, forge, forges: { of: async () => forge } } };
  const ids = { lower: works.lower.order.id, upper: works.upper.order.id };
  await database.query
    .insertInto('workOrderDependencies')
    .values({ workOrderId: ids.upper, dependsOn: ids.lower })
    .execute();
  type Which = keyof typeof works;
  const execute = async (which: Which) => {
    const work: ScratchWork = works[which];
    const run = await newestRunOf(database.query, work.order.id);
    if (!run) throw new Error('There is no run');
    const host = { executorId: 'next', slots: work.slots, leg: run.leg };
    await executeRun(work, run.id, host, new AbortController().signal);
  };
  const order = (which: Which) => theWorkOrder(database, ids[which]);
  const row = (which: Which) => pullRequestOf(database.query, ids[which]);
  const { url } = await remotePlace(below.work.project, dataDirectory);
  const { git } = repository;
  const atRemote = (branch: string) => git('ls-remote', url, `refs/heads/${branch}`).split('\t')[0] ?? '';
  const headOf = async (which: Which) => atRemote((await order(which)).branch ?? '');
  const looks = async (times = 1) => {
    for (let count = 0; count < times; count++) await look(database, forge, { merge: 'never' });
  };
  /** What the forge does on a merge: `squash` combines the commits into one. */
  const mergeLower = async (how: 'merge' | 'squash') => {
    const head = await headOf('lower');
    git('fetch', '--quiet', url, 'refs/heads/main');
    git('checkout', '--quiet', '-B', 'merging', 'FETCH_HEAD');
    if (how === 'merge') git('merge', '--quiet', '--no-ff', '-m', 'Merge', head);
    else {
      git('merge', '--quiet', '--squash', head);
      git('commit', '--quiet', '-m', 'Squashed');
    }
    git('push', '--quiet', url, 'merging:refs/heads/main');
    const mergedSha = git('rev-parse', 'HEAD');
    git('checkout', '--quiet', 'main');
    const pull = forge.pullRequests[0];
    Object.assign(pull ?? {}, { state: 'merged', mergedSha });
    return mergedSha;
  };
  await execute('lower');
  return {
    database,
    forge,
    verdicts,
    works,
    ids,
    execute,
    order,
    row,
    git,
    url,
    atRemote,
    headOf,
    looks,
    mergeLower,
  };
}

const diffOf = (git: (...args: string[]) => string, from: string, to: string) =>
  git('diff', '--name-only', from, to).split('\n');

test('R-SPEC-5: it starts from the branch of what it depends on, its pull request goes there, and it is not merged, and not done, before that', async () => {
  const { execute, order, row, headOf, verdicts, looks, forge, git } = await stack();
  const lower = await order('lower');
  await execute('upper');
  const start = await headOf('lower');
  expect(await order('upper')).toMatchObject({
    step: 'awaiting_ci',
    baseBranch: lower.branch,
    baseSha: start,
    stackedOn: lower.id,
  });
  expect(forge.pullRequests).toMatchObject([{ baseBranch: 'main' }, { baseBranch: lower.branch }]);
  expect(diffOf(git, start, await headOf('upper'))).toEqual(['b.txt']);

  for (const which of ['lower', 'upper'] as const) verdicts.set(await headOf(which), 'green');
  await looks(2);
  expect(await order('lower')).toMatchObject({ status: 'completed' });
  expect(await order('upper')).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  expect(await row('upper')).toMatchObject({
    waitingFor: expect.stringMatching(
      /^It is based on pull request 1 of .*, which has to be merged first\.$/,
    ),
    followed: { readySha: await headOf('upper') },
  });
  expect(forge.pullRequests.map(({ state }) => state)).toEqual(['open', 'open']);
});

test('R-SPEC-5: when the lower one is merged, it is retargeted, and is done without another run', async () => {
  const { execute, order, row, headOf, verdicts, looks, forge, mergeLower, database, ids } = await stack();
  await execute('upper');
  for (const which of ['lower', 'upper'] as const) verdicts.set(await headOf(which), 'green');
  await mergeLower('merge');
  await looks(2);
  expect(forge.pullRequests).toMatchObject([{ state: 'merged' }, { state: 'open', baseBranch: 'main' }]);
  expect(await row('upper')).toMatchObject({ baseBranch: 'main' });
  expect(await order('upper')).toMatchObject({ status: 'completed', baseBranch: 'main', run: 1 });
  const kinds = (await eventsOf(database.query, ids.upper)).map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'pull_request.retargeted')).toHaveLength(1);
});

test('R-SPEC-5, fear: a squash of the lower one makes the upper one conflict, or brings its commits twice', async () => {
  const upper = writing({ 'a.txt': 'one\\nTWO and more\\nthree\\n', 'b.txt': 'upper\\n' });
  const { execute, order, headOf, verdicts, looks, mergeLower, git, url, forge, works } = await stack({
    upper,
  });
  await execute('upper');
  for (const which of ['lower', 'upper'] as const) verdicts.set(await headOf(which), 'green');
  const before = await headOf('upper');
  const squashed = await mergeLower('squash');
  await looks(2);
  expect(await order('upper')).toMatchObject({ step: 'generating', run: 2, refinementCycles: 0 });
  await execute('upper');
  const after = await headOf('upper');
  git('fetch', '--quiet', url, after);
  expect(await order('upper')).toMatchObject({ step: 'awaiting_ci', baseBranch: 'main', baseSha: squashed });
  expect(git('rev-list', '--count', `${squashed}..${after}`)).toBe('1');
  expect(git('show', `${after}:a.txt`)).toBe('one\nTWO and more\nthree');
  expect(git('rev-parse', `${before}^{tree}`)).toBe(git('rev-parse', `${after}^{tree}`));
  // No agent and no model made it, and it has one pull request.
  expect(forge.pullRequests).toMatchObject([{ state: 'merged' }, { headSha: after, baseBranch: 'main' }]);
  expect((await order('upper')).agentRuns).toBe(1);
  verdicts.set(after, 'green');
  await looks(2);
  expect(await order('upper')).toMatchObject({ status: 'completed', run: 2 });
  // A machine that only knows the old commits takes it over; somebody else's commit stays.
  const branch = (await order('upper')).branch ?? '';
  const there = { ...works.upper, order: await order('upper') };
  git('update-ref', `refs/heads/${branch}`, before);
  await restoreCommits(there, branch);
  expect(git('rev-parse', branch)).toBe(after);
  git('update-ref', `refs/heads/${branch}`, squashed);
  await expect(restoreCommits(there, branch)).resolves.toBeUndefined();
  git('update-ref', `refs/heads/${branch}`, git('commit-tree', '-m', 'By hand', `${squashed}^{tree}`));
  await expect(restoreCommits(there, branch)).rejects.toMatchObject({ code: 'BRANCH_MOVED' });
});

test('R-SPEC-5: when the lower one moves, it follows once that is verified again', async () => {
  const { database, execute, order, headOf, verdicts, looks, row, git, url } = await stack();
  await execute('upper');
  const [first, upper] = [await headOf('lower'), await headOf('upper')];
  // The lower one is refined: another commit on top of what was pushed.
  git('fetch', '--quiet', url, first);
  git('checkout', '--quiet', '--detach', first);
  const moved = git('commit-tree', '-p', first, '-m', 'Refined', git('write-tree'));
  git('push', '--quiet', url, `${moved}:refs/heads/${(await order('lower')).branch}`);
  git('checkout', '--quiet', 'main');
  const pushed = async (sha: string, readySha: string | null) => {
    const lower = await row('lower');
    const followed = JSON.stringify({ ...(lower?.followed as object), pushedSha: sha, readySha });
    await database.query
      .updateTable('pullRequests')
      .set({ followed, headSha: sha, nextLookAt: null })
      .where('workOrderId', '=', (await order('lower')).id)
      .execute();
  };
  await pushed(moved, null);
  await looks();
  expect(await order('upper')).toMatchObject({ run: 1, step: 'awaiting_ci' });
  await pushed(moved, moved);
  await looks();
  expect(await order('upper')).toMatchObject({ run: 2, step: 'generating', refinementCycles: 0 });
  await execute('upper');
  const after = await headOf('upper');
  git('fetch', '--quiet', url, after);
  expect(await order('upper')).toMatchObject({ step: 'awaiting_ci', baseSha: moved });
  git('merge-base', '--is-ancestor', moved, after);
  git('merge-base', '--is-ancestor', upper, after);
  expect(verdicts.size).toBe(0);
});

test.each([
  ['is closed', 'was closed without a merge'],
  ['is cancelled', 'is cancelled'],
  ['was reverted', 'was reverted after its merge'],
] as const)(
  'R-SPEC-5, fear: the lower one %s, and what stands on it is merged all the same',
  async (how, words) => {
    const { database, execute, order, headOf, verdicts, forge, row, ids } = await stack();
    await execute('upper');
    verdicts.set(await headOf('upper'), 'green');
    const lower = database.query.updateTable('pullRequests').where('workOrderId', '=', ids.lower);
    if (how === 'is closed') await lower.set({ state: 'closed', nextLookAt: null }).execute();
    if (how === 'was reverted')
      await lower.set({ state: 'merged', revertedSha: 'd'.repeat(40), nextLookAt: null }).execute();
    if (how === 'is cancelled') {
      await lower.set({ nextLookAt: null }).execute();
      await changeWorkOrder(
        database.query,
        ids.lower,
        {},
        {
          status: 'cancelled',
          changedBy: 'human:ada',
          changedBecause: 'cancelled',
        },
      );
    }
    await look(database, forge, { merge: 'green' });
    expect(await row('upper')).toMatchObject({
      waitingFor: expect.stringContaining(`${words}, so it is not merged`),
    });
    expect(await order('upper')).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
    expect(forge.pullRequests[1]).toMatchObject({ state: 'open' });
  },
);
