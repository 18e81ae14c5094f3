// Describes an option's cost, risk and chance of success in a few words; unknown values are called unknown.

import { formatUsd } from '../domain/money.ts';
import type { EscalationOption } from '../domain/people/escalation.ts';

export function optionWords(option: EscalationOption): string {
  const cost =
    option.costNanoUsd === null ? 'cost unknown' : `about ${formatUsd(BigInt(option.costNanoUsd))}`;
  const chance =
    option.chance === null || option.chanceOf === 0
      ? 'no history'
      : `${Math.round(option.chance * 100)} % likely (${option.chanceOf} ${option.chanceOf === 1 ? 'case' : 'cases'})`;
  return `${cost} · ${option.risk} risk · ${chance}`;
}
