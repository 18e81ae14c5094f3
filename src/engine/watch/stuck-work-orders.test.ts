import { appendFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { git, makeRepository } from '../../../test/e2e/repository.fixture.ts';
import { ScratchSessions } from '../../sessions/scratch-sessions.fixture.ts';
import { stopProcess } from '../../sessions/stop-process.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import type { Database } from '../../store/database.ts';
import { saveStepResult, updateRun } from '../../store/work/runs/runs.ts';
import { stepResult } from '../../store/work/runs/step-results.fixture.ts';
import { intendEffect, markEffect } from '../../store/work/sessions/effects.ts';
import { updateSession } from '../../store/work/sessions/session-rows.ts';
import { changeWorkOrder, recordEvent } from '../../store/work/work-orders/work-orders.ts';
import { observeProgress } from './observe-progress.ts';
import { aLivingExecutor, anAgent, hourMs, limits, movedClock, workUnderWay } from './stuck.fixture.ts';
import { findStuck, stuckWorkOrders, viewStuck } from './stuck-work-orders.ts';

const find = (database: Database, now: Date) => database.run((query) => findStuck(query, limits, now));
const flip = (
  database: Database,
  id: Parameters<typeof changeWorkOrder>[1],
  stepState: 'running' | 'retrying',
) =>
  changeWorkOrder(
    database.query,
    id,
    {},
    { stepState, changedBy: 'moose:alive', changedBecause: 'still at it' },
  );

test('R-UI-3: a hung agent is stuck after two hours, and the answer names its last progress', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await workUnderWay(database);
  const { handle } = await anAgent(database, work, 'echo I have begun; exec sleep 600');
  const clock = movedClock();
  const observer = { database, clock, host: 'here' };
  await until('its first words', async () => {
    await observeProgress(observer);
    return (await database.query.selectFrom('progressObservations').select('progress').executeTakeFirst())
      ?.progress;
  });
  clock.move(1.9 * hourMs);
  expect(await find(database, clock.now())).toEqual([]);
  clock.move(0.2 * hourMs);
  await observeProgress(observer);
  const [stuck, ...rest] = await database.run((query) => stuckWorkOrders(query, limits, clock.now()));
  expect(rest).toEqual([]);
  expect(stuck).toEqual({
    id: work.workOrderId,
    title: 'Mend it',
    status: 'in_progress',
    stuck_hours: expect.closeTo(2.1, 1),
    updated_at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  const [found] = await find(database, clock.now());
  expect(found && viewStuck(found)).toMatchObject({
    last_progress: 'output of patch',
    is_stuck: true,
    escalated_at: null,
    why: 'The agent patch has been running on here for 2 h without output.',
    unblock: expect.stringContaining('moose cancel'),
  });
  expect(found?.lastProgress?.at.getTime()).toBeGreaterThanOrEqual(
    new Date(handle.startedAt).getTime() - 1_000,
  );
});

test('R-PIPE-12: a status that flaps for a day does not reset the clock of a stuck work order', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await workUnderWay(database, { step: 'generating' });
  const clock = movedClock();
  for (let hour = 0; hour < 6; hour++) {
    clock.move(hourMs);
    await flip(database, work.workOrderId, 'retrying');
    await updateRun(database.query, work.runId, { stepAttempt: hour + 1 });
    await recordEvent(database.query, {
      workOrderId: work.workOrderId,
      kind: 'model.answered',
      actor: 'm',
      detail: {},
    });
    await recordEvent(database.query, {
      workOrderId: work.workOrderId,
      kind: 'session.started',
      actor: 'a',
      detail: {},
    });
    await flip(database, work.workOrderId, 'running');
  }
  const [stuck] = await find(database, clock.now());
  expect(stuck?.idleMs).toBeGreaterThan(5.9 * hourMs);
  expect(stuck?.lastProgress).toBeNull();
});

test.each<
  [string, (database: Database, work: Awaited<ReturnType<typeof workUnderWay>>) => Promise<unknown>, string]
>([
  [
    'a verified fact',
    (database, { workOrderId }) =>
      recordEvent(database.query, {
        workOrderId,
        kind: 'progress',
        actor: 'm',
        factKey: 'check:test:tree',
        detail: { fact: 'the test is green' },
      }),
    'a verified fact: the test is green',
  ],
  [
    'a finished step',
    (database, { runId, workOrderId }) =>
      saveStepResult(database.query, {
        runId,
        workOrderId,
        step: 'routing',
        cycle: 0,
        result: stepResult('routing'),
        startedAt: new Date(),
      }),
    'routing done',
  ],
])('R-PIPE-12: %s resets the clock', async (_, progress, told) => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await workUnderWay(database, { step: 'applying' });
  await database.query
    .updateTable('workOrders')
    .set({ createdAt: new Date(Date.now() - 9 * hourMs) })
    .execute();
  await database.query
    .updateTable('workOrderEvents')
    .set({ at: new Date(Date.now() - 9 * hourMs) })
    .execute();
  expect(await find(database, new Date())).toHaveLength(1);
  await progress(database, work);
  expect(await find(database, new Date())).toEqual([]);
  const [later] = await find(database, new Date(Date.now() + 3 * hourMs));
  expect(later?.lastProgress?.what).toBe(told);
});

test('R-PIPE-12: a slow agent that keeps writing is not stuck', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await workUnderWay(database);
  const { handle } = await anAgent(database, work, 'exec sleep 600');
  const clock = movedClock();
  for (let hour = 0; hour < 5; hour++) {
    clock.move(1.5 * hourMs);
    const log = join(handle.directory, 'stdout.log');
    await appendFile(log, `file ${hour} is done\n`);
    await utimes(log, clock.now(), clock.now());
    await observeProgress({ database, clock, host: 'here' });
    expect(await find(database, clock.now())).toEqual([]);
  }
});

test('R-PIPE-12: a retry that prints the same output again, or a touched file, is not progress', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await workUnderWay(database);
  const sessions = await ScratchSessions.create();
  const clock = movedClock();
  const look = () => observeProgress({ database, clock, host: 'here' });
  try {
    for (let attempt = 1; attempt <= 4; attempt++) {
      const { handle, sessionId } = await anAgent(database, work, 'echo Working on it; exec sleep 600', {
        sessions,
        attempt,
      });
      await until('its words', async () => {
        await look();
        const row = await database.query.selectFrom('progressObservations').selectAll().executeTakeFirst();
        return Object.values(row?.outputBytes ?? {})[0];
      });
      clock.move(hourMs);
      await utimes(join(handle.directory, 'stdout.log'), clock.now(), clock.now());
      await look();
      await stopProcess(handle, { graceMs: 0 });
      await updateSession(database.query, sessionId, { state: 'stopped', endedAt: clock.now() });
    }
    const [stuck] = await find(database, clock.now());
    expect(stuck?.idleMs).toBeGreaterThan(3.9 * hourMs);
  } finally {
    await sessions.clear();
  }
});

test('R-PIPE-12: a commit with a new tree in its worktree is progress, and a return to an old tree is not', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const sessions = await ScratchSessions.create();
  try {
    const repository = join(sessions.path, 'repository');
    await makeRepository(repository);
    const base = await git(repository, 'rev-parse', 'HEAD');
    const work = await workUnderWay(database, { repositoryPath: repository });
    await database.query.updateTable('workOrders').set({ baseSha: base }).execute();
    const key = `worktree:${work.workOrderId}@here`;
    const { runId, workOrderId } = work;
    await intendEffect(database.query, {
      runId,
      workOrderId,
      kind: 'worktree',
      key,
      detail: { worktreePath: repository },
    });
    await markEffect(database.query, key, 'done');
    await anAgent(database, work, 'exec sleep 600', { sessions });
    const clock = movedClock();
    const commit = async (name: string) => {
      await appendFile(join(repository, name), 'x\n');
      await git(repository, 'add', '-A');
      await git(repository, 'commit', '-qm', name);
    };
    const seen = async () => {
      await observeProgress({ database, clock, host: 'here' });
      const [row] = await database.query.selectFrom('progressObservations').selectAll().execute();
      return row?.progressedAt?.getTime() ?? null;
    };
    expect(await seen()).toBeNull();
    clock.move(hourMs);
    await commit('new.txt');
    const first = await seen();
    expect(first).toBe(clock.now().getTime());
    clock.move(hourMs);
    await git(repository, 'reset', '-q', '--hard', base);
    expect(await seen()).toBe(first);
    await git(repository, 'commit', '-qm', 'empty', '--allow-empty');
    expect(await seen()).toBe(first);
    clock.move(hourMs);
    await commit('other.txt');
    expect(await seen()).toBe(clock.now().getTime());
  } finally {
    await sessions.clear();
  }
});

test('work that waits for a person, has ended, or was just started by a person is not stuck', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const ends = { needs_review: 'manual_intervention_required', failed: 'done', cancelled: 'done' } as const;
  for (const [status, stepState] of Object.entries(ends)) {
    const { workOrderId } = await workUnderWay(database, { title: status });
    const change = { status, stepState, changedBy: 'moose:alive', changedBecause: 'x' } as Parameters<
      typeof changeWorkOrder
    >[3];
    await changeWorkOrder(database.query, workOrderId, {}, change);
  }
  expect(await find(database, new Date(Date.now() + 90 * hourMs))).toEqual([]);
});

test('hours of waiting for a person do not count, and do not bring back the hours before', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const { workOrderId } = await workUnderWay(database, { step: 'verifying' });
  const to = (status: 'needs_review' | 'in_progress', changedBy: string) =>
    changeWorkOrder(
      database.query,
      workOrderId,
      {},
      {
        status,
        stepState: status === 'needs_review' ? 'manual_intervention_required' : 'running',
        changedBy,
        changedBecause: 'x',
      },
    );
  await to('needs_review', 'moose:alive');
  await to('in_progress', 'moose:standing-answer');
  // Submitted ten hours ago; an hour later it needed review, for seven hours.
  const events = await database.query.selectFrom('workOrderEvents').select('id').orderBy('id').execute();
  const hoursAgo = [...events.slice(0, -2).map(() => 10), 9, 2];
  for (const [index, { id }] of events.entries())
    await database.query
      .updateTable('workOrderEvents')
      .set({ at: new Date(Date.now() - (hoursAgo[index] ?? 0) * hourMs) })
      .where('id', '=', id)
      .execute();
  await database.query
    .updateTable('workOrders')
    .set({ createdAt: new Date(Date.now() - 10 * hourMs) })
    .execute();
  const [stuck] = await find(database, new Date());
  expect((stuck?.idleMs ?? 0) / hourMs).toBeCloseTo(3, 1);
});
