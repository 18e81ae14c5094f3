// What each policy would choose for a try, and which of them chooses in an experiment (R-LRN-5).
import { stopping } from '../../domain/learning/decide.ts';
import { isNamed, type PolicySpec, readPolicy } from '../../domain/learning/policy-spec.ts';
import type { Query } from '../../store/database.ts';
import {
  experimentById,
  type PolicyExperiment,
  runningExperiment,
  spentBy,
} from '../../store/work/learning/experiments.ts';
import { type ArmChoice, type ArmQuestion, nameOf, type OfferedArm } from './arm-question.ts';
import { shareOf } from './share-of.ts';

/** An experiment, as far as one choice needs it. */
export interface Assignment {
  experimentId: string;
  shareOfA: number;
  policies: Readonly<Record<'a' | 'b', PolicySpec>>;
  texts: Readonly<Record<'a' | 'b', string>>;
  side: 'a' | 'b' | null;
}

/** What is known of a try, whoever chooses. */
export interface Ground {
  question: ArmQuestion;
  /** The names of the arms that may be chosen now. */
  allowed: readonly string[];
  /** The names of the arms that have failed on this work order. */
  failed: readonly string[];
  learned: { arm: OfferedArm | null; propensities: Readonly<Record<string, number>> };
}

export type Acting = Pick<ArmChoice, 'policy' | 'arm'> & {
  /** Of each arm, or of stopping, by this policy. */
  chances: Readonly<Record<string, number>>;
};

/**
 * The experiment that a work order belongs to, and its side there. Both were decided with its first arm, and
 * stay as they are even if the experiment has ended. A work order whose first arm was chosen before an
 * experiment is not part of it.
 */
export async function assignmentOf(
  query: Query,
  { projectId, workOrderId, isFixed }: ArmQuestion,
  {
    last,
    isHeldOut,
  }: { last: { experimentId: string | null; side: 'a' | 'b' | null } | undefined; isHeldOut: boolean },
): Promise<Assignment | null> {
  if (last) {
    const kept = last.experimentId === null ? undefined : await experimentById(query, last.experimentId);
    return kept ? assigned(kept, last.side) : null;
  }
  const running = await runningExperiment(query, projectId);
  if (!running || (await spentBy(query, running.id)).spentNanoUsd >= running.capNanoUsd) return null;
  const isPart = !isHeldOut && !isFixed;
  return assigned(running, isPart ? sideOf(running, workOrderId) : null);
}

const sideOf = ({ id, shareOfA }: PolicyExperiment, workOrderId: string) =>
  shareOf(`experiment ${id} ${workOrderId}`) < shareOfA ? 'a' : 'b';

function assigned(row: PolicyExperiment, side: 'a' | 'b' | null): Assignment | null {
  const [a, b] = [readPolicy(row.policyA), readPolicy(row.policyB)];
  if (!a || !b) return null;
  const texts = { a: row.policyA, b: row.policyB };
  return { experimentId: row.id, shareOfA: row.shareOfA, policies: { a, b }, texts, side };
}

/** A policy that cannot choose leaves the try to the static rule. */
export function actBy(spec: PolicySpec, ground: Ground): Acting {
  if (spec.policy === 'learned') return learnedActs(ground);
  return spec.policy === 'fixed' ? planActs(spec.plan, ground) : staticActs(ground);
}

function staticActs({ question: { offer } }: Ground): Acting {
  return { policy: 'static', arm: offer[0], chances: { [nameOf(offer[0])]: 1 } };
}

function learnedActs(ground: Ground): Acting {
  const { question, allowed, learned } = ground;
  if (allowed.length === 0 || (learned.arm === null && !question.mayDecline)) return staticActs(ground);
  return { policy: 'learned', arm: learned.arm, chances: learned.propensities };
}

/** Unavailable arms are skipped. At the end of the plan, a person is asked. */
function planActs(plan: readonly string[], ground: Ground): Acting {
  const { question, allowed, failed } = ground;
  const left = plan.filter((wanted) => !failed.some((arm) => isNamed(arm, wanted)));
  const usable = question.offer.filter((each) => allowed.includes(nameOf(each)));
  for (const wanted of left) {
    const arm = usable.find((each) => isNamed(nameOf(each), wanted));
    if (arm) return { policy: 'fixed', arm, chances: { [nameOf(arm)]: 1 } };
  }
  if (failed.length > 0 && question.mayDecline)
    return { policy: 'fixed', arm: null, chances: { [stopping]: 1 } };
  return staticActs(ground);
}

/** The chances before the work order was assigned to anybody. */
export function mixed(parts: ReadonlyArray<readonly [number, Acting]>): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [share, { chances }] of parts)
    for (const [arm, chance] of Object.entries(chances)) sums[arm] = (sums[arm] ?? 0) + share * chance;
  return sums;
}
