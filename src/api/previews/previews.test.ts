import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { createMoose } from '../../engine/moose.ts';
import { noForge } from '../../engine/no-forge.fixture.ts';
import { scratchEngineSettings } from '../../engine/scratch-work.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import { auditEntries } from '../../store/access/audit-entries.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { runningDaemon } from '../../store/work/sessions/running-daemon.fixture.ts';
import { apiGround } from '../api-ground.fixture.ts';

const known = { agentNames: ['patch'], assertModel: async () => undefined };

async function ground(previews: string | null) {
  const database = await testDatabase();
  const settings = { current: scratchEngineSettings } as never;
  const it = await apiGround({
    database,
    mooseFor: (actor, requester = actor) =>
      createMoose({
        signal: new AbortController().signal,
        database,
        clock: systemClock,
        ...noForge,
        known,
        actor,
        requester,
        settings,
        previews,
        machine: async () => '',
      }),
  });
  const at = await aWorkOrderAtWork(database, {});
  await runningDaemon(database, at);
  const ask = (token: string, id: string, body: object = {}) =>
    it.call(`/api/work-orders/${id}/preview`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return { ...it, ...at, ask };
}

test('an operator gets a link to a service, and the audit log says who opened which', async () => {
  const { ask, tokens, workOrderId, database } = await ground('https://*.preview.example.org');
  const { status, body } = await ask(tokens.operator, workOrderId, { service: 'web' });
  expect({ status, body }).toMatchObject({
    status: 201,
    body: { service: 'web', work_order_id: workOrderId },
  });
  const [entry] = await database.run((query) => auditEntries(query, { limit: 1 }));
  expect(entry).toMatchObject({
    actor: 'api:operator',
    act: 'work_order.preview',
    subject: workOrderId,
    detail: { service: 'web' },
  });
});

test('fear: a viewer, a stranger or a wrong name gets a link', async () => {
  const { ask, tokens, workOrderId, database } = await ground('https://*.preview.example.org');
  expect(await ask(tokens.viewer, workOrderId)).toMatchObject({
    status: 403,
    body: { code: 'ROLE_TOO_LOW' },
  });
  expect(await ask('moose_none', workOrderId)).toMatchObject({ status: 401 });
  expect(await ask(tokens.operator, 'ffffffff')).toMatchObject({ status: 404 });
  expect(await ask(tokens.operator, workOrderId, { port: 5432 })).toMatchObject({ status: 400 });
  expect(await database.query.selectFrom('previews').select('id').execute()).toEqual([]);
});

test('if previews are off, the answer says how to turn them on', async () => {
  const { ask, tokens, workOrderId } = await ground(null);
  expect(await ask(tokens.operator, workOrderId)).toMatchObject({
    status: 409,
    body: { code: 'PREVIEWS_OFF', advice: expect.stringContaining('MOOSE_PREVIEW_URL') },
  });
});
