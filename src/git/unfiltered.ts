// Refuses files that a filter of the repository should have changed before git stores them: encrypted, cleaned of output,
// or put into large file storage (R-REPO-2). Without the filter, they would be published as they are in the worktree.
import { join } from 'node:path';
import { isMooseError } from '../domain/failure.ts';
import type { ForbiddenChange } from './change-guard.ts';
import { filtersIn, lfsFilter, runFilters } from './filter-names.ts';
import { forbiddenAs } from './forbidden-files.ts';
import { isThere } from './is-there.ts';
import { type LargeFile, largeFilesIn } from './large-files.ts';
import { splitNul } from './revision.ts';
import { type GitCall, runGit } from './run-git.ts';
import type { TreeChange } from './tree-diff.ts';
import { commonGitDir } from './worktree-list.ts';

export interface FilteredChange {
  worktreePath: string;
  parent: string;
  treeSha: string;
  changes: readonly TreeChange[];
  /** Filters of the repository that its project names. */
  filters: readonly string[];
}

const isFile = ({ newMode }: TreeChange) => newMode.startsWith('100');

/** The attributes before and after the change count: a change of the attributes themselves lifts no protection. */
export async function refuseUnfiltered(change: FilteredChange, call: GitCall): Promise<void> {
  const { worktreePath, parent, treeSha, changes, filters } = change;
  const files = changes.filter(isFile);
  const paths = files.map(({ path }) => path);
  const before = await filtersIn(worktreePath, parent, paths, call);
  const after = await filtersIn(worktreePath, treeSha, paths, call);
  if (before.size === 0 && after.size === 0) return;
  const run = await runFilters(worktreePath, filters, call);
  const refused: ForbiddenChange[] = [];
  const names = new Set<string>();
  for (const path of paths) {
    for (const name of new Set([before.get(path), after.get(path)])) {
      // A filter of the base alone has not run: the staged file has only the attributes of the change.
      if (name === undefined || (run.has(name) && after.get(path) === name)) continue;
      refused.push({ path, reason: reasonOf(name, run.has(name)) });
      names.add(name);
    }
  }
  forbiddenAs(refused, adviceFor([...names]));
  await assertRan(worktreePath, after, paths, call);
  await refuseMissing(
    change,
    files.filter(({ path }) => after.get(path) === lfsFilter),
    call,
  );
}

/** git stores a file as it is if a filter fails that is not required. Here, each one is. */
async function assertRan(
  worktreePath: string,
  filters: ReadonlyMap<string, string>,
  paths: readonly string[],
  call: GitCall,
): Promise<void> {
  const filtered = paths.filter((path) => filters.has(path));
  const required = [...new Set(filters.values())].flatMap((name) => ['-c', `filter.${name}.required=true`]);
  const input = filtered.map((path) => `${quoted(path)}\n`).join('');
  try {
    await runGit(worktreePath, [...required, 'hash-object', '--stdin-paths'], { ...call, input });
  } catch (cause) {
    call.signal?.throwIfAborted();
    if (!isMooseError(cause) || cause.category === 'transient') throw cause;
    const names = [...new Set(filtered.map((path) => filters.get(path) ?? ''))];
    const reason = `its filter "${names.join('", "')}" fails, so it would be stored unfiltered`;
    forbiddenAs([{ path: filtered[0] ?? '', reason }], `Find out why: ${cause.message}`);
  }
}

/** As git unquotes a line that begins with a quotation mark. */
function quoted(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function reasonOf(name: string, isRun: boolean): string {
  if (isRun) return `the change removes its filter "${name}", so it would be stored without it`;
  return name === lfsFilter
    ? 'it belongs in Git LFS, and git-lfs is not set up for the user of Moose'
    : `the repository filters it with "${name}", which Moose does not run, so it would be published unfiltered`;
}

function adviceFor(names: readonly string[]): string {
  if (names.includes(lfsFilter))
    return 'Install git-lfs where Moose runs, and run `git lfs install` as its user; then retry.';
  const flags = names.map((name) => `--filter ${name}`).join(' ');
  return `Leave the file as it is, or change it by hand. If the filter's program is installed and set up in the project's repository, \`moose project set PROJECT ${flags}\` lets Moose run it, outside of sessions.`;
}

/** A pointer to a large file must have its object here, from where it is uploaded, or stand in the base already. */
async function refuseMissing(
  { worktreePath, parent }: FilteredChange,
  files: readonly TreeChange[],
  call: GitCall,
): Promise<void> {
  if (files.length === 0) return;
  const pointers = await largeFilesIn(worktreePath, files, call);
  const refused: ForbiddenChange[] = [];
  let known: Set<string> | null = null;
  for (const file of files) {
    const pointer = pointers.get(file.path);
    if (pointer === undefined) {
      refused.push({ path: file.path, reason: 'it belongs in Git LFS, and git-lfs did not store it there' });
      continue;
    }
    if (await isStored(worktreePath, pointer, call)) continue;
    known ??= await blobsIn(worktreePath, parent, call);
    if (known.has(file.newSha)) continue;
    const reason = `it is a pointer to the large file ${pointer.oid.slice(0, 12)}, which is not here`;
    refused.push({ path: file.path, reason });
  }
  forbiddenAs(refused, 'Put the file itself there: git-lfs makes the pointer.');
}

async function isStored(worktreePath: string, { oid }: LargeFile, call: GitCall): Promise<boolean> {
  const common = await commonGitDir(worktreePath, call);
  return isThere(join(common, 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4), oid));
}

async function blobsIn(worktreePath: string, tree: string, call: GitCall): Promise<Set<string>> {
  const { stdout } = await runGit(worktreePath, ['ls-tree', '-r', '-z', tree], call);
  return new Set(splitNul(stdout).map((line) => line.split(/[ \t]/)[2] ?? ''));
}
