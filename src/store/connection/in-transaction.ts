// One transaction that fails with its original error. Kysely's own `transaction()` throws the rollback's error instead,
// and after a lost connection that only says that the client is closed.
import type { ControlledTransaction, Kysely } from 'kysely';

/** Commits what `work` wrote, unless it throws. @throws what `work` threw, or what the server said to the commit */
export async function inTransaction<Tables, T>(
  query: Kysely<Tables>,
  work: (transaction: ControlledTransaction<Tables>) => Promise<T>,
  isolation: 'read committed' | 'repeatable read' = 'read committed',
): Promise<T> {
  const begin = query.startTransaction();
  const asked = isolation === 'read committed' ? begin : begin.setIsolationLevel(isolation);
  const transaction = await asked.execute();
  try {
    const value = await work(transaction);
    await transaction.commit().execute();
    return value;
  } catch (cause) {
    // After a lost connection there is nothing to roll back, and the first error says more.
    await transaction
      .rollback()
      .execute()
      .catch(() => undefined);
    throw cause;
  }
}
