// How many tests failed, by the last words of a runner that also wrote a report: code in its process can rewrite the
// report, and comes too early to rewrite what the runner prints last. Pure.
import { numberIn } from './printed-run.ts';

interface LastWords {
  /** Each match ends one run. */
  line: RegExp;
  failed: readonly RegExp[];
}

const lastWords: Readonly<Record<string, LastWords>> = {
  'node:test': { line: /^[ℹ#] fail \d+$/gm, failed: [/fail (\d+)/] },
  vitest: { line: /^ {6}Tests {2}.* \(\d+\)$/gm, failed: [/(?<!expected )(\d+) failed/] },
  jest: { line: /^Tests: {7}.*\d+ total$/gm, failed: [/(\d+) failed/] },
  mocha: {
    line: /^ +\d+ passing \(.*\)\n(?: +\d+ pending\n)?(?: +\d+ failing$)?/gm,
    failed: [/(\d+) failing/],
  },
  pytest: { line: /^(?:=+ )?\d+ [a-z].* in [\d.]+s\b.*$/gm, failed: [/(\d+) failed/, /(\d+) errors?/] },
  unittest: {
    line: /^(?:OK|FAILED)(?: \([\w ,=]*\))?$/gm,
    failed: [/(?<!expected )failures=(\d+)/, /errors=(\d+)/],
  },
};

/** 0 for a runner whose words are not known. */
export function printedFailures(runner: string, text: string): number {
  const words = lastWords[runner];
  const last = words === undefined ? undefined : [...text.matchAll(words.line)].at(-1)?.[0];
  if (words === undefined || last === undefined) return 0;
  return words.failed.reduce((sum, pattern) => sum + numberIn(last, pattern), 0);
}
