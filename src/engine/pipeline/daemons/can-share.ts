// Whether the sessions of a worktree can share a network.
import { ConfigurationError } from '../../../domain/failure.ts';
import { probeIsolation } from '../../../sessions/isolation/probe-isolation.ts';
import type { Work } from '../../run/work.ts';

/** Without isolation, all sessions of the machine use the same network anyway. */
export async function canShare({ settings }: Pick<Work, 'settings'>): Promise<boolean> {
  if (settings.isolation === 'off') return false;
  const { way } = await probeIsolation();
  if (way === null) return false;
  if (way.nsenterPath !== null) return true;
  throw new ConfigurationError({
    code: 'SERVICE_NETWORK_UNAVAILABLE',
    component: 'pipeline',
    operation: 'start service',
    message: 'Sessions cannot share a network with services here: the program nsenter is not installed.',
    advice: 'Install the complete util-linux package, then restart Moose.',
  });
}
