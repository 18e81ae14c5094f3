import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { ConfigurationError } from '../../../domain/failure.ts';
import { newId, type RunId } from '../../../domain/ids.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { insertOutcome } from '../../../store/figures/outcomes.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { dayOf } from '../../run/budget/ledger-ground.fixture.ts';
import type { Work } from '../../run/work.ts';
import { onRecord } from '../on-record.fixture.ts';
import { atStep, claimedAgain, type Given, loseFence } from '../scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../scripted-agent.fixture.ts';
import { scriptedModel } from '../scripted-model.fixture.ts';
import { routing } from './routing.ts';

const shared = sharedDatabase();

const dollar = 1_000_000_000n;

const models = ['p/light', 'p/standard', 'p/strong'].map((name) => scriptedModel(name));
const ladder = { models: { light: ['p/light'], standard: ['p/standard'], strong: ['p/strong'] } };

async function ground(given: Given & { order?: Partial<Work['order']> } = {}) {
  const { order, ...rest } = given;
  const at = await atStep(shared(), 'routing', {
    models,
    ...rest,
    settings: { ...ladder, ...rest.settings },
  });
  Object.assign(at.work.order, order);
  return at;
}

async function routed(work: Work): Promise<RoutingResult> {
  const end = await routing(work);
  if (end.end !== 'done') throw new Error(`It ended as ${end.end}`);
  return end.result;
}

/** Checks that nothing is reserved, and that nothing outside the database was changed. */
async function expectUntouched(work: Work): Promise<void> {
  expect(await onRecord(work)).toMatchObject({ effects: [], results: [], run: { reservationId: null } });
  expect(await work.database.query.selectFrom('costTracking').selectAll().execute()).toEqual([]);
}

test.each<[string, Partial<Work['order']>, string[], bigint]>([
  ['small', { title: 'Fix a typo' }, ['p/light', 'p/standard', 'p/strong'], dollar / 10n],
  ['with a hard-stop word', { title: 'Change the payment of invoices' }, ['p/strong'], (dollar * 5n) / 2n],
])(
  'R-PIPE-3: work that is %s gets its models in order, and the envelope of the policy',
  async (_, order, names, nanoUsd) => {
    const { work } = await ground({ order });
    expect(await routed(work)).toMatchObject({
      models: names,
      envelopeNanoUsd: nanoUsd.toString(),
      agent: 'scripted',
    });
    expect(await dayOf(work.database)).toEqual([nanoUsd, 0n, 0n]);
  },
);

test('R-PIPE-3: fear: work that has failed before is treated as just as easy as new work', async () => {
  const fresh = await routed((await ground({ order: { title: 'Fix a typo' } })).work);
  const { work } = await ground({ order: { title: 'Fix a typo' } });
  for (const fault of ['work', 'work', 'person'] as const) {
    const runId = newId<RunId>(new Date());
    await work.database.query
      .insertInto('runs')
      .values({
        id: runId,
        workOrderId: work.order.id,
        number: 10 + Number(`0x${runId.slice(-4)}`),
        kind: 'work',
        firstStep: 'routing',
        state: 'ended',
      })
      .execute();
    await insertOutcome(work.database.query, {
      id: newId(new Date()),
      workOrderId: work.order.id,
      runId,
      success: false,
      fault,
      model: 'p/light',
      agent: 'scripted',
      complexity: 0,
      features: '{}',
      costNanoUsd: 0n,
      durationMs: 1n,
      refinementCycles: 0,
    });
  }
  const again = await routed(work);
  expect(again.complexity).toBeGreaterThan(fresh.complexity);
  expect(again.reasons.join()).toContain('2 ');
});

test('R-PIPE-3: the decision contains the reservation, and is written with the step, not before', async () => {
  const { work, repository } = await ground();
  const end = await routing(work);
  if (end.end !== 'done') throw new Error(`It ended as ${end.end}`);
  const { reservationId } = end.result;
  const decisions = () =>
    work.database.query
      .selectFrom('decisionLogs')
      .selectAll()
      .where('workOrderId', '=', work.order.id)
      .execute();
  expect(await decisions()).toEqual([]);
  await work.database.transaction(async (query) => end.also?.(query));
  expect(await decisions()).toMatchObject([
    { kind: 'routing', decisionOutput: { metadata: { reservation_id: reservationId } } },
  ]);
  expect(end.learned).toMatchObject({ baseBranch: 'main', baseSha: repository.headSha, isScripted: true });
});

test('R-PIPE-3, R-BUD-1: over the limit nothing is reserved, no model is called, and a person can raise it', async () => {
  const { work } = await ground();
  await sql`update system_config set value = '0.001' where key = 'budget.daily_limit_usd'`.execute(
    work.database.query,
  );
  await expect(routing(work)).rejects.toMatchObject({
    code: 'MONEY_AWAITED',
    failureClass: 'budget_exceeded',
    advice: expect.any(String),
  });
  await expectUntouched(work);
  expect(models.flatMap(({ prompts }) => prompts)).toEqual([]);
});

test('R-BUD-1: no more of the policy’s estimate is reserved than the work order’s own limit', async () => {
  const { work } = await ground({ limitNanoUsd: dollar / 50n });
  expect(await routed(work)).toMatchObject({ envelopeNanoUsd: (dollar / 50n).toString() });
});

test('R-PIPE-1, fear: Moose dies after the reservation, and the next process reserves the money twice', async () => {
  const { work } = await ground();
  const first = await routed(work);
  const held = await dayOf(work.database);
  const again = await claimedAgain(work);
  again.run.reservationId = null;
  expect(await routed(again)).toMatchObject({ reservationId: first.reservationId });
  expect(await dayOf(work.database)).toEqual(held);
});

test('a process that lost its run reserves nothing', async () => {
  const { work } = await ground();
  await loseFence(work);
  await expect(routing(work)).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(await work.database.query.selectFrom('costTracking').selectAll().execute()).toEqual([]);
});

test('R-SES-4: models that cannot be called here are left out, and the next ones take their place', async () => {
  const { work } = await ground({ order: { title: 'Fix a typo' } });
  const model = (name: string) => {
    if (name !== 'p/light') return work.model(name);
    throw new ConfigurationError({
      code: 'MODEL_KEY_MISSING',
      component: 'models',
      operation: 'create',
      message: name,
      advice: 'Set it.',
    });
  };
  expect((await routed({ ...work, model })).models).toEqual(['p/standard', 'p/strong']);
});

test('R-SES-4: a model that its agent cannot call is refused before anything is reserved', async () => {
  const agents = [scriptedAgent('', { wires: ['openai-responses'], writesCode: true })];
  const { work } = await ground({ agents, orderSettings: { model: 'p/strong' } });
  await expect(routing(work)).rejects.toMatchObject({ code: 'AGENT_MODEL_UNFIT', category: 'configuration' });
  await expectUntouched(work);
  // The error is the same if the models come from the settings.
  const all = { ...work, order: { ...work.order, settings: {} } };
  await expect(routing(all)).rejects.toMatchObject({ code: 'AGENT_MODEL_UNFIT' });
});

test('R-PIPE-11: a person’s choice for this run takes precedence over the work order, the project and the settings', async () => {
  const names = ['own', 'ordered', 'projects', 'default'];
  const { work } = await ground({
    agents: names.map((name) => scriptedAgent('', { name })),
    orderSettings: { agent: 'ordered' },
  });
  work.project.settings.agent = 'projects';
  const run = { ...work.run, settings: { agent: 'own', model: 'p/strong' } };
  expect(await routed({ ...work, run })).toMatchObject({ agent: 'own', models: ['p/strong'] });
  expect((await routed({ ...work })).agent).toBe('ordered');
  expect((await routed({ ...work, order: { ...work.order, settings: {} } })).agent).toBe('projects');
});

test('R-PROJ-2: in a local repository the file on the checked-out branch names the base, unless a person does', async () => {
  const named = { '.moose/config.yml': 'base: next\n' };
  const { work, repository } = await ground({ files: named });
  repository.git('branch', 'next', repository.headSha);
  repository.commit({ 'later.txt': 'x' });
  expect(await routed(work)).toMatchObject({ baseBranch: 'next', baseSha: repository.headSha });
  const other = await ground({ files: named, orderSettings: { base: 'main' } });
  expect(await routed(other.work)).toMatchObject({ baseBranch: 'main' });
});

test('R-PIPE-5: if a person commits to the base meanwhile, work with a branch keeps its own base, and new work uses theirs', async () => {
  const first = await ground();
  const sha = first.repository.commit({ 'theirs.txt': 'theirs' });
  expect((await routed(first.work)).baseSha).toBe(sha);
  const later = await atStep(shared(), 'tracking', { models });
  const again = await claimedAgain(later.work);
  later.repository.commit({ 'theirs.txt': 'theirs' });
  expect((await routed(again)).baseSha).toBe(later.repository.headSha);
});

test('R-SES-4: a repository without a checked-out branch is reported to its user', async () => {
  const { work, repository } = await ground();
  repository.git('checkout', '--quiet', '--detach');
  await expect(routing(work)).rejects.toMatchObject({
    code: 'REPOSITORY_DETACHED',
    category: 'configuration',
  });
});

test('fear: a repetition of a conflicting work order starts from the user’s own checkout, and conflicts again', async () => {
  const replaced = await atStep(shared(), 'tracking', { models });
  const { repository, work } = replaced;
  const origin = join(scratchDirectory(), 'origin.git');
  repository.git('clone', '--quiet', '--bare', repository.path, origin);
  repository.git('remote', 'add', 'origin', origin);
  const merged = repository.commit({ 'merged.txt': 'merged' });
  repository.git('push', '--quiet', origin, 'main');
  repository.git('reset', '--quiet', '--hard', repository.headSha);
  const { work: again } = await ground({ orderSettings: { replaces: work.order.id } });
  const order = await theWorkOrder(work.database, again.order.id);
  expect(await routed({ ...again, order, project: work.project })).toMatchObject({
    baseBranch: 'main',
    baseSha: merged,
  });
});

test('a cancel during routing reserves nothing', async () => {
  const { work } = await ground();
  await expect(routing({ ...work, signal: AbortSignal.abort(new Error('cancelled')) })).rejects.toThrow();
  await expectUntouched(work);
});

const config = (text: string) => ({ files: { '.moose/config.yml': text } });

test('R-PROJ-2: agent, model, limit and time of the file apply if nothing else sets them', async () => {
  const agents = [scriptedAgent('true'), { ...scriptedAgent('true'), name: 'of-file' }];
  const text = 'agent: of-file\nmodel: p/strong\nlimit: 3\ntime: 30m\n';
  const { work } = await ground({ agents, ...config(text) });
  const result = await routed(work);
  expect(result).toMatchObject({ agent: 'of-file', models: ['p/strong'], envelopeNanoUsd: `${3n * dollar}` });
  expect(work.order).toMatchObject({ limitNanoUsd: 3n * dollar, timeLimitMs: 1_800_000 });
  expect(await theWorkOrder(work.database, work.order.id)).toMatchObject({
    limitNanoUsd: 3n * dollar,
    timeLimitMs: 1_800_000,
  });
});

test('R-PROJ-2: values of the work order and the project take precedence over the file', async () => {
  const { work } = await ground({
    ...config('model: p/strong\nlimit: 3\ntime: 30m\n'),
    limitNanoUsd: dollar,
    orderSettings: { model: 'p/light' },
  });
  work.project.settings.time_limit_ms = 60_000;
  expect(await routed(work)).toMatchObject({ models: ['p/light'], envelopeNanoUsd: `${dollar}` });
  expect(work.order).toMatchObject({ limitNanoUsd: dollar, timeLimitMs: 60_000 });
});

test('R-PROJ-2: an invalid file stops the work order before anything is spent', async () => {
  const { work } = await ground(config('checks:\n  - kind: tset\n    command: x\n'));
  await expect(routing(work)).rejects.toMatchObject({
    code: 'PROJECT_CONFIG_INVALID',
    category: 'configuration',
    message: expect.stringContaining('.moose/config.yml:2:11: checks entry 1.kind must be one of'),
  });
  await expectUntouched(work);
});

test('an unknown agent that only the file names is refused with the name of the file', async () => {
  const { work } = await ground(config('agent: nobody\n'));
  await expect(routing(work)).rejects.toMatchObject({
    code: 'AGENT_UNKNOWN',
    message: 'There is no agent called "nobody", which .moose/config.yml names.',
  });
  await expectUntouched(work);
});
