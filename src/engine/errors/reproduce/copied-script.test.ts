import { readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runQuickly } from '../../../git/quick-start.fixture.ts';
import { scratchDirectory, scratchRepository, writeFiles } from '../../../git/scratch-repository.fixture.ts';
import { copiedScript } from './copied-script.ts';

/** Runs the script beside a worktree of the repository, as `reproduce.sh` does. */
function ground(committed: Record<string, string>, own: Record<string, string>) {
  const repository = scratchRepository({ '.gitignore': '.env*\nlocal/\n', ...committed });
  writeFiles(repository.path, own);
  const here = scratchDirectory();
  const run = (...paths: string[]) => {
    repository.git('clone', '--quiet', repository.path, join(here, 'worktree'));
    const script = `set -e\nhere=$1; repository=$2\n${copiedScript(paths)}`;
    return runQuickly('sh', ['-c', `exec 2>&1; ${script}`, 'sh', here, repository.path]);
  };
  const read = (path: string) => readFileSync(join(here, 'worktree', path), 'utf8');
  return { run, read, here, repository };
}

test('R-FAIL-6: a reproduction has the ignored files that the check had, with whatever names', () => {
  const odd = "local/it's\n$(touch pwned) -x";
  const { run, read, here } = ground({}, { '.env.test': 'A=1', [odd]: 'x', 'local/deep/file': 'y' });
  expect(run('.env.test', odd, 'local/deep/file')).toBe('');
  expect([read('.env.test'), read(odd), read('local/deep/file')]).toEqual(['A=1', 'x', 'y']);
  expect(readdirSync(here)).toEqual(['worktree']);
  expect(copiedScript([])).toBe('');
});

test('a file that is gone since then is named, and the rest is copied', () => {
  const { run, read } = ground({}, { '.env.b': 'B=1' });
  expect(run('.env.a', '.env.b')).toContain('.env.a is no longer in the checkout.');
  expect(read('.env.b')).toBe('B=1');
});

test('fear: a change leads the copy out of the worktree by a link, or over its own files', () => {
  const outside = scratchDirectory();
  const { run, read, repository } = ground({ 'tracked.txt': 'theirs' }, {});
  symlinkSync(outside, join(repository.path, 'linked'));
  repository.commit({ '.gitignore': '.env*\nlinked/x\n' });
  rmSync(join(repository.path, 'linked'));
  writeFiles(repository.path, { 'linked/x': 'mine', 'tracked.txt': 'changed' });
  run('linked/x', 'tracked.txt', '../outside');
  expect(readdirSync(outside)).toEqual([]);
  expect(read('tracked.txt')).toBe('theirs');
});
