// Hostile and excessive input to the egress proxy.
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { until } from '../../stdx/async/until.fixture.ts';
import { echo, listening, proxy, raw, send, tunnel } from './egress-proxy.fixture.ts';

const hostile: [string, string][] = [
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
  ['a path in place of a URL', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['https:// in absolute form', 'GET https://registry.test/ HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['CONNECT without a port', 'CONNECT registry.test HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['CONNECT to port 0', 'CONNECT registry.test:0 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['CONNECT with a name and a password', 'CONNECT a:b@registry.test:443 HTTP/1.1\r\nHost: a\r\n\r\n'],
  [
    'two lengths',
    'POST http://registry.test/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
  ],
  [
    'a length and chunks',
    'POST http://registry.test/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['one header of a megabyte', `GET http://registry.test/ HTTP/1.1\r\nX: ${'x'.repeat(1024 * 1024)}\r\n\r\n`],
  ['a hundred thousand headers', `GET http://registry.test/ HTTP/1.1\r\n${'X: y\r\n'.repeat(100_000)}\r\n`],
];

test.each(hostile)('R-SEC-6: fear: %s ends the proxy, or reaches a host', async (_, bytes) => {
  const at = await echo();
  const { port } = await proxy([], ['registry.test', `127.0.0.1:${at}`], {
    names: { 'registry.test': ['127.0.0.1'] },
  });
  // A client that keeps sending while it is refused may see a broken connection instead of the answer.
  expect(await send(port, bytes, { ends: true })).toMatch(/^(HTTP\/1.1 4\d\d |broken|$)/);
  expect(await tunnel(port, `127.0.0.1:${at}`, 'on')).toContain('heard on');
});

test('R-SEC-6: fear: slow headers and silent tunnels keep their connections forever', async () => {
  const quiet = await listening(createServer((socket) => void socket.on('error', () => undefined)));
  const { port } = await proxy([], [`127.0.0.1:${quiet}`], { limits: { headersMsMax: 200, idleMsMax: 400 } });
  expect(await send(port, 'CONNECT 127.0.0.1:1 HT')).toMatch(/^(HTTP\/1.1 408 |broken|$)/);
  expect(await tunnel(port, `127.0.0.1:${quiet}`)).toMatch(/^(HTTP\/1.1 200 |broken)/);
});

test('R-SEC-6: 200 concurrent connections work, and connections above the limit are refused', async () => {
  const at = await echo();
  const { port } = await proxy([], [`127.0.0.1:${at}`]);
  const all = await Promise.all(
    Array.from({ length: 200 }, (_, index) => tunnel(port, `127.0.0.1:${at}`, `number ${index}.`)),
  );
  for (const [index, answer] of all.entries()) expect(answer).toContain(`heard number ${index}.`);
  const few = await proxy([], [`127.0.0.1:${at}`], { limits: { connectionsMax: 2 } });
  const held = [raw(few.port), raw(few.port)];
  await until('both to be open', () => held.every((socket) => !socket.connecting));
  await until(
    'a third to be turned away',
    async () => (await tunnel(few.port, `127.0.0.1:${at}`, 'x')) === '',
  );
  for (const socket of held) socket.destroy();
  await until('a place to be free again', async () =>
    (await tunnel(few.port, `127.0.0.1:${at}`, 'x')).includes('heard x'),
  );
});
