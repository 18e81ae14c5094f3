// Stops a run before it pays for another refinement cycle that would fail like those before it (R-REC-9).

import { createHash } from 'node:crypto';
import type { FailureContext } from '../../domain/failure-context.ts';
import type { RunId, WorkOrderId } from '../../domain/ids.ts';
import { formatUsd } from '../../domain/money.ts';
import { counted } from '../../domain/text/counted.ts';
import { readAnyResult } from '../../domain/work-order/step-result.ts';
import type { Query } from '../../store/database.ts';
import { raiseForecast } from '../../store/failures/forecasts.ts';
import { costOfRun } from '../../store/figures/trends.ts';
import { listAttemptResults } from '../../store/work/runs/earlier-results.ts';
import { failureShape, failureWords } from './failure-words.ts';
import { type Cycle, isGoingNowhere } from './going-nowhere.ts';

export interface RunSoFar {
  workOrderId: WorkOrderId;
  runId: RunId;
  /** Number of cycles that the run could still pay for. */
  cyclesLeft: number;
  equalFailuresMax: number;
}

/**
 * Call this in the transaction that stores a failed cycle's result, before another cycle starts. Returns the reason to
 * ask a person instead, in a sentence; null if another cycle may bring something new. The money that this saves is
 * recorded as a forecast.
 */
export async function pauseEarly(query: Query, run: RunSoFar, now: Date): Promise<string | null> {
  const cycles = await cyclesOf(query, run.runId);
  const reason = isGoingNowhere(cycles, run.equalFailuresMax);
  if (reason === null) return null;
  const costNanoUsd = await costOfRun(query, run.runId);
  const savedNanoUsd = (costNanoUsd / BigInt(cycles.length)) * BigInt(Math.max(0, run.cyclesLeft));
  await raiseForecast(
    query,
    {
      key: `going_nowhere:${run.runId}`,
      signal: 'going_nowhere',
      component: 'pipeline',
      subject: run.runId,
      workOrderId: run.workOrderId,
      value: cycles.length,
      threshold: cycles.length + run.cyclesLeft,
      message: `${reason} Pausing it saves about ${formatUsd(savedNanoUsd)} for ${counted(run.cyclesLeft, 'more cycle')}.`,
      savedNanoUsd,
    },
    now,
  );
  return reason;
}

interface Told {
  summary?: string;
  output?: string;
  failureClass?: string;
  context?: FailureContext;
}

/** Returns the cycles, oldest first. */
async function cyclesOf(query: Query, runId: RunId): Promise<Cycle[]> {
  const rows = await listAttemptResults(query, runId);
  const cycles = new Map<number, Cycle>();
  for (const { step, cycle, result } of rows) {
    const { proposal, treeSha, feedback } = readAnyResult(result) ?? {};
    const known = cycles.get(cycle) ?? {
      fingerprint: null,
      words: null,
      failedAt: null,
      proposal: null,
      tree: null,
    };
    cycles.set(cycle, {
      ...known,
      ...(proposal ? { proposal: digest(JSON.stringify(proposal)) } : {}),
      ...(treeSha ? { tree: treeSha } : {}),
      ...(feedback
        ? {
            ...failureMarks(feedback),
            failedAt: feedback.summary ?? `The step ${step}`,
          }
        : {}),
    });
  }
  return [...cycles.values()].map((cycle) => ({
    ...cycle,
    failedAt: cycle.failedAt?.replace(/\.$/, '') ?? null,
  }));
}

/** Marks of a failure: `fingerprint` is the same for equal failures, `words` only for the same words and numbers. */
export function failureMarks(feedback: Told): { fingerprint: string; words: string } {
  return { fingerprint: digest(failureShape(feedback)), words: digest(failureWords(feedback)) };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
