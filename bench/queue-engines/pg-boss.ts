import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type Channel, listenForEvents } from '../../src/store/live/listen.ts';
import { attemptsMax, type Job, lookEveryMs, type QueueEngine } from './engine.ts';
import { loadPackage } from './fetched-package.ts';

interface Statements {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** What the driver uses of the package, which is not installed. */
interface Boss {
  start(): Promise<unknown>;
  stop(options: object): Promise<void>;
  on(event: 'error' | 'warning', listener: (told: unknown) => void): void;
  createQueue(name: string, options: object): Promise<void>;
  work(name: string, options: object, handler: (jobs: { data: Payload }[]) => Promise<void>): Promise<string>;
  insert(name: string, jobs: object[], options: { db: Statements }): Promise<unknown>;
  cancel(name: string, id: string): Promise<unknown>;
  fail(name: string, ids: string[], data: object): Promise<unknown>;
}
interface Payload {
  runId: string;
}
interface Api {
  PgBoss: new (options: object) => Boss;
}

const packageSpec = 'pg-boss@12.38.0';
const queue = 'runs';
/** The least that it accepts. */
const heartbeatSeconds = 10;
/** The most that it accepts: a leg that takes longer is started a second time. */
const daySeconds = 86_400;
const waitsDaysMax = 365;

const load = async () => (await loadPackage<Api>(packageSpec)).PgBoss;

/** It only takes a UUID. */
function idOf({ runId, leg, again = 0 }: Job): string {
  const hex = createHash('sha256').update(`${runId}:${leg}:${again}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

const statementsOf = (client: pg.ClientBase | pg.Pool): Statements => ({
  executeSql: (text, values) => client.query(text, values),
});

export const pgBoss: QueueEngine = {
  name: 'pg-boss',
  packageSpec,
  schema: 'pgboss',
  migrate: async (url) => {
    const PgBoss = await load();
    const boss = new PgBoss({
      connectionString: url,
      supervise: false,
      schedule: false,
    });
    boss.on('error', () => undefined);
    await boss.start();
    await boss.createQueue(queue, {
      notify: true,
      retryLimit: attemptsMax,
      heartbeatSeconds,
      expireInSeconds: daySeconds,
      retentionSeconds: waitsDaysMax * daySeconds,
      deleteAfterSeconds: 60,
    });
    await boss.stop({ graceful: false });
  },
  work: async ({ url, workerId, pool, slots, execute, warn }) => {
    const PgBoss = await load();
    const over = new AbortController();
    const boss = new PgBoss({
      db: {
        ...statementsOf(pool),
        listen: async (
          channel: string,
          onNotification: (payload: string) => void,
          onReconnect: () => void,
        ) => {
          const onEvent = (payload: string | null) =>
            payload === null ? onReconnect() : onNotification(payload);
          const { ready } = listenForEvents(url, onEvent, over.signal, channel as Channel);
          await ready;
          return { close: async () => over.abort() };
        },
      },
      instanceName: workerId,
      migrate: false,
      schedule: false,
      superviseIntervalSeconds: 5,
      monitorIntervalSeconds: 5,
      queueCacheIntervalSeconds: 5,
      useListenNotify: true,
    });
    boss.on('error', (error) => warn(String(error)));
    await boss.start();
    await boss.work(
      queue,
      {
        localConcurrency: slots,
        pollingIntervalSeconds: lookEveryMs / 1_000,
        notifyPollingIntervalSeconds: lookEveryMs / 1_000,
        // Otherwise each place takes one run per interval.
        burstWhenReadyExceeds: slots,
      },
      async (jobs) => {
        for (const { data } of jobs) await execute(data.runId);
      },
    );
    return {
      id: workerId,
      giveBack: async ({ jobs }) => {
        if (jobs.length > 0)
          await boss.fail(queue, jobs.map(idOf), {
            because: 'its process died',
          });
      },
      close: async () => {
        await boss.stop({ graceful: false });
        over.abort();
      },
    };
  },
  produce: async (_url, pool) => {
    const PgBoss = await load();
    const boss = new PgBoss({
      db: statementsOf(pool),
      migrate: false,
      supervise: false,
      schedule: false,
      registerInstance: false,
    });
    boss.on('error', () => undefined);
    await boss.start();
    return {
      enqueue: async (client, jobs) => {
        const rows = jobs.map((job) => ({
          id: idOf(job),
          data: { runId: job.runId } satisfies Payload,
          ...(job.delayMs ? { startAfter: job.delayMs / 1_000 } : {}),
          ...(job.priority === undefined ? {} : { priority: -job.priority }),
        }));
        await boss.insert(queue, rows, { db: statementsOf(client) });
      },
      cancel: async (job) => void (await boss.cancel(queue, idOf(job))),
      close: () => boss.stop({ graceful: false }),
    };
  },
};
