// The commit and the branch of HEAD. Usually two small files say it; asking git costs a process.
import { join } from 'node:path';
import { headBranch, isSha, refSha } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { readNow } from '../run/read-now.ts';
import { runGit } from '../run/run-git.ts';
import { commonGitDir, worktreeGitDir } from './worktree-list.ts';

const lineBytesMax = 8 * 1024;

/**
 * The commit of a branch (`refs/heads/…`) that has a file of its own; null if git has to be asked, because the branch is
 * packed, leads to another ref, or is stored in another way.
 */
export function looseSha(commonDir: string, ref: string): string | null {
  if (ref.split('/').includes('..')) return null;
  const sha = readNow(join(commonDir, ref), lineBytesMax)?.trimEnd() ?? '';
  return isSha(sha) ? sha : null;
}

/** What a full ref names, whether or not the repository has it; null if there is no such ref. */
export async function namedSha(repositoryPath: string, ref: string, call: GitCall): Promise<string | null> {
  const loose = looseSha(await commonGitDir(repositoryPath, call), ref);
  if (loose !== null) return loose;
  const asked = ['for-each-ref', '--format=%(objectname)', ref];
  const { stdout } = await runGit(repositoryPath, asked, call);
  const sha = stdout.trim();
  return isSha(sha) ? sha : null;
}

/** The commit of a branch; null if there is none. */
export async function branchSha(
  repositoryPath: string,
  branch: string,
  call: GitCall,
): Promise<string | null> {
  const ref = `refs/heads/${branch}`;
  return looseSha(await commonGitDir(repositoryPath, call), ref) ?? refSha(repositoryPath, ref, call);
}

export async function headState(
  worktreePath: string,
  call: GitCall = {},
): Promise<{ branch: string | null; sha: string | null }> {
  const head = readNow(join(await worktreeGitDir(worktreePath, call), 'HEAD'), lineBytesMax) ?? '';
  const [, branch] = /^ref: refs\/heads\/(\S+)\n$/.exec(head) ?? [];
  if (branch !== undefined) {
    const sha = looseSha(await commonGitDir(worktreePath, call), `refs/heads/${branch}`);
    if (sha !== null) return { branch, sha };
  }
  return { branch: await headBranch(worktreePath, call), sha: await refSha(worktreePath, 'HEAD', call) };
}
