import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { scheduleGround } from '../../engine/commands/schedules/schedules.fixture.ts';
import { readSchedulesOnce } from '../../store/connection/read-once.ts';
import { diagnoseSchedules } from './schedules.ts';

test('the doctor reports schedules that cannot run, and not those that a person has paused', async () => {
  const { database, add, asked, due, decide } = await scheduleGround();
  const diagnosed = async () => diagnoseSchedules(await readSchedulesOnce(database.url));
  expect(await diagnosed()).toEqual([]);
  const { id } = await add();
  await asked.pause('nightly');
  expect(await diagnosed()).toMatchObject([{ name: 'schedules', state: 'ok', found: '1 schedule' }]);
  await asked.resume('nightly', { tokenId: null, role: 'admin' });
  await sql`update schedules set template = template || '{"title": "{{gone}}"}'`.execute(database.query);
  await due(id);
  await decide(id);
  expect(await diagnosed()).toMatchObject([
    { name: 'schedule nightly', state: 'warning', found: expect.stringContaining('no placeholder {{gone}}') },
  ]);
  await sql`update projects set removed_at = now()`.execute(database.query);
  expect(await diagnosed()).toMatchObject([{ found: expect.stringMatching(/^its project .+ was removed$/) }]);
  await due(id);
  await decide(id);
  await sql`update projects set removed_at = null`.execute(database.query);
  expect(await diagnosed()).toMatchObject([{ found: expect.stringContaining('has paused itself') }]);
});
