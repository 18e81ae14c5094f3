// In a company's network, all that Moose itself calls is reached through its proxy, and this machine never is (R-BASE-1).
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createOidcProvider } from '../src/api/sign-in/oidc-provider.ts';
import { createCallHost } from '../src/forges/call-host.ts';
import { postNotice } from '../src/notifiers/post-notice.ts';
import { systemClock } from '../src/stdx/clock.ts';
import { aProxy } from '../src/stdx/http/forward-proxy.fixture.ts';

const { signal } = new AbortController();
const issuer = 'http://login.corp.example';

async function aServer(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that only the proxy reaches, whatever its name is; answers with what all of these calls can read. */
async function behindProxy(no = '') {
  const url = await aServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    const ends = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'].map((name) => [
      name,
      `${issuer}/${name}`,
    ]);
    response.end(JSON.stringify({ issuer, ...Object.fromEntries(ends) }));
  });
  const proxy = await aProxy(() => url);
  vi.stubEnv('http_proxy', proxy.url);
  vi.stubEnv('HTTPS_PROXY', proxy.url);
  vi.stubEnv('NO_PROXY', no);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { url, seen: proxy.seen };
}

function forgeAt(apiUrl: string) {
  const limits = {
    admit: async () => undefined,
    pause: async () => Promise.reject(new Error('no pause')),
    note: async () => undefined,
    answered: async () => undefined,
  };
  const call = createCallHost({
    host: new URL(apiUrl).host,
    apiUrl,
    authorization: async () => 'Bearer secret',
    limits,
    clock: systemClock,
  });
  return call({ method: 'GET', path: '/user' });
}

const sendNoticeTo = (url: string) =>
  postNotice({ name: 'slack', url }, '{}', { key: 'k', timeoutMs: 5_000 }, signal);

function signInAt(issuerUrl: string) {
  const provider = createOidcProvider({
    issuer: issuerUrl,
    clientId: 'moose',
    clientSecret: null,
    scope: 'openid',
  });
  return provider.addressFor(
    'http://127.0.0.1/callback',
    { state: 's', nonce: 'n', verifier: 'v'.repeat(43) },
    signal,
  );
}

test.each([
  ['a forge', 'http://forge.corp.example/api', forgeAt, 'GET http://forge.corp.example/api/user'],
  ['a channel', 'http://hooks.corp.example/T1', sendNoticeTo, 'POST http://hooks.corp.example/T1'],
  ['a sign-in provider', issuer, signInAt, `GET ${issuer}/.well-known/openid-configuration`],
])('R-BASE-1: fear: %s is not reached where there is only a proxy', async (_what, url, call, said) => {
  const { seen } = await behindProxy();
  await call(url);
  expect(seen).toEqual([said]);
});

test.each([
  ['a forge', forgeAt],
  ['a channel', sendNoticeTo],
])('R-BASE-1: %s on this machine, and one that NO_PROXY names, are called directly', async (_what, call) => {
  const { url, seen } = await behindProxy('.corp.example');
  await call(url);
  await expect(call('http://none.corp.example/x')).rejects.toThrow();
  expect(seen).toEqual([]);
});
