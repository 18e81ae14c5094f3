// The limits that routing gives a work order: those that nobody sets depend on the kind of its agent (R-PROJ-8).

import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { RoutingResult } from '../../domain/work-order/step-result.ts';
import { workOrderLimits } from '../../domain/work-order/work-order.ts';
import { exactly } from '../../store/storable.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import type { Work } from '../run/work.ts';
import { routing } from './routing/routing.ts';
import { atStep, type Given } from './scratch-pipeline.fixture.ts';
import { scriptedAgent } from './scripted-agent.fixture.ts';
import { scriptedModel } from './scripted-model.fixture.ts';

const shared = sharedDatabase();

const dollar = 1_000_000_000n;
const models = [scriptedModel('p/standard')];
const ladder = { models: { light: [], standard: ['p/standard'], strong: [] } };

const ground = (given: Given = {}) => atStep(shared(), 'routing', { models, settings: ladder, ...given });

async function routed(work: Work): Promise<RoutingResult> {
  const end = await routing(work);
  if (end.end !== 'done') throw new Error(`It ended as ${end.end}`);
  return end.result;
}

test('R-PROJ-8: a coding agent gets the time that such agents need, if nobody sets another', async () => {
  const agents = [scriptedAgent('true'), { ...scriptedAgent('true'), name: 'claude-code' }];
  const { work } = await ground({ agents, orderSettings: { agent: 'claude-code' } });
  await routed(work);
  expect(work.order.timeLimitMs).toBe(45 * 60_000);
  expect(await theWorkOrder(work.database, work.order.id)).toMatchObject({ timeLimitMs: 45 * 60_000 });
  const set = await ground({ agents, orderSettings: { agent: 'claude-code', is_time_given: true } });
  await routed(set.work);
  expect(set.work.order.timeLimitMs).toBe(300_000);
  const own = await ground({ agents });
  await routed(own.work);
  expect(own.work.order.timeLimitMs).toBe(300_000);
});

test('R-PROJ-8: the envelope of a coding agent begins small and may grow to what such agents need', async () => {
  const coding = { ...scriptedAgent('true'), name: 'claude-code', wires: ['anthropic-messages' as const] };
  const orderSettings = { agent: 'claude-code' };
  const { work } = await ground({ agents: [scriptedAgent('true'), coding], orderSettings });
  expect(await routed(work)).toMatchObject({ ceilingNanoUsd: `${5n * dollar}` });
  expect(await routed(work)).toMatchObject({ ceilingNanoUsd: `${5n * dollar}` });
  const limited = await ground({ agents: [coding], orderSettings, limitNanoUsd: 3n * dollar });
  expect(await routed(limited.work)).toMatchObject({ ceilingNanoUsd: `${3n * dollar}` });
  const own = await ground();
  expect(await routed(own.work)).not.toHaveProperty('ceilingNanoUsd');
});

test('R-PROJ-8: the kind of the agent decides about refinement cycles, in the first run alone', async () => {
  const coding = { ...scriptedAgent('true'), name: 'claude-code', writesCode: true };
  const { work } = await ground({
    agents: [scriptedAgent('true'), coding],
    orderSettings: { agent: 'claude-code' },
  });
  Object.assign(work.settings, { agentCyclesMax: 6, cyclesMax: 1 });
  await routed(work);
  expect(await theWorkOrder(work.database, work.order.id)).toMatchObject({ refinementCyclesMax: 6 });
  const own = await ground();
  Object.assign(own.work.settings, { agentCyclesMax: 6, cyclesMax: 1 });
  await routed({ ...own.work, run: { ...own.work.run, number: 2 } });
  expect(own.work.order.refinementCyclesMax).toBe(3);
  await routed(own.work);
  expect(await theWorkOrder(own.work.database, own.work.order.id)).toMatchObject({ refinementCyclesMax: 1 });
});

test('fear: a time limit that a person set is replaced, because it equals the default', async () => {
  const { work } = await ground({
    files: { '.moose/config.yml': 'time: 30m\n' },
    orderSettings: { is_time_given: true },
  });
  await routed(work);
  expect(work.order.timeLimitMs).toBe(300_000);
});

test('fear: routing changes the command of a check, because it masks a part of it as a secret', async () => {
  const agents = [scriptedAgent('true'), { ...scriptedAgent('true'), name: 'claude-code' }];
  const { work } = await ground({ agents, orderSettings: { agent: 'claude-code' } });
  const checks = [{ kind: 'test', command: `curl -H ghp_${'a1B2'.repeat(9)} x`, source: 'given' }] as const;
  const given = exactly(JSON.stringify({ checks }));
  await sql`update work_orders set settings = settings || ${given}::jsonb where id = ${work.order.id}`.execute(
    work.database.query,
  );
  work.order = await theWorkOrder(work.database, work.order.id);
  await routed(work);
  const { settings } = await theWorkOrder(work.database, work.order.id);
  expect(settings).toMatchObject({ checks, is_time_of_agent: true });
});

test('fear: a time limit that equals a default counts as the default, and one that differs as given', async () => {
  const agents = [scriptedAgent('true'), { ...scriptedAgent('true'), name: 'claude-code' }];
  const { work } = await ground({ agents, orderSettings: { agent: 'claude-code' } });
  await routed(work);
  expect(work.order.settings).toMatchObject({ is_time_of_agent: true });
  // Nobody gave it to the work order, so what the project says later applies.
  work.project.settings.time_limit_ms = 45 * 60_000;
  await routed(work);
  expect(work.order.timeLimitMs).toBe(45 * 60_000);
  expect(work.order.settings).not.toHaveProperty('is_time_of_agent');
  expect((await theWorkOrder(work.database, work.order.id)).settings).toEqual(work.order.settings);
  work.project.settings.time_limit_ms = 60_000;
  await routed(work);
  expect(work.order.timeLimitMs).toBe(60_000);
});

test('fear: cycles that equal a default are replaced: those of a command, and not those of an agent', async () => {
  const { work } = await ground({ orderSettings: { command: 'true' } });
  Object.assign(work.settings, { agentCyclesMax: 6, cyclesMax: 6 });
  await routed(work);
  expect(work.order.refinementCyclesMax).toBe(workOrderLimits.refinementCyclesMax);
});
