// Prints the schema that the migrations create, in a stable order, for reading and comparing.
//   node scripts/dump-schema.ts

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../src/postgres/start-embedded.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { describeSchema } from './describe-schema.ts';

async function dump(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-schema-'));
  const server = await startEmbedded({ directory, settings: { fsync: 'off' } });
  const client = new pg.Client({ connectionString: server.url });
  try {
    await migrate(server.url);
    await client.connect();
    return await describeSchema(client);
  } finally {
    await client.end();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

process.stdout.write(await dump());
