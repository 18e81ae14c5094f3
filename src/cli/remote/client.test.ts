import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from '@hono/zod-openapi';
import { expect, onTestFinished, test } from 'vitest';
import { listErrors, reproduceError } from '../../contract/operations/errors.ts';
import { revokeAnswerPolicy } from '../../contract/operations/escalations.ts';
import { showSystemHealth } from '../../contract/operations/monitoring.ts';
import { listProjects } from '../../contract/operations/projects.ts';
import { removePushBrowser } from '../../contract/operations/push.ts';
import { showMe } from '../../contract/operations/sign-in.ts';
import { cancelWorkOrder, retryWorkOrder, sendMessage } from '../../contract/operations/steering.ts';
import { showWorkOrderRecord } from '../../contract/operations/work-orders.ts';
import { isMooseError } from '../../domain/failure.ts';
import { createClient } from './client.ts';
import { listEvents } from './follow-events.ts';
import { listAll } from './list-all.ts';
import { openServer } from './open-server.ts';
import { readBounded } from './read-bounded.ts';
import { viewOf } from './view-of.ts';

interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
}

const { signal } = new AbortController();
const token = 'moose_of_a_program';
const params = { id: 'ffff0000' };

/** A server that answers as the test says; whoever signs in is told that the token is a program's. */
async function aServer(answer: (seen: Seen, response: ServerResponse, number: number) => void) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers };
      if (one.path === '/api/session') return problem(response, 400, 'TOKEN_NOT_A_PERSONS');
      seen.push(one);
      answer(one, response, seen.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, seen, client: createClient({ url, token }, signal) };
}

function json(response: ServerResponse, document: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document));
}

function problem(response: ServerResponse, status: number, code: string): void {
  json(response, { type: 't', title: 't', status, detail: 'It is so.', code, advice: 'Do it.' }, status);
}

async function codeOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked;
    return 'no error';
  } catch (cause) {
    return isMooseError(cause) ? cause.code : String(cause);
  }
}

test('R-DIST-2: after a lost answer, a message is sent again under the same key, so it happens once', async () => {
  const { client, seen } = await aServer((_, response, number) => {
    if (number === 1) response.destroy();
    else json(response, { read_in: 'first_cycle' }, 201);
  });
  const sent = await client.ask(sendMessage, { params, body: { text: 'Mind the gap.' } });
  expect(sent.read_in).toBe('first_cycle');
  const keys = seen.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(keys[1]).toBe(keys[0]);
});

test('R-DIST-2: a change without a key is never sent twice; a read is', async () => {
  const { client, seen } = await aServer((_, response) => void response.destroy());
  expect(await codeOf(client.ask(cancelWorkOrder, { params }))).toBe('SERVER_ANSWER_LOST');
  expect(seen).toHaveLength(1);
  expect(await codeOf(client.ask(listProjects))).toBe('SERVER_UNREACHABLE');
  const busy = await aServer((_, response, number) => {
    if (number === 1) problem(response, 503, 'DATABASE_AWAY');
    else json(response, { items: [] });
  });
  expect(await busy.client.ask(listProjects)).toEqual({ items: [] });
  expect(busy.seen).toHaveLength(2);
});

test('R-DIST-2: whoever gets no answer to a change is told that it may have been made', async () => {
  const late = await aServer((_, response) => problem(response, 503, 'REQUEST_TIMED_OUT'));
  expect(await codeOf(late.client.ask(cancelWorkOrder, { params }))).toBe('SERVER_ANSWER_LOST');
  expect(late.seen).toHaveLength(1);
  const away = await aServer((_, response) => problem(response, 503, 'DATABASE_AWAY'));
  expect(await codeOf(away.client.ask(cancelWorkOrder, { params }))).toBe('DATABASE_AWAY');
  // Lost at first, and then answered with an error: the first request may have been carried out.
  const both = await aServer((_, response, number) => {
    if (number === 1) response.destroy();
    else problem(response, 503, 'DATABASE_AWAY');
  });
  const asked = both.client.ask(sendMessage, { params, body: { text: 'Mind the gap.' } });
  expect(await codeOf(asked)).toBe('SERVER_ANSWER_LOST');
  expect(both.seen).toHaveLength(4);
});

test('R-DIST-2: an old answer of a server without its database is not shown as the present one', async () => {
  const { client, seen } = await aServer((_, response) => {
    response.setHeader('x-moose-as-of', '2026-01-01T00:00:00.000Z');
    json(response, { items: [] });
  });
  expect(await codeOf(client.ask(listProjects))).toBe('SERVER_ANSWER_OLD');
  expect(seen).toHaveLength(4);
});

test('R-DIST-2: the token goes to no other server', async () => {
  const other = await aServer((_, response) => json(response, {}));
  const { client } = await aServer((_, response) => response.writeHead(307, { location: other.url }).end());
  expect(await codeOf(client.ask(showMe))).toBe('SERVER_ANSWER_UNREADABLE');
  // It was answered: nobody needs to fear that the change was made.
  expect(await codeOf(client.ask(cancelWorkOrder, { params }))).toBe('SERVER_ANSWER_UNREADABLE');
  expect(other.seen).toEqual([]);
});

test('R-DIST-2: fear: an older server retries a work order, its answer is unreadable, and the person retries again', async () => {
  const { client } = await aServer(({ path }, response) =>
    json(response, path === '/api/me' ? { version: '0.0.9' } : { id: 'ffff0000' }),
  );
  await expect(client.ask(retryWorkOrder, { params })).rejects.toMatchObject({
    code: 'SERVER_ANSWER_UNREADABLE',
    message: expect.stringMatching(
      /runs Moose 0\.0\.9\. The server accepted what you asked for: check .*before you repeat it\.$/,
    ),
    advice: expect.stringContaining('the same version on both machines'),
  });
  await expect(client.ask(showWorkOrderRecord, { params })).rejects.toMatchObject({
    message: expect.not.stringContaining('accepted'),
  });
});

test('R-DIST-2: fear: whoever has a wrong token is told to set a header', async () => {
  const { client } = await aServer((_, response) => problem(response, 401, 'TOKEN_INVALID'));
  await expect(client.ask(listProjects)).rejects.toMatchObject({
    advice: expect.stringContaining('MOOSE_TOKEN'),
  });
});

test('R-DIST-2: an answer of another shape, of another code or without an end is refused', async () => {
  const odd = await aServer((_, response) => json(response, { items: [{ name: 1 }] }));
  expect(await codeOf(odd.client.ask(listProjects))).toBe('SERVER_ANSWER_UNREADABLE');
  const text = await aServer((_, response) => void response.writeHead(200).end('<html>'));
  expect(await codeOf(text.client.ask(showSystemHealth))).toBe('SERVER_ANSWER_UNREADABLE');
  const evil = await aServer((_, response) => problem(response, 404, '\u001b[2J'));
  expect(await codeOf(viewOf(evil.client.ask, 'ffff0000'))).toBe('SERVER_ANSWER_UNREADABLE');
  const own = await aServer((_, response) => problem(response, 404, 'WORK_ORDER_NOT_FOUND'));
  expect(await codeOf(viewOf(own.client.ask, 'ffff0000'))).toBe('WORK_ORDER_NOT_FOUND');
  const long = readBounded(new Response('x'.repeat(100)), own.url, { bytes: 99 });
  expect(await codeOf(long)).toBe('SERVER_ANSWER_TOO_LARGE');
});

test('R-DIST-2: fear: a server never ends a list, and fills the memory of the command', async () => {
  const left = { bytes: 250 };
  const page = () => readBounded(new Response('x'.repeat(100)), 'http://here', left);
  await page();
  await page();
  expect(await codeOf(page())).toBe('SERVER_ANSWER_TOO_LARGE');
  const event = {
    id: '7',
    at: '2026-01-01T00:00:00.000Z',
    kind: 'message',
    actor: 'a',
    what: 'x',
    reason: 'x',
    from: null,
    to: null,
    is_progress: false,
    detail: {},
  };
  const items = Array.from({ length: 200 }, () => event);
  const endless = await aServer((_, response) =>
    json(response, { items, next_cursor: '7', is_settled: false, newest_id: '9' }),
  );
  const listed = listEvents(endless.client.ask, { id: 'ffff0000' }, { bytes: 100_000 });
  expect(await codeOf(listed)).toBe('SERVER_ANSWER_TOO_LARGE');
  expect(endless.seen.length).toBeGreaterThan(1);
});

test('a list is asked for page by page, and no further than wanted', async () => {
  const { client, seen } = await aServer(({ path }, response) => {
    const limit = Number(new URL(path, 'http://here').searchParams.get('limit'));
    json(response, { items: Array.from({ length: limit }, () => 'x'), next_cursor: 'next' });
  });
  const page = z.object({ items: z.array(z.string()), next_cursor: z.string().nullable() });
  const listed = await listAll(
    (more, left) => client.ask(listErrors, { query: { component: 'git', ...more }, left }, page),
    250,
  );
  expect(listed).toHaveLength(250);
  expect(seen.map(({ path }) => path)).toEqual([
    '/api/errors?component=git&limit=200',
    '/api/errors?component=git&limit=50&cursor=next',
  ]);
});

test('R-SEC-2: a server cannot name a file outside of the folder of a reproduction', async () => {
  for (const path of ['../x', '/etc/x', 'a/../../x', '.ssh/x', 'a\\..\\x', 'a//x', '']) {
    const { client } = await aServer((_, response) => {
      const files = [{ path, content: '', content_base64: null, is_program: false }];
      const error_id = '0197a7a0-0000-7000-8000-000000000000';
      json(response, { error_id, kind: 'git', does: '', expects: '', files });
    });
    const asked = client.ask(reproduceError, { params, query: { node_path: '/node' } });
    await expect(asked, path).rejects.toMatchObject({
      code: 'SERVER_ANSWER_UNREADABLE',
      message: expect.stringContaining('files.0.path'),
    });
  }
});

test('R-DIST-2: the person whose token it is makes a change, and is signed out at the end', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.cookie ?? 'token'}`);
    request.resume().on('end', () => {
      if (request.method === 'DELETE') return response.writeHead(204).end();
      response.setHeader('set-cookie', 'moose_session=secret; Path=/; HttpOnly');
      json(response, {});
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const opened = openServer({ url, token }, signal);
  await opened.ask(revokeAnswerPolicy, { params });
  await opened.ask(removePushBrowser, { params });
  await opened.close();
  expect(seen).toEqual([
    'POST /api/session token',
    'DELETE /api/answer-policies/ffff0000 moose_session=secret',
    'DELETE /api/push/browsers/ffff0000 moose_session=secret',
    'DELETE /api/session moose_session=secret',
  ]);
  await expect(opened.work(() => undefined)).rejects.toMatchObject({ code: 'COMMAND_NOT_ON_SERVER' });
});

test('R-DIST-2: fear: an ID of dots leads to another path of the server, and that is called', async () => {
  const { client, seen } = await aServer((_, response) => json(response, {}));
  for (const id of ['.', '..', ''])
    expect(await codeOf(client.ask(cancelWorkOrder, { params: { id } }))).toBe('NAME_NOT_SENDABLE');
  expect(seen).toEqual([]);
});
