// The compared operations: a reservation with a table lock and a sum, Moose's reservation, and a call that is drawn and
// settled.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Key, LedgerBenchGround } from './ground.ts';

const limitNanoUsd = 100_000_000_000n;
const amountNanoUsd = 1_000n;

const dayAlone = `select coalesce(sum(coalesce(actual_nano_usd, reserved_nano_usd)), 0) as day, 0 as month from plain_costs
  where created_at >= date_trunc('day', now(), 'UTC')`;
const dayAndMonth = `select coalesce(sum(coalesce(actual_nano_usd, reserved_nano_usd))
    filter (where created_at >= date_trunc('day', now(), 'UTC')), 0) as day,
    coalesce(sum(coalesce(actual_nano_usd, reserved_nano_usd)), 0) as month
  from plain_costs where created_at >= now() - interval '30 days'`;

/** The obvious implementation: the table is locked while the rows are added up. */
async function lockAndSum(client: pg.Client, name: string, text: string): Promise<void> {
  await client.query('begin');
  await client.query('lock table plain_costs in exclusive mode');
  const { rows } = await client.query<{ day: string; month: string }>({ name, text });
  const [sums] = rows;
  const isRoom = [sums?.day, sums?.month].every((sum) => BigInt(sum ?? 0) + amountNanoUsd <= limitNanoUsd);
  if (!isRoom) throw new Error('The limit binds, and so nothing is measured');
  await client.query({
    name: 'insert',
    text: `insert into plain_costs (id, type, status, service_name, reserved_nano_usd, metadata)
      values (gen_random_uuid(), 'reservation', 'held', 'bench', $1, '{}')`,
    values: [amountNanoUsd.toString()],
  });
  await client.query('commit');
}

/** Checks both limits, like Moose's function. */
export const lockAndSumBoth = (client: pg.Client) => lockAndSum(client, 'both', dayAndMonth);
/** Checks only one of the two limits. */
export const lockAndSumDay = (client: pg.Client) => lockAndSum(client, 'day', dayAlone);

/** Deletes the new rows, so that each table is as large as at the beginning. */
export async function forgetInserted(client: pg.Client): Promise<void> {
  for (const table of ['plain_costs', 'cost_tracking'])
    await client.query(`delete from ${table} where service_name = 'bench'`);
  await client.query('vacuum plain_costs');
  await client.query('vacuum cost_tracking');
  await client.query('vacuum budget_windows');
}

export async function reserve(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ can_proceed: boolean }>({
    name: 'reserve',
    text: `select can_proceed from check_and_reserve_budget($1, 'bench')`,
    values: ['0.000001'],
  });
  if (rows[0]?.can_proceed !== true) throw new Error('The limit binds, and so nothing is measured');
}

export async function draw(client: pg.Client, { gatewayId }: LedgerBenchGround, key: Key): Promise<string> {
  const callId = randomUUID();
  const { rows } = await client.query<{ kind: string }>({
    name: 'draw',
    text: `select kind from draw_call($1, $2, $3, $4, 'scripted', 'scripted/light', 'anthropic-messages', true, $5, 1000, 100, 'bench')`,
    values: [callId, key.id, key.hash, gatewayId, amountNanoUsd.toString()],
  });
  if (rows[0]?.kind !== 'drawn') throw new Error(`A call was not drawn: ${rows[0]?.kind}`);
  return callId;
}

const usage = JSON.stringify({ inputTokens: 900, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 90 });
const end = JSON.stringify({ httpStatus: 200, failure: null, durationMs: 1_000, firstByteMs: 100 });

export async function settle(client: pg.Client, callId: string): Promise<void> {
  await client.query({
    name: 'settle',
    text: 'select settle_call($1, 500, $2, $3)',
    values: [callId, usage, end],
  });
}
