import { Hono } from 'hono';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { PermanentError } from '../../domain/failure.ts';
import type { ApiVariables } from './api.ts';
import { errorResponse } from './error-answer.ts';
import { idempotent } from './idempotent.ts';

/** Creates a thing with a given ID, once; `before` and `after` are hooks for faults around it. */
async function ground(waitMsMax = 11_000) {
  const database = await testDatabase();
  const made: string[] = [];
  const hooks = { before: async () => {}, after: async () => {} };
  const api = new Hono<ApiVariables>();
  api.use(async (c, next) => {
    const name = c.req.header('x-actor') ?? 'human:ada';
    c.set('caller', {
      actor: name,
      requester: name,
      name,
      role: 'operator',
      isPerson: true,
      tokenId: '',
      sessionId: null,
      isAmbient: false,
    });
    c.set('signal', AbortSignal.timeout(20_000));
    await next();
  });
  api.onError((error) => errorResponse(error));
  api.post('/things', async (c) => {
    const { status, body } = await idempotent(c, { database, waitMsMax }, async (id) => {
      await hooks.before();
      if (!made.includes(id)) made.push(id);
      await hooks.after();
      return { status: 201, body: { id } };
    });
    return c.json(body, status as 201);
  });
  const send = async (body: unknown, headers: Record<string, string> = {}) => {
    const answer = await api.request('/things', { method: 'POST', body: JSON.stringify(body), headers });
    return {
      status: answer.status,
      headers: answer.headers,
      body: (await answer.json()) as Record<string, unknown>,
    };
  };
  return { database, made, hooks, send };
}

const key = { 'idempotency-key': 'k1' };

test('one key creates one thing, whoever repeats the request; without a key each request creates its own', async () => {
  const { made, send } = await ground();
  const first = await send({ a: 1 }, key);
  const again = await send({ a: 1 }, key);
  expect([first.status, again.status, again.body]).toEqual([201, 201, first.body]);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(made).toHaveLength(1);
  await send({ a: 1 }, { ...key, 'x-actor': 'human:bob' });
  await Promise.all([send({ a: 1 }), send({ a: 1 })]);
  expect(made).toHaveLength(4);
});

test('twenty requests at once under one key create one thing, and all get the answer', async () => {
  const { made, send } = await ground();
  const answers = await Promise.all(Array.from({ length: 20 }, () => send({ a: 1 }, key)));
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(made).toHaveLength(1);
});

test('another request under the same key, and an invalid key, are refused', async () => {
  const { made, send } = await ground();
  await send({ a: 1 }, key);
  expect(await send({ a: 2 }, key)).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  for (const wrong of ['', 'x'.repeat(201), 'caf\u00e9'])
    expect(await send({ a: 1 }, { 'idempotency-key': wrong })).toMatchObject({
      status: 400,
      body: { code: 'IDEMPOTENCY_KEY_INVALID' },
    });
  expect(made).toHaveLength(1);
});

test('fear: a process that dies between creating and answering leads to a second creation', async () => {
  const { database, made, hooks, send } = await ground();
  const never = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  hooks.after = () => {
    reached.resolve();
    return never.promise;
  };
  const lost = send({ a: 1 }, key);
  await reached.promise;
  hooks.after = async () => {};
  // The time limit of the first request has passed.
  await sql`update idempotency_keys set held_until = clock_timestamp() - interval '1 s'`.execute(
    database.query,
  );
  const next = await send({ a: 1 }, key);
  expect(made).toEqual([next.body.id]);
  never.resolve();
  expect((await lost).body).toEqual(next.body);
});

test('a failed request may be repeated immediately, and creates the same thing', async () => {
  const { database, made, hooks, send } = await ground();
  hooks.before = async () => {
    throw new PermanentError({ code: 'NOT_NOW', component: 'test', operation: 'test', message: 'No.' });
  };
  expect(await send({ a: 1 }, key)).toMatchObject({ status: 409, body: { code: 'NOT_NOW' } });
  hooks.before = async () => {};
  const { subjectId } = await database.query
    .selectFrom('idempotencyKeys')
    .select('subjectId')
    .executeTakeFirstOrThrow();
  expect((await send({ a: 1 }, key)).body).toEqual({ id: subjectId });
  expect(made).toEqual([subjectId]);
});

test('while the first request runs, the second waits for a limited time, and is told to retry', async () => {
  const { database, hooks, send } = await ground(250);
  const go = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  hooks.before = () => {
    reached.resolve();
    return go.promise;
  };
  const first = send({ a: 1 }, key);
  await reached.promise;
  await sql`update idempotency_keys set held_until = clock_timestamp() + interval '1 h'`.execute(
    database.query,
  );
  const second = await send({ a: 1 }, key);
  expect(second).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_UNDER_WAY' } });
  expect(second.headers.get('retry-after')).toBe('1');
  go.resolve();
  expect((await first).status).toBe(201);
});

test('a key is kept for a day, and is then free for something else', async () => {
  const { database, made, send } = await ground();
  await send({ a: 1 }, key);
  await send({ a: 1 }, { 'idempotency-key': 'k2' });
  await sql`update idempotency_keys set created_at = created_at - interval '25 hours'`.execute(
    database.query,
  );
  expect((await send({ a: 2 }, key)).status).toBe(201);
  expect(made).toHaveLength(3);
  const kept = await database.query.selectFrom('idempotencyKeys').select('key').execute();
  expect(kept).toEqual([{ key: 'k1' }]);
});
