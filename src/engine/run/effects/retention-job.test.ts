import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { newId, type SessionId, shortId } from '../../../domain/ids.ts';
import type { Status } from '../../../domain/transitions.ts';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { aWorkOrderAtWork } from '../../../store/work/scratch-rows.fixture.ts';
import { intendSession, updateSession } from '../../../store/work/sessions/session-rows.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { defaultSettings } from '../../policy/engine-settings.ts';
import { copiedFilesMemo, listFinished, retentionJob } from './retention-job.ts';

const shared = sharedDatabase();
const signal = new AbortController().signal;
const dayMs = 24 * 3_600_000;

async function ground() {
  const database = shared();
  const dataDirectory = scratchDirectory();
  const settings = { ...defaultSettings, dataDirectory, host: 'alpha' };
  const clear = (daysLater: number) => {
    const clock = { now: () => new Date(Date.now() + daysLater * dayMs) };
    return retentionJob({ database, clock, settings }).run(signal);
  };
  const folder = async (...parts: string[]) => {
    const path = join(dataDirectory, ...parts);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'stdout'), 'words');
    return path;
  };
  /** Creates a work order at `status`, with session files and a home. */
  const left = async (status: Status, { runs = false, isOpen = false } = {}) => {
    const { workOrderId, runId } = await aWorkOrderAtWork(database);
    const id = newId<SessionId>(new Date());
    const directory = await folder('sessions', id);
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
      state: 'intended',
    });
    if (!isOpen) await updateSession(database.query, id, { state: 'exited', endedAt: new Date() });
    if (!runs)
      await database.query.updateTable('runs').set({ state: 'ended' }).where('id', '=', runId).execute();
    const stepState =
      status === 'in_progress'
        ? 'running'
        : status === 'needs_review'
          ? 'manual_intervention_required'
          : 'done';
    const why = { changedBy: 'moose:1', changedBecause: 'over' };
    if (status !== 'in_progress')
      await changeWorkOrder(database.query, workOrderId, {}, { status, stepState, ...why });
    return { directory, home: await folder('homes', shortId(workOrderId), 'patch') };
  };
  const stands = ({ directory, home }: { directory: string; home: string }) => [
    existsSync(directory),
    existsSync(home),
  ];
  const firstDue = (daysLater: number) => {
    const clock = { now: () => new Date(Date.now() + daysLater * dayMs) };
    return listFinished({ database, clock, settings }, 'homes', { max: 1, signal });
  };
  return { dataDirectory, clear, firstDue, folder, left, stands };
}

test('R-PIPE-14: files of finished work orders are removed from disk after their time, and no other files', async () => {
  const { clear, folder, left, stands } = await ground();
  const over = [await left('completed'), await left('failed'), await left('cancelled')];
  const others = [
    await left('needs_review'),
    await left('in_progress'),
    await left('completed', { runs: true }),
    await left('completed', { isOpen: true }),
  ];
  const unknown = await folder('sessions', newId<SessionId>(new Date()));
  const worktree = await folder('worktrees', '0123abcd');
  await clear(13);
  for (const one of [...over, ...others]) expect(stands(one)).toEqual([true, true]);
  await clear(15);
  for (const one of over) expect(stands(one)).toEqual([false, false]);
  for (const one of others) expect(stands(one)).toEqual([true, true]);
  expect([existsSync(unknown), existsSync(worktree)]).toEqual([true, true]);
  await clear(15);
});

test('fear: a link that an agent left in its home makes the cleanup delete files outside of it', async () => {
  const { dataDirectory, clear, folder, left, stands } = await ground();
  const outside = await folder('outside');
  const one = await left('completed');
  await symlink(outside, join(one.home, 'link'));
  await clear(15);
  expect(stands(one)).toEqual([false, false]);
  expect(existsSync(join(dataDirectory, 'outside', 'stdout'))).toBe(true);
});

test('fear: after the time of its files, a retry of a failed work order commits files of a person', async () => {
  const { clear, left, stands } = await ground();
  const one = await left('failed');
  const memo = join(one.home, '..', copiedFilesMemo);
  await writeFile(memo, '[]');
  await clear(15);
  expect(stands(one)).toEqual([false, false]);
  expect(existsSync(memo)).toBe(true);
  await clear(15);
  expect(existsSync(memo)).toBe(true);
});

test('fear: homes that keep only their memo take every turn, and nothing is ever deleted again', async () => {
  const { clear, firstDue, left } = await ground();
  const memos = [await left('failed'), await left('failed'), await left('failed')];
  for (const { home } of memos) await writeFile(join(home, '..', copiedFilesMemo), '[]');
  await clear(15);
  const next = await left('completed');
  expect(await firstDue(15)).toEqual([join(next.home, '..')]);
});
