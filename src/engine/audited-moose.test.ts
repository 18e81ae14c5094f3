import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { scratchDirectory, scratchRepository } from '../git/scratch-repository.fixture.ts';
import { systemClock } from '../stdx/clock.ts';
import { auditedMoose } from './audited-moose.ts';
import { createMoose } from './moose.ts';
import { noForge } from './no-forge.fixture.ts';
import { createKeyRing } from './secrets/key-ring.ts';

const known = { agentNames: ['patch'], assertModel: async () => undefined };

async function ground(actor: string, from: 'cli' | 'mcp') {
  const database = await testDatabase();
  const plain = createMoose({ database, clock: systemClock, ...noForge, known, actor });
  const moose = auditedMoose(plain, { database, clock: systemClock, actor, from });
  const entries = async () =>
    (await moose.settings.audit({ limit: 50 })).items
      .map(({ actor: who, act, subject, detail }) => ({ who, act, subject, detail }))
      .reverse();
  return { moose, entries };
}

test('R-SEC-1: fear: what is done on the command line stands nowhere', async () => {
  const { moose, entries } = await ground('human:ada', 'cli');
  const repositoryPath = scratchRepository().path;
  const { order } = await moose.submit({ title: 'Mend it', repositoryPath });
  await moose.pause(order.id.slice(0, 8), 'lunch');
  await moose.limits();
  await moose.limits({ dailyNanoUsd: 7_000_000_000n });
  await moose.settings.change('budget.warning_share', { value: 0.7 });
  const by = { who: 'human:ada' };
  expect(await entries()).toEqual([
    {
      ...by,
      act: 'work_order.submit',
      subject: order.id,
      detail: { title: 'Mend it', repository_path: repositoryPath, needs_approval: false, from: 'cli' },
    },
    { ...by, act: 'work_order.pause', subject: order.id, detail: { because: 'lunch', from: 'cli' } },
    { ...by, act: 'limits.change', subject: 'budget', detail: { dailyUsd: 7, from: 'cli' } },
    { ...by, act: 'setting.change', subject: 'budget.warning_share', detail: { value: 0.7, from: 'cli' } },
  ]);
});

test('R-SEC-1, R-PROJ-5: that a variable was set is recorded, and its value is not', async () => {
  const database = await testDatabase();
  const keyRing = createKeyRing({ dataDirectory: scratchDirectory() });
  const actor = 'human:ada';
  const plain = createMoose({ database, clock: systemClock, ...noForge, known, actor, keyRing });
  const moose = auditedMoose(plain, { database, clock: systemClock, actor, from: 'cli' });
  const { project } = await moose.projects.add({ repository: scratchRepository().path });
  const given = { name: 'REGION', value: 'eu-central-1', is_secret: false };
  await moose.projects.variables.set(project.name, given);
  await moose.projects.variables.remove(project.name, 'REGION');
  const { items } = await moose.settings.audit({ limit: 50 });
  expect(items.map(({ act }) => act)).toEqual([
    'project.variable.remove',
    'project.variable.set',
    'project.add',
  ]);
  expect(JSON.stringify(items)).not.toContain(given.value);
});

test('R-SEC-1: what an assistant is refused stands there too, under its name', async () => {
  const { moose, entries } = await ground('mcp:helper', 'mcp');
  const { order } = await moose.submit({ title: 'Mend it', repositoryPath: scratchRepository().path });
  const raised = { limitNanoUsd: 9_000_000_000n };
  await expect(moose.retry(order.id, raised)).rejects.toMatchObject({ name: expect.any(String) });
  await expect(moose.pause('00000000')).rejects.toMatchObject({ code: 'WORK_ORDER_NOT_FOUND' });
  expect(await entries()).toMatchObject([
    { who: 'mcp:helper', act: 'work_order.submit' },
    { who: 'mcp:helper', act: 'work_order.retry', detail: { limitUsd: 9, from: 'mcp' } },
    { who: 'mcp:helper', act: 'work_order.retry.refused' },
  ]);
});

test('R-BASE-3: a reconciliation from the command line is recorded, and so is the answer about a difference', async () => {
  const { moose, entries } = await ground('human:ada', 'cli');
  // This Moose knows no machine and no difference: what it refuses was requested all the same.
  await expect(moose.reconcile.plan()).rejects.toMatchObject({ code: 'RECONCILE_NOT_HERE' });
  await expect(moose.reconcile.now()).rejects.toMatchObject({ code: 'RECONCILE_NOT_HERE' });
  await expect(moose.reconcile.answer('00000000', 'leave')).rejects.toMatchObject({
    code: 'DRIFT_NOT_FOUND',
  });
  expect(await entries()).toMatchObject([
    { who: 'human:ada', act: 'reconcile', subject: 'all', detail: { from: 'cli' } },
    { act: 'reconcile.refused', subject: 'all' },
    { act: 'reconcile.answer', subject: '00000000', detail: { answer: 'leave', from: 'cli' } },
    { act: 'reconcile.answer.refused', subject: '00000000' },
  ]);
});
