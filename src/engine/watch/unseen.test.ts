// What cannot be observed is unknown: it counts neither as progress nor as a failure of the observation.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { newId, type SessionId } from '../../domain/ids.ts';
import { scratchDirectory } from '../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { intendEffect } from '../../store/work/sessions/effects.ts';
import { intendSession } from '../../store/work/sessions/session-rows.ts';
import { measurePressure } from '../recovery/pressure/measure-pressure.ts';
import { observeProgress } from './observe-progress.ts';

test('R-REC-4: the figures of a missing disk are unknown, and everything else is measured', async () => {
  const directory = join(scratchDirectory(), 'missing');
  const source = { dataDirectory: directory, eventLoopLagMs: () => 0, databaseWaiting: () => 0 };
  expect(await measurePressure(source)).toMatchObject({
    diskFreeBytes: null,
    diskFreeShare: null,
    memoryFreeShare: expect.any(Number),
  });
});

test('R-PIPE-12: a process whose output and worktree are gone made no progress, and does not hide others', async () => {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { step: 'applying' });
  const gone = join(scratchDirectory(), 'gone');
  const session = { purpose: 'agent', name: 'x', cycle: 0, attempt: 1, host: 'here', command: '' } as const;
  await intendSession(database.query, {
    id: newId<SessionId>(new Date()),
    workOrderId,
    runId,
    directory: gone,
    state: 'running',
    ...session,
  });
  const detail = { worktreePath: gone, host: 'here' };
  await intendEffect(database.query, {
    workOrderId,
    runId,
    kind: 'worktree',
    key: `worktree:${runId}`,
    detail,
  });
  const before = await theWorkOrder(database, workOrderId);
  await observeProgress({ database, clock: systemClock, host: 'here' });
  expect((await theWorkOrder(database, workOrderId)).progressedAt).toEqual(before.progressedAt);
});
