import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { TransientError } from '../../domain/failure.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Feedback } from '../../domain/work-order/step-result.ts';
import { plantStepResult, stepResult } from '../../store/work/runs/step-results.fixture.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { failureNote, feedbackFor } from './feedback.ts';
import type { Work } from './work.ts';

const said = (summary: string): Feedback => ({
  summary,
  output: 'o',
  failureClass: 'test_fail',
  tried: 'a plan',
});

async function finished(work: Work, step: Step, cycle: number, result: object): Promise<void> {
  const owner = { runId: work.run.id, workOrderId: work.order.id };
  await plantStepResult(work.database.query, { ...owner, step, cycle, result, startedAt: new Date() });
}

test('R-REC-5: a cycle gets the failure of the previous one, and the first cycle gets nothing', async () => {
  const work = await scratchWork(await testDatabase(), { step: 'verifying' });
  await finished(work, 'applying', 0, { feedback: said('of the applying') });
  await finished(work, 'verifying', 0, { feedback: said('of the check') });
  await finished(work, 'verifying', 1, { feedback: said('of a later cycle') });
  expect(await feedbackFor(work)).toBeNull();
  work.run.cycle = 1;
  expect(await feedbackFor(work)).toEqual(said('of the check'));
  work.run.cycle = 3;
  expect(await feedbackFor(work)).toBeNull();
});

test("R-REC-5: a later run gets what ended the previous one: its check's output, or else the failure itself", async () => {
  const work = await scratchWork(await testDatabase(), { step: 'verifying' });
  work.run.number = 2;
  expect(await feedbackFor(work)).toBeNull();
  work.order.failure = { code: 'AGENT_CRASHED', message: 'The agent crashed.', advice: '' };
  work.order.failureClass = 'orchestration_error';
  const proposal = { plan: 'a regex', edits: [], risks: [] };
  await finished(work, 'generating', 0, stepResult('generating', { proposal }));
  expect(await feedbackFor(work)).toEqual({
    summary: 'The agent crashed.',
    output: '',
    failureClass: 'orchestration_error',
    tried: 'a regex',
  });
  await finished(work, 'verifying', 0, { feedback: said('of the check') });
  expect(await feedbackFor(work)).toEqual(said('of the check'));
  // After a newer success, the older feedback is no longer used.
  await finished(work, 'verifying', 1, { isVerified: true });
  expect((await feedbackFor(work))?.summary).toBe('The agent crashed.');
});

test('R-REC-5: the next cycle gets every earlier attempt of the run, of a model and of an agent, and how it failed', async () => {
  const work = await scratchWork(await testDatabase(), { step: 'verifying' });
  await finished(work, 'generating', 0, { proposal: { plan: 'a regex' } });
  await finished(work, 'verifying', 0, { feedback: said('The test a fails.') });
  await finished(work, 'generating', 1, { proposal: null });
  await finished(work, 'applying', 1, { summary: 'I wrote a parser.' });
  await finished(work, 'verifying', 1, { feedback: said('The test b fails.') });
  await finished(work, 'verifying', 2, { feedback: said('The test c fails.') });
  work.run.cycle = 3;
  expect(await feedbackFor(work)).toEqual({
    ...said('The test c fails.'),
    triedBefore: ['a regex (The test a fails.)', 'I wrote a parser. (The test b fails.)'],
  });
});

test('R-REC-5: the last words of a program that died go along', () => {
  const crashed = new TransientError({
    code: 'AGENT_CRASHED',
    component: 'agents',
    operation: 'run',
    message: 'It ended with exit code 3.',
    advice: 'Look.',
    metadata: {
      process: { stderrTail: `${'x'.repeat(5_000)} the frobnicator overheated\n`, stdoutTail: 'a' },
    },
  });
  const { output = '' } = failureNote(crashed);
  expect(output).toMatch(/the frobnicator overheated$/);
  expect(output.length).toBeLessThanOrEqual(2_000);
});
