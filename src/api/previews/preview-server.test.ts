import { once } from 'node:events';
import type { ClientRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { addToken, newToken, revokeToken } from '../../store/access/api-tokens.ts';
import { addWebSession, endWebSession } from '../../store/access/web-sessions.ts';
import { previewGround } from './preview-ground.fixture.ts';
import { startPreviewServer } from './preview-server.ts';

const shared = sharedDatabase();

/** With one open preview. */
async function opened(given: Parameters<typeof previewGround>[1] = {}) {
  const ground = await previewGround(shared(), given);
  const { host, cookie, location } = await ground.open();
  const look = (path: string, more: Parameters<typeof ground.ask>[2] = {}) =>
    ground.ask(host, path, { ...more, headers: { cookie, ...more.headers } });
  return { ...ground, host, cookie, location, look };
}

/** Of `rawHeaders`, with the names in lower case. */
function pairsIn(raw: unknown): [string, string][] {
  const words = raw as string[];
  return words.flatMap((name, at) =>
    at % 2 === 0 ? [[name.toLowerCase(), words[at + 1] ?? ''] as [string, string]] : [],
  );
}

test('a person opens a service in its own network with a link that works once', async () => {
  const ground = await previewGround(shared());
  const link = await ground.link();
  expect(link.host).toMatch(/^[a-z2-7]{20}\.localhost:4318$/);
  const first = await ground.ask(link.host, link.pathname);
  expect(first).toMatchObject({
    status: 303,
    headers: {
      location: `http://${link.host}/`,
      'referrer-policy': 'no-referrer',
      'set-cookie': [
        expect.stringMatching(/^moose_preview=[\w-]{43}; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/),
      ],
    },
  });
  const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  expect(await ground.ask(link.host, '/a?b', { headers: { cookie } })).toMatchObject({
    status: 200,
    body: 'page GET /a?b',
  });
  const again = await ground.ask(link.host, link.pathname);
  expect(again).toMatchObject({ status: 403, body: expect.stringContaining('works once') });
  expect(again.headers['set-cookie']).toBeUndefined();
});

describe('fear: somebody gets what a preview shows without having opened its link', () => {
  test('without its cookie, with that of another preview, or after its hour', async () => {
    const { ask, link, open, host, cookie, look } = await opened();
    const other = await open();
    const late = await link();
    for (const headers of [
      {},
      { cookie: other.cookie },
      { cookie: `${cookie}x` },
      { cookie: 'moose_preview=' },
    ])
      expect(await ask(host, '/', { headers: { ...headers } })).toMatchObject({ status: 403 });
    expect(await ask(other.host, '/', { headers: { cookie } })).toMatchObject({ status: 403 });
    await sql`update previews set expires_at = clock_timestamp()`.execute(shared().query);
    expect(await ask(late.host, late.pathname)).toMatchObject({ status: 403 });
    await until('the preview to be over', async () => (await look('/')).status === 403);
  });

  test('by a link at another host name, with another method, or made up', async () => {
    const { ask, link } = await opened();
    const [one, two] = [await link(), await link()];
    expect(await ask(two.host, one.pathname)).toMatchObject({ status: 403 });
    expect(await ask(one.host, one.pathname, { method: 'POST' })).toMatchObject({ status: 403 });
    expect(await ask(one.host, `${one.pathname}x`)).toMatchObject({ status: 403 });
    expect(await ask(one.host, '/.moose/other')).toMatchObject({ status: 403 });
    for (const host of ['localhost:4318', '127.0.0.1', 'x.localhost:4318', `${one.host}.evil.example`])
      expect(await ask(host, one.pathname)).toMatchObject({ status: 404 });
    // None of this has used it up.
    expect(await ask(one.host, one.pathname)).toMatchObject({ status: 303 });
  });

  test.each(['signs out', 'loses the token'])('after the person %s', async (how) => {
    const ground = await previewGround(shared());
    const database = shared();
    const { id: tokenId } = (await addToken(database.query, newToken(), {
      name: crypto.randomUUID(),
      role: 'operator',
      createdBy: 'test',
    })) ?? { id: '' };
    const session = await database.transaction((query) => addWebSession(query, { tokenId, userAgent: '' }));
    const { host, cookie } = await ground.open(await ground.link({ tokenId, webSessionId: session.id }));
    const look = () => ground.ask(host, '/', { headers: { cookie } });
    expect(await look()).toMatchObject({ status: 200 });
    await database.transaction(async (query) => {
      if (how === 'signs out') await endWebSession(query, session.id);
      else await revokeToken(query, tokenId);
    });
    await until('the preview to be over', async () => (await look()).status === 403);
  });

  test.each([
    ['has another role', sql`update api_tokens set role = 'viewer'`],
    ['is in no rule any more', sql`update api_tokens set person = 'eve@example.org'`],
    ['has another role by the rules', sql`update api_tokens set person = 'vic@example.org'`],
    [
      'signed in at the provider a day ago',
      sql`update web_sessions set created_at = clock_timestamp() - interval '25 h'`,
    ],
  ])('after the person %s', async (_, change) => {
    const allow = [
      { kind: 'email', value: 'ada@example.org', role: 'operator' },
      { kind: 'email', value: 'vic@example.org', role: 'viewer' },
    ] as const;
    const ground = await previewGround(shared(), { allow });
    const { query } = shared();
    const { id: tokenId } = (await addToken(query, newToken(), {
      name: crypto.randomUUID(),
      role: 'operator',
      createdBy: 'test',
      person: 'ada@example.org',
    })) ?? { id: '' };
    await sql`update api_tokens set issuer = 'oidc', subject = id::text, groups = '{}' where id = ${tokenId}`.execute(
      query,
    );
    const { id: webSessionId } = await shared().transaction((given) =>
      addWebSession(given, { tokenId, userAgent: '' }),
    );
    const asked = { tokenId, webSessionId };
    const { host, cookie } = await ground.open(await ground.link(asked));
    const unused = await ground.link(asked);
    const look = () => ground.ask(host, '/', { headers: { cookie } });
    expect(await look()).toMatchObject({ status: 200 });
    await change.execute(query);
    expect(await ground.ask(unused.host, unused.pathname)).toMatchObject({ status: 403 });
    await until('the preview to be over', async () => (await look()).status === 403);
  });

  test('for a page of another site, or of another preview', async () => {
    const { look, host } = await opened();
    const foreign = [
      { origin: 'http://abc.localhost:4318' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
    ];
    for (const headers of foreign)
      expect(await look('/', { headers: { ...headers } })).toMatchObject({ status: 400 });
    expect(await look('/', { headers: { origin: `http://${host}` } })).toMatchObject({ status: 200 });
  });
});

test('a service sees a request to its own localhost, and nothing that proves who the person is', async () => {
  const { look, host } = await opened();
  const headers = { cookie: `moose_preview=${'x'.repeat(43)}; theme=dark`, origin: `http://${host}` };
  const { body: denied, status } = await look('/headers', { headers });
  expect({ status, denied }).toMatchObject({ status: 403 });
  const { host: own, cookie, ask } = await opened();
  const { body } = await ask(own, '/headers', {
    headers: { cookie: `${cookie}; theme=dark`, 'x-forwarded-email': 'ada@example.org' },
  });
  const seen = JSON.parse(body) as Record<string, string>;
  expect(seen).toMatchObject({ host: expect.stringMatching(/^localhost:2\d{4}$/), cookie: 'theme=dark' });
  expect(Object.keys(seen).sort()).toEqual(['connection', 'cookie', 'host']);
});

test('a service keeps to its own host name: cookies, redirects, and what a browser stores', async () => {
  const { look, host } = await opened();
  const { headers } = await look('/cookies');
  expect(headers).toMatchObject({ 'set-cookie': ['a=1'] });
  expect(headers).not.toHaveProperty('clear-site-data');
  expect((await look('/there')).headers.location).toBe(`http://${host}/here`);
});

test('bodies of every length pass, with a length and in chunks', async () => {
  const { look, begin, host, cookie } = await opened();
  const body = 'x'.repeat(3_000_000);
  expect((await look('/echo', { method: 'POST', body })).body).toBe(body);
  // A GET with a body in chunks: without them, the service would take it for another request.
  const asked = begin(host, '/echo', { headers: { cookie, 'transfer-encoding': 'chunked' } });
  asked.write('GET /next HTTP/1.1\r\nhost: x\r\n\r\n');
  asked.end('rest');
  const [answer] = await once(asked, 'response');
  expect(await text(answer)).toBe('GET /next HTTP/1.1\r\nhost: x\r\n\r\nrest');
});

test('an answer streams: its headers and each part arrive when the service writes them', async () => {
  const { look, begin, host, cookie } = await opened();
  const asked = begin(host, '/stream', { headers: { cookie } });
  asked.end();
  const [answer] = await once(asked, 'response');
  onTestFinished(() => answer.destroy());
  // Listening all the time: what arrives while nobody listens is gone.
  const arrived: string[] = [];
  answer.on('data', (part: Buffer) => void arrived.push(part.toString()));
  for (const parts of [['more '], ['more ', 'more ']]) {
    await look('/next');
    await expect.poll(() => arrived).toEqual(parts);
  }
});

describe('a WebSocket', () => {
  const asking = { connection: 'Upgrade', upgrade: 'websocket' };

  test('passes both ways, and ends with the service', async () => {
    const { begin, host, cookie, running } = await opened();
    const asked = begin(host, '/live', { headers: { ...asking, cookie, origin: `http://${host}` } });
    asked.end();
    const [answer, socket] = await once(asked, 'upgrade');
    expect(answer.headers).toMatchObject({ 'sec-websocket-accept': 'yes', upgrade: 'websocket' });
    expect(answer.headers).not.toHaveProperty('set-cookie');
    let heard = '';
    socket.on('data', (part: Buffer) => {
      heard += part.toString();
    });
    socket.write('echo');
    await until('the echo', () => heard.includes('echo'));
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    await running.stop();
    await closed;
  });

  test('is refused without the cookie, to another site, and if the service refuses it', async () => {
    const { ask, host, cookie } = await opened();
    const open = (path: string, headers: Record<string, string>) =>
      ask(host, path, { headers: { ...asking, ...headers } });
    expect(await open('/live', {})).toMatchObject({ status: 403 });
    expect(await open('/live', { cookie, origin: 'https://evil.example' })).toMatchObject({ status: 400 });
    expect(await open('/no', { cookie })).toMatchObject({
      status: 503,
      body: expect.stringContaining('with 400'),
    });
  });
});

describe('fear: a hostile service or client takes the server along', () => {
  test.each([
    ['/away', 503, 'closed the connection'],
    ['/big', 503, 'closed the connection'],
    ['/switch', 503, 'closed the connection'],
    ['/status', 503, 'ERR_HTTP_INVALID_STATUS_CODE'],
  ])('the service does %s', async (path, status, said) => {
    const { look, recorded } = await opened();
    expect(await look(path)).toMatchObject({ status, body: expect.stringContaining(said) });
    expect(await look('/')).toMatchObject({ status: 200 });
    expect(recorded).toEqual([]);
  });

  test('headers named as what every object has pass as any other, both ways and at a WebSocket', async () => {
    const { look, begin, host, cookie } = await opened();
    const named = { constructor: '1', ['__proto__']: '2', hasownproperty: '3' };
    const { body, rawHeaders } = await look('/names', { headers: named });
    const heard: unknown = JSON.parse(body);
    for (const [name, value] of Object.entries(named)) expect(pairsIn(heard)).toContainEqual([name, value]);
    expect(pairsIn(rawHeaders)).toEqual(
      expect.arrayContaining([
        ['constructor', '1'],
        ['__proto__', '2'],
        ['__proto__', '4'],
        ['hasownproperty', '3'],
      ]),
    );
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', cookie, ...named };
    const asked = begin(host, '/live', { headers: upgrade });
    asked.end();
    const [answer, socket] = await once(asked, 'upgrade');
    socket.destroy();
    for (const pair of Object.entries(named)) expect(pairsIn(answer.rawHeaders)).toContainEqual(pair);
  });

  test('R-SEC-4: fear: a service gets what its visitor proves itself with at Moose, at a page and at a WebSocket', async () => {
    const { look, begin, host, cookie } = await opened();
    const proof = {
      authorization: 'Bearer moose_secret',
      'proxy-authorization': 'Basic c2VjcmV0',
      'x-own': 'stays',
    };
    const { body } = await look('/headers', { headers: proof });
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket', cookie };
    const asked = begin(host, '/told', { headers: { ...upgrade, ...proof } });
    asked.end();
    const [, socket, head] = await once(asked, 'upgrade');
    const told = `${head}${await text(socket)}`;
    for (const said of [body, told]) {
      expect(JSON.parse(said)).toMatchObject({ 'x-own': 'stays' });
      expect(said).not.toMatch(/moose_secret|c2VjcmV0/);
      expect(said).not.toContain(cookie);
    }
  });

  test('an answer that breaks off is not complete for the browser', async () => {
    const { look } = await opened();
    await expect(look('/half')).rejects.toThrow();
    expect(await look('/')).toMatchObject({ status: 200 });
  });

  test('a service that ends, and more requests than a preview may have', async () => {
    const { look, begin, host, cookie } = await opened({ limits: { exchangesMax: 2 } });
    const hanging: ClientRequest[] = [];
    // One that comes while the page is looked at is refused, so another one follows.
    await until('the preview to be full', async () => {
      const asked = begin(host, '/hang', { headers: { cookie } });
      hanging.push(asked.on('error', () => undefined));
      asked.end();
      return (await look('/')).body.includes('Too many previews');
    });
    for (const each of hanging) each.destroy();
    await until('room', async () => (await look('/')).status === 200);
    expect(await look('/end')).toMatchObject({ status: 503 });
  });

  test('requests that name another server, hide a second one, or are too large', async () => {
    const { server, host, cookie } = await opened();
    const say = async (lines: string[]) => {
      const socket = connect(server.port, '127.0.0.1');
      socket.write([...lines, 'Connection: close', '', ''].join('\r\n'));
      return (await text(socket)).split('\r\n')[0];
    };
    const head = [`Host: ${host}`, `Cookie: ${cookie}`];
    expect(await say(['GET http://127.0.0.1:1/ HTTP/1.1', ...head])).toContain(' 400 ');
    expect(await say(['OPTIONS * HTTP/1.1', ...head])).toContain(' 400 ');
    expect(await say(['CONNECT 127.0.0.1:1 HTTP/1.1', ...head])).not.toContain(' 200 ');
    const both = ['Content-Length: 3', 'Transfer-Encoding: chunked'];
    expect(await say(['POST /echo HTTP/1.1', ...head, ...both])).toContain(' 400 ');
    expect(await say(['POST /echo HTTP/1.1', ...head, 'Transfer-Encoding: gzip, chunked'])).toContain(
      ' 400 ',
    );
    expect(await say(['GET / HTTP/1.1', ...head, `X: ${'x'.repeat(40_000)}`])).toContain(' 431 ');
    expect(await say(['GET / HTTP/1.1', `Cookie: ${cookie}`])).toContain(' 400 ');
    expect(await say(['GET / HTTP/1.1', ...head])).toContain(' 200 ');
  });
});

test('a preview ends with its service, and a link for one that does not run is not made', async () => {
  const { running, look, link } = await opened();
  expect(await look('/')).toMatchObject({ status: 200 });
  await running.stop();
  await until('the preview to be over', async () => (await look('/')).status === 403);
  await expect(link()).rejects.toMatchObject({ code: 'PREVIEW_NOT_RUNNING' });
});

describe('a server of previews does not start', () => {
  const start = (given: { pattern?: string; baseUrl?: string; port?: number }) =>
    startPreviewServer(
      {
        database: shared(),
        logger: pino({ level: 'silent' }),
        errors: { record: () => ({ id: '', resolved: () => undefined }) },
        pattern: 'http://*.preview.example.org',
        baseUrl: null,
        here: { machine: '', settings: { host: 'here' } },
        trustedProxies: [],
        allow: [],
        ...given,
      },
      { bind: '127.0.0.1', port: given.port ?? 0 },
    );

  test('fear: where its pages could set cookies for Mission Control', async () => {
    await expect(start({ baseUrl: 'http://moose.example.org' })).rejects.toMatchObject({
      code: 'PREVIEW_ADDRESS_UNSAFE',
    });
    await expect(start({ baseUrl: 'https://moose.preview.example.org' })).rejects.toMatchObject({
      code: 'PREVIEW_ADDRESS_UNSAFE',
    });
  });

  test('where its port is taken', async () => {
    const first = await start({});
    onTestFinished(() => first.close());
    await expect(start({ port: first.port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      advice: expect.stringContaining('MOOSE_PREVIEW_PORT'),
    });
  });
});

test('more previews than a process shows at once', async () => {
  const { ask, open, look } = await opened({ limits: { previewsMax: 1 } });
  expect(await look('/')).toMatchObject({ status: 200 });
  const { host, cookie } = await open();
  expect(await ask(host, '/', { headers: { cookie } })).toMatchObject({
    status: 503,
    body: expect.stringContaining('Too many previews'),
  });
});
