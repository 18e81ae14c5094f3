// What finished work left behind, over HTTP.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Cleanup } from '../contract/contract.ts';
import type { Moose } from '../engine/moose.ts';
import { apiGround } from './api-ground.fixture.ts';

function ground() {
  const asked: boolean[] = [];
  const cleanup = async ({ isPlan }: { isPlan: boolean }): Promise<Cleanup> => {
    asked.push(isPlan);
    return { host: 'alpha', before: '2026-01-02T03:04:05.000Z', is_done: !isPlan, items: [] };
  };
  return { asked, mooseFor: () => ({ cleanup }) as unknown as Moose };
}

test('R-DIST-6: an operator sees the plan, which deletes nothing, and then carries it out', async () => {
  const { asked, mooseFor } = ground();
  const { call, tokens, database } = await apiGround({ mooseFor });
  const headers = { authorization: `Bearer ${tokens.operator}` };
  expect(await call('/api/cleanup', { headers })).toMatchObject({ status: 200, body: { is_done: false } });
  expect(asked).toEqual([true]);
  const done = await call('/api/cleanup', { method: 'POST', headers });
  expect(done).toMatchObject({ status: 200, body: { is_done: true } });
  expect(asked).toEqual([true, false]);
  const { rows } = await sql`select actor from audit_log where act = 'cleanup'`.execute(database.query);
  expect(rows).toHaveLength(1);
});

test('R-DIST-6: a viewer can neither have the disk measured nor delete anything', async () => {
  const { asked, mooseFor } = ground();
  const { call, tokens } = await apiGround({ mooseFor });
  const headers = { authorization: `Bearer ${tokens.viewer}` };
  for (const method of ['GET', 'POST'])
    expect(await call('/api/cleanup', { method, headers })).toMatchObject({ status: 403 });
  expect(asked).toEqual([]);
});
