// The addresses that git uses for a remote, after `url.*.insteadOf` and `url.*.pushInsteadOf` (git-config(1)).
import type { ConfigEntry } from '../sessions/plain-config.ts';

/** The first address for each direction. Without an address, git takes the name for one. */
export function addressesOf(entries: readonly ConfigEntry[], name: string): { url: string; pushUrl: string } {
  const urls = valuesOf(entries, `remote.${name}.url`);
  const given = urls.length === 0 ? [name] : urls;
  const own = valuesOf(entries, `remote.${name}.pushurl`);
  const byRule = given.flatMap((each) => rewrittenBy(entries, 'pushInsteadOf', each)?.url ?? []);
  const url = replaced(entries, given[0] ?? name);
  const pushUrl = own[0] === undefined ? (byRule[0] ?? url) : replaced(entries, own[0]);
  return { url, pushUrl };
}

const replaced = (entries: readonly ConfigEntry[], url: string) =>
  rewrittenBy(entries, 'insteadOf', url)?.url ?? url;

/** An empty value removes those before it. */
function valuesOf(entries: readonly ConfigEntry[], key: string): string[] {
  const values = entries.filter((each) => each.key === key).map(({ value }) => value ?? '');
  return values.slice(values.lastIndexOf('') + 1);
}

/** What the rule with the longest matching beginning makes of an address; null if there is none. */
export function rewrittenBy(
  entries: readonly ConfigEntry[],
  kind: 'insteadOf' | 'pushInsteadOf',
  url: string,
): { rule: string; url: string } | null {
  const matching = entries.flatMap(({ key, value }) => {
    const base = /^url\.(.*)\.([^.]+)$/s.exec(key);
    const isRule = base?.[2] === kind.toLowerCase() && value !== null && value !== '';
    return isRule && url.startsWith(value) ? [{ base: base?.[1] ?? '', value }] : [];
  });
  const longest = matching.sort((one, other) => other.value.length - one.value.length)[0];
  if (longest === undefined) return null;
  const { base, value } = longest;
  return { rule: `url.${base}.${kind}`, url: base + url.slice(value.length) };
}
