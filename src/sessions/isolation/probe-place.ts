// Tests whether sessions can work where the data directory is, before anything is spent on one: whether their root
// directory can be built there, and programs of a worktree run.

import { mkdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConfigurationError } from '../../domain/failure.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { sessionFailures } from '../failure-catalogue.ts';
import { enterNamespace, type IsolationWay } from './isolation-way.ts';
import { initFailures, probeIsolation } from './probe-isolation.ts';
import { type ShownPath, viewFor } from './session-view.ts';
import { inTrialFolder, trialEnvironment, tryCommand } from './trial.ts';

export interface NoPlace {
  /** A sentence. */
  reason: string;
  advice: string;
}

const folderPrefix = '.session-';
/** A shell's words for a program that the kernel does not run. */
const cannotRun = 126;

export interface Place {
  /** Must exist. */
  dataDirectory: string;
  /** What a person lets every session see. */
  grantedPaths: readonly ShownPath[];
}

/** Null if sessions can work there, or need not be isolated. */
export async function probePlace(place: Place): Promise<NoPlace | null> {
  const { level, way } = await probeIsolation();
  if (level !== 'files' || way === null) return null;
  const found = await tryPlace(place, way);
  if (found === null || place.grantedPaths.length === 0) return found;
  const isWithout = (await tryPlace({ ...place, grantedPaths: [] }, way)) === null;
  return isWithout
    ? { ...found, advice: 'Correct MOOSE_SANDBOX_PATHS: without it, sessions can begin.' }
    : found;
}

/** Tries one way of isolation. */
export async function tryPlace(
  { dataDirectory, grantedPaths }: Place,
  way: IsolationWay,
): Promise<NoPlace | null> {
  const tried = await inTrialFolder(dataDirectory, folderPrefix, (folder) =>
    tryIn(folder, way, grantedPaths),
  );
  if (tried === null)
    return {
      reason: `The data directory ${dataDirectory} cannot be written.`,
      advice:
        'Give the user that runs Moose the right to write there, or name another directory: MOOSE_DATA.',
    };
  const { code, said } = tried;
  if (code === 0) return null;
  if (code === null)
    return {
      reason: 'A session did not begin within ten seconds.',
      advice: 'Try again when the machine is less busy.',
    };
  if (code === cannotRun && /Permission denied/.test(said))
    return {
      reason: `The disk of the data directory ${dataDirectory} does not let programs run, and worktrees are there.`,
      advice: 'Mount it without `noexec`, or name a directory on another disk: MOOSE_DATA.',
    };
  const known = initFailures[code];
  return {
    reason: `In the data directory ${dataDirectory}, no session can begin: ${causeIn(said)}`,
    advice: `Set MOOSE_DATA to another directory, for example on the disk of the system.${known ? ` ${known.advice}` : ''}`,
  };
}

async function tryIn(folder: string, way: IsolationWay, granted: readonly ShownPath[]) {
  const at = await realpath(folder);
  const [sessionPath, worktree] = [join(at, 'session'), join(at, 'worktree')];
  for (const path of [sessionPath, worktree]) await mkdir(path);
  const program = join(worktree, 'program');
  await writePassing(program, '#!/bin/sh\necho x >"$0.done"\n', { mode: 0o755 });
  const argv = ['/bin/sh', '-c', '"$0"', program] as const;
  const env = trialEnvironment;
  const view = viewFor({
    sessionPath,
    argv,
    env,
    cwd: worktree,
    userHome: homedir(),
    dataDirectory: at,
    hidden: [homedir()],
    granted,
    isUser: way.kind === 'user',
    shown: [{ path: worktree, sight: 'write' }],
  });
  return tryCommand(enterNamespace(way, { argv: [...argv], cwd: worktree, network: 'none', view }));
}

const saidBefore = 'moose: no isolation for this session: ';
/** What enter-namespace.pl ends with if it cannot isolate a program. */
const ownCodes: readonly (number | null)[] = [40, 41, 42, 43, 44, 45];

/** What enter-namespace.pl said; null if the program was started. */
export function whyNeverBegan(exitCode: number | null, stderr: string): string | null {
  if (!ownCodes.includes(exitCode) || !stderr.startsWith(saidBefore)) return null;
  const cause = causeIn(stderr);
  return cause.charAt(0).toUpperCase() + cause.slice(1);
}

/** The first line is the cause; more may follow from it. */
function causeIn(said: string): string {
  const [line = ''] = said.slice(said.startsWith(saidBefore) ? saidBefore.length : 0).split('\n');
  return line.trim().endsWith('.') ? line.trim() : `${line.trim()}.`;
}

/** For a session that never ran: nobody's work is to blame for that, and the same happens again. */
export function isolationFailed({ reason, advice }: { reason: string; advice?: string }): ConfigurationError {
  return sessionFailures.ISOLATION_FAILED(
    { operation: 'isolate', metadata: { reason } },
    { reason, advice: advice ?? 'See isolation in `moose doctor` on this machine.' },
  );
}
