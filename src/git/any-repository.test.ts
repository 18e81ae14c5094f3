// Fear: a kind of repository that people have works only half (R-REPO-4): it works, or is refused with what mends it.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { commitAll } from './commit/commit.ts';
import { listFiles } from './read/tree.ts';
import { inspectRepository } from './refs/repository.ts';
import { pushBranch } from './remote/remote.ts';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from './scratch-repository.fixture.ts';
import { branch, scratchWorktree, trailers } from './scratch-worktree.fixture.ts';
import { ensureWorktree, removeWorktree } from './worktree/worktree.ts';

const files = { 'a.txt': 'a\n', 'd1/b.txt': 'b\n', 'd2/c.txt': 'c\n' };

function remote() {
  const origin = scratchRepository(files);
  for (const text of ['1', '2', '3']) origin.commit({ 'a.txt': text });
  origin.git('checkout', '--quiet', '--detach');
  origin.git('config', 'uploadpack.allowFilter', 'true');
  const clone = (...how: string[]) => {
    const path = join(scratchDirectory(), 'clone');
    const from = how.includes('--shared') ? origin.path : `file://${origin.path}`;
    gitIn('/', '-c', 'protocol.file.allow=always', 'clone', '--quiet', ...how, from, path);
    return path;
  };
  return { origin, clone };
}

const linked = (path: string) => {
  const at = join(scratchDirectory(), 'linked');
  gitIn(path, 'worktree', 'add', '--quiet', '-b', 'topic', at, 'main');
  return at;
};
const bare = (path: string) => {
  const at = join(scratchDirectory(), 'linked');
  gitIn(path, 'worktree', 'add', '--quiet', at, 'main');
  return at;
};
const set = (path: string, ...args: string[]) => {
  gitIn(path, ...args);
  return path;
};

const personal = {
  'color.ui': 'always',
  'commit.gpgSign': 'true',
  'core.abbrev': '4',
  'core.fsmonitor': 'true',
  'core.splitIndex': 'true',
  'diff.external': '/bin/false',
  'diff.ignoreSubmodules': 'all',
  'diff.noprefix': 'true',
  'diff.renames': 'copies',
  'feature.manyFiles': 'true',
  'i18n.commitEncoding': 'ISO-8859-1',
  'log.showSignature': 'true',
  'push.default': 'nothing',
  'push.gpgSign': 'true',
  'remote.pushDefault': 'nowhere',
  'status.showUntrackedFiles': 'no',
  'user.signingKey': 'DEADBEEF',
};

type Clone = ReturnType<typeof remote>['clone'];
test.each<[string, (clone: Clone) => string]>([
  ['a shallow clone', (clone) => clone('--depth=1', '--branch=main')],
  ['a partial clone', (clone) => clone('--filter=blob:none', '--branch=main')],
  ['a partial clone without trees', (clone) => clone('--filter=tree:0', '--branch=main')],
  ['a sparse checkout', (clone) => set(clone('--branch=main'), 'sparse-checkout', 'set', 'd1')],
  [
    'a sparse partial clone',
    (clone) => set(clone('--branch=main'), 'sparse-checkout', 'set', '--no-cone', '/d1/'),
  ],
  ['a checkout that is itself a worktree', (clone) => linked(clone('--branch=main'))],
  ['a worktree of a bare repository', (clone) => bare(clone('--bare'))],
  [
    'a separate git directory',
    (clone) => clone('--branch=main', `--separate-git-dir=${join(scratchDirectory(), 'git')}`),
  ],
  ['a clone that borrows objects', (clone) => clone('--shared', '--branch=main')],
  [
    'a base with a slash and umlauts',
    (clone) => set(clone('--branch=main'), 'checkout', '--quiet', '-b', 'größe/ünï'),
  ],
  [
    'a sparse index',
    (clone) => set(clone('--branch=main'), 'sparse-checkout', 'set', '--cone', '--sparse-index', 'd1'),
  ],
  [
    'a worktree that is named by a relative path',
    (clone) => {
      const at = linked(clone('--branch=main'));
      const entry = readFileSync(join(at, '.git'), 'utf8').trim().slice('gitdir: '.length);
      writeFileSync(join(at, '.git'), `gitdir: ${relative(at, entry)}\n`);
      return at;
    },
  ],
  [
    'a clone that borrows objects by a relative path',
    (clone) => {
      const at = clone('--shared', '--branch=main');
      const alternates = join(at, '.git/objects/info/alternates');
      const from = readFileSync(alternates, 'utf8').trim();
      writeFileSync(alternates, `${relative(join(at, '.git/objects'), from)}\n`);
      return at;
    },
  ],
  [
    'replaced files, and a graft',
    (clone) => {
      const at = clone('--branch=main');
      gitIn(at, 'replace', gitIn(at, 'rev-parse', 'HEAD:d1/b.txt'), gitIn(at, 'rev-parse', 'HEAD:d2/c.txt'));
      writeFileSync(join(at, '.git/info/grafts'), `${gitIn(at, 'rev-parse', 'HEAD')}\n`);
      return at;
    },
  ],
  [
    'branches and tags that are named like options and HEAD',
    (clone) => {
      const at = clone('--branch=main');
      for (const ref of ['heads/HEAD', 'heads/-x', 'tags/-x', 'tags/--all', 'tags/HEAD'])
        gitIn(at, 'update-ref', `refs/${ref}`, 'refs/heads/main~1');
      return at;
    },
  ],
  [
    'settings of a person that change what git prints and does',
    (clone) => {
      const at = clone('--branch=main');
      for (const [key, value] of Object.entries(personal)) gitIn(at, 'config', key, value);
      return at;
    },
  ],
  ['a tag and a branch of one name', (clone) => set(clone('--branch=main'), 'tag', 'main', 'HEAD~1')],
])('R-REPO-4: %s: one file is changed, committed and pushed', async (_, make) => {
  const { origin, clone } = remote();
  const repositoryPath = make(clone);
  const { headSha } = await inspectRepository(repositoryPath);
  const worktreePath = join(scratchDirectory(), 'ab12');
  await ensureWorktree({ repositoryPath, worktreePath, branch, baseSha: headSha });
  writeFiles(worktreePath, { 'a.txt': 'changed\n' });
  const request = { repositoryPath, worktreePath, branch, expectedParent: headSha, message: 'x', trailers };
  const { sha } = (await commitAll(request)) ?? expect.unreachable();
  const target = { repositoryPath, remoteUrl: origin.path, branch, sha, expectedRemoteSha: null };
  expect(await pushBranch(target)).toBe('pushed');
  expect(origin.git('diff', '--name-status', 'main', sha)).toBe('M\ta.txt');
  await removeWorktree({ repositoryPath, worktreePath, preserveAs: 'ab12' });
});

test('R-REPO-4: a partial clone that lacks objects, and may not fetch them here, is refused with what mends it', async () => {
  const { clone } = remote();
  const path = clone('--filter=blob:none', '--no-checkout', '--branch=main');
  const missing = { code: 'OBJECTS_MISSING', category: 'configuration' };
  await expect(listFiles(path, gitIn(path, 'rev-parse', 'HEAD'))).rejects.toMatchObject(missing);
  gitIn(path, '-c', 'protocol.file.allow=always', 'fetch', '--quiet', '--refetch', '--no-filter');
  expect(await listFiles(path, gitIn(path, 'rev-parse', 'HEAD'))).toHaveLength(3);
});

test('R-REPO-4: a clone whose borrowed objects are gone is refused with what mends it', async () => {
  const { origin, clone } = remote();
  const path = clone('--shared', '--branch=main');
  renameSync(origin.path, `${origin.path}-moved`);
  await expect(inspectRepository(path)).rejects.toMatchObject({
    code: 'OBJECTS_BORROWED',
    advice: expect.stringContaining('objects/info/alternates'),
  });
});

test('R-REPO-1: a file that is not in the encoding of its attributes is a refused change', async () => {
  const { worktreePath, request } = await scratchWorktree({
    '.gitattributes': '*.txt working-tree-encoding=UTF-16\n',
  });
  writeFiles(worktreePath, { 'x.txt': 'no UTF-16\n' });
  await expect(commitAll(request)).rejects.toMatchObject({ code: 'FORBIDDEN_CHANGE' });
  writeFiles(worktreePath, { 'x.txt': Buffer.from('\ufeffUTF-16\n', 'utf16le') });
  const { sha } = (await commitAll(request)) ?? expect.unreachable();
  expect(gitIn(request.repositoryPath, 'show', `${sha}:x.txt`)).toBe('UTF-16');
});
