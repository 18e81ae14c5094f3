// The processes that sessions of one data directory started: they carry a session's mark, and have a file in its folder
// open. No other process has both.
import { sep } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { readBootId } from '../stdx/boot-id.ts';
import { ageMsOf, hasEnvironmentEntry, isDead, listPids, openPaths, readProcess } from './process-table.ts';

export interface MarkedProcesses {
  /** The name of the session's folder. */
  session: string;
  pids: number[];
  /** When the youngest of its processes began. */
  startedAt: Date;
}

const processesPerTurn = 64;

export async function markedProcesses(sessionsFolder: string): Promise<MarkedProcesses[]> {
  const below = sessionsFolder + sep;
  const bootId = readBootId();
  const found = new Map<string, MarkedProcesses>();
  let looked = 0;
  for (const pid of listPids()) {
    looked += 1;
    if (looked % processesPerTurn === 0) await yieldToOthers();
    if (pid === process.pid || !hasEnvironmentEntry(pid, 'MOOSE_SESSION=')) continue;
    const entry = readProcess(pid);
    if (entry === null || isDead(entry)) continue;
    const path = openPaths(pid).find((each) => each.startsWith(below));
    const session = path?.slice(below.length).split(sep)[0];
    if (!session) continue;
    const startedAt = new Date(Date.now() - (ageMsOf({ startTicks: entry.startTicks, bootId }) ?? 0));
    const one = found.get(session);
    const youngest = one && one.startedAt > startedAt ? one.startedAt : startedAt;
    found.set(session, { session, pids: [...(one?.pids ?? []), pid], startedAt: youngest });
  }
  return [...found.values()];
}

/** Whether a process with this ID runs. */
export function isRunning(pid: number): boolean {
  const entry = readProcess(pid);
  return entry !== null && !isDead(entry);
}
