// Reads a commit without a worktree: which files it has, and their content.
import { isSha } from './revision.ts';
import { runGit, runGitBytes } from './run-git.ts';

export interface TreeFile {
  path: string;
  sizeBytes: number;
  /** The hash of the content. */
  objectId: string;
}

/** The number of cached listings. The steps of a work order, and other work orders, need the same ones again. */
const keptListingsMax = 8;
/** Longer listings are not cached. */
const keptFilesMax = 20_000;
/** The cached listings, oldest first. A commit never changes, so its listing never expires. */
const keptListings = new Map<string, readonly TreeFile[]>();

/** The regular files of a commit, without symbolic links and submodules. */
export async function listFiles(
  repositoryPath: string,
  commit: string,
  signal?: AbortSignal,
): Promise<readonly TreeFile[]> {
  const key = `${repositoryPath}\0${commit}`;
  const kept = keptListings.get(key);
  if (kept) return kept;
  const files = await readListing(repositoryPath, commit, signal);
  if (!isSha(commit) || files.length > keptFilesMax) return files;
  keptListings.set(key, files);
  for (const oldest of [...keptListings.keys()].slice(0, -keptListingsMax)) keptListings.delete(oldest);
  return files;
}

async function readListing(
  repositoryPath: string,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<TreeFile[]> {
  const { stdout } = await runGit(repositoryPath, ['ls-tree', '-r', '-l', '-z', '--full-tree', commit], {
    signal,
  });
  return stdout
    .split('\0')
    .map((line) => /^100\d{3} blob ([0-9a-f]+) +(\d+)\t([\s\S]+)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, objectId = '', size = '0', path = '']) => ({ path, sizeBytes: Number(size), objectId }));
}

/** The number of cached folders: each step of a work order asks several times for the same two. */
const keptFoldersMax = 64;
/** Longer folders are not cached. */
const keptEntriesMax = 2_000;
/** Like `keptListings`. */
const keptFolders = new Map<string, readonly string[]>();

/** Everything in one folder of a commit ('': its root), of any kind: files, folders, symbolic links and submodules. */
export async function listFolder(
  repositoryPath: string,
  commit: string,
  folder: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const key = `${repositoryPath}\0${commit}\0${folder}`;
  const kept = keptFolders.get(key);
  if (kept) return kept;
  const inside = folder === '' ? [] : ['--', `${folder}/`];
  const asked = ['ls-tree', '--name-only', '-z', '--full-tree', commit, ...inside];
  const { stdout } = await runGit(repositoryPath, asked, { signal });
  const names = stdout.split('\0').filter((path) => path !== '');
  if (!isSha(commit) || names.length > keptEntriesMax) return names;
  keptFolders.set(key, names);
  for (const oldest of [...keptFolders.keys()].slice(0, -keptFoldersMax)) keptFolders.delete(oldest);
  return names;
}

/** The contents of a commit's files, as text, without those that are not UTF-8. */
export async function readFiles(
  repositoryPath: string,
  commit: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  // `cat-file --batch` takes one file name per line.
  const asked = paths.filter((path) => !path.includes('\n'));
  if (asked.length === 0) return new Map();
  const { stdout } = await runGitBytes(repositoryPath, ['cat-file', '--batch'], {
    signal,
    input: asked.map((path) => `${commit}:${path}\n`).join(''),
  });
  const found = new Map<string, string>();
  let offset = 0;
  for (const path of asked) {
    const lineEnd = stdout.indexOf(0x0a, offset);
    if (lineEnd < 0) break;
    const size = /^[0-9a-f]+ blob (\d+)$/.exec(stdout.toString('utf8', offset, lineEnd))?.[1];
    offset = lineEnd + 1;
    if (size === undefined) continue;
    const content = stdout.subarray(offset, offset + Number(size));
    offset += Number(size) + 1;
    if (isText(content)) found.set(path, content.toString('utf8'));
  }
  return found;
}

function isText(content: Buffer): boolean {
  if (content.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(content);
    return true;
  } catch {
    return false;
  }
}
