import { expect, onTestFinished, test } from 'vitest';
import { gitServer } from '../git-server.fixture.ts';
import { runQuickly } from '../quick-start.fixture.ts';
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
  const fill = (url: string) =>
    runQuickly('git', ['credential', 'fill'], {
      env: { PATH: process.env.PATH, GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', HOME: '/nowhere', ...env },
      input: `url=${url}\n\n`,
    });
  expect(fill(server.url)).toContain(`username=${user}\npassword=${password}\n`);
  expect(() => fill('https://other.example/api.git')).toThrow();
});

test('R-SEC-4: fear: a redirect of the forge takes the login to another host', async () => {
  const [forge, other] = [await gitServer(), await gitServer()];
  const seen: (string | undefined)[] = [];
  other.answer = (request, response) => {
    seen.push(request.headers.authorization);
    other.serve(request, response);
  };
  let to = other.url;
  let asksFirst = true;
  forge.answer = (request, response) => {
    const isOld = request.url?.startsWith('/old.git') ?? false;
    if (!request.headers.authorization && (asksFirst || !isOld))
      return void response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
    if (!isOld) return forge.serve(request, response);
    response.writeHead(302, { location: `${to}${request.url?.slice('/old.git'.length)}` }).end();
  };
  onTestFinished(giveLogins(async () => ({ user, password })));
  const old = forge.url.replace('/api.git', '/old.git');
  await remoteHead(old).catch(() => undefined);
  asksFirst = false;
  await remoteHead(old).catch(() => undefined);
  expect(seen.length).toBeGreaterThan(1);
  expect(seen.filter((authorization) => authorization !== undefined)).toEqual([]);
  // A repository that was renamed is found on the same host.
  to = forge.url;
  expect(await remoteHead(old)).toMatchObject({ defaultBranch: 'main' });
});

test('a refused login is not replaced by another one, and the error does not show it', async () => {
  const server = await gitServer();
  server.answer = (_, response) => void response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
  onTestFinished(giveLogins(async () => ({ user, password })));
  const failure = await remoteHead(server.url).catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ code: 'REMOTE_AUTH' });
  for (const secret of [basic.slice('Basic '.length), password])
    expect(JSON.stringify(failure)).not.toContain(secret);
});

test('an address with a user of its own, ssh and folders get no login', async () => {
  onTestFinished(giveLogins(async () => ({ user, password })));
  for (const address of ['https://me@example.org/a.git', 'git@example.org:a.git', '/srv/a.git'])
    expect(await loginVariables(address, undefined)).toEqual({});
  onTestFinished(giveLogins(async () => null));
  expect(await loginVariables('https://example.org/a.git', undefined)).toEqual({});
});
