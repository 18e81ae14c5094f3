// The command line and an assistant on the machine of the database: every change that they ask for is recorded, as one
// over the network is.
import { z } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { clientOf, commandLineMoose } from '../../test/command-line-moose.ts';
import { testDatabase } from '../../test/database.ts';
import { PermanentError } from '../domain/failure.ts';
import { createMoose } from '../engine/moose.ts';
import { noForge } from '../engine/no-forge.fixture.ts';
import { createKeyRing } from '../engine/policy/secrets/key-ring.ts';
import { scratchDirectory, scratchRepository } from '../git/scratch-repository.fixture.ts';
import { systemClock } from '../stdx/clock.ts';

const known = { agentNames: ['patch'], assertModel: async () => undefined };

async function ground(actor: string, via: 'cli' | 'mcp') {
  const database = await testDatabase();
  const keyRing = createKeyRing({ dataDirectory: scratchDirectory() });
  const inner = createMoose({
    signal: new AbortController().signal,
    database,
    clock: systemClock,
    ...noForge,
    known,
    actor,
    keyRing,
  });
  const moose = commandLineMoose(database, inner, { actor, via });
  const entries = async () =>
    (await inner.settings.audit({ limit: 50 })).items
      .map(({ actor: who, act, subject, detail }) => ({ who, act, subject, detail }))
      .reverse();
  return { moose, entries, client: clientOf(database, inner, { actor, via }) };
}

test('R-SEC-1: fear: what is done on the command line stands nowhere', async () => {
  const { moose, entries } = await ground('human:ada', 'cli');
  const repositoryPath = scratchRepository().path;
  const { order } = await moose.submit({ title: 'Mend it', repositoryPath });
  await moose.pause(order.id.slice(0, 8), 'lunch');
  await moose.limits();
  await moose.limits({ daily_usd: 7 });
  await moose.settings.change('budget.warning_share', { value: 0.7 });
  await moose.tokens.create({ name: 'robot', role: 'viewer' });
  const by = { who: 'human:ada' };
  expect(await entries()).toMatchObject([
    {
      ...by,
      act: 'work_order.submit',
      subject: order.id,
      detail: { title: 'Mend it', repository_path: repositoryPath, needs_approval: false, from: 'cli' },
    },
    { ...by, act: 'work_order.pause', subject: order.id, detail: { because: 'lunch', from: 'cli' } },
    { ...by, act: 'limits.change', subject: 'budget', detail: { daily_usd: 7, from: 'cli' } },
    { ...by, act: 'setting.change', subject: 'budget.warning_share', detail: { value: 0.7, from: 'cli' } },
    { ...by, act: 'token.create', subject: 'robot', detail: { role: 'viewer', from: 'cli' } },
  ]);
});

test('R-SEC-1, R-PROJ-5: that a variable was set is recorded, and its value is not', async () => {
  const { moose, entries } = await ground('human:ada', 'cli');
  const { project } = await moose.projects.add({ repository: scratchRepository().path });
  const given = { name: 'REGION', value: 'eu-central-1', is_secret: false };
  await moose.projects.variables.set(project.name, given);
  await moose.projects.variables.remove(project.name, 'REGION');
  const all = await entries();
  expect(all.map(({ act }) => act)).toEqual([
    'project.add',
    'project.variable.set',
    'project.variable.remove',
  ]);
  expect(JSON.stringify(all)).not.toContain(given.value);
});

test('R-SEC-1: what an assistant is refused stands there too, under its name', async () => {
  const { moose, entries } = await ground('mcp:helper', 'mcp');
  const { order } = await moose.submit({ title: 'Mend it', repositoryPath: scratchRepository().path });
  const raised = { limitNanoUsd: 9_000_000_000n };
  await expect(moose.retry(order.id, raised)).rejects.toMatchObject({ name: expect.any(String) });
  await expect(moose.pause('00000000')).rejects.toMatchObject({ code: 'WORK_ORDER_NOT_FOUND' });
  expect(await entries()).toMatchObject([
    { who: 'mcp:helper', act: 'work_order.submit' },
    { who: 'mcp:helper', act: 'work_order.retry', detail: { limit_usd: 9, from: 'mcp' } },
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

test('an error passes the interface as it was thrown, and a signal ends the question', async () => {
  const { client } = await ground('human:ada', 'cli');
  const answer = z.unknown();
  const signal = AbortSignal.abort(new DOMException('Stopped by a signal', 'AbortError'));
  await expect(client.ask({ path: '/api/me', answer, signal })).rejects.toThrow('Stopped by a signal');
  await expect(client.ask({ path: '/api/nothing', answer })).rejects.toBeInstanceOf(PermanentError);
});
