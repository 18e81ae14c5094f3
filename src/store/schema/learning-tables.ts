// The tables of the learned policy; a test compares them with `schema.sql`.
import type { FailureClass } from '../../domain/failure.ts';
import type { ProjectId, WorkOrderId } from '../../domain/ids.ts';
import type { OpenTask } from '../../domain/learning/learner-state.ts';
import type { At, Json, Optional, OptionalJson, WithDefault } from './column-types.ts';

export interface LearningTables {
  /** How often a model fails against all others; null is any. */
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
  /** Work that routing does not send to a model; null is any. */
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
  /** What is known of the arms of a project. */
  learners: {
    projectId: ProjectId;
    state: Json<unknown>;
    /** How many events are in the state. */
    events: WithDefault<bigint>;
  };
  /** What the learner was told, in the order in which it was applied. */
  learnerEvents: {
    projectId: ProjectId;
    ordinal: bigint;
    event: 'arm' | 'price' | 'success' | 'failure' | 'provider_fault' | 'did_not_hold' | 'held_after_all';
    arm: string;
    workOrderId: Optional<WorkOrderId>;
    try: Optional<number>;
    kind: Optional<string>;
    costNanoUsd: Optional<bigint>;
    isExplored: WithDefault<boolean>;
    /** What was tried on the work order so far, after this event. */
    task: OptionalJson<OpenTask>;
    costHint: Optional<number>;
    parent: Optional<string>;
    factor: Optional<number>;
    priceVersion: Optional<string>;
    createdAt: At;
  };
}
