// What a forge's API needs to make a commit with the same files as a local commit.

import type { PermanentError } from '../../domain/failure.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { assertSha } from '../read/revision.ts';
import { diffTrees } from '../read/tree-diff.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit, runGitBytes } from '../run/run-git.ts';

export interface ChangedFile {
  path: string;
  /** Null if the file is removed. */
  mode: string | null;
  /** Null if the file is new. */
  oldMode: string | null;
  sha: string;
}

const noMode = '000000';
const modeOf = (mode: string) => (mode === noMode ? null : mode);

/** @throws PermanentError `PATH_NOT_TEXT`: APIs take names as text only */
export async function changeBetween(
  repositoryPath: string,
  from: string,
  to: string,
  call: GitCall,
): Promise<ChangedFile[]> {
  const changes = await diffTrees(repositoryPath, from, to, call);
  return changes.map(({ pathBytes, path: shown, oldMode, newMode, newSha }) => {
    const bytes = Buffer.from(pathBytes, 'latin1');
    const path = bytes.toString('utf8');
    if (!Buffer.from(path, 'utf8').equals(bytes)) throw notText(shown);
    return { path, mode: modeOf(newMode), oldMode: modeOf(oldMode), sha: newSha };
  });
}

/** The message of a commit, without the line break at its end. */
export async function messageOf(repositoryPath: string, sha: string, call: GitCall): Promise<string> {
  assertSha(sha);
  const { stdout } = await runGit(
    repositoryPath,
    ['show', '--no-patch', '--no-show-signature', '--format=%B', sha],
    call,
  );
  return stdout.trim();
}

/** The content of a file; null if it has more than `bytesMax` bytes. */
export async function blobOf(
  repositoryPath: string,
  sha: string,
  bytesMax: number,
  call: GitCall,
): Promise<Buffer | null> {
  assertSha(sha);
  const { stdout } = await runGit(repositoryPath, ['cat-file', '-s', sha], call);
  if (Number(stdout) > bytesMax) return null;
  return (await runGitBytes(repositoryPath, ['cat-file', 'blob', sha], call)).stdout;
}

function notText(path: string): PermanentError {
  return gitFailures.PATH_NOT_TEXT('read change', { path });
}
