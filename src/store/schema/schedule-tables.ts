// The tables of schedules; a test compares them with the database.
import type { Generated } from 'kysely';
import type { ProjectId, WorkOrderId } from '../../domain/ids.ts';
import type {
  ScheduleField,
  ScheduleFieldValue,
  ScheduleOutcome,
  ScheduleTemplate,
  WhenOpen,
} from '../../domain/schedule.ts';
import type { At, Json, Optional, WithDefault } from './column-types.ts';

/** What somebody changed about a schedule. */
export interface ChangedField {
  field: ScheduleField;
  from: ScheduleFieldValue;
  to: ScheduleFieldValue;
}

export interface ScheduleTables {
  schedules: {
    id: string;
    name: string;
    projectId: ProjectId;
    template: Json<ScheduleTemplate>;
    cron: string;
    timeZone: string;
    limitNanoUsd: bigint;
    whenOpen: WithDefault<WhenOpen>;
    catchUpMs: bigint;
    createdBy: string;
    /** The person whose limits apply to its work orders, and who gets their questions. */
    requestedBy: string;
    /** The token of its owner; null if it was made on the machine of the database. */
    tokenId: Optional<string>;
    createdAt: At;
    /** Null while it is paused and after its removal. */
    nextDueAt: Optional<Date>;
    streakFrom: At;
    pausedAt: Optional<Date>;
    pausedBy: Optional<string>;
    pausedBecause: Optional<string>;
    removedAt: Optional<Date>;
    removedBy: Optional<string>;
  };
  scheduleRuns: {
    scheduleId: string;
    dueAt: Date;
    outcome: ScheduleOutcome;
    workOrderId: Optional<WorkOrderId>;
    /** The person who had it run now; null if the clock did. */
    askedBy: Optional<string>;
    instants: WithDefault<number>;
    firstDueAt: Optional<Date>;
    because: Optional<string>;
    decidedAt: At;
  };
  scheduleChanges: {
    id: Generated<bigint>;
    scheduleId: string;
    changedAt: At;
    changedBy: string;
    /** At least one. */
    fields: Json<ChangedField[]>;
  };
}
