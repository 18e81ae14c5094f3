// Which settings only a person may loosen: what the Director approves without a person, and the words about which a person
// always decides (R-ESC-4).
import { type DirectorName, isLooser } from '../../domain/limits/director-limits.ts';
import { hardStopWordsKey } from '../policy/assessment-policy.ts';
import { directorKeys } from '../policy/settings/director.ts';

export function isRiskyChange(key: string, now: unknown, next: unknown): boolean {
  if (key === hardStopWordsKey) return isWeaker(wordsIn(now), wordsIn(next));
  if (!key.startsWith(directorKeys)) return false;
  const name = key.slice(directorKeys.length) as DirectorName;
  return isLooser(name, now as string | number, next as string | number);
}

/** Removes a built-in word, or one that was added. */
function isWeaker(now: readonly string[], next: readonly string[]): boolean {
  return (
    next.some((word) => word.startsWith('-') && !now.includes(word)) ||
    now.some((word) => !word.startsWith('-') && !next.includes(word))
  );
}

const wordsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((word) => typeof word === 'string') : [];
