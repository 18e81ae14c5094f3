// `moose cleanup` deletes exactly what it shows, and waiting or unpushed work loses nothing.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import type { Cleanup } from '../../../contract/contract.ts';
import { newId, type SessionId, shortId } from '../../../domain/ids.ts';
import type { Status } from '../../../domain/transitions.ts';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { aWorkOrderAtWork } from '../../../store/work/scratch-rows.fixture.ts';
import { newestArtifact, saveArtifact } from '../../../store/work/sessions/artifacts.ts';
import { intendSession } from '../../../store/work/sessions/session-rows.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { defaultSettings } from '../../policy/engine-settings.ts';
import { oldRecordsJob } from '../../run/effects/old-records-job.ts';
import { cleanUp } from './clean-up.ts';

const signal = new AbortController().signal;
const dayMs = 24 * 3_600_000;
const text = 'printed words';

async function ground() {
  const database = await testDatabase();
  const dataDirectory = scratchDirectory();
  const settings = { ...defaultSettings, dataDirectory, host: 'alpha' };
  const deps = (daysLater: number) => {
    const clock = { now: () => new Date(Date.now() + daysLater * dayMs) };
    return { database, clock, settings };
  };
  /** A work order at `status`, with files and a bundle. */
  const left = async (status: Status) => {
    const of = await aWorkOrderAtWork(database);
    const { workOrderId, runId } = of;
    const id = newId<SessionId>(new Date());
    const directory = join(dataDirectory, 'sessions', id);
    const home = join(dataDirectory, 'homes', shortId(workOrderId));
    for (const path of [directory, home]) {
      mkdirSync(path, { recursive: true });
      writeFileSync(join(path, 'file'), text);
    }
    await intendSession(database.query, {
      id,
      workOrderId,
      runId,
      purpose: 'agent',
      name: 'patch',
      cycle: 0,
      attempt: 1,
      host: 'alpha',
      directory,
      command: 'patch',
      state: 'exited',
      endedAt: new Date(),
    });
    for (const kind of ['patch', 'bundle'] as const)
      await saveArtifact(database.query, { workOrderId, runId, cycle: 0, kind, content: Buffer.from(text) });
    if (status === 'pending') return of;
    const over = { state: 'ended', endedAt: new Date() } as const;
    await database.query.updateTable('runs').set(over).where('id', '=', runId).execute();
    const stepState = status === 'needs_review' ? 'manual_intervention_required' : 'done';
    const why = { changedBy: 'moose:1', changedBecause: 'over' };
    await changeWorkOrder(database.query, workOrderId, {}, { status, stepState, ...why });
    return of;
  };
  const hasBundle = async ({ workOrderId }: { workOrderId: Parameters<typeof newestArtifact>[1] }) =>
    Boolean(await newestArtifact(database.query, workOrderId, 'bundle'));
  return { database, dataDirectory, deps, left, hasBundle };
}

const counts = ({ items }: Cleanup) => Object.fromEntries(items.map(({ kind, count }) => [kind, count]));

test('R-DIST-6: the plan shows with sizes what is due, and deletes nothing', async () => {
  const { deps, left, dataDirectory, hasBundle } = await ground();
  const done = await left('completed');
  const nothing = { 'session files': 0, 'home directories': 0, 'bundles of pushed commits': 0 };
  expect(counts(await cleanUp(deps(13), { isPlan: true, signal }))).toMatchObject(nothing);
  const plan = await cleanUp(deps(15), { isPlan: true, signal });
  expect(plan.is_done).toBe(false);
  expect(plan.items.find(({ kind }) => kind === 'session files')).toMatchObject({
    count: 1,
    bytes: text.length,
  });
  expect(plan.items.find(({ kind }) => kind === 'bundles of pushed commits')).toMatchObject({
    count: 1,
    bytes: text.length,
  });
  expect(counts(plan)).toMatchObject({ 'home directories': 1 });
  expect(existsSync(join(dataDirectory, 'homes', shortId(done.workOrderId)))).toBe(true);
  expect(await hasBundle(done)).toBe(true);
});

test('R-DIST-6, R-PIPE-14: fear: a cleanup deletes what is not pushed, or what waits', async () => {
  const { database, deps, left, dataDirectory, hasBundle } = await ground();
  const done = await left('completed');
  const waiting = await left('needs_review');
  const pending = await left('pending');
  const cancelled = await left('cancelled');
  const before = await cleanUp(deps(15), { isPlan: true, signal });
  const deleted = await cleanUp(deps(15), { isPlan: false, signal });
  expect(counts(deleted)).toEqual(counts(before));
  expect(counts(await cleanUp(deps(15), { isPlan: true, signal }))).toEqual({
    ...Object.fromEntries(deleted.items.map(({ kind }) => [kind, 0])),
  });
  const home = ({ workOrderId }: typeof done) =>
    existsSync(join(dataDirectory, 'homes', shortId(workOrderId)));
  expect([done, waiting, pending, cancelled].map(home)).toEqual([false, true, true, false]);
  // The commits of a cancelled work order may exist nowhere else.
  expect(await Promise.all([done, waiting, pending, cancelled].map(hasBundle))).toEqual([
    false,
    true,
    true,
    true,
  ]);
  expect(await newestArtifact(database.query, done.workOrderId, 'patch')).toEqual(Buffer.from(text));
});

test('R-DIST-6: Moose deletes old records by itself, in bounded batches', async () => {
  const { deps, left, hasBundle } = await ground();
  const done = await left('completed');
  await oldRecordsJob(deps(13)).run(signal);
  expect(await hasBundle(done)).toBe(true);
  await oldRecordsJob(deps(15)).run(signal);
  expect(await hasBundle(done)).toBe(false);
});
