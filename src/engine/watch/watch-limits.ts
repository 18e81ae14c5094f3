// The current limits for watching work, read in each round.
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { PlaceLimits, StuckLimits } from './stuck.ts';

export interface WatchSettings extends StuckLimits, PlaceLimits {
  host: string;
}

export function watchLimits(settings: EngineSettings): WatchSettings {
  return {
    host: settings.host,
    get shownMs() {
      return settings.stuck.shownMs;
    },
    get escalatedMs() {
      return settings.stuck.escalatedMs;
    },
    get machineSlotsMax() {
      return settings.machineSlotsMax;
    },
    get projectSlotsMax() {
      return settings.projectSlotsMax;
    },
  };
}
