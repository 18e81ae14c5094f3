import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { ExternalServiceError, TransientError } from '../../../domain/failure.ts';
import { gitIn, scratchDirectory, writeScript } from '../../../git/scratch-repository.fixture.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import { effectsOf } from '../../../store/work/sessions/effects.ts';
import type { Forge } from '../../ports/forge.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { onRecord } from '../on-record.fixture.ts';
import {
  atStep,
  claimedAgain,
  type Given,
  type Ground,
  leave,
  loseFence,
  verifiedAs,
} from '../scratch-pipeline.fixture.ts';
import { creatingPr } from './creating-pr.ts';
import { forgeWith, type WithOrigin, withOriginOn } from './with-origin.fixture.ts';

const shared = sharedDatabase();

const withOrigin = (given?: Given) => withOriginOn(shared(), given);

const headOf = ({ repository, routed }: Ground) => repository.git('rev-parse', routed.branch);

/** Pushes somebody else's commit to the work order's branch on the remote; returns its hash. */
function theirs({ repository, origin, routed }: WithOrigin): string {
  const tree = repository.git('rev-parse', 'main^{tree}');
  const sha = repository.git('commit-tree', '-p', 'main', '-m', 'Theirs', tree);
  repository.git('push', '--quiet', '--force', origin, `${sha}:refs/heads/${routed.branch}`);
  return sha;
}

const numberOf = (end: StepEnd<'creating_pr'>) => (end.end === 'done' ? end.result.number : null);

const awayFrom = () =>
  new TransientError({
    code: 'FORGE_AWAY',
    component: 'forge',
    operation: 'open',
    message: 'The forge is away.',
  });

test('R-PIPE-7: the branch is pushed, the pull request describes the change, and its head is a fact', async () => {
  const at = await withOrigin();
  const { work } = at;
  const end = await creatingPr(work);
  const sha = headOf(at);
  expect(at.there()).toBe(sha);
  expect(end).toMatchObject({
    end: 'done',
    result: { number: 1, headSha: sha, remote: at.origin },
    facts: [`pull_request:1:${sha}`],
    learned: { pullRequestUrl: 'memory:1' },
  });
  expect(work.forge.pullRequests).toMatchObject([{ title: 'Mend it', headSha: sha, baseBranch: 'main' }]);
  expect(work.forge.pullRequests[0]?.body).toContain('`true`');
  expect((await onRecord(work)).effects).toEqual(expect.arrayContaining(['push done', 'pull_request done']));
});

test('R-PIPE-7: the text fits the limits of the forge, and no section is lost as a whole', async () => {
  const { work } = await withOrigin();
  const limits = { bodyChars: 900, titleChars: 20 };
  const order = { ...work.order, title: 'T'.repeat(100), description: 'It is broken.\n'.repeat(500) };
  await creatingPr({ ...forgeWith(work, { limits }), order });
  const [made] = work.forge.pullRequests;
  expect(made?.title).toBe('T'.repeat(20));
  expect(made?.body.length).toBeLessThanOrEqual(900);
  for (const section of ['## Asked', '## Checks', '## Cost']) expect(made?.body).toContain(section);
});

test('R-PIPE-7: without a remote, Moose creates one, and keeps it when its data directory moves', async () => {
  const { work } = await atStep(shared(), 'creating_pr');
  await creatingPr(work);
  const { settings: kept } = await projectById(work.database.query, work.project.id);
  const project = { ...work.project, settings: kept };
  expect(project.settings.remote_path).toContain(work.settings.dataDirectory);
  const elsewhere = { ...work.settings, dataDirectory: scratchDirectory() };
  const end = await creatingPr(await claimedAgain(work, { project, settings: elsewhere }));
  expect(end).toMatchObject({ result: { remote: project.settings.remote_path } });
});

test('R-PIPE-7: fear: without a remote, a repository with SHA-256 hashes cannot be pushed', async () => {
  const { work } = await atStep(shared(), 'creating_pr', { objectFormat: 'sha256' });
  await creatingPr(work);
  expect(work.forge.pullRequests).toMatchObject([{ headSha: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
});

test.each(['push:intended', 'push:acted', 'pull_request:intended', 'pull_request:acted'])(
  'R-PIPE-1, R-PIPE-7: if Moose dies at %s, there is one push and one pull request',
  async (diesAt) => {
    const at = await withOrigin({ diesAt });
    await expect(creatingPr(at.work)).rejects.toThrow('Moose died');
    expect(numberOf(await creatingPr(await claimedAgain(at.work)))).toBe(1);
    expect(at.work.forge.pullRequests).toHaveLength(1);
    expect(at.there()).toBe(headOf(at));
    expect((await onRecord(at.work)).effects.filter((effect) => /^pu/.test(effect))).toEqual([
      'push done',
      'pull_request done',
    ]);
  },
);

test('R-PIPE-14: a branch of the same name that somebody else pushed is not overwritten, and no pull request is opened', async () => {
  const at = await withOrigin();
  const sha = theirs(at);
  await expect(creatingPr(at.work)).rejects.toMatchObject({ code: 'REMOTE_REJECTED' });
  expect(at.there()).toBe(sha);
  expect(at.work.forge.pullRequests).toEqual([]);
  expect((await onRecord(at.work)).effects).toContain('push intended');
});

/** Adds the next cycle's commit on top of what was published. */
async function nextCycle({ work, repository, routed }: Ground): Promise<string> {
  const tree = repository.git('rev-parse', `${routed.branch}^{tree}`);
  const headSha = repository.git('commit-tree', '-p', routed.branch, '-m', 'Mend it', tree);
  repository.git('update-ref', `refs/heads/${routed.branch}`, headSha);
  const next = { ...work, run: { ...work.run, cycle: 1 } };
  await leave(next, 'applying', { headSha, treeSha: tree, agent: 'scripted', outcome: 'changed' });
  await leave(next, 'verifying', verifiedAs({ treeSha: tree }));
  return headSha;
}

test('R-PIPE-7: a later cycle updates the existing branch and pull request', async () => {
  const at = await withOrigin();
  await creatingPr(at.work);
  const sha = await nextCycle(at);
  expect(await creatingPr(await claimedAgain(at.work))).toMatchObject({ facts: [`pull_request:1:${sha}`] });
  expect(at.there()).toBe(sha);
});

test('fear: a person merges the pull request before Moose has recorded it, and Moose opens it again', async () => {
  const at = await withOrigin();
  await creatingPr(at.work);
  Object.assign(at.work.forge.pullRequests[0] ?? {}, { state: 'merged', mergedSha: 'c'.repeat(40) });
  gitIn(at.origin, 'branch', '-D', at.routed.branch);
  expect(await creatingPr(await claimedAgain(at.work))).toMatchObject({ end: 'done', result: { number: 1 } });
  expect(at.work.forge.pullRequests).toHaveLength(1);
});

test("R-PIPE-14: a person's commit on top of the pull request stays, and the work order does not push over it", async () => {
  const at = await withOrigin();
  await creatingPr(at.work);
  const sha = theirs(at);
  await nextCycle(at);
  // Another cycle brings the change there.
  expect(await creatingPr(await claimedAgain(at.work))).toEqual({
    end: 'again',
    because: `others pushed to ${at.routed.branch}`,
  });
  expect(at.there()).toBe(sha);
  const [push] = (await effectsOf(at.work.database.query, at.work.order.id)).filter(
    ({ kind }) => kind === 'push',
  );
  // The commit that Moose itself pushed last is still known: the undo deletes only that.
  expect(push).toMatchObject({ state: 'done', detail: { sha: at.work.forge.pullRequests[0]?.headSha } });
});

test('R-PIPE-7: if somebody moves the branch right after the push, the pull request is not opened on their commit', async () => {
  const at = await withOrigin();
  const reached = (point: string) => void (point === 'push:acted' && theirs(at));
  await expect(creatingPr({ ...at.work, reached })).rejects.toMatchObject({
    code: 'PUSH_NOT_AS_WRITTEN',
    category: 'transient',
  });
  expect(at.work.forge.pullRequests).toEqual([]);
});

test('R-PIPE-7: if the base branch is gone from the remote, the push stays and the reason is reported', async () => {
  const at = await withOrigin();
  gitIn(at.origin, 'branch', 'other', 'main');
  gitIn(at.origin, 'branch', '-D', 'main');
  await expect(creatingPr(at.work)).rejects.toMatchObject({
    code: 'BASE_BRANCH_MISSING',
    category: 'transient',
    metadata: { otherBases: ['other'] },
  });
  expect(at.there()).toBe(headOf(at));
  expect(at.work.forge.pullRequests).toEqual([]);
});

test('R-ESC-3: a pull request that its forge closed with the base branch is asked about as that, not as closed by a person', async () => {
  const at = await withOrigin();
  expect(await creatingPr(at.work)).toMatchObject({ end: 'done' });
  Object.assign(at.work.forge.pullRequests[0] ?? {}, { state: 'closed' });
  await expect(creatingPr(at.work)).rejects.toMatchObject({ code: 'PULL_REQUEST_ENDED' });
  gitIn(at.origin, 'branch', 'other', 'main');
  gitIn(at.origin, 'branch', '-D', 'main');
  await expect(creatingPr(at.work)).rejects.toMatchObject({
    code: 'BASE_BRANCH_MISSING',
    metadata: { otherBases: ['other'] },
  });
});

test('R-ESC-3: fear: others pushed, the base branch was deleted too, and no answer can publish what the remote refuses', async () => {
  const at = await withOrigin();
  await creatingPr(at.work);
  const sha = theirs(at);
  await nextCycle(at);
  gitIn(at.origin, 'branch', 'other', 'main');
  gitIn(at.origin, 'branch', '-D', 'main');
  await expect(creatingPr(await claimedAgain(at.work))).rejects.toMatchObject({
    code: 'BASE_BRANCH_MISSING',
    metadata: { otherBases: ['other'] },
  });
  expect(at.there()).toBe(sha);
});

test("R-PIPE-7: a push that the remote rejects is a failure with the remote's message", async () => {
  const at = await withOrigin();
  writeScript(join(at.origin, 'hooks', 'pre-receive'), 'echo "protected by policy 12" >&2; exit 1');
  const failure: unknown = await creatingPr(at.work).catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ code: 'REMOTE_REJECTED' });
  expect(JSON.stringify(failure)).toContain('policy 12');
});

test('R-PIPE-7: without the remote, no pull request is opened', async () => {
  const at = await withOrigin();
  at.repository.git('remote', 'set-url', 'origin', join(at.origin, 'gone'));
  await expect(creatingPr(at.work)).rejects.toMatchObject({ component: 'git' });
  expect(at.work.forge.pullRequests).toEqual([]);
});

test('R-REC-1: a temporary failure of the forge is retried immediately, and there is one pull request', async () => {
  const { work } = await withOrigin();
  let failures = 2;
  const openPullRequest: Forge['openPullRequest'] = async (draft) => {
    // The first attempt opens the pull request, but its answer is lost.
    const opened = await work.forge.openPullRequest(draft);
    if (failures-- > 0) throw awayFrom();
    return opened;
  };
  expect(numberOf(await creatingPr(forgeWith(work, { openPullRequest })))).toBe(1);
  expect(work.forge.pullRequests).toHaveLength(1);
});

test.each<[string, () => Error, number]>([
  ['is away', awayFrom, 4],
  [
    'refuses',
    () =>
      new ExternalServiceError({
        code: 'FORGE_REFUSED',
        component: 'forge',
        operation: 'open',
        message: 'No.',
        retryable: false,
      }),
    1,
  ],
])(
  'R-PIPE-9: a forge that %s leaves the push recorded, to be undone or used later',
  async (_, failure, times) => {
    const at = await withOrigin();
    let calls = 0;
    const openPullRequest = () => {
      calls += 1;
      return Promise.reject(failure());
    };
    await expect(creatingPr(forgeWith(at.work, { openPullRequest }))).rejects.toMatchObject({
      component: 'forge',
    });
    expect(calls).toBe(times);
    expect((await onRecord(at.work)).effects).toEqual(
      expect.arrayContaining(['push done', 'pull_request intended']),
    );
    expect(numberOf(await creatingPr(await claimedAgain(at.work)))).toBe(1);
  },
);

test.each<[string, Forge['findPullRequest']]>([
  [
    'shows another commit',
    async () => ({ headSha: 'a'.repeat(40) }) as Awaited<ReturnType<Forge['findPullRequest']>>,
  ],
  ['does not exist', async () => null],
])('R-PIPE-7: a pull request that %s when it is read back is not a success', async (_, findPullRequest) => {
  const { work } = await withOrigin();
  await expect(creatingPr(forgeWith(work, { findPullRequest }))).rejects.toMatchObject({
    code: 'PULL_REQUEST_NOT_AS_WRITTEN',
    category: 'transient',
  });
});

test('a process that lost its run pushes nothing', async () => {
  const at = await withOrigin();
  await loseFence(at.work);
  await expect(creatingPr(at.work)).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(at.there()).toBe('');
  expect((await onRecord(at.work)).effects.some((effect) => effect.startsWith('push'))).toBe(false);
});

test('a process that loses its run between push and pull request opens none, and its push is recorded', async () => {
  const at = await withOrigin();
  const { work } = at;
  const lost: Work = {
    ...work,
    database: Object.assign(Object.create(work.database), {
      run: async (...given: Parameters<Work['database']['run']>) => {
        if (at.there() !== '') await loseFence(work);
        return work.database.run(...given);
      },
    }) as Work['database'],
  };
  await expect(creatingPr(lost)).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(work.forge.pullRequests).toEqual([]);
  expect((await onRecord(work)).effects).toContain('push intended');
});
