import { expect, test } from 'vitest';
import { scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { baseConflictWords, findBaseConflict } from './base-conflict.ts';

/** A change of `cart.js`, and what the base branch of the remote has become. */
function scene(base: Record<string, string>, unpublished: Record<string, string> = {}) {
  const repository = scratchRepository({ 'cart.js': 'one\n', 'README.md': 'hello\n' });
  const publishedSha = repository.headSha;
  const startSha = Object.keys(unpublished).length > 0 ? repository.commit(unpublished) : publishedSha;
  const headSha = repository.commit({ 'NOTE.txt': 'note\n' });
  repository.git('checkout', '--quiet', '--detach', publishedSha);
  const baseTip = repository.commit(base);
  const asked = { baseBranch: 'main', baseTip, headSha, startSha };
  return { asked, find: () => findBaseConflict({ repositoryPath: repository.path }, asked), repository };
}

test('R-SEN-8: what a merge would do is known, with the files and the reason', async () => {
  expect(await scene({ 'README.md': 'theirs\n' }).find()).toBeNull();
  const conflict = await scene({ 'cart.js': 'theirs\n' }, { 'cart.js': 'mine\n' }).find();
  expect(conflict).toEqual({ baseBranch: 'main', paths: ['cart.js'], ahead: 1 });
  expect(conflict && baseConflictWords(conflict)).toBe(
    'It conflicts with main in cart.js, because the checkout in which it began has 1 commit that main of the remote lacks.',
  );
  const own = await scene({ 'NOTE.txt': 'theirs\n' }).find();
  expect(own && baseConflictWords(own)).toBe('It conflicts with main in NOTE.txt.');
  const paths = ['a', 'b', 'c', 'd', 'e'];
  expect(baseConflictWords({ baseBranch: 'main', paths, ahead: 0 })).toBe(
    'It conflicts with main in a, b, c and 2 more.',
  );
});

test('fear: a commit that this repository does not have is taken for one that merges', async () => {
  const { asked, repository } = scene({});
  const missing = { ...asked, baseTip: 'f'.repeat(40) };
  expect(await findBaseConflict({ repositoryPath: repository.path }, missing)).toBeUndefined();
});
