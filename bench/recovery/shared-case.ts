// A call through a worker's circuits: those of its provider and its model, shared through a real database.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCircuits } from '../../src/engine/recovery/circuits.ts';
import { startEmbedded } from '../../src/postgres/start/start-embedded.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/schema/migrate.ts';
import { type Case, call } from './turns.ts';

export async function withSharedCase<T>(use: (shared: Case) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'moose-bench-circuits-'));
  try {
    const server = await startEmbedded({ directory });
    try {
      await migrate(server.url);
      return await withCircuits(server.url, use);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function withCircuits<T>(url: string, use: (shared: Case) => Promise<T>): Promise<T> {
  const database = openDatabase(url);
  const circuits = createCircuits({
    database,
    executorId: 'bench',
    clock: systemClock,
    onFailure: (thrown) => process.stderr.write(`${thrown}\n`),
  });
  try {
    await circuits.ready;
    const { signal } = new AbortController();
    const keys = ['provider:bench', 'model:bench/m'] as const;
    return await use({ run: () => circuits.through(keys, signal, call) });
  } finally {
    await circuits.close();
    await database.close();
  }
}
