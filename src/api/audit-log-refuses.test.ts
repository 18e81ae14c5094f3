// An audit log that rejects rows blocks neither changes nor sign-ins, and is reported (R-SEC-1, R-FAIL-6).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { unwrittenJob } from '../engine/background/jobs/unwritten-job.ts';
import { addToken, findToken, newToken } from '../store/access/api-tokens.ts';
import type { Database } from '../store/database.ts';
import { announceChannels } from '../store/failures/outbox.ts';
import { refuseRowsOf, takeRowsOf } from '../store/schema/refused-rows.fixture.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { apiGround } from './api-ground.fixture.ts';
import { ensureFirstToken } from './sign-in/first-token.ts';

const never = new AbortController().signal;
const json = { 'content-type': 'application/json' };
const post = (body: object = {}): RequestInit => ({
  method: 'POST',
  headers: json,
  body: JSON.stringify(body),
});

async function ground() {
  const database = await testDatabase();
  await announceChannels(database.query, ['slack'], 'test');
  await refuseRowsOf(database, 'audit_log');
  return apiGround({ database });
}

const kept = ({ query }: Database) =>
  query
    .selectFrom('errorEvents')
    .select('metadata')
    .where('errorType', '=', 'AUDIT_NOT_WRITTEN')
    .orderBy('id')
    .execute();

test('R-SEC-1: fear: an audit log that rejects rows blocks the changes that it records', async () => {
  const { database, call } = await ground();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const act = (name: string) => call(`/api/work-orders/${workOrderId}/${name}`, post());
  expect(await act('pause')).toMatchObject({ status: 200 });
  expect(await act('resume')).toMatchObject({ status: 200 });
  // A refused action is still refused for its own reason.
  expect(await act('merge')).toMatchObject({ status: 409 });
  const entries = (await kept(database)).map(({ metadata }) => metadata);
  expect(entries).toMatchObject(
    ['pause', 'resume', 'merge', 'merge.refused'].map((name) => ({
      entry: { actor: 'api:admin', act: `work_order.${name}`, subject: workOrderId },
    })),
  );
  const health = () => call('/api/admin/health');
  expect(await health()).toMatchObject({
    body: { alerts: [{ times: 4, message: expect.stringContaining('no row of audit_log today') }] },
  });
  expect(await database.query.selectFrom('outbox').select('kind').execute()).toEqual([
    { kind: 'alert.raised' },
  ]);
  await unwrittenJob(database).run(never);
  expect(await health()).toMatchObject({ body: { alerts: [{ times: 4 }] } });
  await takeRowsOf(database, 'audit_log');
  await unwrittenJob(database).run(never);
  expect(await health()).toMatchObject({ body: { alerts: [] } });
  expect(await database.query.selectFrom('auditLog').select('id').execute()).toEqual([]);
});

test('R-SEC-1: it blocks neither signing in and out, nor the start of Moose', async () => {
  const { database, server } = await ground();
  const directory = await mkdtemp(join(tmpdir(), 'moose-token-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const first = await ensureFirstToken(database, directory, 'ada');
  expect(await findToken(database.query, first.token)).toMatchObject({ person: 'ada' });
  const token = newToken();
  await addToken(database.query, token, { name: 'eve', role: 'admin', createdBy: 'test', person: 'Eve' });
  const signedIn = await fetch(`${server.url}/api/session`, post({ token }));
  expect(signedIn.status).toBe(200);
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const headers = { cookie, origin: server.url };
  expect((await fetch(`${server.url}/api/session`, { method: 'DELETE', headers })).status).toBe(204);
  expect((await kept(database)).map(({ metadata }) => metadata)).toMatchObject([
    { entry: { act: 'token.create' } },
    { entry: { act: 'session.open', actor: 'human:Eve' } },
    { entry: { act: 'session.end' } },
  ]);
});
