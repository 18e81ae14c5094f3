// Attacks by callers without access, and by callers who may only read.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { ApiRole } from '../domain/people/api-role.ts';
import { apiGround } from './api-ground.fixture.ts';
import type { OpenApiDocument } from './pages/api-docs.ts';

const json = { 'content-type': 'application/json' };
const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Sends the text unchanged, and returns the whole answer. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = Promise.withResolvers<void>();
  socket.on('close', () => closed.resolve());
  // The server may close the connection before it has read everything.
  socket.on('error', () => undefined);
  socket.on('connect', () => socket.write(text));
  await closed.promise;
  return Buffer.concat(chunks).toString();
}

/** What a person changes about themselves, regardless of their role: their session, and the browsers that are told. */
const isOnesOwn = (path: string) => path === '/api/session' || path.startsWith('/api/push/');

test('R-BASE-3: every call in the document needs its role: a viewer gets 403 on every change', async () => {
  const { call, tokens } = await apiGround();
  const document = (await call('/api/openapi.json')).body as OpenApiDocument;
  const calls = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const needed = item[method]?.['x-role'];
      return needed ? [{ method: method.toUpperCase(), path, needed: needed as ApiRole }] : [];
    }),
  );
  expect(calls.length).toBeGreaterThan(10);
  const ranks = ['viewer', 'operator', 'admin'] as const;
  for (const { method, path, needed } of calls) {
    const asked = path.replaceAll(/\{\w+\}/g, '00000000');
    const mayLook =
      method === 'GET' && !/^\/api\/(tokens|invites|project-variables|prices\/check)/.test(asked);
    if (!isOnesOwn(asked)) expect([method, path, needed === 'viewer']).toEqual([method, path, mayLook]);
    for (const role of ranks) {
      if (ranks.indexOf(role) >= ranks.indexOf(needed)) continue;
      const headers = { ...json, authorization: `Bearer ${tokens[role]}` };
      const answer = await call(asked, { method, headers, ...(method === 'GET' ? {} : { body: '{}' }) });
      expect([method, path, role, answer.status]).toEqual([method, path, role, 403]);
      expect(answer.body).toMatchObject({ code: 'ROLE_TOO_LOW' });
    }
  }
});

test('R-BASE-3: without a token, nothing in the document is answered, except what says so', async () => {
  const { call } = await apiGround({ failureDelayMs: 1 });
  const document = (await call('/api/openapi.json')).body as OpenApiDocument;
  const open = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] && !item[method]['x-role'] ? [`${method} ${path}`] : [])),
  );
  expect(open.sort()).toEqual(
    [
      'get /api/session/oidc',
      'get /api/session/oidc/callback',
      'get /api/session/ways',
      'get /healthz',
      'get /readyz',
      'post /api/sentinel',
      'post /api/sentinel/{host}',
      'post /api/session',
      'post /api/session/invite',
      'post /api/session/invite/look',
      'post /api/slack/actions',
      ...open.filter((each) => each === 'get /metrics'),
    ].sort(),
  );
  for (const path of [
    '/api/docs',
    '/api/openapi.json',
    '/api/me',
    '/api/tokens',
    '/api/invites',
    '/api/board',
    '/api/nothing',
  ]) {
    const answer = await call(path, { headers: { authorization: '' } });
    expect([path, answer.status]).toEqual([path, 401]);
  }
});

test('R-SEC-1: nine hundred wrong tokens at once are answered soon, and a valid one is admitted meanwhile', async () => {
  const { call, server, tokens } = await apiGround({ failureDelayMs: 500 });
  const startedMs = performance.now();
  // Fewer than the number of connections that the server accepts.
  const wrong = Array.from({ length: 900 }, (_, n) =>
    fetch(`${server.url}/api/session`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ token: `moose_${n}` }),
    }).then(async (answer) => ({ status: answer.status, text: await answer.text() })),
  );
  expect((await call('/api/me')).status).toBe(200);
  const answers = await Promise.all(wrong);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
  expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(500);
  expect(performance.now() - startedMs).toBeLessThan(60_000);
  expect(answers.some(({ text }) => text.includes(tokens.admin))).toBe(false);
  expect((await call('/api/me')).status).toBe(200);
});

test('R-SEC-1: a token in the URL is not accepted, wherever it is', async () => {
  const { call, tokens } = await apiGround({ failureDelayMs: 1 });
  for (const name of ['token', 'access_token', 'authorization', 'api_key'])
    expect((await call(`/api/me?${name}=${tokens.admin}`, { headers: { authorization: '' } })).status).toBe(
      401,
    );
  for (const headers of [{ cookie: `moose_session=${tokens.admin}` }, { 'x-api-key': tokens.admin }] as Array<
    Record<string, string>
  >)
    expect((await call('/api/me', { headers: { authorization: '', ...headers } })).status).toBe(401);
});

test('R-SEC-3: headers that are too large, malformed or contradictory are refused by the server itself', async () => {
  const { server, call, tokens, recorded } = await apiGround({ failureDelayMs: 1 });
  const host = `host: 127.0.0.1:${server.port}`;
  const auth = `authorization: Bearer ${tokens.admin}`;
  const send = (...lines: string[]) => raw(server.port, `${lines.join('\r\n')}\r\nconnection: close\r\n\r\n`);
  expect(await send('GET /api/me HTTP/1.1', host, `x: ${'y'.repeat(20 * 1024)}`)).toMatch(/^HTTP\/1\.1 431/);
  expect(await send('GET /api/me HTTP/1.1', auth)).toMatch(/^HTTP\/1\.1 400/);
  expect(await send('GET /api/me\r\nx: y HTTP/1.1', host)).toMatch(/^HTTP\/1\.1 40[01]/);
  expect(await send('NONSENSE /api/me HTTP/1.1', host, auth)).toMatch(/^HTTP\/1\.1 400/);
  expect(await send('GET /api/me HTTP/1.1', host, 'host: evil.example', auth)).not.toMatch(/^HTTP\/1\.1 2/);
  expect(
    await send('POST /api/session HTTP/1.1', host, 'content-length: 5', 'transfer-encoding: chunked'),
  ).toMatch(/^HTTP\/1\.1 400/);
  // A path that tries to inject a header only appears in the body, as text.
  const injected = await send('GET /api/%0d%0aset-cookie:%20a=b HTTP/1.1', host, auth);
  expect(injected).toMatch(/^HTTP\/1\.1 404/);
  expect(injected.split('\r\n\r\n')[0]?.toLowerCase()).not.toContain('set-cookie');
  expect((await call('/api/me')).status).toBe(200);
  expect(recorded).toEqual([]);
});

test('R-SEC-3: fear: unfinished requests block everybody else', async () => {
  const { call, server } = await apiGround();
  const open: Socket[] = [];
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
  });
  for (let n = 0; n < 2_400; n += 1) {
    const socket = connect(server.port, '127.0.0.1', () => socket.write('GET /api/me HTTP/1.1\r\nhost: '));
    socket.on('error', () => undefined);
    open.push(socket);
    // No more than the machine queues at a time: connections that the machine itself rejects say nothing about the
    // server.
    if (n % 200 === 199) await once(socket, 'connect');
  }
  const startedMs = performance.now();
  expect((await call('/api/me')).status).toBe(200);
  // Without the limit, the answer came only after the first of them were disconnected, half a minute later.
  expect(performance.now() - startedMs).toBeLessThan(4_000);
});

test('R-SEC-3: a body of ten megabytes is refused before it is read, signed in or not', async () => {
  const { call, tokens } = await apiGround();
  const body = `{"token":"${'x'.repeat(10 * 1024 * 1024)}"}`;
  for (const authorization of ['', `Bearer ${tokens.admin}`]) {
    // The server may close the connection while the rest is still being sent.
    const answer = await call('/api/session', {
      method: 'POST',
      headers: { ...json, authorization },
      body,
    }).catch((cause: Error) => ({ status: 0, body: cause.message }));
    expect([0, 413]).toContain(answer.status);
  }
  expect((await call('/api/me')).status).toBe(200);
});

test('a path that exists with another method names that method, and an impossible method is not a bug', async () => {
  const { call, recorded } = await apiGround();
  for (const [method, path, allow] of [
    ['DELETE', '/api/me', 'GET, HEAD'],
    ['PATCH', '/api/tokens', 'GET, HEAD, POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['OPTIONS', '/api/session', 'POST, DELETE'],
  ]) {
    const answer = await call(path ?? '', { method: method ?? '' });
    expect([path, answer.status, answer.headers.get('allow')]).toEqual([path, 405, allow]);
    expect(answer.body).toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  }
  expect(recorded).toEqual([]);
});

test('the problems of a request are reported field by field', async () => {
  const { call } = await apiGround();
  const answer = await call('/api/tokens', {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ role: 'king', person: 7 }),
  });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const { issues } = answer.body as { issues: Array<{ path: string }> };
  expect(issues.map(({ path }) => path).sort()).toEqual(['name', 'person', 'role']);
});

test('a probe reports that no worker runs yet, or that the database is unavailable', async () => {
  const state = { isWorking: false };
  const { call, database } = await apiGround({ isWorking: () => state.isWorking });
  const bare = { headers: { authorization: '' } };
  expect(await call('/readyz', bare)).toMatchObject({
    status: 503,
    body: { worker: 'starting', database: 'up' },
  });
  expect((await call('/healthz', bare)).status).toBe(200);
  state.isWorking = true;
  expect(await call('/readyz', bare)).toMatchObject({ status: 200, body: { status: 'ok' } });
  await database.close();
  expect(await call('/readyz', bare)).toMatchObject({ status: 503, body: { database: 'away' } });
});

test('the docs are a page without scripts, and list the parameters of each call', async () => {
  const { server, tokens } = await apiGround();
  const answer = await fetch(`${server.url}/api/docs`, {
    headers: { authorization: `Bearer ${tokens.viewer}` },
  });
  const page = await answer.text();
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; style-src");
  expect(page).not.toMatch(/<script|\son\w+=|https?:/i);
  expect(page).toContain('<b>POST</b> <code>/api/tokens</code>');
  expect(page).toContain('(admin)');
  expect(page).toContain('href="#Problem"');
  expect(page).toContain('id="Problem"');
});
