// The files that a session can see: its worktree, its homes, and the project's objects (R-SEC-5).
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { shortId } from '../../../domain/ids.ts';
import type { SessionPurpose } from '../../../domain/machine/session.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { sessionPathsOf } from '../../../git/sessions/session-paths.ts';
import { commonGitDir } from '../../../git/worktree/worktree-list.ts';
import type { SessionFiles } from '../../../sessions/isolation/isolate.ts';
import { certificatePaths, ownFolder } from '../../../sessions/isolation/session-view.ts';
import { closeGroups } from '../../../sessions/limits/session-group.ts';
import { maskOutput } from '../../../sessions/mask-output.ts';
import { clearSessionRights, noteWritten } from '../../../sessions/session-rights.ts';
import { shellLine } from '../../../stdx/text/shell-words.ts';
import { storableText } from '../../../store/storable.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import type { Work } from '../../run/work.ts';
import { storesFor } from '../prepared/home-layer.ts';
import { lowerFor } from '../prepared/layer.ts';

export function homePathOf({ order, settings }: Work, name: string): string {
  return join(settings.dataDirectory, 'homes', shortId(order.id), name);
}

/** Files that Moose and the program exchange. The rest of the session's directory is only for Moose. */
export function ownPathOf({ directory }: Pick<SessionRow, 'directory'>): string {
  return join(directory, ownFolder);
}

/** Removes secrets from the session's outputs, what gives others its rights, and its control groups, also after a cancel. */
export async function maskAfter(
  { project, secrets, settings }: Work,
  { directory }: Pick<SessionRow, 'directory'>,
): Promise<void> {
  await clearSessionRights(directory);
  await closeGroups(directory);
  const hasSecrets = (await secrets.of(project.id)).some(({ isSecret }) => isSecret);
  if (hasSecrets) await maskOutput(directory, { bytesMax: settings.outputBytesMax });
}

export async function sessionFiles(
  work: Work,
  session: SessionRow,
  {
    cwd,
    purpose,
    writes,
    reads,
  }: { cwd: string; purpose: SessionPurpose; writes: readonly string[]; reads: readonly string[] },
): Promise<SessionFiles> {
  const { project, settings, signal } = work;
  const { dataDirectory, checkEnvironment, grantedPaths } = settings;
  const isAgent = purpose === 'agent';
  const homePath = homePathOf(work, isAgent ? session.name : 'checks');
  const homeFrom = isAgent ? undefined : work.checksHome;
  const written = [cwd, homePath, ...writes];
  for (const path of [homePath, homeFrom ?? homePath, ...writes])
    await mkdir(path, { recursive: true, mode: 0o700 });
  const ofGit = await sessionPathsOf(project.repositoryPath, { signal });
  const over = new Map([
    [cwd, await lowerFor(work, cwd)],
    [homePath, await storesFor(work, homePath)],
  ]);
  return {
    sessionPath: session.directory,
    userHome: checkEnvironment.HOME ?? homedir(),
    dataDirectory,
    hidden: [homedir(), project.repositoryPath],
    shown: [
      ...written.map((path) => ({
        path,
        sight: 'write' as const,
        over: over.get(path),
        from: path === homePath ? homeFrom : undefined,
      })),
      ...reads.map((path) => ({ path, sight: 'read' as const })),
      ...ofGit,
    ],
    certificates: certificatePaths(checkEnvironment),
    granted: grantedPaths,
    homePath: isAgent ? null : homePath,
  };
}

/** Call this before a session starts whose files the kernel does not watch. */
export async function noteRights(
  work: Work,
  session: SessionRow,
  { cwd, purpose }: { cwd: string; purpose: SessionPurpose },
  writes: readonly string[],
): Promise<void> {
  const isAgent = purpose === 'agent';
  const home = (isAgent ? undefined : work.checksHome) ?? homePathOf(work, isAgent ? session.name : 'checks');
  const { repositoryPath } = work.project;
  const git = (await isThere(repositoryPath))
    ? [await commonGitDir(repositoryPath, { signal: work.signal })]
    : [];
  await noteWritten(session.directory, [cwd, home, ownPathOf(session), ...writes, ...git]);
}

const commandCharsMax = 4_000;

/** For people to read and paste; Moose itself never runs a shell line. */
export function commandLine(argv: readonly string[]): string {
  return storableText(shellLine(argv).slice(0, commandCharsMax));
}
