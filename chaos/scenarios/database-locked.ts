import pg from 'pg';
import { isSerializationConflict } from '../../src/store/connection/database-failure.ts';
import { NoTarget, type Scenario } from '../scenario.ts';

const triesMax = 20;

export const databaseLocked: Scenario = {
  name: 'database-locked',
  group: 'database',
  does: 'somebody locks the tables of work orders and runs',
  lastsMs: [1_000, 5_000],
  hitsServer: true,
  isTransient: true,
  async inject({ database }) {
    const client = new pg.Client({ connectionString: database.url, application_name: 'chaos' });
    client.on('error', () => undefined);
    await client.connect();
    await lockTables(client);
    return async () => {
      const { rows } = await client.query('select count(*)::int as waiting from pg_locks where not granted');
      await client.end();
      if (rows[0]?.waiting === 0) throw new NoTarget('Nobody waited for the tables.');
    };
  },
};

/** Tries again if PostgreSQL chose this transaction as the victim of a deadlock with one of Moose. */
async function lockTables(client: pg.Client): Promise<void> {
  for (let tries = 0; ; tries++) {
    await client.query('begin');
    try {
      await client.query('lock table moose.work_orders, moose.runs in access exclusive mode');
      return;
    } catch (error) {
      await client.query('rollback');
      if (!isSerializationConflict(error) || tries === triesMax) {
        await client.end();
        throw error;
      }
    }
  }
}
