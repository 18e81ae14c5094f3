// How close Moose is to its objectives: recovery by failure class, error budgets, burn rates, and message quality.
import type * as wire from '../../contract/contract.ts';
import {
  budgetDays,
  budgetLeft,
  burnOf,
  burnRate,
  messageObjective,
  recoveryMsMax,
  recoveryObjective,
} from '../../domain/limits/targets.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import {
  type ClassFigures,
  classFigures,
  type MessageFigures,
  messageFigures,
  type RecoveryCost,
  recoveryCosts,
} from '../../store/figures/target-figures.ts';
import { defaultSettings, type EngineSettings } from '../policy/engine-settings.ts';

const messageDays = 7;

export interface AskTargetsDeps {
  database: Database;
  clock: Clock;
  /** If absent, the defaults. */
  settings?: { current: Pick<EngineSettings, 'targets'> };
}

export function askTargets({ database, clock, settings = { current: defaultSettings } }: AskTargetsDeps) {
  return {
    targets: async (signal?: AbortSignal): Promise<wire.Targets> => {
      const now = clock.now();
      const [classes, costs, messages] = await database.run(
        async (query) =>
          [
            await classFigures(query, now, budgetDays),
            await recoveryCosts(query, now, budgetDays),
            await messageFigures(query, now, messageDays),
          ] as const,
        signal,
      );
      return {
        days: budgetDays,
        recovery_ms_goal: recoveryMsMax,
        classes: classes.map((one) => classOf(one, costs, settings.current.targets.recoveryShare)),
        messages: messagesOf(messages),
      };
    },
  };
}

function classOf(
  one: ClassFigures,
  costs: readonly RecoveryCost[],
  share: number,
): wire.Targets['classes'][number] {
  const { failureClass, recovered, unrecovered, windows, p50Ms, p95Ms } = one;
  const objective = recoveryObjective(failureClass, share);
  const all = recovered + unrecovered;
  const rateOver = (window: keyof typeof windows) =>
    objective === null ? null : burnRate(windows[window], objective);
  return {
    failure_class: failureClass,
    recovered,
    unrecovered,
    objective,
    rate: all === 0 ? null : recovered / all,
    budget_left: objective === null ? null : budgetLeft(one, objective),
    burn: objective === null ? 'none' : burnOf(windows, objective),
    burn_rates: { '30m': rateOver('30m'), '6h': rateOver('6h'), '3d': rateOver('3d') },
    p50_ms: p50Ms,
    p95_ms: p95Ms,
    cost_usd: costs.find((cost) => cost.failureClass === failureClass)?.meanUsd ?? null,
  };
}

function messagesOf({ errors, complete, lacking, ...counts }: MessageFigures): wire.Targets['messages'] {
  const { withCause, withEvidence, withAdvice } = counts;
  return {
    days: messageDays,
    errors,
    complete,
    objective: messageObjective,
    with_cause: withCause,
    with_evidence: withEvidence,
    with_advice: withAdvice,
    share: errors === 0 ? null : complete / errors,
    lacking: lacking as wire.Targets['messages']['lacking'],
  };
}
