import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { usdNumber } from '../../domain/money.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { estimatesAgainstActual } from './estimates-against-actual.ts';

const usd = 10n ** 9n;

test('R-SPEC-5: finished work orders are compared with the estimates of the approved version, per spec and in all', async () => {
  const database = await testDatabase();
  expect(await estimatesAgainstActual(database)).toMatchObject({
    finished: 0,
    within: 0,
    low: 0,
    high: 1,
    specs: [],
  });
  const specId = '00000000-0000-7000-8000-000000000001';
  await sql`insert into specs (id, name, content, estimate, created_by) values (${specId}, 'Shop', 'x', '{}', 'human:ada')`.execute(
    database.query,
  );
  await sql`insert into spec_plans (id, spec_id, version, plan, problems, made_by, because)
    values (gen_random_uuid(), ${specId}, 1, '{}', '[]', 'human:ada', 'edited')`.execute(database.query);
  await sql`update specs set run_state = 'running', approved_version = 1, approved_by = 'human:ada',
    approved_at = now(), run_changed_by = 'human:ada', run_changed_at = now()`.execute(database.query);
  const orders: [key: string, cost: bigint, status: string, isScripted: boolean][] = [
    ['within', 2n, 'completed', false],
    ['dear', 9n, 'completed', false],
    ['failed', 1n, 'failed', false],
    ['scripted', 1n, 'completed', true],
  ];
  for (const [key, cost, status, isScripted] of orders) {
    const { workOrderId } = await aWorkOrderAtWork(database);
    for (const version of [1, 2])
      await sql`insert into work_order_estimates (spec_id, version, plan_key, kind, complexity, low_nano_usd, mid_nano_usd,
          high_nano_usd, basis, sample) values (${specId}, ${version}, ${key}, 'source', 0.1, ${(version * 1e9).toString()}::bigint,
          ${(version * 2e9).toString()}::bigint, ${(version * 3e9).toString()}::bigint, 'policy', 0)`.execute(
        database.query,
      );
    await sql`update work_orders set spec_id = ${specId}, plan_key = ${key}, title = ${key}, cost_nano_usd = ${(cost * usd).toString()}::bigint,
      status = ${status}::work_order_status, step_state = 'done', is_scripted = ${isScripted} where id = ${workOrderId}`.execute(
      database.query,
    );
  }
  const found = await estimatesAgainstActual(database);
  expect(found).toMatchObject({ finished: 2, within: 1, wanted: 0.8 });
  expect(found.specs).toEqual([
    {
      id: specId,
      name: 'Shop',
      finished: 2,
      within: 1,
      estimate_usd: { low: 2, mid: 4, high: 6 },
      cost_usd: usdNumber(11n * usd),
    },
  ]);
  expect(found.work_orders.map(({ title, is_within }) => [title, is_within]).sort()).toEqual([
    ['dear', false],
    ['within', true],
  ]);
});
