// Keeps the commits that only a repository of sessions has: the one that they see in a worktree, or one that an agent
// made inside of it. Nothing in it is trusted. No git runs in it: its objects are copied to a repository of Moose's own,
// from which git fetches what the refs name, and checks each object.

import { constants } from 'node:fs';
import { access, lstat, mkdir, mkdtemp } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { copyPassing, writePassing } from '../../stdx/files/passing-files.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { namesIn } from '../../stdx/text/names-in.ts';
import { isSha } from '../read/revision.ts';
import { keepCommit } from '../refs/preserve.ts';
import type { GitCall } from '../run/git-call.ts';
import { glanceAt, readNow } from '../run/read-now.ts';
import { runGit } from '../run/run-git.ts';
import { commonGitDir } from '../worktree/worktree-list.ts';
import { alternatesLine } from './alternates.ts';

/** The kept commit, and whether all of the repository's own commits are in it. */
export interface KeptCommits {
  sha: string | null;
  isAll: boolean;
}

export interface ForeignRepository {
  repositoryPath: string;
  /** git's own directory of the repository of sessions. */
  gitDir: string;
  /** A folder of Moose, on the same disk, for the copy. */
  draftsIn: string;
}

const refBytesMax = 16 * 1024 ** 2;
const refsMax = 10_000;
const depthMax = 16;
const objectsMax = 100_000;
const bytesMax = 2 * 1024 ** 3;
/** More tips than an agent makes; the rest is set aside with its folder. */
const tipsMax = 200;

/** `id`: the name in `refs/moose/preserved/<id>`. Call this only when no session is at work there. */
export async function keepCommitsOf(
  of: ForeignRepository & { id: string },
  call: GitCall,
): Promise<KeptCommits> {
  const { repositoryPath, gitDir, id } = of;
  const named = await namedCommits(gitDir);
  if (named === null) return { sha: null, isAll: false };
  const unknown = await missingAmong(repositoryPath, named, call);
  if (unknown.length === 0) return { sha: null, isAll: true };
  if (unknown.length > tipsMax) return { sha: null, isAll: false };
  let sha: string | null = null;
  try {
    const tips = await importCommits(of, unknown, call);
    for (const tip of tips) sha = await keepCommit(repositoryPath, tip, id, call);
    return { sha, isAll: tips.length === unknown.length };
  } catch (cause) {
    call.signal?.throwIfAborted();
    // The repository is not what git makes: it is set aside as it is.
    if (!isMooseError(cause) || cause.category === 'transient') throw cause;
    return { sha, isAll: false };
  }
}

/**
 * Copies commits, with everything that they contain, into the project's repository. Returns those that are there now.
 * @throws the errors of `runGit`, if an object is not what its name says
 */
export async function importCommits(
  { repositoryPath, gitDir, draftsIn }: ForeignRepository,
  shas: readonly string[],
  call: GitCall,
): Promise<string[]> {
  const copy = await mkdtemp(join(draftsIn, '.moose-copy-'));
  try {
    if (!(await copyObjects(repositoryPath, gitDir, copy, shas[0]?.length === 64, call))) return [];
    const tips = await commitsAmong(copy, shas, call);
    if (tips.length === 0) return [];
    const refs = tips.map((tip, at) => `create refs/heads/${at} ${tip}\n`).join('');
    await runGit(copy, ['update-ref', '--stdin'], { ...call, input: refs });
    // Each object is checked. Nothing else is taken from the copy.
    const checked = [
      '-c',
      'fetch.fsckObjects=true',
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
    ];
    const args = [...checked, '--no-recurse-submodules', copy, ...tips];
    await runGit(repositoryPath, args, { ...call, remotePath: copy });
    return tips;
  } finally {
    await removeTree(copy);
  }
}

/**
 * What HEAD, the refs and the log of stashes name; null if there is no readable repository.
 * @throws EACCES if it is closed
 */
async function namedCommits(gitDir: string): Promise<string[] | null> {
  if (!(await isFolder(gitDir))) return null;
  await access(gitDir, constants.R_OK | constants.X_OK);
  if (!(await isFolder(join(gitDir, 'refs')))) return null;
  const found = new Set<string>();
  const take = (text: string | null) => {
    for (const word of text?.split(/\s+/) ?? []) if (isSha(word) && !/^0+$/.test(word)) found.add(word);
  };
  for (const name of ['HEAD', 'ORIG_HEAD', 'MERGE_HEAD', 'CHERRY_PICK_HEAD', 'packed-refs'])
    take(readNow(join(gitDir, name), refBytesMax));
  for (const log of ['logs/HEAD', 'logs/refs/stash']) take(readNow(join(gitDir, log), refBytesMax));
  const folders = [{ path: join(gitDir, 'refs'), depth: 0 }];
  let refs = 0;
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    for (const name of await namesIn(folder.path)) {
      refs += 1;
      if (refs > refsMax || folder.depth > depthMax) return null;
      const path = join(folder.path, name);
      if (await isFolder(path)) folders.push({ path, depth: folder.depth + 1 });
      else take(readNow(path, refBytesMax));
    }
  }
  return [...found];
}

async function isFolder(path: string): Promise<boolean> {
  return glanceAt(path)?.isDirectory() === true;
}

async function missingAmong(path: string, shas: readonly string[], call: GitCall): Promise<string[]> {
  return (await kindsOf(path, shas, call)).filter(({ kind }) => kind === 'missing').map(({ sha }) => sha);
}

async function commitsAmong(path: string, shas: readonly string[], call: GitCall): Promise<string[]> {
  return (await kindsOf(path, shas, call)).filter(({ kind }) => kind === 'commit').map(({ sha }) => sha);
}

async function kindsOf(path: string, shas: readonly string[], call: GitCall) {
  if (shas.length === 0) return [];
  const input = shas.map((sha) => `${sha}\n`).join('');
  const { stdout } = await runGit(path, ['cat-file', '--batch-check=%(objectname) %(objecttype)'], {
    ...call,
    input,
  });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => ({ sha: line.split(' ')[0] ?? '', kind: line.split(' ')[1] ?? '' }));
}

/** A bare repository with the project's objects and these. False if there are too many, or they cannot be read. */
async function copyObjects(
  repositoryPath: string,
  gitDir: string,
  copy: string,
  isSha256: boolean,
  call: GitCall,
): Promise<boolean> {
  const format = `--object-format=${isSha256 ? 'sha256' : 'sha1'}`;
  await runGit(copy, ['init', '--quiet', '--bare', '--template=', format, '.'], call);
  await mkdir(join(copy, 'objects', 'info'), { recursive: true });
  const own = join(await commonGitDir(repositoryPath, call), 'objects');
  await writePassing(join(copy, 'objects', 'info', 'alternates'), alternatesLine(own));
  const objects = join(gitDir, 'objects');
  const left = { objects: objectsMax, bytes: bytesMax };
  for (const folder of await namesIn(objects)) {
    const pattern = folder === 'pack' ? /^pack-[0-9a-f]+\.pack$/ : /^[0-9a-f]{38}(?:[0-9a-f]{24})?$/;
    if (folder !== 'pack' && !/^[0-9a-f]{2}$/.test(folder)) continue;
    if (!(await isFolder(join(objects, folder)))) continue;
    for (const name of (await namesIn(join(objects, folder))).filter((each) => pattern.test(each)))
      if (!(await copyOne(join(objects, folder, name), join(copy, 'objects', folder, name), left)))
        return false;
  }
  for (const pack of (await namesIn(join(copy, 'objects', 'pack'))).filter((name) => name.endsWith('.pack')))
    await runGit(copy, ['index-pack', join('objects', 'pack', basename(pack))], call);
  return true;
}

async function copyOne(from: string, to: string, left: { objects: number; bytes: number }): Promise<boolean> {
  const found = await lstat(from);
  if (!found.isFile()) return true;
  left.objects -= 1;
  left.bytes -= found.size;
  if (left.objects < 0 || left.bytes < 0) return false;
  await mkdir(dirname(to), { recursive: true });
  await copyPassing(from, to);
  return true;
}
