// One machine's Moose dies, and another machine continues its work: what the first one leaves behind, and what happens
// to it.

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import { scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { ensureWorktree } from '../../../git/worktree/worktree.ts';
import { entryPathOf } from '../../../git/worktree/worktree-entry.ts';
import type { ProcessHandle } from '../../../sessions/process-handle.ts';
import { carriersOf } from '../../../sessions/scratch-sessions.fixture.ts';
import { stopProcess } from '../../../sessions/stop-process.ts';
import { until } from '../../../stdx/async/until.fixture.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { effectsOf } from '../../../store/work/sessions/effects.ts';
import { sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { leftoversJob } from '../../reconcile/scratch-reconcile.fixture.ts';
import { claim, scratchWork } from '../../scratch-work.fixture.ts';
import { supervise } from '../../workplace/sessions/supervise.ts';
import { ensureWorktreePlace } from '../../workplace/worktree/worktree-place.ts';
import type { Work } from '../work.ts';
import { unreachableSessionsJob } from './leftovers.ts';

const shared = sharedDatabase();
const signal = new AbortController().signal;
/** As in `scratchWork`. */
const machine = 'machine-of-test';

const check = (cwd: string) => ({
  ...({ purpose: 'check', name: '1-test', attempt: 1, cwd, network: 'none', wallClockMs: 600_000 } as const),
  prepare: async () => ({
    argv: ['sh', '-c', ': > begun; sleep 600'] as [string, ...string[]],
    env: { PATH: process.env.PATH ?? '' },
  }),
});

const at = (work: Work, host: string): Work => ({
  ...work,
  settings: { ...work.settings, host, silenceMsMax: 600_000 },
  signal,
});

/** A check that runs on machine alpha, whose Moose is dead; machine beta now carries out the run. */
async function takenOver() {
  const cwd = scratchDirectory();
  const died = new AbortController();
  const scratch = await scratchWork(shared(), { step: 'verifying', dataDirectory: cwd });
  const watching = supervise({ ...at(scratch, 'alpha'), signal: died.signal }, check(cwd)).catch(
    () => undefined,
  );
  await until('the check', () => existsSync(join(cwd, 'begun')));
  const session = await until('its row', async () =>
    (await sessionsOf(scratch.database.query, scratch.order.id)).find(({ state }) => state === 'running'),
  );
  died.abort(new DOMException('Moose died', 'AbortError'));
  await watching;
  const handle = session.handle as unknown as ProcessHandle;
  onTestFinished(async () => {
    await stopProcess(handle, { graceMs: 0 });
  });
  const run = await claim(scratch.database, scratch.run.id, 'beta');
  const work = at({ ...scratch, run }, 'beta');
  const row = async () => (await sessionsOf(work.database.query, work.order.id))[0];
  return { work, cwd, handle, row };
}

const alerts = async ({ database }: Work) =>
  (
    await database.query
      .selectFrom('systemAlerts')
      .select('message')
      .where('resolvedAt', 'is', null)
      .execute()
  ).map(({ message }) => message);

test('R-SES-1: a live process whose work others took over is not reported dead, and is stopped when its Moose is back', async () => {
  const { work, cwd, handle, row } = await takenOver();
  const { database } = work;
  expect((await supervise(work, check(cwd))).end.reason).toBe('left_behind');
  expect(await row()).toMatchObject({ state: 'running', endedAt: null, unreachableSince: expect.any(Date) });
  await ifDue(database, unreachableSessionsJob(database)).run(signal);
  expect(await alerts(work)).toEqual([expect.stringContaining('on alpha')]);
  await leftoversJob({ database, clock: systemClock, dataDirectory: cwd, host: 'beta', machine }).run(signal);
  expect(carriersOf(handle)).not.toEqual([]);

  await leftoversJob({ database, clock: systemClock, dataDirectory: '/nowhere', host: 'alpha', machine }).run(
    signal,
  );
  expect(carriersOf(handle)).toEqual([]);
  expect(await row()).toMatchObject({ state: 'stopped', endReason: 'superseded', unreachableSince: null });
  const effects = await effectsOf(database.query, work.order.id);
  expect(effects.filter(({ kind }) => kind === 'session')).toMatchObject([{ state: 'undone' }]);
  await ifDue(database, unreachableSessionsJob(database)).run(signal);
  expect(await alerts(work)).toEqual([]);
});

test('R-SES-1: fear: a machine takes the name of another one, and counts a process that still runs there as lost', async () => {
  const { work, cwd, handle, row } = await takenOver();
  const namesake = { ...at(work, 'alpha'), machine: 'another-directory' };
  expect((await supervise(namesake, check(cwd))).end.reason).toBe('left_behind');
  expect(await row()).toMatchObject({ state: 'running', endedAt: null, unreachableSince: expect.any(Date) });
  const job = { database: work.database, clock: systemClock, dataDirectory: '/nowhere', host: 'alpha' };
  await leftoversJob({ ...job, machine: namesake.machine }).run(signal);
  expect(carriersOf(handle)).not.toEqual([]);
  expect(await row()).toMatchObject({ state: 'running' });
  await leftoversJob({ ...job, machine }).run(signal);
  expect(carriersOf(handle)).toEqual([]);
  expect(await row()).toMatchObject({ state: 'stopped', unreachableSince: null });
});

test('R-SES-3: a check of an ended run does not continue without anybody who enforces its time limit', async () => {
  const { work, handle, row } = await takenOver();
  const { database } = work;
  await database.query
    .updateTable('runs')
    .set({ state: 'ended', endedAt: new Date() })
    .where('id', '=', work.run.id)
    .execute();
  await leftoversJob({ database, clock: systemClock, dataDirectory: '/nowhere', host: 'alpha', machine }).run(
    signal,
  );
  expect(carriersOf(handle)).toEqual([]);
  expect(await row()).toMatchObject({ state: 'stopped', endReason: 'superseded' });
});

test('R-PIPE-14: a worktree that a machine left is removed once its work order has ended elsewhere; its content is kept', async () => {
  const { path, headSha, git } = scratchRepository();
  const dataDirectory = scratchDirectory();
  const scratch = await scratchWork(shared(), {
    step: 'applying',
    repositoryPath: path,
    dataDirectory,
  } as const);
  const { database, order, run } = scratch;
  await database.query
    .updateTable('workOrders')
    .set({ baseSha: headSha })
    .where('id', '=', order.id)
    .execute();
  const routed = { branch: `moose/${order.id.slice(-8)}-x`, baseSha: headSha } as RoutingResult;
  const { worktreePath } = await ensureWorktreePlace(at(scratch, 'alpha'), routed, headSha);
  await writeFile(join(worktreePath, 'half.txt'), 'half of the work\n');
  const job = leftoversJob({ database, clock: systemClock, dataDirectory, host: 'alpha', machine });
  await job.run(signal);
  expect(existsSync(worktreePath)).toBe(true);

  await database.query.updateTable('runs').set({ state: 'ended' }).where('id', '=', run.id).execute();
  const over = { changedBy: 'moose:beta', changedBecause: 'cancelled' };
  await changeWorkOrder(database.query, order.id, {}, { status: 'cancelled', stepState: 'done', ...over });
  await job.run(signal);
  expect(existsSync(worktreePath)).toBe(false);
  expect(git('branch', '--list', 'moose/*')).toBe('');
  const [kept = ''] = git('for-each-ref', '--format=%(refname)', 'refs/moose/preserved').split('\n');
  expect(git('show', `${kept}:half.txt`)).toBe('half of the work');
  const effects = await effectsOf(database.query, order.id);
  expect(effects.find(({ kind }) => kind === 'worktree')?.state).toBe('undone');

  // A suspended process had started to create this worktree, and now resumes.
  await ensureWorktree({ repositoryPath: path, worktreePath, branch: routed.branch, baseSha: headSha });
  await job.run(signal);
  expect(existsSync(worktreePath)).toBe(false);
  expect(git('branch', '--list', 'moose/*')).toBe('');

  // The process stops after git listed the worktree but before git created it, or when it is half removed.
  for (const place of [worktreePath, join(worktreePath, '..', `.${basename(worktreePath)}.removing`)]) {
    await ensureWorktree({ repositoryPath: path, worktreePath, branch: routed.branch, baseSha: headSha });
    await rename(worktreePath, place);
    if (place === worktreePath) await rm(place, { recursive: true });
    await job.run(signal);
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
    expect(git('branch', '--list', 'moose/*')).toBe('');
    expect(existsSync(place)).toBe(false);
  }

  // The power fails when nothing but a draft, or what is half removed, is on the disk.
  const entries = dirname(entryPathOf(worktreePath));
  const name = basename(worktreePath);
  const folders = [
    join(dirname(worktreePath), `.${name}.removing`),
    join(dirname(worktreePath), `.${name}.draft-${randomUUID()}`),
    join(entries, `.${name}.draft-${randomUUID()}`),
  ];
  for (const folder of folders) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'rest'), 'rest\n');
    await job.run(signal);
    expect(existsSync(folder), folder).toBe(false);
  }
});
