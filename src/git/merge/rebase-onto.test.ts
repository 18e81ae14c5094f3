import { expect, test } from 'vitest';
import { conflictMarks } from '../commit/conflict-marks.ts';
import { scratchRepository } from '../scratch-repository.fixture.ts';
import { rebaseOnto } from './rebase-onto.ts';

const start = { 'a.txt': 'one\ntwo\nthree\n', 'other.txt': 'other\n' };

/** A lower change on main, an upper change on top of it, and main with the lower one squashed and a later commit. */
function squashed(upper: Record<string, string>[], { later = {} }: { later?: Record<string, string> } = {}) {
  const repository = scratchRepository(start);
  const { git } = repository;
  git('checkout', '--quiet', '-B', 'lower', 'main');
  repository.commit({ 'a.txt': 'one\nTWO\nthree\n' });
  const oldBaseSha = repository.commit({ 'a.txt': 'one\nTWO!\nthree\n' });
  git('checkout', '--quiet', '-B', 'upper', 'lower');
  const commits = upper.map((change) => repository.commit(change));
  const headSha = commits.at(-1) ?? oldBaseSha;
  git('checkout', '--quiet', 'main');
  const squash = repository.commit({ 'a.txt': 'one\nTWO!\nthree\n' });
  const baseSha = Object.keys(later).length > 0 ? repository.commit(later) : squash;
  const rebase = () =>
    rebaseOnto({ repositoryPath: repository.path, headSha, baseSha, oldBaseSha, message: 'Rebase it' });
  return { repository, headSha, baseSha, oldBaseSha, rebase };
}

const between = (git: (...args: string[]) => string, from: string, to: string) =>
  git('rev-list', '--count', `${from}..${to}`);

test('R-SPEC-5, fear: a squash of the lower change conflicts with the upper one, or brings its commits twice', async () => {
  const change = [{ 'a.txt': 'one\nTWO!!\nthree\n' }, { 'b.txt': 'upper\n' }];
  const { repository, baseSha, headSha, rebase } = squashed(change, { later: { 'c.txt': 'later\n' } });
  const { git } = repository;
  const merged = await rebase();
  expect(merged.conflicts).toEqual([]);
  expect(between(git, baseSha, merged.sha)).toBe('2');
  expect(git('show', `${merged.sha}:a.txt`)).toBe('one\nTWO!!\nthree');
  expect(git('diff', '--name-only', baseSha, merged.sha).split('\n')).toEqual(['a.txt', 'b.txt']);
  expect(git('rev-parse', `${merged.sha}^{tree}`)).toBe(merged.treeSha);
  // Each commit keeps its message and its author.
  const words = (range: string) => git('log', '--format=%an %ae %ad %s', range);
  expect(words(`${baseSha}..${merged.sha}`)).toBe(words(`${headSha}~2..${headSha}`));
});

test('fear: a change that reaches the new base as a whole leaves an empty commit', async () => {
  const { baseSha, rebase } = squashed([{ 'b.txt': 'upper\n' }], { later: { 'b.txt': 'upper\n' } });
  expect(await rebase()).toMatchObject({ sha: baseSha, conflicts: [] });
});

/** A change with a merge of a commit by ann, which may be more than both sides. */
async function withMerge(more?: Record<string, string>) {
  const { repository, baseSha, oldBaseSha } = squashed([{ 'b.txt': 'upper\n' }]);
  const { git, path } = repository;
  git('checkout', '--quiet', '-B', 'beside', oldBaseSha);
  repository.commit({ 'd.txt': 'beside\n' });
  git('commit', '--quiet', '--amend', '--no-edit', '--author', 'ann <ann@example.org>');
  git('checkout', '--quiet', 'upper');
  git('merge', '--quiet', '--no-ff', '--no-edit', 'beside');
  if (more) {
    repository.commit(more);
    git('reset', '--quiet', '--soft', 'HEAD~1');
    git('commit', '--quiet', '--amend', '--no-edit');
  }
  const headSha = git('rev-parse', 'HEAD');
  const merged = await rebaseOnto({ repositoryPath: path, headSha, baseSha, oldBaseSha, message: 'As one' });
  return { git, baseSha, sha: merged.sha };
}

test('fear: a merge in a change takes the authors of its commits away', async () => {
  const { git, baseSha, sha } = await withMerge();
  expect(git('log', '--format=%an', `${baseSha}..${sha}`).split('\n')).toContain('ann');
  expect(between(git, baseSha, sha)).toBe('2');
  expect(git('diff', '--name-only', baseSha, sha).split('\n')).toEqual(['b.txt', 'd.txt']);
});

test('a change with a merge that decides something becomes one commit, which names its authors', async () => {
  const { git, baseSha, sha } = await withMerge({ 'b.txt': 'decided\n' });
  expect(between(git, baseSha, sha)).toBe('1');
  expect(git('log', '-1', '--format=%B', sha)).toContain('Co-authored-by: ann <ann@example.org>');
  expect(git('show', `${sha}:b.txt`)).toBe('decided');
});

test('R-SEN-4: what conflicts has its marks, on top of the new base', async () => {
  const { repository, baseSha, rebase } = squashed([{ 'a.txt': 'one\nUPPER\nthree\n' }], {
    later: { 'a.txt': 'one\nLATER\nthree\n' },
  });
  const { sha, conflicts } = await rebase();
  expect(conflicts).toEqual(['a.txt']);
  expect(repository.git('rev-parse', `${sha}^`)).toBe(baseSha);
  const marks = await conflictMarks(repository.path, sha, conflicts);
  expect(marks.get('a.txt')).toMatch(/^<{7} [\s\S]*LATER[\s\S]*={7}\nUPPER\n>{7} /);
});

test('a commit that conflicts alone, and not as a whole, does not stop the change', async () => {
  const { repository, baseSha, rebase } = squashed(
    [{ 'a.txt': 'one\nfor a while\nthree\n' }, { 'a.txt': 'one\nTWO!\nthree\n', 'b.txt': 'upper\n' }],
    { later: { 'a.txt': 'one\nLATER\nthree\n' } },
  );
  const { sha, conflicts } = await rebase();
  expect(conflicts).toEqual([]);
  expect(repository.git('log', '--format=%s', `${baseSha}..${sha}`)).toBe('Rebase it');
  expect(repository.git('show', `${sha}:a.txt`)).toBe('one\nLATER\nthree');
});
