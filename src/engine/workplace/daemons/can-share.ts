// Whether the sessions of a worktree can share a network.

import { probeIsolation } from '../../../sessions/isolation/probe-isolation.ts';
import type { Work } from '../../run/work.ts';

/** Without isolation, all sessions of the machine use the same network anyway. */
export async function canShare({ settings }: Pick<Work, 'settings'>): Promise<boolean> {
  if (settings.isolation === 'off') return false;
  return (await probeIsolation()).way !== null;
}
