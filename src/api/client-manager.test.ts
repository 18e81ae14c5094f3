import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { EscalationCard } from '../contract/contract.ts';
import { createCriticalErrors } from '../engine/commands/answers/critical-errors.ts';
import { createMoose } from '../engine/moose.ts';
import { scratchWork } from '../engine/scratch-work.fixture.ts';
import { systemClock } from '../stdx/clock.ts';
import { openAlerts } from '../store/failures/alerts.ts';
import { theWorkOrder } from '../store/work/scratch-rows.fixture.ts';
import { apiGround } from './api-ground.fixture.ts';
import type { ClientManager } from './client-manager.ts';

const base = '/api/client-manager';
const post = (body: object, token?: string) => ({
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  },
  body: JSON.stringify(body),
});

/** The complete Moose behind the interface, and a work order in progress. */
async function ground() {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'moose-api-'));
  onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
  let behind: ClientManager | undefined;
  const ask = () => {
    if (!behind) throw new Error('It is there before the first call');
    return behind;
  };
  const it = await apiGround({
    clientManager: {
      report: (critical) => ask().report(critical),
      one: (id) => ask().one(id),
      answer: (...given) => ask().answer(...given),
    },
  });
  const { database } = it;
  const work = await scratchWork(database, { dataDirectory });
  const critical = createCriticalErrors({
    database,
    dataDirectory,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
  });
  onTestFinished(() => critical.close());
  const known = { agentNames: ['patch'], assertModel: async () => undefined };
  const { forges, recovery } = work;
  const deps = { database, clock: systemClock, forges, recovery, known, actor: 'human:test', critical };
  behind = createMoose({ ...deps, signal: new AbortController().signal }).escalations;
  return { ...it, workOrderId: work.order.id };
}

const failure = {
  component: 'deployer',
  operation: 'roll out',
  error: { code: 'ROLLOUT_FAILED', message: 'It did not roll out.', advice: 'Look at the cluster.' },
};
const acts = async ({ database }: Awaited<ReturnType<typeof ground>>) =>
  (await database.query.selectFrom('auditLog').selectAll().orderBy('id').execute()).map(
    ({ actor, act, subject, detail }) => ({ actor, act, subject, detail }),
  );

test('R-ESC-2: escalate, read the options, choose one: it is carried out, and audited', async () => {
  const it = await ground();
  const { call, workOrderId, tokens, database } = it;
  const escalated = await call(
    `${base}/escalate`,
    post({ ...failure, work_order_id: workOrderId, metadata: { cluster: 'eu-1' } }, tokens.operator),
  );
  expect(escalated).toMatchObject({ status: 202, body: { id: expect.any(String) } });
  const { id } = escalated.body as { id: string };
  const path = `${base}/resolutions/${id}`;
  const open = await call(path, { headers: { authorization: `Bearer ${tokens.viewer}` } });
  expect(open).toMatchObject({
    status: 200,
    body: {
      id,
      status: 'open',
      code: 'ROLLOUT_FAILED',
      severity: 'critical',
      work_order: { id: workOrderId },
    },
  });
  const view = open.body as EscalationCard;
  expect(view.options.filter((option) => option.is_recommended)).toHaveLength(1);
  const answered = await call(
    `${base}/execute`,
    post({ escalation_id: id, option: 'cancel', note: 'Enough.' }, tokens.operator),
  );
  expect(answered).toMatchObject({
    status: 202,
    body: { chosen_option: 'cancel', resolved_by: 'api:operator', note: 'Enough.' },
  });
  expect((await theWorkOrder(database, workOrderId)).cancelRequestedAt).not.toBeNull();
  expect(await acts(it)).toEqual([
    {
      actor: 'api:operator',
      act: 'escalation.open',
      subject: workOrderId,
      detail: { code: 'ROLLOUT_FAILED' },
    },
    {
      actor: 'api:operator',
      act: 'escalation.answer',
      subject: id,
      detail: { option: 'cancel', always: false, note: 'Enough.' },
    },
  ]);
});

test('R-ESC-2: an answered question cannot be answered again, and the attempt is audited', async () => {
  const it = await ground();
  const { call, workOrderId } = it;
  const { body } = await call(`${base}/escalate`, post({ ...failure, work_order_id: workOrderId }));
  const { id } = body as { id: string };
  const answer = post({ escalation_id: id, option: 'cancel' });
  const statuses = (await Promise.all([1, 2, 3].map(() => call(`${base}/execute`, answer)))).map(
    ({ status }) => status,
  );
  expect(statuses.sort()).toEqual([202, 409, 409]);
  const refused = (await acts(it)).filter(({ act }) => act === 'escalation.answer.refused');
  expect(refused).toHaveLength(2);
  expect((await call(`${base}/execute`, post({ escalation_id: id, option: 'no' }))).status).toBe(409);
});

test('R-ESC-2: a second report about one work order is added to the open question', async () => {
  const { call, workOrderId } = await ground();
  const report = () => call(`${base}/escalate`, post({ ...failure, work_order_id: workOrderId }));
  const first = (await report()).body as { id: string };
  expect((await report()).body).toEqual(first);
});

test('R-ESC-1: without a work order the report is an alert; nobody has to answer it', async () => {
  const { call, database } = await ground();
  const { status, body } = await call(`${base}/escalate`, post(failure));
  expect(status).toBe(202);
  expect(await openAlerts(database.query)).toMatchObject([{ code: 'ROLLOUT_FAILED', component: 'deployer' }]);
  expect(await call(`${base}/resolutions/${(body as { id: string }).id}`)).toMatchObject({
    status: 404,
    body: { code: 'ESCALATION_NOT_FOUND' },
  });
});

test('R-ESC-9: one sentence about a work order is enough: the class is derived from it, and logged as a decision', async () => {
  const it = await ground();
  const { call, workOrderId, database } = it;
  const reason = "src/a.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.";
  const short = { work_order_id: workOrderId, reason, metadata: { from: 'ci' } };
  const { status, body } = await call(`${base}/escalate`, post(short));
  expect(status).toBe(202);
  const { id, escalation } = body as { id: string; escalation: { id: string } };
  expect(escalation).toEqual({ id });
  expect((await call(`${base}/resolutions/${id}`)).body).toMatchObject({
    title: reason,
    reason,
    severity: 'critical',
    work_order: { id: workOrderId },
    code: 'ESCALATED',
    failure_class: 'compile_error',
  });
  const decisions = await database.query
    .selectFrom('decisionLogs')
    .select(['workOrderId', 'kind', 'decisionOutput'])
    .execute();
  expect(decisions).toMatchObject([
    { workOrderId, kind: 'escalation', decisionOutput: { as: 'question', escalationId: id } },
  ]);
});

test('R-ESC-2: fear: a misspelled name is silently dropped', async () => {
  const it = await ground();
  const { call, workOrderId } = it;
  const short = { work_order_id: workOrderId, reason: 'It does not build.' };
  for (const [given, name] of [
    [{ ...short, serverity: 'low' }, 'serverity'],
    [{ ...failure, workorder: workOrderId }, 'workorder'],
    [{ ...failure, error: { ...failure.error, klass: 'x' } }, 'klass'],
  ] as const) {
    const { status, body } = await call(`${base}/escalate`, post(given));
    expect([status, (body as { detail: string }).detail]).toEqual([400, expect.stringContaining(name)]);
  }
  expect(await acts(it)).toEqual([]);
  // Nobody will see the report, but the attempt is on record.
  const logged = await it.database.query
    .selectFrom('decisionLogs')
    .select(['kind', 'agentType', 'decisionOutput'])
    .execute();
  expect(logged).toHaveLength(3);
  expect(logged[0]).toEqual({
    kind: 'skip',
    agentType: 'client_manager',
    decisionOutput: { as: 'nothing', because: expect.stringContaining('serverity') },
  });
});

test('R-ESC-2: the severity `warning` of other programs is medium', async () => {
  const { call, workOrderId } = await ground();
  const short = { work_order_id: workOrderId, reason: 'It builds slowly.', severity: 'warning' };
  const { status, body } = await call(`${base}/escalate`, post(short));
  expect(status).toBe(202);
  const { id } = body as { id: string };
  expect((await call(`${base}/resolutions/${id}`)).body).toMatchObject({ severity: 'medium' });
});

test('R-SEC-3: an invalid report is refused before anything is written', async () => {
  const it = await ground();
  const { call, database, tokens } = it;
  const wrong = [
    {},
    { ...failure, severity: 'bad' },
    { ...failure, component: '' },
    { ...failure, work_order_id: "1'; drop table" },
    { ...failure, error: { code: 'not stable', message: 'x' } },
    { ...failure, error: { code: 'X', message: 'x'.repeat(10_000) } },
  ];
  for (const body of wrong)
    expect(await call(`${base}/escalate`, post(body))).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID' },
    });
  expect((await call(`${base}/escalate`, post(failure, tokens.viewer))).status).toBe(403);
  expect(await acts(it)).toEqual([]);
  expect(await openAlerts(database.query)).toEqual([]);
});
