// For tests: a listener that has long heard nothing from the other processes; and, started as a program, a process that
// is killed while it takes over from them.
import { pino } from 'pino';
import { type Database, openDatabase } from '../store/database.ts';
import { leaseMs, type OtherExecutor, otherExecutors } from '../store/work/runs/executors.ts';
import { Listener, takeOverFromTheSilent } from './lease.ts';
import type { Locks } from './locks.ts';

const lookMs = 4_000;

export async function longWithoutNews(
  database: Database,
  executorId: string,
): Promise<{ listener: Listener; others: OtherExecutor[] }> {
  const listener = new Listener();
  const others = await database.run((query) => otherExecutors(query, executorId));
  const nowMs = performance.now();
  for (let agoMs = leaseMs + 2 * lookMs; agoMs > 0; agoMs -= lookMs) listener.silent(others, nowMs - agoMs);
  return { listener, others };
}

if (import.meta.main) {
  const database = openDatabase(process.argv[2] ?? '', { connectionsMax: 2 });
  const executorId = 'killed';
  const { listener, others } = await longWithoutNews(database, executorId);
  const die = () => process.kill(process.pid, 'SIGKILL');
  await takeOverFromTheSilent(
    {
      database,
      executorId,
      logger: pino({ level: 'silent' }),
      signal: new AbortController().signal,
      locks: { ask: async () => die() } as unknown as Locks,
    },
    listener,
    others,
  );
}
