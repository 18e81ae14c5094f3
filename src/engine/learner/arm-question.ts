// A decision about an arm, and what it is based on.
import type { ProjectId, RunId, WorkOrderId } from '../../domain/ids.ts';
import { type Arm, armName } from '../../domain/learning/arm-name.ts';
import type { Expected } from '../../domain/learning/expect-arm.ts';
import type { LearningMode } from '../../domain/learning/learning-mode.ts';

export interface OfferedArm extends Arm {
  /** Dollars of an average try by the price list; null: its price is unknown. */
  costHintUsd: number | null;
  priceVersion: string;
}

export interface ArmQuestion {
  workOrderId: WorkOrderId;
  projectId: ProjectId;
  runId: RunId;
  mode: Exclude<LearningMode, 'off'>;
  /** The arms that limits, settings and people allow. The static rule takes the first. */
  offer: readonly [OfferedArm, ...OfferedArm[]];
  /** All configured agents and models; absent: removed arms are not looked for. */
  configured?: { agents: readonly string[]; models: readonly string[] };
  /** True if a person has chosen the arm, so the static arm is used. */
  isFixed: boolean;
  /** For such work, no arm gets its first trials, and none is explored. */
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
  policy: 'learned' | 'static' | 'fixed';
  isHeldOut: boolean;
  /** The arm that is used; null: none, a person is asked. */
  arm: OfferedArm | null;
  /** What the learned policy chose; null: to stop. */
  learnedArm: string | null;
  /** The learned policy's probabilities, for each available arm and for stopping. */
  propensities: Readonly<Record<string, number>>;
  /** For each available arm, by its name. */
  expected: ReadonlyMap<string, Expected>;
  /** The experiment that the project runs; null: none, or it does not concern this choice. */
  experimentId: string | null;
  /** The policy that chooses in this experiment; null: the work order is not part of it. */
  side: 'a' | 'b' | null;
  /** The actual chance of each arm, with the assignment taken into account; null: no experiment. */
  acted: Readonly<Record<string, number>> | null;
  /** The reason, in one sentence for a person. */
  because: string;
}

export const nameOf = (arm: Arm): string => armName(arm);

/** An arm for a person: `p/model with codex`, or `p/model with codex at effort high`. */
export const armText = ({ model, agent, effort }: Arm): string =>
  `${model} with ${agent}${effort === undefined ? '' : ` at effort ${effort}`}`;
