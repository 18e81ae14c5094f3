import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { limitsOf } from '../../store/money/limits.ts';
import { writeSetting } from '../../store/work/system-config.ts';
import { defaultSettings, type EngineSettings, settingDefinitions } from '../policy/engine-settings.ts';
import { rowsOfPolicies } from '../policy/recovery-rows.ts';
import { owners } from '../policy/settings/people.ts';
import { applySettings } from './apply-settings.ts';
import { asked } from './settings-ground.fixture.ts';

/** Another valid value for each setting. */
const others: Readonly<Record<string, unknown>> = {
  'budget.daily_limit_usd': 12.5,
  'settings.limits.equal_failures': 5,
  'budget.monthly_limit_usd': 77,
  'budget.warning_share': 0.8,
  'budget.time_zone': 'Europe/Berlin',
  'settings.policies.recovery': [
    {
      component: 'routing',
      category: 'transient',
      act: 'retry',
      delays_ms: [5],
      otherwise: 'compensate',
      because: 'so',
    },
    { act: 'escalate', because: 'a person decides' },
  ],
  'settings.policies.hard_stop_words': ['ledger'],
  'settings.models.light': ['anthropic/one', 'anthropic/two'],
  'settings.models.standard': ['anthropic/three'],
  'settings.models.strong': ['anthropic/four'],
  'settings.models.reviewer': 'anthropic/five',
  'settings.models.task_reader': 'anthropic/five',
  'settings.models.efforts': ['low', 'high'],
  'settings.models.allowed_members': ['service_hint'],
  'settings.agents.default': 'codex',
  'settings.agents.fallback': ['patch', 'codex'],
  'settings.agents.isolation': 'require',
  'settings.agents.viewers': 'none',
  'settings.limits.sessions': 'off',
  'settings.targets.recovery_share': 0.95,
  'settings.agents.egress': 'open',
  'settings.agents.logins': ['codex'],
  'settings.people.on_call': ['ada', 'bob'],
  'settings.policies.merge': 'green',
  'settings.policies.no_checks': 'ask',
  'settings.policies.together': 'all',
  'settings.policies.rerun': 'never',
  'settings.policies.director_mode': 'ask',
};

test('R-UI-4: every setting can be changed, keeps the value, names who changed it, and can be reset to its default', async () => {
  const database = await testDatabase();
  const { change, one, list, live } = asked(database);
  const before = structuredClone(live.current);
  for (const { key, kind, min = 0, max = 0 } of settingDefinitions) {
    const value = others[key] ?? (kind === 'share' ? 0.75 : Math.min(max, min + 1));
    const byDefault = (await one(key)).default;
    expect(await one(key)).toMatchObject({
      value: byDefault,
      source: 'default',
      version: 0,
      changed_by: null,
    });
    const changed = await change(key, { value, expectedVersion: 0 });
    expect(changed).toMatchObject({
      default: byDefault,
      source: 'changed',
      version: 1,
      changed_by: 'human:ada',
    });
    if (key !== 'settings.policies.recovery') expect(changed?.value).toEqual(value);
    expect(changed?.value, key).not.toEqual(byDefault);
    // The rest is read in the database whenever it is used.
    const isOfEngine = key.startsWith('settings.') && !owners.some((owner) => owner.key === key);
    if (isOfEngine) expect(live.current, key).not.toEqual(before);
    expect(await change(key, { value: null, expectedVersion: 1 })).toMatchObject({
      value: byDefault,
      source: 'default',
      version: 2,
      changed_by: 'human:ada',
    });
    expect(live.current).toEqual(before);
  }
  expect((await list()).map(({ key }) => key)).toEqual(settingDefinitions.map(({ key }) => key));
});

test('an unknown setting is not written', async () => {
  const database = await testDatabase();
  const { change } = asked(database, 'token:bot');
  await expect(change('settings.limits.nothing', { value: 3 })).rejects.toMatchObject({
    code: 'SETTING_NOT_FOUND',
  });
});

test('a value from the environment says so, and is what a reset returns to', async () => {
  const database = await testDatabase();
  const key = 'settings.limits.machine_slots';
  const { one, change } = asked(database, 'human:ada', ['MOOSE_MACHINE_SLOTS']);
  expect(await one(key)).toMatchObject({
    source: 'environment',
    environment: 'MOOSE_MACHINE_SLOTS',
    default: 8,
  });
  expect(await change(key, { value: 3 })).toMatchObject({ source: 'changed', value: 3, default: 8 });
  expect(await change(key, { value: null })).toMatchObject({ source: 'environment', value: 8 });
});

const table = rowsOfPolicies(defaultSettings.recovery);

test('the recovery table as printed can be stored as it is, and means the same', async () => {
  const { change, live } = asked(await testDatabase());
  const printed = table.map((row) => ({ ...row, does: 'whatever' }));
  await change('settings.policies.recovery', { value: printed });
  expect(rowsOfPolicies(live.current.recovery)).toEqual(table);
});

test('R-UI-4: of two people who change the same setting at once, one is told that the other was first', async () => {
  const database = await testDatabase();
  const [ada, bob] = [asked(database, 'human:ada'), asked(database, 'human:bob')];
  const key = 'settings.limits.project_slots';
  const done = await Promise.allSettled([
    ada.change(key, { value: 2, expectedVersion: 0 }),
    bob.change(key, { value: 3, expectedVersion: 0 }),
  ]);
  expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const refused = done.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
  const { changed_by: first, changed_at: at } = await ada.one(key);
  expect(refused.reason).toMatchObject({
    code: 'SETTING_CHANGED',
    message: `"Concurrent agents and checks per project" was changed by ${first} at ${at}, after you read it.`,
  });
  await expect(
    bob.change('settings.people.reminders', { value: 3, expectedVersion: 4 }),
  ).rejects.toMatchObject({
    code: 'SETTING_CHANGED',
    message: expect.stringContaining('was never changed'),
  });
});

test('R-UI-4: the history is complete, newest first, in pages; an unchanged value is not a new version', async () => {
  const database = await testDatabase();
  const [ada, bob] = [asked(database, 'human:ada'), asked(database, 'human:bob')];
  const key = 'settings.limits.project_slots';
  await ada.change(key, { value: 2 });
  await ada.change(key, { value: 2 });
  await bob.change(key, { value: 3 });
  await bob.change(key, { value: null });
  await bob.change(key, { value: null });
  await ada.change(key, { value: 4 });
  const first = await ada.history(key, { limit: 3 });
  const rest = await ada.history(key, { limit: 3, cursor: first.next_cursor ?? '' });
  expect(
    [...first.items, ...rest.items].map(({ version, value, changed_by }) => [version, value, changed_by]),
  ).toEqual([
    [4, 4, 'human:ada'],
    [3, null, 'human:bob'],
    [2, 3, 'human:bob'],
    [1, 2, 'human:ada'],
  ]);
  expect([first.next_cursor, rest.next_cursor]).toEqual(['2', null]);
  await expect(ada.history('settings.nothing', { limit: 1 })).rejects.toMatchObject({
    code: 'SETTING_NOT_FOUND',
  });
  const { rows } = await sql<{
    subject: string;
  }>`select subject from live_events where topic = 'setting'`.execute(database.query);
  expect(rows.map(({ subject }) => subject)).toEqual([key, key, key, key]);
});

test('an unknown setting is not found, with a suggestion; its row can be removed', async () => {
  const database = await testDatabase();
  const { change, unset, one, history } = asked(database);
  const gone = 'settings.limits.of_another_version';
  await expect(one('settings.limits.machine_slot')).rejects.toMatchObject({
    code: 'SETTING_NOT_FOUND',
    advice: expect.stringMatching(/^Did you mean settings.limits.machine_slots/),
  });
  await expect(change(gone, { value: 1 })).rejects.toMatchObject({ code: 'SETTING_NOT_FOUND' });
  await expect(unset(gone)).rejects.toMatchObject({ code: 'SETTING_NOT_FOUND' });
  await expect(unset('engine.version')).rejects.toMatchObject({
    code: 'SETTING_NOT_FOUND',
  });
  await database.run((query) => writeSetting(query, gone, 1, 'moose'));
  await unset(gone);
  expect((await history(gone, { limit: 5 })).items.map(({ value }) => value)).toEqual([null, 1]);
});

test('R-BUD-1: anybody may lower a system limit, only a person may raise it, and it applies from the next reservation', async () => {
  const database = await testDatabase();
  const [program, ada] = [asked(database, 'api:robot'), asked(database, 'human:ada')];
  const key = 'budget.daily_limit_usd';
  await program.change(key, { value: 5 });
  await expect(program.change(key, { value: 6 })).rejects.toMatchObject({ code: 'LIMIT_NOT_YOURS' });
  await expect(program.change(key, { value: null })).rejects.toMatchObject({ code: 'LIMIT_NOT_YOURS' });
  const zone = { value: 'Pacific/Kiritimati' };
  await expect(program.change('budget.time_zone', zone)).rejects.toMatchObject({ code: 'LIMIT_NOT_YOURS' });
  await ada.change(key, { value: 7.000000001 });
  const [day] = await limitsOf(database.query);
  expect(day?.limitNanoUsd).toBe(7_000_000_001n);
});

test('R-SEC-5: fear: a program with an admin token turns the isolation of agents off', async () => {
  const database = await testDatabase();
  const [program, ada] = [asked(database, 'api:robot'), asked(database, 'human:ada')];
  const key = 'settings.agents.isolation';
  for (const value of ['off', 'auto', 'require', null])
    await expect(program.change(key, { value })).rejects.toMatchObject({ code: 'ISOLATION_NOT_YOURS' });
  expect(program.live.current.isolation).toBe('auto');
  await ada.change(key, { value: 'off' });
  expect(ada.live.current.isolation).toBe('off');
});

test('R-SEC-6: fear: a program with an admin token opens the network of setup and checks', async () => {
  const database = await testDatabase();
  const [program, ada] = [asked(database, 'api:robot'), asked(database, 'human:ada')];
  const key = 'settings.agents.egress';
  for (const value of ['open', 'listed', null])
    await expect(program.change(key, { value })).rejects.toMatchObject({ code: 'ISOLATION_NOT_YOURS' });
  expect(program.live.current.egress).toBe('listed');
  await ada.change(key, { value: 'open' });
  expect(ada.live.current.egress).toBe('open');
});

test('R-SEC-5: fear: a setting weakens the isolation that the environment of a machine requires', () => {
  const machine: EngineSettings = { ...defaultSettings, isolation: 'require' };
  for (const value of ['off', 'auto']) {
    const { settings, ignored } = applySettings(machine, [{ key: 'settings.agents.isolation', value }]);
    expect(settings.isolation).toBe('require');
    expect(ignored).toMatchObject([{ because: expect.stringContaining('MOOSE_ISOLATION=require') }]);
  }
});

test('agents and models are listed with what is known about them, and no key is revealed', async () => {
  const database = await testDatabase();
  const { agents, models, change } = asked(database);
  await change('settings.models.light', { value: ['anthropic/mine'] });
  await sql`insert into circuit_states (key, kind, phase, generation, state, updated_by)
    values ('agent:codex', 'agent', 'open', 1, '{}', 'test'), ('provider:anthropic', 'provider', 'half_open', 1, '{}', 'test')`.execute(
    database.query,
  );
  expect(await agents()).toEqual([
    {
      name: 'patch',
      is_default: true,
      is_installed: true,
      version: null,
      tested_version: null,
      calls_models: false,
      circuit: 'closed',
      runs_24h: 0,
      good_24h: 0,
      last_success: null,
      login: null,
    },
    {
      name: 'codex',
      is_default: false,
      is_installed: true,
      version: '1.2.3',
      tested_version: '1.2.4',
      calls_models: true,
      circuit: 'open',
      runs_24h: 0,
      good_24h: 0,
      last_success: null,
      login: null,
    },
  ]);
  expect((await models())[0]).toEqual({
    name: 'anthropic/mine',
    provider: 'anthropic',
    tiers: ['light'],
    has_key: true,
    circuit: 'half_open',
    input_usd_per_million: null,
    output_usd_per_million: null,
  });
});

test('R-PIPE-3: a setting can also remove a hard-stop word, and an unknown one is refused', async () => {
  const database = await testDatabase();
  const key = 'settings.policies.hard_stop_words';
  const { change, live } = asked(database);
  const words = () => Object.keys(live.current.assessment.hardStopWords);
  expect(words()).toContain('token');
  expect(await change(key, { value: ['ledger', '-token'] })).toMatchObject({ value: ['ledger', '-token'] });
  expect(words()).toContain('ledger');
  expect(words()).not.toContain('token');
  await expect(change(key, { value: ['-nothing'] })).rejects.toMatchObject({ code: 'SETTING_VALUE_INVALID' });
  await change(key, { value: null });
  expect(words()).toContain('token');
});
