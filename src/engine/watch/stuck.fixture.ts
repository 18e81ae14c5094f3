// For tests: work that has stopped for every possible reason, on real rows, with real processes.
import { onTestFinished } from 'vitest';
import { newId, type SessionId } from '../../domain/ids.ts';
import type { Step } from '../../domain/transitions.ts';
import { type Locks, openLocks } from '../../durable/locks.ts';
import type { ProcessHandle } from '../../sessions/process-handle.ts';
import { ScratchSessions } from '../../sessions/scratch-sessions.fixture.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import { updateRun } from '../../store/work/runs/runs.ts';
import { aWorkOrderAtWork, type Scratch } from '../../store/work/scratch-rows.fixture.ts';

export const hourMs = 3_600_000;

export const limits = {
  shownMs: 2 * hourMs,
  escalatedMs: 24 * hourMs,
  machineSlotsMax: 8,
  projectSlotsMax: 8,
};

/** A clock that starts now and moves only when the test moves it. */
export function movedClock(): Clock & { move(ms: number): void } {
  const startMs = Date.now();
  let movedMs = 0;
  return {
    now: () => new Date(startMs + movedMs),
    move: (ms) => {
      movedMs += ms;
    },
  };
}

/** A live process, as the database sees it. */
export async function aLivingExecutor(database: Database, executorId = 'alive'): Promise<Locks> {
  const locks = await openLocks(database.url, { onLost: () => undefined });
  onTestFinished(() => locks.close());
  await locks.tryLock(`executor:${executorId}`);
  return locks;
}

/** A work order that a live process carries out. */
export async function workUnderWay(
  database: Database,
  given: { step?: Step; title?: string; executor?: string; repositoryPath?: string } = {},
): Promise<Scratch> {
  const scratch = await aWorkOrderAtWork(database, { step: 'applying', ...given });
  await updateRun(database.query, scratch.runId, { executor: given.executor ?? 'alive' });
  return scratch;
}

export interface AgentProcess {
  handle: ProcessHandle;
  sessionId: SessionId;
}

/** A real process in a session of the work order that runs the shell script. */
export async function anAgent(
  database: Database,
  work: Scratch,
  script: string,
  given: { host?: string; attempt?: number; sessions?: ScratchSessions; env?: Record<string, string> } = {},
): Promise<AgentProcess> {
  const sessions = given.sessions ?? (await ScratchSessions.create());
  if (!given.sessions) onTestFinished(() => sessions.clear());
  const handle = await sessions.start(['/bin/sh', '-c', script], given.env ?? {});
  const sessionId = newId<SessionId>(new Date());
  await database.query
    .insertInto('sessions')
    .values({
      id: sessionId,
      workOrderId: work.workOrderId,
      runId: work.runId,
      purpose: 'agent',
      name: 'patch',
      cycle: 0,
      attempt: given.attempt ?? 1,
      host: given.host ?? 'here',
      directory: handle.directory,
      command: 'sh',
      state: 'running',
      handle: toJson(handle),
      startedAt: new Date(handle.startedAt),
    })
    .execute();
  return { handle, sessionId };
}
