import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { saveStepResult } from '../../store/work/runs.ts';
import { aWorkOrderAtWork, type Scratch } from '../../store/work/scratch-rows.fixture.ts';
import { defaultSettings } from '../policy/engine-settings.ts';
import { scoreCycle } from '../watch/nowhere.ts';
import { askNowhere } from './ask-nowhere.ts';

async function saved(database: Database, { runId, workOrderId }: Scratch, cycle: number, content: string) {
  const proposal = { plan: `Plan ${cycle}`, edits: [{ kind: 'write', path: 'a', content }], risks: [] };
  const of = { runId, workOrderId, cycle, startedAt: new Date() };
  await saveStepResult(database.query, { ...of, step: 'generating', result: { proposal, attempts: 1 } });
}

async function fails(database: Database, work: Scratch, cycle: number, content: string): Promise<void> {
  const { runId, workOrderId } = work;
  await saved(database, work, cycle, content);
  const of = { runId, workOrderId, cycle, startedAt: new Date() };
  const feedback = { summary: 'The test failed.', output: `not ok ${cycle}`, failureClass: 'test_fail' };
  await saveStepResult(database.query, { ...of, step: 'applying', result: { outcome: 'changed' } });
  await saveStepResult(database.query, { ...of, step: 'verifying', result: { feedback } });
  await scoreCycle(database.query, { runId, workOrderId, cycle }, defaultSettings, new Date());
}

test('R-REC-9: while the next cycle is under way, the score counts its proposal, and the kept score stays', async () => {
  const database = await testDatabase();
  const work = await aWorkOrderAtWork(database, { step: 'verifying' });
  const ask = askNowhere({ database, clock: systemClock });
  expect(await ask.score(work.workOrderId)).toBeNull();
  await fails(database, work, 0, 'one\n');
  await fails(database, work, 1, 'two\n');
  const before = await ask.score(work.workOrderId);
  expect(before?.now?.score).toBe(before?.score);
  await saved(database, work, 2, 'one\n');
  const after = await ask.score(work.workOrderId);
  expect(after?.score).toBe(before?.score);
  expect(after?.now?.score).toBeGreaterThan(before?.score ?? 1);
  const { open } = await ask.nowhere();
  expect(open.map(({ cycle, now }) => [cycle, now])).toEqual([[2, after?.now]]);
});
