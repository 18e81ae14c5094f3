import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { newId, type ReservationId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { markWasted } from '../work/runs/runs.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../work/scratch-rows.fixture.ts';
import { rolledDaysMax, rollUpDays } from './roll-up-days.ts';
import {
  countUnsummedDays,
  errorsByTime,
  spendByTime,
  type TrendSpan,
  throughputByTime,
} from './trends-by-time.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const today = Math.floor(Date.now() / dayMs) * dayMs;
/** In the first minutes of a day, the previous day is not summed up yet. */
const isEarly = () => Date.now() % dayMs < 10 * 60_000;
const daysSummed = () => rolledDaysMax - (isEarly() ? 1 : 0);
const spans: Record<string, TrendSpan> = Object.fromEntries(
  [
    ['30 days', 30, dayMs],
    ['90 days', 90, 3 * dayMs],
    ['7 days', 7, 6 * hourMs],
    ['a day', 1, hourMs],
  ].map(([name, days, bucketMs]) => {
    const until = new Date(today + 13 * hourMs + 1_234);
    const sinceMs = until.getTime() - Number(days) * dayMs;
    return [
      name,
      {
        since: new Date(Math.floor(sinceMs / Number(bucketMs)) * Number(bucketMs)),
        until,
        bucketMs: Number(bucketMs),
      },
    ];
  }),
);

interface Naive {
  at: Date;
  values: number[];
}

/** The expected result, added up row by row. */
function added(rows: readonly Naive[], { since, until, bucketMs }: TrendSpan): Map<number, number[]> {
  const sums = new Map<number, number[]>();
  for (const { at, values } of rows) {
    if (at < since || at >= until) continue;
    const bucket = Math.floor(at.getTime() / bucketMs) * bucketMs;
    const sum = sums.get(bucket) ?? values.map(() => 0);
    sums.set(
      bucket,
      sum.map((each, index) => each + (values[index] ?? 0)),
    );
  }
  return sums;
}

const sorted = (sums: Map<number, number[]>) => [...sums].sort(([one], [other]) => one - other);

async function expectExact(database: Database): Promise<void> {
  const { query } = database;
  const errors = await query.selectFrom('errorEvents').selectAll().execute();
  const calls = await query.selectFrom('costTracking').selectAll().where('type', '=', 'actual').execute();
  for (const span of Object.values(spans)) {
    const seenErrors = (await errorsByTime(query, span)).map((row) => ({
      at: row.at,
      values: [row.errors, row.recovered, row.unrecovered, row.recoveryMs],
    }));
    const naiveErrors = errors.map((row) => ({
      at: row.timestamp,
      values: [
        1,
        Number(row.recoverySuccess === true),
        Number(row.recoverySuccess === false),
        row.recoverySuccess ? Number(row.resolutionTimeMs ?? 0) : 0,
      ],
    }));
    expect(sorted(added(seenErrors, span))).toEqual(sorted(added(naiveErrors, span)));
    const seenCosts = (await spendByTime(query, span)).map((row) => ({
      at: row.at,
      values: [Number(row.nanoUsd), Number(row.presumedNanoUsd), Number(row.wastedNanoUsd), row.calls],
    }));
    const naiveCosts = calls
      .filter(({ status }) => status === 'settled' || status === 'presumed')
      .map((row) => {
        const nano = Number(row.actualNanoUsd);
        const at = row.settledAt ?? new Date(0);
        return { at, values: [nano, row.status === 'presumed' ? nano : 0, row.isWasted ? nano : 0, 1] };
      });
    expect(sorted(added(seenCosts, span))).toEqual(sorted(added(naiveCosts, span)));
  }
}

const at = fc.integer({ min: today - 95 * dayMs, max: today + dayMs }).map((ms) => new Date(ms));
const change = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ act: fc.constant('error' as const), at, way: fc.constantFrom('retry', null) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('call' as const),
      at,
      nanoUsd: fc.integer({ min: 0, max: 5_000 }),
      status: fc.constantFrom('settled' as const, 'presumed' as const, 'cancelled' as const),
      model: fc.constantFrom('a/one', 'b/two', null),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('answer' as const), isRecovered: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('evidence' as const), at }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('waste' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('forget' as const) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('roll up' as const) }) },
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

async function make(database: Database, { workOrderId, runId }: Scratch, done: Change): Promise<void> {
  const { query } = database;
  switch (done.act) {
    case 'error':
      await query
        .insertInto('errorEvents')
        .values({
          id: newId(new Date()),
          timestamp: done.at,
          errorType: 'X',
          severity: 'low',
          component: 'test',
          operation: 'test',
          errorMessage: 'x',
          failureClass: 'timeout',
          category: 'transient',
          fingerprint: 'f',
          recoveryStrategy: done.way,
        })
        .execute();
      return;
    case 'call':
      await query
        .insertInto('costTracking')
        .values({
          id: newId<ReservationId>(new Date()),
          type: 'actual',
          status: done.status,
          serviceName: 'proposer',
          workOrderId,
          runId,
          reservedNanoUsd: 0n,
          actualNanoUsd: BigInt(done.nanoUsd),
          model: done.model,
          settledAt: done.at,
        })
        .execute();
      return;
    case 'answer':
      await sql`update error_events set recovery_success = ${done.isRecovered}, resolution_time_ms = 1234
        where id in (select id from error_events where recovery_success is null order by id limit 2)`.execute(
        query,
      );
      return;
    case 'evidence':
      await sql`update cost_tracking set status = 'settled', actual_nano_usd = 7, settled_at = ${done.at}
        where id in (select id from cost_tracking where status = 'presumed' order by id limit 1)`.execute(
        query,
      );
      return;
    case 'waste':
      return markWasted(query, workOrderId);
    case 'forget':
      await sql`delete from error_events where id in (select id from error_events order by id limit 1)`.execute(
        query,
      );
      await sql`delete from cost_tracking where id in (select id from cost_tracking order by id limit 1)`.execute(
        query,
      );
      return;
    case 'roll up':
      await rollUpDays(database);
  }
}
type Scratch = Awaited<ReturnType<typeof aWorkOrderAtWork>>;

test('R-UI-3: fear: after changes to the rows, the sums of days differ from their rows', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 30 }), async (changes) => {
      for (const each of changes) await make(database, scratch, each);
      await expectExact(database);
      await rollUpDays(database);
      await expectExact(database);
    }),
    { numRuns: 12 },
  );
  const { rows } = await sql<{ rolled: bigint; stale: bigint }>`select
    (select count(*) from rolled_days) as rolled, (select count(*) from stale_days) as stale`.execute(
    database.query,
  );
  expect(rows).toEqual([{ rolled: BigInt(3 * daysSummed()), stale: 0n }]);
});

test('fear: rows that are written while days are summed up are not counted', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  const old = new Date(today - 5 * dayMs + hourMs);
  await rollUpDays(database);
  const slow = await database.query.startTransaction().execute();
  // This row is written before the summing up and committed after it.
  await make({ ...database, query: slow as never }, scratch, { act: 'error', at: old, way: null });
  await make({ ...database, query: slow as never }, scratch, {
    act: 'call',
    at: old,
    nanoUsd: 5,
    status: 'settled',
    model: null,
  });
  await make(database, scratch, { act: 'error', at: old, way: 'retry' });
  expect(await rollUpDays(database)).toEqual({ errors: 1, costs: 0, outcomes: 0 });
  await slow.commit().execute();
  await expectExact(database);
  expect(await rollUpDays(database)).toEqual({ errors: 1, costs: 1, outcomes: 0 });
  await expectExact(database);
});

test('days without valid sums are counted, so that the reader may sum them up', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  const { '30 days': month } = spans;
  if (!month) throw new TypeError('There is such a span');
  expect(await countUnsummedDays(database.query, month)).toBe(60);
  await rollUpDays(database);
  const unsummed = isEarly() ? 2 : 0;
  expect(await countUnsummedDays(database.query, month)).toBe(unsummed);
  await make(database, scratch, { act: 'error', at: new Date(today - 2 * dayMs), way: null });
  expect(await countUnsummedDays(database.query, month)).toBe(unsummed + 1);
});

test('two concurrent runs of the summing up run one after the other', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  await make(database, scratch, { act: 'error', at: new Date(today - dayMs), way: null });
  const done = await Promise.all(Array.from({ length: 4 }, () => rollUpDays(database)));
  expect(done.map(({ errors }) => errors).sort((one, other) => one - other)).toEqual([0, 0, 0, daysSummed()]);
  await expectExact(database);
});

test('R-PIPE-15: wasted spend has a time and a model, and adds up to the wasted spend of the work order', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database);
  const { query } = database;
  const now = new Date();
  const span = {
    since: new Date(now.getTime() - hourMs),
    until: new Date(now.getTime() + hourMs),
    bucketMs: hourMs,
  };
  const spend = async (nanoUsd: number, model: 'a/one' | 'b/two') => {
    await make(database, scratch, { act: 'call', at: now, nanoUsd, status: 'settled', model });
    await sql`update work_orders set cost_nano_usd = cost_nano_usd + ${nanoUsd}`.execute(query);
  };
  await spend(100, 'a/one');
  await spend(20, 'b/two');
  await markWasted(query, scratch.workOrderId);
  await spend(3, 'a/one');
  const wasted = async () =>
    (await spendByTime(query, span)).map(({ model, wastedNanoUsd }) => [model, wastedNanoUsd]);
  expect(await wasted()).toEqual([
    ['a/one', 100n],
    ['b/two', 20n],
  ]);
  await markWasted(query, scratch.workOrderId);
  expect(await wasted()).toEqual([
    ['a/one', 103n],
    ['b/two', 20n],
  ]);
  expect((await theWorkOrder(database, scratch.workOrderId)).wastedNanoUsd).toBe(123n);
});

test('work orders and questions are counted by the time of their start and end', async () => {
  const database = await testDatabase();
  const { query } = database;
  const scratch = await aWorkOrderAtWork(database);
  const until = new Date(Date.now() + 1_000);
  const span = { since: new Date(until.getTime() - hourMs), until, bucketMs: dayMs };
  await sql`insert into escalations (id, work_order_id, failure_class, title, context, options)
    values (gen_random_uuid(), ${scratch.workOrderId}, 'timeout', 'x', '{}', '[]')`.execute(query);
  await sql`update work_orders set status = 'failed', step_state = 'done', finished_at = clock_timestamp(),
    changed_by = 'moose:1'`.execute(query);
  const [row, ...more] = await throughputByTime(query, span);
  expect(more).toEqual([]);
  expect(row).toMatchObject({ submitted: 1, completed: 0, failed: 1, asked: 1 });
});
