// Which option of a question has the highest expected value: chance × worth − cost − the person's effort. Pure.
import type { Fault } from '../../domain/fault.ts';
import { type OptionKind, type Risk, risks } from '../../domain/people/escalation.ts';
import type { OptionDraft } from '../../store/failures/escalations.ts';

/** A finished change is worth ten times what Moose reserved for one run of it; if that is unknown, a dollar. */
const worthOfEnvelopes = 10n;
const worthNanoUsdDefault = 1_000_000_000n;

/**
 * The assumed success rate of an option without history. It only affects the order of options: people see the history,
 * or that there is none.
 */
const expected: Readonly<Record<Fault, Partial<Record<OptionKind, number>>>> = {
  work: {
    refine: 0.6,
    other_model: 0.45,
    other_agent: 0.35,
    take_left: 0.6,
    allow_secret: 0.2,
    accept_contract: 0.2,
    asked: 0.3,
    retry: 0.15,
  },
  passing: { retry: 0.7, other_model: 0.55, other_agent: 0.4, take_left: 0.4, refine: 0.2 },
  provider: { retry: 0.3, other_model: 0.6, other_agent: 0.3, refine: 0.1 },
  setting: { retry: 0.7, other_model: 0.4, other_agent: 0.5, refine: 0.1 },
  money: { raise_limit: 0.7, other_model: 0.4, retry: 0.35, refine: 0.2 },
  time: { raise_limit: 0.6, refine: 0.4, take_left: 0.3, other_model: 0.35, other_agent: 0.3, retry: 0.2 },
};
/** For these options, the chance of success does not depend on the failure. */
const certain: Partial<Record<OptionKind, number>> = {
  fix_by_hand: 0.9,
  accept: 1,
  close: 1,
  other_base: 0.9,
};

/** The share of the worth that remains: someone has to fix a change with failing checks later. */
const shareOfWorth: Partial<Record<OptionKind, number>> = {
  accept: 0.3,
  close: 0.3,
  undo: 0,
  cancel: 0,
  wait: 0.5,
};
/** How much of a person's time an option takes, as a share of the worth. */
const effort: Partial<Record<OptionKind, number>> = {
  refine: 0.1,
  raise_limit: 0.05,
  accept: 0.1,
  close: 0.1,
  take_left: 0.05,
  fix_by_hand: 0.7,
};

function expectedValueNanoUsd(option: OptionDraft, fault: Fault, envelopeNanoUsd: bigint | null): number {
  const worth = Number(envelopeNanoUsd === null ? worthNanoUsdDefault : envelopeNanoUsd * worthOfEnvelopes);
  const { kind, chance, costNanoUsd } = option;
  const likely = chance ?? certain[kind] ?? expected[fault][kind] ?? 0;
  const cost = costNanoUsd === null ? Number(envelopeNanoUsd ?? 0n) : Number(costNanoUsd);
  return worth * (likely * (shareOfWorth[kind] ?? 1) - (effort[kind] ?? 0)) - cost;
}

/** Best option first. The sort is stable: equal options keep their order. */
export function ranked<Option extends OptionDraft>(
  options: readonly Option[],
  fault: Fault,
  envelopeNanoUsd: bigint | null,
): Option[] {
  const value = (option: Option) => expectedValueNanoUsd(option, fault, envelopeNanoUsd);
  const danger = (risk: Risk) => risks.indexOf(risk);
  return [...options].sort((a, b) => value(b) - value(a) || danger(a.risk) - danger(b.risk));
}
