// One look at a working tree: HEAD, the branch, and the differences (git-status(1), porcelain format 2).

import { isSha, splitNul } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';

export interface WorkingStatus {
  /** Null if there is no commit yet. */
  headSha: string | null;
  /** Null if HEAD is detached or not a branch. */
  branch: string | null;
  changes: WorkingChange[];
  /** Folders that git does not look into, with a trailing `/`, and files; none unless they were asked for. */
  ignored: string[];
}

export interface WorkingChange {
  path: string;
  /** As git reports it: `N...`, or `S` and what differs in the submodule; null if not tracked. */
  submodule: string | null;
}

export interface StatusScope {
  untracked: 'no' | 'normal';
  /** Which differences in submodules to ignore. */
  ignoreSubmodules: 'none' | 'dirty' | 'all';
  listsIgnored?: boolean;
}

export async function readStatus(path: string, scope: StatusScope, call: GitCall): Promise<WorkingStatus> {
  const { stdout } = await runGit(
    path,
    [
      'status',
      '--porcelain=v2',
      '--branch',
      '-z',
      '--no-ahead-behind',
      '--no-renames',
      `--untracked-files=${scope.untracked}`,
      `--ignore-submodules=${scope.ignoreSubmodules}`,
      ...(scope.listsIgnored ? ['--ignored=matching'] : []),
    ],
    call,
  );
  const lines = splitNul(stdout);
  const header = (name: string) =>
    lines.find((line) => line.startsWith(`# ${name} `))?.slice(name.length + 3);
  const [sha = '', branch = '(detached)'] = [header('branch.oid'), header('branch.head')];
  return {
    headSha: isSha(sha) ? sha : null,
    // A full name means that HEAD is a ref that is not a branch.
    branch: branch === '(detached)' || branch.startsWith('refs/') ? null : branch,
    changes: lines.filter((line) => !/^[#!] /.test(line)).map(changeOf),
    ignored: lines.filter((line) => line.startsWith('! ')).map((line) => line.slice(2)),
  };
}

/** The number of fields without spaces before the path. */
const fieldsBeforePath: Readonly<Record<string, number>> = { '1': 8, u: 10, '?': 1 };

function changeOf(line: string): WorkingChange {
  const [kind = ''] = line;
  const fields = line.split(' ');
  return {
    path: fields.slice(fieldsBeforePath[kind] ?? 1).join(' '),
    submodule: kind === '?' ? null : (fields[2] ?? null),
  };
}
