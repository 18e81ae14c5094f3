// In a company's network, providers are reached through its proxy, and this machine never is (R-BASE-1).
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import type { CloudAccess } from '../domain/agents/cloud.ts';
import { aProxy } from '../stdx/http/forward-proxy.fixture.ts';
import { forwardProxyIn, isLoopback } from '../stdx/http/forward-proxy.ts';
import { probeCloud } from './clouds/probe-cloud.ts';
import { awsKeys, bearerToken } from './clouds/scripted-bedrock.fixture.ts';
import { ask, gatewayGround, theCall } from './gateway-ground.fixture.ts';
import { answersMessage, scriptedProvider } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();

async function groundAt(baseUrl: string | null, no = '') {
  let to = '';
  const proxy = await aProxy(() => to);
  const given = forwardProxyIn({ http_proxy: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: no });
  const ground = await gatewayGround(shared(), {
    behave: answersMessage(),
    proxy: given,
    baseUrl: (url) => {
      to = url;
      return baseUrl ?? url;
    },
  });
  return { ground, seen: proxy.seen };
}

test('R-BASE-1: fear: the gateway reaches no provider where there is only a proxy', async () => {
  const { ground, seen } = await groundAt('http://models.corp.example');
  for (let number = 0; number < 2; number += 1) expect(await ask(ground)).toMatchObject({ status: 200 });
  expect(seen).toEqual(Array(2).fill('POST http://models.corp.example/v1/messages'));
  expect(ground.provider.received[0]?.headers).toMatchObject({ host: 'models.corp.example' });
});

test('R-BASE-1: a provider on this machine, and one that NO_PROXY names, are called directly', async () => {
  const { ground, seen } = await groundAt(null);
  expect(await ask(ground)).toMatchObject({ status: 200 });
  expect(seen).toEqual([]);
  const other = await groundAt('http://models.invalid', '.corp.example,models.invalid');
  expect(await ask(other.ground)).toMatchObject({ status: 502 });
  expect(other.seen).toEqual([]);
});

test('R-BUD-4: a proxy that refuses the tunnel has sent nothing to the provider', async () => {
  const { ground, seen } = await groundAt('https://models.corp.example');
  expect(await ask(ground)).toMatchObject({ status: 502 });
  expect(seen).toEqual(['CONNECT models.corp.example:443']);
  expect(await theCall(shared())).toMatchObject({ status: 'cancelled', actualNanoUsd: 0n });
});

test.each<[string, CloudAccess, string]>([
  [
    'bedrock',
    { name: 'bedrock', region: 'us-east-1', credentials: { kind: 'keys', ...awsKeys } },
    'us.anthropic.claude-haiku-4-5-20251001-v1:0',
  ],
  [
    'bedrock, by a token',
    { name: 'bedrock', region: 'us-east-1', credentials: { kind: 'bearer', token: bearerToken } },
    'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
  ],
])('R-BASE-1: fear: the diagnosis of %s goes another way than the work', async (_name, access, model) => {
  const provider = await scriptedProvider((_request, answer) => answer.writeHead(400).end('{}'));
  const proxy = await aProxy(() => provider.url);
  const given = forwardProxyIn({ HTTP_PROXY: proxy.url });
  expect(await probeCloud(access, 'http://bedrock.corp.example', model, given)).toBeNull();
  expect(proxy.seen).toEqual([expect.stringMatching(/^POST http:\/\/bedrock\.corp\.example\/model\//)]);
  expect(await probeCloud(access, 'http://bedrock.corp.invalid', model, {})).toMatchObject({
    what: expect.stringContaining('does not answer'),
  });
});

test.each(['localhost', 'a.localhost', '127.0.0.1', '127.3.2.1', '[::1]', '::ffff:7f00:1'])(
  '%s is this machine',
  (host) => expect(isLoopback(host)).toBe(true),
);
test.each(['localhost.example', '10.0.0.1', '[2001:db8::1]', 'x127.0.0.1'])('%s is another machine', (host) =>
  expect(isLoopback(host)).toBe(false),
);

test('a proxy is read as curl reads it, and one of another kind is ignored', () => {
  expect(forwardProxyIn({ https_proxy: 'proxy:3128', HTTPS_PROXY: 'http://other', NO_PROXY: 'a' })).toEqual({
    HTTPS_PROXY: 'http://proxy:3128/',
    NO_PROXY: 'a',
  });
  expect(forwardProxyIn({ HTTPS_PROXY: 'socks5://proxy:1080', NO_PROXY: 'a' })).toEqual({});
});
