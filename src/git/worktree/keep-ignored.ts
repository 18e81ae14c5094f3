// Keeps files that git ignores in a commit beside the change: no commit of the change contains them, and they go with
// the worktree (R-REPO-1).

import { writeCommit } from '../commit/commit-object.ts';
import { mooseIdentity } from '../commit/identity.ts';
import { withScratchIndex } from '../commit/scratch-index.ts';
import { splitNul } from '../read/revision.ts';
import { keepCommit, preservedRef } from '../refs/preserve.ts';
import type { GitCall } from '../run/git-call.ts';
import { glanceAt } from '../run/read-now.ts';
import { checkoutTimeoutMs, runGitBytes } from '../run/run-git.ts';

export interface IgnoredFiles {
  repositoryPath: string;
  worktreePath: string;
  /** The commit of the change. */
  headSha: string;
  /** Files and folders, relative to the worktree. */
  paths: readonly string[];
  /** The name in the reference `refs/moose/preserved/<id>`. */
  id: string;
}

const filesMax = 2_000;
const bytesMax = 50 * 1024 ** 2;

/** Returns the ref; null if there are too many files, or they are too large. Their names are told in any case. */
export async function keepIgnored(
  { repositoryPath, worktreePath, headSha, paths, id }: IgnoredFiles,
  call: GitCall,
): Promise<string | null> {
  const long: GitCall = { ...call, timeoutMs: checkoutTimeoutMs };
  const asked = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--'];
  const pathspecs = paths.map((path) => `:(literal)${path}`);
  const { stdout } = await runGitBytes(worktreePath, [...asked, ...pathspecs], long);
  const files = splitNul(stdout.toString('latin1')).filter((path) => !path.endsWith('/'));
  if (files.length === 0 || files.length > filesMax) return null;
  if ((await bytesOf(worktreePath, files)) > bytesMax) return null;
  const tree = await withScratchIndex(worktreePath, headSha, long, async (index) => {
    await index.stage({ present: files, deleted: [] });
    return index.writeTree();
  });
  const message = 'Files that git ignores, preserved by Moose';
  const made = { tree, parents: [headSha], message, identity: mooseIdentity };
  await keepCommit(repositoryPath, await writeCommit(repositoryPath, made, long), id, long);
  return preservedRef(id);
}

async function bytesOf(worktreePath: string, files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) {
    const path = Buffer.concat([Buffer.from(`${worktreePath}/`), Buffer.from(file, 'latin1')]);
    bytes += glanceAt(path)?.size ?? 0;
  }
  return bytes;
}
