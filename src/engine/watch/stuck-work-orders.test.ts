import { appendFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { git, makeRepository } from '../../../test/e2e/repository.fixture.ts';
import { ScratchSessions, until } from '../../sessions/scratch-sessions.fixture.ts';
import { stopProcess } from '../../sessions/stop-process.ts';
import type { Database } from '../../store/database.ts';
import { intendEffect, markEffect } from '../../store/effects.ts';
import { saveStepResult, updateRun } from '../../store/runs.ts';
import { aWorkOrderAtWork } from '../../store/scratch-rows.fixture.ts';
import { updateSession } from '../../store/session-rows.ts';
import { changeWorkOrder, recordEvent } from '../../store/work-orders.ts';
import { observeProgress } from './observe-progress.ts';
import { aLivingExecutor, anAgent, carriedWork, hourMs, limits, movedClock } from './stuck.fixture.ts';
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

test('R-UI-3: an agent that hangs is stuck after two hours, and the answer names what it did last', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await carriedWork(database);
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
    ...{ id: work.workOrderId, title: 'Mend it', status: 'in_progress', stuck_hours: expect.closeTo(2.1, 1) },
    updated_at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  const [found] = await find(database, clock.now());
  expect(found && viewStuck(found)).toMatchObject({
    ...{ last_progress: 'output of patch', is_stuck: true, escalated_at: null },
    why: 'The agent patch has been running on here for 2 h, and writes nothing.',
    unblock: expect.stringContaining('moose cancel'),
  });
  expect(found?.lastProgress?.at.getTime()).toBeGreaterThanOrEqual(
    new Date(handle.startedAt).getTime() - 1_000,
  );
});

test('R-PIPE-12: a status that flaps for a day does not set the clock of a stuck work order back', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await carriedWork(database, { step: 'generating' });
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
  [string, (database: Database, work: Awaited<ReturnType<typeof carriedWork>>) => Promise<unknown>, string]
>([
  [
    'a verified fact',
    (database, { workOrderId }) =>
      recordEvent(database.query, {
        ...{
          workOrderId,
          kind: 'progress',
          actor: 'm',
          factKey: 'check:test:tree',
          detail: { fact: 'the test is green' },
        },
      }),
    'a verified fact: the test is green',
  ],
  [
    'a finished step',
    (database, { runId, workOrderId }) =>
      saveStepResult(database.query, {
        ...{ runId, workOrderId },
        step: 'routing',
        cycle: 0,
        result: {},
        startedAt: new Date(),
      }),
    'routing done',
  ],
])('R-PIPE-12: %s sets the clock back', async (_, progress, told) => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await carriedWork(database, { step: 'applying' });
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

test('R-PIPE-12: an agent that is slow and goes on writing is not called stuck', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await carriedWork(database);
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

test('R-PIPE-12: a retry that prints the same words again, and a touched file, are no progress', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await carriedWork(database);
  const sessions = await ScratchSessions.create();
  const clock = movedClock();
  const look = () => observeProgress({ database, clock, host: 'here' });
  try {
    for (let attempt = 1; attempt <= 4; attempt++) {
      const { handle, sessionId } = await anAgent(database, work, 'echo Working on it; exec sleep 600', {
        ...{ sessions, attempt },
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

test('R-PIPE-12: a commit with a new tree in its worktree counts, and going back to an old one does not', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const sessions = await ScratchSessions.create();
  try {
    const repository = join(sessions.path, 'repository');
    await makeRepository(repository);
    const base = await git(repository, 'rev-parse', 'HEAD');
    const work = await carriedWork(database, { repositoryPath: repository });
    await database.query.updateTable('workOrders').set({ baseSha: base }).execute();
    const key = `worktree:${work.workOrderId}@here`;
    const { runId, workOrderId } = work;
    await intendEffect(database.query, {
      ...{ runId, workOrderId },
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

test('what waits for a human, is over, or has just been set going by one, is not stuck', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const ends = { needs_review: 'manual_intervention_required', failed: 'done', cancelled: 'done' } as const;
  for (const [status, stepState] of Object.entries(ends)) {
    const { workOrderId } = await carriedWork(database, { title: status });
    const change = { status, stepState, changedBy: 'moose:alive', changedBecause: 'x' } as Parameters<
      typeof changeWorkOrder
    >[3];
    await changeWorkOrder(database.query, workOrderId, {}, change);
  }
  expect(await find(database, new Date(Date.now() + 90 * hourMs))).toEqual([]);
});

test('hours in which it waited for a human do not count, and do not bring back those before', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const { workOrderId } = await carriedWork(database, { step: 'verifying' });
  const to = (status: 'needs_review' | 'in_progress', changedBy: string) =>
    changeWorkOrder(
      database.query,
      workOrderId,
      {},
      {
        ...{ status, stepState: status === 'needs_review' ? 'manual_intervention_required' : 'running' },
        ...{ changedBy, changedBecause: 'x' },
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

test.each<[string, (database: Database) => Promise<unknown>, RegExp, RegExp]>([
  ['nobody is there', async (database) => carriedWork(database), /^No Moose is running\.$/, /moose up/],
  [
    'nobody takes it up',
    async (database) => {
      await aLivingExecutor(database);
      const { runId } = await aWorkOrderAtWork(database, { step: 'routing' });
      await carriedWork(database, { title: 'other', repositoryPath: '/srv/other' });
      await updateRun(database.query, runId, { executor: null });
    },
    /^It waits in the queue behind 1 runs that the one Moose process carries\.$/,
    /MOOSE_RUNS_MAX/,
  ],
  [
    'its process is dead',
    async (database) => {
      await aLivingExecutor(database);
      await carriedWork(database, { executor: 'dead' });
    },
    /^The process that carried it is dead, and none of the 1 that live has taken it up\.$/,
    /start it again/,
  ],
  [
    'a living process makes nothing of it',
    async (database) => {
      await aLivingExecutor(database);
      await carriedWork(database, { step: 'generating' });
    },
    /^It is at generating, a living process carries it, and nothing comes of it\.$/,
    /moose logs/,
  ],
  [
    'it waits for another try',
    async (database) => {
      await aLivingExecutor(database);
      const { runId } = await carriedWork(database, { step: 'generating', executor: 'gone' });
      const wakeAt = new Date(Date.now() + 9 * hourMs);
      await updateRun(database.query, runId, { wakeAt, waitingFor: 'the provider is busy' });
    },
    /^It waits until \d{4}-\S+Z to try generating again: the provider is busy\.$/,
    /by itself/,
  ],
  [
    'the machine has no room',
    async (database) => {
      await aLivingExecutor(database);
      const { runId } = await carriedWork(database);
      await updateRun(database.query, runId, { waitingFor: 'This machine is hard pressed: 1 MiB are free.' });
    },
    /^This machine is hard pressed: 1 MiB are free\.$/,
    /by itself/,
  ],
])('R-PIPE-13: %s: that is the answer', async (_, arrange, why, unblock) => {
  const database = await testDatabase();
  await arrange(database);
  const found = await find(database, new Date(Date.now() + 3 * hourMs));
  expect(found.map((one) => one.why)).toContainEqual(expect.stringMatching(why));
  expect(found.find((one) => why.test(one.why))?.unblock).toMatch(unblock);
});

test('all places of its project are taken: that is the answer', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const busy = await carriedWork(database, { title: 'busy' });
  await anAgent(database, busy, 'exec sleep 600');
  await carriedWork(database, { title: 'waits' });
  const tight = { ...limits, projectSlotsMax: 1 };
  const found = await database.run((query) => findStuck(query, tight, new Date(Date.now() + 3 * hourMs)));
  expect(found.find(({ work }) => work.title === 'waits')).toMatchObject({
    why: 'All 1 places of the project api are taken.',
    unblock: expect.stringContaining('MOOSE_PROJECT_SLOTS'),
  });
});

test('R-REC-6: a pause for an outage is explained from the second hour on, and an alarm only after a day', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const { runId } = await carriedWork(database, { step: 'generating' });
  await updateRun(database.query, runId, { pausedBy: 'provider:anthropic', waitingFor: 'It is overloaded' });
  const at = (hours: number) => new Date(Date.now() + hours * hourMs);
  const [early] = await find(database, at(5));
  expect(early).toMatchObject({
    isStuck: false,
    why: 'It is paused until the provider anthropic works again: It is overloaded.',
    unblock: expect.stringContaining('moose circuits'),
  });
  expect(await database.run((query) => stuckWorkOrders(query, limits, at(5)))).toEqual([]);
  expect(await database.run((query) => stuckWorkOrders(query, limits, at(25)))).toHaveLength(1);
});

test('an undo that does not get on is stuck, though its work order is over', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const { workOrderId, runId } = await carriedWork(database);
  const change = { stepState: 'done', changedBy: 'moose:alive', changedBecause: 'x' } as const;
  await changeWorkOrder(database.query, workOrderId, {}, { ...change, status: 'failed' });
  await updateRun(database.query, runId, { kind: 'undo' });
  const [stuck] = await find(database, new Date(Date.now() + 4 * hourMs));
  expect(stuck).toMatchObject({ isStuck: true, lastProgress: null });
});
