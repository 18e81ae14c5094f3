// Waits for the end of a process that this or an earlier Moose started. It needs only the handle: the watcher is not
// the parent. The exit file reports the end; without one, a process counts as dead only after two checks.

import { statSync } from 'node:fs';
import { constants } from 'node:os';
import type { SessionEnd, StopReason } from '../domain/machine/session.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { DirectoryBell } from './directory-bell.ts';
import { limitPassedIn } from './limits/session-group.ts';
import type { ProcessHandle } from './process-handle.ts';
import { ageMsOf } from './process-table.ts';
import { filePath, readExit } from './session-files.ts';
import { isLockFree } from './session-lock.ts';
import { defaultGraceMs, stopProcess } from './stop-process.ts';
import { assertThisHost, isEmpty, isLeaderAlive, isOfThisBoot, surveyProcesses } from './survey.ts';

export interface WatchOptions {
  /** Measured from the real start of the process, whoever watches it. */
  wallClockMs: number;
  /** After this long without output, the process is stopped. Absent: no limit. */
  silenceMs?: number;
  /** Size of both output files together. */
  outputBytesMax?: number;
  /** The time between TERM and KILL after a limit is exceeded. */
  graceMs?: number;
  /** Another reason to stop the process, requested at each check; the function must not wait. */
  watchdog?: () => StopReason | null;
  /** Ends the watching, but not the process. */
  signal?: AbortSignal;
  /** The interval of the checks for liveness and limits; file events come in addition. */
  pollMs?: number;
}

const defaultOutputBytesMax = 256 * 1024 * 1024;

/** A death without an exit file must be noticed within a second; this is half of that. */
const defaultPollMs = 500;

/** Time between the two checks after which a process counts as dead. */
const secondLookMs = 100;

/** A process that floods the disk or the process table gets a shorter grace period, because it goes on. */
const floodGraceMaxMs = 500;
const floods: ReadonlySet<StopReason> = new Set<StopReason>([
  'output_limit',
  'out_of_memory',
  'process_limit',
]);

/** The longest delay of Node's timers. */
const timerMaxMs = 2_147_483_647;

/**
 * Resolves with the end of the process, at once if it has already ended. After a limit it stops the process first
 * (SESSION_STOP_UNPROVEN if that cannot be proved). Aborted, it rejects with the signal's reason and leaves the process
 * running.
 */
export async function watchProcess(handle: ProcessHandle, options: WatchOptions): Promise<SessionEnd> {
  const { signal, pollMs = defaultPollMs } = options;
  signal?.throwIfAborted();
  const bell = new DirectoryBell(handle.directory);
  try {
    const limits = createLimits(handle, options);
    for (;;) {
      const exit = readExit(handle);
      if (exit !== null && exit !== 'forged') return { ...exit, reason: limitPassedIn(handle.directory) };
      assertThisHost(handle, 'watch');
      if (exit === 'forged') return await stopFor(handle, 'forged', options);
      const reason = limitPassedIn(handle.directory) ?? limits.passed() ?? options.watchdog?.() ?? null;
      if (reason !== null) return await stopFor(handle, reason, options);
      if (!isLeaderAlive(handle) && (await isGone(handle))) {
        await bell.wait(secondLookMs, signal);
        if (await isGone(handle)) return endOfVanished(handle);
      }
      await bell.wait(Math.min(pollMs, limits.nextInMs(), timerMaxMs), signal);
    }
  } finally {
    bell.close();
  }
}

/** Limits use the boot clock and the monotonic clock, so that a corrected wall clock does not end anybody's work. */
function createLimits(handle: ProcessHandle, options: WatchOptions) {
  const {
    wallClockMs,
    silenceMs = Number.POSITIVE_INFINITY,
    outputBytesMax = defaultOutputBytesMax,
  } = options;
  const nowMs = Date.now();
  const watchedSince = performance.now();
  const ageMs = ageMsOf(handle) ?? Math.max(0, nowMs - Date.parse(handle.startedAt));
  let output = measureOutput(handle.directory);
  const lastOutputMs = Math.max(output.changedAtMs, Date.parse(handle.startedAt));
  // The process cannot have been silent for longer than it has lived: then the wall clock was corrected.
  let lastOutput = watchedSince - Math.min(ageMs, Math.max(0, nowMs - lastOutputMs));
  const wallClockLeftMs = () => wallClockMs - ageMs - (performance.now() - watchedSince);
  const silenceLeftMs = () => silenceMs - (performance.now() - lastOutput);
  return {
    passed(): StopReason | null {
      const seen = measureOutput(handle.directory);
      if (seen.bytes !== output.bytes) lastOutput = performance.now();
      output = seen;
      if (output.bytes > outputBytesMax) return 'output_limit';
      if (wallClockLeftMs() <= 0) return 'timeout';
      return silenceLeftMs() <= 0 ? 'silent' : null;
    },
    nextInMs: () => Math.max(1, Math.min(wallClockLeftMs(), silenceLeftMs())),
  };
}

function measureOutput(directory: string): { bytes: number; changedAtMs: number } {
  let bytes = 0;
  let changedAtMs = 0;
  for (const file of ['stdout', 'stderr'] as const) {
    try {
      const entry = statSync(filePath(directory, file));
      bytes += entry.size;
      changedAtMs = Math.max(changedAtMs, entry.mtimeMs);
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    }
  }
  return { bytes, changedAtMs };
}

/** The signals of a machine that goes down, of a container that is stopped, and of a kernel without memory. */
const endSignals = ['SIGHUP', 'SIGINT', 'SIGKILL', 'SIGTERM'] as const;

/**
 * Whether it ended without an exit file, or by a signal, and had not passed a limit; or on another boot of the machine:
 * then nobody knows which of its files have reached the disk, whatever its exit file says. If nobody saw its end, or if
 * Moose stops in the same moment, its machine or container is the likeliest cause.
 */
export async function isLeftBehind(handle: ProcessHandle): Promise<boolean> {
  if (!isOfThisBoot(handle)) return true;
  if (limitPassedIn(handle.directory) !== null || !(await isGone(handle))) return false;
  const exit = readExit(handle);
  if (exit === null || exit === 'forged') return exit === null;
  const { exitCode } = exit;
  // Programs that handle a signal end with the exit code by which a shell reports it.
  return endSignals.some((name) => exit.signal === name || exitCode === 128 + constants.signals[name]);
}

/** One check: the group is empty, and nobody holds the lock. */
async function isGone(handle: ProcessHandle): Promise<boolean> {
  if (!isOfThisBoot(handle)) return true;
  return isEmpty(await surveyProcesses(handle)) && (await isLockFree(handle));
}

function endOfVanished(handle: ProcessHandle): SessionEnd {
  // It may have written its exit file between the checks.
  const exit = readExit(handle);
  const passed = limitPassedIn(handle.directory);
  if (exit !== null && exit !== 'forged') return { ...exit, reason: passed };
  return {
    exitCode: null,
    signal: null,
    reason: exit ?? passed ?? 'lost',
    startedAt: new Date(handle.startedAt),
    endedAt: new Date(),
  };
}

async function stopFor(
  handle: ProcessHandle,
  reason: StopReason,
  options: WatchOptions,
): Promise<SessionEnd> {
  const { signal, graceMs = defaultGraceMs } = options;
  const ownGraceMs = floods.has(reason) ? Math.min(graceMs, floodGraceMaxMs) : graceMs;
  await stopProcess(handle, { graceMs: ownGraceMs, ...(signal && { signal }) });
  const exit = readExit(handle);
  const startedAt = new Date(handle.startedAt);
  const ended = { exitCode: null, signal: null, startedAt, endedAt: new Date() };
  // The forged file is not read again: the wrapper may have replaced it with its own.
  return { ...ended, ...(exit === 'forged' || reason === 'forged' ? {} : exit), reason };
}
