// The limits of a session, from the settings and from what its machine allows (R-MACHINE-1).
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { isMooseError } from '../../../domain/failure.ts';
import { type LimitsInForce, memoryFor, type SessionLimits } from '../../../domain/machine/session-limits.ts';
import { systemPath } from '../../../sessions/isolation/isolation-way.ts';
import { forgetLimits, probeLimits } from '../../../sessions/limits/probe-limits.ts';
import { findOnPath } from '../../../sessions/resolve-program.ts';
import type { StartRequest } from '../../../sessions/start-process.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';

type Words = StartRequest['argv'];

type LimitSettings = Pick<
  EngineSettings,
  | 'sessionLimits'
  | 'sessionMemoryMb'
  | 'sessionProcessesMax'
  | 'sessionCpusMax'
  | 'machineSlotsMax'
  | 'dataDirectory'
>;

export interface LimitedStart {
  inForce: LimitsInForce;
  /** Where the kernel has no group for it, the session comes after others by its niceness. */
  comesAfter(argv: Words): Words;
  limits: NonNullable<StartRequest['limits']> | null;
}

const mib = 1024 ** 2;

/** The rest stays for other sessions and for the machine. */
const processesShare = 4;

/** A larger one would starve sessions on a machine that other programs keep busy. */
const niceness = '2';

const unlimited = { memoryBytes: null, processes: null, cpus: null, hasWeight: false };

/** What a session that starts now may use at most, whatever the machine can enforce. */
export function limitsOf(settings: Omit<LimitSettings, 'sessionLimits' | 'dataDirectory'>): SessionLimits {
  const { sessionMemoryMb, sessionProcessesMax, sessionCpusMax, machineSlotsMax } = settings;
  const { ofAll, ofOne } = memoryFor({ totalBytes: totalBytes(), slots: machineSlotsMax });
  const memoryBytes = sessionMemoryMb === 0 ? ofOne : Math.min(sessionMemoryMb * mib, ofAll);
  return {
    memoryBytes,
    memoryBytesOfAll: ofAll,
    processes: Math.min(sessionProcessesMax, Math.floor(processesOfMachine() / processesShare)),
    cpus: sessionCpusMax === 0 ? null : sessionCpusMax,
  };
}

export async function limitedStart(settings: LimitSettings): Promise<LimitedStart> {
  if (settings.sessionLimits === 'off')
    return { inForce: { level: 'none', ...unlimited }, comesAfter: (argv) => argv, limits: null };
  const { level, roots } = await probeLimits();
  const nice = level === 'none' || roots?.of.cpu ? null : findOnPath('nice', systemPath, '/');
  const comesAfter = (argv: Words): Words => (nice === null ? argv : [nice, '-n', niceness, ...argv]);
  if (roots === null) return { inForce: { level, ...unlimited }, comesAfter, limits: null };
  const limits = limitsOf(settings);
  const inForce = {
    level,
    memoryBytes: roots.of.memory ? limits.memoryBytes : null,
    processes: roots.of.pids ? limits.processes : null,
    cpus: roots.of.cpu ? limits.cpus : null,
    hasWeight: roots.of.cpu !== undefined,
  };
  return { inForce, comesAfter, limits: { dataDirectory: settings.dataDirectory, roots, limits } };
}

/**
 * Starts once more if the groups no longer take what they took in the trial, because one has become threaded or has got
 * processes of its own. A new trial finds out what is left.
 */
export async function withinLimits<T>(start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (cause) {
    if (!isMooseError(cause) || !hasErrorCode(cause.cause, 'EOPNOTSUPP', 'ENOTSUP', 'EBUSY')) throw cause;
    forgetLimits();
    return start();
  }
}

/** Of the machine, or of the container that Moose runs in. */
function totalBytes(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
}

function processesOfMachine(): number {
  try {
    return Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8'));
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'EACCES')) throw error;
    return Number.POSITIVE_INFINITY;
  }
}
