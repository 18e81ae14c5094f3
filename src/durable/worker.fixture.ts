// A separate process that carries runs as Moose does: it claims one, waits until the test opens the run's gate, and
// finishes it in a fenced transaction. It reports in JSON lines, moves its clock by as many milliseconds as a line
// `clock N` on its standard input says, and closes at any other line.
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { pino } from 'pino';
import type { RunId } from '../domain/ids.ts';
import { sleep } from '../stdx/async/sleep.ts';
import { openDatabase } from '../store/database.ts';
import { claimRun, FenceLostError, holdFence, updateRun } from '../store/work/runs/runs.ts';
import { startDurable } from './engine.ts';

const gateLookMs = 10;

const { url, executorId, runsMax } = JSON.parse(process.argv[2] ?? '') as {
  url: string;
  executorId: string;
  runsMax: number;
};
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const database = openDatabase(url, { connectionsMax: 4 });

const log = (runId: RunId, what: string, fence: number) =>
  sql`insert into work_log (run_id, executor, what, fence) values (${runId}, ${executorId}, ${what}, ${fence})`;

const isMine = (runId: RunId, fence: number) =>
  sql`select from runs where id = ${runId} and fence = ${fence}`;

async function execute(runId: RunId, leg: number, onTaken: () => void, signal: AbortSignal): Promise<void> {
  const run = await database.transaction(async (query) => {
    const claimed = await claimRun(query, runId, executorId, leg);
    if (claimed) await log(runId, 'began', claimed.fence).execute(query);
    return claimed;
  }, signal);
  if (!run) return;
  onTaken();
  say({ event: 'began', runId, fence: run.fence });
  for (;;) {
    const { rows } = await database.run(
      (query) => sql`select from gate where run_id = ${runId}`.execute(query),
      signal,
    );
    if (rows.length > 0) break;
    if (!(await database.run((query) => isMine(runId, run.fence).execute(query), signal)).rows.length) {
      say({ event: 'fenced', runId });
      return;
    }
    await sleep(gateLookMs, signal);
  }
  try {
    await database.transaction(async (query) => {
      await holdFence(query, runId, run.fence);
      await log(runId, 'finished', run.fence).execute(query);
      await updateRun(query, runId, { state: 'ended', endedAt: new Date() });
    }, signal);
    say({ event: 'finished', runId });
  } catch (cause) {
    if (!(cause instanceof FenceLostError)) throw cause;
    say({ event: 'fenced', runId });
  }
}

const durable = await startDurable({
  database,
  executorId,
  host: 'here',
  runsMax,
  logger: pino({ level: 'error' }, pino.destination(2)),
  execute: (runId, { leg, onTaken }, signal) => execute(runId, leg, onTaken, signal),
  onLost: ({ code }) => say({ event: 'lost', code }),
});
say({ event: 'up' });
const { now } = Date;
for await (const line of createInterface({ input: process.stdin })) {
  const moved = /^clock (-?\d+)$/.exec(line)?.[1];
  if (moved === undefined) break;
  Date.now = () => now() + Number(moved);
  say({ event: `clock ${moved}` });
}
await durable.close();
await database.close();
say({ event: 'closed' });
