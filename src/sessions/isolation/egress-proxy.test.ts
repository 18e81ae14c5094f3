// The proxy with real sockets, in this process. The test decides which address a name has.
import { once } from 'node:events';
import { createServer as createHttpServer, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { mayConnect } from '../../stdx/network/connectable-address.ts';
import type { EgressLookup } from './egress-connect.ts';
import { echo, listening, proxy, send, tunnel } from './egress-proxy.fixture.ts';

test('R-SEC-6: a listed host is reached, even with data that was sent early and with half-closed connections', async () => {
  const at = await echo();
  const { port, refused } = await proxy([], [`registry.test:${at}`], {
    names: { 'registry.test': ['127.0.0.1'] },
  });
  expect(await tunnel(port, `registry.test:${at}`, 'hello')).toMatch(
    /^HTTP\/1.1 200 .*\r\n\r\nheard hello$/s,
  );
  const late = await listening(
    createServer({ allowHalfOpen: true }, async (socket) => void socket.end(`all ${await text(socket)}`)),
  );
  const other = await proxy([], [`registry.test:${late}`], { names: { 'registry.test': ['127.0.0.1'] } });
  const to = `CONNECT registry.test:${late} HTTP/1.1\r\n\r\nrest`;
  expect(await send(other.port, to, { ends: true })).toContain('all rest');
  expect(refused).toEqual([]);
});

test('R-SEC-6: fear: a host, a port or an address that is not on the list is reached', async () => {
  const at = await echo();
  const names = { 'other.test': ['127.0.0.1'], 'registry.test': ['127.0.0.1'] };
  const { port, refused } = await proxy([], ['registry.test'], { names });
  for (const to of [
    `other.test:${at}`,
    `registry.test:${at}`,
    `127.0.0.1:${at}`,
    `[::1]:${at}`,
    'other.test:443',
  ])
    expect(await tunnel(port, to), to).toMatch(/^HTTP\/1.1 403 Moose refuses/);
  expect(refused).toEqual(
    [...[`other.test:${at}`, `registry.test:${at}`, `127.0.0.1:${at}`, `::1:${at}`, 'other.test:443']].map(
      (each) => `${each} not listed`,
    ),
  );
});

test.each([
  ['127.0.0.1'],
  ['127.9.9.9'],
  ['::1'],
  ['::ffff:127.0.0.1'],
  ['::ffff:7f00:1'],
  ['10.1.2.3'],
  ['172.16.0.1'],
  ['192.168.1.1'],
  ['100.64.0.1'],
  ['fd00::1'],
  ['64:ff9b::7f00:1'],
  ['2002:7f00:1::'],
  ['169.254.169.254'],
  ['fe80::1'],
  ['0.0.0.0'],
  ['::'],
  ['224.0.0.1'],
  ['255.255.255.255'],
  ['::7f00:1'],
  ['::ffff:0:7f00:1'],
  ['64:ff9b:1::7f00:1'],
  ['168.63.129.16'],
])('R-SEC-6: fear: a listed name that resolves to %s is reached', async (address) => {
  const { port, refused } = await proxy(['rebound.test'], [], { names: { 'rebound.test': [address] } });
  expect(await tunnel(port, 'rebound.test:443')).toMatch(/^HTTP\/1.1 403 .*private address/);
  expect(refused).toEqual(['rebound.test:443 address']);
});

const metadata = [
  ...['169.254.169.254', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::', '::a9fe:a9fe'],
  ...[
    '::ffff:0:a9fe:a9fe',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd20:ce::254',
  ],
];

test.each([...metadata, '0.0.0.0', '::', 'fe80::1', 'fe80::1%lo', '224.0.0.1'])(
  'R-SEC-6: fear: consent to private addresses opens %s',
  async (address) => {
    const { port } = await proxy([], ['rebound.test'], { names: { 'rebound.test': [address] } });
    expect(await tunnel(port, 'rebound.test:443')).toMatch(/^HTTP\/1.1 403 /);
  },
);

test("R-SEC-6: fear: consent opens Moose's own ports", async () => {
  const at = await echo();
  const names = { 'registry.test': ['127.0.0.1'], 'mapped.test': ['::ffff:127.0.0.1'] };
  const { port } = await proxy([], [`registry.test:${at}`, `mapped.test:${at}`, `127.0.0.1:${at}`], {
    names,
    rules: { closedPorts: [at] },
  });
  for (const host of ['registry.test', 'mapped.test', '127.0.0.1'])
    expect(await tunnel(port, `${host}:${at}`), host).toMatch(/^HTTP\/1.1 403 /);
});

test('R-SEC-6: fear: after the first answer of a name server was checked, the second one is used', async () => {
  const at = await echo();
  let asked = 0;
  const resolve: EgressLookup = async () => {
    asked += 1;
    // The first address is refused; the proxy must not resolve the name a second time.
    return [{ address: asked === 1 ? '10.0.0.1' : '127.0.0.1', family: 4 }];
  };
  const { port } = await proxy([`rebound.test:${at}`], [], { resolve });
  expect(await tunnel(port, `rebound.test:${at}`)).toMatch(/^HTTP\/1.1 403 /);
  expect(asked).toBe(1);
});

test('R-SEC-6: where only IPv6 exists, the public address in a NAT64 address is judged', () => {
  const consent = { isPrivate: false, closedPorts: [] };
  const may = (address: string) => mayConnect({ address, family: 6 }, 443, consent);
  expect(may('64:ff9b::5db8:d822')).toBe(true);
  expect(may('64:ff9b::a00:1')).toBe(false);
  expect(may('2001:4860:4860::8888')).toBe(true);
});

test('a host that is down or has no address is reported as such, not as refused', async () => {
  const closed = createServer();
  const at = await listening(closed);
  closed.close();
  const { port, refused } = await proxy([], [`down.test:${at}`, 'none.test'], {
    names: { 'down.test': ['127.0.0.1'] },
  });
  expect(await tunnel(port, `down.test:${at}`)).toMatch(
    /^HTTP\/1.1 502 No connection: down.test does not answer/,
  );
  expect(await tunnel(port, 'none.test:443')).toMatch(
    /^HTTP\/1.1 502 No connection: none.test has no address/,
  );
  expect(refused).toEqual([]);
});

test('R-SEC-6: http:// requests reach only their own host: each request of a connection is checked', async () => {
  const seen: object[] = [];
  const server = createHttpServer(async (asked, answer) => {
    const { host, 'proxy-authorization': secret = null } = asked.headers;
    seen.push({ method: asked.method, url: asked.url, host, secret, body: await text(asked) });
    answer.writeHead(201, { 'x-own': 'yes' }).end('made');
  });
  const at = await listening(server);
  const names = { 'registry.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'] };
  const { port, refused } = await proxy([], [`registry.test:${at}`], { names });
  const first = `POST http://registry.test:${at}/a?b=c HTTP/1.1\r\nHost: other.test\r\nProxy-Authorization: x\r\nContent-Length: 4\r\n\r\nbody`;
  const second = `GET http://other.test:${at}/ HTTP/1.1\r\nHost: registry.test:${at}\r\nConnection: close\r\n\r\n`;
  const answers = await send(port, first + second);
  expect(answers).toMatch(/^HTTP\/1.1 201 .*x-own: yes.*made.*HTTP\/1.1 403 Moose refuses other.test/s);
  expect(seen).toEqual([
    { method: 'POST', url: '/a?b=c', host: `registry.test:${at}`, secret: null, body: 'body' },
  ]);
  expect(refused).toEqual([`other.test:${at} not listed`]);
});

test('R-SEC-6: a long body arrives completely in both directions', async () => {
  const server = createHttpServer((asked, answer) => void asked.pipe(answer));
  const at = await listening(server);
  const { port } = await proxy([], [`127.0.0.1:${at}`]);
  const body = Buffer.alloc(8 * 1024 * 1024, 'moose ');
  const asked = request({ port, host: '127.0.0.1', method: 'POST', path: `http://127.0.0.1:${at}/` });
  asked.end(body);
  const [answer] = await once(asked, 'response');
  expect(await text(answer)).toBe(body.toString());
});

test('R-SEC-6: behind the machine’s own proxy, the list still decides, and the password of that proxy stays outside', async () => {
  const at = await echo();
  const asked: object[] = [];
  const upstream = createHttpServer();
  upstream.on('connect', ({ url, headers }, client) => {
    asked.push({ url, secret: headers['proxy-authorization'] });
    if (url === 'broken.test:443') return void client.end('HTTP/1.1 502 Bad\r\n\r\n');
    const remote = connect(at, '127.0.0.1');
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    client.pipe(remote).pipe(client);
  });
  const url = `http://me:word@127.0.0.1:${await listening(upstream)}`;
  const internal = [
    '127.0.0.1',
    '169.254.169.254',
    '10.0.0.1',
    '0xa9fea9fe',
    'localhost',
    'api',
    'db.internal',
  ];
  const { port } = await proxy(['registry.test', 'broken.test', 'near.test', ...internal], ['10.0.0.2'], {
    names: { 'near.test': ['10.0.0.1'] },
    rules: { upstream: { url, direct: ['.near.test'] } },
  });
  expect(await tunnel(port, 'registry.test:443', 'far')).toContain('heard far');
  expect(await tunnel(port, 'broken.test:443')).toMatch(
    /^HTTP\/1.1 502 No connection: the proxy of this machine/,
  );
  expect(await tunnel(port, 'other.test:443')).toMatch(/^HTTP\/1.1 403 /);
  expect(await tunnel(port, 'near.test:443')).toMatch(/^HTTP\/1.1 403 .*private/);
  // The other proxy would connect to these from the network of the machine.
  for (const host of internal)
    expect(await tunnel(port, `${host}:443`), host).toMatch(/^HTTP\/1.1 403 .*private/);
  expect(await tunnel(port, '10.0.0.2:443', 'near')).toContain('heard near');
  const secret = `Basic ${Buffer.from('me:word').toString('base64')}`;
  expect(asked).toEqual([
    { url: 'registry.test:443', secret },
    { url: 'broken.test:443', secret },
    { url: '10.0.0.2:443', secret },
  ]);
});
