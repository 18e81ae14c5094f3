// Looks once at everything that a session may have running. It names for certain what belongs to the session;
// what it cannot tell apart from a stranger with the same group id is a suspect, and never signalled.

import { hostname } from 'node:os';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { PermanentError } from '../domain/failure.ts';
import type { ProcessHandle } from './process-handle.ts';
import {
  hasEnvironmentEntry,
  hasOpenForWriting,
  isDead,
  listPids,
  type ProcessEntry,
  readBootId,
  readProcess,
} from './process-table.ts';
import { filePath } from './session-files.ts';
import { isLockFree } from './session-lock.ts';

export interface Survey {
  /** Whether the first process lives: then the whole group is the session's. */
  isLeaderAlive: boolean;
  /** Living processes of the group that are certainly the session's. */
  members: ProcessEntry[];
  /** Living processes that left the group and carry the cookie, or the lock. */
  strays: ProcessEntry[];
  /** Living processes with the group's number of which nothing is certain: its leader is gone and they carry no mark. */
  suspects: ProcessEntry[];
}

const nobody: Survey = { isLeaderAlive: false, members: [], strays: [], suspects: [] };

/** Processes looked at before others get a turn: about a millisecond. */
const processesPerTurn = 64;

export function isEmpty(survey: Survey): boolean {
  return survey.members.length === 0 && survey.strays.length === 0 && survey.suspects.length === 0;
}

/** A dead boot has no living processes: no look is needed. */
export function isOfThisBoot(handle: ProcessHandle): boolean {
  return handle.bootId === readBootId();
}

/** Elsewhere the numbers in the handle mean nothing. */
export function isOnThisHost(handle: ProcessHandle): boolean {
  return handle.host === hostname();
}

/** Throws SESSION_ON_OTHER_HOST unless isOnThisHost. */
export function assertThisHost(handle: ProcessHandle, operation: string): void {
  if (isOnThisHost(handle)) return;
  throw new PermanentError({
    code: 'SESSION_ON_OTHER_HOST',
    message: `The session in ${handle.directory} runs on ${handle.host}, not on ${hostname()}.`,
    advice: `Let the Moose on ${handle.host} handle it.`,
    component: 'sessions',
    operation,
    metadata: { handle },
  });
}

/** Whether the wrapper lives: one file read, for the frequent look. */
export function isLeaderAlive(handle: ProcessHandle): boolean {
  const leader = isOfThisBoot(handle) ? readProcess(handle.pid) : null;
  return leader !== null && leader.startTicks === handle.startTicks && !isDead(leader);
}

/** Whether anything of the session's whole tree lives. After its program's end this says whether it left something behind. */
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
  // A process group's number cannot be given out again while a member lives: a foreign leader means ours is gone.
  const isGroupForeign = leader !== null && !isLeaderOurs;
  const mark = `MOOSE_SESSION=${handle.cookie}`;
  const lockPath = filePath(handle.directory, 'lock');
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
    // Nothing of the session is older than its first process.
    if (entry === null || isDead(entry) || entry.startTicks < handle.startTicks) continue;
    const isInGroup = entry.groupId === handle.pid;
    if (isInGroup && isGroupForeign) continue;
    if (isInGroup && isLeaderOurs) survey.members.push(entry);
    else if (hasEnvironmentEntry(pid, mark) || (options.byLock === true && hasOpenForWriting(pid, lockPath)))
      (isInGroup ? survey.members : survey.strays).push(entry);
    else if (isInGroup) survey.suspects.push(entry);
  }
  return survey;
}
