import { expect, test } from 'vitest';
import { scratchRepository } from '../scratch-repository.fixture.ts';
import { findRevertOf } from './find-revert.ts';

/** A repository, and a remote that has a merged change on main. */
function merged() {
  const repository = scratchRepository();
  const remoteUrl = `${repository.path}-remote.git`;
  repository.git('init', '--quiet', '--bare', remoteUrl);
  const sha = repository.commit({ 'merged.txt': 'merged\n' });
  const push = () => repository.git('push', '--quiet', remoteUrl, 'HEAD:refs/heads/main');
  push();
  const where = { repositoryPath: repository.path, remoteUrl, branch: 'main', isMooses: true };
  const look = (commit = sha) => findRevertOf({ sha: commit, number: 12 }, where);
  return { repository, sha, push, look };
}

test('R-SEN-8: a commit that git reverted on the base branch is found, until the revert is reverted', async () => {
  const { repository, sha, push, look } = merged();
  expect(await look()).toBeNull();
  repository.git('revert', '--no-edit', sha);
  push();
  const revert = repository.git('rev-parse', 'HEAD');
  expect(await look()).toBe(revert);
  repository.git('revert', '--no-edit', revert);
  push();
  expect(await look()).toBeNull();
});

test('R-SEN-8: a revert that names the commit by a short ID, as git revert --reference does, is found', async () => {
  const { repository, sha, push, look } = merged();
  repository.git('revert', '--no-commit', sha);
  const said = repository.git('log', '-1', '--format=This reverts commit %h (%s, %cs).', sha);
  repository.git('commit', '--quiet', '-m', 'Take it out again', '-m', said);
  push();
  expect(await look()).toBe(repository.git('rev-parse', 'HEAD'));
});

test.each([
  ['GitLab', "Revert \"Merge branch 'x' into 'main'\"\n\nThis reverts merge request !12"],
  ['GitHub', 'Revert "Add x (#12)" (#13)\n\nReverts acme/shop#12'],
])('R-SEN-8: a revert by the button of %s, which names the pull request, is found', async (_, message) => {
  const { repository, push, look } = merged();
  repository.git('commit', '--quiet', '--allow-empty', '-m', message);
  push();
  const revert = repository.git('rev-parse', 'HEAD');
  expect(await look()).toBe(revert);
  repository.git('commit', '--quiet', '--allow-empty', '-m', `Reapply\n\nThis reverts commit ${revert}`);
  push();
  expect(await look()).toBeNull();
});

test.each([
  'This reverts merge request !123',
  'This reverts merge request other/shop!12',
  'Reverts acme/shop#120',
  'It Reverts acme/shop#12 in part',
])('a revert of another pull request is no revert of this one: %s', async (words) => {
  const { repository, push, look } = merged();
  repository.git('commit', '--quiet', '--allow-empty', '-m', `Revert "Add y"\n\n${words}`);
  push();
  expect(await look()).toBeNull();
});

test('R-SEN-8: a change that was reverted, restored and reverted again is found', async () => {
  const { repository, sha, push, look } = merged();
  let last = sha;
  const isReverted: boolean[] = [];
  for (let time = 1; time <= 5; time += 1) {
    repository.git('revert', '--no-edit', last);
    last = repository.git('rev-parse', 'HEAD');
    push();
    isReverted.push((await look()) !== null);
  }
  expect(isReverted).toEqual([true, false, true, false, true]);
});

test('what only mentions a commit, or is not here, is no revert', async () => {
  const { repository, sha, push, look } = merged();
  repository.git('commit', '--quiet', '--allow-empty', '-m', `Praise ${sha}`);
  push();
  expect(await look()).toBeNull();
  expect(await look('a'.repeat(40))).toBeNull();
});
