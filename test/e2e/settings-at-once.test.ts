// A changed setting takes effect in a running Moose without a restart.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openMoose } from '../../src/app/compose.ts';
import { rowsOfPolicies } from '../../src/engine/policy/recovery-rows.ts';
import { moose } from './command-line.fixture.ts';
import { type Ground, openGround, writes } from './ground.fixture.ts';

const soon = { timeout: 60_000, interval: 50 };

async function opened(env: Record<string, string> = {}): Promise<Ground> {
  const ground = await openGround(env);
  onTestFinished(() => ground.close());
  return ground;
}

const modelsOf = ({ provider }: Ground, id: string) =>
  provider
    .calls()
    .filter(({ workOrderId }) => workOrderId === id)
    .map(({ model }) => model);

test('R-UI-4: a changed model is used from the next run on, and the default one again after a reset', async () => {
  const ground = await opened();
  const { settings } = ground.opened.moose;
  const key = 'settings.models.light';
  const asked = async () => {
    const { id } = await ground.submit({ description: 'Fix a typo.' });
    expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
    return modelsOf(ground, id)[0];
  };
  const usual = await asked();
  expect(usual).not.toBe('strong');
  await settings.change('settings.policies.standard_complexity', { value: 1 });
  await settings.change(key, { value: ['scripted/strong'] });
  expect(await asked()).toBe('strong');
  await settings.change(key, { value: null });
  await settings.change('settings.policies.standard_complexity', { value: null });
  expect(await asked()).toBe(usual);
});

test('R-UI-4: a changed row of the recovery table decides about the next failure', async () => {
  const ground = await opened();
  const { moose } = ground.opened;
  const down = () => ({ status: 400, body: { error: { message: 'no' } } });
  const key = 'settings.policies.recovery';
  const first = await ground.submit({ answer: down });
  const { step } = await ground.settled(first.id);
  expect(step).toBe('generating');
  const own = {
    component: 'generating',
    act: 'retry',
    delays_ms: [20, 20],
    because: 'people here want it tried again',
  };
  const rows = [own, ...rowsOfPolicies(ground.config.engine.recovery)].filter(
    (row) => row === own || row.component !== 'generating',
  );
  await moose.settings.change(key, { value: rows });
  const second = await ground.submit({ answer: down });
  expect(await ground.settled(second.id)).toMatchObject({ status: 'failed', step: 'generating' });
  expect(ground.callsFor(second.id)).toBe(3 * ground.callsFor(first.id));
});

test('R-UI-4: an additional slot admits waiting work, whichever machine it was set on', async () => {
  const ground = await opened({ MOOSE_PROJECT_SLOTS: '1' });
  const { moose } = ground.opened;
  const checks = [{ kind: 'test', command: 'exec sleep 600', source: 'given' }] as const;
  // The limit of one project is tested, because the machine has fewer slots while it is under load.
  const first = await ground.submit({ checks });
  const both = [first, await ground.submit({ checks, repositoryPath: first.repositoryPath })];
  const running = async () => {
    const sessions = await Promise.all(both.map(({ id }) => moose.workOrders.sessionsOf(id)));
    return sessions.flat().filter(({ purpose, state }) => purpose === 'check' && state === 'running').length;
  };
  await expect.poll(running, soon).toBe(1);
  const elsewhere = await openMoose(ground.config);
  onTestFinished(() => elsewhere.close());
  expect(await elsewhere.moose.settings.one('settings.limits.project_slots')).toMatchObject({
    value: 1,
    source: 'environment',
  });
  await elsewhere.moose.settings.change('settings.limits.project_slots', { value: 2 });
  await expect.poll(running, soon).toBe(2);
  for (const { id } of both) await moose.cancel(id);
  for (const { id } of both) expect(await ground.settled(id)).toMatchObject({ status: 'cancelled' });
});

test('R-UI-4, R-BUD-1, R-GO-5: a lower daily limit lets the next run wait, and a higher one lets it continue', async () => {
  const ground = await opened();
  const { moose } = ground.opened;
  const key = 'budget.daily_limit_usd';
  await moose.settings.change(key, { value: 0.01 });
  const { id } = await ground.submit();
  await expect.poll(async () => (await moose.show(id)).explain, soon).toContain("today's limit");
  expect(ground.callsFor(id)).toBe(0);
  await moose.settings.change(key, { value: null });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  const { items } = await moose.settings.history(key, { limit: 5 });
  expect(items.map(({ value, changed_by }) => [value, changed_by])).toEqual([
    [100, 'human:ada'],
    [0.01, 'human:ada'],
  ]);
});

test('R-UI-4: a circuit in use opens after the number of failures that was set on another machine', async () => {
  const ground = await opened();
  const before = await ground.submit();
  expect(await ground.settled(before.id)).toMatchObject({ status: 'completed' });
  const second = await openMoose({
    ...ground.config,
    engine: { ...ground.config.engine, host: 'elsewhere' },
  });
  onTestFinished(() => second.close());
  await second.moose.settings.change('settings.breakers.circuit_failures', { value: 1 });
  await expect.poll(() => ground.opened.settings.current.circuitFailuresMax, soon).toBe(1);
  const { id } = await ground.submit({
    answer: ({ attempt }) =>
      attempt === 1 ? { status: 503, body: { error: { message: 'away' } } } : writes('a.txt', 'a\n'),
  });
  await expect
    .poll(async () => (await ground.opened.moose.circuits()).map(({ key, phase }) => [key, phase]), soon)
    .toContainEqual(['provider:scripted', 'open']);
  await ground.opened.moose.cancel(id);
  await ground.settled(id);
});

test('R-UI-7: settings from the command line reach a running Moose', async () => {
  const ground = await opened();
  const { current } = ground.opened.settings;
  const env = {
    PATH: process.env.PATH,
    HOME: ground.directory,
    MOOSE_DATABASE_URL: ground.opened.database.url,
    MOOSE_DATA: join(ground.directory, 'cli'),
    MOOSE_ACTOR: 'bob',
    MOOSE_SCRIPTED_BASE_URL: ground.provider.baseUrl,
  };
  const json = async (...args: string[]) => {
    const { stdout, exitCode } = await moose(env, 'config', ...args, '--json');
    return { exitCode, said: stdout === '' ? null : JSON.parse(stdout) };
  };
  const key = 'settings.policies.recovery';
  const all = await json();
  expect(all.said.length).toBeGreaterThan(30);
  const path = join(ground.directory, 'rows.json');
  const rows = [
    { component: 'routing', act: 'compensate', because: 'so' },
    { act: 'escalate', because: 'a person decides' },
  ];
  await writeFile(path, JSON.stringify(rows));
  expect(await json('set', key, `@${path}`)).toMatchObject({
    exitCode: 0,
    said: { source: 'changed', version: 1, changed_by: 'human:bob' },
  });
  await expect.poll(() => current.recovery.length, soon).toBe(2);
  expect((await json('history', key)).said).toMatchObject([{ version: 1, changed_by: 'human:bob' }]);
  const refused = await moose(env, 'config', 'set', 'settings.models.light', 'nobody/nothing');
  expect(refused).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('There is no model provider nobody'),
  });
  expect((await moose(env, 'config', 'unset', key)).stdout).toContain('to its environment value or default');
  await expect.poll(() => current.recovery.length, soon).toBeGreaterThan(20);
  const { stdout } = await moose(env, 'config', 'get', key);
  expect(stdout).toContain('The first row that matches a failure');
  expect((await moose(env, 'config')).stdout).toContain('settings.people.reminders');
  expect((await moose(env, 'config', 'nonsense')).exitCode).toBe(2);
});
