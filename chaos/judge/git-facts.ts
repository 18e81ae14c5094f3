// Facts about a repository and its remote, read with git.
import { existsSync } from 'node:fs';
import { runGit } from '../../src/git/run/run-git.ts';

/** The branches by name; empty if there is no repository. */
export async function branchesOf(path: string): Promise<Map<string, string>> {
  if (!existsSync(path)) return new Map();
  const format = '--format=%(refname:short) %(objectname)';
  const { stdout } = await runGit(path, ['for-each-ref', format, 'refs/heads']);
  const lines = stdout.split('\n').filter(Boolean);
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}

/** Like `branchesOf`, but reads each repository only once. */
export function eachOnce(): typeof branchesOf {
  const known = new Map<string, ReturnType<typeof branchesOf>>();
  return (path) => {
    const found = known.get(path) ?? branchesOf(path);
    known.set(path, found);
    return found;
  };
}

/** The content of a file in a commit; null if the file does not exist. */
export async function fileIn(path: string, commit: string, file: string): Promise<string | null> {
  const { stdout, exitCode } = await runGit(path, ['cat-file', 'blob', `${commit}:${file}`], {
    okExitCodes: [128],
  });
  return exitCode === 0 ? stdout : null;
}

/** The cycles that Moose recorded in its commits since the base, newest first. */
export async function cyclesSince(path: string, base: string, head: string): Promise<string[]> {
  const format = '--format=%(trailers:key=Moose-Cycle,valueonly,separator=%x20)';
  const { stdout } = await runGit(path, ['log', format, `${base}..${head}`]);
  return stdout.split('\n').filter(Boolean);
}

/** Whether this commit is reachable from any reference. */
export async function isReachable(path: string, sha: string): Promise<boolean> {
  const { stdout } = await runGit(path, ['for-each-ref', '--contains', sha], { okExitCodes: [129] });
  return stdout.trim() !== '';
}

/** The entries of the reflogs that name this commit, for the branches that still exist. */
export async function movesAround(path: string, sha: string): Promise<string[]> {
  const { stdout } = await runGit(
    path,
    ['log', '--walk-reflogs', '--all', '--format=%H %gd %gs', '--date=iso-strict'],
    {
      okExitCodes: [128],
    },
  );
  const lines = stdout.split('\n');
  const near = lines.flatMap((line, at) => (line.startsWith(sha) ? [at - 1, at, at + 1] : []));
  return [...new Set(near)].flatMap((at) => lines[at] || []);
}
