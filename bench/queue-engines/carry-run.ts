// A run of five steps, with one row each. Each step ends in a transaction that names the fence of the take-up.
import { writeSync } from 'node:fs';
import pg from 'pg';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { keptAlive, limitOnServer } from '../../src/store/connection/connection.ts';
import type { Job } from './engine.ts';

export const stepCount = 5;
/** In this step, a run that waits or continues ends its leg and adds the next one. */
const turningStep = 3;
const afterReturnMs = 40;

export const killPoints = [
  'handed over',
  'taken up',
  ...Array.from({ length: stepCount }, (_, at) => `in step ${at + 1}`),
  ...Array.from({ length: stepCount - 1 }, (_, at) => `after step ${at + 1}`),
  'before it returns',
  'after it returned',
];
/** Here the run has ended, so nobody need continue it. */
export const pointsAtTheEnd: readonly string[] = ['before it returns', 'after it returned'];

export const tables = `
  create table runs (id uuid primary key default gen_random_uuid(), leg int not null default 0,
    step int not null default 0, fence int not null default 0, holder text, not_before timestamptz,
    next_leg_ms int, is_done boolean not null default false, ready_at timestamptz not null default clock_timestamp());
  create table take_ups (id bigint generated always as identity, run_id uuid not null, fence int not null,
    holder text not null, at timestamptz not null default clock_timestamp(), ready_at timestamptz);
  create table steps (id bigint generated always as identity, run_id uuid not null, step int not null, fence int not null,
    holder text not null, at timestamptz not null default clock_timestamp());
  create table fenced (run_id uuid not null, fence int not null, holder text not null);
  create table processes (id text primary key, engine_id text not null, beats bigint not null default 0,
    takeovers int not null default 0, has_ended boolean not null default false)`;

export class FenceLost extends Error {}

export interface Carrier {
  holder: string;
  stepMs: number;
  /** The process kills itself when its first run gets there. */
  killAt?: string | undefined;
  enqueue(client: pg.ClientBase, jobs: readonly Job[]): Promise<void>;
  onTakenUp?: () => void;
}

export const say = (line: object) => void writeSync(1, `${JSON.stringify(line)}\n`);

export function poolOf(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 12,
    ...keptAlive,
    onConnect: limitOnServer,
  });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

export async function carryRun(pool: pg.Pool, runId: string, carrier: Carrier): Promise<void> {
  const { holder, killAt, stepMs } = carrier;
  const reach = (point: string) => {
    if (point !== killAt) return;
    say({ event: 'killed', runId });
    process.kill(process.pid, 'SIGKILL');
  };
  reach('handed over');
  const { rows } = await pool.query<{
    step: number;
    fence: number;
    leg: number;
    next_leg_ms: number | null;
  }>(
    `with mine as (update runs set fence = fence + 1, holder = $2 where id = $1 and not is_done
        and (not_before is null or not_before <= clock_timestamp())
        and (holder is null or holder = $2
          or not exists (select from processes p where p.id = runs.holder and not p.has_ended))
        returning *),
      noted as (insert into take_ups (run_id, fence, holder, ready_at) select id, fence, holder, ready_at from mine)
    select step, fence, leg, next_leg_ms from mine`,
    [runId, holder],
  );
  const [run] = rows;
  if (!run) return;
  reach('taken up');
  carrier.onTakenUp?.();
  for (let step = run.step + 1; step <= stepCount; step++) {
    await sleep(stepMs);
    const turns = step === turningStep && run.leg === 0 && run.next_leg_ms !== null;
    await inTransaction(pool, async (client) => {
      const { rowCount } = await client.query('select from runs where id = $1 and fence = $2 for update', [
        runId,
        run.fence,
      ]);
      if (rowCount === 0) throw new FenceLost(`${holder} has lost ${runId}`);
      await client.query('insert into steps (run_id, step, fence, holder) values ($1, $2, $3, $4)', [
        runId,
        step,
        run.fence,
        holder,
      ]);
      await client.query('update runs set step = $2, is_done = $3 where id = $1', [
        runId,
        step,
        step === stepCount,
      ]);
      if (turns) await endLeg(client, { runId, leg: run.leg + 1, delayMs: run.next_leg_ms ?? 0 }, carrier);
      reach(`in step ${step}`);
    }).catch(async (cause) => {
      if (cause instanceof FenceLost)
        await pool.query('insert into fenced (run_id, fence, holder) values ($1, $2, $3)', [
          runId,
          run.fence,
          holder,
        ]);
      throw cause;
    });
    if (step < stepCount) reach(`after step ${step}`);
    if (turns) return;
  }
  reach('before it returns');
  if (killAt === 'after it returned') setTimeout(() => reach(killAt), afterReturnMs);
}

async function endLeg(client: pg.ClientBase, job: Job & { delayMs: number }, { enqueue }: Carrier) {
  const after = `clock_timestamp() + $2 * interval '1 millisecond'`;
  await client.query(
    `update runs set leg = leg + 1, holder = null, not_before = ${after}, ready_at = ${after} where id = $1`,
    [job.runId, job.delayMs],
  );
  await enqueue(client, [job]);
}

export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (cause) {
    await client.query('rollback').catch((lost: Error) => {
      failure = lost;
    });
    throw cause;
  } finally {
    client.release(failure);
  }
}
