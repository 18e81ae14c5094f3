// Whether a fault has hit a work order of its round, by the rows: only then it counts.
import { sql } from 'kysely';
import { sleep } from '../src/stdx/async/sleep.ts';
import { NoTarget, type Stage } from './scenario.ts';

const withinMs = 60_000;
const lookEveryMs = 100;

type Ground = Pick<Stage, 'database' | 'orders' | 'signal'>;

/** Waits until an agent of the round's work orders has ended other than by its own success. @throws NoTarget */
export function mustHitAgent(stage: Ground): Promise<void> {
  return mustHit(stage, 'No agent crashed, and none was stopped.', async (ids) => {
    const { rows } = await stage.database.run((query) =>
      sql`select from sessions where purpose = 'agent' and work_order_id = any (${ids}::uuid[])
        and state not in ('intended', 'running') and (state <> 'exited' or exit_code is distinct from 0)
        limit 1`.execute(query),
    );
    return rows.length > 0;
  });
}

/** Waits until one of the round's work orders asks a person. @throws NoTarget */
export function mustAsk(stage: Ground): Promise<void> {
  return mustHit(stage, 'No work order needed what was taken away.', async (ids) => {
    const { rows } = await stage.database.run((query) =>
      sql`select from work_orders where id = any (${ids}::uuid[]) and status in ('needs_review', 'failed')
        limit 1`.execute(query),
    );
    return rows.length > 0;
  });
}

async function mustHit(
  { database, orders, signal }: Ground,
  because: string,
  isHit: (ids: readonly string[]) => Promise<boolean>,
): Promise<void> {
  const ids = orders.map(({ id }) => id);
  const until = performance.now() + withinMs;
  for (;;) {
    const isOver = !(await anyOpen(database, ids));
    if (await isHit(ids)) return;
    if (isOver || performance.now() > until) throw new NoTarget(because);
    await sleep(lookEveryMs, signal);
  }
}

/** Whether one of these work orders has not ended. */
export async function anyOpen(database: Ground['database'], ids: readonly string[]): Promise<boolean> {
  const { rows } = await database.run((query) =>
    sql`select from work_orders where id = any (${ids}::uuid[]) and status in ('pending', 'in_progress')
      limit 1`.execute(query),
  );
  return rows.length > 0;
}
