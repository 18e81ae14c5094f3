// The marks that git leaves where two sides of a merge conflict.
import { readFiles } from '../read/tree.ts';
import { diffTrees } from '../read/tree-diff.ts';

const hunk = /^<{7} [^\n]*\n[\s\S]*?^>{7} [^\n]*$/gm;

export interface ChangeRange {
  repositoryPath: string;
  from: string;
  to: string;
  signal?: AbortSignal | undefined;
}

/**
 * The conflicting parts that a change adds, by path. Parts that a changed file had before do not count: a test or a
 * document may contain some, and be moved or changed elsewhere.
 */
export async function addedMarks({
  repositoryPath,
  from,
  to,
  signal,
}: ChangeRange): Promise<Map<string, string>> {
  const paths = (await diffTrees(repositoryPath, from, to, { signal })).map(({ path }) => path);
  const now = await marksAt(repositoryPath, to, paths, signal);
  if (now.size === 0) return new Map();
  const before = new Set([...(await marksAt(repositoryPath, from, paths, signal)).values()].flat());
  return new Map(
    [...now].flatMap(([path, hunks]) => {
      const added = hunks.filter((text) => !before.has(text));
      return added.length > 0 ? [[path, added.join('\n')] as const] : [];
    }),
  );
}

/** The conflicting parts of these files at a commit, by path; a file without marks is not in it. */
export async function conflictMarks(
  repositoryPath: string,
  commit: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const found = await marksAt(repositoryPath, commit, paths, signal);
  return new Map([...found].map(([path, hunks]) => [path, hunks.join('\n')] as const));
}

async function marksAt(
  repositoryPath: string,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Map<string, string[]>> {
  const files = await readFiles(repositoryPath, commit, [...paths], signal);
  return new Map(
    [...files].flatMap(([path, text]) => {
      const hunks = text.match(hunk);
      return hunks ? [[path, [...hunks]] as const] : [];
    }),
  );
}
