// Finds what a repository has lost: after a power failure or an error of the disk, objects and refs that nobody had
// flushed are empty or gone. git takes an empty file for an object that it has, and never writes that object again.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { namesIn } from '../../stdx/text/names-in.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { assertSha } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { lstatIfThere } from '../run/is-there.ts';
import { checkoutTimeoutMs, readPlainConfig, runGit } from '../run/run-git.ts';
import { commonGitDir } from '../worktree/worktree-list.ts';

const refDepthMax = 16;
/** A list of a million objects. */
const listBytesMax = 128 * 1024 * 1024;

/**
 * Removes loose objects, and refs below these folders (`refs/moose`), whose files are empty: they hold nothing, and are in
 * the way of what is written again. Returns the names of the refs.
 */
export async function removeEmptyFiles(
  repositoryPath: string,
  refFolders: readonly string[],
  call: GitCall,
): Promise<string[]> {
  const commonDir = await commonGitDir(repositoryPath, call);
  const objects = join(commonDir, 'objects');
  for (const name of await namesIn(objects))
    if (/^[0-9a-f]{2}$/.test(name)) await removeEmptyIn(join(objects, name), objectName, 0);
  const gone: string[] = [];
  for (const folder of refFolders)
    gone.push(...(await removeEmptyIn(join(commonDir, folder), refName, refDepthMax)));
  return gone.map((path) => path.slice(commonDir.length + 1));
}

/** Not the drafts and locks of a git that is at work. */
const objectName = /^[0-9a-f]{38}(?:[0-9a-f]{24})?$/;
const refName = /(?<!\.lock)$/;

async function removeEmptyIn(folder: string, names: RegExp, depthMax: number): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    const found = await lstatIfThere(path);
    if (found?.isDirectory() && depthMax > 0)
      removed.push(...(await removeEmptyIn(path, names, depthMax - 1)));
    if (!found?.isFile() || found.size > 0 || !names.test(name)) continue;
    await rm(path, { force: true });
    removed.push(path);
  }
  return removed;
}

/**
 * Objects that the repository lacks: of the files of `to`, and of all commits that `to` has and `from` does not. Empty if
 * it has all of them. If the commit itself, or a folder of it, cannot be read, its own name.
 */
export async function lostObjects(
  repositoryPath: string,
  { from, to }: { from: string; to: string },
  call: GitCall,
): Promise<string[]> {
  assertSha(from);
  assertSha(to);
  const long: GitCall = { ...call, timeoutMs: checkoutTimeoutMs, maxOutputBytes: listBytesMax };
  // What a partial clone lacks, its remote has.
  if (await isPartial(repositoryPath, call)) return [];
  const asked = ['rev-list', '--objects', '--missing=print'];
  try {
    const files = await runGit(repositoryPath, [...asked, '--no-walk', to], long);
    const commits = from === to ? null : await runGit(repositoryPath, [...asked, to, `^${from}`], long);
    const lines = `${files.stdout}\n${commits?.stdout ?? ''}`.split('\n');
    return [...new Set(lines.filter((line) => line.startsWith('?')).map((line) => line.slice(1)))];
  } catch (cause) {
    call.signal?.throwIfAborted();
    if (!isMooseError(cause) || cause.category === 'transient') throw cause;
    return [to];
  }
}

async function isPartial(repositoryPath: string, call: GitCall): Promise<boolean> {
  const entries = await readPlainConfig(await commonGitDir(repositoryPath, call), call);
  return entries.some(({ key }) => /^(?:extensions\.partialclone|remote\..+\.promisor)$/s.test(key));
}

/** @throws OBJECTS_LOST unless the list is empty */
export function refuseLost(repositoryPath: string, lost: readonly string[]): void {
  const [first] = lost;
  if (first === undefined) return;
  throw gitFailures.OBJECTS_LOST(
    { operation: 'find objects', metadata: { repositoryPath, lost: lost.slice(0, 20) } },
    { repositoryPath, count: lost.length, first },
  );
}
