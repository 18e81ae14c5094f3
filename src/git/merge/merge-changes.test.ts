import { execFileSync } from 'node:child_process';
import { tracingChannel } from 'node:diagnostics_channel';
import { expect, onTestFinished, test } from 'vitest';
import { scratchRepository } from '../scratch-repository.fixture.ts';
import { learnedCommitsMax, learnMergeBases, mergeBaseOf, mergeChanges, wayBack } from './merge-changes.ts';

function scene() {
  const repository = scratchRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const baseSha = repository.headSha;
  const change = (name: string, files: Record<string, string>, from = baseSha) => {
    repository.git('switch', '--quiet', '--create', name, from);
    return repository.commit(files);
  };
  const merge = (heads: readonly string[], base = baseSha) =>
    mergeChanges({ repositoryPath: repository.path, baseSha: base, heads });
  return { repository, baseSha, change, merge };
}

test('R-GREEN-11: the tree has every change, whatever their order, and no ref points to it', async () => {
  const { repository, change, merge } = scene();
  const heads = [
    change('one', { 'a.txt': 'A\n' }),
    change('two', { 'b.txt': 'B\n' }),
    change('three', { 'c.txt': 'C\n' }),
  ];
  const refs = repository.git('for-each-ref');
  const { sha, treeSha, left } = await merge(heads);
  expect(left).toEqual([]);
  expect(repository.git('show', `${sha}:a.txt`, `${sha}:b.txt`, `${sha}:c.txt`)).toBe('A\nB\nC');
  expect((await merge(heads.toReversed())).treeSha).toBe(treeSha);
  expect(repository.git('for-each-ref')).toBe(refs);
});

test('R-GREEN-11: what git cannot merge is left out, with its paths; a change that is contained makes no commit', async () => {
  const { baseSha, change, merge } = scene();
  const one = change('one', { 'a.txt': 'one\n' });
  const two = change('two', { 'a.txt': 'two\n' });
  const next = change('next', { 'b.txt': 'next\n' }, one);
  const { sha, left } = await merge([next, two, one]);
  expect(left).toEqual([{ head: two, paths: ['a.txt'] }]);
  expect(sha).toBe(next);
  expect(await merge([])).toMatchObject({ sha: baseSha, left: [] });
});

test('the newest common commit is found, and its absence is an answer', async () => {
  const { repository, baseSha, change } = scene();
  const [one, two] = [change('one', { 'a.txt': 'A\n' }), change('two', { 'b.txt': 'B\n' })];
  expect(await mergeBaseOf(repository.path, one, two)).toBe(baseSha);
  repository.git('switch', '--quiet', '--orphan', 'apart');
  const apart = repository.commit({ 'x.txt': 'x\n' });
  expect(await mergeBaseOf(repository.path, one, apart)).toBeNull();
});

test('fear: learned merge bases are others than those that git finds', async () => {
  const { repository, change } = scene();
  const { path, git } = repository;
  const one = change('one', { 'a.txt': 'A\n' });
  const merged = change('merged', { 'm.txt': 'm\n' });
  const middle = change('middle', { 'n.txt': 'n\n' }, merged);
  const two = change('two', { 'b.txt': 'B\n' }, one);
  git('switch', '--quiet', '--create', 'across', one);
  git('merge', '--quiet', '--no-ff', '-m', 'across', merged);
  const across = repository.commit({ 'x.txt': 'x\n' });
  git('switch', '--quiet', '--create', 'tip', merged);
  const late = change('late', { 'l.txt': 'l\n' }, repository.commit({ 't.txt': 't\n' }));
  git('switch', '--quiet', 'tip');
  const tip = repository.commit({ 't.txt': 'u\n' });
  git('switch', '--quiet', '--orphan', 'apart');
  const apart = repository.commit({ 'z.txt': 'z\n' });
  const heads = [one, two, merged, middle, across, late, apart, tip];
  const history = (await learnMergeBases(path, tip, heads)) ?? new Map();
  for (const head of heads) {
    const own = git('rev-list', `${tip}..${head}`).split('\n');
    expect([...wayBack(head, history).own].sort()).toEqual(own.filter((sha) => sha !== '').sort());
  }
  for (const head of heads.filter((each) => each !== apart))
    expect(await mergeBaseOf(path, tip, head)).toBe(git('merge-base', tip, head));
  expect(await mergeBaseOf(path, tip, apart)).toBeNull();
  // About a commit whose answer is known, git is not asked again.
  const next = change('next', { 'n.txt': 'n\n' });
  expect([...((await learnMergeBases(path, tip, [two, next])) ?? [])].map(([sha]) => sha)).toEqual([next]);
});

test('fear: a base that was written again has every open change read its whole history', async () => {
  const { repository, change } = scene();
  const { path, git } = repository;
  const long = Array.from(
    { length: learnedCommitsMax },
    (_, n) => `commit refs/heads/long\ncommitter A <a@example.org> ${n + 1} +0000\ndata 0\n`,
  );
  execFileSync('git', ['fast-import', '--quiet'], { cwd: path, input: long.join('') });
  const old = git('rev-parse', 'long');
  const tip = change('tip', { 't.txt': 't\n' });
  const near = change('near', { 'n.txt': 'n\n' });
  let asked = 0;
  const count = (call: unknown) => {
    if ((call as { argv: readonly string[] }).argv.includes('merge-base')) asked += 1;
  };
  const channel = tracingChannel('moose.git').start;
  channel.subscribe(count);
  onTestFinished(() => void channel.unsubscribe(count));
  await learnMergeBases(path, tip, [near, old]);
  expect(await mergeBaseOf(path, tip, near)).toBe(repository.headSha);
  expect(await mergeBaseOf(path, tip, old)).toBeNull();
  expect(asked).toBe(2);
});
