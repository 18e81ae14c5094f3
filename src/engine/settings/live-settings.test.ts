import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { type Database, openDatabase } from '../../store/database.ts';
import { removeSetting, writeSetting } from '../../store/work/system-config.ts';
import { defaultSettings } from '../policy/engine-settings.ts';
import { liveSettings } from './live-settings.ts';
import { reportIgnored } from './report-ignored.ts';

const key = 'settings.limits.machine_slots';
const soon = { timeout: 60_000, interval: 20 };

async function aMachine(database: Database) {
  const failures: unknown[] = [];
  const live = liveSettings(database, {
    base: defaultSettings,
    given: new Set<string>(),
    onIgnored: reportIgnored({ database, logger: pino({ level: 'silent' }) }),
    onFailure: (cause) => failures.push(cause),
  });
  onTestFinished(() => live.close());
  await live.follow();
  await live.read();
  return { live, failures };
}

const set = (database: Database, name: string, value: unknown) =>
  database.run((query) => writeSetting(query, name, value, 'human:ada'));

const alerts = async (database: Database) =>
  (
    await database.query
      .selectFrom('systemAlerts')
      .select(['key', 'message', 'times', 'resolvedBy'])
      .orderBy('key')
      .execute()
  ).map((row) => ({ ...row }));

test('R-UI-4: what is changed holds on every machine at once, in the object that each goes by', async () => {
  const database = await testDatabase();
  const [one, other] = [await aMachine(database), await aMachine(database)];
  const held = other.live.current;
  await set(database, key, 3);
  await expect.poll(() => [one.live.current.machineSlotsMax, held.machineSlotsMax], soon).toEqual([3, 3]);
  await database.transaction((query) => removeSetting(query, key, 'human:ada'));
  await expect.poll(() => [one.live.current.machineSlotsMax, held.machineSlotsMax], soon).toEqual([8, 8]);
});

test('R-UI-4: a row that is broken is not gone by, and is an alert until it is mended', async () => {
  const database = await testDatabase();
  await set(database, key, 'many');
  await set(database, 'settings.limits.of_another_version', 1);
  await set(database, 'settings.limits.project_slots', 5);
  const { live } = await aMachine(database);
  expect(live.current).toMatchObject({ machineSlotsMax: 8, projectSlotsMax: 5 });
  await expect
    .poll(() => alerts(database), soon)
    .toMatchObject([
      {
        key: `setting:${key}`,
        times: 1,
        message: `Moose ignores the setting ${key}: it must be a whole number from 1 to 1000. The default applies. Set it again, or \`moose config unset ${key}\`.`,
        resolvedBy: null,
      },
      {
        key: 'setting:settings.limits.of_another_version',
        message: expect.stringContaining('this version of Moose has no such setting'),
      },
    ]);
  await set(database, key, 4);
  await expect.poll(() => live.current.machineSlotsMax, soon).toBe(4);
  await expect
    .poll(async () => (await alerts(database)).map(({ resolvedBy }) => resolvedBy), soon)
    .toEqual(['moose', null]);
});

test('what cannot be read is told once, and what was read before holds', async () => {
  const database = await testDatabase();
  const second = openDatabase(database.url, { connectionsMax: 2 });
  onTestFinished(() => second.close());
  const { live, failures } = await aMachine(second);
  await set(database, key, 3);
  await expect.poll(() => live.current.machineSlotsMax, soon).toBe(3);
  await sql`alter table system_config rename to system_config_gone`.execute(database.query);
  await sql`select pg_notify('moose_settings', ''), pg_notify('moose_settings', 'again')`.execute(
    database.query,
  );
  await expect.poll(() => failures.length, soon).toBe(1);
  await sql`select pg_notify('moose_settings', 'more')`.execute(database.query);
  await expect(live.read()).rejects.toThrow();
  expect(live.current.machineSlotsMax).toBe(3);
  await sql`alter table system_config_gone rename to system_config`.execute(database.query);
  await set(database, key, 2);
  await expect.poll(() => live.current.machineSlotsMax, soon).toBe(2);
  expect(failures).toHaveLength(1);
});
