// What an option costs, risks and promises, in words; which of them ask once more before they are taken.
import type { OptionCard } from '../../../../src/api/contract.ts';
import { usd } from '../../parts/money.ts';

export function tellCost({ cost_usd: costUsd, kind }: OptionCard): string {
  if (costUsd === null) return kind === 'cancel' || kind === 'undo' ? 'no model is called' : 'cost unknown';
  return costUsd === 0 ? 'costs nothing' : `about ${usd(costUsd)}`;
}

/** Those that may come to nothing; the others do what they say. */
const tries: ReadonlySet<string> = new Set(['retry', 'other_model', 'other_agent', 'refine', 'raise_limit']);

/** The server's chance is (successes + 1) / (cases + 2): its cases are told, as people count them. */
export function tellChance({ kind, chance, chance_of: cases }: OptionCard): string {
  if (chance === null || cases === 0) return tries.has(kind) ? 'not tried yet' : '';
  const worked = Math.min(cases, Math.max(0, Math.round(chance * (cases + 2) - 1)));
  return cases === 1 ? `worked ${worked} of 1 time` : `worked ${worked} of ${cases} times`;
}

export const isDestructive = ({ kind }: OptionCard) => kind === 'undo' || kind === 'cancel';
export const asksFirst = (option: OptionCard) =>
  isDestructive(option) || option.needs_note || option.risk === 'high';

/** Decided for one work order at a time, and so never for good. */
const neverAlways: ReadonlySet<string> = new Set(['raise_limit', 'accept', 'fix_by_hand']);
export const canBeAlways = ({ kind }: OptionCard) => !neverAlways.has(kind);

/** The recommended one first, else as they came. */
export function inOrder(options: readonly OptionCard[]): OptionCard[] {
  return [...options].sort((a, b) => Number(b.is_recommended) - Number(a.is_recommended));
}
