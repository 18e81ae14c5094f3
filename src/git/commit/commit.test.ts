import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  gitIn,
  scratchDirectory,
  scratchRepository,
  writeFiles,
  writeScript,
} from '../scratch-repository.fixture.ts';
import { branch, made, scratchWorktree, trailers } from '../scratch-worktree.fixture.ts';
import { ensureWorktree } from '../worktree/worktree.ts';
import { commitAll, restoreTracked } from './commit.ts';

test('R-PIPE-5: one commit of everything, with the work order’s trailers, by Moose', async () => {
  const { worktreePath, request, repository } = await scratchWorktree({ 'a.txt': 'a', 'gone.txt': 'x' });
  writeFiles(worktreePath, { 'a.txt': 'changed', 'dir/new.txt': 'n' });
  rmSync(join(worktreePath, 'gone.txt'));
  const commit = await made(request);
  expect(commit.changedFiles).toEqual(['a.txt', 'dir/new.txt', 'gone.txt']);
  expect(gitIn(worktreePath, 'rev-parse', 'HEAD', 'HEAD^', 'HEAD^{tree}')).toBe(
    `${commit.sha}\n${repository.headSha}\n${commit.treeSha}`,
  );
  expect(gitIn(worktreePath, 'log', '-1', '--format=%an <%ae> %cn <%ce>%n%B')).toBe(
    'Moose <moose@localhost> Moose <moose@localhost>\nAdd a page\n\nMoose-Work-Order: 0190-ab12\nMoose-Attempt: 1',
  );
  expect(gitIn(worktreePath, 'log', '-1', '--format=%(trailers:key=Moose-Work-Order,valueonly)')).toBe(
    '0190-ab12',
  );
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
});

test('the author comes from the repository’s own configuration, never from the user’s', async () => {
  const { worktreePath, request, repository } = await scratchWorktree();
  repository.git('config', 'user.name', 'Robot of the project');
  repository.git('config', 'user.email', 'robot@example.org');
  writeFiles(worktreePath, { 'a.txt': 'a' });
  await made({ ...request, committer: { name: 'moose[bot]', email: '7+moose[bot]@forge.test' } });
  expect(gitIn(worktreePath, 'log', '-1', '--format=%an <%ae> %cn <%ce>')).toBe(
    'Robot of the project <robot@example.org> moose[bot] <7+moose[bot]@forge.test>',
  );
});

test('without changes the result is null; ignored and derived files do not count', async () => {
  const { worktreePath, request, repository } = await scratchWorktree({
    '.gitignore': '*.log\n',
    'pom.xml': '',
    'c/Cargo.toml': '',
  });
  expect(await commitAll(request)).toBe(null);
  writeFiles(worktreePath, {
    'a.log': 'x',
    'node_modules/a/b.js': 'x',
    'p/__pycache__/a.pyc': 'x',
    'target/classes/A.class': 'x',
    'c/target/debug/c': 'x',
    'odd/CACHEDIR.TAG': 'Signature: 8a477f597d28d172789f06886806bc55',
    'odd/deep/file': 'x',
    '.aider.chat.history.md': 'x',
  });
  expect(await commitAll(request)).toBe(null);
  expect(gitIn(worktreePath, 'rev-parse', 'HEAD')).toBe(repository.headSha);
});

test('a folder that is merely called target, and tracked files in a dependency folder, are committed', async () => {
  const { worktreePath, request, tree } = await scratchWorktree({ 'node_modules/own/index.js': 'old' });
  writeFiles(worktreePath, { 'node_modules/own/index.js': 'new', 'src/target/aim.ts': 'x' });
  const { sha, changedFiles } = await made(request);
  expect(changedFiles).toEqual(['node_modules/own/index.js', 'src/target/aim.ts']);
  expect(tree(sha)).toContain('src/target/aim.ts');
});

test('excluded paths are left out, tracked or not, staged by the agent or not', async () => {
  const { worktreePath, request } = await scratchWorktree({ 'notes.md': 'x', 'keep.txt': 'x' });
  writeFiles(worktreePath, { 'notes.md': 'y', 'plan/a.txt': 'x', 'plan-b.txt': 'x', 'keep.txt': 'y' });
  gitIn(worktreePath, 'add', '--all');
  const { changedFiles } = await made({ ...request, excludePaths: ['notes.md', 'plan/'] });
  expect(changedFiles).toEqual(['keep.txt', 'plan-b.txt']);
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('M notes.md\n?? plan/');
});

test('names with spaces, newlines, dashes, quotes, accents and bytes that are not UTF-8', async () => {
  const names = ['-rf', '--all', 'a b', 'a\nb', '"q"', 'é🎉', ':(exclude)x', '*.txt', ' lead', 'tab\there'];
  // New ones of those that Windows cannot hold are refused.
  const { worktreePath, request } = await scratchWorktree(
    Object.fromEntries(names.map((name) => [name, 'old'])),
  );
  writeFiles(worktreePath, Object.fromEntries(names.map((name) => [name, name])));
  const raw = Buffer.concat([
    Buffer.from(`${worktreePath}/latin-`),
    Buffer.from([0xe9]),
    Buffer.from('.txt'),
  ]);
  writeFileSync(raw, 'raw');
  const { changedFiles } = await made(request);
  expect(new Set(changedFiles)).toEqual(new Set([...names, 'latin-\ufffd.txt']));
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
});

test('CRLF and binary files are stored byte for byte; the executable bit is kept', async () => {
  const { worktreePath, request, repository } = await scratchWorktree({ 'old.txt': 'a\r\nb\r\n' });
  repository.git('config', 'core.autocrlf', 'input');
  const crlf = 'one\r\ntwo\r\n';
  const binary = Buffer.from([0, 13, 10, 255, 10]);
  writeFiles(worktreePath, { 'crlf.txt': crlf, 'b.bin': binary, 'old.txt': 'a\r\nb\r\nc\r\n' });
  writeScript(join(worktreePath, 'run.sh'), 'true');
  const { sha } = await made(request);
  expect(gitIn(worktreePath, 'cat-file', '-s', `${sha}:crlf.txt`)).toBe(String(crlf.length));
  expect(gitIn(worktreePath, 'cat-file', '-s', `${sha}:b.bin`)).toBe('5');
  expect(gitIn(worktreePath, 'cat-file', '-s', `${sha}:old.txt`)).toBe('9');
  expect(gitIn(worktreePath, 'ls-tree', sha, 'run.sh')).toMatch(/^100755/);
  chmodSync(join(worktreePath, 'run.sh'), 0o644);
  const next = await made({ ...request, expectedParent: sha });
  expect(gitIn(worktreePath, 'ls-tree', next.sha, 'run.sh')).toMatch(/^100644/);
});

test('a file that became a folder, and a folder that became a file', async () => {
  const { worktreePath, request, tree } = await scratchWorktree({
    thing: 'file',
    'box/a.txt': 'x',
    'box/b.txt': 'x',
  });
  rmSync(join(worktreePath, 'thing'));
  rmSync(join(worktreePath, 'box'), { recursive: true });
  writeFiles(worktreePath, { 'thing/inside.txt': 'x', box: 'file' });
  expect(tree((await made(request)).sha)).toEqual(['box', 'thing/inside.txt']);
});

test('a change of the same size in the same second as the checkout is not overlooked', async () => {
  const contents = Array.from({ length: 8 }, (_, index) => [`f${index}.txt`, 'old'] as const);
  const { worktreePath, request } = await scratchWorktree(Object.fromEntries(contents));
  let expectedParent = request.expectedParent;
  for (const [name] of contents) {
    writeFiles(worktreePath, { [name]: 'new' });
    const commit = await made({ ...request, expectedParent, trailers: { File: name } });
    expect(commit.changedFiles).toEqual([name]);
    expectedParent = commit.sha;
  }
});

test('deleting everything is a change too', async () => {
  const { worktreePath, request, tree } = await scratchWorktree();
  rmSync(join(worktreePath, 'README.md'));
  expect(tree((await made(request)).sha)).toEqual([]);
});

test('commits that the agent made are squashed into one', async () => {
  const { worktreePath, request, repository, tree } = await scratchWorktree();
  writeFiles(worktreePath, { 'a.txt': 'a' });
  gitIn(worktreePath, 'add', 'a.txt');
  gitIn(worktreePath, 'commit', '--quiet', '-m', 'Agent one');
  writeFiles(worktreePath, { 'b.txt': 'b' });
  const { sha } = await made(request);
  expect(repository.git('rev-list', `${repository.headSha}..${branch}`)).toBe(sha);
  expect(tree(sha)).toEqual(['README.md', 'a.txt', 'b.txt']);
});

test('after a crash right after the commit, it is adopted, not made again', async () => {
  const { worktreePath, request, repository, entry } = await scratchWorktree();
  writeFiles(worktreePath, { 'a.txt': 'a' });
  const oldIndex = readdirSync(entry).includes('index');
  const first = await made(request);
  expect(oldIndex).toBe(true);
  // The crash came before the index was updated.
  rmSync(join(entry, 'index'));
  expect(await commitAll(request)).toEqual(first);
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
  expect(gitIn(worktreePath, 'rev-list', `${repository.headSha}..HEAD`)).toBe(first.sha);
});

test('text in a message that looks like trailers is not a trailer', async () => {
  const { worktreePath, request } = await scratchWorktree();
  writeFiles(worktreePath, { 'a.txt': 'a' });
  await made({
    ...request,
    message: 'Title\n\nMoose-Work-Order: other',
    trailers: { 'Moose-Work-Order': 'mine' },
  });
  expect(gitIn(worktreePath, 'log', '-1', '--format=%(trailers:key=Moose-Work-Order,valueonly)')).toBe(
    'mine',
  );
  const twoLines = { ...request, trailers: { 'Moose-Work-Order': 'a\nSigned-off-by: me' } };
  await expect(commitAll(twoLines)).rejects.toMatchObject({ code: 'TRAILER_INVALID' });
});

test.each([
  ['on another branch', (path: string) => gitIn(path, 'checkout', '--quiet', '-b', 'elsewhere')],
  ['on no branch', (path: string) => gitIn(path, 'checkout', '--quiet', '--detach')],
  ['on a rewritten history', (path: string) => gitIn(path, 'commit', '--quiet', '--amend', '-m', 'Mine')],
  ['on a branch that is gone', (path: string) => gitIn(path, 'update-ref', '-d', `refs/heads/${branch}`)],
  ['on an orphaned branch', (path: string) => gitIn(path, 'switch', '--quiet', '--orphan', 'new')],
  [
    'in a repository that it made',
    (path: string) => {
      rmSync(join(path, '.git'), { recursive: true });
      gitIn(path, 'init', '--quiet');
      gitIn(path, 'add', '--all');
      gitIn(path, 'commit', '--quiet', '-m', 'Start again');
    },
  ],
  ['without a repository', (path: string) => rmSync(join(path, '.git'), { recursive: true })],
])('an agent that ends %s has its files taken: they are what counts', async (_, move) => {
  const { worktreePath, request, repository, tree } = await scratchWorktree();
  move(worktreePath);
  writeFiles(worktreePath, { 'README.md': 'hello\n', 'a.txt': 'a' });
  const { sha } = await made(request);
  expect(tree(sha)).toEqual(['README.md', 'a.txt']);
  expect(repository.git('rev-parse', `${branch}~1`)).toBe(repository.headSha);
  // The next session begins where Moose is.
  expect(gitIn(worktreePath, 'status', '--porcelain', '--branch')).toBe(`## ${branch}`);
});

test('a submodule, checked out or not, breaks nothing', async () => {
  const inner = scratchRepository();
  const repository = scratchRepository();
  repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'sub');
  const expectedParent = repository.commit({});
  const worktreePath = join(scratchDirectory(), 'ab12');
  await ensureWorktree({ repositoryPath: repository.path, worktreePath, branch, baseSha: expectedParent });
  const request = { repositoryPath: repository.path, worktreePath, branch, message: 'Add', trailers };
  writeFiles(worktreePath, { 'a.txt': 'a' });
  const first = await made({ ...request, expectedParent });
  expect(first.changedFiles).toEqual(['a.txt']);
  gitIn(worktreePath, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
  writeFiles(worktreePath, { 'b.txt': 'b', 'sub/dirty.txt': 'x' });
  expect((await made({ ...request, expectedParent: first.sha })).changedFiles).toEqual(['b.txt']);
});

test('hooks of the repository neither run nor block the commit', async () => {
  const { worktreePath, request, repository } = await scratchWorktree();
  const witness = join(scratchDirectory(), 'ran');
  for (const hook of ['pre-commit', 'commit-msg', 'post-commit', 'reference-transaction']) {
    writeScript(join(repository.path, '.git', 'hooks', hook), `echo ran >> ${witness}; exit 1`);
  }
  writeFiles(worktreePath, { 'a.txt': 'a' });
  await made(request);
  expect(existsSync(witness)).toBe(false);
});

test('the index lock of a git that was killed with its agent does not block the commit', async () => {
  const { worktreePath, request, entry } = await scratchWorktree();
  writeFileSync(join(entry, 'index.lock'), '');
  writeFiles(worktreePath, { 'a.txt': 'a' });
  await made(request);
});

test('a merge that the agent left open with its conflict resolved becomes an ordinary commit', async () => {
  const { worktreePath, request, repository } = await scratchWorktree({ 'a.txt': 'base\n' });
  writeFiles(worktreePath, { 'a.txt': 'mine\n' });
  const first = await made(request);
  const theirs = repository.commit({ 'a.txt': 'theirs\n' });
  expect(() => gitIn(worktreePath, 'merge', '--quiet', theirs)).toThrow();
  writeFiles(worktreePath, { 'a.txt': 'both\n' });
  const second = await made({
    ...request,
    expectedParent: first.sha,
    trailers: { ...trailers, 'Moose-Attempt': '2' },
  });
  expect(second.changedFiles).toEqual(['a.txt']);
  expect(gitIn(worktreePath, 'status')).not.toContain('merging');
});

test('restoreTracked restores tracked files and leaves the others alone', async () => {
  const { worktreePath } = await scratchWorktree({ 'a.txt': 'a', 'gone.txt': 'x', 'same.txt': 's' });
  expect(await restoreTracked(worktreePath)).toEqual([]);
  writeFiles(worktreePath, { 'a.txt': 'rewritten by a formatter', 'staged.txt': 'x', 'new.txt': 'x' });
  rmSync(join(worktreePath, 'gone.txt'));
  gitIn(worktreePath, 'add', 'staged.txt', 'a.txt');
  expect(await restoreTracked(worktreePath)).toEqual(['a.txt', 'gone.txt']);
  expect(readFileSync(join(worktreePath, 'staged.txt'), 'utf8')).toBe('x');
});
