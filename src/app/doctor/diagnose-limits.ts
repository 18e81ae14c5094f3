// Reports how far this machine limits agents, checks and services, for `moose doctor` (R-MACHINE-1).

import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import { limitsOf } from '../../engine/workplace/sessions/session-limits.ts';
import { probeLimits } from '../../sessions/limits/probe-limits.ts';
import type { Config } from '../config/config.ts';

const mib = 1024 ** 2;

export async function diagnoseLimits(engine: Config['engine']): Promise<Diagnosis> {
  const name = 'limits of sessions';
  if (engine.sessionLimits === 'off')
    return {
      name,
      state: 'warning',
      found: 'none: MOOSE_SESSION_LIMITS is "off", so one session can use up this machine',
      advice: 'Set it to "auto".',
    };
  const { level, roots, reason, advice } = await probeLimits();
  if (roots === null) return { name, state: 'warning', found: `${level}: ${reason}`, advice };
  const { memoryBytes, memoryBytesOfAll, processes, cpus } = limitsOf(engine);
  const each = [
    ...(roots.of.memory ? [`${Math.round(memoryBytes / mib)} MiB`] : []),
    ...(roots.of.pids ? [`${processes} processes`] : []),
    ...(roots.of.cpu && cpus !== null ? [`${cpus} processors`] : []),
  ];
  const all = roots.of.memory ? `; all together: ${Math.round(memoryBytesOfAll / mib)} MiB` : '';
  const state = advice === null ? 'ok' : 'warning';
  return { name, state, found: `${level}: ${reason} Each: ${each.join(', ')}${all}`, advice };
}
