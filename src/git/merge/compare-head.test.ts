// Whose commits a branch has, after others may have pushed to it.
import { expect, test } from 'vitest';
import { scratchRepository } from '../scratch-repository.fixture.ts';
import { compareHead } from './compare-head.ts';

/** Moose's commit on a branch, and a base branch that has moved on since. */
function scene() {
  const repository = scratchRepository({ 'a.txt': 'one\ntwo\nthree\n' });
  const start = repository.headSha;
  const baseTip = repository.commit({ 'base.txt': 'base\n' });
  repository.git('checkout', '--quiet', '-B', 'moose/x', start);
  const pushedSha = repository.commit({ 'made.txt': 'made\n' });
  const compare = (headSha: string) => compareHead(repository.path, { headSha, pushedSha, baseTip });
  const merged = (...more: string[]) => repository.git('merge', '--quiet', '--no-ff', ...more, baseTip);
  const head = () => repository.git('rev-parse', 'HEAD');
  return { ...repository, start, baseTip, pushedSha, compare, merged, head };
}

test('a merge, a rebase and a squash onto the base branch have nothing of anybody else', async () => {
  const { git, merged, head, compare, pushedSha, baseTip, commit } = scene();
  merged('-m', 'Update branch');
  expect(await compare(head())).toEqual({ isOwn: true, isRewritten: false, authors: [] });
  git('checkout', '--quiet', '-B', 'moose/x', pushedSha);
  git('rebase', '--quiet', baseTip);
  expect(await compare(head())).toEqual({ isOwn: true, isRewritten: true, authors: [] });
  git('checkout', '--quiet', '-B', 'moose/x', pushedSha);
  git('commit', '--quiet', '--amend', '-m', 'fix: another subject');
  expect(await compare(head())).toEqual({ isOwn: true, isRewritten: true, authors: [] });
  git('checkout', '--quiet', '-B', 'moose/x', baseTip);
  expect(await compare(commit({ 'made.txt': 'made\n' }))).toMatchObject({ isOwn: true });
});

test('fear: a commit of somebody hides in a merge, in an amended commit, or behind its own revert', async () => {
  const { git, merged, head, compare, pushedSha, commit, write } = scene();
  merged('--no-commit');
  write({ 'evil.txt': 'evil\n' });
  git('add', '--all');
  git('commit', '--quiet', '-m', 'Update branch');
  expect(await compare(head())).toMatchObject({ isOwn: false, isRewritten: false });
  git('checkout', '--quiet', '-B', 'moose/x', pushedSha);
  write({ 'made.txt': 'other\n' });
  git('commit', '--quiet', '--amend', '--all', '-m', 'Amended');
  expect(await compare(head())).toMatchObject({ isOwn: false, isRewritten: true, authors: ['Test'] });
  git('checkout', '--quiet', '-B', 'moose/x', pushedSha);
  commit({ 'secret.txt': 'secret\n' });
  git('rm', '--quiet', 'secret.txt');
  git('commit', '--quiet', '-m', 'Revert');
  expect(await compare(head())).toMatchObject({ isOwn: false, authors: ['Test'] });
});

test('fear: somebody removes what Moose pushed, and the branch counts as its own', async () => {
  const { start, compare, baseTip } = scene();
  expect(await compare(start)).toMatchObject({ isOwn: false, isRewritten: true });
  expect(await compare(baseTip)).toMatchObject({ isOwn: false, isRewritten: true });
});
