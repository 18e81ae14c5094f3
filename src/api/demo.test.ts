// Faults by the press of a button: only on a demo, and only by operators.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Demo } from '../contract/contract.ts';
import { apiGround } from './api-ground.fixture.ts';
import type { DemoFaults } from './demo.ts';

const json = { 'content-type': 'application/json' };
const post = (fault: unknown, token: string): RequestInit => ({
  method: 'POST',
  headers: { ...json, authorization: `Bearer ${token}` },
  body: JSON.stringify({ fault }),
});

function aDemo(): DemoFaults & { struck: string[] } {
  const struck: string[] = [];
  const state: Demo = {
    faults: [{ name: 'worker-killed', title: 'Kill the worker', does: 'kills it', expects: 'recovery' }],
    strikes: [],
  };
  return {
    struck,
    state: () => state,
    strike(fault) {
      struck.push(fault);
      return {
        number: 1,
        fault,
        title: 'Kill the worker',
        state: 'beginning',
        because: null,
        began_at: '2026-01-02T03:04:05.000Z',
        injected_at: null,
        noticed_ms: null,
        noticed: [],
        did: [],
        recovered_ms: null,
        work_orders: [],
      };
    },
  };
}

test('R-CHA-1: fear: somebody injects a fault into a Moose that does real work', async () => {
  const { call, tokens } = await apiGround();
  expect(await call('/api/demo')).toMatchObject({ status: 404, body: { code: 'DEMO_ONLY' } });
  const refused = await call('/api/demo/strikes', post('worker-killed', tokens.admin));
  expect(refused).toMatchObject({ status: 404, body: { code: 'DEMO_ONLY' } });
  expect(await call('/api/me')).toMatchObject({ body: { is_demo: false } });
});

test('R-CHA-1: on a demo an operator injects a fault, which is in the audit log; a viewer only looks', async () => {
  const demo = aDemo();
  const { call, tokens, database } = await apiGround({ demo });
  const asViewer = { headers: { authorization: `Bearer ${tokens.viewer}` } };
  expect(await call('/api/demo', asViewer)).toMatchObject({ status: 200, body: demo.state() });
  expect(await call('/api/me')).toMatchObject({ body: { is_demo: true } });
  const asked = await call('/api/demo/strikes', post('worker-killed', tokens.viewer));
  expect(asked).toMatchObject({ status: 403, body: { code: 'ROLE_TOO_LOW' } });
  expect(demo.struck).toEqual([]);
  const begun = await call('/api/demo/strikes', post('worker-killed', tokens.operator));
  expect(begun).toMatchObject({ status: 202, body: { fault: 'worker-killed', state: 'beginning' } });
  expect(demo.struck).toEqual(['worker-killed']);
  const { rows } = await sql`select subject from audit_log where act = 'demo.fault'`.execute(database.query);
  expect(rows).toEqual([{ subject: 'worker-killed' }]);
  expect(await call('/api/demo/strikes', post(7, tokens.operator))).toMatchObject({ status: 400 });
});
