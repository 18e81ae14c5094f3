// Checks once everything that a session may have running. It lists what certainly belongs to the session. A process
// that might be a stranger with the same group ID is a suspect, and is never signalled.

import { hostname } from 'node:os';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { readBootId } from '../stdx/boot-id.ts';
import { sessionFailures } from './failure-catalogue.ts';
import { processesOf } from './limits/session-group.ts';
import type { ProcessHandle } from './process-handle.ts';
import {
  hasEnvironmentEntry,
  hasOpenForWriting,
  isDead,
  listPids,
  type ProcessEntry,
  readProcess,
} from './process-table.ts';
import { filePath } from './session-files.ts';
import { isLockFree } from './session-lock.ts';

export interface Survey {
  /** Whether the first process is alive: then the whole group belongs to the session. */
  isLeaderAlive: boolean;
  /** Living processes of the group that certainly belong to the session. */
  members: ProcessEntry[];
  /** Living processes that left the group and have the cookie or the lock, or are in its control group. */
  strays: ProcessEntry[];
  /** Living processes with the group's ID about which nothing is certain: the leader is gone and they have no mark. */
  suspects: ProcessEntry[];
}

const nobody: Survey = { isLeaderAlive: false, members: [], strays: [], suspects: [] };

/** How many processes are inspected before other code gets a turn: about a millisecond's worth. */
const processesPerTurn = 64;

export function isEmpty(survey: Survey): boolean {
  return survey.members.length === 0 && survey.strays.length === 0 && survey.suspects.length === 0;
}

/** After a reboot no process is alive: no check is needed. */
export function isOfThisBoot(handle: ProcessHandle): boolean {
  return handle.bootId === readBootId();
}

/** On another machine the numbers in the handle mean nothing. */
export function isOnThisHost(handle: ProcessHandle): boolean {
  return handle.host === hostname();
}

/** Throws SESSION_ON_OTHER_HOST unless isOnThisHost. */
export function assertThisHost(handle: ProcessHandle, operation: string): void {
  if (isOnThisHost(handle)) return;
  throw sessionFailures.SESSION_ON_OTHER_HOST(
    { operation, metadata: { handle } },
    { directory: handle.directory, host: handle.host, hostname: hostname() },
  );
}

/** Whether the wrapper is alive: reads one file, for frequent checks. */
export function isLeaderAlive(handle: ProcessHandle): boolean {
  const leader = isOfThisBoot(handle) ? readProcess(handle.pid) : null;
  return leader !== null && leader.startTicks === handle.startTicks && !isDead(leader);
}

/**
 * Whether anything in the session's process tree is alive. After the program's end, this tells whether it left
 * something behind.
 */
export async function isProcessAlive(handle: ProcessHandle): Promise<boolean> {
  assertThisHost(handle, 'look');
  if (!isOfThisBoot(handle)) return false;
  if (isLeaderAlive(handle)) return true;
  return !isEmpty(await surveyProcesses(handle)) || !(await isLockFree(handle));
}

export async function surveyProcesses(
  handle: ProcessHandle,
  options: { byLock?: boolean } = {},
): Promise<Survey> {
  if (!isOfThisBoot(handle)) return nobody;
  const leader = readProcess(handle.pid);
  const isLeaderOurs = leader?.startTicks === handle.startTicks;
  // A process group's ID is not reused while a member lives: a foreign leader means that ours is gone.
  const isGroupForeign = leader !== null && !isLeaderOurs;
  const mark = `MOOSE_SESSION=${handle.cookie}`;
  const lockPath = filePath(handle.directory, 'lock');
  const limited = new Set(processesOf(handle.directory));
  const survey: Survey = {
    isLeaderAlive: isLeaderOurs && !isDead(leader),
    members: [],
    strays: [],
    suspects: [],
  };
  let looked = 0;
  for (const pid of listPids()) {
    looked += 1;
    if (looked % processesPerTurn === 0) await yieldToOthers();
    if (pid === process.pid) continue;
    const entry = readProcess(pid);
    // Nothing in the session is older than its first process.
    if (entry === null || isDead(entry) || entry.startTicks < handle.startTicks) continue;
    const isInGroup = entry.groupId === handle.pid;
    if (isInGroup && isGroupForeign) continue;
    if (isInGroup && isLeaderOurs) survey.members.push(entry);
    else if (
      limited.has(pid) ||
      hasEnvironmentEntry(pid, mark) ||
      (options.byLock === true && hasOpenForWriting(pid, lockPath))
    )
      (isInGroup ? survey.members : survey.strays).push(entry);
    else if (isInGroup) survey.suspects.push(entry);
  }
  return survey;
}
