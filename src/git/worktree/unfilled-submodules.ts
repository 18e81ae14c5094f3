// Files in the folder of a submodule that is not filled. git looks at none of them: they are in no status and in no commit,
// but sessions and checks see them (R-REPO-3, R-PIPE-14). A setup may have put some there, which is no work: so what lies
// there when an agent first starts is noted, in git's own directory of the worktree.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { parseKept } from '../../stdx/files/kept-json.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import type { PathBytes } from '../commit/path-bytes.ts';
import { derivedFolders } from '../commit/scratch-index.ts';
import { submodulesInIndex } from '../read/submodules.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere } from '../run/is-there.ts';
import { putFile } from '../run/put-file.ts';
import { glanceAt, readNow } from '../run/read-now.ts';
import { orOpened } from './open-tree.ts';
import { bytesIn, walkTree } from './walk-tree.ts';
import { entryOf } from './worktree-entry.ts';
import { storedWorktreePath } from './worktree-list.ts';

const noteFile = 'unfilled-submodules';
/** A hundred thousand files; a larger note counts as none. */
const noteBytesMax = 16 * 1024 ** 2;

/** The digest of each file, by submodule. */
const shape = z.record(z.string(), z.record(z.string(), z.string()));
type Noted = z.infer<typeof shape>;

export interface UnfilledWork {
  /** Changed since the note, or new where nothing was: what checks see there, nobody else gets. */
  changed: PathBytes[];
  /** New beside what was there, such as the output of a build; everything, if there is no note. */
  added: PathBytes[];
}

/** Call this before an agent starts. The first note of a worktree stays: what an earlier agent left is not noted. */
export function noteUnfilled(worktreePath: string, call: GitCall): Promise<void> {
  return orOpened(worktreePath, () => noteFiles(worktreePath, call));
}

async function noteFiles(worktreePath: string, call: GitCall): Promise<void> {
  const entry = await entryOf(await storedWorktreePath(worktreePath));
  if (entry === null || (await isThere(join(entry, noteFile)))) return;
  // Without this file, no setup fills a submodule.
  const hasSubmodules = await isThere(join(worktreePath, '.gitmodules'));
  const noted: Noted = {};
  for (const name of hasSubmodules ? await submodulesInIndex(worktreePath, call) : []) {
    const digests: Record<PathBytes, string> = {};
    for (const path of await filesIn(worktreePath, name))
      digests[path] = await digestOf(bytesIn(worktreePath, path));
    noted[name] = digests;
  }
  await putFile(join(entry, noteFile), JSON.stringify(noted));
}

/** Call this when a setup has run: what it has put there is noted before the next agent. */
export async function forgetUnfilled(worktreePath: string): Promise<void> {
  const entry = await entryOf(await storedWorktreePath(worktreePath));
  if (entry !== null) await removeTree(join(entry, noteFile));
}

/** Compares with the note. `submodules`: those in the index; by default those that were noted. */
export function workInUnfilled(worktreePath: string, submodules?: readonly string[]): Promise<UnfilledWork> {
  return orOpened(worktreePath, () => compareFiles(worktreePath, submodules));
}

async function compareFiles(worktreePath: string, submodules?: readonly string[]): Promise<UnfilledWork> {
  const work: UnfilledWork = { changed: [], added: [] };
  const entry = await entryOf(await storedWorktreePath(worktreePath));
  const noted: Noted | null =
    entry === null ? null : parseKept(readNow(join(entry, noteFile), noteBytesMax), shape);
  for (const name of submodules ?? Object.keys(noted ?? {})) {
    const before = noted === null ? null : (noted[name] ?? {});
    const wasEmpty = before !== null && Object.keys(before).length === 0;
    for (const path of await filesIn(worktreePath, name)) {
      const known = before?.[path];
      if (known === undefined) (wasEmpty ? work.changed : work.added).push(path);
      else if (known !== (await digestOf(bytesIn(worktreePath, path)))) work.changed.push(path);
    }
  }
  return work;
}

/** None if the folder is a repository, or lies elsewhere, behind a link that an agent has made. */
async function filesIn(worktreePath: string, submodule: string): Promise<PathBytes[]> {
  const folder = join(worktreePath, submodule);
  if (!isFolderIn(worktreePath, submodule) || (await isThere(join(folder, '.git')))) return [];
  const { files } = await walkTree(folder, (_, name) => derivedFolders.has(name));
  const prefix = Buffer.from(`${submodule}/`).toString('latin1');
  return files.map((path) => prefix + path);
}

function isFolderIn(root: string, path: string): boolean {
  const parts = path.split('/');
  return parts.every((_, at) => glanceAt(join(root, ...parts.slice(0, at + 1)))?.isDirectory() === true);
}

async function digestOf(path: Buffer): Promise<string> {
  const hash = createHash('sha256');
  if (glanceAt(path)?.isSymbolicLink()) hash.update(await readlink(path, { encoding: 'buffer' }));
  else await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
