import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { TransientError } from '../../../domain/failure.ts';
import { newId, type RunId } from '../../../domain/ids.ts';
import type { VerifyingResult } from '../../../domain/work-order/step-result.ts';
import { newestStepResult } from '../../../store/work/runs/runs.ts';
import { applying } from '../applying/applying.ts';
import { refine } from '../execute-run.ts';
import { onRecord } from '../on-record.fixture.ts';
import { atStep, claimedAgain, decided, type Given } from '../scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../scripted-agent.fixture.ts';
import { type Answer, scriptedModel } from '../scripted-model.fixture.ts';
import { verifying } from '../verifying/verifying.ts';
import { reviewedChange } from './review-change.ts';

const shared = sharedDatabase();

const approves = { verdict: 'approve', findings: [] };
const revises = { verdict: 'revise', findings: ['It forgets the empty line.'] };

async function ground(answers: readonly Answer[], given: Given & { check?: string } = {}) {
  const { check = 'true', ...others } = given;
  const reviewer = scriptedModel('a/reviewer', answers);
  const at = await atStep(shared(), 'verifying', {
    agents: [scriptedAgent('echo says success I see nothing to change', { writesCode: true })],
    models: [reviewer],
    settings: { reviewer: 'a/reviewer' },
    ...others,
  });
  at.work.project.settings.checks = [{ kind: 'test', command: check, source: 'given' }];
  return { ...at, reviewer };
}

test('R-REC-4: a second model sees what a coding agent changed, and what it finds goes back with another cycle', async () => {
  const { work, reviewer } = await ground([revises]);
  const end = await verifying(work);
  expect(end).toMatchObject({
    end: 'refine',
    failure: {
      code: 'REVIEW_REQUESTS_CHANGES',
      message: expect.stringContaining('It forgets the empty line.'),
    },
    result: {
      isVerified: true,
      review: { reviewer: 'a/reviewer', ...revises },
      feedback: { output: '- It forgets the empty line.' },
    },
  });
  expect(reviewer.prompts).toHaveLength(1);
  expect(reviewer.prompts[0]).toMatch(/to be reviewed\n`{3}\n[\s\S]*\+new\n/);
  if (end.end !== 'refine') return;
  expect(await decided(refine, work, 'verifying', end, new Date())).toBe('go on');
  const { run, kinds, errors } = await onRecord(work);
  expect(run.cycle).toBe(1);
  expect(kinds).toContain('change.reviewed');
  expect(errors).toMatchObject([{ errorType: 'REVIEW_REQUESTS_CHANGES', recoveryStrategy: 'refine' }]);
});

test('R-REC-4: an approved change goes on, and says who approved it', async () => {
  const { work } = await ground([approves]);
  expect(await verifying(work)).toMatchObject({
    end: 'done',
    result: { isVerified: true, review: { reviewer: 'a/reviewer', ...approves } },
  });
});

test('R-PROJ-2: the reviewer of the project’s file is asked, or nobody if it says so', async () => {
  const { work, reviewer, routed } = await ground([approves], { settings: { reviewer: 'a/another' } });
  const applied = await newestStepResult(work.database.query, work.order.id, 'applying');
  if (!applied) throw new Error('Nothing was applied');
  expect(await reviewedChange(work, { ...routed, reviewer: null }, applied)).toBeNull();
  const reviewed = await reviewedChange(work, { ...routed, reviewer: 'a/reviewer' }, applied);
  expect(reviewed).toMatchObject({ review: { reviewer: 'a/reviewer' } });
  expect(reviewer.prompts).toHaveLength(1);
});

test('fear: a reviewer who is never content holds up the work for ever', async () => {
  const { work } = await ground([revises]);
  await work.database.query
    .insertInto('workOrderEvents')
    .values({
      workOrderId: work.order.id,
      kind: 'change.reviewed',
      actor: 'a/reviewer',
      reason: 'revise',
      detail: JSON.stringify({ ...revises, runId: work.run.id, cycle: 0, treeSha: 'another' }),
    })
    .execute();
  const end = await verifying({ ...work, run: { ...work.run, cycle: 1 } });
  expect(end).toMatchObject({ end: 'done', result: { review: revises } });
});

test('fear: an agent that sees nothing to change fails for its reviewer’s opinion', async () => {
  const { work } = await ground([revises]);
  const end = await verifying(work);
  if (end.end !== 'refine') throw new Error('It was not sent back');
  await decided(refine, work, 'verifying', end, new Date());
  const next = await claimedAgain(work);
  const before = await newestStepResult(work.database.query, work.order.id, 'applying');
  const applied = await applying(next);
  expect(applied).toMatchObject({ end: 'done', result: { outcome: 'changed', headSha: before?.headSha } });
});

test('fear: a review takes a cycle that there is not, and a person is asked about an opinion', async () => {
  const { work } = await ground([revises]);
  const over = { ...work, order: { ...work.order, refinementCycles: work.order.refinementCyclesMax } };
  expect(await verifying(over)).toMatchObject({ end: 'done', result: { review: revises } });
});

test('fear: a step that is repeated pays for its review twice (R-PIPE-1)', async () => {
  const { work, reviewer } = await ground([revises]);
  const first = await verifying(work);
  const again = await claimedAgain(work);
  const second = await verifying(again);
  expect(reviewer.prompts).toHaveLength(1);
  expect(second).toMatchObject({ end: 'refine', result: (first as { result: VerifyingResult }).result });
});

test('fear: a change is sent back for a review that an earlier run has answered, or that nobody wants any more', async () => {
  const { work, reviewer, routed } = await ground([revises]);
  await verifying(work);
  const applied = await newestStepResult(work.database.query, work.order.id, 'applying');
  if (!applied) throw new Error('Nothing was applied');
  const run = { ...work.run, id: newId<RunId>(new Date()) };
  expect(await reviewedChange({ ...work, run }, routed, applied)).toMatchObject({
    review: revises,
    goesBack: null,
  });
  const off = { ...work, settings: { ...work.settings, reviewer: null } };
  expect(await reviewedChange(off, routed, applied)).toBeNull();
  expect(reviewer.prompts).toHaveLength(1);
});

const down = new TransientError({
  code: 'MODEL_OVERLOADED',
  component: 'models',
  operation: 'generate',
  message: 'No.',
  advice: 'Wait.',
});
const ofReviews = { failureClass: '*', category: '*', because: 'it may pass' } as const;

test('R-REC-5: the table may ask the reviewer again before the work goes on without it', async () => {
  const { work, reviewer } = await ground([down, approves]);
  work.recovery.configureRecoveryPolicy('reviewer', {
    ...ofReviews,
    act: 'retry',
    delaysMs: [1, 1],
    otherwise: 'degrade',
  });
  expect(await verifying(work)).toMatchObject({ end: 'done', result: { review: approves } });
  expect(reviewer.prompts).toHaveLength(2);
  const { kinds, errors } = await onRecord(work);
  expect(kinds).not.toContain('degraded');
  expect(errors).toMatchObject([{ errorType: 'MODEL_OVERLOADED', recoveryStrategy: 'retry' }]);
});

test('R-REC-5: the table may refuse to go on without a review', async () => {
  const { work } = await ground([down]);
  work.recovery.configureRecoveryPolicy('reviewer', { ...ofReviews, act: 'escalate' });
  await expect(verifying(work)).rejects.toMatchObject({ code: 'MODEL_OVERLOADED' });
  const { kinds } = await onRecord(work);
  expect(kinds).not.toContain('degraded');
});

test('R-REC-4: without the reviewer the work goes on, and says so', async () => {
  const { work } = await ground([down]);
  const end = await verifying(work);
  expect(end).toMatchObject({ end: 'done', result: { isVerified: true } });
  expect(end).not.toHaveProperty('result.review');
  const { kinds, errors } = await onRecord(work);
  expect(kinds).toContain('degraded');
  expect(errors).toMatchObject([{ errorType: 'MODEL_OVERLOADED', recoveryStrategy: 'degrade' }]);
});

test.each<[string, Given & { check?: string }]>([
  ['whose checks are red', { check: 'test ! -f made.txt' }],
  ['of an agent that applies a proposal', { agents: [scriptedAgent('true')] }],
  ['where nobody reviews', { settings: { reviewer: null } }],
])('fear: a review is paid for a change %s', async (_, given) => {
  const { work, reviewer } = await ground([approves], given);
  await verifying(work);
  expect(reviewer.prompts).toEqual([]);
});

test('fear: a huge diff costs more than the work order may', async () => {
  const { work, reviewer } = await ground([approves], { change: { 'made.txt': 'x'.repeat(500_000) } });
  expect(await verifying(work)).toMatchObject({ end: 'done', result: { review: approves } });
  const [prompt = ''] = reviewer.prompts;
  expect(prompt).toMatch(/the first \d+ of \d{6} characters/);
  expect(prompt.length).toBeLessThan(100_000);
});
