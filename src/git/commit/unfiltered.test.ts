// Fear: what a repository protects by a filter is published as it lies in the worktree, or as a pointer to nothing
// (R-REPO-2).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ensureBareRemote, pushBranch } from '../remote/remote.ts';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from '../scratch-repository.fixture.ts';
import { branch, trailers } from '../scratch-worktree.fixture.ts';
import { ensureWorktree } from '../worktree/worktree.ts';
import { commitAll } from './commit.ts';
import { uploadLargeFiles } from './large-files.ts';

/** As a person commits it, with the user's own settings. */
function commitAsPerson(
  repository: ReturnType<typeof scratchRepository>,
  files: Record<string, string>,
): string {
  writeFiles(repository.path, files);
  const env = {
    ...process.env,
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@b',
  };
  for (const args of [
    ['add', '--all'],
    ['commit', '--quiet', '-m', 'By a person'],
  ])
    execFileSync('git', args, { cwd: repository.path, env });
  return repository.git('rev-parse', 'HEAD');
}

async function worktreeOf(
  files: Record<string, string>,
  { filters = [], settings = {} }: { filters?: string[]; settings?: Record<string, string> } = {},
) {
  const repository = scratchRepository();
  repository.headSha = commitAsPerson(repository, files);
  for (const [key, value] of Object.entries(settings)) repository.git('config', key, value);
  const worktreePath = join(scratchDirectory(), 'ab12');
  const { path: repositoryPath, headSha: baseSha } = repository;
  await ensureWorktree({ repositoryPath, worktreePath, branch, baseSha, filters });
  const request = {
    repositoryPath,
    worktreePath,
    branch,
    expectedParent: baseSha,
    filters,
    message: 'Change',
    trailers,
  };
  return { repository, worktreePath, request };
}

/** As of a user of Moose, without the settings of this machine. */
function userSettings(settings: Record<string, string>): void {
  const file = join(scratchDirectory(), 'gitconfig');
  writeFileSync(file, '');
  for (const [key, value] of Object.entries(settings)) gitIn('/', 'config', '--file', file, key, value);
  vi.stubEnv('GIT_CONFIG_GLOBAL', file);
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
}

const refused = { code: 'FORBIDDEN_CHANGE' };

test.each([
  ['a changed file', { '.gitattributes': '*.env filter=git-crypt\n', 'a.env': 'x' }, { 'a.env': 'y' }],
  ['a new file', { '.gitattributes': '*.env filter=git-crypt\n' }, { 'deep/new.env': 'y' }],
  ['a rule of a folder', { 'conf/.gitattributes': '* filter=sops\n', 'conf/a': 'x' }, { 'conf/a': 'y' }],
  [
    'a macro',
    { '.gitattributes': '[attr]secret filter=vault -diff\nkeys/** secret\n', 'keys/a': 'x' },
    { 'keys/a': 'y' },
  ],
  [
    'a rule that the change removes',
    { '.gitattributes': '*.env filter=git-crypt\n', 'a.env': 'x' },
    { '.gitattributes': '', 'a.env': 'y' },
  ],
  [
    'a rule that the change unsets',
    { '.gitattributes': '*.env filter=git-crypt\n', 'a.env': 'x' },
    { '.gitattributes': '*.env filter=git-crypt\n*.env -filter\n', 'a.env': 'y' },
  ],
  [
    'a rule that the change adds',
    { 'a.txt': 'x' },
    { '.gitattributes': '*.txt filter=clean\n', 'a.txt': 'y' },
  ],
  ['a filter without a name', { '.gitattributes': '*.nb filter\n', 'a.nb': 'x' }, { 'a.nb': 'y' }],
])('R-REPO-2: %s that a filter applies to is refused, and nothing is committed', async (_, files, change) => {
  userSettings({});
  const settings = {
    'filter.git-crypt.clean': 'cat',
    'filter.sops.clean': 'cat',
    'filter.clean.clean': 'cat',
  };
  const { repository, worktreePath, request } = await worktreeOf(files as Record<string, string>, {
    settings,
  });
  writeFiles(worktreePath, change as Record<string, string>);
  await expect(commitAll(request)).rejects.toMatchObject(refused);
  expect(repository.git('rev-parse', branch)).toBe(repository.headSha);
});

test('R-REPO-2: a rule in the attributes of the repository itself counts', async () => {
  userSettings({});
  const { repository, worktreePath, request } = await worktreeOf({ 'a.txt': 'x' });
  writeFiles(join(repository.path, '.git'), { 'info/attributes': '*.txt filter=git-crypt\n' });
  writeFiles(worktreePath, { 'a.txt': 'y' });
  await expect(commitAll(request)).rejects.toMatchObject(refused);
});

test('files without a filter, deleted ones and unchanged ones are committed', async () => {
  userSettings({});
  const files = { '.gitattributes': '*.env filter=git-crypt\n*.txt text\n', 'a.env': 'x', 'b.env': 'x' };
  const { worktreePath, request } = await worktreeOf(files);
  rmSync(join(worktreePath, 'b.env'));
  writeFiles(worktreePath, { 'c.txt': 'c' });
  expect(await commitAll(request)).toMatchObject({ changedFiles: ['b.env', 'c.txt'] });
});

test('a filter that the project names runs, as the repository sets it up', async () => {
  userSettings({});
  const settings = { 'filter.upper.clean': 'tr a-z A-Z', 'filter.upper.smudge': 'tr A-Z a-z' };
  const files = { '.gitattributes': '*.up filter=upper\n', 'a.up': 'SECRET\n' };
  const { repository, worktreePath, request } = await worktreeOf(files, { filters: ['upper'], settings });
  expect(execFileSync('cat', [join(worktreePath, 'a.up')], { encoding: 'utf8' })).toBe('secret\n');
  writeFiles(worktreePath, { 'a.up': 'other\n' });
  expect(await commitAll(request)).toMatchObject({ changedFiles: ['a.up'] });
  expect(repository.git('cat-file', 'blob', `${branch}:a.up`)).toBe('OTHER');
});

test('R-SEC-7: a filter of the repository that the project does not name does not run', async () => {
  userSettings({});
  const ran = join(scratchDirectory(), 'ran');
  const settings = { 'filter.evil.clean': `touch ${ran}; cat`, 'filter.upper.clean': 'cat' };
  const files = { '.gitattributes': '*.up filter=upper\n*.x filter=evil\n', 'a.x': 'x' };
  const { worktreePath, request } = await worktreeOf(files, { filters: ['upper'], settings });
  writeFiles(worktreePath, { 'a.x': 'y' });
  await expect(commitAll(request)).rejects.toMatchObject(refused);
  expect(existsSync(ran)).toBe(false);
});

test('R-REPO-2: a filter of the user that fails lets nothing through', async () => {
  userSettings({ 'filter.broken.clean': 'exit 3' });
  const { worktreePath, request } = await worktreeOf({ '.gitattributes': '*.x filter=broken\n', 'a.x': 'x' });
  writeFiles(worktreePath, { 'a.x': 'y' });
  await expect(commitAll(request)).rejects.toMatchObject(refused);
});

const attributes = { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' };
const hasLfs = (() => {
  try {
    execFileSync('git', ['lfs', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

test('R-REPO-2: without git-lfs, a file that belongs there is refused in words', async () => {
  userSettings({});
  const { worktreePath, request } = await worktreeOf(attributes);
  writeFiles(worktreePath, { 'new.bin': 'large' });
  await expect(commitAll(request)).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining('Git LFS'),
    advice: expect.stringContaining('git lfs install'),
  });
});

const lfsSettings = {
  'filter.lfs.clean': 'git-lfs clean -- %f',
  'filter.lfs.smudge': 'git-lfs smudge -- %f',
  'filter.lfs.process': 'git-lfs filter-process',
  'filter.lfs.required': 'true',
};

test.runIf(hasLfs)('R-REPO-2: a large file is at the remote before its pointer is', async () => {
  userSettings(lfsSettings);
  const { repository, worktreePath, request } = await worktreeOf(attributes);
  const remoteUrl = join(scratchDirectory(), 'remote.git');
  await ensureBareRemote(remoteUrl, {
    defaultBranchFrom: repository.path,
    branch: 'main',
    sha: repository.headSha,
  });
  const content = 'large '.repeat(10_000);
  writeFiles(worktreePath, { 'new.bin': content });
  const commit = await commitAll(request);
  const sha = commit?.sha ?? expect.unreachable();
  const oid = createHash('sha256').update(content).digest('hex');
  expect(repository.git('cat-file', 'blob', `${sha}:new.bin`)).toContain(oid);
  const upload = { repositoryPath: repository.path, remoteUrl, from: repository.headSha, to: sha };
  expect(await uploadLargeFiles(upload)).toBe(1);
  expect(existsSync(join(remoteUrl, 'lfs/objects', oid.slice(0, 2), oid.slice(2, 4), oid))).toBe(true);
  await pushBranch({ repositoryPath: repository.path, remoteUrl, branch, sha, expectedRemoteSha: null });
  // Once more is no work that fails.
  expect(await uploadLargeFiles(upload)).toBe(1);
});

test.runIf(hasLfs)('R-REPO-2: a large file by attributes that are in no tree is uploaded too', async () => {
  userSettings(lfsSettings);
  const { repository, worktreePath, request } = await worktreeOf({ 'a.txt': 'a' });
  writeFiles(join(repository.path, '.git'), { 'info/attributes': '*.bin filter=lfs -text\n' });
  const remoteUrl = join(scratchDirectory(), 'remote.git');
  const { path: repositoryPath, headSha: from } = repository;
  await ensureBareRemote(remoteUrl, { defaultBranchFrom: repositoryPath, branch: 'main', sha: from });
  const text = `version https://git-lfs.github.com/spec/v1\noid sha256:${'c'.repeat(64)}\nsize 5\n`;
  writeFiles(worktreePath, { 'new.bin': 'large', 'example.txt': text });
  const to = (await commitAll(request))?.sha ?? expect.unreachable();
  expect(await uploadLargeFiles({ repositoryPath, remoteUrl, from, to })).toBe(1);
  const oid = createHash('sha256').update('large').digest('hex');
  expect(existsSync(join(remoteUrl, 'lfs/objects', oid.slice(0, 2), oid.slice(2, 4), oid))).toBe(true);
});

test.runIf(hasLfs)(
  'R-REPO-2: a pointer to a large file that is not here is refused; a renamed one is not',
  async () => {
    userSettings(lfsSettings);
    const pointer = (oid: string) =>
      `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 5\n`;
    const oid = createHash('sha256').update('large').digest('hex');
    const { repository, worktreePath, request } = await worktreeOf({ ...attributes, 'old.bin': 'large' });
    writeFiles(worktreePath, { 'moved.bin': pointer(oid) });
    rmSync(join(worktreePath, 'old.bin'));
    rmSync(join(repository.path, '.git/lfs'), { recursive: true });
    const moved = await commitAll(request);
    expect(moved).toMatchObject({ changedFiles: ['moved.bin', 'old.bin'] });
    writeFiles(worktreePath, { 'forged.bin': pointer('b'.repeat(64)) });
    const next = { ...request, expectedParent: moved?.sha ?? expect.unreachable() };
    await expect(commitAll(next)).rejects.toMatchObject(refused);
  },
);

test.runIf(hasLfs)('R-REPO-2: if a large file cannot be uploaded, that is an error with advice', async () => {
  userSettings(lfsSettings);
  const { repository, worktreePath, request } = await worktreeOf(attributes);
  writeFiles(worktreePath, { 'new.bin': 'large' });
  const commit = await commitAll(request);
  const remoteUrl = join(scratchDirectory(), 'nowhere.git');
  const to = commit?.sha ?? expect.unreachable();
  await expect(
    uploadLargeFiles({ repositoryPath: repository.path, remoteUrl, from: repository.headSha, to }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^LFS_/), advice: expect.stringMatching(/./) });
});
