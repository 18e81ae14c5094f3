// Creates the tables of the queue, only once even if many processes start at the same time.
import type pg from 'pg';
import { endPool } from '../store/connection/connection.ts';
import { asMooseError } from '../store/connection/database-failure.ts';
import { watchSilence } from '../store/connection/silent-connections.ts';
import { makeWorkerUtils, queueOptions } from './graphile-worker.ts';
import { openPool } from './open-pool.ts';

/** The number of the lock, which no other program on this database uses: 'mood' in ASCII. */
const migrationLock = 0x6d6f6f64;
/** If this process hangs or is cut off, the server ends its connection, and the others get their turn. */
const limitIdle = `set idle_session_timeout = '60s'`;

/**
 * One process after the other: two at once get in each other's way.
 * @throws MooseError if the database is lost meanwhile: the next start creates the rest
 */
export async function migrateDurable(url: string): Promise<void> {
  const silence = watchSilence(url);
  const pool = openPool(url, silence);
  let turn: pg.PoolClient | undefined;
  try {
    turn = await pool.connect();
    // A server that does not know this setting works without it.
    await turn.query(limitIdle).catch(() => undefined);
    await turn.query('select pg_advisory_lock($1)', [migrationLock]);
    const utils = await makeWorkerUtils(queueOptions(pool));
    await utils.migrate();
    await utils.release();
  } catch (cause) {
    throw asMooseError(cause, 'migrate');
  } finally {
    // The end of the connection releases the lock.
    turn?.release(true);
    await endPool(pool, silence);
  }
}
