import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { newId, type WorkOrderId } from '../../../domain/ids.ts';
import { isLegalTransition, statuses, stepStates, steps } from '../../../domain/transitions.ts';
import type { Database } from '../../database.ts';
import { projectOf } from '../projects/projects.ts';
import { countHistory } from './work-order-history.ts';
import {
  addMetadata,
  changeWorkOrder,
  eventsOf,
  findWorkOrder,
  recordEvent,
  workOrderById,
} from './work-orders.ts';

async function aWorkOrder(database: Database): Promise<WorkOrderId> {
  const id = newId<WorkOrderId>(new Date());
  const project = await projectOf(database.query, '/srv/api', new Date());
  await database.query
    .insertInto('workOrders')
    .values({
      id,
      projectId: project.id,
      title: 'Mend it',
      timeLimitMs: 1_000,
      changedBy: 'human:test',
      changedBecause: 'submitted',
    })
    .execute();
  return id;
}

test('R-PIPE-2: the database refuses exactly the transitions that the code refuses', async () => {
  const database = await testDatabase();
  await aWorkOrder(database);
  // Without the triggers, the work order is put into any state; with them, it is asked to leave that state.
  const put = (column: string, value: string | null, type: string) =>
    sql`set session_replication_role = replica; update work_orders set ${sql.ref(column)} = ${sql.lit(value)}::${sql.raw(type)}; set session_replication_role = origin`;
  const kinds = [
    { kind: 'status' as const, column: 'status', type: 'work_order_status', froms: statuses, tos: statuses },
    { kind: 'step' as const, column: 'step', type: 'work_order_step', froms: [null, ...steps], tos: steps },
    {
      kind: 'step_state' as const,
      column: 'step_state',
      type: 'work_order_step_state',
      froms: [null, ...stepStates],
      tos: stepStates,
    },
  ];
  // Constraints on other columns must not refuse the change that is tested here.
  await sql`alter table work_orders drop constraint work_orders_check, drop constraint work_orders_check1`.execute(
    database.query,
  );
  const wrong: string[] = [];
  await database.query.connection().execute(async (query) => {
    for (const { kind, column, type, froms, tos } of kinds) {
      for (const from of froms) {
        for (const to of tos) {
          for (const statement of put(column, from, type).compile(query).sql.split(';'))
            await sql.raw(statement).execute(query);
          const isAccepted =
            await sql`update work_orders set ${sql.ref(column)} = ${sql.lit(to)}::${sql.raw(type)}`
              .execute(query)
              .then(
                () => true,
                (error: Error) => {
                  expect(error.message).toContain('Invalid state transition');
                  return false;
                },
              );
          if (isAccepted !== isLegalTransition(kind, from, to)) wrong.push(`${kind} ${from} → ${to}`);
        }
      }
    }
  });
  expect(wrong).toEqual([]);
});

test('R-PIPE-2: an illegal transition changes nothing, and is refused with its code', async () => {
  const database = await testDatabase();
  const id = await aWorkOrder(database);
  const by = { changedBy: 'moose:test', changedBecause: 'test' };
  await changeWorkOrder(database.query, id, {}, { status: 'cancelled', ...by });
  const before = await eventsOf(database.query, id);
  const refused = database.run((query) => changeWorkOrder(query, id, {}, { status: 'completed', ...by }));
  await expect(refused).rejects.toMatchObject({ code: 'INVALID_STATE_TRANSITION' });
  expect((await workOrderById(database.query, id))?.status).toBe('cancelled');
  expect(await eventsOf(database.query, id)).toEqual(before);
});

test('R-PIPE-2: every transition is an event with its actor and its reason', async () => {
  const database = await testDatabase();
  const id = await aWorkOrder(database);
  await changeWorkOrder(
    database.query,
    id,
    { status: 'pending' },
    {
      status: 'in_progress',
      step: 'routing',
      stepState: 'running',
      changedBy: 'moose:7',
      changedBecause: 'taken up',
    },
  );
  const events = await eventsOf(database.query, id);
  expect(events.map(({ actor, reason, toState }) => ({ actor, reason, status: toState?.status }))).toEqual([
    { actor: 'human:test', reason: 'submitted', status: 'pending' },
    { actor: 'moose:7', reason: 'taken up', status: 'in_progress' },
  ]);
});

test('R-PIPE-15: what a cancelled work order has spent counts as wasted, also after it was completed', async () => {
  const database = await testDatabase();
  const by = { changedBy: 'human:test', changedBecause: 'test' };
  const [under, after] = [await aWorkOrder(database), await aWorkOrder(database)];
  const begin = { status: 'in_progress', step: 'routing', stepState: 'running' } as const;
  for (const id of [under, after])
    await changeWorkOrder(database.query, id, {}, { ...begin, costNanoUsd: 5n, ...by });
  const done = { status: 'completed', stepState: 'done', finishedAt: new Date() } as const;
  await changeWorkOrder(database.query, after, {}, { ...done, ...by });
  const cancelled = { status: 'cancelled', stepState: 'done', finishedAt: new Date() } as const;
  for (const id of [under, after]) {
    expect((await workOrderById(database.query, id))?.wastedNanoUsd).toBe(0n);
    await changeWorkOrder(database.query, id, {}, { ...cancelled, ...by });
    expect((await workOrderById(database.query, id))?.wastedNanoUsd).toBe(5n);
  }
});

test('a change that expects another state than the real one changes nothing and returns false', async () => {
  const database = await testDatabase();
  const id = await aWorkOrder(database);
  expect(
    await changeWorkOrder(
      database.query,
      id,
      { status: 'failed' },
      { status: 'in_progress', changedBy: 'x', changedBecause: '' },
    ),
  ).toBe(false);
});

test('R-PIPE-12: counters never go down, whoever writes', async () => {
  const database = await testDatabase();
  const id = await aWorkOrder(database);
  const by = { changedBy: 'human:root', changedBecause: 'test' };
  await changeWorkOrder(database.query, id, {}, { costNanoUsd: 5n, modelCalls: 2, ...by });
  await expect(
    database.run((query) => changeWorkOrder(query, id, {}, { costNanoUsd: 4n, ...by })),
  ).rejects.toMatchObject({ code: 'COUNTER_WENT_BACK' });
  await expect(
    database.run((query) => changeWorkOrder(query, id, {}, { modelCalls: 0, ...by })),
  ).rejects.toMatchObject({ code: 'COUNTER_WENT_BACK' });
});

test('R-PIPE-12: nothing automatic restarts parked work, and a person can', async () => {
  const database = await testDatabase();
  const id = await aWorkOrder(database);
  await changeWorkOrder(
    database.query,
    id,
    {},
    {
      parkedAt: new Date(),
      parkedBecause: 'spends without progress',
      changedBy: 'moose:1',
      changedBecause: 'parked',
    },
  );
  for (const change of [
    { parkedAt: null },
    { status: 'in_progress' as const, step: 'routing' as const },
    { run: 5 },
  ]) {
    const automatic = database.run((query) =>
      changeWorkOrder(query, id, {}, { ...change, changedBy: 'moose:1', changedBecause: 'unblock' }),
    );
    await expect(automatic).rejects.toMatchObject({ code: 'WORK_ORDER_PARKED' });
  }
  expect(
    await changeWorkOrder(
      database.query,
      id,
      {},
      { parkedAt: null, changedBy: 'human:me', changedBecause: 'go on' },
    ),
  ).toBe(true);
});

test('R-PIPE-12: the same fact counts as progress only once', async () => {
  const database = await testDatabase();
  const workOrderId = await aWorkOrder(database);
  for (let n = 0; n < 3; n++)
    await recordEvent(database.query, {
      workOrderId,
      kind: 'progress',
      actor: 'moose:1',
      factKey: 'tree:abc',
    });
  const events = await eventsOf(database.query, workOrderId);
  expect(events.filter(({ kind }) => kind === 'progress')).toHaveLength(1);
});

test('a work order is found by the beginning or the end of its id, unless that is ambiguous', async () => {
  const database = await testDatabase();
  const id = await aWorkOrder(database);
  const plain = id.replaceAll('-', '');
  for (const given of [id, plain.slice(0, 12), plain.slice(-8), plain.slice(-8).toUpperCase()]) {
    expect((await findWorkOrder(database.query, given)).id).toBe(id);
  }
  for (const given of ['', 'zz', "'; drop table work_orders", '%', '00000000']) {
    await expect(findWorkOrder(database.query, given)).rejects.toMatchObject({
      code: 'WORK_ORDER_NOT_FOUND',
    });
  }
  const [other] = [await aWorkOrder(database)];
  await expect(findWorkOrder(database.query, other.replaceAll('-', '').slice(0, 4))).rejects.toMatchObject({
    code: 'WORK_ORDER_AMBIGUOUS',
  });
});

test('text that PostgreSQL cannot store is replaced, and the row is written', async () => {
  const database = await testDatabase();
  const workOrderId = await aWorkOrder(database);
  await recordEvent(database.query, {
    workOrderId,
    kind: 'test',
    actor: 'x',
    detail: { output: 'a\0b\ud800c' },
  });
  await changeWorkOrder(
    database.query,
    workOrderId,
    {},
    { changedBy: 'x', changedBecause: 'nul \0 and half \udc00' },
  );
  const events = await eventsOf(database.query, workOrderId);
  expect(events.at(-1)?.detail).toEqual({ output: 'a\uFFFDb\uFFFDc' });
});

test('the events of a work order with thousands of events are read in parts', async () => {
  const database = await testDatabase();
  const workOrderId = await aWorkOrder(database);
  await sql`insert into work_order_events (work_order_id, kind, actor)
    select ${workOrderId}, 'test', n::text from generate_series(1, 2000) n`.execute(database.query);
  const first = await eventsOf(database.query, workOrderId);
  const rest = await eventsOf(database.query, workOrderId, first.at(-1)?.id, 2_000);
  expect([...first, ...rest].map(({ actor }) => actor)).toEqual([
    'human:test',
    ...Array.from({ length: 2_000 }, (_, index) => String(index + 1)),
  ]);
  expect(await countHistory(database.query, workOrderId)).toMatchObject({ events: 2_001 });
});

test('R-CHA-2: concurrent metadata updates both persist', async () => {
  const database = await testDatabase();
  const id = await aWorkOrder(database);
  const names = Array.from({ length: 40 }, (_, index) => `check ${index}`);
  const added = await Promise.all(
    names.map((name) =>
      database.transaction(async (query) => {
        // Each caller has read the same row before it writes: writing back the whole value would lose the names of the
        // others.
        await workOrderById(query, id);
        return addMetadata(query, id, { [name]: { conclusion: name } });
      }),
    ),
  );
  expect(added).toEqual(names.map(() => true));
  const { metadata } = (await workOrderById(database.query, id)) ?? {};
  expect(metadata).toEqual(Object.fromEntries(names.map((name) => [name, { conclusion: name }])));
  expect(await addMetadata(database.query, id, { 'check 1': 'anew' })).toBe(true);
  expect((await workOrderById(database.query, id))?.metadata).toMatchObject({
    'check 0': {},
    'check 1': 'anew',
  });
});

test('metadata has a maximum size, and an addition that does not fit changes nothing', async () => {
  const database = await testDatabase();
  const id = await aWorkOrder(database);
  expect(await addMetadata(database.query, id, { kept: 'a\0b' })).toBe(true);
  expect(await addMetadata(database.query, id, { large: 'x'.repeat(300_000) })).toBe(false);
  expect((await workOrderById(database.query, id))?.metadata).toEqual({ kept: 'a\uFFFDb' });
  expect(await addMetadata(database.query, newId<WorkOrderId>(new Date()), { a: 1 })).toBe(false);
});
