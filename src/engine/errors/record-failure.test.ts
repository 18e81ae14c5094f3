import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { TransientError } from '../../domain/failure.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { errorsOf } from '../../store/work/work-orders/decisions.ts';
import { fingerprint } from './fingerprint.ts';
import { recordFailure } from './record-failure.ts';

test('R-FAIL-6: every failure is a row with what is needed to understand it, whatever bytes are in it', async () => {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  const error = new TransientError({
    code: 'PROVIDER_BUSY',
    component: 'models',
    operation: 'generate',
    message: 'Busy \0 \ud800',
    advice: 'Wait.',
    metadata: { status: 529, tail: 'half \udc00' },
    cause: new Error('socket'),
  });
  await recordFailure(database.query, error, {
    workOrderId,
    runId,
    step: 'generating',
    attempt: 2,
    strategy: 'retry',
  });
  expect(await errorsOf(database.query, workOrderId)).toMatchObject([
    {
      errorType: 'PROVIDER_BUSY',
      severity: 'medium',
      component: 'models',
      operation: 'generate',
      errorMessage: 'Busy \u{FFFD} \u{FFFD}',
      category: 'transient',
      step: 'generating',
      attempt: 2,
      recoveryStrategy: 'retry',
      fingerprint: fingerprint(error),
      runId,
      type: 'network',
      recoverability: 'recoverable',
      retryable: true,
      fallbackAvailable: false,
      stack: expect.stringContaining('socket'),
      metadata: { status: 529, tail: 'half \u{FFFD}', advice: 'Wait.' },
    },
  ]);
});
