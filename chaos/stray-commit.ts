// Adds a commit by somebody else, without a checkout, as if from another clone.
import { runGit } from '../src/git/run/run-git.ts';

const somebody = {
  GIT_AUTHOR_NAME: 'Somebody',
  GIT_AUTHOR_EMAIL: 'somebody@example.org',
  GIT_COMMITTER_NAME: 'Somebody',
  GIT_COMMITTER_EMAIL: 'somebody@example.org',
};

/** Adds an empty commit to a branch, which is created from `from` if it does not exist. Returns the commit. */
export async function commitOnto(path: string, branch: string, from = branch): Promise<string> {
  const ref = `refs/heads/${branch}`;
  const found = await runGit(path, ['rev-parse', '--verify', '--quiet', ref], { okExitCodes: [1] });
  const head = found.stdout.trim();
  const parent = head || (await runGit(path, ['rev-parse', '--verify', `refs/heads/${from}`])).stdout.trim();
  const asked = ['commit-tree', `${parent}^{tree}`, '-p', parent, '-m', 'What somebody else did'];
  const sha = (await runGit(path, asked, { env: somebody })).stdout.trim();
  await runGit(path, ['update-ref', ref, sha]);
  return sha;
}
