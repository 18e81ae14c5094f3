import pg from 'pg';
import type { Scenario } from '../scenario.ts';

export const databaseLocked: Scenario = {
  name: 'database-locked',
  group: 'database',
  does: 'somebody locks the tables of work orders and runs',
  lastsMs: [1_000, 5_000],
  isTransient: true,
  async inject({ database }) {
    const client = new pg.Client({ connectionString: database.url, application_name: 'chaos' });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('begin');
    await client.query('lock table moose.work_orders, moose.runs in access exclusive mode');
    return () => client.end();
  },
};
