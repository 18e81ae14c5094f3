// The schema that all migrations and functions together make.
//   node scripts/schema.ts            prints it, in a stable order, for reading and comparing
//   node scripts/schema.ts --types    writes the types of its rows into src/store/schema/tables.ts
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { describeRows, namedTexts } from './describe-rows.ts';
import { describeSchema } from './describe-schema.ts';

const types = new URL('../src/store/schema/tables.ts', import.meta.url);
const shapes = new URL('../src/store/schema/column-shapes.ts', import.meta.url);

async function withSchema(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-schema-'));
  const server = await startEmbedded({ directory, settings: { fsync: 'off' } });
  const client = new pg.Client({ connectionString: server.url });
  try {
    await migrate(server.url);
    await client.connect();
    await work(client);
  } finally {
    await client.end();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

await withSchema(async (client) => {
  if (process.argv.includes('--types'))
    await writeFile(types, await describeRows(client, namedTexts(await readFile(shapes, 'utf8'))));
  else process.stdout.write(await describeSchema(client));
});
