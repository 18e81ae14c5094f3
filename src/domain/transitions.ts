// Every legal change of a work order's state, in one place. The database has the same table (`legal_transitions`,
// filled from here at every start) and refuses everything else.
import type { PermanentError } from './failure.ts';
import { domainFailures } from './failure-catalogue.ts';

export const statuses = [
  'pending',
  'in_progress',
  'needs_review',
  'completed',
  'failed',
  'cancelled',
] as const;
export type Status = (typeof statuses)[number];

/** The steps that a run goes through, in order. */
export const runSteps = [
  'routing',
  'preparing',
  'generating',
  'applying',
  'verifying',
  'creating_pr',
  'tracking',
] as const;
export type RunStep = (typeof runSteps)[number];

/** At `awaiting_ci` no run is open: it ends when the forge's checks do. */
export const steps = [...runSteps, 'awaiting_ci'] as const;
export type Step = (typeof steps)[number];

/** Steps in which processes work. */
export const heavySteps: readonly Step[] = ['preparing', 'applying', 'verifying'];

export const stepStates = [
  'running',
  'retrying',
  'exhausted',
  'rolling_back',
  'rollback_pending',
  'manual_intervention_required',
  'done',
] as const;
export type StepState = (typeof stepStates)[number];

const statusTransitions: Record<Status, readonly Status[]> = {
  pending: ['in_progress', 'cancelled'],
  in_progress: ['needs_review', 'completed', 'failed', 'cancelled'],
  needs_review: ['in_progress', 'completed', 'cancelled'],
  // A person can still undo its pull request.
  completed: ['cancelled'],
  failed: ['in_progress', 'cancelled'],
  // Its pull request, whose end cancelled it, was opened again.
  cancelled: ['in_progress'],
};

const stepStateTransitions: Record<StepState | 'none', readonly StepState[]> = {
  none: ['running', 'rolling_back', 'done'],
  running: ['retrying', 'exhausted', 'rolling_back', 'manual_intervention_required', 'done'],
  retrying: ['running', 'exhausted', 'rolling_back', 'manual_intervention_required', 'done'],
  exhausted: ['running', 'rolling_back', 'manual_intervention_required', 'done'],
  rolling_back: ['rollback_pending', 'manual_intervention_required', 'done'],
  rollback_pending: ['rolling_back', 'manual_intervention_required'],
  manual_intervention_required: ['running', 'rolling_back', 'done'],
  done: ['running', 'rolling_back'],
};

/** One step forward, or back to any earlier step; a refinement and a retry go back, nothing skips a step. */
function stepTransitions(): Array<[Step | 'none', Step]> {
  const fromNone: Array<['none', Step]> = [['none', 'routing']];
  const others = steps.flatMap((from, fromIndex) =>
    steps
      .filter((_, toIndex) => toIndex === fromIndex + 1 || toIndex < fromIndex)
      .map((to): [Step, Step] => [from, to]),
  );
  return [...fromNone, ...others];
}

export type TransitionKind = 'status' | 'step' | 'step_state';

export interface Transition {
  kind: TransitionKind;
  from: string;
  to: string;
}

/** `from` is 'none' if the work order has no step yet. */
export const legalTransitions: readonly Transition[] = [
  ...statuses.flatMap((from) => statusTransitions[from].map((to) => ({ kind: 'status' as const, from, to }))),
  ...stepTransitions().map(([from, to]) => ({ kind: 'step' as const, from, to })),
  ...(['none', ...stepStates] as const).flatMap((from) =>
    stepStateTransitions[from].map((to) => ({ kind: 'step_state' as const, from, to })),
  ),
];

const legal = new Set(legalTransitions.map(({ kind, from, to }) => `${kind} ${from} ${to}`));

/** Staying in the same state changes nothing, so it is always legal. */
export function isLegalTransition(kind: TransitionKind, from: string | null, to: string): boolean {
  return from === to || legal.has(`${kind} ${from ?? 'none'} ${to}`);
}

/** @throws PermanentError `INVALID_STATE_TRANSITION` */
export function assertLegalTransition(
  kind: TransitionKind,
  from: string | null,
  to: string,
  advice = 'Check its current state with `moose ls`.',
): void {
  if (!isLegalTransition(kind, from, to)) throw illegalTransition(kind, from, to, advice);
}

export function illegalTransition(
  kind: TransitionKind,
  from: string | null,
  to: string,
  advice: string,
): PermanentError {
  return domainFailures.INVALID_STATE_TRANSITION(
    { operation: 'transition', metadata: { kind, from, to } },
    { kind, from: from ?? 'none', to, advice },
  );
}

export function isFinished(status: Status): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
