import { expect, test } from 'vitest';
import { findRevertOf } from './find-revert.ts';
import { scratchRepository } from './scratch-repository.fixture.ts';

/** A repository, and a remote that has a merged change on main. */
function merged() {
  const repository = scratchRepository();
  const remoteUrl = `${repository.path}-remote.git`;
  repository.git('init', '--quiet', '--bare', remoteUrl);
  const sha = repository.commit({ 'merged.txt': 'merged\n' });
  const push = () => repository.git('push', '--quiet', remoteUrl, 'HEAD:refs/heads/main');
  push();
  const look = (commit = sha) =>
    findRevertOf(commit, { repositoryPath: repository.path, remoteUrl, branch: 'main', isMooses: true });
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

test('what only mentions a commit, or is not here, is no revert', async () => {
  const { repository, sha, push, look } = merged();
  repository.git('commit', '--quiet', '--allow-empty', '-m', `Praise ${sha}`);
  push();
  expect(await look()).toBeNull();
  expect(await look('a'.repeat(40))).toBeNull();
});
