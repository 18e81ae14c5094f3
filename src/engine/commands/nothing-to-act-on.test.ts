// A person's request that cannot be fulfilled is refused with a code and advice, and nothing changes.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { ConfigurationError } from '../../domain/failure.ts';
import type { RunId } from '../../domain/ids.ts';
import type { StepResult } from '../../domain/work-order/step-result.ts';
import { commitAll } from '../../git/commit/commit.ts';
import {
  gitIn,
  scratchDirectory,
  scratchRepository,
  writeFiles,
} from '../../git/scratch-repository.fixture.ts';
import { ensureWorktree } from '../../git/worktree/worktree.ts';
import { systemClock } from '../../stdx/clock.ts';
import { commitUnclear } from '../../store/connection/database-failure.ts';
import type { Database } from '../../store/database.ts';
import { revokePolicy } from '../../store/failures/answer-policies.ts';
import { findEscalation } from '../../store/failures/escalations.ts';
import { findAlert } from '../../store/failures/listed-alerts.ts';
import { saveStepResult } from '../../store/work/runs/runs.ts';
import { stepResult } from '../../store/work/runs/step-results.fixture.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { intendEffect } from '../../store/work/sessions/effects.ts';
import { changeWorkOrder, recordEvent } from '../../store/work/work-orders/work-orders.ts';
import { otherModels } from '../pipeline/models/other-models.ts';
import type { Model } from '../ports/model.ts';
import { asking, by, to } from '../questions/asking.fixture.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { acceptChange } from './answers/accept-change.ts';
import { lookAtFix } from './answers/adopt-fix.ts';
import { answer } from './answers/answer.ts';
import { applyChoice } from './answers/apply-choice.ts';
import { askEscalations } from './answers/ask-escalations.ts';
import { keepAsPolicy } from './answers/keep-as-policy.ts';
import { cancelIn } from './cancel.ts';
import { merge } from './merge/merge.ts';
import { assertNoRun } from './start-run.ts';

const code = (text: string) => ({ code: text, advice: expect.any(String) });

test('R-PIPE-11: a work order without a pull request cannot be merged', async () => {
  const database = await testDatabase();
  const { forges, order, recovery, signal } = await scratchWork(database);
  const deps = { database, clock: systemClock, forges, recovery, signal };
  await expect(merge(deps, order, by)).rejects.toMatchObject(code('NO_PULL_REQUEST'));
  const withBranch = { ...order, branch: 'moose/gone' };
  await expect(merge(deps, withBranch, by)).rejects.toMatchObject(code('NO_PULL_REQUEST'));
});

test('R-ESC-4: a name that matches nothing, or several things, is not guessed', async () => {
  const database = await testDatabase();
  const { query } = database;
  for (const name of ['nothing', 'ffffffff', '12'])
    await expect(revokePolicy(query, name, by)).rejects.toMatchObject(code('POLICY_NOT_FOUND'));
  await expect(findAlert(query, 'ffffffff')).rejects.toMatchObject(code('ALERT_NOT_FOUND'));
  await expect(findEscalation(query, 'ffffffff')).rejects.toMatchObject(code('ESCALATION_NOT_FOUND'));
  const [first] = [await asking(database), await asking(database)];
  const beginning = first.id.replaceAll('-', '').slice(0, 6);
  await expect(findEscalation(query, beginning)).rejects.toMatchObject(code('ESCALATION_AMBIGUOUS'));
});

test('R-ESC-4: an answer to a question without a code applies only to this question', async () => {
  const database = await testDatabase();
  const asked = await asking(database);
  const escalation = { ...(await asked.question()), code: null };
  const [option] = escalation.options;
  if (!option) throw new Error('It has options');
  const { projectId } = asked;
  const kept = keepAsPolicy(database.query, escalation, { option, note: undefined, by }, projectId);
  await expect(kept).rejects.toMatchObject(code('ANSWER_NOT_A_POLICY'));
});

test('R-ESC-2: a process that accepts no reports says so', async () => {
  const database = await testDatabase();
  const questions = askEscalations({ database, clock: systemClock, actor: by });
  const given = { component: 'x', operation: 'x', error: new Error('x'), severity: 'critical' as const };
  expect(() => questions.report(given)).toThrow(expect.objectContaining(code('CRITICAL_ERRORS_NOT_TAKEN')));
});

test('R-ESC-3: a change that no check has judged cannot be accepted', async () => {
  const database = await testDatabase();
  const { workOrderId } = await asking(database);
  const order = await theWorkOrder(database, workOrderId);
  const accepted = acceptChange(database.query, { clock: systemClock }, order, by);
  await expect(accepted).rejects.toMatchObject(code('CHANGE_NOT_VERIFIED'));
});

test('R-PIPE-12: an event without a work order is an error, and not silently lost', async () => {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const of = { kind: 'x', actor: by };
  await recordEvent(database.query, { ...of, workOrderId });
  const nobody = '00000000-0000-7000-8000-000000000000' as typeof workOrderId;
  await expect(recordEvent(database.query, { ...of, workOrderId: nobody })).rejects.toThrow(TypeError);
});

test('R-FAIL-1: a commit of unknown outcome is a temporary failure that names the transaction', () => {
  expect(commitUnclear('4711', 'running')).toMatchObject({
    ...code('DATABASE_COMMIT_UNCLEAR'),
    category: 'transient',
  });
  expect(commitUnclear('4711', 'running').message).toContain('4711');
});

/** A work order with a worktree, and a commit of its agent on its branch. */
async function mended(database: Database) {
  const repository = scratchRepository({ 'a.txt': 'a\n' });
  const { workOrderId, runId } = await aWorkOrderAtWork(database, {
    step: 'verifying',
    repositoryPath: repository.path,
  });
  const branch = 'moose/1a2b3c4d-mend';
  const worktreePath = join(scratchDirectory(), 'mend');
  await ensureWorktree({
    repositoryPath: repository.path,
    worktreePath,
    branch,
    baseSha: repository.headSha,
  });
  const commit = (name: string) => {
    writeFiles(worktreePath, { [name]: name });
    gitIn(worktreePath, 'add', '--all');
    gitIn(worktreePath, 'commit', '--quiet', '-m', name);
    return gitIn(worktreePath, 'rev-parse', 'HEAD');
  };
  writeFiles(worktreePath, { 'b.txt': 'b' });
  const made = await commitAll({
    repositoryPath: repository.path,
    worktreePath,
    branch,
    expectedParent: repository.headSha,
    message: 'By the agent',
    trailers: { 'Moose-Work-Order': workOrderId },
  });
  const headSha = made?.sha ?? expect.unreachable();
  const save = <S extends 'routing' | 'applying'>(step: S, given: Partial<StepResult<S>>) => {
    const result = stepResult(step, given);
    return saveStepResult(database.query, {
      runId,
      workOrderId,
      step,
      cycle: 0,
      result,
      startedAt: new Date(),
    });
  };
  const detail = { worktreePath };
  const effect = { kind: 'worktree', key: `worktree:${workOrderId}`, detail } as const;
  await intendEffect(database.query, { ...effect, workOrderId, runId: runId as RunId });
  const order = await theWorkOrder(database, workOrderId);
  const look = () => lookAtFix(database, order, by);
  return { repository, worktreePath, branch, headSha, commit, save, look };
}

test('R-ESC-3: a fix by hand is adopted if it exists, is committed, and is based on the original base', async () => {
  const database = await testDatabase();
  const { repository, worktreePath, branch, headSha, commit, save, look } = await mended(database);
  await expect(look()).rejects.toMatchObject(code('FIX_MISSING'));
  await save('routing', { branch, baseSha: repository.headSha });
  await save('applying', { headSha });
  await expect(look()).rejects.toMatchObject(code('FIX_MISSING'));
  writeFiles(worktreePath, { 'c.txt': 'c' });
  await expect(look()).rejects.toMatchObject(code('FIX_NOT_COMMITTED'));
  const fixed = commit('c.txt');
  expect(await look()).toMatchObject({ applied: { headSha: fixed, changedFiles: 2 } });
  const elsewhere = repository.git('commit-tree', '-m', 'Elsewhere', 'HEAD^{tree}');
  repository.git('update-ref', `refs/heads/${branch}`, elsewhere);
  rmSync(worktreePath, { recursive: true });
  await expect(look()).rejects.toMatchObject(code('FIX_MOVED_BASE'));
  repository.git('update-ref', '-d', `refs/heads/${branch}`);
  await expect(look()).rejects.toMatchObject(code('FIX_MISSING'));
});

test('a work order that has ended meanwhile is not changed by a write that expects it in progress', async () => {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const change = { changedBy: by, changedBecause: 'x', status: 'cancelled' as const };
  expect(await changeWorkOrder(database.query, workOrderId, { status: 'completed' }, change)).toBe(false);
});

test('R-ESC-3: an option that needs a note does not start without one, nor does a fix that nobody has inspected', async () => {
  const database = await testDatabase();
  const asked = await asking(database);
  const order = await theWorkOrder(database, asked.workOrderId);
  const [option] = (await asked.question()).options;
  if (!option) throw new Error('It has options');
  const begin = (given: Partial<typeof option>) =>
    applyChoice(database.query, { clock: systemClock }, order, {
      option: { ...option, ...given },
      note: undefined,
      by,
    });
  await expect(begin({ kind: 'refine', needsNote: true })).rejects.toMatchObject(code('NOTE_NEEDED'));
  await expect(begin({ kind: 'fix_by_hand' })).rejects.toThrow(TypeError);
});

test('R-ESC-3: a question whose work order is gone starts nothing', async () => {
  const database = await testDatabase();
  const asked = await asking(database);
  const { query } = database;
  await query.updateTable('escalations').set({ workOrderId: null }).where('id', '=', asked.id).execute();
  const answered = answer({ database, clock: systemClock }, await asked.question(), 'retry', { by });
  await expect(answered).rejects.toMatchObject(code('ESCALATION_WITHOUT_WORK'));
  expect(await asked.question()).toMatchObject({ status: 'open', chosenOption: null });
});

test('R-PIPE-11: a cancel that is based on an outdated state does nothing', async () => {
  const database = await testDatabase();
  const { workOrderId } = await asking(database);
  const before = await theWorkOrder(database, workOrderId);
  await to(database, workOrderId, { status: 'in_progress', stepState: 'running' });
  const cancelled = database.transaction((query) => cancelIn(query, { clock: systemClock }, before, by));
  await expect(cancelled).rejects.toMatchObject({ name: 'PermanentError' });
  expect(await theWorkOrder(database, workOrderId)).toMatchObject({ status: 'in_progress' });
});

test('R-PIPE-4: a model that cannot be called here is not offered as another model; a bug is reported', async () => {
  const { settings } = await scratchWork(await testDatabase());
  const models = { light: ['p/a'], standard: ['p/b'], strong: ['p/c'] };
  const model = (name: string) => {
    if (name === 'p/c')
      throw new ConfigurationError({
        ...code('X'),
        component: 'x',
        operation: 'x',
        message: 'x',
        advice: 'x',
      });
    return { name } as Model;
  };
  expect(otherModels({ settings: { ...settings, models }, model }, 'p/a')).toEqual(['p/b']);
  const defect = () => {
    throw new RangeError('a defect');
  };
  expect(() => otherModels({ settings: { ...settings, models }, model: defect }, 'p/a')).toThrow(RangeError);
});

test('R-PIPE-11: while a run is open, no other run is started', async () => {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const order = await theWorkOrder(database, workOrderId);
  await expect(assertNoRun(database.query, order, 'retried')).rejects.toMatchObject(
    code('WORK_ORDER_AT_WORK'),
  );
});
