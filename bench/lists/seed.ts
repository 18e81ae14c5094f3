// Fills a migrated database like ninety days of heavy use: in SQL, and without the triggers that report each row.
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import pg from 'pg';
import { enterOwnSchema } from '../../src/store/schema/own-schema.ts';

export interface Sizes {
  workOrders: number;
  errorEvents: number;
  calls: number;
}

export interface Seeded {
  /** A work order that has many rows of every kind. */
  largeId: string;
  /** One of the oldest work orders. */
  oldId: string;
  errorId: string;
  escalationId: string;
  sessionId: string;
}

const files = ['seed-work.sql', 'seed-money.sql', 'seed-failures.sql', 'seed-large.sql'] as const;

export async function seed(url: string, sizes: Sizes, note: (line: string) => void): Promise<Seeded> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench' });
  await client.connect();
  await enterOwnSchema(client);
  try {
    await client.query(
      `set session_replication_role = replica; set work_mem = '256MB'; set timezone = 'UTC'`,
    );
    for (const [name, value] of [
      ['work_orders', sizes.workOrders],
      ['error_events', sizes.errorEvents],
      ['calls', sizes.calls],
      // Its reconciler then compares all of them with this machine.
      ['host', hostname()],
    ])
      await client.query('select set_config($1, $2, false)', [`bench.${name}`, String(value)]);
    for (const file of files) {
      const startedMs = performance.now();
      await client.query(await readFile(new URL(file, import.meta.url), 'utf8'));
      note(`${file}: ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
    }
    await client.query('vacuum analyze');
    return await found(client);
  } finally {
    await client.end();
  }
}

async function found(client: pg.Client): Promise<Seeded> {
  const { rows } = await client.query<Seeded>(`select (select id from large) as "largeId",
    (select id from work_orders order by created_at limit 1) as "oldId",
    (select id from error_events order by timestamp desc limit 1) as "errorId",
    (select id from escalations where status = 'open' order by created_at desc limit 1) as "escalationId",
    (select id from sessions order by created_at desc limit 1) as "sessionId"`);
  const [row] = rows;
  if (!row) throw new TypeError('Nothing was seeded');
  return row;
}
