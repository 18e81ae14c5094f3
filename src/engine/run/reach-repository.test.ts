import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { onGitFault } from '../../git/run/git-repetition.ts';
import type { ProjectHere } from './project-here.ts';
import { whyUnreachable } from './reach-repository.ts';

const { signal } = new AbortController();

/** A remote that answers nobody until it is released, and then with this status; 404 denies that there is a repository. */
async function aSlowRemote(status = 404) {
  const waiting: ServerResponse[] = [];
  const counts = { requests: 0, isReleased: false };
  const deny = (response: ServerResponse) => void response.writeHead(status).end();
  const server = createServer((_, response) => {
    counts.requests += 1;
    if (counts.isReleased) deny(response);
    else waiting.push(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    counts,
    address: `http://127.0.0.1:${port}/api.git`,
    release: () => {
      counts.isReleased = true;
      for (const response of waiting) deny(response);
    },
  };
}

test('R-DIST-4: after a restart with many work orders, one of them asks whether the remote can be reached', async () => {
  const remote = await aSlowRemote();
  const { address } = remote;
  const project = { repositoryPath: '/nowhere', remoteUrl: address, remoteAddress: address } as ProjectHere;
  const ask = () => whyUnreachable(project, { host: 'here', needsRemote: () => true }, signal);
  const all = Array.from({ length: 50 }, ask);
  await expect.poll(() => remote.counts.requests).toBe(1);
  all.push(ask());
  remote.release();
  for (const problem of await Promise.all(all)) expect(problem?.code).toBe('REPOSITORY_UNREACHABLE');
  const { requests } = remote.counts;
  // No answer is kept: the next work order asks for itself.
  expect((await ask())?.code).toBe('REPOSITORY_UNREACHABLE');
  expect(remote.counts.requests).toBe(2 * requests);
});

test('R-DIST-4: fear: the one who asks for all is cancelled, and the others count the remote as reachable', async () => {
  const remote = await aSlowRemote();
  const { address } = remote;
  const project = { repositoryPath: '/nowhere', remoteUrl: address, remoteAddress: address } as ProjectHere;
  const wish = { host: 'here', needsRemote: () => true };
  const cancelled = new AbortController();
  const first = whyUnreachable(project, wish, cancelled.signal);
  await expect.poll(() => remote.counts.requests).toBe(1);
  const others = Array.from({ length: 5 }, () => whyUnreachable(project, wish, signal));
  cancelled.abort();
  await first;
  await expect.poll(() => remote.counts.requests).toBe(2);
  remote.release();
  for (const problem of await Promise.all(others)) expect(problem?.code).toBe('REPOSITORY_UNREACHABLE');
});

test('R-FAIL-6: fear: one failed look at a remote is recorded once for each work order that waited for it', async () => {
  const remote = await aSlowRemote(503);
  const { address } = remote;
  const project = { repositoryPath: '/nowhere', remoteUrl: address, remoteAddress: address } as ProjectHere;
  const told: string[] = [];
  const ended: boolean[] = [];
  const stop = onGitFault(({ code, message }) => {
    if (message.includes(address)) told.push(code);
    return { resolved: (isRecovered) => void (message.includes(address) && ended.push(isRecovered)) };
  });
  onTestFinished(stop);
  const ask = () => whyUnreachable(project, { host: 'here', needsRemote: () => true }, signal);
  const all = Array.from({ length: 6 }, ask);
  await expect.poll(() => remote.counts.requests).toBe(1);
  remote.release();
  expect(await Promise.all(all)).toEqual(Array.from({ length: 6 }, () => undefined));
  expect(ended).toHaveLength(told.length);
  expect(told.length).toBe(remote.counts.requests);
});
