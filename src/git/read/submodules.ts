// The submodules that a commit names in .gitmodules, and the commits that it points to.
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import { splitNul } from './revision.ts';

export interface Submodule {
  name: string;
  path: string;
  /** As it is written: perhaps relative. */
  url: string;
}

/** More than any project has. */
const submodulesMax = 500;

export async function submodulesOf(
  repositoryPath: string,
  commit: string,
  call: GitCall,
): Promise<Submodule[]> {
  const asked = ['config', '-z', '--blob', `${commit}:.gitmodules`, '--get-regexp', '^submodule\\.'];
  const { stdout } = await runGit(repositoryPath, asked, { ...call, okExitCodes: [1, 128] });
  const entries = new Map(
    splitNul(stdout)
      .filter((entry) => entry.includes('\n'))
      .map((entry) => [entry.slice(0, entry.indexOf('\n')), entry.slice(entry.indexOf('\n') + 1)] as const),
  );
  const found: Submodule[] = [];
  for (const [key, path] of entries) {
    const [, name] = /^submodule\.(.+)\.path$/s.exec(key) ?? [];
    const url = name === undefined ? undefined : entries.get(`submodule.${name}.url`);
    if (name !== undefined && url !== undefined) found.push({ name, path, url });
  }
  return found.slice(0, submodulesMax);
}

const submoduleMode = '160000';

/** The paths of the submodules in the index of a worktree. */
export async function submodulesInIndex(worktreePath: string, call: GitCall): Promise<string[]> {
  const { stdout } = await runGit(worktreePath, ['ls-files', '--stage', '-z'], call);
  return splitNul(stdout)
    .filter((line) => line.startsWith(`${submoduleMode} `))
    .map((line) => line.slice(line.indexOf('\t') + 1));
}

/** The commit of each of these paths that is a submodule in the commit. */
export async function pointersIn(
  repositoryPath: string,
  commit: string,
  paths: readonly string[],
  call: GitCall,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (paths.length === 0) return found;
  const asked = ['--literal-pathspecs', 'ls-tree', '-z', commit, '--', ...paths];
  for (const line of splitNul((await runGit(repositoryPath, asked, call)).stdout)) {
    const [mode, , sha = ''] = line.split(/[ \t]/, 3);
    if (mode === submoduleMode) found.set(line.slice(line.indexOf('\t') + 1), sha);
  }
  return found;
}
