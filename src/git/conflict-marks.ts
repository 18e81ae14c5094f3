// The marks that git leaves where two sides of a merge conflict.
import { readFiles } from './tree.ts';

const hunk = /^<{7} .*\n[\s\S]*?^>{7} .*$/gm;

/** The conflicting parts of these files at a commit, by path; a file without marks is not in it. */
export async function conflictMarks(
  repositoryPath: string,
  commit: string,
  paths: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const files = await readFiles(repositoryPath, commit, [...paths], signal);
  return new Map(
    [...files].flatMap(([path, text]) => {
      const hunks = text.match(hunk);
      return hunks ? [[path, hunks.join('\n')] as const] : [];
    }),
  );
}
