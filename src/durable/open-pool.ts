// The connections of the queue.
import pg from 'pg';
import { connectMsMax, keptAlive, limitOnServer } from '../store/connection/connection.ts';
import { guardTexts } from '../store/connection/guard-texts.ts';
import { preparedNames } from '../store/connection/prepared-names.ts';
import type { SilenceWatch } from '../store/connection/silent-connections.ts';
import { sparedMs } from '../store/connection/sparing-pool.ts';

const connectionsMax = 10;

export function openPool(url: string, silence: SilenceWatch): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: connectMsMax,
    // One listens all the time, the other looks for messages every few seconds.
    min: 2,
    idleTimeoutMillis: sparedMs,
    ...keptAlive,
    application_name: 'moose durable',
    onConnect: (client) => {
      silence.add(client);
      // A transaction of the queue that hangs blocks everybody, so its connection is cut too.
      return limitOnServer(client);
    },
  });
  // A dead connection is replaced at the next query, idle or not.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const preparedName = preparedNames();
  pool.on('connect', (client) => guardTexts(client, preparedName));
  return pool;
}
