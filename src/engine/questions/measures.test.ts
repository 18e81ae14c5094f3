import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { PermanentError } from '../../domain/failure.ts';
import { toJson } from '../../store/storable.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { answer } from '../answers/answer.ts';
import { asking, by, depsOf } from './asking.fixture.ts';
import { escalationMeasures } from './measures.ts';

test('R-ESC-6: backlog, rate and times are measured from the rows', async () => {
  const database = await testDatabase();
  expect(await escalationMeasures(database.query)).toMatchObject({ open_backlog: 0, escalation_rate: null });
  const { workOrderId, question } = await asking(database);
  await asking(database);
  await aWorkOrderAtWork(database);
  await aWorkOrderAtWork(database);
  const at = new Date((await question()).createdAt.getTime() - 2_000);
  const failure = new PermanentError({
    code: 'CHECK_FAILED',
    component: 'pipeline',
    operation: 'verify',
    message: 'It failed',
  });
  await database.query
    .insertInto('errorEvents')
    .values({
      id: crypto.randomUUID(),
      errorType: failure.code,
      component: 'pipeline',
      operation: 'verify',
      errorMessage: 'It failed',
      severity: 'medium',
      failureClass: 'test_fail',
      category: 'permanent',
      fingerprint: 'x',
      workOrderId,
      timestamp: at,
      metadata: toJson({}),
    })
    .execute();
  await answer(depsOf(database), await question(), 'retry', { by });
  expect(await escalationMeasures(database.query)).toMatchObject({
    open_backlog: 1,
    work_orders: 4,
    escalation_rate: 0.5,
    asked: 2,
    answered: 1,
    answered_by_itself: 0,
    mean_time_to_detection_ms: expect.closeTo(2_000, -1),
    mean_delivery_ms: null,
    mean_time_to_resolve_ms: expect.any(Number),
  });
});
