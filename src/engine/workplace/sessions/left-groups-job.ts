// Removes control groups of sessions whose Moose was killed before it removed them. An open session keeps its own.
import { probeLimits } from '../../../sessions/limits/probe-limits.ts';
import { removeLeftGroups } from '../../../sessions/limits/session-group.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';

const everyMs = 60_000;

/** One job per machine. */
export function leftGroupsJob(settings: Pick<EngineSettings, 'host' | 'dataDirectory'>): PeriodicJob {
  return {
    name: `left-groups:${settings.host}`,
    everyMs,
    run: async () => {
      const { roots } = await probeLimits();
      if (roots !== null) removeLeftGroups(settings.dataDirectory, roots);
    },
  };
}
