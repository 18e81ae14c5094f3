// Reconciles at startup, every minute, and after work of a dead process was taken over: what only this machine can check, and what any machine can check.
import type { UpkeepJob } from '../jobs/upkeep.ts';
import type { ReconcileDeps } from './drift-kind.ts';
import { driftKinds } from './kinds.ts';
import { reconcile } from './reconcile.ts';

const everyMs = 60_000;
const rungEveryMs = 10_000;
/** Forges and remotes are asked less often: they have limits. */
const farEveryMs = 10 * 60_000;

const jobName = 'reconcile';

/** What is rung when a process has died: it may have left drift. */
export const rungJobs = (host: string): string[] => [jobName, machineJobName(host)];

export function machineJobName(host: string): string {
  return `reconcile:${host}`;
}

/** One process for all machines, and one process on each machine. */
export function reconcileJobs(deps: ReconcileDeps): UpkeepJob[] {
  const { host } = deps.settings;
  const job = (name: string, seenBy: 'all' | 'machine', isFar: boolean): UpkeepJob => {
    const kinds = driftKinds.filter((kind) => kind.seenBy === seenBy && (kind.isFar ?? false) === isFar);
    return {
      name,
      ...(isFar ? { everyMs: farEveryMs } : { everyMs, rungEveryMs }),
      run: async (signal) => {
        const { failures, repairFailures } = await reconcile(deps, kinds, signal);
        const [first] = [...failures.map(({ failure }) => failure), ...repairFailures];
        if (first) throw first;
      },
    };
  };
  return [
    job(jobName, 'all', false),
    job('reconcile-forges', 'all', true),
    job(machineJobName(host), 'machine', false),
    job(`reconcile-remotes:${host}`, 'machine', true),
  ];
}
