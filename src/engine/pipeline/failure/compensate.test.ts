import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { PermanentError } from '../../../domain/failure.ts';
import type { StepResult } from '../../../domain/work-order/step-result.ts';
import { gitIn, scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { saveStepResult } from '../../../store/work/runs/runs.ts';
import { stepResult } from '../../../store/work/runs/step-results.fixture.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { effectsOf, intendEffect, markEffect } from '../../../store/work/sessions/effects.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { ensureWorktreePlace } from '../../workplace/worktree/worktree-place.ts';
import { decided } from '../scratch-pipeline.fixture.ts';
import { failed } from './failed-step.ts';

const unusable = () =>
  new PermanentError({
    code: 'MODEL_ANSWER_EMPTY',
    component: 'models',
    operation: 'generate',
    message: 'It gave no usable proposal.',
  });

/** A work order that fails in `generating` after an earlier cycle made its branch and worktree. */
async function secondCycle() {
  const repository = scratchRepository({ 'a.txt': 'a' });
  const work = await scratchWork(await testDatabase(), {
    step: 'generating',
    repositoryPath: repository.path,
    dataDirectory: scratchDirectory(),
  });
  const { headSha: baseSha } = repository;
  const branch = 'moose/ab12-x';
  const routed = stepResult('routing', { branch, baseSha });
  const keep = <S extends 'routing' | 'applying'>(step: S, given: Partial<StepResult<S>>) =>
    saveStepResult(work.database.query, {
      runId: work.run.id,
      workOrderId: work.order.id,
      cycle: 0,
      startedAt: new Date(),
      step,
      result: stepResult(step, given),
    });
  await keep('routing', routed);
  const { worktreePath } = await ensureWorktreePlace(work, routed, baseSha);
  const end = async () => {
    expect(await decided(failed, work, 'generating', unusable())).toBe('stop');
    const effects = await effectsOf(work.database.query, work.order.id);
    const order = await theWorkOrder(work.database, work.order.id);
    return { order, effects: effects.map(({ kind, state }) => `${kind} ${state}`).sort() };
  };
  const branches = () => gitIn(repository.path, 'branch', '--list', 'moose/*');
  return { work, repository, worktreePath, baseSha, keep, end, branches };
}

test('R-PIPE-9: an early failure undoes everything, if there is no change to keep', async () => {
  const { end, branches } = await secondCycle();
  const { order, effects } = await end();
  expect(order).toMatchObject({ status: 'failed', stepState: 'done' });
  expect(effects).toEqual(['branch undone', 'worktree undone']);
  expect(branches()).toBe('');
});

test('R-PIPE-9: a change of an earlier cycle is kept for a person', async () => {
  const { worktreePath, baseSha, keep, end, branches } = await secondCycle();
  gitIn(worktreePath, 'commit', '--quiet', '--allow-empty', '-m', 'The change');
  const headSha = gitIn(worktreePath, 'rev-parse', 'HEAD');
  expect(headSha).not.toBe(baseSha);
  await keep('applying', { headSha, outcome: 'changed', agent: 'patch' });
  const { order, effects } = await end();
  expect(order).toMatchObject({ status: 'needs_review', stepState: 'manual_intervention_required' });
  expect(effects).toEqual(['branch done', 'worktree done']);
  expect(branches()).toContain('moose/ab12-x');
});

test('R-PIPE-9: what cannot be undone is reported, and a person is asked', async () => {
  const { work, end } = await secondCycle();
  const key = 'branch:elsewhere';
  const detail = { repositoryPath: '/nowhere', branch: 'moose/lost' };
  const owner = { workOrderId: work.order.id, runId: work.run.id };
  await intendEffect(work.database.query, { ...owner, kind: 'branch', key, detail });
  await markEffect(work.database.query, key, 'done');
  const { order, effects } = await end();
  expect(order.status).toBe('needs_review');
  expect(effects).toContain('branch undo_failed');
  const { because } = await work.database.query
    .selectFrom('escalations')
    .select((eb) => eb.ref('context', '->>').key('because').as('because'))
    .where('workOrderId', '=', work.order.id)
    .executeTakeFirstOrThrow();
  expect(because).toContain('not everything could be undone');
});
