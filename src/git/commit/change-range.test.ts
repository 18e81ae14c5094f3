import { expect, test } from 'vitest';
import { scratchRepository } from '../scratch-repository.fixture.ts';
import { changeRange } from './change-range.ts';

/** Of `main` with two commits, and of `work`, which adds one to the first of them. */
function ground() {
  const repository = scratchRepository({ 'a.txt': 'one\n' });
  const first = repository.headSha;
  repository.git('checkout', '--quiet', '-b', 'work');
  const work = repository.commit({ 'b.txt': 'work\n' });
  repository.git('checkout', '--quiet', 'main');
  const second = repository.commit({ 'a.txt': 'two\n' });
  const range = (given?: string, isOfWorktree = false) =>
    changeRange(repository.path, { range: given, isOfWorktree });
  return { repository, first, second, work, range };
}

test('R-PART-1: a range is the change since the last commit that both sides have', async () => {
  const { repository, first, second, work, range } = ground();
  for (const given of ['main..work', 'main...work', `${second}..${work}`])
    expect(await range(given)).toEqual({ baseSha: first, headSha: work });
  repository.git('checkout', '--quiet', 'work');
  expect(await range('main')).toEqual({ baseSha: first, headSha: work });
  expect(await range('main..')).toEqual({ baseSha: first, headSha: work });
});

test('R-PART-1: without a range, it is what the branch adds to the main branch, or its last commit', async () => {
  const { repository, first, second, work, range } = ground();
  expect(await range()).toEqual({ baseSha: first, headSha: second });
  repository.git('checkout', '--quiet', 'work');
  expect(await range()).toEqual({ baseSha: first, headSha: work });
});

test('R-PART-1: the files of the worktree are the head, and neither branch nor index nor files change', async () => {
  const { repository, second, range } = ground();
  repository.write({ 'a.txt': 'three\n', 'new.txt': 'new\n', '.gitignore': 'left.txt\n', 'left.txt': '' });
  const before = repository.git('status', '--porcelain');
  const { baseSha, headSha } = await range(undefined, true);
  expect(baseSha).toBe(second);
  expect(repository.git('diff', '--name-status', baseSha, headSha).split('\n')).toEqual([
    'A\t.gitignore',
    'M\ta.txt',
    'A\tnew.txt',
  ]);
  expect(repository.git('status', '--porcelain')).toBe(before);
  expect(repository.git('rev-parse', 'HEAD')).toBe(second);
});

test.each(['--output=x', 'a..b..c', '..work', 'a b', 'main..-x'])(
  'R-PART-1: %j is no range, and is not read as an option of git',
  async (given) => {
    await expect(ground().range(given)).rejects.toMatchObject({ code: 'RANGE_INVALID' });
  },
);

test('R-PART-1: what is unknown, or has no commit in common, is named', async () => {
  const { repository, range } = ground();
  await expect(range('nowhere..work')).rejects.toMatchObject({ code: 'COMMIT_MISSING' });
  repository.git('checkout', '--quiet', '--orphan', 'other');
  repository.commit({ 'c.txt': '' });
  await expect(range('main..other')).rejects.toMatchObject({ code: 'RANGE_UNRELATED' });
});
