// Which settings a machine uses if it missed the notification of a change, or received only half of one.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { Database } from '../../store/database.ts';
import { writeSetting } from '../../store/work/system-config.ts';
import { defaultSettings } from '../policy/engine-settings.ts';
import { liveSettings } from './live-settings.ts';

const machine = 'settings.limits.machine_slots';
const project = 'settings.limits.project_slots';
const soon = { timeout: 60_000, interval: 50 };

async function following(database: Database) {
  const live = liveSettings(database, {
    base: defaultSettings,
    given: new Set<string>(),
    onIgnored: async () => undefined,
    onFailure: () => undefined,
  });
  onTestFinished(() => live.close());
  await live.follow();
  await live.read();
  const slots = () => [live.current.machineSlotsMax, live.current.projectSlotsMax];
  return { live, slots };
}

test('R-UI-4: a change whose notification is lost applies at the next look, half a minute later at most, and two of one transaction apply together', async () => {
  const database = await testDatabase();
  const { slots } = await following(database);
  const before = slots();
  await sql`alter table system_config disable trigger user`.execute(database.query);
  await database.transaction(async (query) => {
    await writeSetting(query, machine, 3, 'human:ada');
    await writeSetting(query, project, 2, 'human:ada');
    expect(slots()).toEqual(before);
  });
  const seen = new Set<string>();
  await expect
    .poll(() => {
      seen.add(slots().join());
      return slots();
    }, soon)
    .toEqual([3, 2]);
  expect([...seen].filter((each) => each !== before.join())).toEqual(['3,2']);
});

test('R-UI-4: connections that are cut while a setting changes lose no change', async () => {
  const database = await testDatabase();
  const { slots } = await following(database);
  for (const value of [2, 3, 4, 5, 6]) {
    const cut = database.run((query) =>
      sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute(query),
    );
    await Promise.all([cut, database.run((query) => writeSetting(query, machine, value, 'human:ada'))]);
  }
  await expect.poll(() => slots()[0], soon).toBe(6);
});
