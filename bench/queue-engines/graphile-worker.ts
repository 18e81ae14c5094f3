import { EventEmitter } from 'node:events';
import { attemptsMax, type Job, lookEveryMs, type QueueEngine } from './engine.ts';
import { loadPackage } from './fetched-package.ts';

/** What the driver uses of the package, which is not installed. */
interface Api {
  run(options: object): Promise<{ stop(): Promise<void> }>;
  makeWorkerUtils(options: object): Promise<{
    migrate(): Promise<void>;
    forceUnlockWorkers(ids: string[]): Promise<void>;
    release(): Promise<void>;
  }>;
  Logger: new (factory: () => (level: string, message: string) => void) => object;
}

const packageSpec = 'graphile-worker@0.18.0';
const task = 'run';

const load = () => loadPackage<Api>(packageSpec);
const keyOf = ({ runId, leg }: Job) => `${runId}:${leg}`;

export const graphileWorker: QueueEngine = {
  name: 'graphile-worker',
  packageSpec,
  schema: 'graphile_worker',
  migrate: async (url) => {
    const { makeWorkerUtils, Logger } = await load();
    const utils = await makeWorkerUtils({
      connectionString: url,
      logger: new Logger(() => () => undefined),
    });
    await utils.migrate();
    await utils.release();
  },
  work: async ({ pool, slots, execute, warn }) => {
    const { run, makeWorkerUtils, Logger } = await load();
    const logger = new Logger(() => (level, message) => {
      if (level === 'error' || level === 'warning') warn(message);
    });
    const events = new EventEmitter();
    let id = '';
    events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => {
      id = workerPool.id;
    });
    const runner = await run({
      pgPool: pool,
      logger,
      events,
      concurrency: slots,
      preset: {
        worker: {
          pollInterval: lookEveryMs,
          // One look for all places. What they have no room for goes back to the queue.
          localQueue: { size: slots, ttl: lookEveryMs },
        },
      },
      noHandleSignals: true,
      parsedCronItems: [],
      taskList: { [task]: ({ runId }: { runId: string }) => execute(runId) },
    });
    const utils = await makeWorkerUtils({ pgPool: pool, logger });
    return {
      id,
      giveBack: (dead) => utils.forceUnlockWorkers([dead.id]),
      close: async () => {
        await runner.stop();
        await utils.release();
      },
    };
  },
  produce: async (_url, pool) => ({
    enqueue: async (client, jobs) => {
      await client.query(
        `select count(*) from graphile_worker.add_jobs(array(select row($1::text,
            json_build_object('runId', j."runId"), null::text,
            case when j."delayMs" > 0 then clock_timestamp() + j."delayMs" * interval '1 millisecond' end,
            $2::int, j.key, j.priority, null::text[])::graphile_worker.job_spec
          from json_to_recordset($3::json) as j("runId" text, key text, "delayMs" int, priority int)))`,
        [task, attemptsMax, JSON.stringify(jobs.map((job) => ({ ...job, key: keyOf(job) })))],
      );
    },
    cancel: async (job) => void (await pool.query('select graphile_worker.remove_job($1)', [keyOf(job)])),
    close: async () => undefined,
  }),
};
