// Each kind of drift between sessions, processes and rows: made by hand, found, and repaired or asked about.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { newId, type SessionId } from '../../domain/ids.ts';
import { readMachineId } from '../../sessions/process-table.ts';
import { startProcess } from '../../sessions/start-process.ts';
import { stopProcess } from '../../sessions/stop-process.ts';
import { endViewer, listViewers, startViewer, viewerCommand } from '../../sessions/viewer.ts';
import { toJson } from '../../store/storable.ts';
import { type MachineCase, type Scene, setEffect, tryMachineCase } from './machine-scene.fixture.ts';

const shared = sharedDatabase();

interface SessionGiven {
  purpose?: 'agent' | 'check' | 'service';
  hasViewer?: boolean;
  state?: 'running' | 'exited';
  isAlive?: boolean;
  hasRun?: boolean;
  host?: string;
}

/** A session with a real process, and its row. */
async function session(s: Scene, given: SessionGiven = {}) {
  const id = newId<SessionId>(new Date());
  const directory = join(s.dataDirectory, 'sessions', id);
  const { query } = s.work.database;
  const handle = await startProcess({
    directory,
    cwd: s.dataDirectory,
    argv: ['sh', '-c', 'sleep 600'],
    env: { PATH: process.env.PATH ?? '' },
  });
  onTestFinished(async () => void (await stopProcess(handle, { graceMs: 0 })));
  if (given.isAlive === false) await stopProcess(handle, { graceMs: 0 });
  const viewed = { id, workOrderId: s.order.id, directory, pid: handle.pid };
  const viewer = given.hasViewer ? await startViewer(s.dataDirectory, viewed) : null;
  if (viewer !== null) onTestFinished(() => endViewer(s.dataDirectory, viewer));
  const { purpose = 'check', state = 'running', host = 'here' } = given;
  await query
    .insertInto('sessions')
    .values({
      id,
      workOrderId: s.order.id,
      runId: s.run.id,
      purpose,
      name: '1-test',
      cycle: 1,
      attempt: 1,
      host,
      machine: 'machine-of-test',
      directory,
      command: 'sh',
      state,
      viewer,
      handle: toJson(handle),
      startedAt: new Date(),
      endedAt: state === 'exited' ? new Date() : null,
      unreachableSince: host === 'here' ? null : new Date(),
    })
    .execute();
  if (given.hasRun)
    await query
      .updateTable('runs')
      .set({ state: 'running', endedAt: null })
      .where('id', '=', s.run.id)
      .execute();
  const row = () => query.selectFrom('sessions').select(['state']).where('id', '=', id).executeTakeFirst();
  const isRunning = () => existsSync(`/proc/${handle.pid}`);
  return { id, directory, row, isRunning, viewer: viewer ?? '' };
}

/** Of machines where tmux is installed. */
function viewers(): Record<string, MachineCase> {
  return {
    'session-without-viewer': {
      isSafe: true,
      make: async (s) => {
        const { id, viewer, isRunning } = await session(s, {
          purpose: 'agent',
          hasRun: true,
          hasViewer: true,
        });
        await endViewer(s.dataDirectory, viewer);
        expect(isRunning()).toBe(true);
        return {
          subject: id,
          check: async () => expect(await listViewers(s.dataDirectory)).toEqual([viewer]),
        };
      },
    },
    'viewer-without-session': {
      isSafe: true,
      make: async (s) => {
        // The process has no row any more that says that it runs, so its viewer shows nothing.
        const { viewer } = await session(s, { purpose: 'agent', state: 'exited', hasViewer: true });
        return {
          subject: viewer,
          check: async () => expect(await listViewers(s.dataDirectory)).toEqual([]),
        };
      },
    },
  };
}

const cases: Record<string, MachineCase> = {
  'session-left': {
    isSafe: true,
    make: async (s) => {
      const { id, row, isRunning } = await session(s);
      const check = async () => {
        expect(await row()).toEqual({ state: 'stopped' });
        expect(isRunning()).toBe(false);
      };
      return { subject: id, check };
    },
  },
  'session-without-process': {
    isSafe: false,
    make: async (s) => {
      const { id, row } = await session(s, { isAlive: false, hasRun: true });
      return { subject: id, check: async () => expect(await row()).not.toEqual({ state: 'running' }) };
    },
  },
  'session-unreachable': {
    isSafe: false,
    make: async (s) => {
      const host = `far-${s.id}`;
      await session(s, { host });
      return { subject: host };
    },
  },
  'service-without-worktree': {
    isSafe: true,
    make: async (s) => {
      const { id, row } = await session(s, { purpose: 'service', hasRun: true });
      rmSync(s.worktreePath, { recursive: true });
      await setEffect('worktree', 'undone')(s);
      return { subject: id, check: async () => expect(await row()).toEqual({ state: 'stopped' }) };
    },
  },
  'process-of-ended-session': {
    isSafe: true,
    make: async (s) => {
      const { id, isRunning } = await session(s, { state: 'exited' });
      return { subject: id, check: () => expect(isRunning()).toBe(false) };
    },
  },
  ...(viewerCommand('/data') === null ? {} : viewers()),
  'session-files-missing': {
    isSafe: false,
    make: async (s) => {
      const { id, directory } = await session(s, { state: 'exited', isAlive: false });
      rmSync(directory, { recursive: true });
      return { subject: id };
    },
  },
  'executor-without-process': {
    isSafe: true,
    make: async (s) => {
      const id = crypto.randomUUID();
      const { query } = s.work.database;
      const row = { id, host: 'here', pid: 2 ** 22 + 1, machine: readMachineId(), lockBackend: 0 };
      await query.insertInto('executors').values(row).execute();
      const ended = () =>
        query.selectFrom('executors').select('endedAt').where('id', '=', id).executeTakeFirst();
      return { subject: id, check: async () => expect((await ended())?.endedAt).toBeInstanceOf(Date) };
    },
  },
};

test.each(Object.entries(cases))('R-SES-7: %s is found, and repaired or asked about', (kind, one) =>
  tryMachineCase(shared(), kind, one),
);
