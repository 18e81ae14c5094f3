// What a provider, or a server in its place, may do wrong: what the client sees, and what is booked.
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { ask, type GroundOptions, gatewayGround, stoppedModels, theCall } from './gateway-ground.fixture.ts';
import {
  type Behave,
  beginsStream,
  message,
  messageRest,
  messageStart,
  wholeMessage,
} from './scripted-provider.fixture.ts';

const shared = sharedDatabase();
const streamed = message({ stream: true });

const errorBody = (type: string) => JSON.stringify({ type: 'error', error: { type, message: 'No.' } });

function says(status: number, body: string, headers: Record<string, string> = {}): Behave {
  return (_request, answer) => {
    answer.writeHead(status, { 'content-type': 'application/json', ...headers });
    answer.end(body);
  };
}

test.each([
  [400, 'invalid_request_error', 'cancelled', 'bad_request'],
  [401, 'authentication_error', 'cancelled', 'authentication'],
  [429, 'rate_limit_error', 'cancelled', 'rate_limited'],
  [503, 'api_error', 'cancelled', 'provider_down'],
  [529, 'overloaded_error', 'cancelled', 'overloaded'],
  [500, 'api_error', 'presumed', 'provider_down'],
  [502, 'api_error', 'presumed', 'provider_down'],
  [504, 'api_error', 'presumed', 'provider_down'],
])('R-BUD-2: HTTP %i (%s) passes through and is %s', async (status, type, booked, failure) => {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: says(status, errorBody(type), { 'retry-after': '7', 'request-id': 'r-9' }),
  });
  const reply = await ask(ground);
  expect(reply).toMatchObject({ status, body: errorBody(type), isWhole: true });
  expect(reply.headers).toMatchObject({ 'retry-after': '7', 'request-id': 'r-9' });
  expect(reply.headers['x-moose-refused']).toBeUndefined();
  const call = await theCall(database);
  expect(call).toMatchObject({ status: booked, httpStatus: status, failure, retryAfterMs: 7_000 });
  expect(call.actualNanoUsd).toBe(booked === 'cancelled' ? 0n : call.reservedNanoUsd);
});

async function deadPort(): Promise<string> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** The server at that address may not even speak HTTP. */
async function rawProvider(answer: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

test("R-BUD-2: if nobody listens at the provider's address, nothing was sent and nothing is owed", async () => {
  const database = shared();
  const url = await deadPort();
  const ground = await gatewayGround(database, { baseUrl: () => url });
  const reply = await ask(ground);
  expect(reply).toMatchObject({ status: 502, headers: { 'x-moose-refused': 'unreachable' } });
  expect(JSON.parse(reply.body)).toMatchObject({
    type: 'error',
    error: { message: expect.stringContaining('ECONNREFUSED') },
  });
  expect(await theCall(database)).toMatchObject({
    status: 'cancelled',
    failure: 'unreachable',
    httpStatus: 502,
  });
});

test("R-BUD-2: if the provider's host name does not resolve, nothing is owed", async () => {
  const database = shared();
  const unknown = await gatewayGround(database, { baseUrl: () => 'http://no-such-host.invalid' });
  expect(await ask(unknown)).toMatchObject({ status: 502, headers: { 'x-moose-refused': 'unreachable' } });
  expect(await theCall(database)).toMatchObject({ status: 'cancelled' });
});

test('R-BUD-2: if the provider speaks no TLS, nothing of the request was sent', async () => {
  const database = shared();
  const ground = await gatewayGround(database, { baseUrl: (url) => url.replace('http:', 'https:') });
  expect(await ask(ground)).toMatchObject({ status: 502, headers: { 'x-moose-refused': 'unreachable' } });
  expect(await theCall(database)).toMatchObject({ status: 'cancelled' });
  expect(ground.provider.received).toEqual([]);
});

const faults: [string, GroundOptions, { status: number; refused: string; booked: string }][] = [
  [
    'resets the connection',
    { behave: ({ raw }) => raw.socket.resetAndDestroy() },
    { status: 502, refused: 'cut_stream', booked: 'presumed' },
  ],
  [
    'says nothing at all',
    { behave: () => undefined, limits: { answerMs: 60 } },
    { status: 504, refused: 'timeout', booked: 'presumed' },
  ],
  [
    'sends elsewhere',
    { behave: says(307, '', { location: 'http://127.0.0.1:1/' }) },
    { status: 502, refused: 'malformed', booked: 'cancelled' },
  ],
];
test.each(faults)('R-BUD-2: a provider that %s', async (_what, options, { status, refused, booked }) => {
  const database = shared();
  const ground = await gatewayGround(database, options);
  const reply = await ask(ground);
  expect(reply).toMatchObject({ status, isWhole: true, headers: { 'x-moose-refused': refused } });
  expect(reply.headers['x-moose-call-id']).toBeTruthy();
  expect(await theCall(database)).toMatchObject({ status: booked, failure: refused, httpStatus: status });
  expect(ground.provider.received).toHaveLength(1);
});

test('R-BUD-2: a server that does not speak HTTP is distinguished from a provider that is down', async () => {
  const database = shared();
  const url = await rawProvider((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
  const ground = await gatewayGround(database, { baseUrl: () => url });
  expect(await ask(ground)).toMatchObject({ status: 502, headers: { 'x-moose-refused': 'malformed' } });
  expect(await theCall(database)).toMatchObject({ status: 'presumed', failure: 'malformed' });
});

test('R-BUD-2: an invalid HTTP status is not our bug, and the call is booked', async () => {
  const database = shared();
  const url = await rawProvider((socket) => socket.end('HTTP/1.1 099 What\r\ncontent-length: 0\r\n\r\n'));
  const ground = await gatewayGround(database, { baseUrl: () => url });
  expect(await ask(ground)).toMatchObject({ status: 502, headers: { 'x-moose-refused': 'malformed' } });
  expect(await theCall(database)).toMatchObject({ status: 'presumed' });
});

test("R-BUD-2: a proxy's HTML page with status 200 is not an answer, and the call is presumed", async () => {
  const database = shared();
  const page = '<!DOCTYPE html><title>Sign in</title>';
  const ground = await gatewayGround(database, { behave: says(200, page, { 'content-type': 'text/html' }) });
  expect(await ask(ground)).toMatchObject({ status: 200, body: page });
  expect(await theCall(database)).toMatchObject({
    status: 'presumed',
    failure: 'malformed',
    httpStatus: 200,
  });
});

test('R-BUD-2: a compressed answer, although nobody asked for it, is passed on and presumed', async () => {
  const database = shared();
  const packed = gzipSync(wholeMessage());
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      answer.end(packed);
    },
  });
  expect(await ask(ground)).toMatchObject({ status: 200, headers: { 'content-encoding': 'gzip' } });
  expect(await theCall(database)).toMatchObject({ status: 'presumed', failure: 'malformed' });
});

test('R-BUD-2: a stream that is cut off is presumed, at what is reserved once the input is known, and the client sees an error', async () => {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: async (_request, answer) => {
      beginsStream(answer);
      await new Promise(setImmediate);
      answer.destroy();
    },
  });
  const reply = await ask(ground, { body: streamed });
  expect(reply.isWhole).toBe(false);
  expect(reply.body.startsWith(messageStart())).toBe(true);
  expect(reply.body).toContain('event: error');
  expect(reply.body).toContain('moose: cut_stream');
  const call = await theCall(database);
  expect(call).toMatchObject({ status: 'presumed', failure: 'cut_stream', httpStatus: 200 });
  // 100 input tokens, at most 1,000 output tokens, and 1,024 that a server of another company may think beside them.
  expect(call.actualNanoUsd).toBe(300_000n + 15_000_000n + 15_360_000n);
});

test('R-BUD-2: a provider that goes silent in the middle is given up, and the call is presumed', async () => {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => beginsStream(answer),
    limits: { idleMs: 80 },
  });
  const reply = await ask(ground, { body: streamed });
  expect(reply).toMatchObject({
    status: 200,
    isWhole: false,
    body: expect.stringContaining('moose: timeout'),
  });
  expect(await theCall(database)).toMatchObject({ status: 'presumed', failure: 'timeout' });
});

test('R-BUD-2: an answer that is complete by its protocol is settled, even if its connection breaks afterwards', async () => {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: async (_request, answer) => {
      beginsStream(answer);
      answer.write(messageRest(), () => answer.destroy());
    },
  });
  const reply = await ask(ground, { body: streamed });
  expect(reply).toMatchObject({ status: 200, isWhole: true, body: messageStart() + messageRest() });
  expect(await theCall(database)).toMatchObject({
    status: 'settled',
    failure: null,
    actualNanoUsd: 1_050_000n,
  });
});

test('R-BUD-2: a document that is cut off is presumed, and its client sees that it is incomplete', async () => {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json', 'content-length': 10_000 });
      answer.write(wholeMessage().slice(0, 80), () => answer.destroy());
    },
  });
  expect(await ask(ground)).toMatchObject({ status: 200, isWhole: false });
  expect(await theCall(database)).toMatchObject({ status: 'presumed', failure: 'cut_stream' });
});

test('R-BUD-2: an error inside a stream with status 200 is a failure of the provider, and the call is presumed', async () => {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => {
      beginsStream(answer);
      answer.end(`event: error\ndata: ${errorBody('overloaded_error')}\n\n`);
    },
  });
  expect(await ask(ground, { body: streamed })).toMatchObject({ status: 200, isWhole: true });
  expect(await theCall(database)).toMatchObject({ status: 'presumed', failure: 'overloaded' });
});

test('R-BUD-2: a call that costs more than its tokens is presumed, because the tokens do not tell the price', async () => {
  const database = shared();
  const dear = JSON.stringify({
    ...JSON.parse(wholeMessage()),
    usage: { input_tokens: 100, output_tokens: 50, speed: 'fast' },
  });
  const ground = await gatewayGround(database, { behave: says(200, dear) });
  expect(await ask(ground)).toMatchObject({ status: 200, body: dear });
  expect(await theCall(database)).toMatchObject({ status: 'presumed' });
});

test('R-BUD-2: a usage above the reservation is booked in full, and stops its model', async () => {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: says(200, wholeMessage({ input: 100, output: 90_000 })),
  });
  expect(await ask(ground)).toMatchObject({ status: 200 });
  expect(await theCall(database)).toMatchObject({
    status: 'settled',
    actualNanoUsd: 300_000n + 1_350_000_000n,
  });
  expect(await stoppedModels(database)).toEqual(['scripted/m-1']);
  const next = await ask(ground);
  expect(next).toMatchObject({ status: 400, headers: { 'x-moose-refused': 'model_stopped' } });
  expect(next.body).toContain('frozen');
  expect(ground.provider.received).toHaveLength(1);
});

test('R-BUD-2: fear: an answer that never ends, and is never silent, keeps its call open', async () => {
  const database = shared();
  const ground = await gatewayGround(database, {
    behave: (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => answer.write(': waiting\n\n'), 5);
      answer.once('close', () => clearInterval(timer));
    },
    limits: { wholeMs: 150, idleMs: 60_000 },
  });
  expect(await ask(ground, { body: message({ stream: true }) })).toMatchObject({ isWhole: false });
  expect(await theCall(database)).toMatchObject({ status: 'presumed', failure: 'timeout' });
});
