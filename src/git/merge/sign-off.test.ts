import { expect, test } from 'vitest';
import { scratchRepository } from '../scratch-repository.fixture.ts';
import { signOff, signOffTrailer } from './sign-off.ts';

test('R-SEN-3: each commit names its author in a last line, and keeps its files, its author and its merges', async () => {
  const repository = scratchRepository({ 'a.txt': 'a\n' });
  const { path, git, headSha: baseSha } = repository;
  const call = {};
  git('checkout', '--quiet', '-b', 'moose/x');
  repository.write({ 'b.txt': 'b\n' });
  git('add', '--all');
  git('commit', '--quiet', '-m', 'Change it\n\nMoose-Work-Order: 1');
  git('checkout', '--quiet', 'main');
  const base = repository.commit({ 'c.txt': 'c\n' });
  git('checkout', '--quiet', 'moose/x');
  git('merge', '--quiet', '--no-ff', '-m', 'Merge main', base);
  const headSha = git('rev-parse', 'HEAD');
  const committer = { name: 'Moose', email: 'moose@example.org' };
  const signed = await signOff(path, { baseSha: base, headSha, committer }, call);
  expect(signed).not.toBe(headSha);
  expect(git('rev-parse', `${signed}^{tree}`)).toBe(git('rev-parse', `${headSha}^{tree}`));
  expect(git('rev-parse', `${signed}^2`)).toBe(base);
  expect(git('log', '-1', '--format=%B', `${signed}^1`)).toBe(
    'Change it\n\nMoose-Work-Order: 1\nSigned-off-by: Test <test@example.org>',
  );
  expect(git('log', '-1', '--format=%B', signed)).toBe(
    'Merge main\n\nSigned-off-by: Test <test@example.org>',
  );
  expect(git('log', '-1', '--format=%cn %an', signed)).toBe('Moose Test');
  expect(await signOff(path, { baseSha: base, headSha: signed, committer }, call)).toBe(signed);
  expect(baseSha).not.toBe(base);
  expect(await signOffTrailer(path, committer)).toEqual({ 'Signed-off-by': 'Moose <moose@example.org>' });
});
