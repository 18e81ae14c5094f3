// The learned policy as people see it, and its log.
import type * as wire from '../../contract/contract.ts';
import type { Database } from '../../store/database.ts';
import { defaultSettings, type EngineSettings } from '../policy/engine-settings.ts';
import { finishedValueUsd, learnedPolicy } from './learned-policy.ts';
import { ownLogPage } from './own-log.ts';

interface Deps {
  database: Database;
  settings?: { current: Pick<EngineSettings, 'finishedValueNanoUsd'> };
}

export function askPolicy({ database, settings }: Deps) {
  return {
    learnedPolicy: (signal?: AbortSignal): Promise<wire.LearnedPolicy> =>
      learnedPolicy(database, finishedValueUsd(settings?.current ?? defaultSettings), signal),
    /** A page of Moose's own log, for `moose replay --own`. */
    ownLog: (after: string | null, signal?: AbortSignal): Promise<wire.OwnLog> =>
      ownLogPage(database, after, signal),
  };
}
