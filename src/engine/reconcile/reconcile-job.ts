// Reconciles at startup, every minute, and after events that may leave a difference (R-SES-7): a process of Moose has died,
// the end of a session is unknown, a step on the forge failed, the forge said something about a pull request, or its circuit
// has closed again. Some differences only this machine can see.
import { throwAll } from '../../stdx/async/several-failures.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import type { ReconcileDeps } from './drift-kind.ts';
import { driftKinds } from './kinds.ts';
import { reconcile } from './reconcile.ts';

const everyMs = 60_000;
const rungEveryMs = 10_000;
/** Forges and remotes are asked less often: they have limits. */
const seldomEveryMs = 10 * 60_000;
const seldomRungEveryMs = 60_000;

const jobName = 'reconcile';
const forgesJobName = 'reconcile-forges';
const remotesJobName = (host: string) => `reconcile-remotes:${host}`;

/** What is rung after such an event: the jobs that look at this machine, or at forges and remotes. */
export const rungJobs = (host: string, where: 'here' | 'far'): string[] =>
  where === 'here' ? [jobName, machineJobName(host)] : [forgesJobName, remotesJobName(host)];

export function machineJobName(host: string): string {
  return `reconcile:${host}`;
}

/** One process for all machines, and one process on each machine. */
export function reconcileJobs(deps: ReconcileDeps): PeriodicJob[] {
  const { host } = deps.settings;
  const job = (name: string, seenBy: 'all' | 'machine', isSeldom: boolean): PeriodicJob => {
    const kinds = driftKinds.filter(
      (kind) => kind.seenBy === seenBy && (kind.isSeldom ?? false) === isSeldom,
    );
    return {
      name,
      ...(isSeldom ? { everyMs: seldomEveryMs, rungEveryMs: seldomRungEveryMs } : { everyMs, rungEveryMs }),
      run: async (signal) => {
        const { failures, repairFailures } = await reconcile(deps, kinds, signal);
        throwAll([...failures.map(({ failure }) => failure), ...repairFailures]);
      },
    };
  };
  return [
    job(jobName, 'all', false),
    job(forgesJobName, 'all', true),
    job(machineJobName(host), 'machine', false),
    job(remotesJobName(host), 'machine', true),
  ];
}
