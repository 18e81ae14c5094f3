import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitAt } from './git-side.ts';
import { Refusal } from './refusal.ts';
import type { Repository } from './state.ts';

// https://docs.github.com/authentication/managing-commit-signature-verification/about-commit-signature-verification:
// GitHub signs the commits of bots that come by its API without an author of their own, and those of `createCommitOnBranch`.

const [protectedFile, signedFile, prefixFile] = ['protected', 'signed-commits', 'signed-branches'];

/** Refuses, in GitHub's words, pushes to protected branches, and commits without a signature where they are required. */
const preReceive = `#!/bin/sh
prefix=$(cat ${prefixFile} 2>/dev/null)
while read -r old new ref; do
  if grep -qxF "$ref" ${protectedFile} 2>/dev/null; then
    echo "error: GH006: Protected branch update failed for $ref." >&2
    echo "error: Changes must be made through a pull request." >&2
    exit 1
  fi
  case "$new" in *[!0]*) ;; *) continue ;; esac
  case "$ref" in "refs/heads/$prefix"*) ;; *) continue ;; esac
  [ -n "$prefix" ] || continue
  for commit in $(git rev-list "$new" --not --all); do
    grep -qxF "$commit" ${signedFile} 2>/dev/null && continue
    echo "error: GH013: Repository rule violations found for $ref." >&2
    echo "" >&2
    echo "- Commits must have verified signatures." >&2
    echo "  Found 1 violation:" >&2
    echo "  $commit" >&2
    exit 1
  done
done
`;

export function installHook(path: string): void {
  const hook = join(path, 'hooks', 'pre-receive');
  writeFileSync(hook, preReceive);
  chmodSync(hook, 0o755);
}

export function protectBranches(path: string, branches: readonly string[]): void {
  writeFileSync(join(path, protectedFile), branches.map((branch) => `refs/heads/${branch}\n`).join(''));
}

/** From now on, branches that begin so accept only commits that GitHub has signed. */
export function requireSignatures(repository: Repository, prefix: string): void {
  repository.signedBranches = prefix;
  writeFileSync(join(repository.path, prefixFile), `${prefix}\n`);
}

export function noteSigned(repository: Repository, sha: string): void {
  repository.signed.add(sha);
  appendFileSync(join(repository.path, signedFile), `${sha}\n`);
}

export function needsSignatures({ signedBranches }: Repository, branch: string): boolean {
  return signedBranches !== null && branch.startsWith(signedBranches);
}

/** As the hook, for refs that the API moves. @throws Refusal 422 */
export function refuseUnsigned(repository: Repository, branch: string, sha: string): void {
  if (!needsSignatures(repository, branch)) return;
  const fresh = gitAt(repository.path, ['rev-list', sha, '--not', '--all']).split('\n');
  if (fresh.some((each) => each !== '' && !repository.signed.has(each)))
    throw new Refusal(422, 'Repository rule violations found\n\nCommits must have verified signatures.\n\n');
}
