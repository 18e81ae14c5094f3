// The gateway's listeners: who may connect, how often, and how slowly.
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import {
  ask,
  begin,
  callRows,
  type Ground,
  gatewayGround,
  mooseSecret,
  readReply,
  send,
  theCall,
} from '../gateway-ground.fixture.ts';
import { message, wholeMessage } from '../scripted-provider.fixture.ts';

const shared = sharedDatabase();

test('R-BUD-3: a client without a network reaches the gateway through the Unix socket', async () => {
  const ground = await gatewayGround(shared());
  const reply = await ask(ground, { socketPath: ground.socketPath });
  expect(reply).toMatchObject({ status: 200, body: wholeMessage() });
});

test('R-BUD-6: a host name that a web page could have pointed at loopback is rejected', async () => {
  const ground = await gatewayGround(shared());
  for (const headers of [
    { host: 'evil.example' },
    { host: '127.0.0.1.evil.example' },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    expect(await ask(ground, { headers: headers as Record<string, string> })).toMatchObject({ status: 403 });
  }
  expect(await ask(ground, { headers: { host: 'localhost:1' } })).toMatchObject({ status: 200 });
  expect(ground.provider.received).toHaveLength(1);
});

test.each([
  ['a path of nobody', '/v1/messages', 404],
  ['a provider that is not known', '/s/KEY/other/v1/messages', 404],
  ['a path that no protocol has', '/s/KEY/scripted/v1/files', 404],
  ['a step upwards', '/s/KEY/scripted/v1/../v1/messages', 404],
  ['a hidden step upwards', '/s/KEY/scripted/%2e%2e/v1/messages', 404],
  ['two slashes', '/s/KEY/scripted//v1/messages', 404],
  ['a URL without end', `/s/KEY/scripted/v1/messages?${'x'.repeat(5_000)}`, 414],
])('%s gets an error message, and nothing is forwarded', async (_what, path, status) => {
  const ground = await gatewayGround(shared());
  // The path exactly as written: a URL object would normalise it.
  const said = await rawly(ground, `POST ${path.replace('KEY', ground.key.id)} HTTP/1.1`, '{}');
  expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(said).toContain('moose: bad_request');
  expect(ground.provider.received).toEqual([]);
});

async function rawly(
  { gateway, key }: Ground,
  line: string,
  body: string,
  headers: string[] = [],
): Promise<string> {
  const socket = connect(gateway.port, '127.0.0.1');
  await once(socket, 'connect');
  const head = [
    line,
    `host: 127.0.0.1:${gateway.port}`,
    `x-api-key: ${key.secret}`,
    'connection: close',
    ...headers,
  ];
  socket.write(`${[...head, `content-length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`);
  return heard(socket);
}

async function heard(socket: import('node:net').Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

test('a request that is too large is refused in the words of its protocol, whether it states its size or not', async () => {
  const ground = await gatewayGround(shared(), { limits: { requestBytesMax: 100_000 } });
  const large = message({ system: 'x'.repeat(200_000) });
  for (const headers of [{}, { 'transfer-encoding': 'chunked' }, { expect: '100-continue' }]) {
    const reply = await ask(ground, { body: large, headers: headers as Record<string, string> });
    expect(reply).toMatchObject({ status: 413, headers: { 'x-moose-refused': 'context_too_long' } });
    expect(JSON.parse(reply.body)).toMatchObject({ error: { type: 'request_too_large' } });
  }
  expect(ground.provider.received).toEqual([]);
});

test('a client that waits for permission to send its body gets it once its key is verified', async () => {
  const ground = await gatewayGround(shared());
  const request = send(ground, { headers: { expect: '100-continue' } });
  const continued = once(request, 'continue');
  const [answer] = await once(request, 'response');
  await continued;
  expect(await readReply(answer)).toMatchObject({ status: 200 });
  const stranger = send(ground, { headers: { expect: '100-continue' }, key: 'moose-x' });
  let isContinued = false;
  stranger.on('continue', () => {
    isContinued = true;
  });
  const [refused] = await once(stranger, 'response');
  expect(await readReply(refused)).toMatchObject({ status: 401 });
  expect(isContinued).toBe(false);
});

test('a compressed request is refused, because its real size is unknown', async () => {
  const ground = await gatewayGround(shared());
  expect(await ask(ground, { headers: { 'content-encoding': 'zstd' } })).toMatchObject({
    status: 400,
    headers: { 'x-moose-refused': 'bad_request' },
  });
});

test('all requests together have a memory limit: above it, a client is told when to retry', async () => {
  const ground = await gatewayGround(shared(), { limits: { heldBytesMax: 1_000 } });
  const reply = await ask(ground, { body: message({ system: 'x'.repeat(2_000) }) });
  expect(reply).toMatchObject({
    status: 503,
    headers: { 'x-moose-refused': 'overloaded', 'retry-after': '1' },
  });
  expect(await ask(ground)).toMatchObject({ status: 200 });
});

test('the number of concurrent calls is limited', async () => {
  const ground = await gatewayGround(shared(), { limits: { callsMax: 1 }, behave: () => undefined });
  const first = send(ground);
  await until('a call under way', () => ground.provider.received.length === 1);
  expect(await ask(ground)).toMatchObject({ status: 503, headers: { 'x-moose-refused': 'overloaded' } });
  first.destroy();
});

test.each([
  ['its headers', 'POST /s/x HTTP/1.1\r\nhost: 127.0.0.1\r\n'],
  [
    'its body',
    'POST /s/PATH/scripted/v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: KEY\r\ncontent-length: 50\r\n\r\n{',
  ],
])('fear: a client that never finishes %s holds its connection forever', async (_what, words) => {
  const ground = await gatewayGround(shared(), { limits: { headersMs: 100, requestMs: 200 } });
  const socket = connect(ground.gateway.port, '127.0.0.1');
  socket.write(words.replace('PATH', ground.key.id).replace('KEY', ground.key.secret));
  await heard(socket);
  await until('no call', () => ground.gateway.calls() === 0);
  expect(await callRows(shared())).toEqual([]);
});

test('fear: endless headers fill the memory', async () => {
  const ground = await gatewayGround(shared());
  const said = await rawly(ground, 'POST /s/x HTTP/1.1', '', [`x-long: ${'x'.repeat(64 * 1_024)}`]);
  expect(said).toMatch(/^HTTP\/1.1 431 /);
});

test('a gateway reports its health to Moose, and by its name that it is the expected one', async () => {
  const ground = await gatewayGround(shared(), { gatewayId: 'the-gateway' });
  const { port } = ground.gateway;
  const headers = { 'x-moose-secret': mooseSecret };
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { headers });
  expect(await answer.json()).toEqual({
    status: 'alive',
    gateway: 'the-gateway',
    attached: 0,
    calls: 0,
    drains: 0,
    unbooked: 0,
  });
});

test('a Moose process counts as attached for as long as it is connected, and asks before it leaves', async () => {
  const left: number[] = [];
  const ground: Ground = await gatewayGround(shared(), {
    gatewayId: 'the-gateway',
    onLeave: async () => {
      left.push(ground.gateway.attached());
      return true;
    },
  });
  const origin = `http://127.0.0.1:${ground.gateway.port}`;
  const over = new AbortController();
  const headers = { 'x-moose-secret': mooseSecret };
  const attached = await fetch(`${origin}/attach`, { headers, signal: over.signal });
  expect(attached.headers.get('x-moose-gateway')).toBe('the-gateway');
  expect(ground.gateway.attached()).toBe(1);
  const leaving = await fetch(`${origin}/leave`, { method: 'POST', headers });
  expect(leaving.headers.get('x-moose-ends')).toBe('yes');
  expect(left).toEqual([1]);
  over.abort();
  await until('nobody attached', () => ground.gateway.attached() === 0);
});

test.each(['127.0.0.1', 'its socket'])(
  'R-SEC-1: fear: anybody who reaches %s ends the gateway, or uses up the attachments of real Mooses',
  async (door) => {
    let isLeft = false;
    const ground = await gatewayGround(shared(), {
      onLeave: async () => {
        isLeft = true;
        return true;
      },
    });
    const at = door === 'its socket' ? { socketPath: ground.socketPath } : { port: ground.gateway.port };
    for (const [method, path] of [
      ['POST', '/leave'],
      ['GET', '/attach'],
    ]) {
      for (const headers of [{}, { 'x-moose-secret': 'guessed' }]) {
        const asked = httpRequest({ host: '127.0.0.1', ...at, method, path, headers, agent: false });
        asked.end();
        const [answer] = (await once(asked, 'response')) as [IncomingMessage];
        expect((await readReply(answer)).status).toBe(403);
      }
    }
    expect(isLeft).toBe(false);
    expect(ground.gateway.attached()).toBe(0);
  },
);

test('R-SEC-3: fear: a thousand idle connections leave no room for a call', async () => {
  const ground = await gatewayGround(shared(), {
    limits: {
      connections: {
        connectionsMax: 20,
        waitingMax: 10,
        waitingPerAddressMax: 10,
        unreadBytesMax: 256 * 1024 * 1024,
      },
    },
  });
  for (let n = 0; n < 40; n += 1) {
    const socket = connect(ground.gateway.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('POST /s/x HTTP/1.1\r\nhost: 127.0.0.1\r\n');
  }
  expect(await ask(ground)).toMatchObject({ status: 200 });
});

test('a port that is in use is an error; a socket left by a killed gateway is replaced', async () => {
  const ground = await gatewayGround(shared());
  const { port } = ground.gateway;
  await expect(gatewayGround(shared(), { port })).rejects.toMatchObject({ code: 'GATEWAY_PORT_TAKEN' });
  await expect(gatewayGround(shared(), { socketPath: ground.socketPath })).rejects.toMatchObject({
    code: 'GATEWAY_PORT_TAKEN',
  });
  await expect(gatewayGround(shared(), { socketPath: `/tmp/${'x'.repeat(200)}` })).rejects.toMatchObject({
    code: 'GATEWAY_NOT_LISTENING',
  });
  expect(await ask(ground, { socketPath: ground.socketPath })).toMatchObject({ status: 200 });
});

test('one connection serves many calls', async () => {
  const ground = await gatewayGround(shared());
  const ports = new Set<number | undefined>();
  for (let times = 0; times < 3; times += 1) {
    const answer = await begin(ground);
    await readReply(answer);
    ports.add(ground.provider.received.at(-1)?.raw.socket.remotePort);
  }
  expect(ports.size).toBe(1);
  await expect(theCall(shared())).rejects.toThrow();
});
