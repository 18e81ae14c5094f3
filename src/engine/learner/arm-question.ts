// What a decision about an arm is made from, and what it is.
import type { ProjectId, RunId, WorkOrderId } from '../../domain/ids.ts';
import { type Arm, armName } from '../../domain/learning/arm-name.ts';
import type { LearningMode } from '../../domain/learning/learning-mode.ts';

export interface OfferedArm extends Arm {
  /** Dollars of a usual try by the price list; null: its price is unknown. */
  costHintUsd: number | null;
  priceVersion: string;
}

export interface ArmQuestion {
  workOrderId: WorkOrderId;
  projectId: ProjectId;
  runId: RunId;
  mode: Exclude<LearningMode, 'off'>;
  /** What may be used: what limits, settings and people exclude is not here. The static rule takes the first one. */
  offer: readonly [OfferedArm, ...OfferedArm[]];
  /** True if a person has chosen, so that the static arm is used. */
  isFixed: boolean;
  /** On such work no arm gets its first trials, and none is explored. */
  isRisky: boolean;
  /** True if the answer may be that the work is not worth its cost. */
  mayDecline: boolean;
  kind: string;
  features: Readonly<Record<string, unknown>>;
  /** Dollars that the finished work order is worth. */
  valueUsd: number;
}

export interface ArmChoice {
  try: number;
  policy: 'learned' | 'static';
  isHeldOut: boolean;
  /** What is acted upon; null: nothing, a person is asked. */
  arm: OfferedArm | null;
  /** What the learned policy chose; null: to stop. */
  learnedArm: string | null;
  /** Of the learned policy, for each arm on offer and for stopping. */
  propensities: Readonly<Record<string, number>>;
  /** In one sentence, for a person. */
  because: string;
}

export const nameOf = (arm: Arm): string => armName(arm);

/** An arm for a person: `p/model with codex`. */
export const armText = ({ model, agent }: Arm): string => `${model} with ${agent}`;
