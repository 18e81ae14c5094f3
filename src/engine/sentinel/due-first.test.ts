import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { duePullRequests } from '../../store/work/pull-requests/followed-pull-requests.ts';
import { lookSoon } from '../../store/work/pull-requests/hinted-pull-requests.ts';
import { pullRequestOf } from '../../store/work/pull-requests/pull-requests.ts';
import { awaitingCi } from './next/followed.fixture.ts';

const shared = sharedDatabase();

/** A pull request that became due this many seconds ago, after this many looks that found nothing new. */
async function due(lateS: number, looksUnchanged: number) {
  const { workOrderId } = await awaitingCi(shared());
  const nextLookAt = sql<Date>`clock_timestamp() - ${lateS}::float8 * interval '1 s'`;
  const ofIt = shared().query.updateTable('pullRequests').where('workOrderId', '=', workOrderId);
  await ofIt.set({ nextLookAt, looksUnchanged }).execute();
  return workOrderId;
}

const first = async (max: number) =>
  (await duePullRequests(shared().query, { max, perHostMax: max })).map(({ workOrderId }) => workOrderId);

test('R-SEN-7: fear: a long queue of quiet pull requests holds up one whose CI ends now', async () => {
  await shared().query.updateTable('pullRequests').set({ nextLookAt: null }).execute();
  for (let count = 0; count < 5; count += 1) await due(90, 30);
  const young = await due(2, 0);
  const hinted = await due(-600, 30);
  const row = await pullRequestOf(shared().query, hinted);
  if (!row) throw new Error('There is no pull request');
  await lookSoon(shared().query, [row]);
  expect(await first(2)).toEqual([young, hinted]);
});

test('R-SEN-7: what has waited for long has its turn before all that changed a moment ago', async () => {
  await shared().query.updateTable('pullRequests').set({ nextLookAt: null }).execute();
  const waiting = await due(20 * 60, 30);
  for (let count = 0; count < 3; count += 1) await due(5, 0);
  expect(await first(1)).toEqual([waiting]);
});
