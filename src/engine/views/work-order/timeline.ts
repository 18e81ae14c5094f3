// The timeline of a work order (R-UI-2): each step with its attempts, cost, time and outcome. Pure.
import type * as wire from '../../../contract/contract.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { Run } from '../../../store/work/runs/runs.ts';
import type { ListedSession } from '../../../store/work/sessions/session-lists.ts';
import type {
  CallRow,
  DecisionRow,
  ErrorRow,
  SpanCost,
  StepEntry,
} from '../../../store/work/work-orders/work-order-history.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { setupAgain, setupFirst } from '../../run/setup-names.ts';
import { attemptsOf } from './attempts.ts';
import { summaryOf } from './station-summary.ts';
import type { Station } from './stations.ts';

export interface TimelineFacts {
  /** Oldest first. */
  stations: readonly Station[];
  /** The costs of each step. */
  costs: readonly SpanCost[];
  runs: readonly Run[];
  sessions: readonly ListedSession[];
  sessionNanoUsd: ReadonlyMap<string, bigint>;
  calls: readonly CallRow[];
  errors: readonly ErrorRow[];
  /** Newest first, as the decisions. */
  entries: readonly StepEntry[];
  decisions: readonly DecisionRow[];
  counters: Pick<WorkOrder, 'run' | 'refinementCycles' | 'refinementCyclesMax'>;
}

/** A run is at one step at a time, so a cost belongs to the step that started last. */
export function spansOf(stations: readonly Station[]): Array<{ runId: string; from: Date; to: Date | null }> {
  return stations.map(({ runId, startedAt }, index) => {
    const next = stations[index + 1];
    return { runId, from: startedAt, to: next?.runId === runId ? next.startedAt : null };
  });
}

export function timelineOf(facts: TimelineFacts): wire.Station[] {
  const { stations, costs, runs } = facts;
  const owned = shareOut(facts);
  return stations.map((station, index) => {
    const { errors, ...tried } = owned[index] ?? { errors: [], sessions: [], calls: [] };
    const run = runs.find(({ id }) => id === station.runId);
    const { startedAt, finishedAt } = station;
    return {
      run: station.run,
      cycle: station.cycle,
      cycles_max: cyclesMaxOf(station, facts),
      because: becauseOf(index, facts),
      step: station.step,
      state: station.state,
      started_at: startedAt.toISOString(),
      finished_at: finishedAt?.toISOString() ?? null,
      duration_ms: finishedAt === null ? null : Math.max(0, finishedAt.getTime() - startedAt.getTime()),
      cost_usd: usdNumber(costs[index]?.nanoUsd ?? 0n),
      model_calls: costs[index]?.calls ?? 0,
      summary: summaryOf(station, errors, {
        waitingFor: run?.waitingFor ?? null,
        outcome: run?.outcome ?? null,
      }),
      attempts: attemptsOf(station, { ...tried, errors, sessionNanoUsd: facts.sessionNanoUsd }),
    };
  });
}

/** The first step of a run or of a cycle says why it began. */
function becauseOf(index: number, { stations, entries }: TimelineFacts): string | null {
  const station = stations[index];
  const before = stations[index - 1];
  if (!station || !before || (before.runId === station.runId && before.cycle === station.cycle)) return null;
  // A finished step began after it was entered.
  const entry = entries.find(({ step, at }) => step === station.step && at <= station.startedAt);
  return entry?.reason || null;
}

/** The number that the decision to begin the cycle names; now, what the limit leaves. */
function cyclesMaxOf({ run, runId, cycle }: Station, facts: TimelineFacts): number | null {
  const { decisions, runs, counters } = facts;
  const own = runs.find(({ id }) => id === runId);
  const next = runs.find(({ number }) => number === run + 1);
  if (own === undefined) return null;
  const decided = decisions.find(
    ({ kind, decisionOutput, createdAt }) =>
      kind === 'refinement_cycle' &&
      decisionOutput.cycle === cycle &&
      createdAt >= own.createdAt &&
      (next === undefined || createdAt < next.createdAt),
  );
  if (typeof decided?.decisionOutput.of === 'number') return decided.decisionOutput.of;
  return run === counters.run
    ? Math.max(own.cycle, own.cycle + counters.refinementCyclesMax - counters.refinementCycles)
    : null;
}

interface Owned {
  sessions: ListedSession[];
  calls: CallRow[];
  errors: ErrorRow[];
}

/** What belongs to no step is shown elsewhere on the page. */
function shareOut({ stations, sessions, calls, errors }: TimelineFacts): Owned[] {
  const owned = stations.map((): Owned => ({ sessions: [], calls: [], errors: [] }));
  for (const session of sessions) {
    // Services run during several steps: each belongs to the step that was running when it started.
    const [step, cycle] = session.purpose === 'service' ? [null] : [stepOf(session), session.cycle];
    owned[newest(stations, session.runId, step, session.createdAt, cycle)]?.sessions.push(session);
  }
  for (const call of calls) {
    if (call.type !== 'actual' || call.sessionId !== null || call.runId === null) continue;
    owned[newest(stations, call.runId, null, call.createdAt)]?.calls.push(call);
  }
  // The errors come newest first; reversing them before sorting keeps the order within one millisecond.
  const oldestFirst = errors.toReversed().sort((a, b) => a.timestamp.getTime() - b.timestamp.getTime());
  for (const error of oldestFirst) {
    if (error.runId === null) continue;
    owned[newest(stations, error.runId, error.step, error.timestamp)]?.errors.push(error);
  }
  return owned;
}

/** Recognises setup by its names, because it also runs before an agent whose worktree was recreated. */
function stepOf({ purpose, name }: ListedSession): Step {
  if (purpose === 'agent' || name.startsWith(setupAgain)) return 'applying';
  return name.startsWith(setupFirst) ? 'preparing' : 'verifying';
}

/** The station of this run and step that had started last by then; -1 if there is none. */
function newest(
  stations: readonly Station[],
  runId: string,
  step: Step | null,
  at: Date,
  cycle?: number,
): number {
  return stations.findLastIndex(
    (station) =>
      station.runId === runId &&
      (step === null || station.step === step) &&
      (cycle === undefined ? station.startedAt <= at : station.cycle === cycle),
  );
}
