// The option that applies when nobody answers in time: none, unless a person enabled defaults. Pure.
import type { OptionKind } from '../../domain/escalation.ts';
import type { Escalation, OptionDraft } from '../../store/failures/escalations.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import { automaticKinds } from './automatic.ts';

/** The kinds of options that a default may take: they neither end the work nor do anything irreversible. */
const kinds: readonly OptionKind[] = automaticKinds.filter((kind) => kind !== 'undo' && kind !== 'cancel');

export function defaultFor(
  options: readonly OptionDraft[],
  recommended: string,
  { defaultAfterMs, defaultCostNanoUsdMax }: EngineSettings['escalation'],
  now: Date,
): Pick<Escalation, 'defaultOption' | 'defaultAt'> {
  const none = { defaultOption: null, defaultAt: null };
  if (defaultAfterMs === null) return none;
  const fits = options.filter((option) => isDefault(option, defaultCostNanoUsdMax));
  const chosen = fits.find(({ id }) => id === recommended) ?? fits[0];
  if (!chosen) return none;
  return { defaultOption: chosen.id, defaultAt: new Date(now.getTime() + defaultAfterMs) };
}

/** An option of unknown cost may cost any amount, so it cannot be the default. */
function isDefault({ kind, needsNote, risk, costNanoUsd }: OptionDraft, costNanoUsdMax: bigint): boolean {
  if (!kinds.includes(kind) || needsNote || risk === 'high' || costNanoUsd === null) return false;
  return BigInt(costNanoUsd) <= costNanoUsdMax;
}
