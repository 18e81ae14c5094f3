// A database in the middle of a day: ten thousand rows of today and fifty thousand older ones, for Moose's ledger and
// for the table that a lock and a sum would need.
import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { enterOwnSchema } from '../../src/store/schema/own-schema.ts';

export const rowsToday = 10_000;
export const rowsBefore = 50_000;

/** The number of envelopes that calls draw from, as with this many concurrent runs. */
export const envelopes = 32;

export interface Key {
  id: string;
  hash: Buffer;
}

export interface LedgerBenchGround {
  keys: Key[];
  gatewayId: string;
}

export async function prepare(url: string): Promise<LedgerBenchGround> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await enterOwnSchema(client);
  try {
    await client.query(`update system_config set value = '500000000' where key like 'budget.%_limit_usd'`);
    await client.query(
      `insert into cost_tracking (id, type, status, service_name, reserved_nano_usd, actual_nano_usd,
         drawn_spent_nano_usd, window_keys, created_at, settled_at)
       select gen_random_uuid(), 'reservation', 'settled', 'pipeline', 2000, 1000, 1000,
         case when n <= $1 then array['day:' || to_char(now() at time zone 'UTC', 'YYYY-MM-DD')] else array['day:2000-01-01'] end,
         case when n <= $1 then now() else now() - interval '9 days' end, now()
       from generate_series(1, $1 + $2::int) n`,
      [rowsToday, rowsBefore],
    );
    // The same rows, columns and indexes, and an additional index to find a day.
    await client.query('create table plain_costs (like cost_tracking including all)');
    await client.query('insert into plain_costs select * from cost_tracking');
    await client.query('create index on plain_costs (created_at)');
    await client.query('vacuum analyze');
    const gatewayId = randomUUID();
    const keys = [];
    for (let n = 0; n < envelopes; n++) keys.push(await envelopeWithKey(client, n));
    return { keys, gatewayId };
  } finally {
    await client.end();
  }
}

async function envelopeWithKey(client: pg.Client, n: number): Promise<Key> {
  const [workOrderId, runId, projectId, id] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await client.query('insert into projects (id, name, repository_path) values ($1, $2, $2)', [
    projectId,
    `p${n}`,
  ]);
  await client.query(
    `insert into work_orders (id, project_id, title, time_limit_ms, changed_by) values ($1, $2, 'bench', 1000, 'human:bench')`,
    [workOrderId, projectId],
  );
  await client.query(`insert into runs (id, work_order_id, number, kind) values ($1, $2, 1, 'work')`, [
    runId,
    workOrderId,
  ]);
  const metadata = JSON.stringify({ work_order_id: workOrderId, run_id: runId, project_id: projectId });
  await client.query(
    `update runs set reservation_id = (select reservation_id from check_and_reserve_budget(1000000, 'pipeline', $2))
     where id = $1`,
    [runId, metadata],
  );
  const hash = createHash('sha256').update(id).digest();
  await client.query(
    `insert into gateway_keys (id, key_hash, work_order_id, run_id, service_name, expires_at)
     values ($1, $2, $3, $4, 'agent', now() + interval '1 day')`,
    [id, hash, workOrderId, runId],
  );
  return { id, hash };
}
