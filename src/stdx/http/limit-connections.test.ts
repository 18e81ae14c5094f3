import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { limitConnections } from './limit-connections.ts';

/** More than the machine keeps of an answer for a client that does not read it. */
const answer = Buffer.alloc(16 * 1024 * 1024, 'x');

async function ground(unreadBytesMax = 1024 * answer.length) {
  const server = createServer((request, response) => {
    if (request.url === '/short') response.end('short');
    else if (request.url === '/large') response.end(answer);
    // A stream that never ends by itself.
    else response.write('begun');
  });
  limitConnections(server, { connectionsMax: 12, waitingMax: 8, waitingPerAddressMax: 6, unreadBytesMax });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open: Socket[] = [];
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  /** A client that reads only the beginning of the answer. */
  const ask = async (path: string): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    open.push(socket);
    socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
    await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
    return socket;
  };
  const short = async () =>
    (await fetch(`http://127.0.0.1:${port}/short`, { headers: { connection: 'close' } })).text();
  const connections = () => promisify(server.getConnections.bind(server))();
  return { ask, short, connections };
}

test('R-SEC-3: fear: clients that do not read their answers block everybody else', async () => {
  const { ask, short } = await ground();
  for (let n = 0; n < 20; n += 1) await ask('/large');
  expect(await short()).toBe('short');
});

test('R-SEC-3: fear: answers that nobody reads fill the memory, on fewer connections than the limit', async () => {
  const { ask, short, connections } = await ground(2.5 * answer.length);
  for (let n = 0; n < 5; n += 1) await ask('/large');
  await expect.poll(connections).toBe(3);
  expect(await short()).toBe('short');
});

test('an answer that is still being made is never interrupted', async () => {
  const { ask, short } = await ground();
  const first = await ask('/stream');
  for (let n = 0; n < 9; n += 1) await ask('/stream');
  expect(await short()).toBe('short');
  expect(first.destroyed).toBe(false);
});

test('R-SEC-3: fear: one client behind a proxy has the connections of all its other clients closed', async () => {
  const server = createServer();
  const isProxy = (address: string | undefined) => address === '127.0.0.1';
  limitConnections(server, {
    connectionsMax: 12,
    waitingMax: 8,
    waitingPerAddressMax: 2,
    unreadBytesMax: 1,
    isProxy,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connections = () => promisify(server.getConnections.bind(server))();
  const open = Array.from({ length: 8 }, () => connect(port, '127.0.0.1'));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  await expect.poll(connections).toBe(8);
  open.push(connect(port, '127.0.0.1'));
  await expect.poll(() => open.filter(({ destroyed }) => destroyed).length).toBe(1);
  expect(await connections()).toBe(8);
});
