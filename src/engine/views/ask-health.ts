// What interfaces can read about health and stuck work.

import { hostname } from 'node:os';
import type * as wire from '../../contract/contract.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { observeProgress } from '../watch/observe-progress.ts';
import { findStuck, viewStuck } from '../watch/stuck-work-orders.ts';
import type { WatchSettings } from '../watch/watch-limits.ts';
import { healthOf } from './health.ts';

export interface HealthDeps {
  database: Database;
  clock: Clock;
  watch?: WatchSettings;
}

const byDefault: WatchSettings = {
  host: hostname(),
  shownMs: 2 * 3_600_000,
  escalatedMs: 24 * 3_600_000,
  machineSlotsMax: 8,
  projectSlotsMax: 8,
};

/** Recording observations fails on a full disk, so the answer waits no longer than this for it. */
const observeMsMax = 2_000;

export function askHealth({ database, clock, watch = byDefault }: HealthDeps) {
  const observe = async () => {
    const late = AbortSignal.timeout(observeMsMax);
    try {
      await observeProgress({ database, clock, host: watch.host }, late);
    } catch (cause) {
      if (!late.aborted) throw cause;
    }
  };
  return {
    /** Longest first; includes work orders that wait for an outage, which are marked. */
    stuck: async (): Promise<wire.StuckWorkOrder[]> => {
      // If no running Moose observes the work, this is the only observation.
      await observe();
      const found = await database.run((query) => findStuck(query, watch, clock.now()));
      return found.map(viewStuck);
    },
    health: async (): Promise<wire.AdminHealth> => {
      await observe();
      return database.run(() => healthOf(database.query, watch, clock.now()));
    },
  };
}
