// Counts results that a task runner took from a cache or found up to date, so that nothing ran (R-GREEN-6). Go and Bazel
// say it of their tests: `read-go.ts` and `read-summaries.ts` read that. Pure.

interface CacheWords {
  tool: string;
  /** Each match is one task. */
  line?: RegExp;
  /** Where tests have run, only these matches count: others build what the tests need. */
  besideTests?: RegExp;
  /** The first group is the number of tasks. */
  total?: RegExp;
}

const words: readonly CacheWords[] = [
  {
    tool: 'turbo',
    line: /\bcache hit(?: \([^)]*\))?, (?:replaying|suppressing) logs\b/g,
    total: /^ *Cached: +(\d+) cached, \d+ total/gm,
  },
  {
    tool: 'nx',
    line: /\[(?:existing outputs match the cache, left as is|local cache|remote cache)\]/g,
    total: /\bread the output from the cache instead of running the command for (\d+) out of \d+ tasks/g,
  },
  {
    tool: 'gradle',
    line: /^> Task :(?:[\w.-]+:)*\w*[tT]est\w* (?:UP-TO-DATE|FROM-CACHE)$/gm,
  },
  {
    tool: 'make',
    line: /^g?make(?:\[\d+\])?: (?:[`'].+' is up to date\.|Nothing to be done for [`'].+'\.)$/gm,
    besideTests: /^g?make(?:\[\d+\])?: .*[`'].*(?:test|spec|check|verif|unit|integration|e2e).*'/i,
  },
  { tool: 'wireit', line: /^✅ \[[^\]]+\] (?:Already fresh|Restored from cache|Was already fresh)/gm },
];

export interface CachedTasks {
  tool: string;
  count: number;
}

export function readCaches(text: string, { hasTests }: { hasTests: boolean }): CachedTasks[] {
  return words.flatMap(({ tool, line, besideTests, total }) => {
    const found = line === undefined ? [] : [...text.matchAll(line)].map(([told]) => told);
    const lines = found.filter((told) => !hasTests || !besideTests || told.search(besideTests) >= 0).length;
    const totals = total === undefined ? [] : [...text.matchAll(total)];
    const told = totals.reduce((sum, [, count]) => sum + Number(count), 0);
    const count = Math.max(lines, told);
    return count > 0 ? [{ tool, count }] : [];
  });
}
