// The files that a session can see: its worktree, its homes, and git's files for its branch (R-SEC-5).
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import type { SessionPurpose } from '../../domain/session.ts';
import { clearAfterSession } from '../../git/clear-strange-files.ts';
import { tellGitFault } from '../../git/git-repetition.ts';
import { guardObjects, type OnPlanted } from '../../git/guard-objects.ts';
import { isThere } from '../../git/is-there.ts';
import { joinPacks } from '../../git/join-packs.ts';
import { sessionPathsOf } from '../../git/session-paths.ts';
import { commonGitDir } from '../../git/worktree-list.ts';
import type { SessionFiles } from '../../sessions/isolation/isolate.ts';
import { certificatePaths, ownFolder } from '../../sessions/isolation/session-view.ts';
import { maskOutput } from '../../sessions/mask-output.ts';
import { clearSessionRights, noteWritten } from '../../sessions/session-rights.ts';
import { shellLine } from '../../stdx/shell-words.ts';
import { sleep } from '../../stdx/sleep.ts';
import { storableText } from '../../store/storable.ts';
import type { SessionRow } from '../../store/work/session-rows.ts';
import { findResult, type RoutingResult } from '../run/step-results.ts';
import type { Work } from '../run/work.ts';
import { storesFor } from './prepared/home-layer.ts';
import { lowerFor } from './prepared/layer.ts';

export function homePathOf({ order, settings }: Work, name: string): string {
  return join(settings.dataDirectory, 'homes', shortId(order.id), name);
}

/** Files that Moose and the program exchange. The rest of the session's directory is only for Moose. */
export function ownPathOf({ directory }: Pick<SessionRow, 'directory'>): string {
  return join(directory, ownFolder);
}

/**
 * After this, Moose's git reads nothing that the session put in place of git's own files, and the session's outputs
 * contain no secret.
 */
export async function clearAfter(
  work: Work,
  session: Pick<SessionRow, 'directory'>,
  worktreePath: string,
): Promise<void> {
  await maskAfter(work, session);
  await clearWorktree(work, worktreePath);
}

/** Removes secrets from the session's outputs, and what gives others its rights, also after a cancel. */
export async function maskAfter(
  { project, secrets, settings }: Work,
  { directory }: Pick<SessionRow, 'directory'>,
): Promise<void> {
  await clearSessionRights(directory);
  const hasSecrets = (await secrets.of(project.id)).some(({ isSecret }) => isSecret);
  if (hasSecrets) await maskOutput(directory, { bytesMax: settings.outputBytesMax });
}

/** Call this when nothing runs in the worktree any more. */
export async function clearWorktree(work: Work, worktreePath: string): Promise<void> {
  const { repositoryPath } = work.project;
  const { branch } = work.order;
  if (branch === null || !(await isThere(repositoryPath))) return;
  await clearAfterSession(repositoryPath, { worktreePath, branch, onPlanted: tellPlanted(work) });
}

function tellPlanted({ order, logger }: Pick<Work, 'order' | 'logger'>): OnPlanted {
  return (moved) =>
    logger.warn(
      { workOrderId: order.id, moved: moved.slice(0, plantedToldMax) },
      `moved aside ${moved.length} things that a session put where git stores objects of the repository`,
    );
}

const plantedToldMax = 20;

export async function sessionFiles(
  work: Work,
  session: SessionRow,
  { cwd, purpose, writes }: { cwd: string; purpose: SessionPurpose; writes: readonly string[] },
): Promise<SessionFiles> {
  const { project, settings, signal } = work;
  const { dataDirectory, checkEnvironment, grantedPaths } = settings;
  const homePath = homePathOf(work, purpose === 'agent' ? session.name : 'checks');
  const written = [cwd, homePath, ...writes];
  for (const path of [homePath, ...writes]) await mkdir(path, { recursive: true, mode: 0o700 });
  const routed = await findResult<RoutingResult>(work, 'routing');
  const ofGit = routed
    ? await sessionPathsOf(project.repositoryPath, { worktreePath: cwd, branch: routed.branch, signal })
    : [];
  if (routed) {
    await guardObjects(project.repositoryPath, { signal, onPlanted: tellPlanted(work) });
    await joinPacks(await commonGitDir(project.repositoryPath, { signal }), { signal });
  }
  const over = new Map([
    [cwd, await lowerFor(work, cwd)],
    [homePath, await storesFor(work, homePath)],
  ]);
  return {
    sessionPath: session.directory,
    userHome: checkEnvironment.HOME ?? homedir(),
    dataDirectory,
    hidden: [homedir(), project.repositoryPath],
    shown: [...written.map((path) => ({ path, sight: 'write' as const, over: over.get(path) })), ...ofGit],
    certificates: certificatePaths(checkEnvironment),
    granted: grantedPaths,
    homePath: purpose === 'agent' ? null : homePath,
  };
}

/** Call this before a session starts whose files the kernel does not watch. */
export async function noteRights(
  work: Work,
  session: SessionRow,
  { cwd, purpose }: { cwd: string; purpose: SessionPurpose },
  writes: readonly string[],
): Promise<void> {
  const home = homePathOf(work, purpose === 'agent' ? session.name : 'checks');
  const { repositoryPath } = work.project;
  const git = (await isThere(repositoryPath))
    ? [await commonGitDir(repositoryPath, { signal: work.signal })]
    : [];
  await noteWritten(session.directory, [cwd, home, ownPathOf(session), ...writes, ...git]);
}

/** How long a commit that is made while a session runs stays exposed to that session. */
const guardEveryMs = 10_000;

/** Protects new objects while a session runs, until the returned function is called. */
export function guardMeanwhile(work: Work): () => Promise<void> {
  const { project, order, signal, logger } = work;
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  const guard = async () => {
    while (!ended.aborted) {
      await sleep(guardEveryMs, ended).catch(() => undefined);
      if (ended.aborted) return;
      try {
        await guardObjects(project.repositoryPath, { signal: ended, onPlanted: tellPlanted(work) });
      } catch (cause) {
        if (ended.aborted) return;
        logger.warn({ workOrderId: order.id, err: cause }, 'New objects of the repository are not protected');
        if (isMooseError(cause)) tellGitFault(cause).resolved(true);
      }
    }
  };
  const guarding = guard();
  return async () => {
    stop.abort();
    await guarding;
  };
}

const commandCharsMax = 4_000;

/** For people to read and paste; Moose itself never runs a shell line. */
export function commandLine(argv: readonly string[]): string {
  return storableText(shellLine(argv).slice(0, commandCharsMax));
}
