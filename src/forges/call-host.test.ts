import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { sharedDatabase } from '../../test/shared-database.ts';
import { sleep } from '../stdx/async/sleep.ts';
import { systemClock } from '../stdx/clock.ts';
import { keepForgeHost } from '../store/work/pull-requests/forge-hosts.ts';
import { takeWriteTurn } from '../store/work/pull-requests/forge-limits.ts';
import { createCallHost, readReply, unexpectedAnswer } from './call-host.ts';
import { createHostLimits } from './host-limits.ts';

const shared = sharedDatabase();
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(answer: Answer) {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    request.resume().on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, url: `http://${host}`, seen };
}

async function calling(answer: Answer, apartMs = 0) {
  const server = await serve(answer);
  const { host, url } = server;
  await keepForgeHost(shared().query, {
    host,
    kind: 'github',
    apiUrl: `${url}/api`,
    createdBy: 'human:ada',
    webhookSecret: null,
    credential: JSON.stringify({ source: 'env', name: 'MOOSE_FORGE_TOKEN' }),
  });
  const place = {
    host,
    apiUrl: `${url}/api`,
    clock: systemClock,
    authorization: async () => 'Bearer secret',
    limits: createHostLimits({ database: shared(), host, clock: systemClock, apartMs }),
  };
  return { ...server, call: createCallHost(place) };
}

const json = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
) =>
  void response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify(body));

test('a call is sent below the registered address, with what it asks', async () => {
  const { call, seen } = await calling((_, response) => json(response, 201, { id: 7 }));
  const query = { state: 'open', page: 2, base: undefined };
  const reply = await call({ method: 'POST', path: '/pulls', query, body: { title: 'x' } });
  expect(reply).toMatchObject({ status: 201, body: { id: 7 } });
  expect(seen[0]).toMatchObject({ method: 'POST', url: '/api/pulls?state=open&page=2' });
  expect(seen[0]?.headers.authorization).toBe('Bearer secret');
  await expect(call({ method: 'GET', path: new URL('http://other.example/x') })).rejects.toThrow(RangeError);
});

test.each([
  [401, 'FORGE_CREDENTIALS_REFUSED', 'configuration'],
  [403, 'FORGE_FORBIDDEN', 'configuration'],
  [404, 'FORGE_NOT_FOUND', 'configuration'],
  [410, 'FORGE_NOT_FOUND', 'configuration'],
  [400, 'FORGE_REFUSED', 'permanent'],
  [500, 'FORGE_UNAVAILABLE', 'transient'],
  [304, 'FORGE_REDIRECTED', 'configuration'],
])('HTTP %d is %s', async (status, code, category) => {
  const { call } = await calling((_, response) =>
    status === 304
      ? void response.writeHead(304).end()
      : json(response, status, { message: 'So.', errors: [{ field: 'head', code: 'bad' }, 'x', 1] }),
  );
  const failure = await call({ method: 'POST', path: '/x' }).catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ code, category, advice: expect.any(String) });
  if (status !== 304) expect((failure as Error).message).toContain('So.; head bad; x');
});

test.each([
  ['an object without a text', { message: { a: { toString: 1, valueOf: 1 } } }],
  ['a list without end', { message: [JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)), 'so'] }],
])('fear: %s instead of a message is no failure of the forge', async (_, body) => {
  const failure = await Promise.resolve()
    .then(() => unexpectedAnswer({ status: 400, headers: {}, body, isCut: false, facts }))
    .catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ code: 'FORGE_REFUSED' });
});

const facts = { host: 'git.example.org', method: 'GET', path: '/x', isWrite: false, timeoutMs: 1 };

test('R-SEN-7: fear: a limit or an outage of the host that has a log pauses the forge', async () => {
  const other = await serve((_, response) => json(response, 429, {}, { 'retry-after': '3600' }));
  let place = other.url;
  const { call } = await calling((request, response) =>
    request.url === '/api/log'
      ? void response.writeHead(302, { location: `${place}/log` }).end()
      : json(response, 200, {}),
  );
  const failure = await call({ method: 'GET', path: '/log', tailBytes: 6 }).catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ code: 'FORGE_LOG_UNREADABLE' });
  // A firewall keeps Moose from the host of the log.
  place = 'http://127.0.0.1:1';
  const away = { code: 'FORGE_LOG_UNREADABLE', message: expect.stringContaining('127.0.0.1:1, unreachable') };
  await expect(call({ method: 'GET', path: '/log', tailBytes: 6 })).rejects.toMatchObject(away);
  expect(await call({ method: 'GET', path: '/x' })).toMatchObject({ status: 200 });
});

test('answers that the caller reads are no failures, unless it does not know them', async () => {
  const { call } = await calling((_, response) => json(response, 422, { message: 'Validation Failed' }));
  const reply = await call({ method: 'POST', path: '/x' });
  expect(reply.status).toBe(422);
  expect(unexpectedAnswer(reply)).toMatchObject({ code: 'FORGE_REFUSED' });
  const garbled = { code: 'FORGE_GARBLED' };
  expect(() => readReply(reply, z.object({ id: z.number() }))).toThrow(expect.objectContaining(garbled));
});

test('fear: an answer is not JSON, or has no end, or comes too late', async () => {
  const page = await calling((_, response) => void response.end('<html>It works</html>'));
  await expect(page.call({ method: 'GET', path: '/x' })).rejects.toMatchObject({ code: 'FORGE_GARBLED' });
  const proxy = await calling((_, response) => void response.writeHead(502).end('Bad gateway'));
  const down = { code: 'FORGE_UNAVAILABLE', message: expect.stringContaining('Bad gateway') };
  await expect(proxy.call({ method: 'GET', path: '/x' })).rejects.toMatchObject(down);
  const long = await calling((_, response) => {
    response.writeHead(200);
    for (let n = 0; n < 20; n += 1) response.write(Buffer.alloc(1024 * 1024, 'x'));
    response.end();
  });
  await expect(long.call({ method: 'GET', path: '/x' })).rejects.toMatchObject({
    code: 'FORGE_ANSWER_TOO_LARGE',
  });
  const stop = new AbortController();
  const silent = await calling(() => stop.abort(new Error('stopped')));
  await expect(silent.call({ method: 'GET', path: '/x', signal: stop.signal })).rejects.toThrow('stopped');
});

test('fear: Moose stops while it opens a pull request, and the forge drops the half of it', async () => {
  const stop = new AbortController();
  const ended = Promise.withResolvers<boolean>();
  const busy = await calling((request, response) => {
    stop.abort(new Error('stopped'));
    const gone = once(request.socket, 'close').then(() => false);
    const answered = sleep(300).then(() => {
      response.writeHead(201).end('{}');
      return true;
    });
    ended.resolve(Promise.race([gone, answered]));
  });
  const startedMs = performance.now();
  await expect(busy.call({ method: 'POST', path: '/pulls', signal: stop.signal })).rejects.toThrow('stopped');
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  expect(await ended.promise).toBe(true);
});

test('a lost answer says whether the host may have done what it was asked', async () => {
  const cut = await calling((_, response) => void response.destroy());
  const lost = { code: 'FORGE_UNREACHABLE', category: 'transient' };
  await expect(cut.call({ method: 'PUT', path: '/x' })).rejects.toMatchObject({
    ...lost,
    metadata: { mayHaveHappened: true, circuit: `forge:${cut.host}` },
  });
  await expect(cut.call({ method: 'GET', path: '/x' })).rejects.toMatchObject({
    ...lost,
    metadata: { mayHaveHappened: false },
  });
  const nobody = createCallHost({
    host: 'nobody',
    apiUrl: 'http://127.0.0.1:1',
    clock: systemClock,
    authorization: async () => null,
    limits: createHostLimits({ database: shared(), host: 'nobody', clock: systemClock }),
  });
  const refused = { ...lost, metadata: { reason: 'ECONNREFUSED', mayHaveHappened: false } };
  await expect(nobody({ method: 'POST', path: '/x' })).rejects.toMatchObject(refused);
});

test('R-SEC-4: fear: a redirect carries the credential to another host', async () => {
  const other = await serve((_, response) => void response.end('one\ntwo\nthree\n'));
  const { call, seen } = await calling((request, response) => {
    const at = request.url?.startsWith('/api/moved') ? '/api/here' : `${other.url}/log`;
    if (request.url === '/api/here') return json(response, 200, { here: true });
    response.writeHead(302, { location: at }).end();
  });
  expect(await call({ method: 'GET', path: '/log', tailBytes: 6 })).toMatchObject({
    body: 'three\n',
    isCut: true,
  });
  expect(other.seen[0]?.headers.authorization).toBeUndefined();
  await expect(call({ method: 'GET', path: '/log' })).rejects.toMatchObject({ code: 'FORGE_REDIRECTED' });
  await expect(call({ method: 'POST', path: '/log' })).rejects.toMatchObject({ code: 'FORGE_REDIRECTED' });
  expect(other.seen).toHaveLength(1);
  expect(await call({ method: 'GET', path: '/moved' })).toMatchObject({ body: { here: true } });
  expect(seen.at(-1)?.headers.authorization).toBe('Bearer secret');
});

test('R-SEN-7: writes to a host take turns over all machines', async () => {
  const { call, host, seen } = await calling((_, response) => json(response, 200, {}), 10);
  await Promise.all([1, 2, 3].map(() => call({ method: 'POST', path: '/x' })));
  expect(seen).toHaveLength(3);
  const turn = () => takeWriteTurn(shared().query, host, { apartMs: 10_000, waitMsMax: 15_000 });
  const [first, second, third, fourth] = [await turn(), await turn(), await turn(), await turn()];
  expect(first).toBeLessThan(1_000);
  expect(second).toBeGreaterThan(5_000);
  expect(second).toBeLessThanOrEqual(10_000 + (first ?? 0));
  // Nobody reserves a turn that is too late, so that later turns are not delayed further and further.
  expect([third, fourth].at(-1)).toBeNull();
});

test('R-SEN-7: fear: writes that wait for their turn still go to a host that has asked for a pause', async () => {
  const { call, seen } = await calling(
    (_, response) => json(response, 429, { message: 'slow down' }, { 'retry-after': '3600' }),
    300,
  );
  const ends = await Promise.allSettled([1, 2, 3, 4].map(() => call({ method: 'POST', path: '/x' })));
  expect(ends.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
  expect(seen).toHaveLength(1);
});

test('R-SEN-7: a write that would wait too long for its turn is put off', async () => {
  const { call } = await calling((_, response) => json(response, 200, {}), 25_000);
  await call({ method: 'POST', path: '/x' });
  const putOff = { code: 'FORGE_PAUSED', retryAfterMs: 20_000 };
  await expect(call({ method: 'POST', path: '/x' })).rejects.toMatchObject(putOff);
  expect(await call({ method: 'GET', path: '/x' })).toMatchObject({ status: 200 });
});

test('R-SEN-7: fear: our clock is ahead of the host, and Moose calls on although the limit is used up', async () => {
  const behindMs = Date.now() - 2 * 60 * 60_000;
  const { call } = await calling((_, response) =>
    json(
      response,
      403,
      { message: 'API rate limit exceeded' },
      {
        date: new Date(behindMs).toUTCString(),
        'x-ratelimit-limit': '5000',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Math.floor(behindMs / 1_000) + 1_800),
      },
    ),
  );
  const failure = await call({ method: 'GET', path: '/x' }).catch((cause: unknown) => cause);
  expect(failure).toMatchObject({ code: 'FORGE_PAUSED' });
  expect((failure as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(1_700_000);
});

test('R-SEN-7: each pause without a given time is longer, until the host answers again', async () => {
  let status = 429;
  const { call, host } = await calling((_, response) => json(response, status, { message: 'Slow down' }));
  const wait = async () => {
    const failure = await call({ method: 'GET', path: '/x' }).catch(
      (cause: { retryAfterMs: number }) => cause,
    );
    return Math.round((failure as { retryAfterMs: number }).retryAfterMs / 1_000);
  };
  const over = () =>
    shared()
      .query.updateTable('forgeHosts')
      .set({ pausedUntil: new Date(0) })
      .where('host', '=', host)
      .execute();
  expect(await wait()).toBe(60);
  await over();
  expect(await wait()).toBe(120);
  await over();
  status = 200;
  await call({ method: 'GET', path: '/x' });
  status = 429;
  expect(await wait()).toBe(60);
});
