import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { PermanentError } from '../../domain/failure.ts';
import { newId, type RunId, type SessionId, type WorkOrderId } from '../../domain/ids.ts';
import type { Database } from '../../store/database.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { answer } from '../commands/answers/answer.ts';
import { recordFailure } from '../errors/record-failure.ts';
import { defaultSettings } from '../policy/engine-settings.ts';
import { asking, by, depsOf } from './asking.fixture.ts';
import { escalationMeasures } from './measures.ts';

const { targets } = defaultSettings;

/** Its exit file says that it ended this long ago. */
async function endedSession(
  { query }: Database,
  of: { workOrderId: WorkOrderId; runId: RunId },
  agoMs: number,
  state: 'exited' | 'lost' = 'exited',
): Promise<string> {
  const id = newId<SessionId>(new Date());
  await query
    .insertInto('sessions')
    .values({
      id,
      ...of,
      cycle: 0,
      attempt: 1,
      purpose: 'check',
      name: state,
      host: 'here',
      directory: `/nowhere/${id}`,
      command: 'npm test',
      state,
      endedAt: new Date(Date.now() - agoMs),
    })
    .execute();
  return id;
}

test('R-ESC-6: backlog, rate and times are measured from the rows', async () => {
  const database = await testDatabase();
  expect(await escalationMeasures(database.query, targets)).toMatchObject({
    open_backlog: 0,
    escalation_rate: null,
  });
  const { question } = await asking(database);
  await asking(database);
  await aWorkOrderAtWork(database);
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  const of = { workOrderId, runId };
  const failure = new PermanentError({
    code: 'CHECK_FAILED',
    component: 'pipeline',
    operation: 'verify',
    message: 'It failed',
    metadata: { sessionId: await endedSession(database, of, 2_000) },
  });
  const lost = new PermanentError({
    code: 'CHECK_LOST',
    component: 'pipeline',
    operation: 'verify',
    message: 'It is gone',
    metadata: { sessionId: await endedSession(database, of, 60_000, 'lost') },
  });
  for (const error of [failure, lost])
    await recordFailure(database.query, error, {
      workOrderId,
      step: 'verifying',
      attempt: 1,
      strategy: 'refine',
    });
  await answer(depsOf(database), await question(), 'retry', { by });
  const measured = await escalationMeasures(database.query, targets);
  expect(measured).toMatchObject({
    open_backlog: 1,
    work_orders: 4,
    escalation_rate: 0.5,
    asked: 2,
    answered: 1,
    answered_by_itself: 0,
    mean_delivery_ms: null,
    mean_time_to_resolve_ms: expect.any(Number),
  });
  // From the end of the process to the row of its failure; nobody knows when a lost one ended.
  expect(measured.mean_time_to_detection_ms).toBeGreaterThanOrEqual(2_000);
  expect(measured.mean_time_to_detection_ms).toBeLessThan(10_000);
});
