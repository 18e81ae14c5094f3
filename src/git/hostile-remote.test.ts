// The fear: a remote of a project, or what somebody wrote into its mirror, makes Moose's git run something, go elsewhere, or
// hang.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitServer } from './git-server.fixture.ts';
import { syncMirror } from './mirror.ts';
import { remoteHead } from './remote-head.ts';
import { gitIn, scratchDirectory } from './scratch-repository.fixture.ts';
import { trap } from './trap.fixture.ts';

const mirrorPath = () => join(scratchDirectory(), 'mirrors', 'p.git');

test('R-SEC-7: nothing that a hostile remote or a changed mirror names is run, and no other address is asked', async () => {
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

test('R-SEC-7: a default branch with a name that is an option, or none of a branch, is not taken', async () => {
  const server = await gitServer();
  for (const name of ['refs/heads/-x', 'refs/moose/x', 'refs/heads/HEAD']) {
    server.git('update-ref', name, 'main');
    server.git('symbolic-ref', 'HEAD', name);
    expect(await remoteHead(server.url), name).toMatchObject({ defaultBranch: null });
  }
});

test('a remote that accepts a connection and says nothing is given up after a time', async () => {
  const server = await gitServer();
  server.answer = () => undefined;
  await expect(remoteHead(server.url, { timeoutMs: 500 })).rejects.toMatchObject({
    code: 'GIT_TIMEOUT',
    category: 'transient',
  });
  const stop = new AbortController();
  const syncing = syncMirror({ path: mirrorPath(), address: server.url, signal: stop.signal });
  setTimeout(() => stop.abort(new Error('stop')), 100);
  await expect(syncing).rejects.toThrow('stop');
});
