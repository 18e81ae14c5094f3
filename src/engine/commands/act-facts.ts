// Reads everything that the actions of a work order depend on, in one go.

import { type Step, steps } from '../../domain/transitions.ts';
import { readAnyResult } from '../../domain/work-order/step-result.ts';
import type { Query } from '../../store/database.ts';
import { drawnFrom, sizeOfReservation } from '../../store/money/costs.ts';
import { projectById } from '../../store/work/projects/projects.ts';
import { pullRequestOf } from '../../store/work/pull-requests/pull-requests.ts';
import { newestStepResults, openRunOf, type Run, resultIn } from '../../store/work/runs/runs.ts';
import { type Effect, effectsOf } from '../../store/work/sessions/effects.ts';
import { type SessionRow, sessionsOf } from '../../store/work/sessions/session-rows.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { mergeHold } from '../run/effects/merge-hold.ts';
import type { ParentHold } from '../run/effects/parent-hold.ts';

export interface ActFacts {
  order: WorkOrder;
  project: string;
  /** Absent: it was not. */
  isProjectRemoved?: boolean;
  /** The run that has not ended yet. */
  run: Run | undefined;
  /** The agent or check that now runs for the work order. */
  session: Pick<SessionRow, 'name' | 'purpose'> | undefined;
  effects: readonly Effect[];
  /** The steps where a retry may start: all steps before them succeeded. */
  startable: readonly Step[];
  /** What the open run has reserved, and the part that has not been drawn yet. */
  envelope: { nanoUsd: bigint; leftNanoUsd: bigint } | null;
  /** The latest estimate for a run of the work order; null if there is none. */
  estimateNanoUsd: bigint | null;
  /** Why it may not be merged yet: what is merged before it. Absent: nothing. */
  held?: ParentHold | null;
  pullRequest: { number: number; state: 'open' | 'merged' | 'closed'; baseBranch: string | null } | null;
}

export async function loadActFacts(query: Query, order: WorkOrder): Promise<ActFacts> {
  const run = await openRunOf(query, order.id);
  const results = await newestStepResults(query, order.id);
  const effects = await effectsOf(query, order.id);
  const sessions = await sessionsOf(query, order.id);
  const { name: project, removedAt } = await projectById(query, order.projectId);
  const routed = resultIn(results, 'routing');
  return {
    order,
    project,
    isProjectRemoved: removedAt !== null,
    run,
    effects,
    session: sessions.findLast(({ state, purpose }) => state === 'running' && purpose !== 'service'),
    startable: startableSteps(new Map([...results].map(([step, { result }]) => [step, result]))),
    envelope: await envelopeOf(query, run),
    estimateNanoUsd: nanoOf(routed?.envelopeNanoUsd),
    held: await mergeHold(query, order),
    pullRequest: await pullRequestFacts(query, order, effects),
  };
}

/**
 * A run can start at a step if all earlier steps have good results; a step that sent the work back, such as a failed
 * check, has none. Pure.
 */
export function startableSteps(results: ReadonlyMap<Step, unknown>): Step[] {
  const startable: Step[] = [];
  for (const step of steps) {
    if (step === 'awaiting_ci') break;
    startable.push(step);
    const result = readAnyResult(results.get(step));
    // Earlier versions of Moose had no such step.
    if (step === 'preparing' && result === undefined && results.has('generating')) continue;
    if (result === undefined || result.feedback) break;
  }
  return startable;
}

/** An older version of Moose may not have stored the amount. */
function nanoOf(text: string | undefined): bigint | null {
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : null;
}

async function envelopeOf(query: Query, run: Run | undefined): Promise<ActFacts['envelope']> {
  if (!run?.reservationId) return null;
  const { nanoUsd } = await sizeOfReservation(query, run.reservationId);
  return { nanoUsd, leftNanoUsd: (await drawnFrom(query, run.reservationId)).left };
}

async function pullRequestFacts(
  query: Query,
  { id }: WorkOrder,
  effects: readonly Effect[],
): Promise<ActFacts['pullRequest']> {
  const row = await pullRequestOf(query, id);
  if (row) return { number: row.number, state: row.state, baseBranch: row.baseBranch };
  // The pull request may have been opened, but its record lost in a crash.
  const opened = effects.find(({ kind }) => kind === 'pull_request');
  if (typeof opened?.detail.number !== 'number') return null;
  return {
    number: opened.detail.number,
    state: opened.state === 'undone' ? 'closed' : 'open',
    baseBranch: null,
  };
}
