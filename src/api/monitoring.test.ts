import { sql } from 'kysely';
import { expect, test } from 'vitest';
import {
  adminHealthSchema,
  alertsSchema,
  circuitsSchema,
  machinesSchema,
  priceCheckSchema,
  reproductionSchema,
  stuckSchema,
  summarySchema,
  trendsSchema,
} from '../contract/contract.ts';
import { newId, type WorkOrderId } from '../domain/ids.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { saveArtifact } from '../store/work/sessions/artifacts.ts';
import { type ApiGround, apiGround } from './api-ground.fixture.ts';

const post = (headers: Record<string, string> = {}) => ({ method: 'POST', headers });
const as = (ground: ApiGround, role: 'viewer' | 'operator') => ({
  authorization: `Bearer ${ground.tokens[role]}`,
});
const audits = async ({ database }: ApiGround) =>
  (await database.query.selectFrom('auditLog').select(['act', 'subject']).orderBy('id').execute()).map(
    ({ act, subject }) => `${act} ${subject}`,
  );

async function anError(
  ground: ApiGround,
  given: { agoMs?: number; recovered?: boolean | null; workOrderId?: WorkOrderId } = {},
) {
  const id = newId<string>(new Date());
  await ground.database.query
    .insertInto('errorEvents')
    .values({
      id,
      errorType: 'MODEL_OVERLOADED',
      severity: 'medium',
      component: 'models',
      operation: 'generate',
      errorMessage: 'It is overloaded.',
      failureClass: 'timeout',
      category: 'transient',
      fingerprint: 'abcd',
      recoveryStrategy: 'retry',
      recoverySuccess: given.recovered ?? null,
      workOrderId: given.workOrderId ?? null,
      resolutionTimeMs: 500n,
      timestamp: new Date(Date.now() - (given.agoMs ?? 0)),
    })
    .execute();
  return id;
}

test('R-UI-3: health has exactly the names of the contract', async () => {
  const { call } = await apiGround();
  const { status, body } = await call('/api/admin/health');
  expect(status).toBe(200);
  expect(adminHealthSchema.strict().parse(body)).toEqual(body);
  expect((await call('/api/stuck')).body).toEqual(stuckSchema.parse({ items: [] }));
  expect((await call('/api/machines')).body).toEqual(machinesSchema.parse({ items: [], untaken: [] }));
});

test('R-SES-7: differences are listed, and an unknown one cannot be answered', async () => {
  const { call } = await apiGround();
  const { status, body } = await call('/api/reconcile');
  expect(status).toBe(200);
  expect(body).toMatchObject({ looked_at: null, drifts: [], counts: { safe: 0, asked: 0, left: 0 } });
  const headers = { 'content-type': 'application/json' };
  const answer = (given: string) => ({ method: 'POST', headers, body: JSON.stringify({ answer: given }) });
  expect((await call('/api/reconcile/abcdef01/answer', answer('leave'))).status).toBe(404);
  expect((await call('/api/reconcile/abcdef01/answer', answer('drop'))).status).toBe(400);
  // A server without its own data directory cannot look for drift.
  expect((await call('/api/reconcile?look=true')).body).toMatchObject({ code: 'RECONCILE_NOT_HERE' });
});

test('trends: what happened is in its span, in UTC, and in the totals', async () => {
  const ground = await apiGround();
  await aWorkOrderAtWork(ground.database);
  await anError(ground, { recovered: true });
  await anError(ground, { agoMs: 20 * 3_600_000, recovered: false });
  await anError(ground, { agoMs: 3 * 24 * 3_600_000 });
  const trends = trendsSchema.strict().parse((await ground.call('/api/trends')).body);
  expect(trends).toMatchObject({ range: '24h', bucket_ms: 3_600_000, totals: { errors: 2, spent_usd: 0 } });
  expect(trends.errors.map(({ count, recovered }) => [count, recovered])).toEqual([
    [1, 0],
    [1, 1],
  ]);
  expect(trends.recovery).toEqual({
    failures: 2,
    recovered: 1,
    rate: 0.5,
    mean_time_to_recover_ms: 500,
    by_strategy: [{ strategy: 'retry', tried: 2, recovered: 1 }],
  });
  expect(trends.throughput.map(({ submitted }) => submitted)).toEqual([1]);
  for (const { at } of trends.errors) expect(at).toMatch(/T\d\d:00:00\.000Z$/);
  const month = trendsSchema.parse((await ground.call('/api/trends?range=30d')).body);
  expect([month.bucket_ms, month.totals.errors]).toEqual([24 * 3_600_000, 3]);
  expect(await ground.call('/api/trends?range=1y')).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID' },
  });
});

test('circuits are kept open and reset, with a slash in the name too; who only looks may not, and what is done is audited', async () => {
  const ground = await apiGround();
  const path = `/api/circuits/${encodeURIComponent('model:anthropic/claude-x')}`;
  expect(await ground.call(`${path}/open`, post(as(ground, 'viewer')))).toMatchObject({
    status: 403,
    body: { code: 'ROLE_TOO_LOW' },
  });
  expect((await ground.call(`${path}/open`, post(as(ground, 'operator')))).body).toMatchObject({
    key: 'model:anthropic/claude-x',
    phase: 'open',
    held_by: 'api:operator',
    next_probe_at: null,
  });
  const { items } = circuitsSchema.parse((await ground.call('/api/circuits')).body);
  expect(items.map(({ key }) => key)).toEqual(['model:anthropic/claude-x']);
  expect(await ground.call(path)).toMatchObject({
    status: 200,
    body: { key: 'model:anthropic/claude-x', because: null, updated_by: 'api:operator' },
  });
  expect(await ground.call('/api/circuits/provider:nobody')).toMatchObject({ status: 404 });
  expect(await ground.call(`${path}/reset`, post())).toMatchObject({
    status: 200,
    body: { phase: 'closed', woken_runs: 0 },
  });
  expect(await ground.call('/api/circuits/provider:nobody/reset', post())).toMatchObject({
    status: 404,
    body: { code: 'CIRCUIT_UNKNOWN' },
  });
  expect(await ground.call('/api/circuits/nonsense/open', post())).toMatchObject({
    status: 400,
    body: { code: 'CIRCUIT_KEY_INVALID' },
  });
  expect(await audits(ground)).toEqual([
    'circuit.open model:anthropic/claude-x',
    'circuit.reset model:anthropic/claude-x',
    ...['circuit.reset provider:nobody', 'circuit.reset.refused provider:nobody'],
    ...['circuit.open nonsense', 'circuit.open.refused nonsense'],
  ]);
});

test('alerts are listed and resolved', async () => {
  const ground = await apiGround();
  const id = newId<string>(new Date());
  await ground.database.query
    .insertInto('systemAlerts')
    .values({ id, severity: 'high', component: 'budget', message: 'Look.', metadata: '{"a":1}' })
    .execute();
  const open = alertsSchema.parse((await ground.call('/api/alerts')).body);
  expect(open.items).toMatchObject([{ id, code: null, metadata: { a: 1 }, resolved_at: null }]);
  expect(await ground.call(`/api/alerts/${id}/resolve`, post(as(ground, 'viewer')))).toMatchObject({
    status: 403,
  });
  expect((await ground.call(`/api/alerts/${id}/resolve`, post())).body).toMatchObject({
    resolved_by: 'api:admin',
  });
  expect((await ground.call('/api/alerts')).body).toEqual({ items: [] });
  expect(alertsSchema.parse((await ground.call('/api/alerts?all=true')).body).items).toHaveLength(1);
  expect(await ground.call('/api/alerts/ffffffff/resolve', post())).toMatchObject({
    status: 404,
    body: { code: 'ALERT_NOT_FOUND' },
  });
});

test('a day in sum; one that the calendar does not have is refused', async () => {
  const { call } = await apiGround();
  const { status, body } = await call('/api/summary');
  expect([status, summarySchema.strict().parse(body).is_so_far]).toEqual([200, true]);
  expect(await call('/api/summary?day=2026-02-30')).toMatchObject({
    status: 400,
    body: { code: 'DAY_INVALID' },
  });
});

test('errors: each once over all pages, though many have one moment; one in full; unknown ones are told', async () => {
  const ground = await apiGround();
  for (let n = 0; n < 5; n++) await anError(ground);
  await sql`update error_events set timestamp = date_trunc('second', clock_timestamp()) - interval '1 s 1 us'`.execute(
    ground.database.query,
  );
  await anError(ground, { agoMs: 2 * 24 * 3_600_000 });
  const page = async (query: string) =>
    (await ground.call(`/api/errors?${query}`)).body as {
      items: Array<{ id: string }>;
      next_cursor: string | null;
    };
  const seen: string[] = [];
  let cursor: string | null = '';
  for (let pages = 0; cursor !== null && pages < 9; pages++) {
    const found = await page(`range=7d&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    seen.push(...found.items.map(({ id }) => id));
    cursor = found.next_cursor;
  }
  expect([seen.length, new Set(seen).size]).toEqual([6, 6]);
  expect((await page('limit=50')).items).toHaveLength(5);
  expect((await page(`within_ms=${3 * 24 * 3_600_000}&range=24h`)).items).toHaveLength(6);
  expect((await page('within_ms=500')).items).toEqual([]);
  expect(await ground.call('/api/errors?work_order=')).toMatchObject({ status: 400 });
  expect((await page('code=OTHER')).items).toEqual([]);
  expect((await page('fingerprint=abcd&component=models&failure_class=timeout')).items).toHaveLength(5);
  for (const wrong of [newId<string>(new Date()), 'x'])
    expect(await ground.call(`/api/errors?cursor=${wrong}`)).toMatchObject({
      body: { code: 'CURSOR_INVALID' },
    });
  expect(await ground.call('/api/errors?work_order=ffffffff')).toMatchObject({ status: 404 });
  const [id] = seen;
  expect((await ground.call(`/api/errors/${id}`)).body).toMatchObject({ id, code: 'MODEL_OVERLOADED' });
  expect(await ground.call('/api/errors/ffffffff')).toMatchObject({
    status: 404,
    body: { code: 'ERROR_NOT_FOUND' },
  });
  expect((await ground.call('/api/error-groups')).body).toMatchObject({
    groups: [{ fingerprint: 'abcd', count: 5 }],
  });
  expect((await ground.call('/api/error-groups?within_ms=500')).body).toMatchObject({ groups: [] });
  const { body } = await ground.call(
    `/api/errors/${id}/reproduction?node_path=${encodeURIComponent('/own/node')}&moose_path=/own/moose&version=1.2.3`,
  );
  const reproduction = reproductionSchema.parse(body);
  expect(reproduction).toMatchObject({ error_id: id, kind: 'evidence' });
  const contentOf = (name: string) => reproduction.files.find(({ path }) => path === name);
  expect(contentOf('reproduce.sh')).toMatchObject({
    is_program: true,
    content: expect.stringMatching(/\/own\/node[\s\S]*\/own\/moose/),
    content_base64: null,
  });
  expect(contentOf('environment')?.content).toContain('Moose 1.2.3');
});

test('fear: a reproduction changes the bytes of a patch that is not UTF-8', async () => {
  const ground = await apiGround();
  const { workOrderId, runId } = await aWorkOrderAtWork(ground.database);
  const content = Buffer.from([0x2b, 0x63, 0x61, 0x66, 0xe9, 0x0a]);
  await saveArtifact(ground.database.query, { workOrderId, runId, cycle: 0, kind: 'patch', content });
  const id = await anError(ground, { workOrderId, agoMs: -1_000 });
  const { body } = await ground.call(`/api/errors/${id}/reproduction`);
  const patch = reproductionSchema.parse(body).files.find(({ path }) => path === 'change.patch');
  expect(patch?.content.startsWith('+caf')).toBe(true);
  expect(Buffer.from(patch?.content_base64 ?? '', 'base64')).toEqual(content);
});

test('the classifier answers other programs', async () => {
  const ground = await apiGround();
  const send = (body: object) =>
    ground.call('/api/classify', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const stderr = "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.";
  expect(await send({ cmd: 'tsc', exit_code: 2, stdout: stderr })).toMatchObject({
    status: 200,
    body: { failure_class: 'compile_error', context: { file: 'src/a.ts', error_code: 'TS2322' } },
  });
  expect(await send({ exit_code: 'two' })).toMatchObject({ status: 400 });
});

test('money: where it is, that the books are right, what models cost', async () => {
  const { call } = await apiGround();
  expect((await call('/api/budget')).body).toMatchObject({ envelopes: [], architect: { spent_usd: 0 } });
  expect((await call('/api/budget/check')).body).toEqual({ holds: true, differences: [] });
  expect(await call('/api/prices?name=nobody/knows')).toMatchObject({
    status: 404,
    body: { code: 'PRICE_UNKNOWN' },
  });
  expect((await call('/api/prices?all=true')).status).toBe(200);
});

test('money: a counter that is wrong is told to the last digit', async () => {
  const { call, database } = await apiGround();
  await sql`insert into budget_windows (key, limit_nano_usd, spent_nano_usd) values ('day:2026-01-01', 5, 1234567891)`.execute(
    database.query,
  );
  expect((await call('/api/budget/check')).body).toEqual({
    holds: false,
    differences: [{ what: 'spent', key: 'day:2026-01-01', counter: '$1.234567891', sum: '$0.000000000' }],
  });
  await sql`insert into cost_tracking (id, type, status, service_name, reserved_nano_usd, actual_nano_usd, model, price_version)
    values (${newId<string>(new Date())}, 'actual', 'settled', 'test', 1, 1000000001, 'a/b', 'none')`.execute(
    database.query,
  );
  expect(priceCheckSchema.parse((await call('/api/prices/check')).body)).toMatchObject({
    checked: 1,
    differing: 1,
    differences: [{ model: 'a/b', price_version: 'none', booked: '$1.000000001', recomputed: null }],
  });
});

test('R-SEC-1: a program lowers a limit and never raises it or lifts a freeze; a person does', async () => {
  const ground = await apiGround();
  const put = (body: object, headers: Record<string, string> = {}) =>
    ground.call('/api/limits', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  expect(await put({ daily_usd: 1 }, as(ground, 'operator'))).toMatchObject({ status: 403 });
  expect((await put({ daily_usd: 50.25 })).body).toMatchObject({
    limits: [{ limit_usd: 50.25, is_frozen: false }, { limit_usd: 500 }],
  });
  for (const more of [{ daily_usd: 51 }, { monthly_usd: 501 }, { thaw: true }])
    expect(await put(more)).toMatchObject({ status: 403, body: { code: 'LIMIT_NOT_YOURS' } });
  expect((await ground.call('/api/limits')).body).toMatchObject({ limits: [{ limit_usd: 50.25 }, {}] });
  expect(await put({ daily_usd: -1 })).toMatchObject({ status: 400 });
});
