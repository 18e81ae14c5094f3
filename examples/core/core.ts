// The core of Moose in a hundred lines: one table, one loop, one fence, one kill.
//   node examples/core/core.ts postgres://user@host/database
// One worker is killed at the worst moment and one is frozen. The third takes over: nothing is lost, nothing is done twice.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const steps = ['generate', 'verify', 'publish'] as const;
/** A worker that has shown no life for this long has lost its work order. */
const silentMs = 1_000;

const table = `create table core_work (
  id integer primary key,
  step integer not null default 0, -- how many steps are finished
  results text[] not null default '{}',
  fence integer not null default 0, -- the number of the worker that may write: the last one that claimed
  alive_at timestamptz not null default '-infinity' -- when that worker last showed life
)`;

/** Claims a work order that no living worker holds. Two workers never get the same one, and none waits for the other. */
const claim = `update core_work set fence = fence + 1, alive_at = clock_timestamp() where id = (
    select id from core_work
    where step < ${steps.length} and alive_at < clock_timestamp() - interval '${silentMs} milliseconds'
    order by id limit 1 for update skip locked)
  returning id, step, fence`;

/** The result and the next step commit together. With an old fence, this changes nothing. */
const finish = `update core_work set step = step + 1, results = results || $3::text, alive_at = clock_timestamp()
  where id = $1 and fence = $2`;

async function work(database: pg.Client, effects: string, hitBy?: NodeJS.Signals): Promise<void> {
  let hit = hitBy;
  for (;;) {
    const [order] = (await database.query(claim)).rows;
    if (!order) {
      const open = await database.query(`select from core_work where step < ${steps.length}`);
      if (open.rowCount === 0) return;
      await sleep(50);
      continue;
    }
    say(`claims work order ${order.id} at step ${order.step}, with fence ${order.fence}`);
    for (const step of steps.slice(order.step)) {
      await sleep(100); // The work. What takes longer has to show life meanwhile.
      act(join(effects, `${order.id}-${step}`));
      // The worst moment: the effect is made, and nobody has recorded it.
      if (hit) process.kill(process.pid, hit);
      hit = undefined;
      const { rowCount } = await database.query(finish, [order.id, order.fence, step]);
      say(`${rowCount === 0 ? 'is refused' : 'finishes'} ${step} of work order ${order.id}`);
      if (rowCount === 0) break;
    }
  }
}

/** The effect of a step has a key, so a step that runs again finds what it did before. So it is for a push. */
function act(key: string): void {
  if (existsSync(key)) say(`finds the effect ${basename(key)}`);
  else writeFileSync(key, '', { flag: 'wx' });
}

const say = (text: string) => process.stdout.write(`worker ${process.pid} ${text}\n`);

async function direct(database: pg.Client, url: string, effects: string): Promise<void> {
  await database.query(
    `drop table if exists core_work; ${table}; insert into core_work select generate_series(1, 5)`,
  );
  const workers: ChildProcess[] = [];
  const start = (...hitBy: NodeJS.Signals[]) => {
    const worker = fork(import.meta.filename, [url, effects, ...hitBy]);
    workers.push(worker);
    return { worker, ended: once(worker, 'exit') };
  };
  try {
    const [killed, frozen] = [start('SIGKILL'), start('SIGSTOP')];
    const claimed = 'select from core_work where fence > 0';
    while ((await database.query(claimed)).rowCount !== 2) await sleep(50);
    await killed.ended;
    await start().ended;
    // Everything is finished. The frozen worker wakes up and tries to write.
    frozen.worker.kill('SIGCONT');
    await frozen.ended;
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
  }
  const wrong = await database.query('select from core_work where results <> $1', [steps]);
  const count = readdirSync(effects).length;
  process.stdout.write(`${wrong.rowCount} work orders are wrong; there are ${count} effects\n`);
}

const [url = '', given, hitBy] = process.argv.slice(2);
const effects = given ?? mkdtempSync(join(tmpdir(), 'core-'));
const database = new pg.Client({ connectionString: url });
await database.connect();
await (given ? work(database, effects, hitBy as NodeJS.Signals | undefined) : direct(database, url, effects));
await database.end();
if (!given) rmSync(effects, { recursive: true });
