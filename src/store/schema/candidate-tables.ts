// The tables of candidates for the same work; a test compares them with the database.
import type {
  CandidateFacts,
  CandidateFailure,
  CandidateOutcome,
  CandidateResult,
} from '../../domain/candidate.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { At, Optional, OptionalJson } from './column-types.ts';

export interface CandidateTables {
  candidateGroups: {
    /** The work order of the first candidate. */
    id: WorkOrderId;
    size: number;
    /** What all candidates together may cost. */
    limitNanoUsd: Optional<bigint>;
    createdAt: At;
    decidedAt: Optional<Date>;
    outcome: Optional<CandidateOutcome>;
    kept: Optional<WorkOrderId>;
    because: Optional<string>;
  };
  candidates: {
    workOrderId: WorkOrderId;
    groupId: WorkOrderId;
    number: number;
    /** Null while it is at work. */
    result: Optional<CandidateResult>;
    settledAt: Optional<Date>;
    facts: OptionalJson<CandidateFacts>;
    failure: OptionalJson<CandidateFailure>;
  };
}
