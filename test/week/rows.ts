// Collects rows of many tables and writes them in one go. Triggers are skipped, because the rows are history, not
// current events.
import pg from 'pg';
import { enterOwnSchema } from '../../src/store/schema/own-schema.ts';

export type Row = Record<string, unknown>;
export type Rows = Map<string, Row[]>;

export function addRow(rows: Rows, table: string, row: Row): void {
  const kept = rows.get(table);
  if (kept) kept.push(row);
  else rows.set(table, [row]);
}

const batchSize = 1_000;

/** Writes all rows in one transaction. Columns have their SQL names; a missing one gets its default. */
export async function writeRows(url: string, rows: Rows, after: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await enterOwnSchema(client);
  try {
    await client.query('begin');
    await client.query("set local session_replication_role = 'replica'");
    for (const [table, all] of rows) for (const group of alike(all)) await insert(client, table, group);
    for (const statement of after) await client.query(statement);
    await client.query('commit');
  } finally {
    await client.end();
  }
}

/** Groups rows with the same columns. */
function alike(rows: readonly Row[]): Row[][] {
  return [...Map.groupBy(rows, (row) => Object.keys(row).join()).values()];
}

async function insert(client: pg.Client, table: string, rows: readonly Row[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first).join(', ');
  for (let at = 0; at < rows.length; at += batchSize) {
    await client.query(
      `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
      [JSON.stringify(rows.slice(at, at + batchSize))],
    );
  }
}
