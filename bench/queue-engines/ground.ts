// A database for each measurement, and the processes that work on it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { openPool } from '../../src/durable/open-pool.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { endPool } from '../../src/store/connection/connection.ts';
import { watchSilence } from '../../src/store/connection/silent-connections.ts';
import { inTransaction, tables } from './carry-run.ts';
import type { EngineName, Job, Producer, QueueEngine } from './engine.ts';
import { loadEngine } from './engines.ts';
import type { WorkerRequest } from './worker.ts';

const program = fileURLToPath(new URL('./worker.ts', import.meta.url));
const batchSize = 1_000;
const lookEveryMs = 25;
const waitMsMax = 90_000;

export interface Said {
  event: string;
  runId?: string;
  readyMs?: number;
  addedBytes?: number;
  statements?: number;
  claimMs?: number[];
  text?: string;
}

export interface BenchWorker {
  id: string;
  child: ChildProcess;
  said: Said[];
  gone: Promise<unknown>;
  says(event: string): Promise<Said>;
  write(line: string): void;
}

export interface NewRuns {
  count: number;
  /** The next leg begins so long after the end of the first; none if it is missing. */
  nextLegMs?: number;
  delayMs?: number;
}

export class Ground {
  /** Whether jobs end when their runs are taken up. */
  handsOver = false;
  readonly workers: BenchWorker[] = [];
  readonly engine: QueueEngine;
  readonly url: string;
  readonly pool: pg.Pool;
  readonly signal: AbortSignal;
  readonly #endSilence: () => Promise<void>;
  #producer: Producer | undefined;
  #count = 0;

  constructor(engine: QueueEngine, url: string, signal: AbortSignal) {
    this.engine = engine;
    this.url = url;
    this.signal = signal;
    const silence = watchSilence(url);
    this.pool = openPool(url, silence);
    this.#endSilence = () => endPool(this.pool, silence);
  }

  async prepare(): Promise<void> {
    await this.pool.query(tables);
    await this.engine.migrate(this.url);
    this.#producer = await this.engine.produce(this.url, this.pool);
  }

  get producer(): Producer {
    if (!this.#producer) throw new TypeError('Prepare the ground first');
    return this.#producer;
  }

  async startWorker(given: Partial<WorkerRequest> = {}): Promise<BenchWorker> {
    this.#count += 1;
    const id = `worker-${this.#count}`;
    const request: WorkerRequest = {
      engine: this.engine.name,
      url: this.url,
      id,
      slots: 10,
      stepMs: 10,
      whenFenced: 'throws',
      keepsLease: true,
      handsOver: this.handsOver,
      ...given,
    };
    const child = spawn(process.execPath, [program, JSON.stringify(request)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const said: Said[] = [];
    if (child.stdout)
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('{"event"')) said.push(JSON.parse(line) as Said);
      });
    child.stdin?.on('error', () => undefined);
    const worker: BenchWorker = {
      id,
      child,
      said,
      gone: once(child, 'exit'),
      says: (event) => this.until(`${id} says ${event}`, async () => said.find((one) => one.event === event)),
      write: (line) => void child.stdin?.write(`${line}\n`),
    };
    this.workers.push(worker);
    const ended = worker.gone.then(() => {
      throw new Error(`${id} ended before it was ready`);
    });
    await Promise.race([worker.says('up'), ended]);
    ended.catch(() => undefined);
    return worker;
  }

  async counts(worker: BenchWorker): Promise<{ statements: number; claimMs: number[] }> {
    const before = worker.said.filter(({ event }) => event === 'counts').length;
    worker.write('counts');
    const told = await this.until('counts', async () => {
      const all = worker.said.filter(({ event }) => event === 'counts');
      return all.length > before ? all.at(-1) : undefined;
    });
    return { statements: told.statements ?? 0, claimMs: told.claimMs ?? [] };
  }

  async kill(worker: BenchWorker): Promise<void> {
    worker.child.kill('SIGKILL');
    await worker.gone;
    this.workers.splice(this.workers.indexOf(worker), 1);
  }

  /** Each batch is one transaction of the application's rows and their jobs. */
  async addRuns({ count, nextLegMs, delayMs = 0 }: NewRuns): Promise<string[]> {
    const all: string[] = [];
    while (all.length < count) {
      const ids = await inTransaction(this.pool, async (client) => {
        const { rows } = await client.query<{ id: string }>(
          `insert into runs (next_leg_ms, ready_at) select $2::int, clock_timestamp() + $3 * interval '1 millisecond'
          from generate_series(1, $1) returning id`,
          [Math.min(batchSize, count - all.length), nextLegMs ?? null, delayMs],
        );
        const jobs: Job[] = rows.map(({ id }) => ({
          runId: id,
          leg: 0,
          ...(delayMs ? { delayMs } : {}),
        }));
        await this.producer.enqueue(client, jobs);
        return rows.map(({ id }) => id);
      });
      all.push(...ids);
    }
    return all;
  }

  async one<T>(text: string, values: unknown[] = []): Promise<T | undefined> {
    return (await this.pool.query(text, values)).rows[0] as T | undefined;
  }

  async countOf(condition: string, values: unknown[] = []): Promise<number> {
    return (await this.one<{ n: number }>(`select count(*)::int as n from ${condition}`, values))?.n ?? 0;
  }

  /** How many of the runs are not over at the time limit. */
  async waitForAll(ids: readonly string[], msMax = waitMsMax): Promise<number> {
    const open = () => this.countOf('runs where id = any($1) and not is_done', [ids]);
    const deadlineMs = performance.now() + msMax;
    for (;;) {
      const left = await open();
      if (left === 0 || performance.now() > deadlineMs) return left;
      await sleep(lookEveryMs, this.signal);
    }
  }

  async until<T>(what: string, look: () => Promise<T | undefined | false>, msMax = waitMsMax): Promise<T> {
    const deadlineMs = performance.now() + msMax;
    for (;;) {
      const found = await look();
      if (found) return found;
      if (performance.now() > deadlineMs) throw new Error(`${this.engine.name}: ${what}: not in ${msMax} ms`);
      await sleep(lookEveryMs, this.signal);
    }
  }

  /** Steps that were committed more than once, or by somebody whose run others had taken up. */
  faults(): Promise<number> {
    return this.countOf(`(select run_id, step from steps group by run_id, step having count(*) > 1
      union all select s.run_id, s.step from steps s join take_ups t on t.run_id = s.run_id
        where t.fence > s.fence and t.at < s.at) fault`);
  }

  async close(): Promise<void> {
    for (const worker of this.workers) {
      worker.child.kill('SIGKILL');
      await worker.gone;
    }
    await this.#producer?.close();
    await this.#endSilence();
  }
}

export async function openGround(
  serverUrl: string,
  { name, part }: { name: EngineName; part: string },
  signal: AbortSignal,
): Promise<Ground> {
  const database = `${name}_${part}`.replaceAll(/\W/g, '_');
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${database}`);
  await admin.end();
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  const ground = new Ground(await loadEngine(name), url.href, signal);
  await ground.prepare();
  return ground;
}
