// What finished work left behind, over HTTP.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Cleanup } from '../contract/contract.ts';
import type { Moose } from '../engine/moose.ts';
import type { CleanupRequest } from '../engine/pipeline/tracking/clean-up.ts';
import { apiGround } from './api-ground.fixture.ts';

interface Asked extends CleanupRequest {
  signal: AbortSignal;
}

/** A clean-up that ends when the test says so. */
function ground() {
  const asked: Asked[] = [];
  const ends = Promise.withResolvers<void>();
  const cleanup = async (wish: CleanupRequest, signal: AbortSignal): Promise<Cleanup> => {
    asked.push({ ...wish, signal });
    if (!wish.isPlan) await ends.promise;
    return { host: 'alpha', before: '2026-01-02T03:04:05.000Z', is_done: !wish.isPlan, items: [] };
  };
  const trends = (_: unknown, signal: AbortSignal) =>
    new Promise((_answer, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  return { asked, ends, mooseFor: () => ({ cleanup, trends }) as unknown as Moose };
}

const at = '/api/cleanup';
const latestAt = '/api/cleanup/latest';

test('R-DIST-6: an operator sees the plan, which deletes nothing, and then has it carried out', async () => {
  const { asked, ends, mooseFor } = ground();
  const { call, tokens, database } = await apiGround({ mooseFor });
  const headers = { authorization: `Bearer ${tokens.operator}` };
  expect(await call(at, { headers })).toMatchObject({ status: 200, body: { is_done: false } });
  expect(asked.map(({ isPlan }) => isPlan)).toEqual([true]);
  expect(await call(latestAt, { headers })).toMatchObject({ status: 200, body: { run: null } });
  expect(await call(at, { method: 'POST', headers })).toMatchObject({
    status: 202,
    body: { state: 'running', by: 'api:operator', deleted: 0, done: null },
  });
  ends.resolve();
  await expect
    .poll(() => call(latestAt, { headers }))
    .toMatchObject({ body: { run: { state: 'done', done: { is_done: true } } } });
  const { rows } = await sql`select actor from audit_log where act = 'cleanup'`.execute(database.query);
  expect(rows).toHaveLength(1);
});

test('fear: a clean-up that takes longer than a request is cut off, or runs twice', async () => {
  const { asked, ends, mooseFor } = ground();
  const { call } = await apiGround({ mooseFor, requestMsMax: 1_500 });
  const begun = await call(at, { method: 'POST' });
  const again = await call(at, { method: 'POST' });
  expect([begun.status, again.status]).toEqual([202, 202]);
  expect(asked).toHaveLength(1);
  // This request began later, and has used up its time.
  expect((await call('/api/trends')).status).toBe(503);
  asked[0]?.onDeleted?.(7);
  expect(await call(latestAt)).toMatchObject({ body: { run: { state: 'running', deleted: 7 } } });
  expect(asked[0]?.signal.aborted).toBe(false);
  ends.resolve();
  await expect.poll(() => call(latestAt)).toMatchObject({ body: { run: { state: 'done', deleted: 7 } } });
});

test('a clean-up that fails is told to whoever looks, and recorded; the next one begins again', async () => {
  const { asked, ends, mooseFor } = ground();
  const { call, recorded } = await apiGround({ mooseFor });
  await call(at, { method: 'POST' });
  ends.reject(new Error('The disk is broken'));
  await expect
    .poll(() => call(latestAt))
    .toMatchObject({ body: { run: { state: 'failed', done: null, error: expect.any(String) } } });
  expect(recorded).toHaveLength(1);
  expect((await call(at, { method: 'POST' })).status).toBe(202);
  expect(asked).toHaveLength(2);
});

test('the clean-up ends with its server, and nobody takes that for a failure', async () => {
  const { asked, ends, mooseFor } = ground();
  const { call, recorded, server } = await apiGround({ mooseFor });
  await call(at, { method: 'POST' });
  asked[0]?.signal.addEventListener('abort', () => ends.reject(asked[0]?.signal.reason));
  await server.close();
  expect(asked[0]?.signal.aborted).toBe(true);
  expect(recorded).toEqual([]);
});

test('R-DIST-6: a viewer sees the plan, and deletes nothing', async () => {
  const { asked, mooseFor } = ground();
  const { call, tokens } = await apiGround({ mooseFor });
  const headers = { authorization: `Bearer ${tokens.viewer}` };
  expect((await call(at, { headers })).status).toBe(200);
  expect((await call(latestAt, { headers })).status).toBe(200);
  expect(await call(at, { method: 'POST', headers })).toMatchObject({ status: 403 });
  expect(asked.map(({ isPlan }) => isPlan)).toEqual([true]);
});
