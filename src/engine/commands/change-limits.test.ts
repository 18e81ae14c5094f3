// Whose limits an admin changes, however the name is written.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { newId, type WorkOrderId } from '../../domain/ids.ts';
import { systemClock } from '../../stdx/clock.ts';
import { reserveBudget } from '../../store/money/costs.ts';
import { projectOf } from '../../store/work/projects/projects.ts';
import { insertWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { changeLimits } from './change-limits.ts';

const shared = sharedDatabase();

function ground() {
  const database = shared();
  const limit = (name: string, dailyNanoUsd: bigint, actor = 'human:admin') =>
    changeLimits({ database, clock: systemClock }, { of: { kind: 'person', name }, dailyNanoUsd }, actor);
  const ask = async (requestedBy: string) => {
    const id = newId<WorkOrderId>(new Date());
    const { id: projectId } = await projectOf(database.query, '/srv/shop', new Date());
    const fixed = { projectId, title: 'Fix it', timeLimitMs: 1_000, changedBy: 'human:test' };
    await insertWorkOrder(database.query, { ...fixed, id, requestedBy });
    return id;
  };
  const mayReserve = async (id: WorkOrderId, nanoUsd: bigint) =>
    (await reserveBudget(database.query, nanoUsd, 'test', { work_order_id: id })).canProceed;
  return { database, limit, ask, mayReserve };
}

test.each([
  ['Ada.Lovelace@Example.org', 'human:ada.lovelace@example.org'],
  ['ADA', 'human:ada'],
  ['ada@GitHub.com', 'human:Ada@github.com'],
  ['API:CI', 'api:ci'],
  ['human:ADA', 'human:ada'],
])('R-BUD-1: fear: a limit of %s never applies to %s', async (name, requestedBy) => {
  const { limit, ask, mayReserve } = ground();
  const order = await ask(requestedBy);
  await limit(name, 5n);
  expect([await mayReserve(order, 6n), await mayReserve(order, 5n)]).toEqual([false, true]);
});

test('R-BUD-1: fear: a limit of an address in capital letters never applies, because it was set before the first sign-in', async () => {
  const { limit, ask, mayReserve } = ground();
  await limit('Ada.Lovelace@Example.org', 5n);
  expect(await mayReserve(await ask('human:ada.lovelace@example.org'), 6n)).toBe(false);
});

test('R-BUD-1: a login at a forge keeps its capital letters, also before it is used', async () => {
  const { database, limit, ask, mayReserve } = ground();
  await sql`insert into forge_hosts (host, kind, api_url, credential, created_by)
    values ('github.com', 'github', 'https://api.github.com', '{}', 'human:admin')`.execute(database.query);
  await limit('Ada@github.com', 5n);
  expect(await mayReserve(await ask('human:Ada@github.com'), 6n)).toBe(false);
});

test('R-BUD-1: fear: a program raises a limit by writing the name in other letters', async () => {
  const { limit } = ground();
  await limit('ada', 5n);
  await expect(limit('ADA', 50n, 'api:ci')).rejects.toMatchObject({ code: 'LIMIT_NOT_YOURS' });
  const limits = await limit('ADA', 4n, 'api:ci');
  const found = limits.filter(({ name }) => name?.toLowerCase() === 'ada');
  expect(found.map(({ name, limitNanoUsd }) => [name, limitNanoUsd])).toEqual([['ada', 4n]]);
});

test('R-BUD-1: a limit of nobody, of no project, or of a system without limits is refused, and nothing is changed', async () => {
  const { database, limit } = ground();
  const change = (given: Parameters<typeof changeLimits>[1]) =>
    changeLimits({ database, clock: systemClock }, given, 'human:admin');
  const before = await change({});
  for (const name of ['', 'a\nb', 'x'.repeat(301)])
    await expect(limit(name, 5n)).rejects.toMatchObject({ code: 'LIMIT_PERSON_INVALID' });
  await expect(change({ of: { kind: 'project', name: 'nowhere' }, dailyNanoUsd: 5n })).rejects.toMatchObject({
    code: 'PROJECT_NOT_FOUND',
  });
  for (const none of [{ dailyNanoUsd: null }, { monthlyNanoUsd: null }])
    await expect(change(none)).rejects.toMatchObject({ code: 'LIMIT_NEEDED' });
  expect(await change({})).toEqual(before);
});
