import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { forgetTurns, takeTurn } from './job-turns.ts';

const everyMs = 3_600_000;
const at = (by: string, isFirst = false) => ({ job: 'sum-up', everyMs, by, isFirst });

test('R-DIST-4: of many processes one takes the turn, and the others learn how long to wait', async () => {
  const { query } = await testDatabase();
  const waits = await Promise.all(['alpha', 'beta', 'gamma'].map((by) => takeTurn(query, at(by))));
  expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(1);
  const later = await takeTurn(query, at('delta'));
  expect(later).toBeGreaterThan(everyMs / 2);
  expect(later).toBeLessThanOrEqual(everyMs);
  await sql`update job_turns set ran_at = ran_at - interval '1 hour'`.execute(query);
  expect(await takeTurn(query, at('delta'))).toBe(0);
  expect(await query.selectFrom('jobTurns').select(['job', 'ranBy']).execute()).toEqual([
    { job: 'sum-up', ranBy: 'delta' },
  ]);
});

test('R-DIST-4: a process that starts takes a turn in any case, and so does one whose clock was set back', async () => {
  const { query } = await testDatabase();
  expect(await takeTurn(query, at('alpha'))).toBe(0);
  expect(await takeTurn(query, at('beta', true))).toBe(0);
  await sql`update job_turns set ran_at = now() + interval '1 day'`.execute(query);
  expect(await takeTurn(query, at('alpha'))).toBe(0);
});

test('rows of machines that are gone are deleted after a week', async () => {
  const { query } = await testDatabase();
  await takeTurn(query, at('alpha'));
  await takeTurn(query, { ...at('alpha'), job: 'of an old machine' });
  await sql`update job_turns set ran_at = now() - interval '8 days' where job <> 'sum-up'`.execute(query);
  await forgetTurns(query);
  expect(await query.selectFrom('jobTurns').select('job').execute()).toEqual([{ job: 'sum-up' }]);
});
