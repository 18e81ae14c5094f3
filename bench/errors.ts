import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { PermanentError, TransientError } from '../src/domain/failure.ts';
import { openErrorLog } from '../src/engine/errors/open-error-log.ts';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { type Bench, goalAtMost } from './measuring/bench.ts';
import { median, quantile, rounded } from './measuring/statistics.ts';

const recordMsMax = 1;
const wholeRecords = 20_000;
const quickRecords = 2_000;
const warmUps = 500;
/** The output of a failed check: two long streams, and the data that is needed to run it again. */
const tail = 'at Object.<anonymous> (test/money.test.js:12:5)\n'.repeat(160);

export const bench: Bench = {
  about: 'what recording an error costs whoever meets it, with the database there and with the database away',
  run: async ({ isQuick, signal, note }) => {
    const count = isQuick ? quickRecords : wholeRecords;
    const directory = await mkdtemp(join(tmpdir(), 'moose-bench-errors-'));
    const server = await startEmbedded({ directory: join(directory, 'postgres'), signal });
    const database = openDatabase(server.url);
    const nowhere = openDatabase('postgres://moose@127.0.0.1:1/moose');
    const logger = pino({ level: 'silent' });
    try {
      await migrate(server.url);
      const log = openErrorLog({ database, dataDirectory: join(directory, 'there'), logger });
      const away = openErrorLog({ database: nowhere, dataDirectory: join(directory, 'away'), logger });
      note('with the database there');
      const there = await measure(log, count);
      note('with the database away');
      const without = await measure(away, count);
      const startedMs = performance.now();
      await log.flush();
      const rest = performance.now() - startedMs;
      const rows = await database.query
        .selectFrom('errorEvents')
        .select(({ fn }) => fn.countAll<bigint>().as('count'))
        .executeTakeFirstOrThrow();
      await Promise.all([log.close(), away.close()]);
      return {
        figures: {
          errors: count,
          rows: Number(rows.count),
          ms: { there: figures(there), away: figures(without), until_all_are_rows: rounded(rest) },
        },
        goals: {
          there: goalAtMost(
            'milliseconds of the processor for one error, in 99 of 100 turns',
            rounded(quantile(there.cpuMs, 0.99)),
            recordMsMax,
          ),
          away: goalAtMost(
            'the same while the database is away',
            rounded(quantile(without.cpuMs, 0.99)),
            recordMsMax,
          ),
          clock: goalAtMost(
            'milliseconds by the clock for one error, in the median',
            rounded(Math.max(median(there.wallMs), median(without.wallMs))),
            recordMsMax,
          ),
          lost: goalAtMost('errors that are no rows', count + warmUps - Number(rows.count), 0),
        },
      };
    } finally {
      await Promise.all([database.close(), nowhere.close()]);
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

/** The number of errors between two deliveries. */
const turn = 50;

interface Times {
  /** Elapsed time for each error, which includes other work of a busy machine. */
  wallMs: number[];
  /** Processor time for each error, as the average of each turn. */
  cpuMs: number[];
}

async function measure(log: ReturnType<typeof openErrorLog>, count: number): Promise<Times> {
  const times: Times = { wallMs: [], cpuMs: [] };
  for (let n = -warmUps; n < count; n += turn) {
    const before = process.cpuUsage();
    const walls = Array.from({ length: turn }, (_, index) => recordMs(log, n + index));
    const { user, system } = process.cpuUsage(before);
    if (n >= 0) {
      times.wallMs.push(...walls);
      times.cpuMs.push((user + system) / 1_000 / turn);
    }
    // Lets deliveries run, as a living process does between calls.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return times;
}

function recordMs(log: ReturnType<typeof openErrorLog>, n: number): number {
  const error = n % 2 === 0 ? shortError(n) : longError(n);
  const startedMs = performance.now();
  const recorded = log.record(error, { step: 'verifying', attempt: 1, strategy: 'retry' });
  recorded.resolved(true, 1);
  return performance.now() - startedMs;
}

function shortError(n: number): TransientError {
  const message = `The call was refused after ${n} ms.`;
  return new TransientError({ code: 'PROBE', component: 'models', operation: 'generate', message });
}

function longError(n: number): PermanentError {
  const process = {
    command: 'npm test',
    exitCode: 1,
    signal: null,
    stdoutTail: tail,
    stderrTail: tail,
    durationMs: n,
  };
  return new PermanentError({
    code: 'CHECK_FAILED',
    component: 'pipeline',
    operation: 'verify',
    failureClass: 'test_fail',
    message: 'The test check `npm test` ended with exit code 1.',
    metadata: { process, rule: 'node.test', confidence: 0.95 },
  });
}

function figures({ wallMs, cpuMs }: Times) {
  return { wall: spread(wallMs), cpu: spread(cpuMs) };
}

function spread(times: readonly number[]) {
  return {
    median: rounded(median(times)),
    p90: rounded(quantile(times, 0.9)),
    p99: rounded(quantile(times, 0.99)),
  };
}
