// For tests: a work order, its run and its process, as input of the explanation.
import {
  newId,
  type ProjectId,
  type RunId,
  type SessionId,
  shortId,
  type WorkOrderId,
} from '../../domain/ids.ts';
import type { Run } from '../../store/work/runs.ts';
import type { SessionRow } from '../../store/work/session-rows.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';
import type { ExplainFacts } from './explain.ts';

export const now = new Date('2026-03-10T12:00:00.000Z');
export const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
export const id = newId<WorkOrderId>(now);
const runId = newId<RunId>(now);
export const short = shortId(id);

export const order: WorkOrder = {
  id,
  projectId: newId<ProjectId>(now),
  ...{ title: 'Mend it', description: '', acceptance: '', settings: {}, run: 1 },
  ...{ status: 'pending', step: null, stepState: null, failureClass: null, failure: null },
  ...{ limitNanoUsd: null, timeLimitMs: 300_000, baseBranch: null, baseSha: null, branch: null },
  stackedOn: null,
  ...{ pullRequestUrl: null, agentRuns: 0, modelCalls: 0, inputTokens: 0n, outputTokens: 0n },
  ...{ costNanoUsd: 0n, refinementCycles: 0, refinementCyclesMax: 3, isScripted: false },
  ...{ progressedAt: null, agentRunsAtProgress: 0, modelCallsAtProgress: 0, costAtProgressNanoUsd: 0n },
  ...{ cancelRequestedAt: null, parkedAt: null, parkedBecause: null, finishedAt: null },
  ...{ metadata: {}, recoveryAttempts: 0, recoveries: [], retryBudget: null, wastedNanoUsd: 0n },
  ...{ heldBy: null, heldAt: null, needsApproval: false, approvedBy: null, approvedAt: null },
  ...{ isVerified: null, notVerifiedBecause: null },
  ...{ specId: null, planKey: null, waitsFor: 0, estimateLowNanoUsd: null, estimateHighNanoUsd: null },
  ...{
    changedBy: 'human:x',
    changedBecause: '',
    requestedBy: 'human:x',
    createdAt: minutesAgo(90),
    updatedAt: minutesAgo(5),
  },
};
export const run: Run = {
  ...{ id: runId, workOrderId: id, number: 1, kind: 'work', firstStep: 'routing', state: 'running' },
  ...{ outcome: null, fence: 1, executor: 'a', takeups: 0, leg: 0, cycle: 0, stepAttempt: 0 },
  ...{ waitingFor: null, wakeAt: null, settings: {}, reservationId: null },
  ...{ pausedBy: null, pausedAt: null, pauses: 0 },
  ...{ declinedSince: null, declinedBy: [], declines: 0 },
  ...{ createdAt: minutesAgo(2), endedAt: null },
};
export const session: SessionRow = {
  ...{
    id: newId<SessionId>(now),
    workOrderId: id,
    runId,
    purpose: 'agent',
    name: 'patch',
    cycle: 0,
    attempt: 1,
  },
  ...{
    host: 'h',
    machine: '',
    directory: '/s',
    command: 'c',
    isolation: 'none',
    image: null,
    egress: null,
    way: null,
    reportedInputTokens: null,
    reportedOutputTokens: null,
    notionalNanoUsd: null,
    loginBackAt: null,
    refused: null,
    powers: null,
    state: 'running',
    handle: null,
    exitCode: null,
    signal: null,
  },
  ...{ endReason: null, createdAt: minutesAgo(2), startedAt: minutesAgo(1), endedAt: null },
  unreachableSince: null,
  timeLimitMs: null,
  ...{ readyAt: null, previewUrl: null },
};
export const failure = {
  code: 'CHECK_FAILED',
  message: 'The check test failed',
  advice: 'Look at its output.',
};

export const facts = (
  changed: Partial<WorkOrder>,
  rest: Partial<Omit<ExplainFacts, 'order'>> = {},
): ExplainFacts => ({
  ...{ run: undefined, session: undefined, mergedInto: null, liveExecutors: 1, now },
  ...rest,
  order: { ...order, ...changed },
});
export const working = { status: 'in_progress', step: 'verifying', stepState: 'running' } as const;
export const held = { heldBy: 'human:ada', heldAt: minutesAgo(3) };
export const hourAway = new Date(now.getTime() + 3_600_000);
export const left: Run = {
  ...{ ...run, declinedSince: minutesAgo(3), declinedBy: ['beta'], declines: 4, executor: null },
  ...{ waitingFor: 'beta does not have the repository /srv/api', wakeAt: hourAway },
};
export const undoRun: Run = { ...run, kind: 'undo' };
export const tomorrow = new Date(now.getTime() + 86_400_000);
