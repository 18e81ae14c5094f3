// DBOS without its internal modules: recovery by the calls of its client, delays and polls as it makes them.
import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import type { Job, QueueEngine, WorkOptions } from './engine.ts';

const application = {
  name: 'bench',
  version: 'bench-1',
  queue: 'runs',
  workflow: 'bench.run',
} as const;
/** It has no bell, so each leg waits this long. */
const pollMs = 100;
const schema = 'dbos';
const silent = {
  info: () => undefined,
  debug: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const idOf = ({ runId, leg, again }: Job) => [runId, leg, again ?? []].flat().join(':');

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
        const pending = await client.listWorkflows({
          executorId: dead.id,
          status: 'PENDING',
        });
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
        await connection.query(
          `select dbos.enqueue_workflow(workflow_name => $1, queue_name => $2,
            positional_args => array[to_json(j."runId")], workflow_id => j.key, app_version => $3,
            application_name => $4, priority => coalesce(j.priority, 0),
            delay_until_epoch_ms => case when j."delayMs" > 0
              then (extract(epoch from clock_timestamp()) * 1000)::bigint + j."delayMs" end)
          from json_to_recordset($5::json) as j("runId" text, key text, "delayMs" int, priority int)`,
          [
            application.workflow,
            application.queue,
            application.version,
            application.name,
            JSON.stringify(jobs.map((job) => ({ ...job, key: idOf(job) }))),
          ],
        );
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
    logger: {
      ...silent,
      warn: (entry) => warn(String(entry)),
      error: (entry) => warn(String(entry)),
    },
  });
  DBOS.registerWorkflow(execute, {
    name: application.workflow,
    maxRecoveryAttempts: 1_000_000,
  });
  await DBOS.launch();
}
