// Which services a work order has, and in which network they run: decided by the base commit, never by the change.
import type { Daemon } from '../../../domain/daemon.ts';
import type { Work } from '../../run/work.ts';
import { networkOf } from '../checks/check-network.ts';
import { type CheckPlan, checkPlan } from '../project-checks.ts';

export interface DaemonPlan {
  /** In the order in which they start. */
  services: readonly Daemon[];
  environment: Readonly<Record<string, string>>;
  /** `none`: one of their own, which the agent and the checks of the worktree enter. */
  network: 'none' | 'machine';
}

/** Null: there are none. */
export async function daemonPlan(work: Work, baseSha: string): Promise<DaemonPlan | null> {
  return daemonsIn(work, await checkPlan(work, baseSha));
}

/**
 * Checks always reach them: if one has the machine's network, so have the services. One that may reach listed hosts does
 * that from the services' own network.
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
