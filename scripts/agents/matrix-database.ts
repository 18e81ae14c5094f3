// A PostgreSQL server for a run of the matrix: each cell gets a separate database, cloned from a migrated one.

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrateDurable } from '../../src/durable/migrate-durable.ts';
import { startEmbedded } from '../../src/postgres/start/start-embedded.ts';
import { migrate } from '../../src/store/schema/migrate.ts';

export interface MatrixDatabase {
  clone(): Promise<{ url: string; drop(): Promise<void> }>;
  stop(): Promise<void>;
}

const templateName = 'matrix_template';

export async function startMatrixDatabase(): Promise<MatrixDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-agents-'));
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  const server = await startEmbedded({ directory, settings });
  const ask = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  const urlOf = (name: string): string => {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  await ask(`create database ${templateName}`);
  await migrate(urlOf(templateName));
  await migrateDurable(urlOf(templateName));
  return {
    clone: async () => {
      const name = `cell_${randomUUID().replaceAll('-', '')}`;
      await ask(`create database ${name} template ${templateName}`);
      return { url: urlOf(name), drop: () => ask(`drop database if exists ${name} with (force)`) };
    },
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
