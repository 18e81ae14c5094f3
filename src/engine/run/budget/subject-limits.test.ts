// Limits of people and projects, in the same ledger as all others, and what people have tried to get around them.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { newId, type WorkOrderId } from '../../../domain/ids.ts';
import { type Database, openDatabase } from '../../../store/database.ts';
import { markWarned } from '../../../store/money/budget-warnings.ts';
import { cancelReservation, reserveBudget } from '../../../store/money/costs.ts';
import { limitsInForce, limitsOf, type SubjectLimit, setSubjectLimit } from '../../../store/money/limits.ts';
import { projectOf } from '../../../store/work/projects/projects.ts';
import { insertWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { differences } from './ledger-ground.fixture.ts';

const clients = 16;

async function ground() {
  const database = await testDatabase();
  const now = new Date();
  const project = await projectOf(database.query, '/srv/shop', now);
  /** What a reservation of a work order of this person needs. */
  const askedBy = async (requestedBy: string) => {
    const id = newId<WorkOrderId>(now);
    const fixed = { projectId: project.id, title: 'Fix it', timeLimitMs: 1_000, changedBy: 'human:test' };
    await insertWorkOrder(database.query, { ...fixed, id, requestedBy });
    return { work_order_id: id, project_id: project.id };
  };
  const set = (name: string, limit: SubjectLimit, on: Database = database) =>
    on.transaction((query) =>
      setSubjectLimit(query, { kind: 'person', subject: name }, limit, 'human:admin'),
    );
  const setProject = (limit: SubjectLimit) =>
    database.transaction((query) =>
      setSubjectLimit(query, { kind: 'project', subject: project.id }, limit, 'human:admin'),
    );
  const used = async (name: string | null, kind = 'person') => {
    const all = await database.run(limitsInForce);
    return all
      .filter((each) => each.name === name && each.kind === kind)
      .map(({ usedNanoUsd }) => usedNanoUsd);
  };
  const reserve = async (nanoUsd: bigint, metadata: Record<string, unknown>, on: Database = database) =>
    (await reserveBudget(on.query, nanoUsd, 'test', metadata)).reservationId;
  return { database, project, askedBy, set, setProject, used, reserve };
}

function manyClients(database: Database): Database {
  const many = openDatabase(database.url, { connectionsMax: clients });
  onTestFinished(() => many.close());
  return many;
}

test("R-BUD-1: a person's limit counts all work orders that they asked for, also from before it was set, and no others", async () => {
  const { database, askedBy, set, used, reserve } = await ground();
  const [first, second, other] = [
    await askedBy('human:ada'),
    await askedBy('human:ada'),
    await askedBy('human:bob'),
  ];
  const held = await reserve(3n, first);
  await set('ada', { dailyNanoUsd: 5n });
  expect(await used('ada')).toEqual([3n]);
  expect(await reserve(3n, second)).toBeNull();
  expect(await reserve(2n, second)).not.toBeNull();
  expect(await reserve(1n, first)).toBeNull();
  expect(await reserve(100n, other)).not.toBeNull();
  // What is released is free again.
  await cancelReservation(database.query, held ?? ('' as never));
  expect(await used('ada')).toEqual([2n]);
  expect(await reserve(3n, first)).not.toBeNull();
  expect(await differences(database)).toEqual([]);
});

test('R-BUD-1: each person without a limit of their own has the limit for everyone, also one who comes later, and programs', async () => {
  const { database, askedBy, set, used, reserve } = await ground();
  await set('*', { dailyNanoUsd: 5n });
  await set('ada', { dailyNanoUsd: 7n });
  for (const [actor, most] of [
    ['human:ada', 7n],
    ['human:new@example.org', 5n],
    ['api:new-token', 5n],
  ] as const) {
    const metadata = await askedBy(actor);
    expect(await reserve(most + 1n, metadata), actor).toBeNull();
    expect(await reserve(most, metadata), actor).not.toBeNull();
    expect(await reserve(1n, await askedBy(actor)), actor).toBeNull();
  }
  // Moose itself is nobody.
  expect(await reserve(50n, await askedBy('moose:1'))).not.toBeNull();
  expect(await used('new@example.org')).toEqual([5n]);
  await set('ada', { dailyNanoUsd: null });
  expect(await used('ada')).toEqual([7n]);
  expect(await reserve(1n, await askedBy('human:ada'))).toBeNull();
  await set('*', { dailyNanoUsd: null });
  expect((await database.run(limitsInForce)).map(({ kind }) => kind)).toEqual(['system', 'system']);
  expect(await reserve(1n, await askedBy('human:ada'))).not.toBeNull();
  expect(await differences(database)).toEqual([]);
});

test("R-BUD-1: a project's limits of a day and a month count everything in it, and the Architect by the month", async () => {
  const { database, project, askedBy, setProject, reserve } = await ground();
  await setProject({ dailyNanoUsd: 5n, monthlyNanoUsd: 9n });
  expect(await reserve(3n, await askedBy('human:ada'))).not.toBeNull();
  expect(await reserve(3n, await askedBy('human:bob'))).toBeNull();
  expect(await reserve(2n, await askedBy('human:bob'))).not.toBeNull();
  const plan = (nanoUsd: bigint) =>
    reserveBudget(database.query, nanoUsd, 'architect', { project_id: project.id, asked_by: 'human:ada' });
  expect((await plan(5n)).canProceed).toBe(false);
  expect((await plan(4n)).canProceed).toBe(true);
  const keys = (await limitsOf(database.query, { project_id: project.id })).map(
    ({ key }) => key.split(':')[0],
  );
  expect(keys).toEqual(['day', 'month', 'project_day', 'project_month']);
  expect(await differences(database)).toEqual([]);
});

test('R-BUD-2: fear: a limit does not count what was reserved in the first hour of a month, where that hour comes twice', async () => {
  const { database, askedBy, set } = await ground();
  await sql`update system_config set value = '"America/Havana"' where key = 'budget.time_zone'`.execute(
    database.query,
  );
  const metadata = JSON.stringify(await askedBy('human:ada'));
  await sql`select reserve_in_windows(3, 'test', ${metadata}::jsonb, '2026-11-01T04:30:00Z')`.execute(
    database.query,
  );
  await sql`create function moose.now() returns timestamptz language sql return timestamptz '2026-11-20T12:00:00Z'`.execute(
    database.query,
  );
  await sql`alter function spending_limits_count set search_path to moose, pg_catalog, pg_temp`.execute(
    database.query,
  );
  await set('ada', { monthlyNanoUsd: 5n });
  const month = database.query
    .selectFrom('budgetWindows')
    .select('heldNanoUsd')
    .where('key', '=', 'person_month:2026-11:ada');
  expect(await month.executeTakeFirst()).toEqual({ heldNanoUsd: 3n });
});

test('R-BUD-2: of clients that reserve for one person at once, over several work orders, no more are admitted than fit', async () => {
  const { database, askedBy, set, used, reserve } = await ground();
  const many = manyClients(database);
  await set('ada', { dailyNanoUsd: 50n, monthlyNanoUsd: 1_000n });
  const orders = await Promise.all(Array.from({ length: clients }, () => askedBy('human:ada')));
  const admitted = await Promise.all(
    orders.map(async (metadata) => {
      let count = 0;
      for (let tries = 0; tries < 5; tries++) if ((await reserve(1n, metadata, many)) !== null) count += 1;
      return count;
    }),
  );
  expect(admitted.reduce((sum, one) => sum + one, 0)).toBe(50);
  expect(await used('ada')).toEqual([50n, 50n]);
  expect(await differences(database)).toEqual([]);
});

test('R-BUD-2: fear: a reservation that runs while a limit is set escapes it', async () => {
  const { database, askedBy, set, used } = await ground();
  const many = manyClients(database);
  const orders = await Promise.all(Array.from({ length: clients }, () => askedBy('human:ada')));
  const limit = 20n;
  const reserved = orders.map(async (metadata, at) => {
    let count = 0n;
    for (let tries = 0; tries < 6; tries++) {
      if (at === 0 && tries === 2) await set('ada', { dailyNanoUsd: limit }, many);
      const { reservationId } = await reserveBudget(many.query, 1n, 'test', metadata);
      if (reservationId !== null) count += 1n;
      // Some end at once, while the limit counts them.
      if (reservationId !== null && tries % 2 === 0) {
        await cancelReservation(many.query, reservationId);
        count -= 1n;
      }
    }
    return count;
  });
  const held = (await Promise.all(reserved)).reduce((sum, one) => sum + one, 0n);
  expect(await used('ada')).toEqual([held]);
  expect(await differences(database)).toEqual([]);
  // At most those of before the limit are above it, and nothing more is admitted.
  const more = await reserveBudget(database.query, limit, 'test', await askedBy('human:ada'));
  expect(more.canProceed).toBe(held === 0n);
});

test('R-BUD-2: fear: an envelope grows past the limit of its person', async () => {
  const { database, askedBy, set, used, reserve } = await ground();
  const metadata = { ...(await askedBy('human:ada')), ceiling_nano_usd: '100', step_nano_usd: '1' };
  const envelope = await reserve(1n, metadata);
  await set('ada', { dailyNanoUsd: 4n });
  const take = async (nanoUsd: bigint) => {
    const { rows } = await sql<{ said: string }>`
      select take_from_envelope(${envelope}::uuid, ${nanoUsd}::bigint) as said`.execute(database.query);
    return rows[0]?.said;
  };
  expect(await take(3n)).toBe('drawn');
  expect(await take(2n)).toBe('no_room');
  expect(await take(1n)).toBe('drawn');
  expect(await used('ada')).toEqual([4n]);
});

test('R-BUD-1: the windows of people and projects are warned about, each with its name', async () => {
  const { database, askedBy, set, setProject, reserve } = await ground();
  await set('ada', { dailyNanoUsd: 10n });
  await setProject({ monthlyNanoUsd: 10n });
  await reserve(5n, await askedBy('human:ada'));
  const warned = await database.transaction(markWarned);
  expect(warned.map(({ kind, name, usedNanoUsd }) => [kind, name, usedNanoUsd]).sort()).toEqual([
    ['person', 'ada', 5n],
    ['project', 'shop', 5n],
  ]);
  expect(await database.transaction(markWarned)).toEqual([]);
});

test('R-ESC-7: the requester of a work order never changes', async () => {
  const { database, askedBy } = await ground();
  const { work_order_id: id } = await askedBy('human:ada');
  const change = database.query
    .updateTable('workOrders')
    .set({ requestedBy: 'human:bob' })
    .where('id', '=', id);
  await expect(change.execute()).rejects.toThrow('never changes');
});
