// The shapes of the tables as Kysely sees them: camelCase here, snake_case in SQL. A test compares them with the
// database.
import type { ColumnType, Generated } from 'kysely';
import type { EgressLevel, Refusal } from '../../domain/egress.ts';
import type { FailureClass } from '../../domain/failure.ts';
import type { ProjectId, ReservationId, RunId, SessionId, WorkOrderId } from '../../domain/ids.ts';
import type { SessionWay } from '../../domain/login.ts';
import type { GivenPowers } from '../../domain/powers.ts';
import type { IsolationLevel, SessionPurpose, SessionState } from '../../domain/session.ts';
import type { Status, Step, StepState } from '../../domain/transitions.ts';
import type {
  FailureNote,
  ProjectSettings,
  RunSettings,
  WorkOrderSettings,
} from '../../domain/work-order.ts';
import type { BlameTables } from './blame-tables.ts';
import type { CandidateTables } from './candidate-tables.ts';
import type { At, Json, Optional, OptionalJson, WithDefault } from './column-types.ts';
import type { ForgeTables } from './forge-tables.ts';
import type { JointTables } from './joint-tables.ts';
import type { LearningTables } from './learning-tables.ts';
import type { LedgerTables } from './ledger-tables.ts';
import type { PriceTables } from './price-tables.ts';
import type { PushTables } from './push-tables.ts';
import type { RecoveryTables } from './recovery-tables.ts';
import type { ScheduleTables } from './schedule-tables.ts';
import type { SpecTables } from './spec-tables.ts';
import type { WatchTables } from './watch-tables.ts';

export interface Tables
  extends RecoveryTables,
    LedgerTables,
    PriceTables,
    WatchTables,
    ScheduleTables,
    CandidateTables,
    JointTables,
    BlameTables,
    ForgeTables,
    SpecTables,
    LearningTables,
    PushTables {
  projects: {
    id: ProjectId;
    name: string;
    /**
     * The repository's path, on every machine that works on it; null for a project with a remote, of which each machine
     * has a mirror.
     */
    repositoryPath: Optional<string>;
    /** The canonical address of the remote. */
    remoteUrl: Optional<string>;
    /** The address of the remote that git is called with. */
    remoteAddress: Optional<string>;
    /** The default branch of the remote, as last seen. */
    defaultBranch: Optional<string>;
    /** A removed project takes no new work and is not listed; its history stays. */
    removedAt: Optional<Date>;
    settings: ColumnType<ProjectSettings, string | undefined, string>;
    createdAt: At;
  };
  projectVariables: {
    projectId: ProjectId;
    name: string;
    isSecret: boolean;
    /** The kinds of sessions that get this variable. */
    audiences: string[];
    /** The key that encrypts the value. */
    keyId: string;
    /** The encrypted value: nonce, ciphertext and tag. */
    sealed: Buffer;
    changedBy: string;
    changedAt: At;
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
    /** The work order from whose branch it started; null if it started from a base branch. */
    stackedOn: Optional<WorkOrderId>;
    pullRequestUrl: Optional<string>;
    agentRuns: WithDefault<number>;
    modelCalls: WithDefault<number>;
    inputTokens: WithDefault<bigint>;
    outputTokens: WithDefault<bigint>;
    costNanoUsd: WithDefault<bigint>;
    refinementCycles: WithDefault<number>;
    refinementCyclesMax: WithDefault<number>;
    progressedAt: Optional<Date>;
    agentRunsAtProgress: WithDefault<number>;
    modelCallsAtProgress: WithDefault<number>;
    costAtProgressNanoUsd: WithDefault<bigint>;
    isScripted: WithDefault<boolean>;
    cancelRequestedAt: Optional<Date>;
    parkedAt: Optional<Date>;
    parkedBecause: Optional<string>;
    changedBy: string;
    changedBecause: WithDefault<string>;
    /** The actor who asked for it; without one, whoever inserts it. It never changes. */
    requestedBy: WithDefault<string>;
    createdAt: At;
    updatedAt: At;
    finishedAt: Optional<Date>;
    metadata: ColumnType<Record<string, unknown>, string | undefined, string>;
    recoveryAttempts: WithDefault<number>;
    recoveries: ColumnType<number[], string | undefined, string>;
    retryBudget: OptionalJson<{ tokens: number; retries: number }>;
    wastedNanoUsd: WithDefault<bigint>;
    /** The person who paused it; null if it is not paused. */
    heldBy: Optional<string>;
    heldAt: Optional<Date>;
    needsApproval: WithDefault<boolean>;
    approvedBy: Optional<string>;
    approvedAt: Optional<Date>;
    /** For a completed work order: whether the project's own checks have judged the change. */
    isVerified: Optional<boolean>;
    notVerifiedBecause: Optional<string>;
    /** The spec whose plan it belongs to. */
    specId: Optional<string>;
    /** Its key in the plan; null if another work order has replaced it. */
    planKey: Optional<string>;
    /** How many of its dependencies are not met. */
    waitsFor: WithDefault<number>;
    /** The expected cost when its plan was approved. */
    estimateLowNanoUsd: Optional<bigint>;
    estimateHighNanoUsd: Optional<bigint>;
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
    starts: WithDefault<number>;
    leg: WithDefault<number>;
    cycle: WithDefault<number>;
    stepAttempt: WithDefault<number>;
    waitingFor: Optional<string>;
    wakeAt: Optional<Date>;
    settings: ColumnType<RunSettings, string | undefined, string>;
    reservationId: Optional<ReservationId>;
    createdAt: At;
    endedAt: Optional<Date>;
    pausedBy: Optional<string>;
    pausedAt: Optional<Date>;
    pauses: WithDefault<number>;
    declinedSince: Optional<Date>;
    declinedBy: WithDefault<string[]>;
    declines: WithDefault<number>;
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
    purpose: SessionPurpose;
    name: string;
    cycle: number;
    attempt: number;
    host: string;
    /** The ID of the data directory; empty if an older version started it. */
    machine: WithDefault<string>;
    directory: string;
    command: string;
    state: SessionState;
    isolation: WithDefault<IsolationLevel>;
    /** The container image in which the session runs: its name, with the digest to which it was resolved. */
    image: Optional<string>;
    egress: Optional<EgressLevel>;
    refused: OptionalJson<Refusal[]>;
    /** What the repository gave the agent of a trusted project. */
    powers: OptionalJson<GivenPowers>;
    handle: OptionalJson<Record<string, unknown>>;
    exitCode: Optional<number>;
    signal: Optional<string>;
    endReason: Optional<string>;
    createdAt: At;
    startedAt: Optional<Date>;
    endedAt: Optional<Date>;
    unreachableSince: Optional<Date>;
    /** Null if an older Moose started the session. */
    timeLimitMs: Optional<number>;
    /** When a service became ready. */
    readyAt: Optional<Date>;
    previewUrl: Optional<string>;
    way: Optional<SessionWay>;
    /** What the program of a session with a login reported. */
    reportedInputTokens: Optional<bigint>;
    reportedOutputTokens: Optional<bigint>;
    notionalNanoUsd: Optional<bigint>;
    /** Until when the provider refuses the login. */
    loginBackAt: Optional<Date>;
    /** The tmux session in which a person can watch it. */
    viewer: Optional<string>;
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
    /** What must change before such an attempt can succeed; null if it succeeded. */
    fault: Optional<'work' | 'time' | 'passing' | 'provider' | 'setting' | 'money' | 'person'>;
    try: WithDefault<number>;
    arm: Optional<string>;
    judgedBy: Optional<'run' | 'nothing' | 'checks' | 'ci' | 'close' | 'undo' | 'merge' | 'revert'>;
    judgedAt: Optional<Date>;
    isAttempt: WithDefault<boolean>;
    /** Whether it counts for or against the model; null if an older version wrote the row. */
    counts: Optional<boolean>;
    countsBecause: Optional<string>;
  };
  systemConfig: { key: string; value: Json<unknown>; updatedBy: WithDefault<string>; updatedAt: At };
}

export type EffectKind = 'worktree' | 'branch' | 'session' | 'push' | 'pull_request' | 'hold';
export type ArtifactKind = 'patch' | 'bundle' | 'proposal' | 'agent_output' | 'check_output';
