// The files of a change with their texts before and after, as rules about changes need them.
import { diffFiles } from '../../../git/read/patch.ts';
import { listFiles, readFiles } from '../../../git/read/tree.ts';
import type { ChangedFile } from '../../../verification/changed-file.ts';

/** Larger files are data: their text decides nothing. */
export const fileBytesMax = 1024 ** 2;
const filesMax = 2_000;

export async function changedFiles({
  repositoryPath,
  baseSha,
  headSha,
  signal,
}: {
  repositoryPath: string;
  baseSha: string;
  headSha: string;
  signal?: AbortSignal | undefined;
}): Promise<ChangedFile[]> {
  const all = await diffFiles({ repositoryPath, from: baseSha, to: headSha, signal });
  const changed = all.slice(0, filesMax);
  const read = async (commit: string, paths: readonly string[]) => {
    const listed = await listFiles(repositoryPath, commit, signal);
    const small = new Set(
      listed.filter(({ sizeBytes }) => sizeBytes <= fileBytesMax).map(({ path }) => path),
    );
    const wanted = paths.filter((path) => small.has(path));
    return readFiles(repositoryPath, commit, wanted, signal);
  };
  const before = await read(
    baseSha,
    changed.map(({ path, oldPath }) => oldPath ?? path),
  );
  const after = await read(
    headSha,
    changed.map(({ path }) => path),
  );
  return changed.map(({ path, oldPath, status }) => ({
    path,
    oldPath,
    status: status === 'added' || status === 'deleted' ? status : ('changed' as const),
    before: status === 'added' ? null : (before.get(oldPath ?? path) ?? null),
    after: status === 'deleted' ? null : (after.get(path) ?? null),
  }));
}
