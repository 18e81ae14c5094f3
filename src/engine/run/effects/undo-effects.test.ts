import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import type { RunId, WorkOrderId } from '../../../domain/ids.ts';
import { gitIn, scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import type { EffectKind } from '../../../store/schema/column-shapes.ts';
import { saveStepResult } from '../../../store/work/runs/runs.ts';
import { stepResult } from '../../../store/work/runs/step-results.fixture.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { type Effect, effectsOf, intendEffect, markEffect } from '../../../store/work/sessions/effects.ts';
import { errorsOf } from '../../../store/work/work-orders/decisions.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { merge } from '../../commands/merge/merge.ts';
import { undoSteps } from '../../commands/undo-words.ts';
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
  await saveStepResult(work.database.query, {
    runId: work.run.id,
    workOrderId: work.order.id,
    step: 'applying',
    cycle: 0,
    startedAt: new Date(),
    result: stepResult('applying', { headSha }),
  });
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

test('R-PIPE-9: an effect that cannot be undone is recorded and stays on the list; the others are undone', async () => {
  const { work, branch, headSha, repository, remoteBranches } = await published();
  // Somebody else has added to the branch: it is no longer only Moose's.
  repository.git('checkout', '--quiet', branch);
  const theirs = repository.commit({ 'theirs.txt': 'theirs\n' });
  repository.git('push', '--quiet', 'origin', branch);
  await did(work, 'push', { branch, sha: headSha });
  await did(work, 'pull_request', { projectId: work.project.id, number: 1 });
  const failures = await undoEffects(work);
  expect(failures.map(({ code }) => code)).toEqual(['BRANCH_MOVED']);
  expect(await states(work)).toEqual(['push undo_failed', 'pull_request undone']);
  expect(remoteBranches()).toContain(branch);
  const [push] = await effectsOf(work.database.query, work.order.id);
  expect(push?.detail).toMatchObject({ branch, sha: headSha, problem: failures[0]?.message });
  const errors = await errorsOf(work.database.query, work.order.id);
  expect(errors.at(-1)).toMatchObject({ errorType: 'BRANCH_MOVED', recoveryStrategy: 'escalate' });
  expect(theirs).not.toBe(headSha);
  // Once the other commit is gone, the undo can continue.
  repository.git('push', '--quiet', '--force', 'origin', `${headSha}:refs/heads/${branch}`);
  expect(await undoEffects(work)).toEqual([]);
  expect(await states(work)).toEqual(['push undone', 'pull_request undone']);
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
  await merge({ database, forges, clock, recovery }, work.order, 'human:me');
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
