// The files of a change with their texts before and after, as rules about changes need them.

import { diffFiles } from '../../../git/read/patch.ts';
import { listFiles, readFiles } from '../../../git/read/tree.ts';
import { BoundedMap } from '../../../stdx/bounded-map.ts';
import type { ChangedFile } from '../../../verification/changed-file.ts';
import { type Comparable, comparable } from '../../../verification/together/likely-conflicts.ts';

/** Larger files are data: their text decides nothing. */
export const fileBytesMax = 1024 ** 2;
const filesMax = 2_000;

export interface ChangeRange {
  repositoryPath: string;
  baseSha: string;
  headSha: string;
  signal?: AbortSignal | undefined;
}

/** The number of changes that are kept: each one is compared with every other open change. */
const keptMax = 512;
/** Longer changes are read again. */
const keptCharsMax = 16 * 1024;
/** Commits never change, so what lies between two never expires. */
const kept = new BoundedMap<string, Comparable>(keptMax);

/** What is made of it for one comparison is kept for the next. */
export async function comparableChange(range: ChangeRange): Promise<Comparable> {
  const key = [range.repositoryPath, range.baseSha, range.headSha].join('\0');
  const known = kept.get(key);
  if (known) return known;
  const change = comparable(await readChangedFiles(range));
  const chars = change.files.reduce(
    (sum, { before, after }) => sum + (before?.length ?? 0) + (after?.length ?? 0),
    0,
  );
  if (chars <= keptCharsMax) kept.set(key, change);
  return change;
}

async function readChangedFiles({
  repositoryPath,
  baseSha,
  headSha,
  signal,
}: ChangeRange): Promise<ChangedFile[]> {
  const all = await diffFiles({ repositoryPath, from: baseSha, to: headSha, signal });
  const changed = all.slice(0, filesMax);
  const read = async (commit: string, paths: readonly string[]) => {
    if (paths.length === 0) return new Map<string, string>();
    const listed = await listFiles(repositoryPath, commit, signal);
    const small = new Set(
      listed.filter(({ sizeBytes }) => sizeBytes <= fileBytesMax).map(({ path }) => path),
    );
    const wanted = paths.filter((path) => small.has(path));
    return readFiles(repositoryPath, commit, wanted, signal);
  };
  const had = changed.filter(({ status }) => status !== 'added');
  const has = changed.filter(({ status }) => status !== 'deleted');
  const before = await read(
    baseSha,
    had.map(({ path, oldPath }) => oldPath ?? path),
  );
  const after = await read(
    headSha,
    has.map(({ path }) => path),
  );
  return changed.map(({ path, oldPath, status }) => ({
    path,
    oldPath,
    status: status === 'added' || status === 'deleted' ? status : ('changed' as const),
    before: status === 'added' ? null : (before.get(oldPath ?? path) ?? null),
    after: status === 'deleted' ? null : (after.get(path) ?? null),
  }));
}
