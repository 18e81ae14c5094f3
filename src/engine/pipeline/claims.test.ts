import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { updateRun } from '../../store/work/runs/runs.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { createClaims } from './claims.ts';

const shared = sharedDatabase();
const { signal } = new AbortController();

test('fear: a leg that was woken before its time and the leg after it both carry the run, with one fence', async () => {
  const claims = createClaims({ database: shared(), reached: () => undefined });
  const { runId } = await aWorkOrderAtWork(shared());
  await updateRun(shared().query, runId, { leg: 1 });
  const legs = [0, 1, 1].map((leg) => claims.claim({ runId, leg, executor: 'a' }, signal));
  const [over, current, again] = await Promise.all(legs);
  expect(current?.run).toMatchObject({ id: runId, leg: 1, fence: 1 });
  expect([over, again]).toEqual([undefined, undefined]);
});
