import { execFileSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { gitServer } from './git-server.fixture.ts';
import { giveLogins, loginVariables } from './remote-credentials.ts';
import { remoteHead } from './remote-head.ts';

const user = 'x-access-token';
const password = 'ghs_made-up-token-1234567890';
const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

test('R-SEC-4: a login reaches the remote, and is in no argument, no address and no error', async () => {
  const server = await gitServer();
  const seen: (string | undefined)[] = [];
  server.answer = (request, response) => {
    seen.push(request.headers.authorization);
    if (request.headers.authorization === basic) return server.serve(request, response);
    response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
  };
  await expect(remoteHead(server.url)).rejects.toMatchObject({ code: 'REMOTE_AUTH' });
  const asked: string[] = [];
  onTestFinished(
    giveLogins(async (address) => {
      asked.push(address);
      return { user, password };
    }),
  );
  expect(await remoteHead(server.url)).toMatchObject({ defaultBranch: 'main' });
  expect(asked).toEqual([server.url]);
  expect(seen.at(-1)).toBe(basic);
  const env = await loginVariables(server.url, undefined);
  const said = execFileSync('git', ['config', '--get-urlmatch', 'http.extraHeader', server.url], {
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
  expect(said.trim()).toBe(`Authorization: ${basic}`);
});

test('a refused login is not replaced by another one, and the error does not show it', async () => {
  const server = await gitServer();
  server.answer = (_, response) => void response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
  onTestFinished(giveLogins(async () => ({ user, password })));
  const failure = await remoteHead(server.url).catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ code: 'REMOTE_AUTH' });
  expect(JSON.stringify(failure)).not.toContain(basic.slice('Basic '.length));
});

test('an address with a user of its own, ssh and folders get no login', async () => {
  onTestFinished(giveLogins(async () => ({ user, password })));
  for (const address of ['https://me@example.org/a.git', 'git@example.org:a.git', '/srv/a.git'])
    expect(await loginVariables(address, undefined)).toEqual({});
  onTestFinished(giveLogins(async () => null));
  expect(await loginVariables('https://example.org/a.git', undefined)).toEqual({});
});
