// The tables of changes over several repositories; a test compares them with the database.
import type { WorkOrderId } from '../../domain/ids.ts';
import type { JointOutcome } from '../../domain/joint-change.ts';
import type { At, Optional } from './column-types.ts';

export interface JointTables {
  jointGroups: {
    /** The first work order. */
    id: WorkOrderId;
    size: number;
    /** What all members together may cost. */
    limitNanoUsd: Optional<bigint>;
    createdAt: At;
    decidedAt: Optional<Date>;
    outcome: Optional<JointOutcome>;
    because: Optional<string>;
  };
  jointMembers: {
    workOrderId: WorkOrderId;
    groupId: WorkOrderId;
    number: number;
    /** Null while it is at work, also again. */
    passedAt: Optional<Date>;
    treeSha: Optional<string>;
  };
}
