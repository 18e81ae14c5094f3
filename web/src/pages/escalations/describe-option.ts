// Cost and success rate of an option in words, and which options need a confirmation.
import type { OptionCard } from '../../../../src/contract/contract.ts';
import { usd } from '../../parts/money.ts';

export function describeCost({ cost_usd: costUsd, kind }: OptionCard): string {
  if (costUsd === null) return kind === 'cancel' || kind === 'undo' ? 'no model cost' : 'cost unknown';
  return costUsd === 0 ? 'free' : `about ${usd(costUsd)}`;
}

/** Options that may fail; the others always succeed. */
const tries: ReadonlySet<string> = new Set(['retry', 'other_model', 'other_agent', 'refine', 'raise_limit']);

/** The server's chance is (successes + 1) / (cases + 2); this shows the counted cases instead. */
export function describeChance({ kind, chance, chance_of: cases }: OptionCard): string {
  if (chance === null || cases === 0) return tries.has(kind) ? 'not tried yet' : '';
  const worked = Math.min(cases, Math.max(0, Math.round(chance * (cases + 2) - 1)));
  return cases === 1 ? `worked ${worked} of 1 time` : `worked ${worked} of ${cases} times`;
}

export const isDestructive = ({ kind }: OptionCard) => kind === 'undo' || kind === 'cancel';
export const asksFirst = (option: OptionCard) =>
  isDestructive(option) || option.needs_note || option.risk === 'high';

/** Options that apply to one work order and cannot become standing answers. */
const neverAlways: ReadonlySet<string> = new Set([
  'raise_limit',
  'accept',
  'fix_by_hand',
  'take_left',
  'close',
  'other_base',
  'allow_secret',
  'accept_contract',
  'asked',
]);
export const canBeAlways = ({ kind }: OptionCard) => !neverAlways.has(kind);

/** Recommended option first, then the server's order. */
export function inOrder(options: readonly OptionCard[]): OptionCard[] {
  return [...options].sort((a, b) => Number(b.is_recommended) - Number(a.is_recommended));
}
