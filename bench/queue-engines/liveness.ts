// What stays Moose's own with each engine: a lock and a lease tell who lives, and the jobs of the dead go back.
import type pg from 'pg';
import { Listener } from '../../src/durable/lease.ts';
import { endHolderSql, keyOf, type Locks, openLocks } from '../../src/durable/locks.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { inTransaction } from './carry-run.ts';
import type { EngineWorker, Job } from './engine.ts';

const lookEveryMs = 250;
const looksBeforeDeath = 2;
const beatEveryMs = 1_000;

const lockOf = (id: string) => `executor:${id}`;

export interface Alive {
  url: string;
  id: string;
  pool: pg.Pool;
  worker: EngineWorker;
  /** Adds the jobs of the dead again, if their jobs ended when they were taken up. */
  addAgain?: ((client: pg.ClientBase, jobs: readonly Job[]) => Promise<void>) | undefined;
}

export async function keepAlive(
  { url, id, pool, worker, addAgain }: Alive,
  signal: AbortSignal,
): Promise<void> {
  const locks = await openLocks(url, { signal, onLost: () => process.exit(1) });
  await locks.tryLock(lockOf(id), 'let it go');
  const beat = () =>
    locks.ask(
      `insert into public.processes as p (id, engine_id) values ($1, $2)
      on conflict (id) do update set beats = p.beats + 1, has_ended = false`,
      [id, worker.id],
    );
  await beat();
  const beats = async () => {
    while (!signal.aborted) {
      await sleep(beatEveryMs, signal).catch(() => undefined);
      await beat().catch(() => undefined);
    }
  };
  void beats();
  void watch({ id, pool, worker, locks, addAgain }, signal);
}

interface Watch extends Omit<Alive, 'url'> {
  locks: Locks;
}

async function watch(given: Watch, signal: AbortSignal): Promise<void> {
  const { id, pool, locks } = given;
  const free = new Map<string, number>();
  const listener = new Listener();
  while (!signal.aborted) {
    await sleep(lookEveryMs, signal).catch(() => undefined);
    try {
      const { rows } = await pool.query<{ id: string; beats: string }>(
        'select id, beats from processes where id <> $1 and not has_ended',
        [id],
      );
      const silent = listener.silent(
        rows.map((row) => ({ id: row.id, host: '', beats: BigInt(row.beats) })),
        performance.now(),
      );
      for (const { id: other } of silent) {
        await takeOver(given, other, () => locks.ask(endHolderSql, [keyOf(lockOf(other))]));
      }
      for (const { id: other } of rows) {
        if (!(await locks.tryLock(lockOf(other), 'let it go'))) {
          free.delete(other);
          continue;
        }
        free.set(other, (free.get(other) ?? 0) + 1);
        if ((free.get(other) ?? 0) >= looksBeforeDeath) await takeOver(given, other);
        await locks.unlock(lockOf(other));
      }
    } catch {
      // The next look finds the same.
    }
  }
}

/** Only one process does it: the others wait for the row, and find it ended. */
async function takeOver(
  { pool, worker, addAgain }: Watch,
  dead: string,
  release: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ engine_id: string }>(
      `update processes set has_ended = true, takeovers = takeovers + 1 where id = $1 and not has_ended
      returning engine_id`,
      [dead],
    );
    const [row] = rows;
    if (!row) return;
    await release();
    const held = await client.query<Job>(
      'select id as "runId", leg, fence as again from runs where holder = $1 and not is_done',
      [dead],
    );
    const jobs = addAgain ? [] : held.rows.map(({ runId, leg }) => ({ runId, leg }));
    await worker.giveBack({ id: row.engine_id, jobs });
    await addAgain?.(client, held.rows);
  });
}
