// Transactions that know their ID from the statement that begins them: if the answer to a commit is lost, the ID says
// what became of it, and asking for it at the end would cost every transaction one more round trip.
import {
  CompiledQuery,
  type ControlledTransaction,
  type DatabaseConnection,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
  sql,
  type TransactionSettings,
} from 'kysely';
import type pg from 'pg';

/** A standby assigns no IDs: there is nothing to write there, so the transaction can be repeated. */
export const beginNumbered =
  'begin; select case when not pg_is_in_recovery() then pg_current_xact_id()::text end as xid';

/** A connection, with the ID of the transaction that it is in; `undefined` if that has not been asked for. */
interface NumberedConnection extends DatabaseConnection {
  xid?: string | null | undefined;
}

/** Null if the transaction cannot have written anything. */
export async function xidOf<Tables>(transaction: ControlledTransaction<Tables>): Promise<string | null> {
  const known = await transaction
    .getExecutor()
    .provideConnection(({ xid }: NumberedConnection) => Promise.resolve(xid));
  if (known !== undefined) return known;
  const asked = sql<{ xid: string | null }>`select pg_current_xact_id_if_assigned()::text as xid`;
  return (await asked.execute(transaction)).rows[0]?.xid ?? null;
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
    connection.xid = undefined;
    // The first query decides which moment such a transaction sees, and that is not for this class to choose.
    if (settings.isolationLevel) return super.beginTransaction(connection as OfPool, settings);
    try {
      const { rows } = await connection.executeQuery<{ xid: string | null }>(
        CompiledQuery.raw(beginNumbered),
      );
      connection.xid = rows[0]?.xid ?? null;
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
