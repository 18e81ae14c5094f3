import { expect, test } from 'vitest';
import { conflictMarks } from '../commit/conflict-marks.ts';
import { scratchRepository } from '../scratch-repository.fixture.ts';
import { mergeBaseIn } from './merge-base-in.ts';

function diverged(ours: Record<string, string>, theirs: Record<string, string>) {
  const repository = scratchRepository({ 'a.txt': 'one\ntwo\nthree\n' });
  const commitOn = (branch: string, change: Record<string, string>) => {
    repository.git('checkout', '--quiet', '-B', branch, 'main');
    return repository.commit(change);
  };
  const headSha = commitOn('ours', ours);
  const baseSha = commitOn('theirs', theirs);
  const merge = () =>
    mergeBaseIn({ repositoryPath: repository.path, headSha, baseSha, message: 'Merge theirs' });
  return { repository, headSha, baseSha, merge };
}

test('R-SEN-4: a base that does not conflict is merged without a working tree, on top of the change', async () => {
  const { repository, headSha, baseSha, merge } = diverged({ 'b.txt': 'ours\n' }, { 'c.txt': 'theirs\n' });
  const merged = await merge();
  expect(merged.conflicts).toEqual([]);
  expect(repository.git('rev-parse', `${merged.sha}^1`, `${merged.sha}^2`).split('\n')).toEqual([
    headSha,
    baseSha,
  ]);
  expect(repository.git('show', `${merged.sha}:b.txt`)).toBe('ours');
  expect(repository.git('show', `${merged.sha}:c.txt`)).toBe('theirs');
  expect(repository.git('log', '-1', '--format=%an <%ae> %cn <%ce>', merged.sha)).toBe(
    'Moose <moose@localhost> Moose <moose@localhost>',
  );
});

test('R-SEN-4: conflicts are named, and their marks are in the files', async () => {
  const ours = { 'a.txt': 'one\nOURS\nthree\n' };
  const { repository, merge } = diverged(ours, { 'a.txt': 'one\nTHEIRS\nthree\n' });
  const { sha, conflicts } = await merge();
  expect(conflicts).toEqual(['a.txt']);
  const marks = await conflictMarks(repository.path, sha, [...conflicts, 'not-there.txt']);
  expect([...marks.keys()]).toEqual(['a.txt']);
  expect(marks.get('a.txt')).toMatch(/^<{7} [\s\S]*OURS[\s\S]*={7}\nTHEIRS\n>{7} /);
});

test('a change that contains the base stays as it is', async () => {
  const { repository, headSha } = diverged({ 'b.txt': 'ours\n' }, { 'c.txt': 'theirs\n' });
  const baseSha = repository.git('rev-parse', 'main');
  const merged = await mergeBaseIn({ repositoryPath: repository.path, headSha, baseSha, message: 'Merge' });
  expect(merged).toMatchObject({ sha: headSha, conflicts: [] });
});
