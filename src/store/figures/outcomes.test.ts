import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { Database } from '../database.ts';
import { aWorkOrderAtWork } from '../work/scratch-rows.fixture.ts';
import { countOutcomes, failedAttempts } from './outcomes.ts';
import { rollUpDays } from './roll-up-days.ts';
import { dayMs } from './summed-spans.ts';

/** The expected result, from a query that reads every row. */
async function naive({ query }: Database, since: Date, until: Date) {
  const { rows } = await sql<Record<'attempts' | 'cost' | 'duration', bigint>>`
    select count(*) as attempts, coalesce(sum(own), 0)::bigint as cost, coalesce(sum(duration_ms), 0)::bigint as duration from (
      select created_at, duration_ms, greatest(0, cost_nano_usd
        - coalesce(lag(cost_nano_usd) over (partition by work_order_id order by created_at, id), 0)) as own
      from outcome_vectors) v
    where created_at >= ${since} and created_at < ${until}`.execute(query);
  return rows[0];
}

async function told({ query }: Database, since: Date, until: Date) {
  const counts = await countOutcomes(query, since, until);
  return {
    attempts: BigInt(counts.reduce((sum, { attempts }) => sum + attempts, 0)),
    cost: counts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n),
    duration: BigInt(counts.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  };
}

/** Adds attempts of one work order, on the given days before now. Each attempt costs 100 more than the previous one. */
async function attempts(database: Database, daysAgo: readonly number[]): Promise<void> {
  const { workOrderId } = await aWorkOrderAtWork(database);
  for (const [index, days] of daysAgo.entries()) {
    const number = 100 + Math.round(days * 1_000);
    await sql`with run as (
        insert into runs (id, work_order_id, number, kind, first_step, state, outcome, executor, cycle, created_at, ended_at)
        values (gen_random_uuid(), ${workOrderId}, ${number}, 'work', 'routing', 'ended', 'completed', 'moose', 0, now(), now()) returning id
      )
      insert into outcome_vectors (id, work_order_id, run_id, success, model, agent, complexity, features, cost_nano_usd,
        duration_ms, refinement_cycles, created_at)
      select gen_random_uuid(), ${workOrderId}, id, true, ${index % 2 === 0 ? 'a/one' : 'b/two'}, 'patch', 0.4, '{}',
        ${100_000 - number * (index + 1)}, 10, 0, now() - ${days} * interval '1 day' from run`.execute(
      database.query,
    );
  }
}

test('R-LRN-2: fear: a late attempt changes the cost of the next one, in a day that is already summed up', async () => {
  const database = await testDatabase();
  const until = new Date(Date.now() + 60_000);
  const expectExact = async () => {
    for (const days of [1, 7, 30, 90]) {
      const since = new Date(until.getTime() - days * dayMs);
      expect(await told(database, since, until)).toEqual(await naive(database, since, until));
    }
  };
  await attempts(database, [40, 12, 3.5, 1.5, 0.1]);
  await attempts(database, [95, 89.5, 60, 20, 2]);
  await expectExact();
  await rollUpDays(database);
  await expectExact();
  const { rows } = await sql<{ id: string }>`select work_order_id as id from outcome_vectors limit 1`.execute(
    database.query,
  );
  await sql`delete from outcome_vectors where id in (select id from outcome_vectors where work_order_id = ${rows[0]?.id}
    order by created_at offset 1 limit 1)`.execute(database.query);
  await expectExact();
  await rollUpDays(database);
  await expectExact();
});

test('R-LRN-2, R-REC-6: a model is not blamed for a person, a remote, a provider, a limit or a missing program', async () => {
  const database = await testDatabase();
  const until = new Date(Date.now() + 60_000);
  const since = new Date(until.getTime() - 7 * dayMs);
  const { workOrderId } = await aWorkOrderAtWork(database);
  const faults = ['work', 'time', 'person', 'setting', 'provider', 'passing', 'money'];
  for (const [index, fault] of faults.entries()) {
    for (const [half, model] of ['a/one', null].entries()) {
      const number = 100 + index * 2 + half;
      await sql`with run as (
          insert into runs (id, work_order_id, number, kind, first_step, state, outcome, executor, cycle, created_at, ended_at)
          values (gen_random_uuid(), ${workOrderId}, ${number}, 'work', 'routing', 'ended', 'X', 'moose', 0, now(), now()) returning id
        )
        insert into outcome_vectors (id, work_order_id, run_id, success, model, agent, complexity, features, cost_nano_usd,
          duration_ms, refinement_cycles, failure_class, fault, created_at)
        select gen_random_uuid(), ${workOrderId}, id, false, ${model}, 'patch', 0.4, '{}', 0, 10, 0, 'test_fail', ${fault},
          now() - 2 * interval '1 day' from run`.execute(database.query);
    }
  }
  const blamed = async () =>
    (await countOutcomes(database.query, since, until)).map(({ model, attempts: times }) => [model, times]);
  expect(await blamed()).toEqual([['a/one', 2]]);
  // What routing learns about a work order's history (R-PIPE-3).
  expect(await failedAttempts(database.query, workOrderId)).toBe(2);
  await rollUpDays(database);
  expect(await blamed()).toEqual([['a/one', 2]]);
});
