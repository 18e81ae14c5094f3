import { runGitBytes } from '../run/run-git.ts';
import { assertSha, splitNul } from './revision.ts';
import { withSubmodules } from './tree-diff.ts';

export { makeBundle, restoreBundle } from '../remote/bundle.ts';

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

/** A patch for `git apply`, byte for byte, including binary files. */
export async function makePatch(range: DiffRange): Promise<Buffer> {
  return diffTree(range, ['-p', '--binary', '--full-index', '-M']);
}

/** The patch as readable text (invalid UTF-8 is replaced), or its summary with `stat`. */
export async function diffText(range: DiffRange & { stat?: boolean }): Promise<string> {
  const bytes = range.stat ? await diffTree(range, ['--stat=120', '-M']) : await makePatch(range);
  return bytes.toString('utf8');
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

async function diffTree(range: DiffRange, options: readonly string[]): Promise<Buffer> {
  assertSha(range.from);
  assertSha(range.to);
  // Plumbing: the user's settings do not change its output, and no program from the repository's configuration runs.
  const always = ['--no-ext-diff', '--no-textconv', ...withSubmodules];
  const args = ['diff-tree', ...always, ...options, range.from, range.to];
  const { stdout } = await runGitBytes(range.repositoryPath, args, {
    signal: range.signal,
    maxOutputBytes: maxPatchBytes,
  });
  return stdout;
}
