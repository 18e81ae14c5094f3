// Reports how well agents and checks are isolated from this machine, for `moose doctor`.

import { existsSync } from 'node:fs';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import { probeIsolation } from '../../sessions/isolation/probe-isolation.ts';
import { probePlace } from '../../sessions/isolation/probe-place.ts';
import type { Config } from '../config/config.ts';

/** Reports what agents and checks can see, and what they can reach. */
export async function diagnoseIsolation(
  engine: Config['engine'],
  dataDirectory: string,
): Promise<Diagnosis[]> {
  const name = 'isolation';
  if (engine.isolation === 'off')
    return [
      {
        name,
        state: 'warning',
        found:
          'none: MOOSE_ISOLATION is "off", so agents and checks can access everything that their user can',
        advice: 'Set it to "auto" or "require".',
      },
    ];
  const { level, reason, advice, locks } = await probeIsolation();
  const noPlace = existsSync(dataDirectory) ? await probePlace({ ...engine, dataDirectory }) : null;
  const state = level === 'files' ? 'ok' : engine.isolation === 'require' ? 'missing' : 'warning';
  const found: Diagnosis[] = [{ name, state, found: `${level}: ${reason}`, advice }];
  if (noPlace !== null)
    found.push({
      name: 'data for sessions',
      state: 'missing',
      found: noPlace.reason,
      advice: noPlace.advice,
    });
  if (level !== 'none') found.push(egressOf(engine));
  if (locks === null) return found;
  const { reason: held, advice: toHave } = locks;
  const lockState = toHave === null ? 'ok' : 'warning';
  return [...found, { name: 'kernel locks', state: lockState, found: held, advice: toHave }];
}

/** Network access (R-SEC-6). */
function egressOf({ egress, checkNetwork }: Config['engine']): Diagnosis {
  const name = 'egress';
  const good = { name, state: 'ok', advice: null } as const;
  if (checkNetwork === 'none') return { ...good, found: 'none: MOOSE_CHECK_NETWORK is "none"' };
  if (egress === 'listed')
    return {
      ...good,
      found: 'listed: setup and checks reach package registries, and the hosts that a project lists',
    };
  return {
    name,
    state: 'warning',
    found: 'open: setup and checks reach everything that this machine reaches',
    advice: 'Set MOOSE_EGRESS or `settings.agents.egress` to "listed".',
  };
}
