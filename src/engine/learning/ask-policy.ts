// The learned policy as people see it, and its log.
import type * as wire from '../../contract/contract.ts';
import type { Database } from '../../store/database.ts';
import { expectedAndActual } from '../../store/figures/own-decisions.ts';
import { defaultSettings, type EngineSettings } from '../policy/engine-settings.ts';
import { calibrationOf } from './calibration.ts';
import { finishedValueUsd, learnedPolicy } from './learned-policy.ts';
import { ownLogPage } from './own-log.ts';

interface Deps {
  database: Database;
  settings?: { current: Pick<EngineSettings, 'finishedValueNanoUsd'> };
}

/** The computation reads thousands of work orders, so simultaneous requests share one answer. */
const keptMs = 10_000;
/** Older estimates come from other models. */
const triesMax = 10_000;

export function askPolicy({ database, settings }: Deps) {
  let kept: { until: number; answer: Promise<wire.LearnedPolicy> } | null = null;
  const compute = async () => {
    let isDone = false;
    try {
      const value = finishedValueUsd(settings?.current ?? defaultSettings);
      const answer = await learnedPolicy(database, value);
      isDone = true;
      return answer;
    } finally {
      if (!isDone) kept = null;
    }
  };
  return {
    learnedPolicy: async (signal?: AbortSignal): Promise<wire.LearnedPolicy> => {
      signal?.throwIfAborted();
      if (kept === null || performance.now() >= kept.until)
        kept = { until: performance.now() + keptMs, answer: compute() };
      return kept.answer;
    },
    /** How accurate the estimates are that arms are chosen by. */
    calibration: async (signal?: AbortSignal): Promise<wire.Calibration> =>
      calibrationOf(await database.run((query) => expectedAndActual(query, triesMax), signal)),
    /** A page of Moose's own log, for `moose replay --own`. */
    ownLog: (after: string | null, signal?: AbortSignal): Promise<wire.OwnLog> =>
      ownLogPage(database, after, signal),
  };
}
