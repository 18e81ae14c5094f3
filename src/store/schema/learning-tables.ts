// The tables of the learned policy; a test compares them with the database.
import type { FailureClass } from '../../domain/failure.ts';
import type { ProjectId, RunId, WorkOrderId } from '../../domain/ids.ts';
import type { OpenTask } from '../../domain/learning/learner-state.ts';
import type { At, Json, Optional, OptionalJson, WithDefault } from './column-types.ts';

export interface LearningTables {
  /** How often a model fails compared with all others; null means any. */
  patternConfidenceScores: {
    id: string;
    model: string;
    failureClass: Optional<FailureClass>;
    band: Optional<'low' | 'medium' | 'high'>;
    kind: Optional<string>;
    language: Optional<string>;
    word: Optional<string>;
    attempts: number;
    failures: number;
    low: number;
    high: number;
    otherAttempts: number;
    otherFailures: number;
    chance: number;
    corrected: number;
    computedAt: Date;
  };
  /** Work that routing does not send to a model; null means any. */
  routingExclusions: {
    id: string;
    projectId: Optional<ProjectId>;
    model: string;
    band: Optional<'low' | 'medium' | 'high'>;
    kind: Optional<string>;
    language: Optional<string>;
    word: Optional<string>;
    because: WithDefault<string>;
    createdBy: string;
    createdAt: At;
    revokedBy: Optional<string>;
    revokedAt: Optional<Date>;
  };
  /** Two policies that share the work orders of a project by chance. */
  policyExperiments: {
    id: string;
    projectId: ProjectId;
    policyA: string;
    policyB: string;
    /** The share of the work orders that get policy a. */
    shareOfA: number;
    valueNanoUsd: bigint;
    capNanoUsd: bigint;
    state: WithDefault<'running' | 'decided' | 'capped' | 'stopped'>;
    createdBy: string;
    createdAt: At;
    endedBy: Optional<string>;
    endedAt: Optional<Date>;
    /** The figures at the end. */
    result: OptionalJson<unknown>;
  };
  /** What is known about the arms of a project. */
  learners: {
    projectId: ProjectId;
    state: Json<unknown>;
    /** The number of events that the state includes. */
    events: WithDefault<bigint>;
  };
  /** The events reported to the learner, in the order in which they were applied. */
  learnerEvents: {
    projectId: ProjectId;
    ordinal: bigint;
    event:
      | 'arm'
      | 'price'
      | 'gone'
      | 'success'
      | 'failure'
      | 'provider_fault'
      | 'did_not_hold'
      | 'held_after_all';
    arm: string;
    workOrderId: Optional<WorkOrderId>;
    try: Optional<number>;
    kind: Optional<string>;
    costNanoUsd: Optional<bigint>;
    isExplored: WithDefault<boolean>;
    /** The tries on the work order so far, including this event. */
    task: OptionalJson<OpenTask>;
    costHint: Optional<number>;
    parent: Optional<string>;
    factor: Optional<number>;
    priceVersion: Optional<string>;
    createdAt: At;
  };
  decisionLogs: {
    id: string;
    workOrderId: Optional<WorkOrderId>;
    kind: 'routing' | 'refinement_cycle' | 'escalation' | 'retry' | 'skip';
    agentType: string;
    inputContext: Json<Record<string, unknown>>;
    decisionOutput: Json<Record<string, unknown>>;
    createdAt: At;
    /** Null, like all following columns, unless an arm was chosen. */
    runId: Optional<RunId>;
    try: Optional<number>;
    mode: Optional<'shadow' | 'on'>;
    /** The policy whose choice was used. */
    policy: Optional<'learned' | 'static' | 'fixed'>;
    isHeldOut: Optional<boolean>;
    /** The arm that was used; null: none, a person is asked. */
    arm: Optional<string>;
    /** The learned policy's choice; null: to stop. */
    learnedArm: Optional<string>;
    staticArm: Optional<string>;
    /** The learned policy's probabilities. */
    propensities: OptionalJson<Record<string, number>>;
    candidates: OptionalJson<unknown[]>;
    features: OptionalJson<Record<string, unknown>>;
    priceVersion: Optional<string>;
    /** The experiment that ran when the first arm of the work order was chosen. */
    experimentId: Optional<string>;
    /** Whose policy chooses for this work order; null: it is not part of the experiment. */
    side: Optional<'a' | 'b'>;
    /** The actual chance of each arm, with the assignment taken into account. */
    acted: OptionalJson<Record<string, number>>;
  };
}
