// The tables about failures and recovery; a test compares them with the database.
import type { ColumnType, Generated } from 'kysely';
import type { EscalationOption, EscalationStatus } from '../../domain/escalation.ts';
import type {
  FailureCategory,
  FailureClass,
  FailureType,
  Recoverability,
  Severity,
} from '../../domain/failure.ts';
import type { ProjectId, RunId, SessionId, WorkOrderId } from '../../domain/ids.ts';
import type { MachineState } from '../../domain/machine-state.ts';
import type { OwnerReason } from '../../domain/question-owner.ts';
import type { Step } from '../../domain/transitions.ts';
import type { CircuitState } from '../../resilience/circuit.ts';
import type { At, Json, Optional, OptionalJson, WithDefault } from './column-types.ts';

export type CircuitKind = 'provider' | 'model' | 'forge' | 'agent' | 'git' | 'notifier';

/** One entry of a question's history of owners. */
export interface OwnerEntry {
  owner: string;
  because: OwnerReason;
  /** Who decided: `moose`, or `human:ada`. */
  by: string;
  at: string;
}

export interface RecoveryTables {
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
    runId: Optional<RunId>;
    type: WithDefault<FailureType>;
    recoverability: WithDefault<Recoverability>;
    retryable: WithDefault<boolean>;
    fallbackAvailable: WithDefault<boolean>;
    rule: Optional<string>;
    confidence: Optional<number>;
    resolvedAt: Optional<Date>;
    machine: OptionalJson<MachineState>;
    /** When the row was written; null in rows of older versions. */
    recordedAt: Optional<Date>;
  };
  circuitChanges: {
    id: Generated<bigint>;
    key: string;
    phase: 'closed' | 'open' | 'half_open';
    code: Optional<string>;
    at: At;
  };
  circuitStates: {
    key: string;
    kind: CircuitKind;
    phase: 'closed' | 'open' | 'half_open';
    generation: bigint;
    state: Json<CircuitState>;
    because: OptionalJson<{ code: string; message: string; retryAfterMs?: number }>;
    openedAt: Optional<Date>;
    notBefore: Optional<Date>;
    openings: WithDefault<number>;
    heldBy: Optional<string>;
    updatedBy: string;
    updatedAt: At;
  };
  escalations: {
    id: string;
    workOrderId: Optional<WorkOrderId>;
    failureClass: FailureClass;
    title: string;
    context: Json<Record<string, unknown>>;
    options: ColumnType<EscalationOption[], string, string>;
    recommendedOption: Optional<string>;
    status: WithDefault<EscalationStatus>;
    chosenOption: Optional<string>;
    resolvedBy: Optional<string>;
    resolvedAt: Optional<Date>;
    createdAt: At;
    component: WithDefault<string>;
    operation: WithDefault<string>;
    severity: WithDefault<Severity>;
    code: Optional<string>;
    runId: Optional<RunId>;
    groupKey: Optional<string>;
    note: Optional<string>;
    makesPolicy: WithDefault<boolean>;
    defaultOption: Optional<string>;
    defaultAt: Optional<Date>;
    reminders: WithDefault<number>;
    remindedAt: Optional<Date>;
    carryOutFailure: Optional<string>;
    resolution: OptionalJson<Record<string, unknown>>;
    updatedAt: At;
    /** The name of the person who is expected to answer. */
    owner: Optional<string>;
    ownedSince: Optional<Date>;
    /** Everybody who had it, oldest first. */
    owners: ColumnType<OwnerEntry[], string | undefined, string>;
  };
  escalationMembers: {
    escalationId: string;
    workOrderId: WorkOrderId;
    joinedAt: At;
    leftAt: Optional<Date>;
  };
  answerPolicies: {
    id: string;
    projectId: Optional<ProjectId>;
    failureClass: FailureClass;
    code: string;
    option: Json<EscalationOption>;
    note: Optional<string>;
    escalationId: Optional<string>;
    createdBy: string;
    createdAt: At;
    uses: WithDefault<number>;
    lastUsedAt: Optional<Date>;
    revokedBy: Optional<string>;
    revokedAt: Optional<Date>;
  };
  systemAlerts: {
    id: string;
    severity: Severity;
    component: string;
    message: string;
    metadata: ColumnType<Record<string, unknown>, string | undefined, string>;
    createdAt: At;
    resolvedAt: Optional<Date>;
    key: Optional<string>;
    operation: WithDefault<string>;
    code: Optional<string>;
    times: WithDefault<number>;
    lastSeenAt: At;
    resolvedBy: Optional<string>;
  };
  outbox: {
    id: Generated<bigint>;
    key: string;
    kind: string;
    channel: string;
    payload: Json<Record<string, unknown>>;
    state: WithDefault<'waiting' | 'delivered' | 'failed'>;
    attempts: WithDefault<number>;
    nextAttemptAt: At;
    lastFailure: Optional<string>;
    createdAt: At;
    deliveredAt: Optional<Date>;
  };
  webhookDeliveries: {
    id: string;
    source: string;
    event: string;
    payload: Json<Record<string, unknown>>;
    bodySha256: Optional<Buffer>;
    state: WithDefault<'waiting' | 'done' | 'ignored' | 'failed'>;
    retryCount: WithDefault<number>;
    nextAttemptAt: At;
    workOrderId: Optional<WorkOrderId>;
    failure: Optional<string>;
    receivedAt: At;
    processedAt: Optional<Date>;
  };
  degradations: {
    id: string;
    key: string;
    feature: string;
    because: string;
    workOrderId: Optional<WorkOrderId>;
    metadata: ColumnType<Record<string, unknown>, string | undefined, string>;
    since: At;
    lapsesAt: Optional<Date>;
    until: Optional<Date>;
  };
  progressObservations: {
    workOrderId: WorkOrderId;
    outputBytes: ColumnType<Record<string, number>, string | undefined, string>;
    trees: ColumnType<string[], string | undefined, string>;
    progressedAt: Optional<Date>;
    progress: Optional<string>;
    observedAt: At;
    escalatedAt: Optional<Date>;
  };
  forecasts: {
    id: string;
    key: string;
    signal: string;
    component: string;
    subject: string;
    value: number;
    threshold: number;
    workOrderId: Optional<WorkOrderId>;
    message: string;
    raisedAt: At;
    endedAt: Optional<Date>;
    cameTrue: Optional<boolean>;
    savedNanoUsd: WithDefault<bigint>;
  };
  apiTokens: {
    id: string;
    name: string;
    hash: Buffer;
    role: 'viewer' | 'operator' | 'admin';
    createdBy: string;
    createdAt: At;
    lastUsedAt: Optional<Date>;
    revokedAt: Optional<Date>;
    /** The person who signs in with this token; null for a program's token. */
    person: Optional<string>;
    /** Where the person signs in: the issuer of an OpenID Connect provider, or `proxy`; null for a token. */
    issuer: Optional<string>;
    /** The person's identity at the provider. */
    subject: Optional<string>;
    /** The groups at the last sign-in, as far as the rules named them. */
    groups: Optional<string[]>;
  };
  invites: {
    id: string;
    /** Of the secret in the link. */
    hash: Buffer;
    person: string;
    role: 'viewer' | 'operator' | 'admin';
    createdBy: string;
    /** The inviter's token; null if the invite was made on the machine of the database. */
    inviterId: Optional<string>;
    createdAt: At;
    expiresAt: Date;
    acceptedAt: Optional<Date>;
    tokenId: Optional<string>;
    revokedAt: Optional<Date>;
  };
  signIns: {
    hash: Buffer;
    returnTo: string;
    expiresAt: Date;
  };
  auditLog: {
    id: Generated<bigint>;
    at: At;
    actor: string;
    act: string;
    subject: Optional<string>;
    detail: ColumnType<Record<string, unknown>, string | undefined, string>;
  };
}
