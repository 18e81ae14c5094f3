// Results from caches, and how each tool is asked to run again without them (R-GREEN-6). A result from a cache may be that
// of another change. Pure.
import type { Finding } from '../domain/work-order/finding.ts';

interface CacheSwitch {
  /** As it is named in what it prints: `readCaches`, `readGo` and `readBazel` tell its results from a cache. */
  tool: string;
  variable: string;
  /** The value for a command that has this one already. */
  value(given: string): string;
}

const set = (value: string) => () => value;
const added = (option: string) => (given: string) => [given, option].filter(Boolean).join(' ');

/**
 * Tools that have no such variable keep their results beside the files (make, wireit, ctest) or by the path of the checkout
 * (Bazel): they find none in a new checkout.
 */
export const cacheSwitches: readonly CacheSwitch[] = [
  { tool: 'turbo', variable: 'TURBO_FORCE', value: set('true') },
  { tool: 'nx', variable: 'NX_SKIP_NX_CACHE', value: set('true') },
  // Results of compilation stay in the cache of Go: only those of tests are dropped.
  { tool: 'go test', variable: 'GOFLAGS', value: added('-count=1') },
  { tool: 'gradle', variable: 'GRADLE_OPTS', value: added('-Dorg.gradle.caching=false') },
  { tool: 'wireit', variable: 'WIREIT_CACHE', value: set('none') },
];

/** @param given the variables that the check gets without this */
export function withoutCaches(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    cacheSwitches.map(({ variable, value }) => [variable, value(given[variable] ?? '')]),
  );
}

const namedMax = 20;

/** The check passed with results from a cache, and fails without them. */
export function greenOnlyFromCache(
  command: string,
  failed: ReadonlyArray<{ file: string | null; name: string }>,
): Finding {
  const names = failed.slice(0, namedMax).map(({ file, name }) => (file ? `${file} > ${name}` : name));
  return {
    weight: 'refuses',
    kind: 'from_cache',
    text: `\`${command}\` passed with results from a cache, and fails without them${names.length > 0 ? `: ${names.join('; ')}` : ''}.`,
    files: [...new Set(failed.flatMap(({ file }) => file ?? []))],
    tests: failed.map(({ name }) => name),
  };
}
