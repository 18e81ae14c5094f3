// What a face can ask about how Moose is, and about what does not get on.
import { hostname } from 'node:os';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { type Health, healthOf } from './health.ts';
import { observeProgress } from './observe-progress.ts';
import type { PlaceLimits, StuckLimits } from './stuck.ts';
import { findStuck, type StuckWorkOrderView, viewStuck } from './stuck-work-orders.ts';

export interface WatchSettings extends StuckLimits, PlaceLimits {
  host: string;
}

export interface HealthDeps {
  database: Database;
  clock: Clock;
  watch?: WatchSettings;
}

const usual: WatchSettings = {
  host: hostname(),
  ...{ shownMs: 2 * 3_600_000, escalatedMs: 24 * 3_600_000, machineSlotsMax: 8, projectSlotsMax: 8 },
};

export function askHealth({ database, clock, watch = usual }: HealthDeps) {
  return {
    /** Longest first; those that wait for an outage are among them, and marked. */
    stuck: async (): Promise<StuckWorkOrderView[]> => {
      // Where no Moose runs that would look after it, this is the only look.
      await observeProgress({ database, clock, host: watch.host });
      const found = await database.run((query) => findStuck(query, watch, clock.now()));
      return found.map(viewStuck);
    },
    health: async (): Promise<Health> => {
      await observeProgress({ database, clock, host: watch.host });
      return database.run((query) => healthOf(query, watch, clock.now()));
    },
  };
}
