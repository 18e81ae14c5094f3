import { once } from 'node:events';
import { createServer } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { listening, proxy, raw } from './egress-proxy.fixture.ts';
import { greetingBytesMax, readTlsStart } from './tls-name.ts';

/** What a real TLS client sends first. */
async function greeting(servername?: string): Promise<Buffer> {
  const server = createServer();
  const at = await listening(server);
  const client = tlsConnect({ port: at, host: '127.0.0.1', ...(servername ? { servername } : {}) });
  client.on('error', () => undefined);
  onTestFinished(() => void client.destroy());
  const [socket] = await once(server, 'connection');
  const [bytes] = await once(socket, 'data');
  return bytes;
}

/** The same ClientHello in records of a few bytes each. */
function spread(bytes: Buffer): Buffer {
  const body = bytes.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < body.length; at += 50) {
    const part = body.subarray(at, at + 50);
    records.push(Buffer.from([22, 3, 1, 0, part.length]), part);
  }
  return Buffer.concat(records);
}

test('the name of a real greeting is read, whole and in parts', async () => {
  const bytes = await greeting('registry.test');
  const named = { is: 'named', name: 'registry.test' };
  expect(readTlsStart(bytes)).toEqual(named);
  expect(readTlsStart(spread(bytes))).toEqual(named);
  for (const length of [0, 1, 4, 5, 8, 60, bytes.length - 1])
    expect(readTlsStart(bytes.subarray(0, length)), String(length)).toEqual({ is: 'unfinished' });
  expect(readTlsStart(await greeting())).toEqual({ is: 'nameless' });
  expect(readTlsStart(Buffer.from('GET / HTTP/1.1'))).toEqual({ is: 'nameless' });
});

test('fear: broken bytes throw, or wait forever', async () => {
  const bytes = await greeting('registry.test');
  for (let at = 0; at < 400; at += 1) {
    const broken = Buffer.from(bytes);
    broken[at] = 255;
    expect(['nameless', 'named', 'unfinished', 'broken']).toContain(readTlsStart(broken).is);
  }
  expect(readTlsStart(Buffer.alloc(greetingBytesMax + 1, 22))).toEqual({ is: 'broken' });
  expect(readTlsStart(Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0]))).toEqual({ is: 'broken' });
  expect(readTlsStart(Buffer.from([22, 3, 1, 0, 1, 1, 23, 3, 3, 0, 1]))).toEqual({ is: 'broken' });
  expect(readTlsStart(Buffer.from([22, 3, 1, 0, 4, 1, 0, 255, 255]))).toEqual({ is: 'broken' });
  const hello = Buffer.concat([Buffer.from([22, 3, 1, 0, 8, 1, 0, 0, 4]), Buffer.alloc(4)]);
  expect(readTlsStart(hello)).toEqual({ is: 'broken' });
});

/** A ClientHello with these extensions, each with its type. */
function helloWith(...extensions: (readonly [number, Buffer])[]): Buffer {
  const all = Buffer.concat(
    extensions.map(([type, body]) => Buffer.concat([Buffer.from([0, type, 0, body.length]), body])),
  );
  const start = Buffer.concat([Buffer.alloc(34, 3), Buffer.from([0, 0, 2, 19, 1, 1, 0, 0, all.length])]);
  const hello = Buffer.concat([start, all]);
  return Buffer.concat([Buffer.from([22, 3, 1, 0, hello.length + 4, 1, 0, 0, hello.length]), hello]);
}

function namesIn(...names: (readonly [kind: number, name: string])[]): readonly [0, Buffer] {
  const all = Buffer.concat(
    names.map(([kind, name]) => Buffer.concat([Buffer.from([kind, 0, name.length]), Buffer.from(name)])),
  );
  return [0, Buffer.concat([Buffer.from([0, all.length]), all])];
}

test('R-SEC-6: fear: a greeting with several names, of which a server takes another one than the proxy', () => {
  const other = [23, Buffer.alloc(0)] as const;
  const is = (...given: (readonly [number, Buffer])[]) => readTlsStart(helloWith(...given));
  expect(is(other, namesIn([0, 'a.test']), other)).toEqual({ is: 'named', name: 'a.test' });
  expect(is(other)).toEqual({ is: 'nameless' });
  expect(is(namesIn([1, 'a.test'], [0, 'evil.test']))).toEqual({ is: 'broken' });
  expect(is(namesIn([1, 'a.test']))).toEqual({ is: 'broken' });
  expect(is(namesIn([0, 'a.test'], [0, 'evil.test']))).toEqual({ is: 'broken' });
  expect(is(namesIn([0, 'a.test']), other, namesIn([0, 'evil.test']))).toEqual({ is: 'broken' });
});

test('R-SEC-6: fear: records that servers accept before the greeting hide its name', async () => {
  const bytes = await greeting('evil.test');
  const warning = Buffer.from([21, 3, 1, 0, 2, 1, 41]);
  expect(readTlsStart(Buffer.concat([warning, bytes]))).toEqual({ is: 'broken' });
  expect(readTlsStart(Buffer.concat([Buffer.from([20, 3, 1, 0, 1, 1]), bytes]))).toEqual({ is: 'broken' });
  const empty = Buffer.from([22, 3, 1, 0, 0]);
  expect(readTlsStart(Buffer.concat([empty, bytes]))).toEqual({ is: 'named', name: 'evil.test' });
});

test('R-SEC-6: fear: behind an allowed host, TLS names another owner of the same server', async () => {
  const heard: Buffer[] = [];
  const at = await listening(
    createServer((socket) => void socket.on('error', () => undefined).on('data', (data) => heard.push(data))),
  );
  const names = { 'registry.test': ['127.0.0.1'] };
  const hosts = [`registry.test:${at}`, `other.test:${at}`, `127.0.0.1:${at}`];
  const { port, refused } = await proxy([], hosts, { names });
  const send = async (host: string, bytes: Buffer) => {
    const socket = raw(port);
    socket.write(`CONNECT ${host}:${at} HTTP/1.1\r\n\r\n`);
    await once(socket, 'data');
    const before = heard.length;
    for (let from = 0; from < bytes.length; from += 100) socket.write(bytes.subarray(from, from + 100));
    const closed = new Promise<string>((done) => {
      for (const event of ['end', 'close']) socket.on(event, () => done('closed'));
      socket.resume();
    });
    const reached = (async () => {
      while (heard.length === before) await new Promise((done) => setImmediate(done));
      return 'reached';
    })();
    const end = await Promise.race([closed, reached]);
    heard.push(Buffer.alloc(0));
    return end;
  };
  expect(await send('registry.test', await greeting('evil.test'))).toBe('closed');
  expect(await send('registry.test', spread(await greeting('evil.test')))).toBe('closed');
  expect(await send('registry.test', Buffer.alloc(20_000, 22))).toBe('closed');
  expect(refused).toEqual([
    `evil.test:${at} not listed`,
    `evil.test:${at} not listed`,
    `registry.test:${at} not listed`,
  ]);
  expect(await send('registry.test', await greeting('Registry.test'))).toBe('reached');
  expect(await send('registry.test', await greeting('other.test'))).toBe('reached');
  expect(await send('registry.test', await greeting())).toBe('reached');
  expect(await send('127.0.0.1', await greeting('any.test'))).toBe('reached');
  expect(refused).toHaveLength(3);
});
