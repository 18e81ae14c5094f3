// The tables of specs and their plans; a test compares them with the database.
import type { ColumnType } from 'kysely';
import type { ProjectId, ReservationId, WorkOrderId } from '../../domain/ids.ts';
import type { BreakingChange } from '../../domain/plan/breaking-change.ts';
import type { Plan, PlanAnswer } from '../../domain/plan/plan.ts';
import type { PlanProblem } from '../../domain/plan/plan-problems.ts';
import type { SpecRunState } from '../../domain/spec-run-state.ts';
import type { At, Json, Optional, OptionalJson, WithDefault } from './column-types.ts';

export interface SpecTables {
  specs: {
    id: string;
    projectId: Optional<ProjectId>;
    name: string;
    content: string;
    estimate: Json<Record<string, unknown>>;
    createdBy: string;
    createdAt: At;
    /** Null until a plan is approved; then none of the following is null. */
    runState: Optional<SpecRunState>;
    approvedVersion: Optional<number>;
    approvedBy: Optional<string>;
    approvedAt: Optional<Date>;
    runChangedBy: Optional<string>;
    runChangedAt: Optional<Date>;
  };
  /** What each work order of a running plan depends on. */
  workOrderDependencies: {
    workOrderId: WorkOrderId;
    dependsOn: WorkOrderId;
    /** When the dependency stopped blocking the work order. */
    metAt: Optional<Date>;
    /** How the work order builds on its dependency. */
    how: WithDefault<'branch' | 'within' | 'merge'>;
  };
  /** Requests to plan a spec. */
  plannings: {
    id: string;
    specId: string;
    projectId: ProjectId;
    state: WithDefault<'asked' | 'working' | 'planned' | 'failed' | 'cancelled'>;
    model: string;
    limitNanoUsd: bigint;
    reservationId: Optional<ReservationId>;
    baseBranch: Optional<string>;
    baseSha: Optional<string>;
    calls: WithDefault<number>;
    rounds: WithDefault<number>;
    starts: WithDefault<number>;
    declined: ColumnType<Record<string, string>, string | undefined, string>;
    declinedSince: Optional<Date>;
    answer: OptionalJson<PlanAnswer>;
    remark: Optional<string>;
    runFor: Optional<string>;
    approvingVersion: Optional<number>;
    decidedAt: Optional<Date>;
    failure: OptionalJson<{ code: string; message: string; advice: string | null }>;
    askedBy: string;
    /** The person whose token a program has asked with; null: whoever asked. */
    requestedBy: Optional<string>;
    askedAt: At;
    endedAt: Optional<Date>;
  };
  /** The versions of each plan, with their authors. */
  specPlans: {
    id: string;
    specId: string;
    version: number;
    plan: Json<Plan>;
    problems: Json<readonly PlanProblem[]>;
    planningId: Optional<string>;
    madeBy: string;
    because: string;
    /** The version came after a person's edit, and is never the newest version. */
    isAside: WithDefault<boolean>;
    createdAt: At;
  };
  /** The estimated cost of each planned work order at the time of the decision about the plan. */
  workOrderEstimates: {
    specId: string;
    version: number;
    planKey: string;
    kind: string;
    complexity: number;
    lowNanoUsd: bigint;
    midNanoUsd: bigint;
    highNanoUsd: bigint;
    basis: 'kind' | 'complexity' | 'all' | 'policy';
    sample: number;
    createdAt: At;
  };
  /** The results of checking a plan's contracts. */
  contractChecks: {
    specId: string;
    name: string;
    workOrderId: WorkOrderId;
    role: 'provider' | 'user';
    state: 'holds' | 'broken' | 'accepted';
    objectId: Optional<string>;
    breaking: Json<readonly BreakingChange[]>;
    checkedAt: At;
    acceptedObjectId: Optional<string>;
    acceptedBreaking: OptionalJson<readonly BreakingChange[]>;
    acceptedBy: Optional<string>;
    acceptedAt: Optional<Date>;
  };
}
