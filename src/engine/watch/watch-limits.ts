// The limits that work is watched by, as they are at the moment of looking.
import type { EngineSettings } from '../settings.ts';
import type { WatchSettings } from './ask-health.ts';

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
