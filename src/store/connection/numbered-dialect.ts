// Transactions that know their ID from the statement that begins them: if the answer to a commit is lost, the ID says
// what became of it, and asking for it at the end would cost every transaction one more round trip.
//
// A server that crashes forgets the IDs of which nothing was on disk, and gives them to other transactions. Only within
// the same life of the server, an ID therefore names one transaction.
import {
  CompiledQuery,
  type ControlledTransaction,
  type DatabaseConnection,
  type Kysely,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
  sql,
  type TransactionSettings,
} from 'kysely';
import type pg from 'pg';

/** Differs after each start of the server, and after each recovery that had something to recover. */
const life = `pg_postmaster_start_time()::text || ' ' || coalesce(pg_last_wal_replay_lsn()::text, '')`;

/** A standby assigns no IDs: there is nothing to write there, so the transaction can be repeated. */
export const beginNumbered = `begin; select case when not pg_is_in_recovery() then pg_current_xact_id()::text end as xid, ${life} as life`;

export interface TransactionNumber {
  xid: string;
  /** The life of the server in which it began. */
  life: string;
}

/** `xid`: null if the transaction cannot have written anything. */
interface Numbered {
  xid: string | null;
  life: string;
}

/** A connection, with the number of the transaction that it is in; `undefined` if that has not been asked for. */
interface NumberedConnection extends DatabaseConnection {
  numbered?: Numbered | undefined;
}

/** Null if the transaction cannot have written anything. */
export async function numberOf<Tables>(
  transaction: ControlledTransaction<Tables>,
): Promise<TransactionNumber | null> {
  const known = await transaction
    .getExecutor()
    .provideConnection(({ numbered }: NumberedConnection) => Promise.resolve(numbered));
  const asked = sql<Numbered>`select pg_current_xact_id_if_assigned()::text as xid, ${sql.raw(life)} as life`;
  const { xid, life: at } = known ?? (await asked.execute(transaction)).rows[0] ?? { xid: null, life: '' };
  return xid === null ? null : { xid, life: at };
}

/**
 * What became of a transaction whose answer was lost. `null`: this server knows no such transaction. `unclear`: the
 * server has crashed since, and may have given the ID to another transaction.
 */
export async function outcomeOf<Tables>(
  query: Kysely<Tables>,
  { xid, life: began }: TransactionNumber,
): Promise<'committed' | 'aborted' | 'in progress' | 'unclear' | null> {
  const asked = sql<{ status: 'committed' | 'aborted' | 'in progress' | null; life: string }>`
    select pg_xact_status(${xid}::xid8) as status, ${sql.raw(life)} as life`;
  const row = (await asked.execute(query)).rows[0];
  if (!row) return null;
  return row.status === 'committed' && row.life !== began ? 'unclear' : row.status;
}

export class NumberedDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;

  constructor(config: PostgresDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): PostgresDriver {
    return new NumberedDriver(this.#config);
  }
}

type OfPool = Parameters<PostgresDriver['rollbackTransaction']>[0];

class NumberedDriver extends PostgresDriver {
  override async beginTransaction(
    connection: NumberedConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    connection.numbered = undefined;
    // The first query decides which moment such a transaction sees, and that is not for this class to choose.
    if (settings.isolationLevel) return super.beginTransaction(connection as OfPool, settings);
    try {
      const { rows } = await connection.executeQuery<Numbered>(CompiledQuery.raw(beginNumbered));
      connection.numbered = rows[0];
    } catch (cause) {
      // The first of the two statements may have succeeded, and the connection goes back to the pool.
      await this.rollbackTransaction(connection as OfPool).catch(() => undefined);
      throw cause;
    }
  }
}

type AnyQuery = (...given: unknown[]) => unknown;

/** Of several statements in one text, `pg` answers with a list, and Kysely reads a single result. */
export function answerLast(client: pg.ClientBase): void {
  const query = client.query.bind(client) as AnyQuery;
  const answering: AnyQuery = (...given) => {
    const answer = query(...given);
    return given[0] === beginNumbered && answer instanceof Promise ? answer.then(lastOf) : answer;
  };
  client.query = answering as typeof client.query;
}

const lastOf = (answers: unknown) => (Array.isArray(answers) ? answers.at(-1) : answers);
