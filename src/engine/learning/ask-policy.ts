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

/** It reads thousands of work orders and computes with them: those who ask at the same time get the same answer. */
const keptMs = 10_000;

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
    /** A page of Moose's own log, for `moose replay --own`. */
    ownLog: (after: string | null, signal?: AbortSignal): Promise<wire.OwnLog> =>
      ownLogPage(database, after, signal),
  };
}
