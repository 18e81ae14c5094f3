// What the engine can do that Moose needs: asked by doing it.
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { Figures } from '../measuring/bench.ts';
import { inTransaction } from './carry-run.ts';
import type { Ground } from './ground.ts';

const quietMs = 3_000;
const hourMs = 3_600_000;
const clockWaitMs = 15_000;

export async function tryFeatures(ground: Ground): Promise<Figures> {
  const rolledBack = await inTransaction(ground.pool, async (client) => {
    const { rows } = await client.query<{ id: string }>('insert into runs default values returning id');
    const [row] = rows;
    if (!row) throw new TypeError('A row was inserted');
    // The job stays without its run, if it does not belong to the transaction.
    await ground.producer.enqueue(client, [{ runId: row.id, leg: 0 }]);
    await client.query('rollback');
    await client.query('begin');
    await client.query('insert into runs (id) values ($1)', [row.id]);
    return row.id;
  });
  const [cancelled = ''] = await ground.addRuns({ count: 1 });
  await ground.producer.cancel({ runId: cancelled, leg: 0 });
  const [twice = ''] = await ground.addRuns({ count: 1, delayMs: 500 });
  const again = await inTransaction(ground.pool, (client) =>
    ground.producer.enqueue(client, [{ runId: twice, leg: 0, delayMs: 500 }]),
  ).then(
    () => 'accepted',
    (cause: unknown) => `refused: ${String(cause).slice(0, 80)}`,
  );
  const byPriority: string[] = [];
  for (const priority of [3, 1, 2]) byPriority.push(await addWithPriority(ground, priority));
  const worker = await ground.startWorker({ slots: 1 });
  await ground.waitForAll(byPriority);
  await sleep(quietMs, ground.signal);
  const order = await ground.pool.query<{ run_id: string }>(
    'select run_id from take_ups where run_id = any($1) order by id',
    [byPriority],
  );
  const takenUp = (id: string) => ground.countOf('take_ups where run_id = $1', [id]);
  const figures: Figures = {
    rolled_back_starts: await takenUp(rolledBack),
    cancelled_starts: await takenUp(cancelled),
    same_leg_added_twice: again,
    same_leg_starts: await takenUp(twice),
    order_by_priority: order.rows.map(({ run_id }) => [3, 1, 2][byPriority.indexOf(run_id)]).join(' '),
  };
  await ground.kill(worker);
  return { ...figures, clock: await moveClocks(ground) };
}

async function addWithPriority(ground: Ground, priority: number): Promise<string> {
  return await inTransaction(ground.pool, async (client) => {
    const { rows } = await client.query<{ id: string }>('insert into runs default values returning id');
    const id = rows[0]?.id ?? '';
    await ground.producer.enqueue(client, [{ runId: id, leg: 0, priority }]);
    return id;
  });
}

async function moveClocks(ground: Ground): Promise<Figures> {
  const ahead = await ground.startWorker();
  ahead.write(`clock ${hourMs}`);
  await ahead.says('clock');
  const [inAnHour = ''] = await ground.addRuns({
    count: 1,
    delayMs: hourMs / 2,
  });
  await sleep(quietMs, ground.signal);
  const early = await ground.countOf('take_ups where run_id = $1', [inAnHour]);
  await ground.kill(ahead);
  const back = await ground.startWorker();
  back.write(`clock ${-hourMs}`);
  await back.says('clock');
  await sleep(quietMs, ground.signal);
  const now = await ground.addRuns({ count: 1 });
  const late = await ground.waitForAll(now, clockWaitMs);
  await ground.kill(back);
  return {
    started_early_by_a_clock_ahead: early,
    not_started_after_a_clock_set_back: late,
  };
}
