import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { PermanentError } from '../../../domain/failure.ts';
import { newestStepResult, runById } from '../../../store/work/runs/runs.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { errorsOf } from '../../../store/work/work-orders/decisions.ts';
import { feedbackFor } from '../../run/feedback.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { refine } from '../execute-run.ts';
import { decided } from '../scratch-pipeline.fixture.ts';
import { failed } from './failed-step.ts';

const red = () =>
  new PermanentError({
    code: 'CHECK_FAILED',
    component: 'pipeline',
    operation: 'verify',
    message: 'The test check failed.',
    advice: 'Read it.',
    failureClass: 'test_fail',
  });

async function atVerifying() {
  const work = await scratchWork(await testDatabase(), { step: 'verifying' });
  const next = async () => {
    const order = await theWorkOrder(work.database, work.order.id);
    const run = (await runById(work.database.query, work.run.id)) ?? expect.unreachable();
    return { ...work, order, run };
  };
  return { work, next };
}

test.each(['thrown', 'returned'] as const)(
  'R-REC-5: a %s failure that the table refines begins a cycle with what failed',
  async (how) => {
    const { work, next } = await atVerifying();
    const feedback = { summary: 'Of the result.', output: 'red', failureClass: 'test_fail', tried: null };
    const result = { checks: [], isVerified: false, treeSha: '', feedback };
    const end = { end: 'refine', result, failure: red() } as const;
    const goesOn =
      how === 'thrown'
        ? decided(failed, work, 'verifying', red())
        : decided(refine, work, 'verifying', end, new Date());
    expect(await goesOn).toBe('go on');
    const after = await next();
    expect(after.order).toMatchObject({ status: 'in_progress', step: 'generating', refinementCycles: 1 });
    expect(after.run.cycle).toBe(1);
    expect(await feedbackFor(after)).toMatchObject(
      how === 'returned' ? feedback : { summary: 'The test check failed.', failureClass: 'test_fail' },
    );
    const errors = await errorsOf(work.database.query, work.order.id);
    expect(errors.map(({ errorType, recoveryStrategy }) => [errorType, recoveryStrategy])).toEqual([
      ['CHECK_FAILED', 'refine'],
    ]);
    const kept = await newestStepResult(work.database.query, work.order.id, 'verifying');
    expect(kept === undefined).toBe(how === 'thrown');
  },
);

test('R-PIPE-6: after the last cycle a thrown failure is a question to a person too', async () => {
  const { work, next } = await atVerifying();
  const order = { ...work.order, refinementCycles: work.order.refinementCyclesMax };
  expect(await decided(failed, { ...work, order }, 'verifying', red())).toBe('stop');
  expect((await next()).run.state).toBe('ended');
});
