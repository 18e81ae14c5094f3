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

/** For an arm that differs only in its prompt: the arm whose record the new version inherits. */
function parentOf({ learner }: LearnerRecord, offered: OfferedArm): string | undefined {
  return learner.arms.findLast(({ arm }) => {
    const { agent, model } = readArmName(arm);
    return agent === offered.agent && model === offered.model;
  })?.arm;
}
