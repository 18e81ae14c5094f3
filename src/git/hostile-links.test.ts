// Links and names of refs that a session can put in place of git's small files, so that Moose or its git, which are not
// isolated, change something else.

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isMooseError } from '../domain/failure.ts';
import { exchangeMeanwhile } from '../stdx/racer.fixture.ts';
import { clearAfterSession, clearStrangeFiles } from './clear-strange-files.ts';
import { commitAll } from './commit.ts';
import { gitIn, scratchDirectory } from './scratch-repository.fixture.ts';
import { branch, scratchWorktree } from './scratch-worktree.fixture.ts';
import { restoreTracked, standingOf } from './working-files.ts';
import { ensureWorktree, removeWorktree } from './worktree.ts';

const secret = 'secret of the user\n';

async function scene() {
  const made = await scratchWorktree();
  const { repository, worktreePath, request } = made;
  const wish = { repositoryPath: repository.path, worktreePath, branch, baseSha: repository.headSha };
  const another = { ...wish, worktreePath: `${worktreePath}-2`, branch: 'moose/cd34-y' };
  /** Everything that Moose does with a worktree after a session, and what of it failed. */
  const goOn = async () => {
    const failures: unknown[] = [];
    for (const act of [
      () => ensureWorktree(another),
      () => clearAfterSession(repository.path, { worktreePath, branch }),
      () => standingOf(worktreePath),
      () => commitAll(request),
      () => restoreTracked(worktreePath),
      () => ensureWorktree(wish),
      () => removeWorktree({ ...wish, preserveAs: 'ab12' }),
    ])
      await act().catch((cause: unknown) => failures.push(cause));
    return failures;
  };
  return { ...made, goOn, outside: scratchDirectory() };
}

const files = [
  ...['.git', 'HEAD', 'gitdir', 'commondir', 'moose-ready', 'moose-ready.new', 'index', 'locked'],
  ...['ORIG_HEAD', 'MERGE_MSG', 'logs/HEAD'],
];

test.each(files)(
  'R-SEC-5: fear: a session puts a link in place of %s, and Moose writes to its target, or tells what is in it',
  async (file) => {
    const { worktreePath, entry, goOn, outside } = await scene();
    writeFileSync(join(worktreePath, 'README.md'), 'changed\n');
    const [path, target] = [join(file === '.git' ? worktreePath : entry, file), join(outside, 'file')];
    writeFileSync(target, secret);
    // Without the mark, Moose writes it again.
    if (file === 'moose-ready.new') rmSync(join(entry, 'moose-ready'));
    rmSync(path, { force: true });
    symlinkSync(target, path);
    const failures = await goOn();
    expect(readFileSync(target, 'utf8')).toBe(secret);
    expect(failures.filter((failure) => !isMooseError(failure))).toEqual([]);
    expect(JSON.stringify(failures)).not.toContain(secret.trim());
  },
);

test('R-SEC-5: fear: a session puts a link in place of the folder of its logs, and Moose removes what is behind it', async () => {
  const { entry, goOn, outside } = await scene();
  execFileSync('mkfifo', [join(outside, 'pipe')]);
  symlinkSync('/no/such/path', join(outside, 'dangling'));
  mkdirSync(join(outside, 'index'));
  for (const name of ['index/file', 'commondir', 'gitdir']) writeFileSync(join(outside, name), secret);
  const list = () => readdirSync(outside, { recursive: true }).sort();
  const before = list();
  rmSync(join(entry, 'logs'), { recursive: true });
  symlinkSync(outside, join(entry, 'logs'));
  expect(await goOn()).toEqual([]);
  expect(list()).toEqual(before);
  for (const name of ['index/file', 'commondir', 'gitdir'])
    expect(readFileSync(join(outside, name), 'utf8')).toBe(secret);
});

test('R-SEC-5: fear: a running session exchanges the folder of its logs for a link while Moose looks at them', async (context) => {
  const { repository, entry, outside } = await scene();
  const pipes = Array.from({ length: 20 }, (_, number) => join(outside, `pipe-${number}`));
  execFileSync('mkfifo', pipes);
  const link = join(dirname(repository.path), 'link');
  symlinkSync(outside, link);
  const end = await exchangeMeanwhile(join(entry, 'logs'), link, outside);
  if (end === null) return context.skip();
  onTestFinished(end);
  for (let round = 0; round < 200; round++) await clearStrangeFiles(join(repository.path, '.git'));
  expect(pipes.filter((path) => !existsSync(path))).toEqual([]);
});

test.each([
  ['a file', (path: string) => writeFileSync(path, 'ref: refs/heads/main\n')],
  ['a link', (path: string) => symlinkSync('refs/heads/main', path)],
])(
  'R-SEC-5: fear: a session names another branch in ORIG_HEAD, as %s, and a reset by Moose moves that branch',
  async (_, plant) => {
    const { repository, worktreePath, entry, request } = await scene();
    writeFileSync(join(worktreePath, 'README.md'), 'changed\n');
    rmSync(join(entry, 'ORIG_HEAD'), { force: true });
    plant(join(entry, 'ORIG_HEAD'));
    // An open merge, which Moose ends.
    writeFileSync(join(entry, 'MERGE_MSG'), 'Merge\n');
    await clearAfterSession(repository.path, { worktreePath, branch });
    await commitAll(request);
    writeFileSync(join(worktreePath, 'README.md'), 'rewritten by a check\n');
    expect(await restoreTracked(worktreePath)).toEqual(['README.md']);
    expect(gitIn(repository.path, 'rev-parse', 'main')).toBe(repository.headSha);
    expect(existsSync(join(entry, 'MERGE_MSG'))).toBe(false);
  },
);

test('R-SEC-5: fear: while a session lives, it names another branch in ORIG_HEAD and removes its index', async () => {
  const { repository, worktreePath, entry, request } = await scene();
  const own = gitIn(repository.path, 'commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'Own');
  gitIn(repository.path, 'update-ref', `refs/heads/${branch}`, own);
  rmSync(join(entry, 'index'));
  writeFileSync(join(entry, 'ORIG_HEAD'), 'ref: refs/heads/main\n');
  const wish = { repositoryPath: repository.path, worktreePath, branch, baseSha: repository.headSha };
  await ensureWorktree(wish);
  expect(gitIn(repository.path, 'rev-parse', 'main')).toBe(repository.headSha);
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
  expect(await commitAll({ ...request, expectedParent: own })).toBeNull();
});

test('R-PIPE-14: fear: Moose removes the long reflog of a worktree that a person has made', async () => {
  const { repository, goOn } = await scene();
  const theirs = join(scratchDirectory(), 'theirs');
  repository.git('worktree', 'add', '--quiet', '-b', 'theirs', theirs);
  const log = join(repository.path, '.git', 'worktrees', 'theirs', 'logs', 'HEAD');
  const line = readFileSync(log, 'utf8');
  writeFileSync(log, line.repeat(200));
  await goOn();
  expect(readFileSync(log, 'utf8')).toBe(line.repeat(200));
});

const nobody = 65_534;

test('R-SEC-5: fear: a session closes its files and folders, and no other work order gets a worktree', async () => {
  const { repository, entry, worktreePath } = await scene();
  const commonDir = join(repository.path, '.git');
  const closed = ['HEAD', 'gitdir', 'commondir', 'logs', '.'].map((name) => join(entry, name));
  for (const path of closed) chmodSync(path, 0);
  if (process.geteuid?.() === 0) {
    execFileSync('chown', ['-R', `${nobody}:${nobody}`, dirname(repository.path)]);
    process.seteuid?.(nobody);
    onTestFinished(() => void process.seteuid?.(0));
  }
  await clearStrangeFiles(commonDir);
  expect(lstatSync(entry).mode & 0o700).toBe(0o700);
  expect(readFileSync(join(entry, 'commondir'), 'utf8')).toBe('../..\n');
  expect(existsSync(join(entry, 'logs'))).toBe(false);
  expect(existsSync(worktreePath)).toBe(true);
});
