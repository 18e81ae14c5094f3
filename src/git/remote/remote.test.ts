import { tracingChannel } from 'node:diagnostics_channel';
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  gitIn,
  scratchDirectory,
  scratchRepository,
  writeFiles,
  writeScript,
} from '../scratch-repository.fixture.ts';
import {
  deleteRemoteBranch,
  ensureBareRemote,
  ensureRemoteCommit,
  pushBranch,
  remoteBranchSha,
  remoteBranchShas,
} from './remote.ts';

const branch = 'moose/ab12-x';

async function scratchRemote() {
  const repository = scratchRepository();
  const remoteUrl = join(scratchDirectory(), 'remotes', 'project.git');
  await ensureBareRemote(remoteUrl, {
    defaultBranchFrom: repository.path,
    branch: 'main',
    sha: repository.headSha,
  });
  const sha = repository.git('commit-tree', '-m', 'Work', '-p', 'HEAD', 'HEAD^{tree}');
  const where = { repositoryPath: repository.path, remoteUrl, branch };
  return { repository, remoteUrl, where, sha, push: { ...where, sha, expectedRemoteSha: null } };
}

test('makes a bare remote with the base branch as its HEAD; repeating it changes nothing', async () => {
  const { repository, remoteUrl } = await scratchRemote();
  expect(gitIn(remoteUrl, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
  expect(gitIn(remoteUrl, 'rev-parse', 'main')).toBe(repository.headSha);
  const later = repository.commit({ 'b.txt': 'b' });
  const wish = { defaultBranchFrom: repository.path, branch: 'main', sha: later };
  expect(await ensureBareRemote(remoteUrl, wish)).toEqual({ wasCreated: false });
  expect(gitIn(remoteUrl, 'rev-parse', 'main')).toBe(repository.headSha);
});

test('a new bare remote accepts shallow pushes, keeps a log of its branches, and runs no hooks', async () => {
  const { remoteUrl } = await scratchRemote();
  const setting = (key: string) => gitIn(remoteUrl, 'config', '--local', '--get', key);
  expect(setting('core.bare')).toBe('true');
  expect(setting('receive.shallowUpdate')).toBe('true');
  expect(setting('core.logAllRefUpdates')).toBe('true');
  expect(setting('core.hooksPath')).toBe('/dev/null');
});

test.each([
  ['any', false],
  ['of Moose', true],
])(
  'one call finds several branches of a remote, and no other reference that ends in their names: %s',
  async (_, isMooses) => {
    const { push, where, repository, remoteUrl, sha } = await scratchRemote();
    await pushBranch(push);
    gitIn(remoteUrl, 'update-ref', 'refs/remotes/x/refs/heads/absent', sha);
    gitIn(remoteUrl, 'update-ref', 'refs/remotes/x/refs/heads/main', sha);
    expect(await remoteBranchShas({ ...where, isMooses }, [branch, 'absent', 'main'])).toEqual(
      new Map([
        [branch, sha],
        ['main', repository.headSha],
      ]),
    );
    await expect(remoteBranchShas(where, ['main', '--all'])).rejects.toMatchObject({ component: 'git' });
  },
);

test('a remote of Moose is read by one process, and one that is gone is named as every other', async () => {
  const { where, remoteUrl, repository } = await scratchRemote();
  const started: string[] = [];
  const channel = tracingChannel('moose.git').start;
  const listen = (message: unknown) => void started.push((message as { argv: string[] }).argv.join(' '));
  channel.subscribe(listen);
  onTestFinished(() => void channel.unsubscribe(listen));
  const main = { ...where, branch: 'main', isMooses: true };
  expect(await remoteBranchSha(main)).toBe(repository.headSha);
  expect(started).toEqual([expect.stringContaining(' for-each-ref ')]);
  rmSync(remoteUrl, { recursive: true });
  await expect(remoteBranchSha(main)).rejects.toMatchObject({ code: 'REMOTE_MISSING' });
  mkdirSync(remoteUrl);
  await expect(remoteBranchSha(main)).rejects.toMatchObject({ code: 'REMOTE_MISSING' });
});

test('fear: a branch that a power failure has damaged in a remote of Moose counts as missing', async () => {
  const { where, remoteUrl, push } = await scratchRemote();
  await pushBranch(push);
  const mooses = { ...where, isMooses: true };
  expect(await ensureRemoteCommit(mooses)).toBe(push.sha);
  writeFileSync(join(remoteUrl, 'refs/heads', branch), '');
  await expect(ensureRemoteCommit(mooses)).rejects.toMatchObject({ code: 'GIT_FAILED' });
});

test('if several processes make the same bare remote at the same time, one complete remote and no draft is left', async () => {
  const repository = scratchRepository();
  const path = join(scratchDirectory(), 'remotes', 'project.git');
  const wish = { defaultBranchFrom: repository.path, branch: 'main', sha: repository.headSha };
  const left = `${path}.making-by-a-crash`;
  mkdirSync(left, { recursive: true });
  utimesSync(left, 0, 0);
  const made = await Promise.all(Array.from({ length: 6 }, () => ensureBareRemote(path, wish)));
  expect(made.filter((each) => each.wasCreated)).toHaveLength(1);
  expect(readdirSync(dirname(path))).toEqual(['project.git']);
});

test('crash: an empty directory, or a bare repository without the branch, is completed; anything else is refused', async () => {
  const repository = scratchRepository();
  const wish = { defaultBranchFrom: repository.path, branch: 'main', sha: repository.headSha };
  const empty = scratchDirectory();
  expect(await ensureBareRemote(empty, wish)).toEqual({ wasCreated: true });
  const bare = scratchDirectory();
  gitIn(bare, 'init', '--quiet', '--bare');
  expect(await ensureBareRemote(bare, wish)).toEqual({ wasCreated: false });
  expect(gitIn(bare, 'rev-parse', 'main')).toBe(repository.headSha);
  const other = scratchDirectory();
  writeFiles(other, { 'mine.txt': 'x' });
  await expect(ensureBareRemote(other, wish)).rejects.toMatchObject({
    code: 'REMOTE_INVALID',
    category: 'configuration',
  });
  await expect(ensureBareRemote(repository.path, wish)).rejects.toMatchObject({ code: 'REMOTE_INVALID' });
});

test('the base branch may come from a shallow clone', async () => {
  const { repository } = await scratchRemote();
  repository.commit({ 'b.txt': 'b' });
  const shallow = join(scratchDirectory(), 'shallow');
  gitIn(repository.path, 'clone', '--quiet', '--depth=1', `file://${repository.path}`, shallow);
  const wish = { defaultBranchFrom: shallow, branch: 'main', sha: gitIn(shallow, 'rev-parse', 'HEAD') };
  expect(await ensureBareRemote(join(scratchDirectory(), 'r.git'), wish)).toEqual({ wasCreated: true });
});

test('R-PIPE-7: a repeated push finds the branch already pushed', async () => {
  const { push, where, sha } = await scratchRemote();
  expect(await remoteBranchSha(where)).toBe(null);
  expect(await pushBranch(push)).toBe('pushed');
  expect(await remoteBranchSha(where)).toBe(sha);
  expect(await pushBranch(push)).toBe('already there');
});

test('R-PIPE-7: two concurrent pushes of the same commit both succeed', async () => {
  const { push } = await scratchRemote();
  const results = await Promise.all([pushBranch(push), pushBranch(push), pushBranch(push)]);
  expect(results).toContain('pushed');
});

test('moves its own branch from the expected commit, even if the branch was rewritten', async () => {
  const { push, where, repository, sha } = await scratchRemote();
  await pushBranch(push);
  const rewritten = repository.git('commit-tree', '-m', 'Rebased', '-p', 'HEAD', 'HEAD^{tree}');
  expect(await pushBranch({ ...push, sha: rewritten, expectedRemoteSha: sha })).toBe('pushed');
  expect(await remoteBranchSha(where)).toBe(rewritten);
});

test.each([
  ['nothing', null],
  ['something else', 'base'],
])('somebody else’s commit on the branch is never overwritten (%s was expected)', async (_, expected) => {
  const { push, where, remoteUrl, repository } = await scratchRemote();
  const theirs = gitIn(remoteUrl, 'commit-tree', '-m', 'Theirs', '-p', 'main', 'main^{tree}');
  gitIn(remoteUrl, 'update-ref', `refs/heads/${branch}`, theirs);
  const expectedRemoteSha = expected === null ? null : repository.headSha;
  await expect(pushBranch({ ...push, expectedRemoteSha })).rejects.toMatchObject({
    code: 'REMOTE_REJECTED',
    category: 'permanent',
  });
  expect(await remoteBranchSha(where)).toBe(theirs);
});

test('a branch that was deleted on the remote is not pushed again without a request', async () => {
  const { push, repository } = await scratchRemote();
  await expect(pushBranch({ ...push, expectedRemoteSha: repository.headSha })).rejects.toMatchObject({
    code: 'REMOTE_REJECTED',
  });
});

test('a refusal by a hook of the remote is REMOTE_REJECTED with the message of the hook', async () => {
  const { push, remoteUrl } = await scratchRemote();
  // A remote that Moose does not own: its hooks run.
  gitIn(remoteUrl, 'config', '--unset', 'core.hooksPath');
  writeScript(join(remoteUrl, 'hooks', 'pre-receive'), 'echo "no pushes on Friday" >&2; exit 1');
  await expect(pushBranch(push)).rejects.toMatchObject({
    code: 'REMOTE_REJECTED',
    metadata: { process: { stderrTail: expect.stringContaining('no pushes on Friday') } },
  });
});

test.each([
  [
    'a greeting first',
    'echo Welcome >&2; echo "error: pushes need a ticket" >&2',
    'pushes need a ticket',
    'Welcome',
  ],
  [
    'an address for pull requests',
    'echo "Create a pull request for x by visiting:" >&2; echo "GH013: rule violations found" >&2',
    'GH013: rule violations found',
    'Create a pull request',
  ],
])(
  'R-PIPE-7: fear: the remote says why it refuses, after %s, and its sentence is dropped',
  async (_, prints, said, noise) => {
    const { push, remoteUrl } = await scratchRemote();
    gitIn(remoteUrl, 'config', '--unset', 'core.hooksPath');
    writeScript(join(remoteUrl, 'hooks', 'pre-receive'), `${prints}; exit 1`);
    const failure: unknown = await pushBranch(push).catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ code: 'REMOTE_REJECTED', message: expect.stringContaining(said) });
    expect(failure).not.toMatchObject({ message: expect.stringContaining(noise) });
  },
);

test('the repository’s own pre-push hook does not run', async () => {
  const { push, repository } = await scratchRemote();
  const witness = join(scratchDirectory(), 'ran');
  writeScript(join(repository.path, '.git', 'hooks', 'pre-push'), `touch ${witness}; exit 1`);
  expect(await pushBranch(push)).toBe('pushed');
  expect(existsSync(witness)).toBe(false);
});

test('a remote that does not exist, or is no repository, is REMOTE_MISSING with advice', async () => {
  const { push } = await scratchRemote();
  const noRepository = scratchDirectory();
  for (const remoteUrl of [join(noRepository, 'gone.git'), noRepository, `file://${noRepository}/gone`]) {
    await expect(pushBranch({ ...push, remoteUrl })).rejects.toMatchObject({
      code: 'REMOTE_MISSING',
      category: 'configuration',
      advice: expect.any(String),
    });
  }
});

test('R-SEC-2: an address that is an option, or a program to run, is refused', async () => {
  const { push } = await scratchRemote();
  const witness = join(scratchDirectory(), 'ran');
  for (const remoteUrl of [
    `--receive-pack=touch ${witness}`,
    `ext::sh -c "touch ${witness}"`,
    'fd::3',
    '',
    'a\nb',
  ]) {
    await expect(pushBranch({ ...push, remoteUrl })).rejects.toMatchObject({ code: 'REMOTE_INVALID' });
  }
  expect(existsSync(witness)).toBe(false);
});

test('a server that refuses the connection is REMOTE_UNREACHABLE, and retryable', async () => {
  const { push } = await scratchRemote();
  const { server, url } = await answering(500);
  await new Promise((resolve) => server.close(resolve));
  await expect(pushBranch({ ...push, remoteUrl: url })).rejects.toMatchObject({
    code: 'REMOTE_UNREACHABLE',
    retryable: true,
  });
});

test.each([
  [401, 'REMOTE_AUTH', 'configuration'],
  [403, 'REMOTE_AUTH', 'configuration'],
  [404, 'REMOTE_MISSING', 'configuration'],
  [429, 'REMOTE_UNREACHABLE', 'transient'],
  [500, 'REMOTE_UNREACHABLE', 'transient'],
  [503, 'REMOTE_UNREACHABLE', 'transient'],
])('an answer with status %i is %s', async (status, code, category) => {
  const { push } = await scratchRemote();
  const { url } = await answering(status);
  await expect(pushBranch({ ...push, remoteUrl: url })).rejects.toMatchObject({ code, category });
});

test('a request to a server that never answers ends with the abort', async () => {
  const { push } = await scratchRemote();
  const abort = new AbortController();
  const { url, firstRequest } = await answering(null);
  const work = pushBranch({ ...push, remoteUrl: url, signal: abort.signal });
  await firstRequest;
  abort.abort(new Error('stop'));
  await expect(work).rejects.toThrow('stop');
});

test('R-PIPE-9, R-PIPE-14: a remote branch is kept locally and then deleted if it is where it is expected; a repeat changes nothing', async () => {
  const { push, where, repository, sha } = await scratchRemote();
  await pushBranch(push);
  const deletion = { ...where, expectedSha: sha, preserveAs: 'ab12' };
  await expect(deleteRemoteBranch({ ...deletion, expectedSha: repository.headSha })).rejects.toMatchObject({
    code: 'BRANCH_MOVED',
  });
  expect(await deleteRemoteBranch(deletion)).toBe('deleted');
  expect(await deleteRemoteBranch(deletion)).toBe('already gone');
  expect(repository.git('rev-parse', 'refs/moose/preserved/ab12')).toBe(sha);
});

test('R-PIPE-14: commits that exist only on the remote are fetched before their branch is deleted', async () => {
  const { where, remoteUrl, repository } = await scratchRemote();
  const theirs = gitIn(remoteUrl, 'commit-tree', '-m', 'Theirs', '-p', 'main', 'main^{tree}');
  gitIn(remoteUrl, 'update-ref', `refs/heads/${branch}`, theirs);
  expect(await deleteRemoteBranch({ ...where, expectedSha: theirs, preserveAs: 'ab12' })).toBe('deleted');
  expect(repository.git('rev-parse', 'refs/moose/preserved/ab12')).toBe(theirs);
});

/** A web server that answers every request with this status; null: it never answers. */
async function answering(
  status: number | null,
): Promise<{ server: Server; url: string; firstRequest: Promise<void> }> {
  const { promise: firstRequest, resolve } = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    resolve();
    if (status === null) return;
    const headers = status === 401 ? { 'www-authenticate': 'Basic realm="x"' } : {};
    response.writeHead(status, headers).end('no');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.git`, firstRequest };
}
