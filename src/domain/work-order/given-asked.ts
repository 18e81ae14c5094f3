// What is given as `asked` with a submission: each member may be left out, and each list is short (R-GREEN-17).
import { type Asked, nothingAsked } from './asked.ts';

export type GivenAsked = { readonly [Member in keyof Asked]?: Asked[Member] | undefined };

export const askedLimits = {
  namesMax: 50,
  nameCharsMax: 300,
  /** In one path: each more multiplies the time to compare it. */
  starsMax: 4,
} as const;

/** A path with more stars than `starsMax` does not match; two in a row count as one. */
export const askedPathPattern = new RegExp(`^[^*]*(?:\\*{1,2}[^*]*){0,${askedLimits.starsMax}}$`);

/** All members, without spaces around names; undefined if nothing is asked, so that nothing is stored. */
export function askedOf(given: GivenAsked | null | undefined): Asked | undefined {
  const trimmed = (names: readonly string[] = []) => [...new Set(names.map((name) => name.trim()))];
  const asked: Asked = {
    tests: given?.tests ?? nothingAsked.tests,
    needs_test: given?.needs_test ?? nothingAsked.needs_test,
    skips: trimmed(given?.skips),
    removes: trimmed(given?.removes),
    configuration: trimmed(given?.configuration),
  };
  return askedTexts(asked).length === 0 ? undefined : asked;
}

/** Undefined if it can be stored. */
export function problemOfAsked(asked: Asked | undefined): string | undefined {
  const { namesMax, nameCharsMax, starsMax } = askedLimits;
  const { skips, removes, configuration } = asked ?? nothingAsked;
  const all = [...skips, ...removes, ...configuration];
  if ([skips, removes, configuration].some(({ length }) => length > namesMax))
    return `More than ${namesMax} names or paths are given at once.`;
  if (all.includes('')) return 'The name of what may be skipped, removed or changed is empty.';
  if (all.some((name) => name.includes('\0')))
    return 'The name of what may be skipped, removed or changed contains a NUL character.';
  const long = all.find((name) => name.length > nameCharsMax);
  if (long !== undefined) return `"${long.slice(0, 60)}…" is longer than ${nameCharsMax} characters.`;
  const starry = configuration.find((path) => !askedPathPattern.test(path));
  return starry === undefined ? undefined : `The path "${starry}" has more than ${starsMax} stars.`;
}

/** For people, one phrase for each member that asks for something. */
export function askedTexts({ tests, needs_test, skips, removes, configuration }: Asked): string[] {
  const listed = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${what} ${names.join(', ')}`];
  return [
    ...(tests === 'may_change' ? ['tests may demand less'] : []),
    ...(needs_test ? ['needs a test that fails without it'] : []),
    ...listed('may skip', skips),
    ...listed('removes', removes),
    ...listed('may change', configuration),
  ];
}
