import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { Random } from '../../stdx/random.ts';
import { seededRandom } from '../../stdx/seeded-random.fixture.ts';
import type { Database } from '../database.ts';
import { enterOwnSchema } from '../schema/own-schema.ts';

const seed = Number(process.env.MOOSE_TEST_SEED ?? randomInt(2 ** 31));
const clientCount = 8;
const actsEach = 40;
const limitUsd = 4;

/** The amounts of each window, beside the sums of the envelopes that name it. */
const accounts = (database: Database) =>
  sql<{
    key: string;
    held: bigint;
    gone: bigint;
    sumHeld: bigint;
    sumGone: bigint;
    overrun: bigint;
    limit: bigint;
  }>`
    select w.key, held_nano_usd as held, spent_nano_usd + presumed_nano_usd as gone, overrun_nano_usd as overrun,
      limit_nano_usd as limit,
      coalesce(sum(reserved_nano_usd) filter (where status = 'held'), 0)::bigint as sum_held,
      coalesce(sum(actual_nano_usd) filter (where status <> 'held'), 0)::bigint as sum_gone
    from budget_windows w left join cost_tracking c on c.type = 'reservation' and w.key = any (c.window_keys)
    group by w.key`.execute(database.query);

/** One client's random actions on its own connection, which is sometimes cut in the middle of a transaction. */
async function act(url: string, random: Random, mayOverrun: boolean): Promise<void> {
  let client = await connected(url);
  try {
    for (let n = 0; n < actsEach; n++) {
      const isCut = random() < 0.1;
      try {
        await client.query('begin');
        await (random() < 0.55 ? reserve(client, random) : settle(client, random, mayOverrun));
        if (isCut) await client.query('select pg_terminate_backend(pg_backend_pid())');
        await client.query(random() < 0.1 ? 'rollback' : 'commit');
      } catch (cause) {
        if (!isCut) throw cause;
        await client.end().catch(() => undefined);
        client = await connected(url);
      }
    }
  } finally {
    await client.end();
  }
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await enterOwnSchema(client);
  return client;
}

const reserve = (client: pg.Client, random: Random) =>
  client.query('select * from check_and_reserve_budget($1, $2)', [
    (random() * 0.5 + 0.000001).toFixed(9),
    'test',
  ]);

/** Settles one of the open envelopes, whoever made it: usually for less than it reserved, sometimes for more. */
async function settle(client: pg.Client, random: Random, mayOverrun: boolean): Promise<void> {
  const { rows } = await client.query<{ id: string; reserved: string }>(
    `select id, reserved_nano_usd as reserved from cost_tracking where status = 'held' order by md5(id::text || $1) limit 1`,
    [String(random())],
  );
  const [hold] = rows;
  if (!hold) return;
  const share = (part: number) => Math.floor(Number(hold.reserved) * part * random());
  const actual = share(mayOverrun && random() < 0.1 ? 3 : 0.5);
  await client.query('select settle_reservation($1, $2, $3)', [hold.id, actual, share(0.5)]);
}

test.each([
  ['without overruns no window is ever above its limit', false],
  ['with overruns what is above the limit is on record', true],
])(
  `R-BUD-2: after random actions the counters are the sums of the envelopes; %s (seed ${seed})`,
  async (_, mayOverrun) => {
    const database = await testDatabase();
    await sql`update system_config set value = ${String(limitUsd)}::jsonb where key like 'budget.%_limit_usd'`.execute(
      database.query,
    );
    await Promise.all(
      Array.from({ length: clientCount }, (_unused, index) =>
        act(database.url, seededRandom(seed + index), mayOverrun),
      ),
    );
    const { rows } = await accounts(database);
    expect(rows).toHaveLength(2);
    for (const { held, gone, sumHeld, sumGone, overrun, limit } of rows) {
      expect({ held, gone }).toEqual({ held: sumHeld, gone: sumGone });
      expect(held + gone - overrun).toBeLessThanOrEqual(limit);
      if (!mayOverrun) expect(overrun).toBe(0n);
      expect(gone).toBeGreaterThan(0n);
    }
  },
);
