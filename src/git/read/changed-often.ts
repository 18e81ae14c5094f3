// Finds the files that recent commits changed.
import { runGit } from '../run/run-git.ts';

const commitsMax = 100;
/** A commit that changes more files says little about each of them. */
const filesMax = 50;

/** Returns a number up to 1 for each changed file: higher if more, and more recent, commits changed it. */
export async function changedOften(
  repositoryPath: string,
  commit: string,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const { stdout } = await runGit(
    repositoryPath,
    [
      'log',
      `--max-count=${commitsMax}`,
      '--no-merges',
      '--no-renames',
      '--name-only',
      '--format=%x01',
      '-z',
      commit,
    ],
    { signal },
  );
  const changed = new Map<string, number>();
  stdout
    .split('\x01')
    .slice(1)
    .forEach((said, age) => {
      const paths = said
        .split('\0')
        .map((path) => path.replace(/^\n+/, ''))
        .filter(Boolean);
      if (paths.length > filesMax) return;
      for (const path of paths) changed.set(path, (changed.get(path) ?? 0) + 1 / (age + 2));
    });
  for (const [path, often] of changed) changed.set(path, Math.min(1, often));
  return changed;
}
