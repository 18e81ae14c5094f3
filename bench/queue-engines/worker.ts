// A separate process that carries runs with one engine. It reports in JSON lines, and obeys the lines on its standard
// input: `clock N` moves its clock by N milliseconds, `counts` asks for its counts, and any other ends it.
import { createInterface } from 'node:readline';
import { openPool } from '../../src/durable/open-pool.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { watchSilence } from '../../src/store/connection/silent-connections.ts';
import { carryRun, FenceLost, poolOf, say } from './carry-run.ts';
import { countStatements } from './counted-pool.ts';
import type { EngineName } from './engine.ts';
import { keepAlive } from './liveness.ts';

export interface WorkerRequest {
  engine: EngineName;
  url: string;
  id: string;
  slots: number;
  stepMs: number;
  killAt?: string;
  /** What the engine is told when the fence was lost: that the work failed, or that it is over. */
  whenFenced: 'throws' | 'returns';
  /** Without it, only the engine itself finds the dead. */
  keepsLease: boolean;
  /** The job ends when the run is taken up: from then on, only the lease says who has it. */
  handsOver: boolean;
}

const request = JSON.parse(process.argv[2] ?? '') as WorkerRequest;
const { engine: name, url, id, slots, stepMs, killAt, whenFenced, keepsLease, handsOver } = request;
const retryMs = 500;
const silence = watchSilence(url);
const own = poolOf(url);
own.on('connect', (client) => silence.add(client));
await own.query('select 1');
const bareBytes = process.memoryUsage.rss();
const startMs = performance.now();
const { loadEngine } = await import('./engines.ts');
const engine = await loadEngine(name);
const enginePool = openPool(url, silence);
const counter = countStatements(enginePool);
const producer = await engine.produce(url, enginePool);
const execute = async (runId: string) => {
  try {
    await carryRun(own, runId, {
      holder: id,
      stepMs,
      killAt,
      enqueue: producer.enqueue,
    });
  } catch (cause) {
    if (cause instanceof FenceLost && whenFenced === 'returns') return;
    throw cause;
  }
};
const carried = new Set<Promise<void>>();
/** Resolves when the run is taken up and there is room for another one. */
const takeUp = async (runId: string) => {
  const taken = Promise.withResolvers<void>();
  let isMine = false;
  const onTakenUp = () => {
    isMine = true;
    taken.resolve();
  };
  const carry = async () => {
    for (;;) {
      try {
        await carryRun(own, runId, {
          holder: id,
          stepMs,
          killAt,
          enqueue: producer.enqueue,
          onTakenUp,
        });
        return taken.resolve();
      } catch (cause) {
        if (!isMine) return taken.reject(cause);
        if (cause instanceof FenceLost) return;
        await sleep(retryMs);
      }
    }
  };
  const carrying = carry().finally(() => void carried.delete(carrying));
  carried.add(carrying);
  await taken.promise;
  while (carried.size >= slots) await Promise.race(carried);
};
const worker = await engine.work({
  url,
  workerId: id,
  slots: handsOver ? 1 : slots,
  pool: enginePool,
  execute: handsOver ? takeUp : execute,
  warn: (text) => say({ event: 'warned', text: text.slice(0, 200) }),
});
const readyMs = performance.now() - startMs;
const over = new AbortController();
const addAgain = handsOver ? producer.enqueue : undefined;
if (keepsLease) await keepAlive({ url, id, pool: own, worker, addAgain }, over.signal);
say({
  event: 'up',
  readyMs,
  addedBytes: process.memoryUsage.rss() - bareBytes,
});
const { now } = Date;
for await (const line of createInterface({ input: process.stdin })) {
  const moved = /^clock (-?\d+)$/.exec(line)?.[1];
  if (line === 'counts') say({ event: 'counts', ...counter.take() });
  else if (moved === undefined) break;
  else {
    Date.now = () => now() + Number(moved);
    say({ event: 'clock' });
  }
}
over.abort();
await worker.close();
say({ event: 'closed' });
process.exit(0);
