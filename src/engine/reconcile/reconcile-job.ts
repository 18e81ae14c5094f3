// Reconciles at startup, every minute, and when rung: what only this machine can check, and what any machine can check.
import type { UpkeepJob } from '../jobs/upkeep.ts';
import type { ReconcileDeps } from './drift-kind.ts';
import { driftKinds } from './kinds.ts';
import { reconcile } from './reconcile.ts';

const everyMs = 60_000;
/** Forges and remotes are asked less often: they have limits. */
const farEveryMs = 10 * 60_000;

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
      everyMs: isFar ? farEveryMs : everyMs,
      run: async (signal) => {
        const { failures, repairFailures } = await reconcile(deps, kinds, signal);
        const [first] = [...failures.map(({ failure }) => failure), ...repairFailures];
        if (first) throw first;
      },
    };
  };
  return [
    job('reconcile', 'all', false),
    job('reconcile-forges', 'all', true),
    job(machineJobName(host), 'machine', false),
    job(`reconcile-remotes:${host}`, 'machine', true),
  ];
}
