// The diagnosis of a provider goes the way that the work goes.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { forwardProxyIn } from '../stdx/http/forward-proxy.ts';
import { probeProvider } from './probe-provider.ts';

test('R-BASE-1: fear: the diagnosis says that a provider answers which the work cannot reach', async () => {
  const seen: string[] = [];
  const proxy = createServer((request, answer) => {
    seen.push(`${request.method} ${request.url}`);
    answer.end('{}');
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const settings = { scripted: { baseUrl: 'http://models.invalid/v1', apiKey: 'k' } };
  const through = forwardProxyIn({ HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` });
  expect(await probeProvider('scripted/m-1', settings as never, through)).toBeNull();
  expect(seen).toEqual(['GET http://models.invalid/v1/models']);
  expect(await probeProvider('scripted/m-1', settings as never, {})).toMatchObject({
    what: expect.stringContaining('models.invalid does not answer'),
  });
});

test('the diagnosis names the proxy that does not answer, without its password', async () => {
  const settings = { scripted: { baseUrl: 'http://models.invalid/v1', apiKey: 'k' } };
  const through = (NO_PROXY: string) =>
    forwardProxyIn({ HTTP_PROXY: 'http://ada:secret@127.0.0.1:9', NO_PROXY });
  const found = await probeProvider('scripted/m-1', settings as never, through(''));
  expect(found?.what).toMatch(/models\.invalid does not answer through the proxy 127\.0\.0\.1:9 \(/);
  expect(JSON.stringify(found)).not.toContain('secret');
  const direct = await probeProvider('scripted/m-1', settings as never, through('.invalid'));
  expect(direct?.what).not.toContain('proxy');
});
