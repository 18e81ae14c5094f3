// The tables behind live views, and those about the people who watch; a test compares them with the database.
import type { ColumnType, Generated } from 'kysely';
import type { Abilities } from '../../domain/abilities.ts';
import type { FailureClass } from '../../domain/failure.ts';
import type { ProjectId, WorkOrderId } from '../../domain/ids.ts';
import type { PressureReport } from '../../domain/pressure.ts';
import type { At, Optional, OptionalJson, WithDefault } from './column-types.ts';

export type LiveTopic =
  | 'work_order'
  | 'error'
  | 'escalation'
  | 'session'
  | 'alert'
  | 'circuit'
  | 'degradation'
  | 'forecast'
  | 'setting'
  | 'spec'
  | 'schedule';

export interface WatchTables {
  liveEvents: {
    id: Generated<bigint>;
    /** The transaction's number, in decimal. */
    xid: Generated<string>;
    at: At;
    topic: LiveTopic;
    subject: Optional<string>;
    workOrderId: Optional<WorkOrderId>;
    detail: ColumnType<Record<string, unknown>, string | undefined, string>;
  };
  systemConfigHistory: {
    key: string;
    version: number;
    /** Null if the setting was reset to its default. */
    value: OptionalJson<unknown>;
    changedBy: string;
    changedAt: At;
  };
  webSessions: {
    id: string;
    hash: Buffer;
    tokenId: string;
    userAgent: WithDefault<string>;
    /** For one command: the session ends soon after its last use. */
    isBrief: WithDefault<boolean>;
    createdAt: At;
    lastSeenAt: At;
    expiresAt: Date;
    endedAt: Optional<Date>;
  };
  idempotencyKeys: {
    actor: string;
    key: string;
    requestHash: Buffer;
    subjectId: string;
    status: Optional<number>;
    response: OptionalJson<unknown>;
    heldUntil: Optional<Date>;
    createdAt: At;
  };
  /** The sums behind charts over months; each day is a UTC day, identified by its start. */
  rolledDays: { topic: 'errors' | 'costs' | 'outcomes'; day: Date; rolledAt: At };
  errorDays: {
    day: Date;
    failureClass: FailureClass;
    /** Empty if no recovery was tried. */
    strategy: string;
    errors: bigint;
    recovered: bigint;
    unrecovered: bigint;
    recoveryMs: bigint;
  };
  errorGroupSpans: {
    hours: number;
    at: Date;
    fingerprint: string;
    failureClass: FailureClass;
    component: string;
    code: string;
    errors: bigint;
    recovered: bigint;
    unrecovered: bigint;
    ofProcesses: bigint;
    withWholeEvidence: bigint;
    lastAt: Date;
  };
  outcomeDays: {
    day: Date;
    model: string;
    agent: string;
    band: 'low' | 'medium' | 'high';
    failureClass: Optional<FailureClass>;
    success: boolean;
    cycles: number;
    attempts: bigint;
    nanoUsd: bigint;
    durationMs: bigint;
  };
  costDays: {
    day: Date;
    model: string;
    projectId: Optional<ProjectId>;
    nanoUsd: bigint;
    presumedNanoUsd: bigint;
    wastedNanoUsd: bigint;
    calls: bigint;
  };
  staleDays: { topic: string; day: Date };
  drifts: {
    id: string;
    kind: string;
    subject: string;
    /** Empty if any machine can detect it. */
    host: WithDefault<string>;
    workOrderId: Optional<WorkOrderId>;
    what: string;
    evidence: string;
    repair: Optional<string>;
    isSafe: boolean;
    foundAt: At;
    seenAt: At;
    answer: Optional<'repair' | 'leave'>;
    answeredBy: Optional<string>;
    answeredAt: Optional<Date>;
    triedAt: Optional<Date>;
    tries: WithDefault<number>;
    failure: Optional<string>;
    endedAt: Optional<Date>;
    endState: Optional<'repaired' | 'gone'>;
  };
  executors: {
    id: string;
    host: string;
    pid: number;
    machine: WithDefault<string>;
    labels: WithDefault<string[]>;
    drainingSince: Optional<Date>;
    abilities: OptionalJson<Abilities>;
    pressure: OptionalJson<PressureReport>;
    lockBackend: number;
    startedAt: At;
    heartbeatAt: At;
    beats: WithDefault<bigint>;
    takeovers: WithDefault<number>;
    takenOverAt: Optional<Date>;
    endedAt: Optional<Date>;
  };
  upkeepTurns: {
    job: string;
    ranAt: Date;
    ranBy: string;
  };
}
