// A person cancels, retries and undoes, at convenient and at inconvenient moments.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openMoose } from '../../src/app/compose.ts';
import { shortId } from '../../src/domain/ids.ts';
import type { Step } from '../../src/domain/transitions.ts';
import { cloneDatabase } from '../database.ts';
import { type Ground, openGround, passes, writes } from './ground.fixture.ts';
import { leftovers, nothing } from './nothing-left.fixture.ts';
import {
  branches,
  commitFiles,
  git,
  giveOrigin,
  letPushes,
  makeRepository,
  preservedRefs,
  refusePushes,
} from './repository.fixture.ts';

let ground: Ground;
beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground.close());

const worktreeOf = (id: string) => `${ground.config.dataDirectory}/worktrees/${shortId(id)}`;

async function completed() {
  const repositoryPath = await makeRepository(`${ground.directory}/${crypto.randomUUID()}`);
  const origin = await giveOrigin(repositoryPath);
  const { id, title } = await ground.submit({ repositoryPath });
  const detail = await ground.settled(id);
  expect(detail.status).toBe('completed');
  return { id, title, repositoryPath, origin, branch: detail.branch ?? '' };
}

/** A work order whose branch the remote refuses, until the test fixes the remote. */
async function refused() {
  const repositoryPath = await makeRepository(`${ground.directory}/${crypto.randomUUID()}`);
  const origin = await giveOrigin(repositoryPath);
  await refusePushes(origin, 'No pushes on Fridays.');
  const { id, title } = await ground.submit({ repositoryPath });
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'needs_review', step: 'creating_pr' });
  return { id, title, repositoryPath, origin, detail, branch: detail.branch ?? '' };
}

test.concurrent('cancel while the agent runs: its process ends, and its branch and files are kept', async ({
  expect,
}) => {
  const { moose } = ground.opened;
  const { id, repositoryPath } = await ground.submit({ agent: 'claude-code', description: 'Behave: slow' });
  await expect
    .poll(async () => (await moose.view(id)).explain)
    .toContain('the agent claude-code has been running');
  await expect.poll(() => existsSync(`${worktreeOf(id)}/half.txt`)).toBe(true);
  await moose.cancel(id);
  const again = moose.cancel(id);
  expect(await again).toBe('stopping');
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'cancelled', step_state: 'done' });
  expect(detail.sessions).toMatchObject([{ state: 'stopped', end_reason: 'cancelled' }]);
  expect(existsSync(worktreeOf(id))).toBe(false);
  expect(await branches(repositoryPath)).toContain(detail.branch);
  const [kept] = await preservedRefs(repositoryPath);
  expect(await git(repositoryPath, 'show', `${kept}:half.txt`)).toBe('half');
  await expect(moose.cancel(id)).rejects.toMatchObject({ code: 'WORK_ORDER_OVER' });
});

test.concurrent('cancel during a pause of ten minutes takes only seconds', async ({ expect }) => {
  const { moose } = ground.opened;
  const { id } = await ground.submit({
    answer: () => ({ status: 429, body: { error: { message: 'slow' } }, headers: { 'retry-after': '600' } }),
  });
  await expect
    .poll(async () => (await moose.view(id)).explain)
    .toMatch(/^Paused at generating for .*, or tries it by /);
  await moose.cancel(id);
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled' });
});

test.concurrent('cancel of a work order that needs review removes its worktree, and undo removes the rest', async () => {
  const { moose } = ground.opened;
  const { id, repositoryPath, branch, detail } = await refused();
  expect(existsSync(worktreeOf(id))).toBe(true);
  expect(detail.escalation).not.toBeNull();
  expect(await moose.cancel(id)).toBe('cancelled');
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled', escalation: null });
  expect(existsSync(worktreeOf(id))).toBe(false);
  expect(await branches(repositoryPath)).toContain(branch);
  const head = await git(repositoryPath, 'rev-parse', branch);
  await moose.undo(id);
  await ground.settled(id);
  expect(await branches(repositoryPath)).toEqual(['main']);
  expect(await git(repositoryPath, 'for-each-ref', '--contains', head, '--format=%(refname)')).toBe(
    `refs/moose/preserved/${shortId(id)}`,
  );
});

test('cancel, retry and undo of a work order that has not begun', async () => {
  const database = await cloneDatabase();
  const opened = await openMoose({ ...ground.config, databaseUrl: database.url });
  try {
    const { moose } = opened;
    const repositoryPath = await makeRepository(`${ground.directory}/idle`);
    const { order } = await moose.submit({ title: 'Idle', repositoryPath, checks: passes });
    expect((await moose.view(order.id)).explain).toMatch(
      /^Waiting for .*: no Moose process is running; start one with `moose up`\.$/,
    );
    await expect(moose.retry(order.id, {})).rejects.toMatchObject({ code: 'WORK_ORDER_AT_WORK' });
    await expect(moose.undo(order.id)).rejects.toMatchObject({ code: 'WORK_ORDER_AT_WORK' });
    expect(await moose.cancel(order.id)).toBe('cancelled');
    expect(await moose.show(order.id)).toMatchObject({ status: 'cancelled', step: null });
    await expect(moose.cancel(order.id)).rejects.toMatchObject({ code: 'WORK_ORDER_OVER' });
    expect(await branches(repositoryPath)).toEqual(['main']);
  } finally {
    await opened.close();
    await database.drop();
  }
});

test.concurrent('undo of a completed work order: first the plan, then everything in it, and a repeat changes nothing', async () => {
  const { moose, forges } = ground.opened;
  const { id, repositoryPath, origin, branch } = await completed();
  expect(await branches(origin)).toContain(branch);
  const head = await git(repositoryPath, 'rev-parse', branch);
  expect((await moose.undoPlan(id)).map(({ kind, does }) => `${kind}: ${does}`)).toEqual([
    'pull_request: closes pull request 1',
    `push: deletes ${branch} on ${origin}, unless others have pushed to it`,
    `branch: deletes the local branch ${branch}, unless others have committed to it; its commits are kept under refs/moose/preserved/${shortId(id)}`,
  ]);
  const [first, second] = [await moose.undo(id), await moose.undo(id)];
  for (const { explain } of [first, second])
    expect(explain).toMatch(/^Undo requested \d+ s ago; it finishes automatically\.$/);
  await expect(moose.retry(id, {})).rejects.toMatchObject({
    code: expect.stringMatching(/INVALID_STATE|AT_WORK/),
  });
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled', escalation: null });
  const project = (await moose.find(id)).projectId;
  const forge = await forges.of(project);
  expect(await forge.findPullRequest({ headBranch: branch })).toMatchObject({ state: 'closed' });
  expect([await branches(repositoryPath), await branches(origin)]).toEqual([['main'], ['main']]);
  expect(await git(repositoryPath, 'rev-parse', `refs/moose/preserved/${shortId(id)}`)).toBe(head);
  expect(await moose.undoPlan(id)).toEqual([]);
  await moose.undo(id);
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled' });
});

test.concurrent('undo leaves commits of others alone, says so, and takes the rest once they are gone', async () => {
  const { moose } = ground.opened;
  const { id, repositoryPath, origin, branch } = await completed();
  const theirs = await pushAnother(repositoryPath, origin, branch);
  await moose.undo(id);
  const detail = await ground.settled(id);
  expect(detail).toMatchObject({ status: 'cancelled', failure: null, escalation: null });
  expect(detail.explain).toMatch(
    new RegExp(`: everything was undone except the branch ${branch} on .*, to which .* pushed: delete`),
  );
  expect(await git(origin, 'rev-parse', branch)).toBe(theirs);
  expect((await moose.undoPlan(id)).map(({ kind, state }) => [kind, state])).toEqual([['push', 'done']]);
  await git(origin, 'branch', '-D', branch);
  await moose.undo(id);
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled', escalation: null });
});

async function pushAnother(repositoryPath: string, origin: string, branch: string): Promise<string> {
  const clone = `${repositoryPath}-theirs`;
  await git(ground.directory, 'clone', '--quiet', '--branch', branch, origin, clone);
  const theirs = await commitFiles(clone, { 'theirs.txt': 'Theirs\n' }, 'Theirs');
  await git(clone, 'push', '--quiet', 'origin', branch);
  return theirs;
}

test.concurrent('undo of a work order with a merged pull request keeps the merge, as its plan says, and asks no question', async () => {
  const { moose } = ground.opened;
  const { id, origin } = await completed();
  await moose.merge(id);
  const merged = await git(origin, 'rev-parse', 'main');
  await moose.undo(id);
  expect(await ground.settled(id)).toMatchObject({ status: 'cancelled', failure: null, escalation: null });
  expect(await git(origin, 'rev-parse', 'main')).toBe(merged);
});

test.concurrent('retry of a completed work order is refused, and nothing changes', async () => {
  const { moose } = ground.opened;
  const { id } = await completed();
  await expect(moose.retry(id, { from: 'generating' })).rejects.toMatchObject({
    code: 'INVALID_STATE_TRANSITION',
    message: 'Invalid state transition: status completed → in_progress',
    advice: expect.stringContaining(`moose undo ${shortId(id)} --plan`),
  });
  expect(await moose.show(id)).toMatchObject({ status: 'completed', run: 1 });
});

const stepsOfRetry: Step[] = ['routing', 'generating', 'applying', 'verifying', 'creating_pr'];

test.concurrent.each(stepsOfRetry)(
  'retry from %s completes once the cause is fixed, even if the base has new commits',
  async (from) => {
    const { moose } = ground.opened;
    const { id, title, repositoryPath, origin, branch } = await refused();
    await expect(moose.retry(id, { from: 'tracking' })).rejects.toMatchObject({ code: 'STEP_NOT_REACHED' });
    ground.answer(title, () => writes('second.txt', 'Second\n'));
    await commitFiles(repositoryPath, { 'moved-on.txt': 'On\n' }, 'The base moves on');
    await letPushes(origin);
    await moose.retry(id, { from });
    const detail = await ground.settled(id);
    expect(detail).toMatchObject({ status: 'completed', failure: null, escalation: null });
    expect(await git(origin, 'rev-parse', branch)).toBe(await git(repositoryPath, 'rev-parse', branch));
    const changed = await git(repositoryPath, 'diff', '--name-only', `main...${branch}`);
    expect(changed.split('\n')).toHaveLength(from === 'routing' || from === 'generating' ? 2 : 1);
  },
);

test.concurrent('a note and another model are used in the next prompt, with the earlier failure', async () => {
  const { moose } = ground.opened;
  const prompts: string[] = [];
  const { id } = await ground.submit({
    checks: [
      {
        kind: 'test',
        command: 'grep -q Bonjour greeting.txt || { echo no French here; exit 1; }',
        source: 'given',
      },
    ],
    answer: ({ prompt }) => {
      prompts.push(prompt);
      return writes(
        'greeting.txt',
        prompt.includes('Say it in French') ? 'Bonjour\n' : `Hi ${prompts.length}\n`,
      );
    },
  });
  expect(await ground.settled(id)).toMatchObject({
    status: 'needs_review',
    failure: { code: 'CHECK_FAILED' },
  });
  await expect(moose.retry(id, { model: 'nobody/nothing' })).rejects.toMatchObject({
    code: 'MODEL_PROVIDER_UNKNOWN',
  });
  await expect(moose.retry(id, { agent: 'nobody' })).rejects.toMatchObject({ code: 'AGENT_UNKNOWN' });
  await moose.retry(id, { note: 'Say it in French.', model: 'scripted/strong' });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  expect(prompts.at(-1)).toContain('Say it in French.');
  expect(prompts.at(-1)).toContain('no French here');
  expect(
    ground.provider
      .calls()
      .filter(({ workOrderId }) => workOrderId === id)
      .at(-1)?.model,
  ).toBe('strong');
});

test('at the end no money is reserved, and no process or worktree is left', async () => {
  expect(await leftovers(ground.opened.database, ground.config.dataDirectory)).toEqual(nothing);
});
