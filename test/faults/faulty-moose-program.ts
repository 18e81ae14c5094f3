// A real worker with a forge that sometimes fails, and with shorter waits than usual. The other faults are outside of
// it: in its PATH, and at the addresses of its database and models. Ends on SIGTERM, like `moose worker`.
import { once } from 'node:events';
import { openMoose } from '../../src/app/compose.ts';
import { readConfig } from '../../src/app/config/config.ts';
import { startWorker } from '../../src/app/start-worker.ts';
import type { RecoveryPolicy } from '../../src/engine/policy/recovery-policy.ts';
import { createFaultPlan } from './fault-plan.ts';
import { faultyForges } from './faulty-forge.ts';

/** Delays are shortened to this share; counts are not. */
const hasteShare = 1 / 20;

function inHaste(row: RecoveryPolicy): RecoveryPolicy {
  return row.delaysMs ? { ...row, delaysMs: row.delaysMs.map((delayMs) => delayMs * hasteShare) } : row;
}

const { MOOSE_FAULTS_SEED, MOOSE_FAULTS_SHARE, MOOSE_FAULTS_LOG = '' } = process.env;
const given = readConfig(process.env, { data: process.argv[process.argv.indexOf('--data') + 1] });
const config = { ...given, engine: { ...given.engine, recovery: given.engine.recovery.map(inHaste) } };
const plan = createFaultPlan({
  kind: 'forge',
  seed: Number(MOOSE_FAULTS_SEED),
  share: Number(MOOSE_FAULTS_SHARE),
  logPath: MOOSE_FAULTS_LOG,
});
const opened = await openMoose(config);
const worker = await startWorker(
  { ...opened, forges: faultyForges(opened.forges, plan) },
  config,
  (error) => {
    throw error;
  },
);
process.stdout.write(`${JSON.stringify({ event: 'worker.started', pid: process.pid })}\n`);
await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
await worker.close();
await opened.close();
