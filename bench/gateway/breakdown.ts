// Shows where the time of Moose's gateway goes for one client: the gateway is observed from inside, and compared with a
// bare commit on the same database.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { BenchOptions, Figures } from '../measuring/bench.ts';
import { median, quantile, rounded } from '../measuring/statistics.ts';
import type { Case } from './cases.ts';
import { measureClients, warmUp } from './clients.ts';
import { mooseContender } from './contenders.ts';
import { type MooseGround, startMooseGateway } from './moose-ground.ts';
import type { ObservedCall } from './observed-gateway-program.ts';

const commits = 200;
const spanMs = 2_000;
const endMsMax = 20_000;
const lookEveryMs = 50;
const programPath = join(import.meta.dirname, 'observed-gateway-program.ts');

/**
 * In milliseconds, p50 and p99. The parts of a call add up to the time that the gateway has it, including the
 * provider's time.
 */
export async function breakDown(
  ground: MooseGround,
  providerUrl: string,
  one: Case,
  { isQuick, signal, note }: BenchOptions,
): Promise<Figures> {
  note("where Moose's time goes");
  const seenPath = join(ground.directory, 'observed.json');
  const options = { name: 'observed', argv: [programPath, seenPath], signal };
  const gateway = await startMooseGateway(ground, providerUrl, options);
  let count = 0;
  try {
    const { targets, warmUpCalls } = mooseContender('observed', gateway.url, ground.keys);
    await warmUp(targets(one.protocol), warmUpCalls, one, signal);
    const longer = { ...one, spanMs: isQuick ? one.spanMs : spanMs };
    count = (await measureClients(targets(one.protocol), longer, signal)).wholeMs.length;
  } finally {
    await gateway.stop();
  }
  const calls = (await readSeen(seenPath, signal)).slice(-count);
  const of = (from: keyof ObservedCall, to: keyof ObservedCall) =>
    figuresOf(calls.map((call) => call[to] - call[from]));
  return {
    read_check_write: figuresOf(calls.map(({ cameMs, drawMs, sentMs }) => sentMs - cameMs - drawMs)),
    draw_or_lease: figuresOf(calls.map(({ drawMs }) => drawMs)),
    provider: of('sentMs', 'answeredMs'),
    passed_on: of('answeredMs', 'overMs'),
    whole: of('cameMs', 'overMs'),
    bare_commit_of_one_row: figuresOf(await commitMs(ground.database.url, signal)),
  };
}

/** The file is written when the process ends, a moment after its last connection. */
async function readSeen(path: string, signal: AbortSignal): Promise<ObservedCall[]> {
  const deadlineMs = performance.now() + endMsMax;
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text !== null) return JSON.parse(text) as ObservedCall[];
    if (performance.now() > deadlineMs) throw new Error('The watched gateway did not say what it saw');
    await sleep(lookEveryMs, signal);
  }
}

/** Inserts one small row and commits it to the disk: no durable draw can be faster. */
async function commitMs(url: string, signal: AbortSignal): Promise<number[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('create table if not exists bench_commits (n int)');
    const times: number[] = [];
    for (let n = 0; n < commits; n++) {
      signal.throwIfAborted();
      const startedMs = performance.now();
      await client.query({ name: 'commit', text: 'insert into bench_commits values ($1)', values: [n] });
      times.push(performance.now() - startedMs);
    }
    return times;
  } finally {
    await client.end();
  }
}

function figuresOf(ms: readonly number[]): Figures | null {
  if (ms.length === 0) return null;
  return { ms_p50: rounded(median(ms)), ms_p99: rounded(quantile(ms, 0.99)) };
}
