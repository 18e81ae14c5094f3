import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  estimateSchema,
  learningSchema,
  planChangesSchema,
  specDetailSchema,
  specPage,
  specSchema,
} from '../contract/contract.ts';
import { planned, planOf } from '../domain/plan/plan.fixture.ts';
import { createMoose } from '../engine/moose.ts';
import { noForge } from '../engine/no-forge.fixture.ts';
import { specBytesMax } from '../engine/specs/estimate-spec.ts';
import { systemClock } from '../stdx/clock.ts';
import { addPlan } from '../store/work/plans/plannings.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { type ApiGround, apiGround } from './api-ground.fixture.ts';

const send = (ground: ApiGround, path: string, body: object, headers: Record<string, string> = {}) =>
  ground.call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const content = '# Shop\n\n## Basket\n- add\n- take away\n';

test('R-SPEC-1: a spec is estimated and kept, once under one key; it is listed and shown', async () => {
  const ground = await apiGround();
  const { body: estimate } = await send(ground, '/api/specs/estimate', { name: 'shop', content });
  expect(estimateSchema.strict().parse(estimate)).toMatchObject({
    sections: 1,
    work_orders: { low: 1, high: 2 },
  });
  expect((await ground.call('/api/specs')).body).toEqual({ items: [], next_cursor: null });
  const key = { 'idempotency-key': 'one' };
  const made = await send(ground, '/api/specs', { name: 'shop', content }, key);
  expect([made.status, specSchema.strict().parse(made.body).bytes]).toEqual([201, content.length]);
  expect((await send(ground, '/api/specs', { name: 'shop', content }, key)).body).toEqual(made.body);
  const { id } = specSchema.parse(made.body);
  expect(specDetailSchema.strict().parse((await ground.call(`/api/specs/${id}`)).body).content).toBe(content);
  await send(ground, '/api/specs', { name: 'another', content });
  const first = specPage.parse((await ground.call('/api/specs?limit=1')).body);
  const next = specPage.parse((await ground.call(`/api/specs?limit=1&cursor=${first.next_cursor}`)).body);
  expect([...first.items, ...next.items].map(({ name }) => name)).toEqual(['another', 'shop']);
  expect(next.next_cursor).toBeNull();
});

test('a spec is for a project that there is', async () => {
  const ground = await apiGround();
  await aWorkOrderAtWork(ground.database);
  const { body } = await send(ground, '/api/specs', { name: 's', content, project: 'api' });
  expect(specSchema.parse(body)).toMatchObject({ project: 'api', created_by: 'api:admin' });
  expect(await send(ground, '/api/specs', { name: 's', content, project: 'nobody' })).toMatchObject({
    status: 404,
    body: { code: 'PROJECT_NOT_FOUND' },
  });
});

test('R-SEC-3: what is too large or no text is refused and nothing is kept', async () => {
  const ground = await apiGround();
  const refused: Array<[number, string, string]> = [
    [413, 'SPEC_TOO_LARGE', 'x'.repeat(specBytesMax + 1)],
    [400, 'SPEC_NOT_TEXT', 'a\0b'],
    [400, 'SPEC_EMPTY', ''],
    [413, 'BODY_TOO_LARGE', 'x'.repeat(3 * specBytesMax)],
  ];
  for (const [status, code, text] of refused)
    expect(await send(ground, '/api/specs', { name: 's', content: text })).toMatchObject({
      status,
      body: { code },
    });
  const viewer = { authorization: `Bearer ${ground.tokens.viewer}` };
  expect(await send(ground, '/api/specs', { name: 's', content }, viewer)).toMatchObject({ status: 403 });
  expect(await ground.call('/api/specs/ffffffff')).toMatchObject({
    status: 404,
    body: { code: 'SPEC_NOT_FOUND' },
  });
  expect(await ground.call('/api/specs?cursor=x')).toMatchObject({
    status: 400,
    body: { code: 'CURSOR_INVALID' },
  });
  expect((await ground.call('/api/specs')).body).toMatchObject({ items: [] });
});

test('two specs of one beginning are told apart', async () => {
  const ground = await apiGround();
  const { database } = ground;
  const unused = {} as never;
  const moose = createMoose({
    signal: new AbortController().signal,
    database,
    clock: systemClock,
    ...noForge,
    known: unused,
    actor: 'human:ada',
  });
  for (const end of ['1', '2'])
    await moose.specs.upload({ name: `s${end}`, content }, `0192f0c4-0000-7000-8000-00000000000${end}`);
  expect(await ground.call('/api/specs/0192f0c4')).toMatchObject({
    status: 409,
    body: { code: 'SPEC_AMBIGUOUS' },
  });
});

test('R-SPEC-4: a version of a plan is compared with the one before it; a version that there is none of is refused', async () => {
  const ground = await apiGround();
  const { id: specId } = specSchema.parse((await send(ground, '/api/specs', { name: 's', content })).body);
  expect(await ground.call(`/api/specs/${specId}/plan/changes`)).toMatchObject({
    status: 404,
    body: { code: 'PLAN_NOT_FOUND' },
  });
  const problem = { code: 'DEPENDS_ON_ITSELF' as const, keys: ['a'], message: 'a depends on itself.' };
  const made = { specId, planningId: null, madeBy: 'architect:a/one', because: 'planned' };
  const refused = planOf([planned('a', { depends_on: ['a'] })]);
  await addPlan(ground.database.query, { ...made, id: randomUUID(), plan: refused, problems: [problem] });
  await addPlan(ground.database.query, {
    ...made,
    id: randomUUID(),
    plan: planOf([planned('a')]),
    problems: [],
  });
  const { body } = await ground.call(`/api/specs/${specId}/plan/changes?version=2`);
  expect(planChangesSchema.strict().parse(body)).toMatchObject({
    before: { version: 1, problems: [problem] },
    after: { version: 2, problems: [] },
    items: [{ name: 'a', what: 'changed', fields: [{ field: 'after', before: 'a', after: '' }] }],
  });
  expect((await ground.call(`/api/specs/${specId}/plan/changes`)).body).toEqual(body);
  expect((await ground.call(`/api/specs/${specId}/plan/changes?version=1`)).body).toMatchObject({
    before: null,
    items: [],
  });
  expect(await ground.call(`/api/specs/${specId}/plan/changes?version=0`)).toMatchObject({ status: 400 });
});

test('learning: of nothing it is empty, and a range that there is none of is refused', async () => {
  const { call } = await apiGround();
  const { body } = await call('/api/learning?range=90d');
  expect(learningSchema.strict().parse(body)).toMatchObject({
    range: '90d',
    attempts: 0,
    by_model: [],
  });
  expect(await call('/api/learning?range=1h')).toMatchObject({ status: 400 });
});

test('learning: an attempt costs what its work order has cost since the attempt before', async () => {
  const { call, database } = await apiGround();
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  const second = '0192f0c4-0000-7000-8000-000000000009' as typeof runId;
  await database.query
    .insertInto('runs')
    .values({ id: second, workOrderId, number: 2, kind: 'work', state: 'ended' })
    .execute();
  const vector = (id: typeof runId, costNanoUsd: bigint, agoMs: number) => ({
    id,
    workOrderId,
    runId: id,
    success: id === second,
    model: 'a/one',
    agent: 'patch',
    complexity: 0.5,
    features: '{}',
    costNanoUsd,
    durationMs: 10n,
    refinementCycles: 0,
    createdAt: new Date(Date.now() - agoMs),
  });
  await database.query
    .insertInto('outcomeVectors')
    .values([vector(runId, 3_000_000_000n, 48 * 3_600_000), vector(second, 5_000_000_000n, 1_000)])
    .execute();
  const learning = async (range: string) =>
    learningSchema.parse((await call(`/api/learning?range=${range}`)).body);
  expect((await learning('24h')).by_complexity).toMatchObject([
    { subject: 'medium', attempts: 1, mean_cost_usd: 2 },
  ]);
  expect((await learning('7d')).by_model).toMatchObject([{ attempts: 2, successes: 1, mean_cost_usd: 2.5 }]);
});
