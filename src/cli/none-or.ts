// The word that a person types to remove a setting, instead of its values.
import { PermanentError } from '../domain/failure.ts';

export const nothing = 'none';

/** Null for "none". @throws PermanentError `OPTION_CONTRADICTORY` if more is named beside it */
export function noneOr(
  flag: string,
  given: readonly string[],
  none: string = nothing,
): readonly string[] | null {
  if (!given.includes(none)) return given;
  if (given.length === 1) return null;
  throw new PermanentError({
    code: 'OPTION_CONTRADICTORY',
    component: 'cli',
    operation: 'read options',
    message: `${flag} is given ${given.length} times, once with "${none}".`,
    advice: `Give either ${flag} ${none} alone, or the values without it.`,
  });
}
