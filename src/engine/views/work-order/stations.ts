// The steps that a work order went through, in order: each finished step with its result, and the step where each run
// stopped or is now. Pure.
import type * as wire from '../../../contract/contract.ts';
import { type Step, steps } from '../../../domain/transitions.ts';
import type { Run } from '../../../store/work/runs/runs.ts';
import type { Effect } from '../../../store/work/sessions/effects.ts';
import type { StepEntry, StepResultRow } from '../../../store/work/work-orders/work-order-history.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';

export interface Station {
  runId: string;
  run: number;
  cycle: number;
  step: Step;
  state: wire.Station['state'];
  startedAt: Date;
  /** Null if the run is still at this step. */
  finishedAt: Date | null;
  result: Record<string, unknown> | null;
}

export interface StationFacts {
  order: Pick<WorkOrder, 'step' | 'stepState' | 'heldBy'>;
  /** Each list is newest first, which keeps the order within one millisecond. */
  runs: readonly Run[];
  results: readonly StepResultRow[];
  entries: readonly StepEntry[];
  effects: ReadonlyArray<Pick<Effect, 'kind' | 'state'>>;
}

/** Oldest first. */
export function stationsOf(facts: StationFacts): Station[] {
  const runs = facts.runs.filter(({ kind }) => kind === 'work').sort((a, b) => a.number - b.number);
  const entries = facts.entries.toReversed().sort((a, b) => a.at.getTime() - b.at.getTime());
  return runs.flatMap((run, index) => {
    const finished = facts.results
      .filter(({ runId }) => runId === run.id)
      .sort(byEnd)
      .map((row) => finishedStation(run, row, facts));
    const until = runs[index + 1]?.createdAt ?? null;
    const own = entries.filter(({ at }) => at >= run.createdAt && (until === null || at < until));
    return run.state === 'running' ? withOpen(finished, run, own, facts) : withFailed(finished, run, own);
  });
}

/** Steps that end within the same millisecond are sorted in the order of the pipeline. */
function byEnd(a: StepResultRow, b: StepResultRow): number {
  const byTime = a.finishedAt.getTime() - b.finishedAt.getTime();
  return byTime || a.cycle - b.cycle || steps.indexOf(a.step) - steps.indexOf(b.step);
}

function finishedStation(run: Run, row: StepResultRow, { effects }: StationFacts): Station {
  const { cycle, step, startedAt, finishedAt, result } = row;
  const isSentBack = typeof result.feedback === 'string' && typeof result.acceptedBy !== 'string';
  const isUndone = undoneBy[step]?.some((kind) =>
    effects.some((effect) => effect.kind === kind && effect.state === 'undone'),
  );
  const state = isSentBack ? 'sent_back' : isUndone ? 'undone' : 'done';
  return { runId: run.id, run: run.number, cycle, step, state, startedAt, finishedAt, result };
}

/** For each step, the effect whose undo means that the step is undone. */
const undoneBy: Partial<Record<Step, ReadonlyArray<Effect['kind']>>> = {
  applying: ['branch'],
  creating_pr: ['pull_request'],
};

function withOpen(
  finished: Station[],
  run: Run,
  entries: readonly StepEntry[],
  { order }: StationFacts,
): Station[] {
  const { step } = order;
  const has = finished.some((station) => station.step === step && station.cycle === run.cycle);
  if (step === null || has) return finished;
  const startedAt = enteredAt(entries, step) ?? finished.at(-1)?.finishedAt ?? run.createdAt;
  const open = { runId: run.id, run: run.number, cycle: run.cycle, step, startedAt, finishedAt: null };
  return [...finished, { ...open, state: openState(run, order), result: null }];
}

function openState(run: Run, { stepState, heldBy }: StationFacts['order']): wire.Station['state'] {
  if (stepState === 'retrying') return 'retrying';
  const isWaiting =
    heldBy !== null || run.pausedBy !== null || run.waitingFor !== null || run.executor === null;
  return isWaiting ? 'waiting' : 'running';
}

/** An unsuccessful run ended at a step without a result, or at the step that last sent it back. */
function withFailed(finished: Station[], run: Run, entries: readonly StepEntry[]): Station[] {
  if (run.outcome === 'completed') return finished;
  const last = finished.at(-1);
  if (last?.state === 'sent_back') return [...finished.slice(0, -1), { ...last, state: 'failed' }];
  const step = entries.at(-1)?.step;
  if (step === undefined || (last?.step === step && last.cycle === run.cycle)) return finished;
  const startedAt = enteredAt(entries, step) ?? last?.finishedAt ?? run.createdAt;
  const ended = {
    runId: run.id,
    run: run.number,
    cycle: run.cycle,
    step,
    startedAt,
    finishedAt: run.endedAt,
  };
  return [...finished, { ...ended, state: 'failed', result: null }];
}

/** When the run last entered this step: changes of the step's state come after that. */
function enteredAt(entries: readonly StepEntry[], step: Step): Date | null {
  const before = entries.findLastIndex((entry) => entry.step !== step);
  return entries.slice(before + 1).find((entry) => entry.step === step)?.at ?? null;
}
