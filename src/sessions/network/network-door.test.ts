import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { until } from '../../stdx/async/until.fixture.ts';
import { findNetwork } from '../isolation/find-network.ts';
import { IsolatedGround, untilPrinted } from '../isolation/isolated-ground.fixture.ts';
import { enterNamespace, findWay } from '../isolation/isolation-way.ts';
import { probeIsolation } from '../isolation/probe-isolation.ts';
import { stopProcess } from '../stop-process.ts';
import { machineDoor, openNetworkDoor } from './network-door.ts';

const { signal } = new AbortController();
let ground: IsolatedGround;
beforeAll(async () => {
  ground = await IsolatedGround.create();
});
afterAll(() => ground.clear());

const { way } = await probeIsolation();
const canEnter = way !== null;

function start(argv: readonly [string, ...string[]], joinedPid: number | null) {
  const found = findWay(way?.kind ?? 'user');
  if ('missing' in found) throw new Error(`${found.missing} is missing`);
  const { path: cwd } = ground.scratch;
  return ground.scratch.start(enterNamespace(found, { argv, cwd, network: 'none', joinedPid, view: null }));
}

const holder = async () => {
  const handle = await start(['/bin/sh', '-c', 'echo up; exec tail -f /dev/null'], null);
  await untilPrinted(handle);
  return handle;
};

/** Greets at once, before it is asked anything, and then repeats what it hears. */
async function greeter(port: number, host: string, joinedPid: number | null) {
  const script = `require('net').createServer({ allowHalfOpen: true }, (s) => { s.write('hello '); s.pipe(s); })
    .listen(${port}, '${host}', () => console.log('up'))`;
  await untilPrinted(await start([process.execPath, '-e', script], joinedPid));
}

async function doorTo(handle: Awaited<ReturnType<typeof holder>>) {
  const door = await openNetworkDoor(handle);
  onTestFinished(() => door.close());
  return door;
}

describe.skipIf(!canEnter)('the network of a session', () => {
  test('a connection carries every byte both ways, from the first one, and its end', async () => {
    const handle = await holder();
    const pid = await findNetwork(handle);
    await greeter(20_000, '127.0.0.1', pid);
    await greeter(20_001, '::1', pid);
    const door = await doorTo(handle);
    for (const port of [20_000, 20_001]) {
      const many = await Promise.all(Array.from({ length: 20 }, () => door.connect(port, signal)));
      const said = many.map((socket, index) => {
        socket.end(`it is ${index}`);
        return text(socket);
      });
      expect(await Promise.all(said)).toEqual(many.map((_, index) => `hello it is ${index}`));
    }
  });

  test('fear: a door leads to a port of the machine', async () => {
    const server = createServer((socket) => socket.end('of the machine')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const door = await doorTo(await holder());
    await expect(door.connect(port, signal)).rejects.toMatchObject({ code: 'SERVICE_NOT_REACHED' });
    expect(await text(await machineDoor.connect(port, signal))).toBe('of the machine');
  });

  test('there is no door to a network that has ended', async () => {
    const handle = await holder();
    await stopProcess(handle, { graceMs: 100 });
    await until('it to be gone', async () => (await findNetwork(handle)) === null);
    await expect(openNetworkDoor(handle)).rejects.toMatchObject({ code: 'SERVICE_NOT_REACHED' });
  });

  test('a closed door opens nothing more, and opened connections stay', async () => {
    const handle = await holder();
    await greeter(20_000, '127.0.0.1', await findNetwork(handle));
    const door = await doorTo(handle);
    const socket = await door.connect(20_000, signal);
    door.close();
    expect(door.isOpen()).toBe(false);
    await expect(door.connect(20_000, signal)).rejects.toMatchObject({ code: 'SERVICE_NOT_REACHED' });
    socket.end('still there');
    expect(await text(socket)).toBe('hello still there');
  });
});

test('a port on which nothing listens, and a wait that is given up', async () => {
  await expect(machineDoor.connect(1, signal)).rejects.toMatchObject({ code: 'SERVICE_NOT_REACHED' });
  const gone = new Error('gone');
  await expect(machineDoor.connect(1, AbortSignal.abort(gone))).rejects.toBe(gone);
});

test('fear: the time for opening a connection ends one that is open', async () => {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const limit = new AbortController();
  const { port } = server.address() as { port: number };
  const socket = await machineDoor.connect(port, limit.signal);
  limit.abort();
  socket.end('still open');
  expect(await text(socket)).toBe('still open');
});
