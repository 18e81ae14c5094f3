// The fear: an agent writes a program into the repository's configuration, and Moose's next git command runs it outside
// the agent's sandbox (R-SEC-7).

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { commitAll } from './commit/commit.ts';
import { mergeInRemote } from './merge/merge.ts';
import { makeBundle, makePatch } from './read/patch.ts';
import { inspectRepository } from './refs/repository.ts';
import { ensureBareRemote, pushBranch } from './remote/remote.ts';
import { hookEvents } from './run/git-environment.ts';
import { runGit } from './run/run-git.ts';
import {
  gitIn,
  scratchDirectory,
  scratchRepository,
  writeFiles,
  writeScript,
} from './scratch-repository.fixture.ts';
import { branch, made, scratchWorktree } from './scratch-worktree.fixture.ts';
import { trap } from './trap.fixture.ts';
import { restoreTracked } from './worktree/working-files.ts';
import { ensureWorktree, removeWorktree } from './worktree/worktree.ts';

type Scratch = Awaited<ReturnType<typeof scratchWorktree>>;

/** Null if the change is refused, because a filter of the repository should have changed it. */
async function committed(request: Scratch['request']): Promise<string | null> {
  try {
    return (await made(request)).sha;
  } catch (error) {
    expect(error).toMatchObject({ code: 'FORBIDDEN_CHANGE', message: expect.stringContaining('evil') });
    return null;
  }
}

function byHand({ git, headSha }: Scratch['repository']): string {
  const sha = git('commit-tree', '-p', headSha, '-m', 'By hand', `${headSha}^{tree}`);
  git('update-ref', `refs/heads/${branch}`, sha);
  return sha;
}

/** Everything that Moose does with a worktree and its repository after an agent has worked in it. */
async function everythingMooseDoes({ repository, worktreePath, request }: Scratch): Promise<void> {
  const remoteUrl = join(scratchDirectory(), 'remote.git');
  writeFiles(worktreePath, { 'README.md': 'changed\n', 'new.txt': 'new\n' });
  const base = { branch: 'main', sha: repository.headSha };
  await inspectRepository(repository.path);
  const sha = (await committed(request)) ?? byHand(repository);
  const range = { repositoryPath: worktreePath, from: repository.headSha, to: sha };
  await makePatch(range);
  await makeBundle({ repositoryPath: worktreePath, base: repository.headSha, head: sha });
  writeFiles(worktreePath, { 'README.md': 'rewritten by a check\n' });
  await restoreTracked(worktreePath);
  await ensureBareRemote(remoteUrl, { defaultBranchFrom: repository.path, ...base });
  await pushBranch({ repositoryPath: repository.path, remoteUrl, branch, sha, expectedRemoteSha: null });
  // The base branch gets a new commit, so that the merge has to merge files.
  const clone = join(scratchDirectory(), 'clone');
  gitIn('/', 'clone', '--quiet', '--branch', 'main', remoteUrl, clone);
  writeFiles(clone, { 'README.md': 'hello\n\n\n\nand on\n' });
  gitIn(clone, 'commit', '--quiet', '--all', '-m', 'On');
  gitIn(clone, 'push', '--quiet');
  const merge = {
    repositoryPath: repository.path,
    remoteUrl,
    baseBranch: 'main',
    headSha: sha,
    message: 'm',
  };
  await mergeInRemote(merge).catch(() => undefined);
  writeFiles(worktreePath, { 'README.md': 'left\n' });
  await removeWorktree({ repositoryPath: repository.path, worktreePath, preserveAs: 'ab12' });
}

type Trap = (program: string, scratch: Scratch) => void;

const gitDirOf = ({ repository }: Scratch) => join(repository.path, '.git');
const everyFile = (word: string) => `* ${word}\n`;

function filter(file: string, program: string): void {
  for (const verb of ['clean', 'smudge'])
    gitIn('/', 'config', '--file', file, `filter.evil.${verb}`, program);
}

const traps: Record<string, Trap> = {
  'a filter that .gitattributes names': (program, scratch) => {
    filter(join(gitDirOf(scratch), 'config'), program);
    writeFiles(scratch.worktreePath, { '.gitattributes': everyFile('filter=evil') });
  },
  'a filter that info/attributes names': (program, scratch) => {
    filter(join(gitDirOf(scratch), 'config'), program);
    writeFiles(gitDirOf(scratch), { 'info/attributes': everyFile('filter=evil') });
  },
  'a process filter': (program, scratch) => {
    gitIn(scratch.repository.path, 'config', 'filter.evil.process', program);
    writeFiles(gitDirOf(scratch), { 'info/attributes': everyFile('filter=evil') });
  },
  'a filter in an included file': (program, scratch) => {
    const included = join(scratch.worktreePath, 'included');
    filter(included, program);
    gitIn(scratch.repository.path, 'config', 'include.path', included);
    gitIn(scratch.repository.path, 'config', 'includeIf.gitdir:/.path', included);
    writeFiles(gitDirOf(scratch), { 'info/attributes': everyFile('filter=evil') });
  },
  "a filter in the worktree's own configuration": (program, scratch) => {
    gitIn(scratch.repository.path, 'config', 'extensions.worktreeConfig', 'true');
    filter(join(scratch.entry, 'config.worktree'), program);
    writeFiles(gitDirOf(scratch), { 'info/attributes': everyFile('filter=evil') });
  },
  'a merge driver': (program, scratch) => {
    gitIn(scratch.repository.path, 'config', 'merge.evil.driver', `${program} %A`);
    writeFiles(gitDirOf(scratch), { 'info/attributes': everyFile('merge=evil') });
  },
  'textconv, an external diff, gpg': (program, scratch) => {
    for (const key of [
      'diff.evil.textconv',
      'diff.evil.command',
      'diff.external',
      'gpg.program',
      'core.pager',
    ])
      gitIn(scratch.repository.path, 'config', key, program);
    gitIn(scratch.repository.path, 'config', 'log.showSignature', 'true');
    gitIn(scratch.repository.path, 'config', 'commit.gpgSign', 'true');
    writeFiles(gitDirOf(scratch), { 'info/attributes': everyFile('diff=evil') });
  },
  'a hook in its settings, which git knows since 2.54': (program, scratch) => {
    for (const event of hookEvents) {
      gitIn(scratch.repository.path, 'config', `hook.evil-${event}.event`, event);
      gitIn(scratch.repository.path, 'config', `hook.evil-${event}.command`, program);
    }
  },
  'hooks, and fsmonitor': (program, scratch) => {
    const hooks = ['pre-commit', 'post-checkout', 'pre-push', 'reference-transaction', 'post-index-change'];
    for (const hook of hooks) writeFiles(gitDirOf(scratch), { [`hooks/${hook}`]: readFileSync(program) });
    execFileSync('chmod', ['-R', '+x', join(gitDirOf(scratch), 'hooks')]);
    gitIn(scratch.repository.path, 'config', 'core.hooksPath', join(gitDirOf(scratch), 'hooks'));
    gitIn(scratch.repository.path, 'config', 'core.fsmonitor', program);
  },
};

test.each(Object.entries(traps))('R-SEC-7: %s is not run', async (_, lay) => {
  const scratch = await scratchWorktree();
  const { program, ran } = trap();
  lay(program, scratch);
  await everythingMooseDoes(scratch);
  expect(ran()).toBe(false);
});

test("R-SEC-7: a filter in the user's own configuration runs, so that git-lfs works", async () => {
  const { worktreePath, request, tree } = await scratchWorktree();
  const { program, ran } = trap();
  const own = join(scratchDirectory(), 'gitconfig');
  writeFileSync(own, '');
  filter(own, program);
  const before = process.env.GIT_CONFIG_GLOBAL;
  process.env.GIT_CONFIG_GLOBAL = own;
  onTestFinished(() => {
    if (before === undefined) delete process.env.GIT_CONFIG_GLOBAL;
    else process.env.GIT_CONFIG_GLOBAL = before;
  });
  writeFiles(worktreePath, { '.gitattributes': everyFile('filter=evil'), 'big.bin': 'content\n' });
  expect(tree((await made(request)).sha)).toContain('big.bin');
  expect(ran()).toBe(true);
});

test('R-SEC-6: fear: a change names a server for git-lfs, and git tells that server, outside of the sandbox, what the agent wants', async () => {
  const scratch = await scratchWorktree({ 'big.bin': 'one\n', '.gitattributes': '*.bin filter=lfs\n' });
  const { worktreePath, repository, request } = scratch;
  const asked = join(scratchDirectory(), 'asked');
  const program = join(scratchDirectory(), 'git-lfs');
  writeScript(program, `git config --get lfs.url >> ${asked} || echo any >> ${asked}\ncat`);
  const own = join(scratchDirectory(), 'gitconfig');
  gitIn('/', 'config', '--file', own, 'filter.lfs.smudge', program);
  gitIn('/', 'config', '--file', own, 'filter.lfs.clean', 'cat');
  const before = process.env.GIT_CONFIG_GLOBAL;
  process.env.GIT_CONFIG_GLOBAL = own;
  // A machine may have git-lfs for all users.
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
  onTestFinished(() => {
    if (before === undefined) delete process.env.GIT_CONFIG_GLOBAL;
    else process.env.GIT_CONFIG_GLOBAL = before;
  });
  const told = () => readFileSync(asked, 'utf8').trim().split('\n').slice(-1);
  // For a commit without a change of an agent, git-lfs may ask the server that this commit names.
  const another = { worktreePath: `${worktreePath}-2`, branch: 'moose/cd34-y' };
  await ensureWorktree({ ...another, repositoryPath: repository.path, baseSha: repository.headSha });
  expect(told()).toEqual(['any']);
  writeFiles(worktreePath, { 'a.txt': 'two\n' });
  await made(request);
  writeFiles(worktreePath, {
    'big.bin': 'by a check\n',
    '.lfsconfig': '[lfs]\n\turl = http://evil.example/\n',
  });
  await restoreTracked(worktreePath);
  expect(told()).toEqual(['file:///dev/null/none']);
  await expect(commitAll(request)).rejects.toMatchObject({ code: 'FORBIDDEN_CHANGE' });
});

test('R-SEC-7: a worktree whose link leads to another repository runs nothing of that repository', async () => {
  const { program, ran } = trap();
  const evil = scratchRepository();
  filter(join(evil.path, '.git', 'config'), program);
  writeFiles(join(evil.path, '.git'), { 'info/attributes': everyFile('filter=evil') });
  for (const lead of ['.git', 'symlink'] as const) {
    const { worktreePath, request } = await scratchWorktree();
    rmSync(join(worktreePath, '.git'), { recursive: true });
    if (lead === '.git') writeFileSync(join(worktreePath, '.git'), `gitdir: ${join(evil.path, '.git')}\n`);
    if (lead === 'symlink') symlinkSync(join(evil.path, '.git'), join(worktreePath, '.git'));
    writeFiles(worktreePath, { 'README.md': 'jello\n' });
    await restoreTracked(worktreePath).catch(() => undefined);
    await commitAll(request).catch(() => undefined);
    expect({ lead, ran: ran() }).toEqual({ lead, ran: false });
  }
});

test('R-SEC-7: a submodule that an agent made runs no filter when the worktree is preserved', async () => {
  const { program, ran } = trap();
  const inner = scratchRepository({ 'a.txt': 'inner\n' });
  const { repository, worktreePath } = await scratchWorktree();
  gitIn(worktreePath, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'inner');
  gitIn(worktreePath, 'commit', '--quiet', '-m', 'With a submodule');
  const own = join(worktreePath, 'inner');
  const ownDir = gitIn(own, 'rev-parse', '--absolute-git-dir');
  filter(join(ownDir, 'config'), program);
  writeFiles(ownDir, { 'info/attributes': everyFile('filter=evil') });
  writeFiles(own, { 'a.txt': 'inned\n' });
  const removal = { repositoryPath: repository.path, worktreePath, preserveAs: 'ab12' };
  expect((await removeWorktree(removal)).setAside).not.toBe(null);
  expect(ran()).toBe(false);
});

test('R-SEC-7: a configuration that is broken, or not a file, is refused with a clear message and without waiting', async () => {
  const { path } = scratchRepository();
  const config = join(path, '.git', 'config');
  const [sound, named] = [readFileSync(config), { code: 'REPOSITORY_CONFIG_INVALID' }];
  writeFileSync(config, '[core');
  await expect(runGit(path, ['status'])).rejects.toMatchObject(named);
  rmSync(config);
  symlinkSync('/dev/zero', config);
  await expect(runGit(path, ['status'])).rejects.toMatchObject(named);
  rmSync(config);
  writeFileSync(config, sound);
  mkdirSync(join(path, 'deep'));
  expect((await runGit(join(path, 'deep'), ['status', '--porcelain'], { mayDiscover: true })).exitCode).toBe(
    0,
  );
});

test("R-SEC-7: names, addresses and line ends in the project's own configuration still apply", async () => {
  const { path, git } = scratchRepository();
  git('config', 'remote.a "b\\c.url', 'https://example.org/a;b#c "d".git');
  git('config', 'user.name', 'Pro\tJect');
  git('config', 'user.email', 'p@example.org');
  git('config', 'core.eol', 'crlf');
  const asked = (key: string) => git('config', '--file', `${path}/.git/config`, '--get', key);
  const { stdout } = await runGit(path, ['remote', 'get-url', 'a "b\\c']);
  expect(stdout.trimEnd()).toBe(asked('remote.a "b\\c.url'));
  const seen = await runGit(path, ['var', 'GIT_AUTHOR_IDENT']);
  expect(seen.stdout).toContain('Pro\tJect <p@example.org>');
});

test('R-SEC-6, R-SEC-7: an address in the configuration of a worktree, which its session can write, is not called', async () => {
  const { repository, worktreePath, entry } = await scratchWorktree();
  let calls = 0;
  const server = createServer((_, answer) => {
    calls += 1;
    answer.writeHead(404).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  // As `git sparse-checkout` does.
  repository.git('config', 'core.repositoryFormatVersion', '1');
  repository.git('config', 'extensions.worktreeConfig', 'true');
  const settings = {
    'extensions.partialClone': 'evil',
    'remote.evil.url': `http://127.0.0.1:${port}/told`,
    'remote.evil.promisor': 'true',
    'lfs.url': `http://127.0.0.1:${port}/lfs`,
    'core.sparseCheckout': 'true',
  };
  for (const [key, value] of Object.entries(settings))
    gitIn('/', 'config', '--file', join(entry, 'config.worktree'), key, value);
  const missing = 'f'.repeat(40);
  await runGit(worktreePath, ['cat-file', '-p', missing]).catch(() => undefined);
  expect(calls).toBe(0);
  const told = await runGit(worktreePath, ['remote'], {});
  expect(told.stdout).not.toContain('evil');
});
