// DBOS without its internal modules: recovery by the calls of its client, delays and polls as it makes them.
import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import type { Job, QueueEngine, WorkOptions } from './engine.ts';

const application = { name: 'bench', version: 'bench-1', queue: 'runs', workflow: 'bench.run' } as const;
/** It has no bell, so each leg waits this long. */
const pollMs = 100;
const schema = 'dbos';
const silent = {
  info: () => undefined,
  debug: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const idOf = ({ runId, leg }: Job) => `${runId}:${leg}`;

export const dbos: QueueEngine = {
  name: 'dbos',
  packageSpec: '@dbos-inc/dbos-sdk@5.3.0',
  schema,
  migrate: async (url) => {
    await DBOS.migrate(url, { schemaName: schema });
  },
  work: async (options) => {
    const { url, workerId, pool, slots } = options;
    await launch(options);
    await DBOS.registerQueue(application.queue, {
      workerConcurrency: slots,
      minPollingIntervalMs: pollMs,
      onConflict: 'always_update',
    });
    const client = await DBOSClient.create({
      systemDatabaseUrl: url,
      systemDatabasePool: pool,
      systemDatabaseSchemaName: schema,
      applicationName: application.name,
      logger: silent,
    });
    return {
      id: workerId,
      giveBack: async (dead) => {
        const pending = await client.listWorkflows({ executorId: dead.id, status: 'PENDING' });
        const ids = pending.map(({ workflowID }) => workflowID);
        if (ids.length > 0) await client.resumeWorkflows(ids, { queueName: application.queue });
      },
      close: async () => {
        await DBOS.shutdown({ deregister: true });
        await client.destroy();
      },
    };
  },
  produce: async (url, pool) => {
    const client = await DBOSClient.create({
      systemDatabaseUrl: url,
      systemDatabasePool: pool,
      systemDatabaseSchemaName: schema,
      applicationName: application.name,
      logger: silent,
    });
    return {
      enqueue: async (connection, jobs) => {
        for (const job of jobs) {
          const options = {
            queueName: application.queue,
            workflowName: application.workflow,
            workflowID: idOf(job),
            appVersion: application.version,
            ...(job.delayMs ? { delaySeconds: job.delayMs / 1_000 } : {}),
            ...(job.priority === undefined ? {} : { priority: job.priority }),
          };
          await client.enqueueInTransaction(connection, options, job.runId);
        }
      },
      cancel: (job) => client.cancelWorkflow(idOf(job)),
      close: () => client.destroy(),
    };
  },
};

async function launch({ url, workerId, pool, execute, warn }: WorkOptions): Promise<void> {
  DBOS.setConfig({
    name: application.name,
    systemDatabaseUrl: url,
    systemDatabasePool: pool,
    systemDatabaseSchemaName: schema,
    executorID: workerId,
    applicationVersion: application.version,
    logger: { ...silent, warn: (entry) => warn(String(entry)), error: (entry) => warn(String(entry)) },
  });
  DBOS.registerWorkflow(execute, { name: application.workflow, maxRecoveryAttempts: 1_000_000 });
  await DBOS.launch();
}
