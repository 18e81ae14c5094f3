// Refuses files that a filter of the repository should have changed before git stores them: encrypted, cleaned of output,
// or put into large file storage (R-REPO-2). Without the filter, they would be published as they are in the worktree.
import { isMooseError } from '../../domain/failure.ts';
import { splitNul } from '../read/revision.ts';
import type { TreeChange } from '../read/tree-diff.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import type { ForbiddenChange } from './change-guard.ts';
import { refuseCopiesOfFiltered } from './copies-of-filtered.ts';
import { filtersByIndex, filtersIn, lfsFilter, quoted, runFilters } from './filter-names.ts';
import { forbiddenAs } from './forbidden-files.ts';
import { isStored, largeFilesIn } from './large-files.ts';
import type { PathBytes } from './path-bytes.ts';
import { shownPath } from './scratch-index.ts';

export interface FilteredChange {
  worktreePath: string;
  parent: string;
  treeSha: string;
  /** For questions to git about the index of that tree. */
  indexCall: GitCall;
  changes: readonly TreeChange[];
  /** Filters of the repository that its project names. */
  filters: readonly string[];
}

/** With other content: a file of which only the mode changes is stored as it was. */
const isFile = ({ newMode, oldSha, newSha }: TreeChange) => newMode.startsWith('100') && oldSha !== newSha;

/** In upper case too: some file systems make no difference. */
const isAttributes = ({ path }: TreeChange) => /(?:^|\/)\.gitattributes$/i.test(path);

/** The attributes before and after the change count: a change of the attributes themselves lifts no protection. */
export async function refuseUnfiltered(change: FilteredChange, call: GitCall): Promise<void> {
  const { worktreePath, parent, indexCall, changes, filters } = change;
  const files = changes.filter(isFile);
  const paths = files.map(({ pathBytes }) => pathBytes);
  const run = await runFilters(worktreePath, filters, call);
  const after = await filtersByIndex(worktreePath, { from: 'index' }, paths, indexCall);
  const before = changes.some(isAttributes) ? await filtersIn(worktreePath, parent, paths, call) : after;
  if (before.size > 0 || after.size > 0) {
    const staged = await filtersByIndex(worktreePath, { from: 'files' }, paths, indexCall);
    refuseNotRun(files, { before, after, staged, run });
    await assertRan(worktreePath, after, paths, call);
    const large = files.filter(({ pathBytes }) => after.get(pathBytes) === lfsFilter);
    await refuseMissing(change, large, call);
  }
  const open = files.filter(({ pathBytes }) => !after.has(pathBytes));
  await refuseCopiesOfFiltered({ ...change, open, run }, call);
}

type Filters = ReadonlyMap<PathBytes, string>;

function refuseNotRun(
  files: readonly TreeChange[],
  by: { before: Filters; after: Filters; staged: Filters; run: ReadonlySet<string> },
): void {
  const refused: ForbiddenChange[] = [];
  const names = new Set<string>();
  for (const { path, pathBytes } of files) {
    const [after, staged] = [by.after.get(pathBytes), by.staged.get(pathBytes)];
    for (const name of new Set([by.before.get(pathBytes), after])) {
      // A filter of the base alone has not run, nor one that attributes outside of the change lift.
      if (name === undefined || (by.run.has(name) && after === name && staged === name)) continue;
      refused.push({ path, reason: reasonOf(name, { isRun: by.run.has(name), isInChange: after !== name }) });
      names.add(name);
    }
  }
  forbiddenAs(refused, adviceFor([...names]));
}

/** git stores a file as it is if a filter fails that is not required. Here, each one is. */
async function assertRan(
  worktreePath: string,
  filters: Filters,
  paths: readonly PathBytes[],
  call: GitCall,
): Promise<void> {
  const filtered = paths.filter((path) => filters.has(path));
  const required = [...new Set(filters.values())].flatMap((name) => ['-c', `filter.${name}.required=true`]);
  const input = Buffer.from(filtered.map((path) => `${quoted(path)}\n`).join(''), 'latin1');
  try {
    await runGit(worktreePath, [...required, 'hash-object', '--stdin-paths'], { ...call, input });
  } catch (cause) {
    call.signal?.throwIfAborted();
    if (!isMooseError(cause) || cause.category === 'transient') throw cause;
    const names = [...new Set(filtered.map((path) => filters.get(path) ?? ''))];
    const reason = `its filter "${names.join('", "')}" fails, so it would be stored unfiltered`;
    forbiddenAs([{ path: shownPath(filtered[0] ?? ''), reason }], `Find out why: ${cause.message}`);
  }
}

function reasonOf(name: string, { isRun, isInChange }: { isRun: boolean; isInChange: boolean }): string {
  const who = isInChange ? 'the change' : 'a .gitattributes file that is not part of the change';
  if (isRun) return `${who} removes its filter "${name}", so it would be stored without it`;
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

async function blobsIn(worktreePath: string, tree: string, call: GitCall): Promise<Set<string>> {
  const { stdout } = await runGit(worktreePath, ['ls-tree', '-r', '-z', tree], call);
  return new Set(splitNul(stdout).map((line) => line.split(/[ \t]/)[2] ?? ''));
}
