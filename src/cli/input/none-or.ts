// The word that a person types to remove a setting, instead of its values.
import { cliFailures } from '../failure-catalogue.ts';

export const nothing = 'none';

/** Null for "none". @throws PermanentError `OPTION_CONTRADICTORY` if more is named beside it */
export function noneOr(
  flag: string,
  given: readonly string[],
  none: string = nothing,
): readonly string[] | null {
  if (!given.includes(none)) return given;
  if (given.length === 1) return null;
  throw cliFailures.OPTION_CONTRADICTORY('read options', { flag, givenCount: given.length, none });
}
