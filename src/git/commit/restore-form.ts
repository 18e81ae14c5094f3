// Restores the form of files that an agent has rewritten as a whole: line endings, the byte-order mark, the executable bit.
// Editors and tools lose them; then a change of one line is a diff of the whole file (R-REPO-1).

import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePassing } from '../../stdx/files/passing-files.ts';
import type { TreeChange } from '../read/tree-diff.ts';
import type { GitCall } from '../run/git-call.ts';
import { glanceAt } from '../run/read-now.ts';
import { runGitBytes } from '../run/run-git.ts';

const fileBytesMax = 16 * 1024 ** 2;
const filesMax = 2_000;
const mark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Files that say which form files should have: a change of theirs is about it. */
const formRules = /(?:^|\/)\.(?:gitattributes|editorconfig)$/;

/** Returns the paths of the files that it wrote again. Nothing may run in the worktree. */
export async function restoreForm(
  worktreePath: string,
  changes: readonly TreeChange[],
  call: GitCall,
): Promise<string[]> {
  const edited = changes.filter(
    ({ oldMode, newMode, oldSha, newSha }) =>
      oldMode.startsWith('100') && newMode.startsWith('100') && oldSha !== newSha,
  );
  if (edited.length === 0 || edited.length > filesMax) return [];
  if (changes.some(({ path }) => formRules.test(path))) return [];
  const before = await blobsOf(
    worktreePath,
    edited.map(({ oldSha }) => oldSha),
    call,
  );
  const restored: string[] = [];
  for (const [at, change] of edited.entries()) {
    const old = before[at];
    if (old && (await restoreOne(worktreePath, change, old))) restored.push(change.path);
  }
  return restored;
}

async function restoreOne(
  root: string,
  { path, oldMode, newMode }: TreeChange,
  old: Buffer,
): Promise<boolean> {
  const at = join(root, path);
  const found = glanceAt(at);
  if (!found?.isFile() || found.size > fileBytesMax) return false;
  const now = await readFile(at);
  const formed = inFormOf(old, now);
  const isClosed = oldMode === '100755' && newMode === '100644';
  if (formed.equals(now) && !isClosed) return false;
  if (!formed.equals(now)) await writePassing(at, formed);
  if (isClosed) await chmod(at, (found.mode & 0o7777) | 0o111);
  return true;
}

/** The new text with the line endings and the byte-order mark of the old one. Binary and mixed files stay as they are. */
export function inFormOf(old: Buffer, now: Buffer): Buffer {
  if (old.length === 0 || now.length === 0 || isBinary(old) || isBinary(now)) return now;
  const marked = withMark(now, old.subarray(0, mark.length).equals(mark));
  const [was, is] = [endingOf(old), endingOf(marked)];
  if (was === is || was === 'mixed' || was === 'none' || is === 'none') return marked;
  // A file with CRLF to which a tool has added lines with LF is made whole; the other way round, the lines may be meant.
  if (was === 'crlf') return convert(marked, '\r\n');
  return is === 'crlf' ? convert(marked, '\n') : marked;
}

const isBinary = (text: Buffer) => text.includes(0);

function withMark(text: Buffer, isWanted: boolean): Buffer {
  const has = text.subarray(0, mark.length).equals(mark);
  if (has === isWanted) return text;
  return isWanted ? Buffer.concat([mark, text]) : text.subarray(mark.length);
}

function endingOf(text: Buffer): 'lf' | 'crlf' | 'mixed' | 'none' {
  let [crlf, lf] = [0, 0];
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) {
    if (at > 0 && text[at - 1] === 13) crlf += 1;
    else lf += 1;
  }
  if (crlf === 0) return lf === 0 ? 'none' : 'lf';
  return lf === 0 ? 'crlf' : 'mixed';
}

/** Byte by byte: the text may be in any encoding that extends ASCII. */
function convert(text: Buffer, ending: '\n' | '\r\n'): Buffer {
  return Buffer.from(text.toString('latin1').replace(/\r?\n/g, ending), 'latin1');
}

/** Null for one that is missing, or too large. */
async function blobsOf(path: string, shas: readonly string[], call: GitCall): Promise<(Buffer | null)[]> {
  const input = shas.map((sha) => `${sha}\n`).join('');
  const sizes = await runGitBytes(path, ['cat-file', '--batch-check=%(objectsize)'], { ...call, input });
  const bytes = sizes.stdout.toString('latin1').split('\n').map(Number);
  const wanted = shas.filter((_, at) => (bytes[at] ?? Number.NaN) <= fileBytesMax);
  const asked = wanted.map((sha) => `${sha}\n`).join('');
  const { stdout } = await runGitBytes(path, ['cat-file', '--batch'], { ...call, input: asked });
  const found = new Map<string, Buffer>();
  let at = 0;
  for (const sha of wanted) {
    const end = stdout.indexOf(10, at);
    const size = Number(stdout.toString('latin1', at, end).split(' ')[2]);
    found.set(sha, stdout.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return shas.map((sha) => found.get(sha) ?? null);
}
