// Decides which services a work order has, and in which network they run: by the base commit, never by the change.
import type { Daemon } from '../../../domain/machine/daemon.ts';
import type { Work } from '../../run/work.ts';
import { networkOf } from '../checks/check-network.ts';
import { type CheckPlan, checkPlan } from '../checks/project-checks.ts';

export interface DaemonPlan {
  /** Services in the order in which they start. */
  services: readonly Daemon[];
  environment: Readonly<Record<string, string>>;
  /** `none`: the services have their own network, which the agent and the checks of the worktree enter. */
  network: 'none' | 'machine';
}

/** Null if there are no services. */
export async function daemonPlan(work: Work, baseSha: string): Promise<DaemonPlan | null> {
  return daemonsIn(work, await checkPlan(work, baseSha));
}

/**
 * Checks can always reach the services: if one check has the machine's network, so do the services. A check that may
 * reach listed hosts does so from the services' own network.
 */
export function daemonsIn(
  work: Pick<Work, 'settings'>,
  { services, environment, checks }: CheckPlan,
): DaemonPlan | null {
  if (services.length === 0) return null;
  const isOutside = checks.some(
    (check) => check.kind !== 'setup' && networkOf(work, [check], checks) === 'machine',
  );
  const isMachines = isOutside || work.settings.checkNetwork === 'all';
  const isOpen = isMachines && work.settings.egress === 'open';
  return { services, environment, network: isOpen ? 'machine' : 'none' };
}
