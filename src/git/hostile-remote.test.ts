// fear: a project's remote, or what somebody wrote into its mirror, makes Moose's git run something, contact another
// server, or hang.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitServer } from './git-server.fixture.ts';
import { syncMirror } from './remote/mirror.ts';
import { remoteHead } from './remote/remote-head.ts';
import { gitIn, scratchDirectory } from './scratch-repository.fixture.ts';
import { trap } from './trap.fixture.ts';

const mirrorPath = () => join(scratchDirectory(), 'mirrors', 'p.git');

test('R-SEC-7: nothing that a hostile remote or a modified mirror names is run, and no other address is contacted', async () => {
  const server = await gitServer();
  const elsewhere = await gitServer();
  const { program, ran } = trap();
  const mirror = { path: mirrorPath(), address: server.url };
  server.git('update-ref', 'refs/heads/--upload-pack=x', 'main');
  await syncMirror(mirror);
  const settings = {
    'core.sshCommand': program,
    'core.fsmonitor': program,
    'credential.helper': `!${program}`,
    [`url.${elsewhere.url}.insteadOf`]: server.url,
    'http.proxy': elsewhere.url,
    'remote.origin.uploadpack': program,
    'fetch.recurseSubmodules': 'true',
  };
  for (const [key, value] of Object.entries(settings)) gitIn(mirror.path, 'config', key, value);
  await syncMirror(mirror);
  server.answer = (_request, response) =>
    void response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
  await expect(syncMirror(mirror)).rejects.toMatchObject({ code: 'REMOTE_AUTH' });
  expect(ran()).toBe(false);
  expect(elsewhere.requests).toEqual([]);
});

test('R-SEC-7: a default branch whose name is an option, or not a branch name, is not accepted', async () => {
  const server = await gitServer();
  for (const name of ['refs/heads/-x', 'refs/moose/x', 'refs/heads/HEAD']) {
    server.git('update-ref', name, 'main');
    server.git('symbolic-ref', 'HEAD', name);
    expect(await remoteHead(server.url), name).toMatchObject({ defaultBranch: null });
  }
});

test('a remote that accepts a connection but sends nothing is given up after a while', async () => {
  const server = await gitServer();
  server.answer = () => undefined;
  await expect(remoteHead(server.url, { timeoutMs: 500 })).rejects.toMatchObject({
    code: 'REMOTE_UNREACHABLE',
    category: 'transient',
  });
  const stop = new AbortController();
  const syncing = syncMirror({ path: mirrorPath(), address: server.url, signal: stop.signal });
  setTimeout(() => stop.abort(new Error('stop')), 100);
  await expect(syncing).rejects.toThrow('stop');
});
