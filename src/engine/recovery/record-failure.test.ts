import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { PermanentError, TransientError } from '../../domain/failure.ts';
import { errorsOf } from '../../store/decisions.ts';
import { aWorkOrderAtWork } from '../../store/scratch-rows.fixture.ts';
import { fingerprint, recordFailure, toMooseError } from './record-failure.ts';

const failure = (message: string, code = 'CHECK_FAILED') =>
  new PermanentError({ code, component: 'pipeline', operation: 'verifying', message });

test.each([
  ['numbers', 'Took 12 s of 300', 'Took 12345678 s of 9'],
  [
    'ids',
    'Run 0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b failed',
    'Run 0190ffff-0000-7000-8000-000000000001 failed',
  ],
  [
    'commits',
    'Commit 9fceb02d0ae598e95dc970b74767f19372d61af8 is gone',
    'Commit 1234567890123456789012345678901234567890 is gone',
  ],
  ['paths', 'Cannot read /tmp/moose-a1/x/y.ts', 'Cannot read /srv/deadbeef/z.ts'],
  ['paths with ids in them', 'In /data/worktrees/7de82582/src is no file', 'In /data/w/src is no file'],
])('R-FAIL-6: failures that differ by %s alone are one group', (_, one, other) => {
  expect(fingerprint(failure(one))).toBe(fingerprint(failure(other)));
});

test.each([
  ['their words', failure('The check test failed'), failure('The check lint failed')],
  ['their code', failure('It failed', 'A'), failure('It failed', 'B')],
])('R-FAIL-6: failures that differ by %s are two groups', (_, one, other) => {
  expect(fingerprint(one)).not.toBe(fingerprint(other));
});

test('R-FAIL-1: what is not ours is named as a defect, with what was thrown as its cause', () => {
  const ours = failure('x');
  expect(toMooseError(ours, 'a', 'b')).toBe(ours);
  const raw = new RangeError('off by one');
  expect(toMooseError(raw, 'pipeline', 'routing')).toMatchObject({
    ...{
      code: 'UNEXPECTED',
      component: 'pipeline',
      operation: 'routing',
      cause: raw,
      failureClass: 'unknown',
    },
    message: 'Something that should not happen did: off by one',
  });
  for (const thrown of ['a string', null, undefined, 7, {}, new Error('')])
    expect(toMooseError(thrown, 'a', 'b').message).toMatch(/did: .+/);
});

test('R-FAIL-6: every failure is a row with what is needed to understand it, whatever bytes are in it', async () => {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const error = new TransientError({
    ...{ code: 'PROVIDER_BUSY', component: 'models', operation: 'generate', message: 'Busy \0 \ud800' },
    ...{ advice: 'Wait.', metadata: { status: 529, tail: 'half \udc00' }, cause: new Error('socket') },
  });
  await recordFailure(database.query, error, {
    workOrderId,
    step: 'generating',
    attempt: 2,
    strategy: 'retry',
  });
  expect(await errorsOf(database.query, workOrderId)).toMatchObject([
    {
      ...{ errorType: 'PROVIDER_BUSY', severity: 'medium', component: 'models', operation: 'generate' },
      ...{ errorMessage: 'Busy \u{FFFD} \u{FFFD}', category: 'transient', step: 'generating', attempt: 2 },
      ...{ recoveryStrategy: 'retry', fingerprint: fingerprint(error) },
      stack: expect.stringContaining('socket'),
      metadata: { status: 529, tail: 'half \u{FFFD}', advice: 'Wait.' },
    },
  ]);
});
