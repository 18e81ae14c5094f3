import { existsSync, renameSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { ConfigurationError, type MooseError, PermanentError } from '../../../domain/failure.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { addToCounters, updateRun } from '../../../store/work/runs/runs.ts';
import { recordFailure } from '../../errors/record-failure.ts';
import { dayOf, differences } from '../../run/budget/ledger-ground.fixture.ts';
import type { Work } from '../../run/work.ts';
import { decisionsOn, onRecord, questionsOf } from '../on-record.fixture.ts';
import { atStep, loseFence, rowsAt } from '../scratch-pipeline.fixture.ts';
import { scriptedModel } from '../scripted-model.fixture.ts';
import { endRun, startsExhausted } from './end-run.ts';

const shared = sharedDatabase();

const named = { component: 'models', operation: 'create' };

const failure = (given: Partial<ConstructorParameters<typeof PermanentError>[0]> = {}): MooseError =>
  new PermanentError({
    code: 'CHECK_FAILED',
    component: 'pipeline',
    operation: 'verify',
    message: 'The test a fails.',
    advice: 'Look at it.',
    failureClass: 'test_fail',
    ...given,
  });

const outcomesOf = ({ database, order }: Work) =>
  database.query.selectFrom('outcomeVectors').selectAll().where('workOrderId', '=', order.id).execute();

test('R-PIPE-9: before anything was created it fails immediately: reservation released, nothing left, a person is asked', async () => {
  const work = await rowsAt(shared(), 'generating');
  await endRun(work, { end: 'review', failure: failure() });
  const { order, run, effects } = await onRecord(work);
  expect(order).toMatchObject({
    status: 'failed',
    stepState: 'done',
    failureClass: 'test_fail',
    finishedAt: expect.any(Date),
    failure: { code: 'CHECK_FAILED', message: 'The test a fails.' },
  });
  expect(run).toMatchObject({ state: 'ended', outcome: 'CHECK_FAILED', endedAt: expect.any(Date) });
  expect(effects).toEqual(['hold undone']);
  expect(await dayOf(work.database)).toEqual([0n, 0n, 0n]);
  const [question] = await questionsOf(work);
  expect(question).toMatchObject({ code: 'CHECK_FAILED', status: 'open' });
  expect(question?.options.map(({ id }) => id)).toContain(question?.recommendedOption);
});

test('R-PIPE-9: later the work is kept: branch and worktree stay, and an undo is one of the options', async () => {
  const { work, worktreePath, repository, routed } = await atStep(shared(), 'verifying');
  await endRun(work, { end: 'review', failure: failure() });
  const { order, effects } = await onRecord(work);
  expect(order).toMatchObject({
    status: 'needs_review',
    stepState: 'manual_intervention_required',
    finishedAt: null,
  });
  expect(effects).toEqual(['hold undone', 'branch done', 'worktree done']);
  expect(existsSync(worktreePath)).toBe(true);
  expect(repository.git('rev-parse', routed.branch)).toMatch(/^[0-9a-f]{40}$/);
  const [question] = await questionsOf(work);
  expect(question?.options.map(({ kind }) => kind)).toContain('undo');
});

test('R-LRN-2, R-PIPE-15: the attempt is recorded as wasted, with who is to blame', async () => {
  const { work } = await atStep(shared(), 'verifying');
  const { query } = work.database;
  await sql`update work_orders set cost_nano_usd = 7 where id = ${work.order.id}`.execute(query);
  const owner = { runId: work.run.id, workOrderId: work.order.id, step: 'verifying', attempt: 1 } as const;
  await recordFailure(query, failure(), { ...owner, strategy: 'escalate' });
  await endRun(work, { end: 'review', failure: failure() });
  expect(await outcomesOf(work)).toMatchObject([
    {
      success: false,
      failureClass: 'test_fail',
      fault: 'work',
      costNanoUsd: 7n,
      errorContext: { step: 'verifying' },
    },
  ]);
  expect((await onRecord(work)).order.wastedNanoUsd).toBe(7n);
  const rows = query
    .selectFrom('errorEvents')
    .select('recoverySuccess')
    .where('workOrderId', '=', work.order.id);
  expect(await rows.execute()).toEqual([{ recoverySuccess: false }]);
  expect((await decisionsOn(work)).at(-1)).toMatchObject({
    kind: 'escalation',
    output: { options: expect.any(Array) },
  });
  expect(await differences(work.database)).toEqual([]);
});

test('a process that lost its run ends nothing and asks nobody', async () => {
  const work = await rowsAt(shared(), 'generating');
  await loseFence(work);
  const before = await onRecord(work);
  await expect(endRun(work, { end: 'review', failure: failure() })).rejects.toMatchObject({
    code: 'FENCE_LOST',
  });
  await expect(endRun(work, { end: 'cancelled' })).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(await onRecord(work)).toEqual(before);
  expect(await questionsOf(work)).toEqual([]);
  expect(await outcomesOf(work)).toEqual([]);
});

test('R-PIPE-1: Moose dies after the commit: the run has ended, and is not ended or asked about twice', async () => {
  const work = await rowsAt(shared(), 'generating');
  await endRun(work, { end: 'review', failure: failure() });
  const before = await onRecord(work);
  await expect(endRun(work, { end: 'review', failure: failure() })).rejects.toMatchObject({
    code: 'FENCE_LOST',
  });
  expect(await onRecord(work)).toEqual(before);
  expect(await questionsOf(work)).toHaveLength(1);
});

test('R-PIPE-12: a run that fails in the step which exceeds its limits is parked, even if nothing was created, and says why', async () => {
  const work = await rowsAt(shared(), 'generating');
  await addToCounters(work.database.query, work.order.id, { modelCalls: 1_000 });
  await endRun(work, {
    end: 'review',
    failure: failure({ message: 'The last check is red.' }),
    because: 'it was tried three times',
  });
  expect((await onRecord(work)).order).toMatchObject({
    status: 'needs_review',
    parkedAt: expect.any(Date),
    parkedBecause: expect.stringContaining('1000 model calls without any new verified fact'),
    failure: { message: 'The last check is red.' },
  });
  const [question] = await questionsOf(work);
  expect(question).toMatchObject({ code: 'CHECK_FAILED', recommendedOption: 'refine' });
  expect(question?.context.because).toMatch(
    /^it was tried three times; This work order used .*, so Moose parked it\.$/,
  );
});

test('R-PIPE-2: attempts that did not help are marked exhausted before the work needs a person', async () => {
  const { work } = await atStep(shared(), 'verifying');
  await endRun(work, {
    end: 'review',
    failure: failure(),
    because: '3 refinement cycles did not help',
    isExhausted: true,
  });
  const { database, order } = work;
  const states = await database.query
    .selectFrom('workOrderEvents')
    .select('toState')
    .where('workOrderId', '=', order.id)
    .where('kind', '=', 'transition')
    .orderBy('id')
    .execute();
  expect(JSON.stringify(states)).toContain('exhausted');
  expect((await onRecord(work)).order.stepState).toBe('manual_intervention_required');
});

test('R-ESC-1, fear: the outcome is permanently rejected, and nobody is ever asked', async () => {
  const work = await rowsAt(shared(), 'generating');
  const { query } = work.database;
  await sql`alter table outcome_vectors add constraint none_today check (false) not valid`.execute(query);
  try {
    await endRun(work, { end: 'review', failure: failure() });
  } finally {
    await sql`alter table outcome_vectors drop constraint none_today`.execute(query);
  }
  const [question] = await questionsOf(work);
  expect(question?.context).toMatchObject({ unwritten: [{ what: 'outcome', message: expect.any(String) }] });
  const { order, run, errors, effects } = await onRecord(work);
  expect([order.status, run.state]).toEqual(['failed', 'ended']);
  expect(effects).toEqual(['hold undone']);
  expect(errors).toHaveLength(1);
});

test('R-ESC-5: two work orders that lack the same program share one question', async () => {
  const missing = () =>
    failure({
      code: 'AGENT_PROGRAM_MISSING',
      metadata: { agent: 'scripted' },
      failureClass: 'dependency_missing',
    });
  const [first, second] = [await rowsAt(shared(), 'generating'), await rowsAt(shared(), 'generating')];
  for (const work of [first, second]) await endRun(work, { end: 'review', failure: missing() });
  const open = await first.database.query
    .selectFrom('escalations')
    .select('id')
    .where('groupKey', '=', 'cause:agent:scripted')
    .where('status', '=', 'open')
    .execute();
  expect(open).toHaveLength(1);
  // The advice of both work orders names the open question.
  const tail = open[0]?.id.slice(-6) ?? '';
  expect((await onRecord(second)).order.failure?.advice ?? tail).toContain(tail);
});

test('R-ESC-3: only models that can be called here are offered, and a bug in creating one does not count as a model', async () => {
  const models = ['p/a', 'p/b', 'p/c'].map((name) => scriptedModel(name));
  const work = await rowsAt(shared(), 'generating', { models });
  const model = (name: string) => {
    if (name === 'p/b')
      throw new ConfigurationError({ ...named, code: 'MODEL_KEY_MISSING', message: name, advice: 'Set it.' });
    return work.model(name);
  };
  await endRun({ ...work, model }, { end: 'review', failure: failure({ metadata: { model: 'p/a' } }) });
  const [question] = await questionsOf(work);
  const offered = question?.options.flatMap((option) => ('model' in option ? [option.model] : []));
  expect(offered).toContain('p/c');
  expect(offered).not.toContain('p/b');
  const broken = await rowsAt(shared(), 'generating', { models });
  const defect = () => {
    throw new RangeError('a defect');
  };
  await expect(endRun({ ...broken, model: defect }, { end: 'review', failure: failure() })).rejects.toThrow(
    RangeError,
  );
});

test('R-PIPE-9, R-PIPE-14: a cancel removes the worktree, keeps the branch, and releases the money', async () => {
  const { work, worktreePath, repository, routed } = await atStep(shared(), 'verifying');
  await endRun(work, { end: 'cancelled' });
  const { order, run, effects } = await onRecord(work);
  expect(order).toMatchObject({
    status: 'cancelled',
    stepState: 'done',
    changedBecause: 'cancelled by a person',
  });
  expect(run).toMatchObject({ state: 'ended', outcome: 'cancelled' });
  expect(effects).toEqual(['hold undone', 'branch done', 'worktree undone']);
  expect(existsSync(worktreePath)).toBe(false);
  expect(repository.git('rev-parse', routed.branch)).toMatch(/^[0-9a-f]{40}$/);
  expect(await dayOf(work.database)).toEqual([0n, 0n, 0n]);
  expect(await outcomesOf(work)).toMatchObject([{ success: false, failureClass: null, fault: 'person' }]);
});

test('R-PIPE-9, fear: what a cancel could not remove is forgotten', async () => {
  const { work, repository } = await atStep(shared(), 'verifying');
  renameSync(repository.path, `${repository.path}-elsewhere`);
  await endRun(work, { end: 'cancelled' });
  const { order, effects, errors } = await onRecord(work);
  expect(order.status).toBe('cancelled');
  expect(effects).toContain('worktree undo_failed');
  expect(errors.at(-1)).toMatchObject({ recoveryStrategy: 'escalate' });
  expect(await questionsOf(work)).toMatchObject([{ code: 'REPOSITORY_NOT_FOUND', status: 'open' }]);
});

test('R-PIPE-1: the failure of a step that repeatedly killed its process says how often', async () => {
  const work = await rowsAt(shared(), 'applying');
  await updateRun(work.database.query, work.run.id, { starts: 20 });
  const exhausted = startsExhausted({ ...work, run: { ...work.run, starts: 20 }, clock: systemClock });
  expect(exhausted).toMatchObject({
    code: 'TAKE_UPS_EXHAUSTED',
    message: expect.stringContaining('20 times'),
  });
  await endRun(work, { end: 'review', failure: exhausted });
  expect(await outcomesOf(work)).toMatchObject([{ fault: 'setting' }]);
});
