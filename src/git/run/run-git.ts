// The only way in which Moose runs git: never through a shell, never with the repository's hooks, always with limits,
// and every failure is a MooseError with all evidence (R-FAIL-5).

import { realpathSync } from 'node:fs';
import { opendir, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMooseError, type MooseError, type PermanentError } from '../../domain/failure.ts';
import { backoffMs } from '../../resilience/backoff.ts';
import { followFaults } from '../../resilience/met-faults.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { gitFailures } from '../failure-catalogue.ts';
import type { ConfigEntry } from '../sessions/plain-config.ts';
import { ConfigUnread, needsView, ownGitDir, plainConfigOf, viewOf } from '../sessions/repository-view.ts';
import { openTree, saysClosed } from '../worktree/open-tree.ts';
import { entryOf } from '../worktree/worktree-entry.ts';
import { withFileFailures } from './file-failure.ts';
import type { GitCall } from './git-call.ts';
import { defaultMaxOutputBytes, defaultTimeoutMs, failureOf } from './git-end.ts';
import {
  contentAsStored,
  gitEnvironment,
  lfsOffline,
  ownWorktree,
  standingOptions,
} from './git-environment.ts';
import { launchGit } from './git-launcher.ts';
import { operationOf, subcommandOf } from './git-operation.ts';
import type { GitProcessEnd } from './git-process.ts';
import { isTwiceOnce, repetitionFor, reportGitFault } from './git-repetition.ts';
import { diskElsewhere, onDisk } from './on-disk.ts';
import { removeMetLock } from './stale-lock.ts';
import { noDirectory } from './start-failure.ts';

export interface GitBytes {
  stdout: Buffer;
  stderr: string;
  exitCode: number;
}

export interface GitText {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** For commands that write a whole tree of files, which takes minutes in a big repository. */
export const checkoutTimeoutMs = 600_000;

/** @throws the signal's own reason if aborted, otherwise a MooseError; see `git-failure.ts` for the codes */
export async function runGit(cwd: string, args: readonly string[], call: GitCall = {}): Promise<GitText> {
  const { stdout, stderr, exitCode } = await runGitBytes(cwd, args, call);
  return { stdout: stdout.toString('utf8'), stderr, exitCode };
}

/** Like `runGit`, for binary output: bundles, patches, file names in any encoding. */
export async function runGitBytes(
  cwd: string,
  args: readonly string[],
  call: GitCall = {},
): Promise<GitBytes> {
  if (args.some((argument) => argument.includes('\0'))) throw unsoundArgument(args);
  const { realCwd, env } = await surroundings(cwd, args, call);
  let mayOpen = 'GIT_WORK_TREE' in env;
  const faults = followFaults(reportGitFault);
  let isRecovered = false;
  try {
    // Retries as often as `repetitionFor` allows.
    for (let attempt = 1; ; attempt += 1) {
      const end = await runViewed(realCwd, args, env, call);
      if (mayOpen && (saysClosed(end.stderr) || end.startError?.code === 'EACCES')) {
        mayOpen = false;
        await openTree(realCwd);
        continue;
      }
      const failure = failureOf(end, args, call, realCwd);
      if (failure === null) {
        isRecovered = true;
        return { stdout: end.stdout, stderr: end.stderr, exitCode: end.exitCode ?? 0 };
      }
      const delayMs = delayBeforeNext(failure, attempt, call);
      if (delayMs === null) throw failure;
      faults.met(failure);
      await sleep(delayMs, call.signal);
      if (failure.code === 'GIT_LOCKED') await removeMetLock(end.stderr, await lockOwners(realCwd, call));
      if (repetitionFor(failure)?.mayBeDone && (await call.isDone?.())) {
        isRecovered = true;
        return { stdout: Buffer.alloc(0), stderr: '', exitCode: 0 };
      }
    }
  } finally {
    faults.ended(isRecovered);
  }
}

/** Runs git with protection against programs that the repository names (R-SEC-7). */
async function runViewed(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  call: GitCall,
): Promise<GitProcessEnd> {
  const subcommand = subcommandOf(args);
  const protocols = protocolsOf(subcommand);
  const alone = protocols === null ? env : { ...env, GIT_ALLOW_PROTOCOL: protocols };
  if (!needsView(subcommand)) return runOnce(cwd, args, alone, call);
  try {
    const view = await withFileFailures(operationOf(args), call.signal, () =>
      viewOf(cwd, { mayDiscover: call.mayDiscover ?? false, env, signal: call.signal }),
    );
    if (view === null) return await runOnce(cwd, args, alone, call);
    // Not for an upload: the program at the other end would take it for its own.
    const storage = subcommand === 'lfs' ? [] : ['-c', `lfs.storage=${view.commonDir}/lfs`];
    const end = await runOnce(cwd, [...storage, ...args], { ...alone, GIT_COMMON_DIR: view.path }, call);
    // Replaces the path of the view by the path that people know.
    return { ...end, stderr: end.stderr.replaceAll(view.path, view.commonDir) };
  } catch (error) {
    if (error instanceof ConfigUnread) return error.end;
    throw error;
  }
}

const talksToRemotes = new Set(['push', 'fetch', 'ls-remote', 'lfs']);

/**
 * Null if the user's settings apply. Missing objects of a partial clone may come from elsewhere, but not from a
 * repository on this machine, which could name its own programs.
 */
function protocolsOf(subcommand: string): string | null {
  if (talksToRemotes.has(subcommand)) return null;
  return needsView(subcommand) ? 'https:http:ssh:git' : 'none';
}

/** The names, addresses and formats in a repository's own configuration; `commonDir` is git's own directory for it. */
export function readPlainConfig(commonDir: string, { signal }: GitCall): Promise<ConfigEntry[]> {
  return plainConfigOf(commonDir, { env: gitEnvironment(process.env), signal });
}

/** The repositories in which Moose may remove leftover locks. */
async function lockOwners(cwd: string, call: GitCall): Promise<string[]> {
  const own = await ownGitDir(cwd, call.mayDiscover ?? false);
  return [await entryOf(cwd), own, call.remotePath ?? null].filter((path) => path !== null);
}

async function runOnce(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  call: GitCall,
): Promise<GitProcessEnd> {
  call.signal?.throwIfAborted();
  const isElsewhere = diskElsewhere(cwd) !== null;
  const end = await launchGit({
    // A process that starts another one in a folder waits until the other one is there.
    cwd: isElsewhere ? '/' : cwd,
    argv: [
      ...(isElsewhere ? ['-C', cwd] : []),
      ...standingOptions,
      ...(call.lineEnds === 'configured' ? [] : contentAsStored),
      ...(call.mayFetchLfs ? [] : lfsOffline.options),
      ...('GIT_WORK_TREE' in env ? ownWorktree : []),
      ...args,
    ],
    env,
    input: call.input,
    timeoutMs: call.timeoutMs ?? defaultTimeoutMs,
    maxOutputBytes: call.maxOutputBytes ?? defaultMaxOutputBytes,
    signal: call.signal,
    endsWithMoose: call.isRemote ?? false,
  });
  if (end.stoppedBy === 'abort') call.signal?.throwIfAborted();
  return end;
}

/** Null if git is not started again. */
function delayBeforeNext(failure: MooseError, attempt: number, call: GitCall): number | null {
  const repetition = repetitionFor(failure);
  if (repetition === null || attempt >= (call.attemptsMax ?? repetition.attemptsMax)) return null;
  const isSafe = !repetition.mayBeDone || isTwiceOnce(failure.operation) || call.isDone !== undefined;
  return isSafe ? backoffMs(repetition.backoff, attempt - 1, Math.random) : null;
}

function unsoundArgument(args: readonly string[]): PermanentError {
  return gitFailures.GIT_ARGUMENT_INVALID(operationOf(args));
}

/** The only place that reads Moose's own environment, because the child inherits it. */
async function surroundings(cwd: string, args: readonly string[], call: GitCall) {
  const operation = operationOf(args);
  let realCwd: string;
  try {
    realCwd =
      diskElsewhere(cwd) === null
        ? // Takes a few microseconds here; in a thread, it would queue behind the work on other files.
          realpathSync(cwd)
        : await onDisk(cwd, () => reachedPath(cwd), { operation });
  } catch (cause) {
    if (isMooseError(cause)) throw cause;
    throw noDirectory(cwd, operation, cause);
  }
  const ceiling = call.mayDiscover ? {} : { GIT_CEILING_DIRECTORIES: dirname(realCwd) };
  const lfs = call.mayFetchLfs ? {} : lfsOffline.variables;
  const entry = await entryOf(realCwd);
  const own = entry === null ? {} : { GIT_DIR: entry, GIT_WORK_TREE: realCwd };
  return { realCwd, env: gitEnvironment(process.env, { ...ceiling, ...lfs, ...own, ...call.env }) };
}

/** The system may know a path without asking the disk, but opens nothing there without it. */
async function reachedPath(path: string): Promise<string> {
  await (await opendir(path)).close();
  return realpath(path);
}
