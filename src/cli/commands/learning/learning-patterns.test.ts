import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { patternsSchema } from '../../../contract/contract.ts';
import { newId, type RunId } from '../../../domain/ids.ts';
import { computePatterns } from '../../../engine/learning/patterns-job.ts';
import { systemClock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { insertOutcome } from '../../../store/figures/outcomes.ts';
import { aWorkOrderAtWork, type Scratch } from '../../../store/work/scratch-rows.fixture.ts';
import { moose } from '../run-command.fixture.ts';

async function attempts(
  database: Database,
  { workOrderId }: Scratch,
  given: { model: string; success: boolean; count: number; from: number },
) {
  for (let number = given.from; number < given.from + given.count; number++) {
    const runId = newId<RunId>(new Date());
    const run = { id: runId, workOrderId, number, kind: 'work', state: 'ended' } as const;
    await database.query.insertInto('runs').values(run).execute();
    await insertOutcome(database.query, {
      id: newId<string>(new Date()),
      workOrderId,
      runId,
      success: given.success,
      model: given.model,
      agent: 'patch',
      complexity: 0.1,
      costNanoUsd: 0n,
      durationMs: 1n,
      refinementCycles: 0,
      features: '{"kind":"bug_fix","language":"Go","hardStopWords":["auth"]}',
      failureClass: given.success ? null : 'test_fail',
      fault: given.success ? null : 'work',
    });
  }
}

test('R-LRN-3: moose learning patterns says what was found; stop makes it a rule, allow takes it back', async () => {
  const database = await testDatabase();
  expect((await moose(database, 'learning', 'patterns')).text).toContain('Nothing has been computed yet');
  const scratch = await aWorkOrderAtWork(database);
  await attempts(database, scratch, { model: 'a/one', success: false, count: 12, from: 10 });
  await attempts(database, scratch, { model: 'b/two', success: true, count: 12, from: 30 });
  await computePatterns({ database, clock: systemClock });
  await computePatterns({ database, clock: systemClock });
  const { document, text } = await moose(database, 'learning', 'patterns');
  expect(patternsSchema.parse(document)).toMatchObject({ computed_at: expect.any(String) });
  expect(text).toContain('a/one fails more often than the others');
  expect(text).toContain('Nothing is excluded.');

  const made = await moose(database, 'learning', 'stop', 'a/one', '--word', 'auth', '--because', 'it fails');
  expect(made.text).toContain('From now on, auth work does not go to a/one.');
  expect(made.document).toMatchObject({ model: 'a/one', word: 'auth', created_by: 'human:anna' });
  const misspelt = moose(database, 'learning', 'stop', 'a/one', '--kind', 'bugfix');
  await expect(misspelt).rejects.toMatchObject({ code: 'commander.invalidArgument' });
  const twice = await moose(database, 'learning', 'stop', 'a/one', '--word', 'auth');
  expect(twice.document).toMatchObject({ id: (made.document as { id: string }).id });
  expect((await moose(database, 'learning', 'patterns')).text).toMatch(/auth work does not go to a\/one/);

  const { id } = made.document as { id: string };
  expect((await moose(database, 'learning', 'allow', id.slice(-8))).text).toContain('No longer excluded');
  expect((await moose(database, 'learning', 'allow', id)).document).toMatchObject({
    revoked_by: 'human:anna',
  });
  expect((await moose(database, 'learning', 'patterns')).text).toContain('Nothing is excluded.');
  await expect(moose(database, 'learning', 'allow', 'ffffffff')).rejects.toMatchObject({
    code: 'EXCLUSION_NOT_FOUND',
  });
  await expect(moose(database, 'learning', 'allow', 'nothing')).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
  });
  await expect(moose(database, 'learning', 'stop', 'a/one')).rejects.toMatchObject({
    code: 'EXCLUSION_OF_EVERYTHING',
  });
  await expect(
    moose(database, 'learning', 'stop', 'a/one', '--word', 'auth', '--project', 'none'),
  ).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
});
