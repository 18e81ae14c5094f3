import pg from 'pg';
import { NoTarget, type Scenario } from '../scenario.ts';

const connectionsMax = 1_000;

export const databaseFull: Scenario = {
  name: 'database-full',
  group: 'database',
  does: 'somebody takes every connection that PostgreSQL has, and those of Moose break',
  lastsMs: [1_000, 4_000],
  hitsServer: true,
  isTransient: true,
  async inject({ database, relay }) {
    const taken: pg.Client[] = [];
    const broken = relay.cut();
    let isFull = false;
    for (let n = 0; n < connectionsMax; n++) {
      const client = new pg.Client({ connectionString: database.url, application_name: 'chaos' });
      client.on('error', () => undefined);
      try {
        await client.connect();
      } catch {
        isFull = true;
        break;
      }
      taken.push(client);
    }
    return async () => {
      await Promise.all(taken.splice(0).map((client) => client.end()));
      if (!isFull || broken === 0) throw new NoTarget('Nobody was refused a connection.');
    };
  },
};
