// Reads a commit without a worktree: which files it has, and their content.

import { isMooseError } from '../../domain/failure.ts';
import { BoundedMap } from '../../stdx/bounded-map.ts';
import { runGit, runGitBytes } from '../run/run-git.ts';
import { isSha } from './revision.ts';

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
/** A commit never changes, so its listing never expires. */
const keptListings = new BoundedMap<string, readonly TreeFile[]>(keptListingsMax);
/** The hashes of the same, by path. */
const keptIds = new BoundedMap<string, ReadonlyMap<string, string>>(keptListingsMax);

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
const keptFolders = new BoundedMap<string, readonly string[]>(keptFoldersMax);

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
  return names;
}

/** The number of cached texts: the steps of a work order read the same ones, and the next one those of the same base. */
const keptTextsMax = 2_000;
/** Longer texts are not cached. */
const keptCharsMax = 8 * 1024;
/** By repository and hash. */
const keptTexts = new BoundedMap<string, string>(keptTextsMax);

/** The text of a file that was read before; undefined if it is unknown. */
export function keptText(repositoryPath: string, objectId: string): string | undefined {
  return keptTexts.get(`${repositoryPath}\0${objectId}`);
}

/** The hashes of a commit's files; undefined if they were not listed. */
function idsIn(repositoryPath: string, commit: string): ReadonlyMap<string, string> | undefined {
  const key = `${repositoryPath}\0${commit}`;
  const files = keptListings.get(key);
  if (!files) return undefined;
  const ids = keptIds.get(key) ?? new Map(files.map(({ path, objectId }) => [path, objectId]));
  keptIds.set(key, ids);
  return ids;
}

type Text = readonly [path: string, { id: string; text: string }];

async function readText(
  repositoryPath: string,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Text[]> {
  const { stdout } = await runGitBytes(repositoryPath, ['cat-file', '--batch'], {
    signal,
    input: paths.map((path) => `${commit}:${path}\n`).join(''),
  });
  return contentsIn(stdout, paths.length).flatMap((object, index): Text[] =>
    object === null || !isText(object.content)
      ? []
      : [[paths[index] ?? '', { id: object.id, text: object.content.toString('utf8') }]],
  );
}

/**
 * What git would answer in one piece, unless that is too much: then in halves. A single file that is too much is no text
 * that anybody reads. Exported for its test.
 */
export async function inParts<T>(
  paths: readonly string[],
  read: (paths: readonly string[]) => Promise<T[]>,
): Promise<T[]> {
  try {
    return await read(paths);
  } catch (cause) {
    if (!isMooseError(cause) || cause.code !== 'GIT_OUTPUT_TOO_LARGE') throw cause;
  }
  if (paths.length === 1) return [];
  const half = Math.ceil(paths.length / 2);
  return [...(await inParts(paths.slice(0, half), read)), ...(await inParts(paths.slice(half), read))];
}

/** The contents of a commit's files as text. Leaves out files that are not UTF-8, or too large to be read at all. */
export async function readFiles(
  repositoryPath: string,
  commit: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const ids = idsIn(repositoryPath, commit);
  const texts = new Map(paths.map((path) => [path, keptText(repositoryPath, ids?.get(path) ?? '')] as const));
  // `cat-file --batch` takes one file name per line.
  const asked = paths.filter((path) => texts.get(path) === undefined && !path.includes('\n'));
  if (asked.length > 0) {
    const read = (paths: readonly string[]) => readText(repositoryPath, commit, paths, signal);
    for (const [path, { id, text }] of await inParts(asked, read)) {
      texts.set(path, text);
      if (text.length <= keptCharsMax) keptTexts.set(`${repositoryPath}\0${id}`, text);
    }
  }
  return new Map([...texts].flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const])));
}

/** One git call reads about this many bytes, to limit memory use. */
const batchBytesMax = 8 * 1024 ** 2;

/**
 * Reads the contents of listed files as text, batch by batch; skips files that are not UTF-8. It reads by hash, so a
 * path may contain any character. A batch contains each hash once.
 */
export async function* readListed(
  repositoryPath: string,
  files: readonly TreeFile[],
  signal?: AbortSignal,
): AsyncGenerator<ReadonlyMap<string, string>> {
  for (let next = 0; next < files.length; ) {
    const batch: TreeFile[] = [];
    for (let bytes = 0; next < files.length && (batch.length === 0 || bytes < batchBytesMax); next += 1) {
      const file = files[next];
      if (file) batch.push(file);
      bytes += file?.sizeBytes ?? 0;
    }
    const objectIds = [...new Set(batch.map(({ objectId }) => objectId))];
    const { stdout } = await runGitBytes(repositoryPath, ['cat-file', '--batch'], {
      signal,
      input: objectIds.map((objectId) => `${objectId}\n`).join(''),
    });
    const contents = contentsIn(stdout, objectIds.length).map(
      (object, index) => [objectIds[index] ?? '', object?.content ?? null] as const,
    );
    yield new Map(
      contents.flatMap(([id, content]) =>
        content !== null && isText(content) ? [[id, content.toString('utf8')]] : [],
      ),
    );
  }
}

/** The output of `cat-file --batch`, in order; null for objects that do not exist or are not files. */
function contentsIn(stdout: Buffer, count: number): ({ id: string; content: Buffer } | null)[] {
  const contents: ({ id: string; content: Buffer } | null)[] = [];
  for (let offset = 0; contents.length < count; ) {
    const lineEnd = stdout.indexOf(0x0a, offset);
    if (lineEnd < 0) break;
    const [, id = '', kind, size] =
      /^([0-9a-f]+) (\w+) (\d+)$/.exec(stdout.toString('utf8', offset, lineEnd)) ?? [];
    offset = lineEnd + 1;
    const content = size === undefined ? null : stdout.subarray(offset, offset + Number(size));
    contents.push(kind === 'blob' && content !== null ? { id, content } : null);
    if (content !== null) offset += content.length + 1;
  }
  return contents;
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
