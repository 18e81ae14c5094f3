// The tables for deciding what caused a failed check; a test compares them with the database.
import type { ProjectId, SessionId, WorkOrderId } from '../../domain/ids.ts';
import type { SeenFailure } from '../../domain/seen-failure.ts';
import type { At, Optional, OptionalJson } from './column-types.ts';

export interface BlameTables {
  sessionOutput: {
    sessionId: SessionId;
    stream: 'stdout' | 'stderr';
    startByte: bigint;
    endByte: bigint;
    text: string;
  };
  worktreeSlots: { host: string; slot: number; workOrderId: WorkOrderId; takenAt: At };
  baseChecks: {
    projectId: ProjectId;
    baseSha: string;
    checkKey: string;
    command: string;
    passed: boolean;
    seen: OptionalJson<SeenFailure>;
    checkedAt: At;
  };
  allowedSecrets: {
    projectId: ProjectId;
    fingerprint: string;
    kind: string;
    path: string;
    allowedBy: string;
    workOrderId: Optional<WorkOrderId>;
    allowedAt: At;
  };
}
