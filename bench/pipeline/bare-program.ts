// The peer: a workflow with five steps that do nothing, on DBOS only. A separate process, because DBOS can be launched
// only once in each. It gets a number, and runs that many, one after the other.

import { DBOS } from '@dbos-inc/dbos-sdk';
import { instantMs } from '../measuring/intervals.ts';
import { openDoneBell } from './done-bell.ts';

export type BareMessage = { isReady: true } | { durationsMs: number[] };

const [url = ''] = process.argv.slice(2);
/** How often Moose looked at its queue when it used DBOS. */
const pollMs = 100;
const queueName = 'bare';
const stepsMax = 5;
/** The same number of concurrent runs and connections as in Moose's own engine. */
const concurrency = 64;
const connectionsMax = 10;

const silent = () => undefined;
DBOS.setConfig({
  name: 'bare',
  systemDatabaseUrl: url,
  systemDatabasePoolSize: connectionsMax,
  logger: { info: silent, debug: silent, warn: silent, error: silent },
});
const bareWorkflow = DBOS.registerWorkflow(
  async () => {
    for (let step = 1; step <= stepsMax; step++)
      await DBOS.runStep(() => Promise.resolve(step), { name: `step ${step}` });
  },
  { name: 'bare' },
);
await DBOS.launch();
await DBOS.registerQueue(queueName, { workerConcurrency: concurrency, minPollingIntervalMs: pollMs });
const bell = await openDoneBell(url, {
  table: 'dbos.workflow_status',
  id: 'workflow_uuid',
  over: "new.status = 'SUCCESS' and old.status is distinct from new.status",
});
const never = new AbortController().signal;

process.on('message', ({ count }: { count: number }) => void runInTurn(count));
process.once('disconnect', () => process.exit(0));
process.send?.({ isReady: true } satisfies BareMessage);

async function runInTurn(count: number): Promise<void> {
  const durationsMs: number[] = [];
  for (let index = 0; index < count; index++) {
    const startedMs = instantMs();
    const { workflowID } = await DBOS.startWorkflow(bareWorkflow, { queueName })();
    const { atMs } = await bell.wait(workflowID, never);
    durationsMs.push(atMs - startedMs);
  }
  process.send?.({ durationsMs } satisfies BareMessage);
}
