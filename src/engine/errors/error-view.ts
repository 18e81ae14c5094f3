// The views of errors for interfaces: one error, or a group. Pure.

import type * as wire from '../../contract/contract.ts';
import { roomOf } from '../../domain/component-names.ts';
import type { ProcessEvidence } from '../../domain/failure.ts';
import type { ErrorEvent } from '../../store/failures/error-events.ts';
import type { ErrorGroup, EvidenceFigures } from '../../store/failures/error-groups.ts';
import { messageShape } from './fingerprint.ts';

export interface ErrorView extends wire.ErrorCard {
  process: Nullable<ProcessEvidence> | null;
}

type Nullable<T> = { [K in keyof T]: T[K] | null };

export function viewOfError(row: ErrorEvent): ErrorView {
  const { advice, process, hasWholeEvidence, ...metadata } = row.metadata;
  return {
    id: row.id,
    timestamp: row.timestamp.toISOString(),
    code: row.errorType,
    message: row.errorMessage,
    advice: typeof advice === 'string' ? advice : null,
    component: roomOf(row.component),
    operation: row.operation,
    severity: row.severity,
    failure_class: row.failureClass,
    category: row.category,
    type: row.type,
    recoverability: row.recoverability,
    retryable: row.retryable,
    fallback_available: row.fallbackAvailable,
    rule: row.rule,
    confidence: row.confidence,
    work_order_id: row.workOrderId,
    run_id: row.runId,
    session_id: row.sessionId,
    step: row.step,
    attempt: row.attempt,
    fingerprint: row.fingerprint,
    recovery_strategy: row.recoveryStrategy,
    recovery_success: row.recoverySuccess,
    retry_count: row.retryCount,
    resolution_time_ms: row.resolutionTimeMs === null ? null : Number(row.resolutionTimeMs),
    resolved_at: row.resolvedAt?.toISOString() ?? null,
    /** The evidence of the process; null if the error is not about a process. */
    process: (process ?? null) as Nullable<ProcessEvidence> | null,
    has_whole_evidence: typeof hasWholeEvidence === 'boolean' ? hasWholeEvidence : null,
    metadata,
    stack: row.stack,
  };
}

type GroupView = wire.ErrorGroups['groups'][number];

export function viewOfGroup(group: ErrorGroup, since: Date): GroupView {
  return {
    fingerprint: group.fingerprint,
    code: group.code,
    component: roomOf(group.component),
    failure_class: group.failureClass,
    message_shape: messageShape(group.message),
    message: group.message,
    newest_id: group.newestId,
    count: group.count,
    count_before: group.countBefore,
    trend: trendOf(group, since),
    course: group.course,
    first_seen_at: group.firstSeenAt.toISOString(),
    last_seen_at: group.lastSeenAt.toISOString(),
    work_orders: group.workOrders,
    work_order_ids: group.workOrderIds,
    recovered_share: group.recoveredShare,
  };
}

function trendOf({ firstSeenAt, count, countBefore }: ErrorGroup, since: Date): GroupView['trend'] {
  if (firstSeenAt >= since) return 'new';
  if (count === countBefore) return 'steady';
  return count > countBefore ? 'rising' : 'falling';
}

/** The quality of error messages (R-FAIL-5): how many process errors have complete evidence. */
export function viewOfEvidence({
  ofProcesses,
  withWholeEvidence,
}: EvidenceFigures): wire.ErrorGroups['evidence'] {
  return {
    errors_of_processes: ofProcesses,
    errors_with_full_evidence: withWholeEvidence,
    share: ofProcesses === 0 ? null : withWholeEvidence / ofProcesses,
  };
}
