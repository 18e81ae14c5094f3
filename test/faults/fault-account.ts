// Compares the injected faults with the errors that Moose has recorded: exactly one row must name each fault, and no
// row may name a fault that was not injected.
import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import type { InjectedFault } from './fault-plan.ts';

interface ErrorRow {
  id: string;
  code: string;
  component: string;
  workOrderId: string | null;
  atMs: number;
  words: string;
  backendPid: number | null;
}

export interface FaultAccount {
  /** By the id of each fault: the error that names it. */
  named: Map<string, ErrorRow>;
  /**
   * A sentence for each fault that no row or more than one row names, and for each row that names a fault that was not
   * injected.
   */
  wrong: string[];
  /** Errors that name no fault: consequences of faults, and failures that happened by themselves. */
  others: ErrorRow[];
}

const idPattern = /injected-fault-[a-z]+-\d+/g;
/** The codes that a caller of a model can get for a fault without any text. */
const wordless = new Set(['MODEL_UNREACHABLE', 'MODEL_GARBLED']);

export async function accountOf(
  database: Database,
  injected: readonly InjectedFault[],
): Promise<FaultAccount> {
  const rows = await errorRows(database);
  const account: FaultAccount = { named: new Map(), wrong: [], others: [] };
  const known = new Map(injected.map((fault) => [fault.id, fault]));
  const unnamed: ErrorRow[] = [];
  for (const row of rows) {
    const ids = new Set(row.words.match(idPattern));
    for (const id of ids) name(account, known, id, row);
    if (ids.size === 0) unnamed.push(row);
  }
  const silent = injected.filter(({ id }) => !account.named.has(id));
  const found = new Set<ErrorRow>();
  for (const fault of silent) {
    const row = unnamed.find((each) => !found.has(each) && isOf(fault, each));
    if (row) {
      found.add(row);
      account.named.set(fault.id, row);
    } else account.wrong.push(`silent: ${JSON.stringify(fault)}`);
  }
  account.others = unnamed.filter((row) => !found.has(row));
  return account;
}

function name(
  { named, wrong }: FaultAccount,
  known: ReadonlyMap<string, InjectedFault>,
  id: string,
  row: ErrorRow,
): void {
  const first = named.get(id);
  if (!known.has(id)) wrong.push(`never injected: ${id} in ${row.code} ${row.id}`);
  else if (first) wrong.push(`twice: ${id} in ${told(first)} and ${told(row)}`);
  else named.set(id, row);
}

/** What leads to where it was raised. */
function told({ code, component, workOrderId, atMs, words }: ErrorRow): string {
  return `${code} of ${component} for ${workOrderId ?? 'nothing'} at ${new Date(atMs).toISOString()} (${words.slice(0, toldCharsMax)})`;
}

const toldCharsMax = 600;

/**
 * For a fault without a text: matches it by the server process of the connection, or by the work order whose call it
 * was.
 */
function isOf({ backendPid, workOrderId, at }: InjectedFault, row: ErrorRow): boolean {
  if (backendPid !== undefined) return row.component === 'store' && row.backendPid === backendPid;
  const isCall = row.workOrderId === workOrderId && wordless.has(row.code);
  return isCall && Math.abs(row.atMs - at) < nearMs;
}

/** The most time between a fault and the time in its row. Both use the same clock, but the processor is busy. */
const nearMs = 30_000;

async function errorRows(database: Database): Promise<ErrorRow[]> {
  const { rows } = await sql<ErrorRow>`
    select id, error_type as code, component, work_order_id,
      extract(epoch from timestamp)::double precision * 1000 as at_ms,
      error_message || ' ' || metadata::text as words, (metadata ->> 'backendPid')::int as backend_pid
    from error_events order by timestamp`.execute(database.query);
  return rows;
}
