// fear: an agent makes Moose's next push or fetch run a program of the agent's choice, or contact another server
// (R-SEC-7).

import { rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mergeInRemote } from './merge/merge.ts';
import { makePatch } from './read/patch.ts';
import { findRemote } from './refs/repository.ts';
import { deleteRemoteBranch, ensureBareRemote, pushBranch } from './remote/remote.ts';
import { fetchBranch, remoteBranchSha } from './remote/remote-branch.ts';
import { runGit } from './run/run-git.ts';
import { gitIn, scratchDirectory, scratchRepository, writeScript } from './scratch-repository.fixture.ts';
import { branch } from './scratch-worktree.fixture.ts';
import { trap } from './trap.fixture.ts';
import { ensureWorktree } from './worktree/worktree.ts';

/** A server that refuses every request, and records it. */
async function server(): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const http = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void http.close());
  return { url: `http://127.0.0.1:${(http.address() as { port: number }).port}`, requests };
}

async function talkTo(repositoryPath: string, remoteUrl: string, sha: string): Promise<void> {
  const where = { repositoryPath, remoteUrl, branch: 'main' };
  await Promise.allSettled([
    remoteBranchSha(where),
    fetchBranch(where),
    pushBranch({ ...where, branch: 'moose/new', sha, expectedRemoteSha: null }),
  ]);
}

test('R-SEC-7: no ssh command, helper, proxy or program of a remote is run, and no address is rewritten', async () => {
  const { path, headSha, git } = scratchRepository();
  const { program, ran } = trap();
  const [asked, elsewhere] = [await server(), await server()];
  const local = join(scratchDirectory(), 'local.git');
  gitIn('/', 'clone', '--quiet', '--bare', path, local);
  const gitProxied = createTcpServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => gitProxied.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void gitProxied.close());
  git('config', 'core.sshCommand', program);
  git('config', 'core.gitProxy', program);
  git('config', 'core.askPass', program);
  git('config', 'core.alternateRefsCommand', program);
  git('config', 'credential.helper', `!${program}`);
  git('config', `credential.${asked.url}.helper`, program);
  git('config', 'http.proxy', elsewhere.url);
  git('config', `url.${elsewhere.url}/.insteadOf`, `${asked.url}/`);
  git('config', `url.${elsewhere.url}/.pushInsteadOf`, `${asked.url}/`);
  git('config', 'url.ext::sh -c .insteadOf', 'ssh://');
  git('config', 'protocol.ext.allow', 'always');
  for (const name of [local, asked.url]) {
    git('config', `remote.${name}.receivepack`, program);
    git('config', `remote.${name}.uploadpack`, program);
  }
  git('config', 'remote.origin.url', `${asked.url}/a.git`);
  await talkTo(path, local, headSha);
  await talkTo(path, `${asked.url}/a.git`, headSha);
  await talkTo(path, 'ssh://nobody@127.0.0.1:1/a.git', headSha);
  await talkTo(path, `git://127.0.0.1:${(gitProxied.address() as { port: number }).port}/a.git`, headSha);
  expect(await findRemote(path)).toMatchObject({ url: `${asked.url}/a.git` });
  expect(ran()).toBe(false);
  expect(elsewhere.requests).toEqual([]);
  // The right server was contacted.
  expect(asked.requests.length).toBeGreaterThan(0);
});

test('R-SEC-7: a missing object is not fetched by a program of the repository', async () => {
  const { path, headSha, git } = scratchRepository();
  const { program, ran } = trap();
  const local = join(scratchDirectory(), 'local.git');
  gitIn('/', 'clone', '--quiet', '--bare', path, local);
  git('config', 'core.repositoryFormatVersion', '1');
  git('config', 'extensions.partialClone', 'evil');
  git('config', 'remote.evil.promisor', 'true');
  git('config', 'remote.evil.url', local);
  git('config', 'remote.evil.uploadpack', program);
  const blob = git('rev-parse', 'HEAD:README.md');
  rmSync(join(path, '.git', 'objects', blob.slice(0, 2), blob.slice(2)));
  const answers = [
    runGit(path, ['cat-file', 'blob', blob]),
    runGit(path, ['rev-parse', '--verify', `${blob}^{blob}`]),
    makePatch({ repositoryPath: path, from: headSha, to: headSha }),
    ensureWorktree({
      repositoryPath: path,
      worktreePath: join(scratchDirectory(), 'w'),
      branch,
      baseSha: headSha,
    }),
  ];
  await Promise.allSettled(answers);
  expect(ran()).toBe(false);
});

test("R-SEC-7: what an agent puts into Moose's own remote is run by no push, fetch or merge", async () => {
  const { path, headSha } = scratchRepository();
  const { program, ran } = trap();
  const remoteUrl = join(scratchDirectory(), 'remotes', 'r.git');
  const base = { defaultBranchFrom: path, branch: 'main', sha: headSha };
  await ensureBareRemote(remoteUrl, base);
  expect(statSync(dirname(remoteUrl)).mode & 0o777).toBe(0o700);
  const hooks = ['pre-receive', 'update', 'post-receive', 'post-update', 'reference-transaction'];
  for (const hook of hooks) writeScript(join(remoteUrl, 'hooks', hook), `exec ${program} < /dev/null`);
  // The configuration that an agent leaves, or that an older version of Moose made.
  gitIn(remoteUrl, 'config', 'core.hooksPath', join(remoteUrl, 'hooks'));
  gitIn(remoteUrl, 'config', 'core.alternateRefsCommand', program);
  writeFileSync(join(remoteUrl, 'objects/info/alternates'), `${join(path, '.git/objects')}\n`);
  const where = { repositoryPath: path, remoteUrl, branch: 'moose/a', isMooses: true };
  expect(await pushBranch({ ...where, sha: headSha, expectedRemoteSha: null })).toBe('pushed');
  expect(await remoteBranchSha(where)).toBe(headSha);
  await fetchBranch(where);
  const own = { repositoryPath: path, remoteUrl, isMooses: true, baseBranch: 'main', message: 'm' };
  await mergeInRemote({ ...own, headSha });
  await deleteRemoteBranch({ ...where, expectedSha: headSha, preserveAs: 'a' });
  expect(ran()).toBe(false);
  // The hooks do not run for a person's own push either.
  await ensureBareRemote(remoteUrl, base);
  expect(gitIn(remoteUrl, 'config', '--get', 'core.hooksPath')).toBe('/dev/null');
});

test('R-SEC-7: fear: a remote that is named like the address of a push sends it elsewhere', async () => {
  const { path, headSha, git } = scratchRepository();
  const folder = scratchDirectory();
  const [ours, theirs] = ['ours.git', 'theirs.git'].map((name) => join(folder, name)) as [string, string];
  for (const bare of [ours, theirs]) gitIn('/', 'clone', '--quiet', '--bare', path, bare);
  const remoteUrl = `file://${ours}`;
  for (const key of ['url', 'pushurl']) git('config', `remote.${remoteUrl}.${key}`, `file://${theirs}`);
  await pushBranch({
    repositoryPath: path,
    remoteUrl,
    branch: 'moose/new',
    sha: headSha,
    expectedRemoteSha: null,
  });
  expect(gitIn(ours, 'rev-parse', 'moose/new').trim()).toBe(headSha);
  expect(gitIn(theirs, 'branch', '--list', 'moose/new')).toBe('');
});
