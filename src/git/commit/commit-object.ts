import { visibleText } from '../../domain/text/visible-text.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';

/** More than a person reads, and less than the size at which a forge refuses the push. */
const maxMessageLength = 64 * 1024;

export interface CommitObject {
  tree: string;
  parents: readonly string[];
  message: string;
  identity: Readonly<Record<string, string>>;
}

/** Writes a commit that no ref points to yet. */
export async function writeCommit(path: string, commit: CommitObject, call: GitCall): Promise<string> {
  const { stdout } = await runGit(
    path,
    ['commit-tree', commit.tree, ...commit.parents.flatMap((parent) => ['-p', parent]), '-F', '-'],
    { ...call, input: `${cleanMessage(commit.message)}\n`, env: commit.identity },
  );
  return stdout.trim();
}

/** A commit message must not contain NUL or invalid Unicode, because everybody's tools display it. */
export function cleanMessage(message: string): string {
  const cleaned = visibleText(message.toWellFormed().replace(/\r\n?/g, '\n')).trim();
  return cleaned === '' ? 'Change made by Moose' : cleaned.slice(0, maxMessageLength).toWellFormed();
}
