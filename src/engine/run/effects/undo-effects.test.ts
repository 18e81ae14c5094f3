import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import type { RunId, WorkOrderId } from '../../../domain/ids.ts';
import { gitIn, scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import type { EffectKind } from '../../../store/schema/row-kinds.ts';
import { saveStepResult } from '../../../store/work/runs/runs.ts';
import { stepResult } from '../../../store/work/runs/step-results.fixture.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { type Effect, effectsOf, intendEffect, markEffect } from '../../../store/work/sessions/effects.ts';
import { errorsOf } from '../../../store/work/work-orders/decisions.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { merge } from '../../commands/merge/merge.ts';
import { undoneBecause, undoSteps } from '../../commands/undo-words.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { reserveEnvelope } from '../budget/envelope.ts';
import type { Work } from '../work.ts';
import { undoEffects, undoPlan } from './undo-effects.ts';

const kinds: readonly EffectKind[] = ['pull_request', 'push', 'session', 'worktree', 'branch', 'hold'];

const states = async ({ database, order }: Work) =>
  (await effectsOf(database.query, order.id)).map(({ kind, state }) => `${kind} ${state}`);

async function did(
  { database, order, run }: Work,
  kind: EffectKind,
  detail: Record<string, unknown>,
  state: 'intended' | 'done' = 'done',
): Promise<void> {
  const key = `${kind}:${order.id}`;
  await intendEffect(database.query, { workOrderId: order.id, runId: run.id, kind, key, detail });
  await markEffect(database.query, key, state);
}

/** A work order with its branch in a repository, in a remote and in a pull request. */
async function published(step: 'creating_pr' | 'tracking' = 'creating_pr') {
  const repository = scratchRepository();
  const remotePath = join(scratchDirectory(), 'remote.git');
  repository.git('clone', '--quiet', '--bare', repository.path, remotePath);
  repository.git('remote', 'add', 'origin', remotePath);
  const branch = 'moose/12345678-mend-it';
  repository.git('checkout', '--quiet', '-b', branch);
  const headSha = repository.commit({ 'new.txt': 'new\n' });
  repository.git('checkout', '--quiet', 'main');
  repository.git('push', '--quiet', 'origin', branch);
  const database = await testDatabase();
  const work = await scratchWork(database, { step, repositoryPath: repository.path });
  const by = { changedBy: 'moose:this', changedBecause: 'test' };
  await changeWorkOrder(database.query, work.order.id, {}, { branch, ...by });
  work.order = await theWorkOrder(database, work.order.id);
  const draft = { title: 't', body: 'b', headBranch: branch, headSha, baseBranch: 'main', baseSha: headSha };
  await work.forge.openPullRequest({ ...draft, workOrderId: work.order.id });
  const remoteBranches = () => gitIn(remotePath, 'for-each-ref', '--format=%(refname:short)', 'refs/heads');
  return { work, repository, branch, headSha, remotePath, remoteBranches };
}

test('R-PIPE-9: what people see is undone first, what others depend on last, and the newest of each kind first', () => {
  const effect = fc.record({
    id: fc.bigInt({ min: 1n, max: 1_000n }),
    kind: fc.constantFrom(...kinds),
    state: fc.constantFrom('intended' as const, 'done' as const, 'undone' as const, 'undo_failed' as const),
  });
  const rest = { workOrderId: 'w' as WorkOrderId, runId: 'r' as RunId, key: 'k', detail: {} };
  const at = { createdAt: new Date(), updatedAt: new Date() };
  fc.assert(
    fc.property(fc.uniqueArray(effect, { selector: ({ id }) => id }), (some) => {
      const effects: Effect[] = some.map((each) => ({ ...each, ...rest, ...at }));
      const plan = undoPlan(effects);
      expect(plan.length).toBe(effects.filter(({ state }) => state !== 'undone').length);
      for (const [index, { kind, id }] of plan.entries()) {
        const next = plan[index + 1];
        if (!next) continue;
        expect(kinds.indexOf(kind)).toBeLessThanOrEqual(kinds.indexOf(next.kind));
        if (kind === next.kind) expect(id > next.id).toBe(true);
      }
      expect(undoPlan(effects, ['branch']).every(({ kind }) => kind === 'branch')).toBe(true);
    }),
  );
});

test('R-PIPE-9: everything is undone, and a second undo does nothing', async () => {
  const { work, repository, branch, headSha, remoteBranches } = await published();
  await did(work, 'push', { branch, sha: headSha });
  await did(work, 'branch', { repositoryPath: repository.path, branch });
  await did(work, 'pull_request', { projectId: work.project.id, number: 1 });
  await reserveEnvelope(work, { estimateNanoUsd: 1_000n, ceilingNanoUsd: null });
  expect(await undoEffects(work)).toEqual([]);
  expect(await states(work)).toEqual(['push undone', 'branch undone', 'pull_request undone', 'hold undone']);
  expect(work.forge.pullRequests).toMatchObject([{ state: 'closed' }]);
  expect(remoteBranches()).toBe('main');
  expect(repository.git('for-each-ref', '--format=%(refname:short)', 'refs/heads')).toBe('main');
  // R-PIPE-14: the commit is kept.
  expect(repository.git('for-each-ref', '--contains', headSha, '--format=%(refname)')).toMatch(
    /^refs\/moose\/preserved\//,
  );
  const held = await work.database.query.selectFrom('budgetWindows').select('heldNanoUsd').execute();
  for (const { heldNanoUsd } of held) expect(heldNanoUsd).toBe(0n);
  expect(await undoEffects(work)).toEqual([]);
});

test('fear: after a crash between a push and its record, the branch on the remote is forgotten', async () => {
  const { work, branch, headSha, remoteBranches } = await published();
  await did(work, 'push', { branch, remote: 'origin' }, 'intended');
  await applied(work, headSha);
  expect(await undoEffects(work)).toEqual([]);
  expect(remoteBranches()).toBe('main');
});

test('fear: after a crash between opening a pull request and recording its number, it stays open', async () => {
  const { work } = await published();
  await did(work, 'pull_request', { projectId: work.project.id }, 'intended');
  expect(await undoEffects(work)).toEqual([]);
  expect(work.forge.pullRequests).toMatchObject([{ state: 'closed' }]);
});

test('an effect that was intended but never done is undone by doing nothing', async () => {
  const work = await scratchWork(await testDatabase(), { repositoryPath: scratchRepository().path });
  await did(work, 'push', { branch: 'moose/12345678-mend-it' }, 'intended');
  await did(work, 'pull_request', { projectId: work.project.id }, 'intended');
  await did(work, 'branch', { repositoryPath: work.project.repositoryPath, branch: 'moose/x' }, 'intended');
  expect(await undoEffects(work)).toEqual([]);
  expect(await states(work)).toEqual(['push undone', 'pull_request undone', 'branch undone']);
});

const applied = (work: Work, headSha: string) =>
  saveStepResult(work.database.query, {
    runId: work.run.id,
    workOrderId: work.order.id,
    step: 'applying',
    cycle: 0,
    startedAt: new Date(),
    result: stepResult('applying', { headSha }),
  });

test('R-PIPE-9: fear: an undo takes away what a colleague pushed to the branch, or ends in an error', async () => {
  const { work, branch, headSha, repository, remoteBranches } = await published();
  repository.git('checkout', '--quiet', branch);
  const theirs = repository.commit({ 'theirs.txt': 'theirs\n' });
  repository.git('push', '--quiet', 'origin', branch);
  repository.git('checkout', '--quiet', 'main');
  repository.git('branch', '--force', branch, headSha);
  await did(work, 'push', { branch, sha: headSha, remote: 'origin' });
  await did(work, 'branch', { repositoryPath: repository.path, branch });
  await did(work, 'pull_request', { projectId: work.project.id, number: 1 });
  expect(await undoEffects(work)).toEqual([]);
  expect(await states(work)).toEqual(['push done', 'branch undone', 'pull_request undone']);
  expect(gitIn(repository.path, 'ls-remote', 'origin', branch)).toContain(theirs);
  const left = await effectsOf(work.database.query, work.order.id);
  expect(undoneBecause(left)).toMatch(
    new RegExp(`^everything was undone except the branch ${branch} on .*, to which Test pushed: delete`),
  );
  expect(undoSteps(left, work.order).map(({ does }) => does)).toEqual([
    expect.stringMatching(new RegExp(`^leaves the branch ${branch} on .*, to which Test pushed`)),
  ]);
  expect(await errorsOf(work.database.query, work.order.id)).toEqual([]);
  // Once the other commit is gone, another undo takes the rest.
  repository.git('push', '--quiet', '--force', 'origin', `${headSha}:refs/heads/${branch}`);
  expect(await undoEffects(work)).toEqual([]);
  expect(await states(work)).toEqual(['push undone', 'branch undone', 'pull_request undone']);
  expect(remoteBranches()).toBe('main');
  expect(undoneBecause(await effectsOf(work.database.query, work.order.id))).toBe('everything was undone');
});

test('R-PIPE-9: commits of others that Moose has taken in stay too, unless they are merged', async () => {
  const { work, branch, headSha, repository, remoteBranches } = await published();
  await did(work, 'push', { branch, sha: headSha, others: ['Ada'] });
  expect(await undoEffects(work)).toEqual([]);
  expect(remoteBranches()).toContain(branch);
  expect(undoneBecause(await effectsOf(work.database.query, work.order.id))).toContain('to which Ada pushed');
  repository.git('push', '--quiet', 'origin', `${headSha}:main`);
  work.order = { ...work.order, baseBranch: 'main' };
  expect(await undoEffects(work)).toEqual([]);
  expect(remoteBranches()).toBe('main');
});

test('R-PIPE-9: an undo deletes a branch that somebody has only brought to its base branch, or set back', async () => {
  for (const how of ['brought to its base', 'set back'] as const) {
    const { work, branch, headSha, repository, remoteBranches } = await published();
    const base = repository.commit({ 'base.txt': 'base\n' });
    repository.git('push', '--quiet', 'origin', `${base}:main`);
    repository.git('checkout', '--quiet', '--detach', headSha);
    repository.git('merge', '--quiet', '--no-edit', base);
    const tip = how === 'set back' ? `${headSha}~1` : 'HEAD';
    repository.git('push', '--quiet', '--force', 'origin', `${tip}:refs/heads/${branch}`);
    await did(work, 'push', { branch, sha: headSha });
    work.order = { ...work.order, baseBranch: 'main' };
    expect(await undoEffects(work)).toEqual([]);
    expect(remoteBranches(), how).toBe('main');
  }
});

test('R-PIPE-9: fear: an undo takes away what a person committed to the local branch', async () => {
  const { work, branch, headSha, repository } = await published();
  repository.git('checkout', '--quiet', branch);
  const theirs = repository.commit({ 'theirs.txt': 'theirs\n' });
  repository.git('checkout', '--quiet', 'main');
  await applied(work, headSha);
  await did(work, 'branch', { repositoryPath: repository.path, branch });
  expect(await undoEffects(work)).toEqual([]);
  expect(repository.git('rev-parse', branch)).toBe(theirs);
  expect(await states(work)).toEqual(['branch done']);
  expect(undoneBecause(await effectsOf(work.database.query, work.order.id))).toContain(
    `the local branch ${branch}, to which Test committed`,
  );
});

test('fear: after a crash between a commit and its record, the undo takes it for the commit of somebody else', async () => {
  const { work, branch, headSha, repository } = await published();
  await applied(work, headSha);
  repository.git('checkout', '--quiet', branch);
  repository.write({ 'next.txt': 'next\n' });
  repository.git('add', '--all');
  const person = ['-c', 'user.name=Moose', '-c', 'user.email=moose@localhost'];
  const message = `Next\n\nMoose-Work-Order: ${work.order.id}\nMoose-Cycle: 1.1`;
  repository.git(...person, 'commit', '--quiet', '-m', message);
  repository.git('checkout', '--quiet', 'main');
  await did(work, 'branch', { repositoryPath: repository.path, branch });
  expect(await undoEffects(work)).toEqual([]);
  expect(await states(work)).toEqual(['branch undone']);
  // A person who amends it keeps its last lines.
  repository.git('checkout', '--quiet', '-b', branch, headSha);
  repository.write({ 'next.txt': 'amended\n' });
  repository.git('add', '--all');
  const ada = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  repository.git(...ada, 'commit', '--quiet', '-m', message);
  repository.git('checkout', '--quiet', 'main');
  await did(work, 'branch', { repositoryPath: repository.path, branch });
  await undoEffects(work, ['branch']);
  expect(repository.git('branch', '--list', branch)).toContain(branch);
});

test('a process that no longer carries out the run stops undoing, and says so', async () => {
  const { work, branch, headSha } = await published();
  await did(work, 'push', { branch, sha: headSha });
  work.run.fence -= 1;
  await expect(undoEffects(work)).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(await states(work)).toEqual(['push done']);
});

test('R-PIPE-9: before undoing merged work, it is said that the merge stays; it ends without a question', async () => {
  const { work, branch, headSha } = await published();
  const { number } = work.forge.pullRequests[0] ?? { number: 0 };
  await did(work, 'pull_request', { projectId: work.project.id, number });
  await did(work, 'push', { branch, sha: headSha });
  const { database, forge, forges, clock, recovery } = work;
  await merge({ database, forges, clock, recovery, signal: work.signal }, work.order, 'human:me');
  const [first] = undoSteps(await effectsOf(database.query, work.order.id), work.order);
  expect(first?.does).toBe(`leaves pull request ${number}, which is merged: revert it yourself`);
  forge.closePullRequest = () => Promise.reject(new Error('A merged pull request cannot be closed'));
  expect(await undoEffects(work)).toEqual([]);
  expect(await states(work)).toEqual(['pull_request undone', 'push undone']);
});

test('R-PIPE-9: fear: the remote is another repository now, and an undo closes the pull request of somebody else', async () => {
  const { work } = await published();
  const { number } = work.forge.pullRequests[0] ?? { number: 0 };
  await did(work, 'pull_request', { projectId: work.project.id, number });
  Object.assign(work.forge.pullRequests[0] ?? {}, { headBranch: 'theirs' });
  expect(await undoEffects(work)).toMatchObject([{ code: 'PULL_REQUEST_ELSEWHERE' }]);
  expect(work.forge.pullRequests).toMatchObject([{ state: 'open' }]);
  expect(await states(work)).toEqual(['pull_request undo_failed']);
});
