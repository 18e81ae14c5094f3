// Two machines with different files at the path of the same repository.

import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { scratchDirectory, scratchRepository, writeScript } from '../../git/scratch-repository.fixture.ts';
import type { Database } from '../../store/database.ts';
import { runById, updateRun } from '../../store/work/runs/runs.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { ifDue } from '../background/jobs/if-due.fixture.ts';
import type { Work } from '../run/work.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { executeRun } from './execute-run.ts';
import { askedAfterMs, reachedRepositoriesJob } from './leave-to-other-machine.ts';
import { leave } from './scratch-pipeline.fixture.ts';

/** A repository that a machine has, or does not have, when it checks. */
async function ground() {
  const database = await testDatabase();
  const stored = scratchRepository().path;
  const repositoryPath = join(scratchDirectory(), 'project');
  const work = await scratchWork(database, { repositoryPath, step: 'generating' });
  return {
    database,
    work,
    repositoryPath,
    appear: () => rename(stored, repositoryPath),
  };
}

/** Gives a leg of the run to a machine, as the queue does. */
async function takesUp(
  work: Work,
  host: string,
  runId = work.run.id,
  minutes = 0,
  labels: readonly string[] = [],
): Promise<void> {
  const run = await runById(work.database.query, runId);
  const clock = { now: () => new Date(Date.now() + minutes * 60_000) };
  const deps = { ...work, clock, labels, settings: { ...work.settings, host } };
  await executeRun(deps, runId, { executorId: host, slots: work.slots, leg: run?.leg ?? 0 }, work.signal);
}

/** Excludes the questions with which the runs themselves end, because there is no model here. */
const questions = (database: Database) =>
  database.query
    .selectFrom('escalations')
    .select(['title', 'status'])
    .where('code', 'in', ['REPOSITORY_UNREACHABLE', 'LABELS_MISSING'])
    .execute();

test('R-BASE-2: a machine without the repository does not fail the work: it waits for a machine that has it', async () => {
  const { database, work, repositoryPath, appear } = await ground();
  await mkdir(repositoryPath);
  await takesUp(work, 'beta');
  expect(await theWorkOrder(database, work.order.id)).toMatchObject({ status: 'in_progress', failure: null });
  const left = await runById(database.query, work.run.id);
  expect(left).toMatchObject({ state: 'running', executor: null, declinedBy: ['beta'], declines: 1 });
  expect(left?.waitingFor).toContain('beta');
  expect(left?.waitingFor).toContain(repositoryPath);
  await expect(questions(database)).resolves.toEqual([]);
  await appear();
  await takesUp(work, 'alpha');
  expect(await runById(database.query, work.run.id)).toMatchObject({
    executor: 'alpha',
    declinedSince: null,
  });
});

test('R-PIPE-13: fear: work that was paused is left to another machine, and is still said to be paused', async () => {
  const { database, work, repositoryPath } = await ground();
  await mkdir(repositoryPath);
  await updateRun(database.query, work.run.id, { pausedBy: 'provider:anthropic', pausedAt: new Date() });
  await takesUp(work, 'beta');
  expect(await runById(database.query, work.run.id)).toMatchObject({
    pausedBy: null,
    pausedAt: null,
    declinedBy: ['beta'],
    waitingFor: expect.stringContaining(repositoryPath),
  });
});

test('R-BASE-2: fear: a message that comes twice takes work away from a living machine, and gives it to one that cannot do it', async () => {
  const { database, work } = await ground();
  await sql`insert into executors (id, host, pid, machine, lock_backend) values ('alpha', 'alpha', 1, '', 0)`.execute(
    database.query,
  );
  await updateRun(database.query, work.run.id, { executor: 'alpha' });
  const before = await runById(database.query, work.run.id);
  await takesUp(work, 'beta');
  expect(await runById(database.query, work.run.id)).toEqual(before);
  await sql`update executors set ended_at = now()`.execute(database.query);
  await takesUp(work, 'beta');
  expect(await runById(database.query, work.run.id)).toMatchObject({ executor: null, declinedBy: ['beta'] });
});

test('R-DIST-3: a machine that has not tried soon gets its turn, however long the others have declined', async () => {
  const { database, work } = await ground();
  const waits = async () => {
    for (let turn = 0; turn < 6; turn += 1) await takesUp(work, 'beta');
    const run = await runById(database.query, work.run.id);
    return (run?.wakeAt?.getTime() ?? 0) - Date.now();
  };
  const beats = (host: string, secondsAgo: number) =>
    sql`insert into executors (id, host, pid, machine, lock_backend, heartbeat_at)
      values (${host}, ${host}, 1, '', 0, clock_timestamp() - ${secondsAgo} * interval '1 second')`.execute(
      database.query,
    );
  await beats('beta', 0);
  await beats('gone', 60);
  expect(await waits()).toBeGreaterThan(5_000);
  await beats('gamma', 0);
  expect(await waits()).toBeLessThan(3_000);
});

test('R-BASE-2: a machine whose git is too old leaves the work to others', async () => {
  const { database, work, appear } = await ground();
  await appear();
  const directory = scratchDirectory();
  writeScript(join(directory, 'git'), 'echo git version 2.30.1');
  const { PATH } = process.env;
  process.env.PATH = `${directory}:${PATH}`;
  onTestFinished(() => {
    process.env.PATH = PATH;
  });
  await takesUp(work, 'beta');
  const left = await runById(database.query, work.run.id);
  expect(left).toMatchObject({ state: 'running', executor: null, declinedBy: ['beta'] });
  expect(left?.waitingFor).toContain('2.30.1');
});

test('R-ESC-5: if no machine has the repository for minutes, all that wait share one question, until a machine has it', async () => {
  const { database, work, repositoryPath, appear } = await ground();
  const other = await aWorkOrderAtWork(database, { repositoryPath, step: 'generating' });
  const runs = [work.run.id, other.runId];
  for (const runId of runs) for (const host of ['beta', 'gamma']) await takesUp(work, host, runId);
  expect(await questions(database)).toEqual([]);
  for (const runId of runs) await takesUp(work, 'gamma', runId, askedAfterMs / 60_000 + 1);
  const asked = await questions(database);
  expect(asked).toMatchObject([{ status: 'open' }]);
  const title = asked[0]?.title;
  for (const word of [repositoryPath, 'beta', 'gamma']) expect(title).toContain(word);
  expect(await database.query.selectFrom('escalationMembers').select('leftAt').execute()).toEqual([
    { leftAt: null },
    { leftAt: null },
  ]);
  await appear();
  const job = ifDue(database, reachedRepositoriesJob(database));
  await takesUp(work, 'alpha', work.run.id);
  await job.run(work.signal);
  expect(await questions(database)).toMatchObject([{ status: 'open' }]);
  await takesUp(work, 'alpha', other.runId);
  await job.run(work.signal);
  expect(await questions(database)).toMatchObject([{ status: 'withdrawn' }]);
});

test('R-GO-9: a repository that was reached before is waited for, and a person is asked only after the time that is shown', async () => {
  const { database, work } = await ground();
  const minutesMax = work.settings.returnMsMax / 60_000;
  await leave(work, 'routing', {});
  await takesUp(work, 'beta');
  const left = await runById(database.query, work.run.id);
  const askAt = new Date((left?.declinedSince?.getTime() ?? 0) + work.settings.returnMsMax);
  expect(left?.waitingFor).toContain(`asks a person at ${askAt.toISOString().slice(11, 16)} UTC.`);
  await takesUp(work, 'beta', work.run.id, minutesMax - 1);
  expect(await questions(database)).toEqual([]);
  await takesUp(work, 'beta', work.run.id, minutesMax + 1);
  expect(await questions(database)).toMatchObject([{ status: 'open' }]);
});

test('R-PIPE-9: a cancelled work order does not wait forever for a machine that is gone', async () => {
  const { database, work } = await ground();
  await database.query
    .updateTable('workOrders')
    .set({ cancelRequestedAt: new Date() })
    .where('id', '=', work.order.id)
    .execute();
  for (let look = 0; look < 20; look++) await takesUp(work, 'beta');
  expect(await theWorkOrder(database, work.order.id)).toMatchObject({ status: 'cancelled' });
});

/** A work order and its project need these labels. */
async function needs(
  { database, work }: { database: Database; work: Work },
  own: string[],
  project: string[],
) {
  await database.query
    .updateTable('workOrders')
    .set({ settings: JSON.stringify({ labels: own }) })
    .where('id', '=', work.order.id)
    .execute();
  await database.query
    .updateTable('projects')
    .set({ settings: JSON.stringify({ labels: project }) })
    .where('id', '=', work.order.projectId)
    .execute();
}

test('R-DIST-3: only a machine with all labels of the work order and its project takes it', async () => {
  const at = await ground();
  const { database, work, appear } = at;
  await appear();
  await needs(at, ['gpu=yes', 'zone=us'], ['zone=eu', 'disk=ssd']);
  await takesUp(work, 'beta', work.run.id, 0, ['zone=us', 'disk=ssd']);
  const left = await runById(database.query, work.run.id);
  expect(left).toMatchObject({ state: 'running', executor: null, declinedBy: ['beta'], declines: 1 });
  expect(left?.waitingFor).toContain('The machine beta does not have the label gpu=yes.');
  await takesUp(work, 'gamma', work.run.id, 0, []);
  expect((await runById(database.query, work.run.id))?.waitingFor).toContain(
    'The machine gamma does not have the labels disk=ssd and gpu=yes and zone=us.',
  );
  await takesUp(work, 'alpha', work.run.id, 0, ['disk=ssd', 'gpu=yes', 'zone=us', 'more=too']);
  expect(await runById(database.query, work.run.id)).toMatchObject({
    executor: 'alpha',
    declinedSince: null,
  });
});

test('R-DIST-3, R-ESC-5: if no machine has the labels for minutes, a person is asked, until a machine has them', async () => {
  const at = await ground();
  const { database, work, appear } = at;
  await appear();
  await needs(at, ['gpu=yes'], []);
  await takesUp(work, 'beta');
  expect(await questions(database)).toEqual([]);
  await takesUp(work, 'beta', work.run.id, askedAfterMs / 60_000 + 1);
  const asked = await questions(database);
  expect(asked).toMatchObject([{ status: 'open' }]);
  for (const word of ['beta', 'lacks the label gpu=yes']) expect(asked[0]?.title).toContain(word);
  const job = ifDue(database, reachedRepositoriesJob(database));
  await job.run(work.signal);
  expect(await questions(database)).toMatchObject([{ status: 'open' }]);
  await takesUp(work, 'alpha', work.run.id, 0, ['gpu=yes']);
  await job.run(work.signal);
  expect(await questions(database)).toMatchObject([{ status: 'withdrawn' }]);
});
