// A provider that answers with a status that begins no answer (R-BUD-2): the call ends in time, and is presumed spent.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { ask, gatewayGround, health, theCall } from './gateway-ground.fixture.ts';
import { attachTo, hasGoneSilent } from './process/attachment.ts';
import { message, wholeMessage } from './scripted-provider.fixture.ts';

const shared = sharedDatabase();

/** A server that writes these bytes after each request. */
async function writes(work: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => work(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const upgrade = 'connection: upgrade\r\nupgrade: websocket\r\n';

test.each([
  ['101 and an upgrade', `HTTP/1.1 101 Switching Protocols\r\n${upgrade}\r\n`],
  ['101 and no upgrade', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
  [
    '101 to HTTP/2',
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n\0\0\0\x04\0\0',
  ],
  ['101 with an answer behind it', `HTTP/1.1 101 Switching\r\n${upgrade}\r\nHTTP/1.1 200 OK\r\n\r\n{}`],
  ['103 and then 101', `HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 101 Switching\r\n${upgrade}\r\n`],
  ['100 and nothing more', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['102 and nothing more', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ['a 1xx that nobody knows', 'HTTP/1.1 199 Odd\r\n\r\n'],
])(
  'R-BUD-2: a call that the provider answers with %s ends in time, and is presumed spent',
  async (_, bytes) => {
    const database = shared();
    const url = await writes((socket) => socket.write(bytes));
    const ground = await gatewayGround(database, { baseUrl: () => url, limits: { answerMs: 300 } });
    expect((await ask(ground)).status).toBeGreaterThanOrEqual(502);
    const call = await theCall(database);
    expect(call).toMatchObject({ status: 'presumed', actualNanoUsd: call.reservedNanoUsd });
    await until('no call under way', async () => (await health(ground)).calls === 0);
  },
);

test('R-BUD-2: a provider that says 103 again and again does not get more time', async () => {
  const database = shared();
  let timer: NodeJS.Timeout | undefined;
  const url = await writes((socket) => {
    timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 20);
  });
  onTestFinished(() => clearInterval(timer));
  const ground = await gatewayGround(database, { baseUrl: () => url, limits: { answerMs: 300 } });
  expect(await ask(ground)).toMatchObject({ status: 504 });
  expect(await theCall(database)).toMatchObject({ status: 'presumed', failure: 'timeout' });
});

test('R-BUD-2: 101 is no answer of a model, streamed or not', async () => {
  const database = shared();
  const url = await writes((socket) => socket.write(`HTTP/1.1 101 Switching\r\n${upgrade}\r\n`));
  const ground = await gatewayGround(database, { baseUrl: () => url });
  expect(await ask(ground, { body: message({ stream: true }) })).toMatchObject({ status: 502 });
  expect(await theCall(database)).toMatchObject({ status: 'presumed', failure: 'malformed' });
});

test('R-BUD-3: another program in the place of the gateway that answers with 101 is not waited for', async () => {
  const url = await writes((socket) => socket.write(`HTTP/1.1 101 Switching\r\n${upgrade}\r\n`));
  const address = {
    id: crypto.randomUUID(),
    pid: process.pid,
    port: Number(new URL(url).port),
    socketPath: '',
  };
  expect(await attachTo(address)).toBeNull();
  const limits = { askEveryMs: 1, unansweredMax: 1 };
  // It answers, so it does not hang.
  expect(await hasGoneSilent(address, limits, new AbortController().signal)).toBe(false);
});

test('R-BUD-3: an answer after 100, 102 and 103 is passed on', async () => {
  const database = shared();
  const body = wholeMessage();
  const length = Buffer.byteLength(body);
  const before = ['100 Continue', '102 Processing', '103 Early Hints'].map(
    (each) => `HTTP/1.1 ${each}\r\n\r\n`,
  );
  const url = await writes((socket) =>
    socket.write(`${before.join('')}HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n${body}`),
  );
  const ground = await gatewayGround(database, { baseUrl: () => url });
  expect(await ask(ground)).toMatchObject({ status: 200, body });
  expect(await theCall(database)).toMatchObject({ status: 'settled' });
});
