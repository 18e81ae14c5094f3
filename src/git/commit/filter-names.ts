// Which filters of git (gitattributes(5)) apply to files, and which of them Moose's git runs.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { splitNul } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit, runGitBytes } from '../run/run-git.ts';
import { worktreeGitDir } from '../worktree/worktree-list.ts';
import type { PathBytes } from './path-bytes.ts';

/** The name of git-lfs's filter. */
export const lfsFilter = 'lfs';

/** The filter of each of these paths that has one, by the attributes in a tree and those of the repository itself. */
export async function filtersIn(
  worktreePath: string,
  tree: string,
  paths: readonly PathBytes[],
  call: GitCall,
): Promise<Map<PathBytes, string>> {
  if (paths.length === 0) return new Map();
  const directory = await mkdtemp(join(await worktreeGitDir(worktreePath, call), 'moose-index-'));
  try {
    const own: GitCall = { ...call, env: { ...call.env, GIT_INDEX_FILE: join(directory, 'index') } };
    await runGit(worktreePath, ['read-tree', tree], own);
    return await filtersByIndex(worktreePath, { from: 'index' }, paths, own);
  } finally {
    await removeTree(directory);
  }
}

/**
 * The same by the attributes in the index of the call. `from: 'files'`: by those in the worktree, also if they are in no
 * tree, as git reads them when it stages a file.
 */
export async function filtersByIndex(
  worktreePath: string,
  { from }: { from: 'index' | 'files' },
  paths: readonly PathBytes[],
  indexCall: GitCall,
): Promise<Map<PathBytes, string>> {
  if (paths.length === 0) return new Map();
  const input = Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1');
  const asked = ['check-attr', ...(from === 'index' ? ['--cached'] : []), '-z', '--stdin', 'filter'];
  const { stdout } = await runGitBytes(worktreePath, asked, { ...indexCall, input });
  const fields = splitNul(stdout.toString('latin1'));
  const found = new Map<PathBytes, string>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [path = '', , value = ''] = fields.slice(at, at + 3);
    if (value !== 'unspecified' && value !== 'unset') found.set(path, value);
  }
  return found;
}

/** The filters that the attributes of a commit name, in order. */
export async function filtersNamedIn(path: string, commit: string, call: GitCall): Promise<string[]> {
  const asked = ['grep', '--no-color', '-h', '-o', '-E', 'filter=[A-Za-z0-9_-]+', commit, '--'];
  const names = [':(glob)**/.gitattributes'];
  const { stdout } = await runGit(path, [...asked, ...names], { ...call, okExitCodes: [1] });
  const found = stdout.split('\n').filter((line) => line.startsWith('filter='));
  return [...new Set(found.map((line) => line.slice('filter='.length)))].sort();
}

/**
 * The filters that Moose's git runs on the files of a worktree: those of the user and the machine, and those of the
 * repository that its project names. Never those that only the repository itself names: an agent could have chosen them.
 */
export async function runFilters(
  worktreePath: string,
  named: readonly string[],
  call: GitCall,
): Promise<Set<string>> {
  const asked = ['config', '--show-scope', '-z', '--get-regexp', '^filter\\..*\\.(clean|process)$'];
  const { stdout } = await runGit(worktreePath, asked, { ...call, okExitCodes: [1] });
  const fields = stdout.split('\0');
  const found = new Set<string>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [scope = '', entry = ''] = fields.slice(at, at + 2);
    const end = entry.indexOf('\n');
    const name = /^filter\.(.*)\.(?:clean|process)$/s.exec(entry.slice(0, end))?.[1];
    const isSet = end >= 0 && entry.slice(end + 1) !== '';
    if (name === undefined || !isSet) continue;
    if ((scope !== 'local' && scope !== 'worktree') || named.includes(name)) found.add(name);
  }
  return found;
}

/** As git unquotes a line that begins with a quotation mark. */
export function quoted(path: PathBytes): PathBytes {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
