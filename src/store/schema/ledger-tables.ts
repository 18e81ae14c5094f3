// The money tables: windows, envelopes and calls, and the keys for calls; a test compares them with the database.
import type { ColumnType } from 'kysely';
import type { ReservationId, RunId, SessionId, WorkOrderId } from '../../domain/ids.ts';
import type { At, Optional, WithDefault } from './column-types.ts';

export interface LedgerTables {
  budgetWindows: {
    key: string;
    limitNanoUsd: bigint;
    heldNanoUsd: WithDefault<bigint>;
    spentNanoUsd: WithDefault<bigint>;
    presumedNanoUsd: WithDefault<bigint>;
    overrunNanoUsd: WithDefault<bigint>;
    isFrozen: WithDefault<boolean>;
    createdAt: At;
    warnedAt: Optional<Date>;
  };
  /** The subject of a person is a name, or `*` for each one without a limit of their own; of a project, its ID. */
  spendingLimits: {
    kind: 'person' | 'project';
    subject: string;
    dailyNanoUsd: Optional<bigint>;
    monthlyNanoUsd: Optional<bigint>;
    setBy: string;
    setAt: At;
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
    drawnOpenNanoUsd: WithDefault<bigint>;
    drawnSpentNanoUsd: WithDefault<bigint>;
    drawnPresumedNanoUsd: WithDefault<bigint>;
    sessionId: Optional<SessionId>;
    keyId: Optional<string>;
    gatewayId: Optional<string>;
    provider: Optional<string>;
    wire: Optional<string>;
    isStream: Optional<boolean>;
    priceVersion: Optional<string>;
    pricedBy: Optional<string>;
    inputTokensMax: Optional<bigint>;
    outputTokensMax: Optional<bigint>;
    cacheReadTokens: Optional<bigint>;
    cacheWriteTokens: Optional<bigint>;
    cacheWriteHourTokens: Optional<bigint>;
    httpStatus: Optional<number>;
    failure: Optional<string>;
    retryAfterMs: Optional<number>;
    firstByteMs: Optional<number>;
    durationMs: Optional<number>;
    isWasted: WithDefault<boolean>;
  };
  gateways: {
    id: string;
    host: string;
    startedAt: At;
    heartbeatAt: At;
    suspectedAt: Optional<Date>;
    endedAt: Optional<Date>;
  };
  gatewayKeys: {
    id: string;
    keyHash: Buffer;
    workOrderId: Optional<WorkOrderId>;
    runId: Optional<RunId>;
    sessionId: Optional<SessionId>;
    reservationId: Optional<ReservationId>;
    serviceName: string;
    createdAt: At;
    expiresAt: Date;
    revokedAt: Optional<Date>;
    stoppedReason: Optional<string>;
  };
  callBodies: { callId: ReservationId; request: string; response: string; createdAt: At };
}
