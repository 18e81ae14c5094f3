// Counts results that a task runner took from a cache or found up to date, so that nothing ran (R-GREEN-6). Go and Bazel
// say it of their tests: `read-go.ts` and `read-summaries.ts` read that. Pure.

interface CacheWords {
  tool: string;
  /** Each match is one task. */
  line?: RegExp;
  /** Only if the name of the task speaks of a check, where tests have run too: what they need may be up to date. */
  isOfChecks?: RegExp;
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
    isOfChecks: /[`'](?:[^'\n]*[/_.-])?(?:test|check|spec|verif|lint|ci\b)/i,
  },
  { tool: 'wireit', line: /^✅ \[[^\]]+\] (?:Already fresh|Restored from cache|Was already fresh)/gm },
];

export interface CachedTasks {
  tool: string;
  count: number;
}

/** @param haveTestsRun whether the output tells of tests that ran */
export function readCaches(text: string, haveTestsRun: boolean): CachedTasks[] {
  return words.flatMap(({ tool, line, isOfChecks, total }) => {
    const found = line === undefined ? [] : [...text.matchAll(line)];
    const lines = found.filter(
      ([each]) => !haveTestsRun || isOfChecks === undefined || isOfChecks.test(each),
    ).length;
    const totals = total === undefined ? [] : [...text.matchAll(total)];
    const told = totals.reduce((sum, [, count]) => sum + Number(count), 0);
    const count = Math.max(lines, told);
    return count > 0 ? [{ tool, count }] : [];
  });
}
