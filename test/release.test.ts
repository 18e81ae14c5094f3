// A release is prepared in a scratch clone: the version, the changelog and the commit.
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changelogWith, notesIn, notesOf } from '../scripts/release/release-notes.ts';
import { endQuickly, runQuickly } from '../src/git/quick-start.fixture.ts';
import { packageRoot } from '../src/stdx/files/own-files.ts';

const clone = mkdtempSync(join(tmpdir(), 'moose-release-'));
const who = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org' };
const env = { ...process.env, ...who, GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.org' };
const git = (...words: string[]) => runQuickly('git', words, { cwd: clone, env }).trim();
const release = (...words: string[]) =>
  endQuickly(process.execPath, [join(clone, 'scripts/release.ts'), ...words], { cwd: clone, env });
const readText = (path: string) => readFileSync(join(clone, path), 'utf8');
const commit = (subject: string) => git('commit', '--quiet', '--allow-empty', '--message', subject);

/** The files that a release reads and writes, as they are now, in a repository of their own. */
beforeAll(() => {
  const paths = ['package.json', 'package-lock.json', 'CHANGELOG.md', 'deploy', 'scripts', 'src/cli/upgrade'];
  runQuickly('cp', ['--recursive', '--parents', ...paths, clone], { cwd: packageRoot });
  symlinkSync(join(packageRoot, 'node_modules'), join(clone, 'node_modules'));
  git('init', '--quiet', '--initial-branch', 'main');
  writeFileSync(join(clone, '.git/info/exclude'), 'node_modules\n');
  git('add', ...paths);
  commit('Begin');
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

test('R-BASE-6: a release names its changes since the one before, and its version everywhere', () => {
  expect(release('prepare', '1.0.0')).toMatchObject({ status: 0, stderr: '' });
  expect(notesIn(readText('CHANGELOG.md'), '1.0.0')).toBe('The first release.');
  git('tag', '--annotate', '--message', 'Moose 1.0.0', 'v1.0.0');
  for (const subject of ['Add a door', 'Fix the roof', 'Test the roof', 'Paint the wall']) commit(subject);
  expect(release('prepare', '1.1.0')).toMatchObject({ status: 0, stderr: '' });
  expect(git('log', '-1', '--format=%s')).toBe('Release 1.1.0');
  expect(git('status', '--porcelain', '--untracked-files=no')).toBe('');
  expect(notesIn(readText('CHANGELOG.md'), '1.1.0')).toBe(
    '### New\n\n- Add a door\n\n### Fixed\n\n- Fix the roof\n\n### Changed\n\n- Paint the wall',
  );
  expect(JSON.parse(readText('package.json')).version).toBe('1.1.0');
  const lock = JSON.parse(readText('package-lock.json'));
  expect([lock.version, lock.packages[''].version]).toEqual(['1.1.0', '1.1.0']);
  expect(readText('deploy/helm/moose/Chart.yaml')).toMatch(/^version: 1\.1\.0\nappVersion: 1\.1\.0$/m);
});

test.each([
  { words: ['prepare', '1.0.0'], because: '1.0.0 is older than 1.1.0.' },
  { words: ['prepare', 'next'], because: 'next is not a version: write MAJOR.MINOR.PATCH.' },
  { words: ['publish'], because: 'Usage: node scripts/release.ts prepare VERSION | prove' },
])('the fear: a wrong release is made: $because', ({ words, because }) => {
  const before = git('rev-parse', 'HEAD');
  expect(release(...words)).toMatchObject({ status: 1, stderr: `${because}\n` });
  expect(git('rev-parse', 'HEAD')).toBe(before);
});

test('the fear: a release holds what is not committed, or another commit than was prepared', () => {
  writeFileSync(join(clone, 'CHANGELOG.md'), `${readText('CHANGELOG.md')}\n`);
  expect(release('prepare', '1.2.0').stderr).toMatch(
    /^There are changes that are not committed:\n M CHANGELOG\.md/,
  );
  git('checkout', '--quiet', '--', 'CHANGELOG.md');
  writeFileSync(join(clone, 'src/unknown.ts'), '');
  expect(release('prove').stderr).toMatch(
    /^There are changes that are not committed:\n\?\? src\/unknown\.ts/,
  );
  rmSync(join(clone, 'src/unknown.ts'));
  commit('Sneak in');
  expect(release('prove')).toMatchObject({
    status: 1,
    stderr: "The last commit is not 'Release 1.1.0': run prepare first.\n",
  });
});

test('a changelog without a place, or with the version already, is refused', () => {
  const made = { version: '1.0.0', day: '2026-01-31', notes: notesOf(['Format it']) };
  expect(made.notes).toBe('Nothing changes for users.');
  expect(() => changelogWith('# Changelog\n', made)).toThrow('no line');
  const once = changelogWith('# Changelog\n\n<!-- releases -->\n', made);
  expect(() => changelogWith(once, made)).toThrow('has 1.0.0 already');
  expect(() => notesIn(once, '2.0.0')).toThrow('says nothing of 2.0.0');
});
