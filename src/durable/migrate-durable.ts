// Creates the tables of DBOS, only once even if many processes start at the same time.
import { ensureSystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';
import { GlobalLogger } from '@dbos-inc/dbos-sdk/internal/telemetry/logs';
import type pg from 'pg';
import { sleep } from '../stdx/sleep.ts';
import { endPool } from '../store/connection/connection.ts';
import { asMooseError } from '../store/connection/database-failure.ts';
import { watchSilence } from '../store/connection/silent-connections.ts';
import { engineSchema } from '../store/schema/own-schema.ts';
import { openPool } from './open-pool.ts';

/** The number of the lock, which no other program on this database uses: 'mood' in ASCII. */
const migrationLock = 0x6d6f6f64;
/** If this process hangs or is cut off, the server ends its connection, and the others get their turn. */
const limitIdle = `set idle_session_timeout = '60s'`;
const turnLookMs = 100;
const turnMsMax = 120_000;

/**
 * One process after the other: DBOS takes no lock, and two at once get in each other's way. `DBOS.migrate` would write
 * to stdout, and wait forever on a silent connection.
 * @throws MooseError if the database is lost meanwhile: the next start creates the rest
 */
export async function migrateDurable(url: string): Promise<void> {
  const silent = () => undefined;
  const logger = { info: silent, debug: silent, warn: silent, error: silent };
  const silence = watchSilence(url);
  const pool = openPool(url, silence);
  let turn: pg.PoolClient | undefined;
  try {
    turn = await pool.connect();
    // A server that does not know this setting works without it.
    await turn.query(limitIdle).catch(() => undefined);
    await waitForTurn(turn);
    await ensureSystemDatabase(url, new GlobalLogger(undefined, { logger }), pool, engineSchema);
  } catch (cause) {
    throw asMooseError(cause, 'migrate');
  } finally {
    // The end of the connection releases the lock.
    turn?.release(true);
    await endPool(pool, silence);
  }
}

/**
 * Looks again and again: a statement that waits for the lock would block the indexes that its holder creates
 * concurrently. A holder that hangs is waited for only so long.
 */
async function waitForTurn(client: pg.PoolClient): Promise<void> {
  const deadlineMs = performance.now() + turnMsMax;
  while (performance.now() < deadlineMs) {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      migrationLock,
    ]);
    if (rows[0]?.locked) return;
    await sleep(turnLookMs);
  }
}
