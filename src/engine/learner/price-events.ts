// Events that the learner needs before it can choose: unknown arms, and changed prices.
import { readArmName } from '../../domain/learning/arm-name.ts';
import type { LearnerEvent, LearnerRecord } from '../../domain/learning/learner-record.ts';
import { nameOf, type OfferedArm } from './arm-question.ts';

type PriceEvent = Extract<LearnerEvent, { event: 'arm' | 'price' }>;

export function priceEvents(record: LearnerRecord, offer: readonly OfferedArm[]): PriceEvent[] {
  return offer.flatMap((each): PriceEvent[] => {
    const arm = nameOf(each);
    const { priceVersion, costHintUsd } = each;
    const known = record.learner.arms.find((one) => one.arm === arm);
    if (!known) {
      const parent = parentOf(record, each);
      return [
        {
          event: 'arm',
          arm,
          priceVersion,
          costHint: costHintUsd,
          ...(parent === undefined ? {} : { parent }),
        },
      ];
    }
    if (record.prices[arm] === priceVersion) return [];
    const factor = (costHintUsd ?? 0) / (known.costHint ?? 0);
    return [
      { event: 'price', arm, priceVersion, factor: Number.isFinite(factor) && factor > 0 ? factor : 1 },
    ];
  });
}

/**
 * The arm whose record a new one inherits: with the same agent, model and effort, and else one that differs in its effort
 * too.
 */
function parentOf({ learner }: LearnerRecord, offered: OfferedArm): string | undefined {
  const like = learner.arms.filter(({ arm }) => {
    const { agent, model } = readArmName(arm);
    return agent === offered.agent && model === offered.model;
  });
  const same = like.findLast(({ arm }) => readArmName(arm).effort === offered.effort);
  return (same ?? like.at(-1))?.arm;
}
