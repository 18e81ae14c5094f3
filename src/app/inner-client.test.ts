// The command line and an assistant on the machine of the database: every change that they ask for is recorded, as one
// over the network is.
import { expect, test } from 'vitest';
import { commandLineAsk } from '../../test/command-line-ask.ts';
import { testDatabase } from '../../test/database.ts';
import { changeLimits, listLimits } from '../contract/operations/money.ts';
import { answerDrift, listDrift, reconcileNow } from '../contract/operations/monitoring.ts';
import { defineOperation, reading } from '../contract/operations/operation.ts';
import { createProject, removeProjectVariable, setProjectVariable } from '../contract/operations/projects.ts';
import { changeSetting } from '../contract/operations/settings.ts';
import { createToken, showMe } from '../contract/operations/sign-in.ts';
import { pauseWorkOrder, retryWorkOrder, submitWorkOrder } from '../contract/operations/steering.ts';
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
  const ask = commandLineAsk(database, inner, { actor, via });
  const entries = async () =>
    (await inner.settings.audit({ limit: 50 })).items
      .map(({ actor: who, act, subject, detail }) => ({ who, act, subject, detail }))
      .reverse();
  return { ask, entries };
}

test('R-SEC-1: fear: what is done on the command line stands nowhere', async () => {
  const { ask, entries } = await ground('human:ada', 'cli');
  const repository_path = scratchRepository().path;
  const { work_order: order } = await ask(submitWorkOrder, { body: { title: 'Mend it', repository_path } });
  await ask(pauseWorkOrder, { params: { id: order.id.slice(0, 8) }, body: { because: 'lunch' } });
  await ask(listLimits);
  await ask(changeLimits, { body: { daily_usd: 7 } });
  await ask(changeSetting, { params: { key: 'budget.warning_share' }, body: { value: 0.7 } });
  await ask(createToken, { body: { name: 'robot', role: 'viewer' } });
  const by = { who: 'human:ada' };
  expect(await entries()).toMatchObject([
    {
      ...by,
      act: 'work_order.submit',
      subject: order.id,
      detail: { title: 'Mend it', repository_path, needs_approval: false, from: 'cli' },
    },
    { ...by, act: 'work_order.pause', subject: order.id, detail: { because: 'lunch', from: 'cli' } },
    { ...by, act: 'limits.change', subject: 'budget', detail: { daily_usd: 7, from: 'cli' } },
    { ...by, act: 'setting.change', subject: 'budget.warning_share', detail: { value: 0.7, from: 'cli' } },
    { ...by, act: 'token.create', subject: 'robot', detail: { role: 'viewer', from: 'cli' } },
  ]);
});

test('R-SEC-1, R-PROJ-5: that a variable was set is recorded, and its value is not', async () => {
  const { ask, entries } = await ground('human:ada', 'cli');
  const { project } = await ask(createProject, { body: { repository: scratchRepository().path } });
  const params = { id: project.name, name: 'REGION' };
  const given = { value: 'eu-central-1', is_secret: false };
  await ask(setProjectVariable, { params, body: given });
  await ask(removeProjectVariable, { params });
  const all = await entries();
  expect(all.map(({ act }) => act)).toEqual([
    'project.add',
    'project.variable.set',
    'project.variable.remove',
  ]);
  expect(JSON.stringify(all)).not.toContain(given.value);
});

test('R-SEC-1: what an assistant is refused stands there too, under its name', async () => {
  const { ask, entries } = await ground('mcp:helper', 'mcp');
  const given = { title: 'Mend it', repository_path: scratchRepository().path };
  const { work_order: order } = await ask(submitWorkOrder, { body: given });
  const raised = ask(retryWorkOrder, { params: { id: order.id }, body: { limit_usd: 9 } });
  await expect(raised).rejects.toMatchObject({ name: expect.any(String) });
  const nobodys = ask(pauseWorkOrder, { params: { id: '00000000' } });
  await expect(nobodys).rejects.toMatchObject({ code: 'WORK_ORDER_NOT_FOUND' });
  expect(await entries()).toMatchObject([
    { who: 'mcp:helper', act: 'work_order.submit' },
    { who: 'mcp:helper', act: 'work_order.retry', detail: { limit_usd: 9, from: 'mcp' } },
    { who: 'mcp:helper', act: 'work_order.retry.refused' },
  ]);
});

test('R-BASE-3: a reconciliation from the command line is recorded, and so is the answer about a difference', async () => {
  const { ask, entries } = await ground('human:ada', 'cli');
  // This Moose knows no machine and no difference: what it refuses was requested all the same.
  const looked = ask(listDrift, { query: { look: true } });
  await expect(looked).rejects.toMatchObject({ code: 'RECONCILE_NOT_HERE' });
  await expect(ask(reconcileNow)).rejects.toMatchObject({ code: 'RECONCILE_NOT_HERE' });
  const answered = ask(answerDrift, { params: { id: '00000000' }, body: { answer: 'leave' } });
  await expect(answered).rejects.toMatchObject({ code: 'DRIFT_NOT_FOUND' });
  expect(await entries()).toMatchObject([
    { who: 'human:ada', act: 'reconcile', subject: 'all', detail: { from: 'cli' } },
    { act: 'reconcile.refused', subject: 'all' },
    { act: 'reconcile.answer', subject: '00000000', detail: { answer: 'leave', from: 'cli' } },
    { act: 'reconcile.answer.refused', subject: '00000000' },
  ]);
});

test('an error passes the interface as it was thrown, and a signal ends the question', async () => {
  const { ask } = await ground('human:ada', 'cli');
  const nothing = defineOperation({ ...reading('/api/nothing', 'Nothing'), responses: {} });
  const signal = AbortSignal.abort(new DOMException('Stopped by a signal', 'AbortError'));
  await expect(ask(showMe, { signal })).rejects.toThrow('Stopped by a signal');
  await expect(ask(nothing)).rejects.toBeInstanceOf(PermanentError);
});
