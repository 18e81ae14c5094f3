// Ends everything that a session has running, and proves it: no living process in its group, none that carries
// its cookie, and its lock free. Only after that proof may another process enter the same worktree.

import type { TransientError } from '../domain/failure.ts';
import { sleep } from '../stdx/async/sleep.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { sessionFailures } from './failure-catalogue.ts';
import { stopForksOf } from './limits/session-group.ts';
import type { ProcessHandle } from './process-handle.ts';
import type { ProcessEntry } from './process-table.ts';
import { exists, hasExit, writeExitIfAbsent } from './session-files.ts';
import { isLockFree } from './session-lock.ts';
import { assertThisHost, isEmpty, isOfThisBoot, type Survey, surveyProcesses } from './survey.ts';

export interface StopOptions {
  /** The time between TERM and KILL. */
  graceMs?: number;
  /**
   * The time from KILL to proof: longer than an uninterruptible read from a slow disk, and longer than a large process
   * needs to free its memory on an overloaded machine.
   */
  proofLimitMs?: number;
  signal?: AbortSignal;
}

export interface StopProof {
  provedEmpty: true;
  /** Whether anything had to be stopped. */
  wasAlive: boolean;
  /** Whether the grace period ended, so that KILL was sent. */
  wasKilled: boolean;
  /** Processes that had left the group, found by the cookie or the lock. */
  strayPids: number[];
  durationMs: number;
}

export const defaultGraceMs = 10_000;
const defaultProofLimitMs = 15_000;

/** The checks start close together, for a process that ends at once, and then slow down. */
const lookMinMs = 5;
const lookMaxMs = 100;

/**
 * The least number of checks after KILL: if a single check takes longer than the limit, the wait would otherwise end
 * right after the first KILL.
 */
const looksAfterKillMin = 8;

/** A process that forks while the list is read may escape one check, but not two in a row after KILL. */
const emptyLooksNeeded = 2;

interface Progress {
  wasAlive: boolean;
  wasKilled: boolean;
  strayPids: Set<number>;
  /** Processes that have already got TERM. */
  toldPids: Set<number>;
  emptyLooks: number;
  last: Survey | null;
  isLockHeld: boolean;
}

/** Throws SESSION_STOP_UNPROVEN, with the evidence, if something is still there at the end. */
export async function stopProcess(handle: ProcessHandle, options: StopOptions = {}): Promise<StopProof> {
  const { graceMs = defaultGraceMs, proofLimitMs = defaultProofLimitMs, signal } = options;
  const beganAt = performance.now();
  const progress: Progress = {
    wasAlive: false,
    wasKilled: false,
    strayPids: new Set(),
    toldPids: new Set(),
    emptyLooks: 0,
    last: null,
    isLockHeld: false,
  };
  assertThisHost(handle, 'stop');
  signal?.throwIfAborted();
  const isProved =
    !isOfThisBoot(handle) ||
    (await endWithin(handle, 'SIGTERM', graceMs, progress, signal)) ||
    (await endWithin(handle, 'SIGKILL', proofLimitMs, progress, signal));
  if (!isProved) throw unprovenError(handle, progress);
  if (progress.wasAlive) await recordEnd(handle, progress);
  return {
    provedEmpty: true,
    wasAlive: progress.wasAlive,
    wasKilled: progress.wasKilled,
    strayPids: [...progress.strayPids],
    durationMs: performance.now() - beganAt,
  };
}

/** Signals what it finds (KILL at every check, TERM once each) and checks until nothing is left, or until the limit. */
async function endWithin(
  handle: ProcessHandle,
  name: 'SIGTERM' | 'SIGKILL',
  limitMs: number,
  progress: Progress,
  signal?: AbortSignal,
): Promise<boolean> {
  const beganAt = performance.now();
  progress.emptyLooks = 0;
  for (let look = 0; ; look += 1) {
    const survey = await surveyProcesses(handle, { byLock: progress.isLockHeld });
    signal?.throwIfAborted();
    progress.last = survey;
    for (const stray of survey.strays) progress.strayPids.add(stray.pid);
    if (isEmpty(survey)) {
      // Read once, between the two checks: anything that starts later must come from something that the second check
      // sees.
      if (progress.emptyLooks === 0) progress.isLockHeld = !(await isLockFree(handle));
      progress.emptyLooks = progress.isLockHeld ? 0 : progress.emptyLooks + 1;
      if (progress.emptyLooks === emptyLooksNeeded) return true;
    } else {
      progress.emptyLooks = 0;
      progress.wasAlive = true;
      if (name === 'SIGTERM') askToEnd(handle, survey, progress.toldPids);
      else kill(handle, survey);
      progress.wasKilled ||= name === 'SIGKILL';
    }
    const leftMs = limitMs - (performance.now() - beganAt);
    if (leftMs <= 0 && (name === 'SIGTERM' || look >= looksAfterKillMin)) return false;
    const untilNextMs = Math.min(lookMaxMs, lookMinMs * 2 ** look, leftMs > 0 ? leftMs : lookMaxMs);
    // No wait between two empty checks.
    if (progress.emptyLooks === 0) await sleep(untilNextMs, signal);
  }
}

// Everything signalled below was seen a moment ago as part of the session: a reused PID is never hit.

/** TERM is sent only once: a second one makes some programs skip their clean shutdown. */
function askToEnd(handle: ProcessHandle, survey: Survey, told: Set<number>): void {
  if (survey.isLeaderAlive && !told.has(handle.pid)) {
    send(-handle.pid, 'SIGTERM');
    for (const member of survey.members) told.add(member.pid);
  }
  for (const { pid } of [...survey.members, ...survey.strays]) {
    if (!told.has(pid)) send(pid, 'SIGTERM');
    told.add(pid);
  }
}

function kill(handle: ProcessHandle, survey: Survey): void {
  stopForksOf(handle.directory);
  if (survey.isLeaderAlive) send(-handle.pid, 'SIGKILL');
  for (const { pid } of [...survey.members, ...survey.strays]) send(pid, 'SIGKILL');
}

function send(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    // The process is gone, or (EPERM) belongs to another user: then the proof fails and says so.
    if (!hasErrorCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}

/** KILL hits the wrapper too: without this, a watcher would call a stopped process lost. */
async function recordEnd(handle: ProcessHandle, progress: Progress): Promise<void> {
  if (!(await exists(handle.directory)) || hasExit(handle.directory)) return;
  await writeExitIfAbsent(handle.directory, {
    exitCode: null,
    signal: progress.wasKilled ? 'SIGKILL' : 'SIGTERM',
    startedAt: new Date(handle.startedAt),
    endedAt: new Date(),
  });
}

function unprovenError(handle: ProcessHandle, progress: Progress): TransientError {
  const { members = [], strays = [], suspects = [] } = progress.last ?? {};
  const left = [...members, ...strays, ...suspects];
  const what =
    left.length > 0 ? `processes ${left.map(name).join(', ')} are still alive` : 'its lock is still held';
  return sessionFailures.SESSION_STOP_UNPROVEN(
    {
      operation: 'stop',
      metadata: {
        handle,
        members,
        strays,
        suspects,
        isLockHeld: progress.isLockHeld,
        wasKilled: progress.wasKilled,
      },
    },
    { directory: handle.directory, what },
  );
}

function name(entry: ProcessEntry): string {
  return `${entry.pid} (${entry.command}, ${entry.state})`;
}
