import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { revokeToken } from '../store/access/api-tokens.ts';
import { type ApiGround, apiGround } from './api-ground.fixture.ts';
import { bodyBytesMax } from './request/read-json.ts';
import { startServer } from './serving/server.ts';

const document = '/api/openapi.json';
const code = (body: unknown) => (body as { code: string }).code;
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body,
});
const execute = '/api/client-manager/execute';

/** A request that no browser and no fetch would send. */
function raw(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

test('R-SEC-1: without a valid token only /healthz answers, and each refusal is delayed', async () => {
  const { call, server, database, tokens, recorded } = await apiGround({ failureDelayMs: 150 });
  expect(await call('/healthz', { headers: { authorization: '' } })).toMatchObject({
    status: 200,
    body: { status: 'ok', version: '0.0.0', database: 'up', worker: 'working' },
  });
  for (const authorization of ['', 'Bearer wrong', `Basic ${tokens.admin}`, `Bearer ${'x'.repeat(5_000)}`]) {
    const startedMs = performance.now();
    const answer = await call(document, { headers: { authorization } });
    expect(answer).toMatchObject({ status: 401, body: { code: 'TOKEN_INVALID' } });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(140);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  }
  const admin = await database.query
    .selectFrom('apiTokens')
    .selectAll()
    .where('role', '=', 'admin')
    .executeTakeFirstOrThrow();
  expect((await call(document)).status).toBe(200);
  expect(await revokeToken(database.query, admin.id)).toBe(true);
  expect((await call(document)).status).toBe(401);
  expect(JSON.stringify(admin)).not.toContain(tokens.admin);
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(recorded).toEqual([]);
});

/** As many wrong tokens at once as are refused immediately beyond those that wait, which wait until the test is over. */
async function floodOf({ call }: Pick<ApiGround, 'call'>, callers: number): Promise<number[]> {
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const statuses: number[] = [];
  const wrong = { headers: { authorization: 'Bearer wrong' }, signal: over.signal };
  for (let n = 0; n < callers; n += 1)
    void call(document, wrong).then(
      ({ status }) => statuses.push(status),
      () => undefined,
    );
  await expect.poll(() => statuses.length).toBe(callers - failuresWaitingMax);
  return statuses;
}

/** More wrong tokens than this do not wait at the same time. */
const failuresWaitingMax = 32;
const longMs = 3_600_000;

test('R-SEC-1: a flood of wrong tokens waits in limited number, and does not block callers with a valid one', async () => {
  const ground = await apiGround({ failureDelayMs: longMs });
  expect(new Set(await floodOf(ground, 60))).toEqual(new Set([429]));
  expect((await ground.call(document)).status).toBe(200);
});

test('R-BASE-3: a viewer may not change anything', async () => {
  const { call, tokens } = await apiGround();
  const viewer = { authorization: `Bearer ${tokens.viewer}` };
  expect((await call(document, { headers: viewer })).status).toBe(200);
  const refused = await call(execute, post('{}', viewer));
  expect(refused).toMatchObject({ status: 403, body: { code: 'ROLE_TOO_LOW' } });
  const operator = { authorization: `Bearer ${tokens.operator}` };
  expect(code((await call(execute, post('{}', operator))).body)).toBe('REQUEST_INVALID');
});

test("R-SEC-1: another site's page, and a foreign name that points here, are rejected before the token is checked", async () => {
  const { server, tokens } = await apiGround();
  const authorization = `Bearer ${tokens.admin}`;
  const status = (headers: Record<string, string>) =>
    raw(`${server.url}${document}`, { authorization, ...headers });
  const host = `127.0.0.1:${server.port}`;
  expect(await status({})).toBe(200);
  expect(await status({ host: 'localhost:9999' })).toBe(200);
  expect(await status({ host: `[::1]:${server.port}` })).toBe(200);
  expect(await status({ origin: `http://${host}` })).toBe(200);
  for (const name of ['evil.example', `evil.example:${server.port}`, '127.0.0.1.evil.example', 'localhost.'])
    expect(await status({ host: name })).toBe(403);
  for (const origin of ['https://evil.example', 'null', 'http://localhost:1', `http://${host}.evil.example`])
    expect(await status({ origin })).toBe(403);
});

test('R-SEC-1: the configured public address is accepted, with its own pages', async () => {
  const { server, tokens } = await apiGround({ baseUrl: 'https://moose.example.org' });
  const status = (headers: Record<string, string>) =>
    raw(`${server.url}${document}`, { authorization: `Bearer ${tokens.admin}`, ...headers });
  const host = 'moose.example.org';
  expect(await status({ host })).toBe(200);
  expect(await status({ host, origin: 'https://moose.example.org' })).toBe(200);
  expect(await status({ host, origin: 'http://moose.example.org' })).toBe(403);
  expect(await status({ host, origin: 'https://evil.example' })).toBe(403);
});

test('R-SEC-3: a body that is too large, too deep, not UTF-8, not JSON or of another type is a clear error', async () => {
  const { call } = await apiGround();
  const cases: Array<[string | Uint8Array<ArrayBuffer>, number, string]> = [
    ['x'.repeat(bodyBytesMax + 1), 413, 'BODY_TOO_LARGE'],
    ['['.repeat(100_000), 400, 'JSON_TOO_DEEP'],
    ['{"a":'.repeat(65), 400, 'JSON_TOO_DEEP'],
    [new Uint8Array([0x7b, 0xff, 0xfe]), 400, 'JSON_INVALID'],
    ['{"a":', 400, 'JSON_INVALID'],
    ['{"\\u0000":1}', 400, 'JSON_INVALID'],
    ['{"\\ud800":1}', 400, 'JSON_INVALID'],
    ['[]', 400, 'REQUEST_INVALID'],
    ['', 400, 'REQUEST_INVALID'],
    ['{"escalation_id":"no","option":"x"}', 400, 'REQUEST_INVALID'],
  ];
  for (const [body, status, expected] of cases) {
    const answer = await call(execute, post(body));
    expect([answer.status, code(answer.body)]).toEqual([status, expected]);
    expect((answer.body as { advice: string }).advice).not.toBe('');
  }
  const form = await call(execute, post('a=b', { 'content-type': 'application/x-www-form-urlencoded' }));
  expect([400, 415]).toContain(form.status);
  expect((await call('/api/nothing')).body).toMatchObject({ code: 'PATH_NOT_FOUND' });
  const misnamed = await call('/api/work-orders/not-an-id');
  expect(misnamed).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('id must be an id') },
  });
  expect(JSON.stringify(misnamed.body)).not.toContain('^[');
  // Braces inside texts do not count as nesting.
  expect(code((await call(execute, post(JSON.stringify({ a: '['.repeat(100) })))).body)).toBe(
    'REQUEST_INVALID',
  );
});

test('R-SEC-3: an endless body is cut off at the limit, and others are served meanwhile', async () => {
  const { call, server, tokens } = await apiGround();
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const head = ['POST /api/client-manager/execute HTTP/1.1', `host: 127.0.0.1:${server.port}`];
  const rest = [
    `authorization: Bearer ${tokens.admin}`,
    'content-type: application/json',
    'transfer-encoding: chunked',
  ];
  socket.write(`${[...head, ...rest].join('\r\n')}\r\n\r\n`);
  socket.on('error', () => undefined);
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
  const pour = () => {
    if (!socket.destroyed && socket.writable) socket.write(chunk, pour);
  };
  pour();
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString()).toContain('413');
  expect((await call('/healthz')).status).toBe(200);
  socket.destroy();
});

test('every path of the interface is in the OpenAPI document', async () => {
  const { call } = await apiGround();
  const { body } = await call(document);
  const { paths, components } = body as {
    paths: Record<string, Record<string, { security?: unknown }>>;
    components: { schemas: object; securitySchemes: object };
  };
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining([
      '/api/client-manager/escalate',
      '/api/client-manager/execute',
      '/api/client-manager/resolutions/{id}',
      '/api/sentinel',
      '/healthz',
    ]),
  );
  expect(Object.keys(components.schemas)).toContain('Problem');
  expect(components.securitySchemes).toMatchObject({ token: { type: 'http', scheme: 'bearer' } });
  expect(paths['/api/client-manager/execute']?.post?.security).toEqual([{ token: [] }, { cookie: [] }]);
});

test('a port that is in use is a clear error, and no other port is silently used', async () => {
  const { server } = await apiGround();
  const again = startServer({} as Parameters<typeof startServer>[0], {
    bind: '127.0.0.1',
    port: server.port,
  });
  await expect(again).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    advice: expect.stringContaining('--port'),
  });
});

test('while the database is unavailable, a request is answered in time with advice, and /healthz says so', async () => {
  const { call, database } = await apiGround({ requestMsMax: 300 });
  await database.close();
  expect(await call('/healthz')).toMatchObject({
    status: 503,
    body: { status: 'degraded', database: 'away' },
  });
  const answer = await call(document);
  expect(answer.status).toBeGreaterThanOrEqual(500);
  expect((answer.body as { detail: string }).detail).not.toBe('');
});

test('internal details are not sent to clients', async () => {
  const boom = async () => {
    throw new Error('the secret of the inside');
  };
  const { call, recorded } = await apiGround({
    clientManager: { report: boom, one: boom, answer: boom },
  });
  const answer = await call('/api/client-manager/resolutions/0192f0c4-0000-7000-8000-000000000000');
  expect(answer).toMatchObject({ status: 500, body: { code: 'UNEXPECTED' } });
  expect(JSON.stringify(answer.body)).not.toContain('secret');
  expect(recorded).toEqual(['UNEXPECTED']);
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

test('R-SEC-1: fear: callers without a token fill the table of errors', async () => {
  const ground = await apiGround({ failureDelayMs: longMs });
  const { call, recorded } = ground;
  const wrong = { headers: { authorization: 'Bearer wrong' } };
  expect(new Set(await floodOf(ground, 100))).toEqual(new Set([429]));
  for (let n = 0; n < 10; n += 1)
    expect(await call('/api/sentinel', { method: 'POST', ...wrong })).toMatchObject({
      body: { code: 'WEBHOOKS_NOT_CONFIGURED' },
    });
  expect(recorded).toEqual(['TOO_MANY_FAILED_LOGINS', 'WEBHOOKS_NOT_CONFIGURED']);
});

test('fear: an unknown method counts as a bug of ours', async () => {
  const { server, recorded } = await apiGround();
  const [answer] = (await once(request(`${server.url}/healthz`, { method: 'TRACE' }).end(), 'response')) as [
    IncomingMessage,
  ];
  answer.resume();
  expect(answer.statusCode).toBe(405);
  expect(recorded).toEqual([]);
});

/** The places of schemas that name another schema, which allows no null, and also say that null may come. */
function neverNull(node: unknown, path = ''): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { allOf } = node as { allOf?: { $ref?: string; type?: unknown }[] };
  const isBroken =
    allOf?.some((each) => each.$ref !== undefined) &&
    allOf.some((each) => [each.type].flat().includes('null'));
  const below = Object.entries(node).flatMap(([key, value]) => neverNull(value, `${path}/${key}`));
  return isBroken ? [path, ...below] : below;
}

test('R-UI-1: fear: the document forbids a null that the server sends', async () => {
  const { call } = await apiGround();
  const { body } = await call(document);
  expect(neverNull(body)).toEqual([]);
  const planted = { a: { allOf: [{ $ref: '#/x' }, { type: ['object', 'null'] }] } };
  expect(neverNull(planted)).toEqual(['/a']);
});
