// Builds the index of a commit: facts about each file, and which file uses which. It reads files by hash from the
// commit, never from a worktree, within limits. Indexes are cached: a commit never changes, and the index of the next
// commit reads only changed files.

import { changedOften } from '../../../git/read/changed-often.ts';
import { isSha } from '../../../git/read/revision.ts';
import { listFiles, readListed, type TreeFile } from '../../../git/read/tree.ts';
import { BoundedMap } from '../../../stdx/bounded-map.ts';
import { FactsMaker, type FileFacts, memoryBytesOf } from './file-facts.ts';
import { extensionOf, type FileRole, roleOf } from './file-roles.ts';
import { Pace } from './pace.ts';
import { type ReferenceGraph, referencesBetween } from './reference-graph.ts';
import { sortPaced } from './sort-paced.ts';
import { termsOf } from './words.ts';

export interface IndexedFile extends TreeFile {
  role: FileRole;
  /** Null if the content was not read: it is not text, too large, or beyond the limits of the repository. */
  facts: FileFacts | null;
  /** The words of the file's path. */
  pathTerms: Uint32Array;
}

export interface RepositoryIndex {
  files: readonly IndexedFile[];
  references: ReferenceGraph;
  /** How often each file was changed lately, from 0 to 1. */
  recency: ReadonlyMap<string, number>;
  /** True if some text files were not read, because there are too many. */
  isPartial: boolean;
}

/** Larger files are ranked by their path only. The limit for data is lower, because tasks seldom use its words. */
const fileBytesMax: Readonly<Record<FileRole, number>> = {
  source: 4 * 1024 ** 2,
  test: 1024 ** 2,
  manifest: 1024 ** 2,
  document: 512 * 1024,
  data: 64 * 1024,
  foreign: 64 * 1024,
  unreadable: 0,
};
/** If there are too many files, these roles are read first. */
const firstRead: readonly FileRole[] = ['manifest', 'source', 'test', 'document', 'data', 'foreign'];

export interface IndexLimits {
  filesReadMax: number;
  bytesReadMax: number;
}
/** Takes about 30 s of CPU time, and a tenth of this size in memory. */
export const indexLimits: IndexLimits = { filesReadMax: 30_000, bytesReadMax: 256 * 1024 ** 2 };

/** Cached indexes, which the steps of a few work orders reuse, oldest first. */
const keptIndexesMax = 2;
const keptIndexes = new BoundedMap<string, RepositoryIndex>(keptIndexesMax);
/** Cached facts by content hash, oldest first: commits share most of their files. */
const keptFactsBytesMax = 128 * 1024 ** 2;
const keptFacts = new Map<string, FileFacts>();
let keptFactsBytes = 0;

export async function indexRepository(
  repositoryPath: string,
  commit: string,
  signal?: AbortSignal,
  limits: IndexLimits = indexLimits,
): Promise<RepositoryIndex> {
  const key = [repositoryPath, commit, limits.filesReadMax, limits.bytesReadMax].join('\0');
  const kept = keptIndexes.get(key);
  if (kept) return kept;
  const index = await makeIndex(repositoryPath, commit, limits, signal);
  if (!isSha(commit)) return index;
  keptIndexes.set(key, index);
  return index;
}

async function makeIndex(
  repositoryPath: string,
  commit: string,
  limits: IndexLimits,
  signal: AbortSignal | undefined,
): Promise<RepositoryIndex> {
  const pace = new Pace(signal);
  const listed = (await listFiles(repositoryPath, commit, signal)).map((file) => ({
    ...file,
    role: roleOf(file.path),
  }));
  const readable = listed.filter(({ role, sizeBytes }) => sizeBytes <= fileBytesMax[role]);
  const wanted = await withinLimits(readable, limits, pace);
  const facts = await factsOf(repositoryPath, wanted, pace, signal);
  const files: IndexedFile[] = [];
  for (const file of listed) {
    if (pace.isTired) await pace.rest();
    const pathTerms = Uint32Array.from(file.path.split('/').flatMap((part) => termsOf(part)));
    files.push({ ...file, facts: facts.get(factsKey(file)) ?? null, pathTerms });
  }
  const own = files.map(({ facts, role }) => (role === 'source' || role === 'test' ? facts : null));
  return {
    files,
    references: await referencesBetween(own, pace),
    recency: await changedOften(repositoryPath, commit, signal),
    isPartial: wanted.length < readable.length,
  };
}

type RoledFile = TreeFile & { role: FileRole };

/** The most useful kinds first, and of each kind the smaller files. */
async function withinLimits(
  files: readonly RoledFile[],
  { filesReadMax, bytesReadMax }: IndexLimits,
  pace: Pace,
): Promise<RoledFile[]> {
  const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (files.length <= filesReadMax && bytes <= bytesReadMax) return [...files];
  const inOrder = await sortPaced(
    files,
    (a, b) =>
      firstRead.indexOf(a.role) - firstRead.indexOf(b.role) ||
      a.sizeBytes - b.sizeBytes ||
      (a.path < b.path ? -1 : 1),
    pace,
  );
  let left = bytesReadMax;
  return inOrder.slice(0, filesReadMax).filter(({ sizeBytes }) => {
    const fits = sizeBytes <= left;
    if (fits) left -= sizeBytes;
    return fits;
  });
}

/** By `factsKey`. */
async function factsOf(
  repositoryPath: string,
  files: readonly RoledFile[],
  pace: Pace,
  signal: AbortSignal | undefined,
): Promise<Map<string, FileFacts>> {
  const found = new Map<string, FileFacts>();
  const unread: RoledFile[] = [];
  for (const file of files) {
    const known = keptFacts.get(factsKey(file));
    if (known) found.set(factsKey(file), known);
    else unread.push(file);
  }
  const waiting = Map.groupBy(unread, ({ objectId }) => objectId);
  const maker = new FactsMaker();
  for await (const contents of readListed(repositoryPath, unread, signal)) {
    for (const [objectId, content] of contents) {
      for (const file of waiting.get(objectId) ?? []) {
        if (found.has(factsKey(file))) continue;
        if (pace.isTired) await pace.rest();
        const facts = maker.factsOf(file.path, content);
        found.set(factsKey(file), facts);
        keep(factsKey(file), facts);
      }
    }
  }
  return found;
}

/** The same text has different definitions in another language. */
function factsKey({ objectId, path }: TreeFile): string {
  return `${objectId}.${extensionOf(path)}`;
}

function keep(key: string, facts: FileFacts): void {
  keptFacts.set(key, facts);
  keptFactsBytes += memoryBytesOf(facts);
  for (const [oldest, its] of keptFacts) {
    if (keptFactsBytes <= keptFactsBytesMax) break;
    keptFacts.delete(oldest);
    keptFactsBytes -= memoryBytesOf(its);
  }
}
