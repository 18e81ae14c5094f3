// For tests: results of steps, as a step leaves them or as something else has left them.
import type { RunId, WorkOrderId } from '../../../domain/ids.ts';
import type { Step } from '../../../domain/transitions.ts';
import type { CheckResult } from '../../../domain/work-order/check.ts';
import type { StepResult } from '../../../domain/work-order/step-result.ts';
import type { Query } from '../../database.ts';
import { exactly, toJson } from '../../storable.ts';

const samples: { readonly [S in Step]: StepResult<S> } = {
  routing: {
    complexity: 0.2,
    hardStopWords: [],
    reasons: [],
    tier: 'light',
    models: [],
    agent: 'patch',
    envelopeNanoUsd: '1',
    reservationId: 'none',
    baseBranch: 'main',
    baseSha: 'base',
    branch: 'moose/1',
    hasUncommittedChanges: false,
  },
  preparing: { way: 'nothing', commands: [], key: null },
  generating: { proposal: null, brief: 'Do it', model: null, attempts: 1 },
  applying: {
    outcome: 'changed',
    headSha: 'head',
    treeSha: 'tree',
    changedFiles: 1,
    agent: 'patch',
    sessionId: '',
    summary: '',
  },
  verifying: { checks: [], isVerified: true, treeSha: 'tree' },
  creating_pr: { number: 1, url: 'memory:1', headSha: 'head', remote: '' },
  tracking: { success: true },
  awaiting_ci: { feedback: { summary: 'CI is red.', output: '', failureClass: 'test_fail', tried: null } },
};

/** A complete result with these fields. */
export function stepResult<S extends Step>(step: S, given: Partial<StepResult<S>> = {}): StepResult<S> {
  return Object.assign({}, samples[step], given);
}

/** A green check with these fields. */
export function checkResult(given: Partial<CheckResult> = {}): CheckResult {
  return {
    kind: 'test',
    command: 'test',
    passed: true,
    exitCode: 0,
    signal: null,
    stoppedBecause: null,
    durationMs: 1,
    outputTail: '',
    ...given,
  };
}

/** Stores any object as the result of a step, as an older version may have. */
export async function plantStepResult(
  query: Query,
  row: { runId: RunId; workOrderId: WorkOrderId; step: Step; cycle: number; result: object; startedAt: Date },
): Promise<void> {
  await query
    .insertInto('stepResults')
    .values({ ...row, result: exactly(toJson(row.result, 'edits')) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
