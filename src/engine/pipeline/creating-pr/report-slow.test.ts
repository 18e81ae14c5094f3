import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { runById } from '../../../store/work/runs/runs.ts';
import { rowsAt } from '../scratch-pipeline.fixture.ts';
import { reportIfSlow } from './push-change.ts';

const shared = sharedDatabase();

test('R-GO-9: an answer that takes long is told while it is waited for, and an ordinary one is not', async () => {
  const work = await rowsAt(shared(), 'creating_pr');
  const told = () =>
    work.database.query
      .selectFrom('workOrderEvents')
      .select('reason')
      .where('workOrderId', '=', work.order.id)
      .where('kind', '=', 'answer.slow')
      .execute();
  expect(await reportIfSlow(work, 'the push', async () => 'at once')).toBe('at once');
  expect(await told()).toEqual([]);
  const answer = Promise.withResolvers<string>();
  const waiting = reportIfSlow(work, 'the push to /srv/api', () => answer.promise, 1);
  const reason = 'No answer for 0 s: Moose waits for the push to /srv/api.';
  await expect.poll(told).toEqual([{ reason }]);
  expect((await runById(work.database.query, work.run.id))?.waitingFor).toBe(reason);
  answer.resolve('late');
  expect(await waiting).toBe('late');
});
