// A person fixes a change by hand in its worktree, and commits there (R-ESC-3). What an agent committed is not taken for it.
import { expect, test } from 'vitest';
import { gitIn, writeFiles } from '../scratch-repository.fixture.ts';
import { branch, scratchWorktree } from '../scratch-worktree.fixture.ts';
import { standingOf } from '../worktree/working-files.ts';
import { noteSessionsCommits, takeOverCommits } from './take-over-commits.ts';

async function place() {
  const { repository, worktreePath } = await scratchWorktree();
  const commit = (name: string) => {
    writeFiles(worktreePath, { [name]: name });
    gitIn(worktreePath, 'add', '--all');
    gitIn(worktreePath, 'commit', '--quiet', '-m', name);
    return gitIn(worktreePath, 'rev-parse', 'HEAD');
  };
  const of = { repositoryPath: repository.path, worktreePath, branch };
  return { repository, worktreePath, commit, of, at: () => repository.git('rev-parse', branch) };
}

test('what a person commits in a worktree is on the branch of the project', async () => {
  const { worktreePath, commit, of, at } = await place();
  await noteSessionsCommits(worktreePath, branch);
  const fixed = commit('fixed.txt');
  await takeOverCommits(of, {});
  expect(at()).toBe(fixed);
  expect(await standingOf(worktreePath)).toEqual({ headSha: fixed, branch, isDirty: false });
});

test('fear: a commit of an agent that Moose refused is taken for the fix of a person', async () => {
  const { repository, worktreePath, commit, of, at } = await place();
  commit('by-the-agent.txt');
  await noteSessionsCommits(worktreePath, branch);
  await takeOverCommits(of, {});
  expect(at()).toBe(repository.headSha);
});

test('a history that was rewritten is not taken over', async () => {
  const { repository, worktreePath, of, at } = await place();
  gitIn(worktreePath, 'commit', '--quiet', '--amend', '-m', 'Rewritten');
  await takeOverCommits(of, {});
  expect(at()).toBe(repository.headSha);
});
