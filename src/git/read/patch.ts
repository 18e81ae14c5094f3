import type { GitCall } from '../run/git-call.ts';
import { runGitBytes } from '../run/run-git.ts';
import { assertSha, splitNul } from './revision.ts';
import { withSubmodules } from './tree-diff.ts';

export { type BundleRange, makeBundle, restoreBundle } from '../remote/bundle.ts';

export interface DiffRange {
  /** A repository or one of its worktrees. */
  repositoryPath: string;
  from: string;
  to: string;
  signal?: AbortSignal | undefined;
}

export interface DiffFile {
  path: string;
  /** The file's path before a rename; otherwise null. */
  oldPath: string | null;
  status: 'added' | 'modified' | 'deleted' | 'renamed' | 'type changed';
  /** Null for binary files. */
  addedLines: number | null;
  deletedLines: number | null;
}

/** Maximum size of one patch, in memory and as an artifact. */
const maxPatchBytes = 128 * 1024 * 1024;

/** The first line of a patch that lacks files; `git apply` skips it. */
const cutNote = Buffer.from(
  'This patch is cut: the change is too large for it. The branch has all of the change.\n',
);
const fileStart = Buffer.from('\ndiff --git ');
const patchOptions = ['-p', '--binary', '--full-index', '-M'];

/**
 * A patch for `git apply`, byte for byte, including binary files. One that would be larger than `bytesMax` says so in its
 * first line, and has the first files that fit.
 */
export async function makePatch(range: DiffRange, bytesMax: number = maxPatchBytes): Promise<Buffer> {
  const read = await readPatch(range, bytesMax);
  if (read.length <= bytesMax) return read;
  return Buffer.concat([cutNote, read.subarray(0, read.lastIndexOf(fileStart, bytesMax) + 1)]);
}

/** One byte longer than `bytesMax` if there is more. */
async function readPatch(range: DiffRange, bytesMax: number): Promise<Buffer> {
  return diffTree(range, patchOptions, { maxOutputBytes: bytesMax + 1, mayBeCut: true });
}

export function isCutPatch(patch: Buffer): boolean {
  return patch.subarray(0, cutNote.length).equals(cutNote);
}

/** The patch as readable text (invalid UTF-8 is replaced); one that is larger than `bytesMax` is cut, and says so first. */
export async function diffText(range: DiffRange, bytesMax: number = maxPatchBytes): Promise<string> {
  const read = await readPatch(range, bytesMax);
  const isCut = read.length > bytesMax;
  return `${isCut ? cutNote.toString('utf8') : ''}${read.subarray(0, bytesMax).toString('utf8')}`;
}

export async function diffFiles(range: DiffRange): Promise<DiffFile[]> {
  const output = (await diffTree(range, ['-r', '-z', '-M', '--raw', '--numstat'])).toString('utf8');
  const fields = splitNul(output);
  const files: DiffFile[] = [];
  let at = 0;
  // The output has first all files as `:modes hashes status` and path (with the new path of a rename), and then their
  // counts in the same order.
  for (; fields[at]?.startsWith(':'); at += 1) {
    const letter = fields[at]?.split(' ')[4]?.[0] ?? 'M';
    const isRename = letter === 'R';
    const oldPath = isRename ? (fields[++at] ?? '') : null;
    files.push({
      path: fields[++at] ?? '',
      oldPath,
      status: statusOf(letter),
      addedLines: null,
      deletedLines: null,
    });
  }
  for (const file of files) {
    const [added = '-', deleted = '-', path = ''] = (fields[at] ?? '').split('\t');
    file.addedLines = added === '-' ? null : Number(added);
    file.deletedLines = deleted === '-' ? null : Number(deleted);
    at += path === '' ? 3 : 1;
  }
  return files;
}

function statusOf(letter: string): DiffFile['status'] {
  if (letter === 'A') return 'added';
  if (letter === 'D') return 'deleted';
  if (letter === 'R') return 'renamed';
  return letter === 'T' ? 'type changed' : 'modified';
}

async function diffTree(
  range: DiffRange,
  options: readonly string[],
  limit: Pick<GitCall, 'maxOutputBytes' | 'mayBeCut'> = {},
): Promise<Buffer> {
  assertSha(range.from);
  assertSha(range.to);
  // Plumbing: the user's settings do not change its output, and no program from the repository's configuration runs.
  const always = ['--no-ext-diff', '--no-textconv', ...withSubmodules];
  const args = ['diff-tree', ...always, ...options, range.from, range.to];
  const { stdout } = await runGitBytes(range.repositoryPath, args, { signal: range.signal, ...limit });
  return stdout;
}
