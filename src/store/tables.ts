// The shapes of the tables as Kysely sees them: camelCase here, snake_case in SQL. `schema.sql` is the proof.
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { FailureCategory, FailureClass, Severity } from '../domain/failure.ts';
import type { ProjectId, ReservationId, RunId, SessionId, WorkOrderId } from '../domain/ids.ts';
import type { SessionState } from '../domain/session.ts';
import type { Status, Step, StepState } from '../domain/transitions.ts';
import type { FailureNote, ProjectSettings, RunSettings, WorkOrderSettings } from '../domain/work-order.ts';

type Json<T> = JSONColumnType<T & object, string, string>;
type WithDefault<T> = ColumnType<T, T | undefined, T>;
type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;
type OptionalJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
type At = ColumnType<Date, Date | string | undefined, Date | string>;

export interface Tables {
  projects: {
    id: ProjectId;
    name: string;
    repositoryPath: string;
    settings: ColumnType<ProjectSettings, string | undefined, string>;
    createdAt: At;
  };
  workOrders: {
    id: WorkOrderId;
    projectId: ProjectId;
    title: string;
    description: WithDefault<string>;
    acceptance: WithDefault<string>;
    status: WithDefault<Status>;
    step: Optional<Step>;
    stepState: Optional<StepState>;
    failureClass: Optional<FailureClass>;
    failure: OptionalJson<FailureNote>;
    run: WithDefault<number>;
    settings: ColumnType<WorkOrderSettings, string | undefined, string>;
    limitNanoUsd: Optional<bigint>;
    timeLimitMs: number;
    baseBranch: Optional<string>;
    baseSha: Optional<string>;
    branch: Optional<string>;
    pullRequestUrl: Optional<string>;
    agentRuns: WithDefault<number>;
    modelCalls: WithDefault<number>;
    inputTokens: WithDefault<bigint>;
    outputTokens: WithDefault<bigint>;
    costNanoUsd: WithDefault<bigint>;
    refinementCycles: WithDefault<number>;
    refinementCyclesMax: WithDefault<number>;
    isScripted: WithDefault<boolean>;
    cancelRequestedAt: Optional<Date>;
    parkedAt: Optional<Date>;
    parkedBecause: Optional<string>;
    changedBy: string;
    changedBecause: WithDefault<string>;
    createdAt: At;
    updatedAt: At;
    finishedAt: Optional<Date>;
  };
  workOrderEvents: {
    id: Generated<bigint>;
    workOrderId: WorkOrderId;
    at: At;
    kind: string;
    fromState: OptionalJson<Record<string, string | null>>;
    toState: OptionalJson<Record<string, string | null>>;
    actor: string;
    reason: WithDefault<string>;
    detail: ColumnType<Record<string, unknown>, string | undefined, string>;
    factKey: Optional<string>;
  };
  legalTransitions: { kind: string; fromValue: string; toValue: string };
  runs: {
    id: RunId;
    workOrderId: WorkOrderId;
    number: number;
    kind: 'work' | 'undo';
    firstStep: Optional<Step>;
    state: WithDefault<'running' | 'ended'>;
    outcome: Optional<string>;
    fence: WithDefault<number>;
    executor: Optional<string>;
    takeups: WithDefault<number>;
    leg: WithDefault<number>;
    cycle: WithDefault<number>;
    stepAttempt: WithDefault<number>;
    waitingFor: Optional<string>;
    wakeAt: Optional<Date>;
    settings: ColumnType<RunSettings, string | undefined, string>;
    reservationId: Optional<ReservationId>;
    createdAt: At;
    endedAt: Optional<Date>;
  };
  stepResults: {
    runId: RunId;
    workOrderId: WorkOrderId;
    step: Step;
    cycle: number;
    result: Json<unknown>;
    startedAt: Date;
    finishedAt: At;
  };
  effects: {
    id: Generated<bigint>;
    workOrderId: WorkOrderId;
    runId: RunId;
    kind: EffectKind;
    key: string;
    state: 'intended' | 'done' | 'undone' | 'undo_failed';
    detail: ColumnType<Record<string, unknown>, string | undefined, string>;
    createdAt: At;
    updatedAt: At;
  };
  sessions: {
    id: SessionId;
    workOrderId: WorkOrderId;
    runId: RunId;
    purpose: 'agent' | 'check';
    name: string;
    cycle: number;
    attempt: number;
    host: string;
    directory: string;
    command: string;
    state: SessionState;
    handle: OptionalJson<Record<string, unknown>>;
    exitCode: Optional<number>;
    signal: Optional<string>;
    endReason: Optional<string>;
    createdAt: At;
    startedAt: Optional<Date>;
    endedAt: Optional<Date>;
  };
  artifacts: {
    id: string;
    workOrderId: WorkOrderId;
    runId: RunId;
    cycle: number;
    kind: ArtifactKind;
    content: Buffer;
    createdAt: At;
  };
  pullRequests: {
    projectId: ProjectId;
    number: number;
    workOrderId: WorkOrderId;
    title: string;
    body: string;
    headBranch: string;
    headSha: string;
    baseBranch: string;
    baseSha: string;
    state: WithDefault<'open' | 'merged' | 'closed'>;
    mergedSha: Optional<string>;
    createdAt: At;
    updatedAt: At;
  };
  errorEvents: {
    id: string;
    timestamp: At;
    errorType: string;
    severity: Severity;
    component: string;
    operation: string;
    errorMessage: string;
    stack: Optional<string>;
    failureClass: FailureClass;
    category: FailureCategory;
    workOrderId: Optional<WorkOrderId>;
    sessionId: Optional<SessionId>;
    step: Optional<Step>;
    attempt: Optional<number>;
    fingerprint: string;
    recoveryStrategy: Optional<string>;
    recoverySuccess: Optional<boolean>;
    retryCount: WithDefault<number>;
    resolutionTimeMs: Optional<bigint>;
    metadata: ColumnType<Record<string, unknown>, string | undefined, string>;
  };
  escalations: {
    id: string;
    workOrderId: Optional<WorkOrderId>;
    failureClass: FailureClass;
    title: string;
    context: Json<Record<string, unknown>>;
    options: ColumnType<EscalationOption[], string, string>;
    recommendedOption: Optional<string>;
    status: WithDefault<'open' | 'resolved' | 'withdrawn'>;
    chosenOption: Optional<string>;
    resolvedBy: Optional<string>;
    resolvedAt: Optional<Date>;
    createdAt: At;
  };
  systemAlerts: {
    id: string;
    severity: Severity;
    component: string;
    message: string;
    metadata: ColumnType<Record<string, unknown>, string | undefined, string>;
    createdAt: At;
    resolvedAt: Optional<Date>;
  };
  decisionLogs: {
    id: string;
    workOrderId: Optional<WorkOrderId>;
    kind: 'routing' | 'refinement_cycle' | 'escalation' | 'retry' | 'skip';
    agentType: string;
    inputContext: Json<Record<string, unknown>>;
    decisionOutput: Json<Record<string, unknown>>;
    createdAt: At;
  };
  outcomeVectors: {
    id: string;
    workOrderId: WorkOrderId;
    runId: RunId;
    success: boolean;
    model: Optional<string>;
    agent: string;
    complexity: number;
    features: Json<Record<string, unknown>>;
    costNanoUsd: bigint;
    durationMs: bigint;
    refinementCycles: number;
    failureClass: Optional<FailureClass>;
    errorContext: OptionalJson<Record<string, unknown>>;
    createdAt: At;
  };
  systemConfig: { key: string; value: Json<unknown>; updatedBy: WithDefault<string>; updatedAt: At };
  budgetWindows: {
    key: string;
    limitNanoUsd: bigint;
    heldNanoUsd: WithDefault<bigint>;
    spentNanoUsd: WithDefault<bigint>;
    presumedNanoUsd: WithDefault<bigint>;
    overrunNanoUsd: WithDefault<bigint>;
    isFrozen: WithDefault<boolean>;
    createdAt: At;
  };
  costTracking: {
    id: ReservationId;
    type: 'reservation' | 'actual';
    status: 'held' | 'sent' | 'settled' | 'presumed' | 'cancelled';
    serviceName: string;
    workOrderId: Optional<WorkOrderId>;
    runId: Optional<RunId>;
    reservationId: Optional<ReservationId>;
    reservedNanoUsd: bigint;
    actualNanoUsd: Optional<bigint>;
    model: Optional<string>;
    inputTokens: Optional<bigint>;
    outputTokens: Optional<bigint>;
    windowKeys: WithDefault<string[]>;
    metadata: ColumnType<Record<string, unknown>, string | undefined, string>;
    createdAt: At;
    settledAt: Optional<Date>;
  };
}

export type EffectKind = 'worktree' | 'branch' | 'session' | 'push' | 'pull_request' | 'hold' | 'comment';
export type ArtifactKind = 'patch' | 'bundle' | 'proposal' | 'agent_output' | 'check_output';

export interface EscalationOption {
  id: string;
  label: string;
  /** The command that carries it out. */
  command: string;
}
