// What an option costs, risks and promises, in a few words; what nobody knows is said to be unknown.
import type { EscalationOption } from '../domain/escalation.ts';
import { formatUsd } from '../domain/money.ts';

export function optionWords(option: EscalationOption): string {
  const cost =
    option.costNanoUsd === null ? 'cost unknown' : `about ${formatUsd(BigInt(option.costNanoUsd))}`;
  const chance =
    option.chance === null || option.chanceOf === 0
      ? 'no history'
      : `${Math.round(option.chance * 100)} % likely (${option.chanceOf} ${option.chanceOf === 1 ? 'case' : 'cases'})`;
  return `${cost} · ${option.risk} risk · ${chance}`;
}
