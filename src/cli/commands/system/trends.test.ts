import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { aWorkOrderAtWork } from '../../../store/work/scratch-rows.fixture.ts';
import { moose } from '../run-command.fixture.ts';

test('R-UI-7: moose trends shows every bucket, including empty ones', async () => {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  await database.query
    .insertInto('costTracking')
    .values({
      id: workOrderId as never,
      type: 'actual',
      status: 'presumed',
      serviceName: 'proposer',
      workOrderId,
      runId,
      reservedNanoUsd: 0n,
      actualNanoUsd: 2_500_000_000n,
      model: 'a/one',
      settledAt: new Date(),
    })
    .execute();
  await database.query
    .insertInto('errorEvents')
    .values({
      id: workOrderId,
      errorType: 'X',
      severity: 'low',
      component: 'test',
      operation: 'test',
      errorMessage: 'x',
      failureClass: 'timeout',
      category: 'transient',
      fingerprint: 'f',
      recoveryStrategy: 'retry',
      recoverySuccess: true,
    })
    .execute();
  const { document, text } = await moose(database, 'trends', '--range', '7d');
  expect(document).toMatchObject({ range: '7d', totals: { spent_usd: 2.5 } });
  expect(text).toMatch(/spent {6}·{28}█ \$2\.50 in 1 calls, \$2\.50 of it presumed/);
  expect(text).toMatch(/recovered .* 1 of 1 with a known outcome \(100 %\)/);
  expect(text).toMatch(/a\/one +\$2\.50 +\$0\.00 +1/);
  expect((await moose(await testDatabase(), 'trends')).text).toMatch(/0 of 0 with a known outcome \(n\/a\)/);
  await expect(moose(database, 'trends', '--range', '1y')).rejects.toMatchObject({
    code: 'commander.invalidArgument',
  });
});

test('R-UI-7: moose learning shows how models and agents performed', async () => {
  const database = await testDatabase();
  expect((await moose(database, 'learning')).text).toBe('No attempts ended in the last 30d.');
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  await database.query
    .insertInto('outcomeVectors')
    .values({
      id: runId,
      workOrderId,
      runId,
      success: false,
      model: 'a/one',
      agent: 'patch',
      complexity: 0.1,
      features: '{}',
      costNanoUsd: 0n,
      durationMs: 5_000n,
      refinementCycles: 1,
      failureClass: 'test_fail',
    })
    .execute();
  const { text } = await moose(database, 'learning');
  expect(text).toMatch(/a\/one +patch +low +0 of 1 \(0 %\) +0 % to 79 %/);
  expect(text).toMatch(/a\/one +test_fail +1 +100 %/);
  expect(text).toContain('moose learning patterns');
});
