// What a failed check reported, so that two runs of it can be compared: a diagnostic that moved to another line is the
// same one, another message of the same kind is not (R-PROJ-6). Pure; it takes linear time.
import type { Reported } from '../../domain/work-order/seen-failure.ts';
import { hasPlace } from '../match/loose-places.ts';
import { isCodeFrame, withoutQuotes } from './masked-text.ts';
import { plainText } from './plain-text.ts';

const lineCharsMax = 300;
const linesMax = 2_000;

/** `checkout` is where the check ran: its path is taken out of the lines. */
export function reportedIn(output: string, checkout: string): Reported {
  const text = withoutQuotes(plainText(output)).replaceAll(`${checkout}/`, '').replaceAll(checkout, '');
  const printed = text
    .split('\n')
    .map((line) => line.slice(0, lineCharsMax))
    .filter((line) => line.trim() !== '' && !isCodeFrame(line));
  const lines = printed.filter(isReport);
  return {
    // Without a line that looks like a report, whatever was printed is compared.
    lines: (lines.length > 0 ? lines : printed.filter((line) => countIn(line) === null))
      .slice(-linesMax)
      .map(withoutPosition),
    count: printed.reduce((sum, line) => sum + (countIn(line) ?? 0), 0),
  };
}

/** The lines of `seen` that `base` lacks; a line that is reported more often than before counts each time. */
export function freshLines(seen: Reported, base: Reported): string[] {
  const left = new Map<string, number>();
  for (const line of base.lines) left.set(line, (left.get(line) ?? 0) + 1);
  return seen.lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

const passed = /^\s*(?:✓|✔|√|ok\b|PASS(?:ED)?\b)/;
const words =
  /error|warn|fail|fatal|panic|exception|traceback|cannot|can't|could not|undefined|undeclared|unresolved|unknown|invalid|unexpected|missing|not found|no such|denied|refused|[✖✗✘×●]/i;
/** The name of a file on a line of its own, as formatters and linters print it. */
const fileAlone = /^\s{0,8}[\w@./+-]{1,250}\.[A-Za-z]\w{0,9}:?\s*$/;

function isReport(line: string): boolean {
  if (passed.test(line)) return false;
  if (hasPlace(line)) return true;
  return countIn(line) === null && (words.test(line) || fileAlone.test(line));
}

/** `3 problems (3 errors, 0 warnings)`, `Failures: 2`, `# fail 2` */
const counts =
  /(?<![\w.:])(\d{1,7}) (?:[a-z]{1,12} )?(?:errors?|problems?|warnings?|failed|failures?|failing|offen[sc]es?|violations?|issues?)\b|(?:\b[Ff]ailures|\b[Ee]rrors|\bFailed (?:Tests|Suites)|# fail):? {1,3}(\d{1,7})\b/g;

/** The sum of the numbers of failures that a line of a summary tells; null if it is none. */
function countIn(line: string): number | null {
  const found = [...line.matchAll(counts)];
  return found.length === 0
    ? null
    : found.reduce((sum, [, before, after]) => sum + Number(before ?? after), 0);
}

const varying: readonly RegExp[] = [
  // A time of the clock, a duration, an address in memory, an id.
  /\d{4}-\d\d-\d\d[T _]\d\d[\d:.,_-]{3,20}Z?/g,
  /\b\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?\b/g,
  /\b\d{1,9}(?:\.\d{1,9})? ?(?:ns|µs|us|ms|s|sec|seconds?|m|min|minutes?|h)\b/g,
  /\b0x[0-9a-f]{1,32}\b/gi,
  /\b(?=[0-9a-f-]{0,40}\d)[0-9a-f]{7,40}(?:-[0-9a-f]{2,20}){0,6}\b/gi,
  // The folder of one run; the rest is the path in it.
  /(?:\/private)?\/(?:var\/)?tmp\/[^/\s"']{1,80}/g,
  // A position in a file, and numbers that no message means: of processes, of ports, of bytes.
  /(?<=[\w)\]"'`]):\d{1,7}(?::\d{1,6})?(?:-\d{1,7}(?::\d{1,6})?)?/g,
  /[([]\d{1,7}(?:, ?\d{1,6})?[)\]]/g,
  /\b(?:line|lines|col|column|char|character|L|Zeile|ligne|línea|linea)[ :]{0,2}\d{1,7}(?:[-–]\d{1,7})?\b/gi,
  /^\s{0,12}\d{1,7}[:.]\d{1,6}\b/g,
  /(?<=\.[A-Za-z]\w{0,9}\s{1,8})\d{1,7}:(?:\d{1,6}\b)?/g,
  /(?<![\w.])\d{4,20}\b/g,
];

function withoutPosition(line: string): string {
  return varying
    .reduce((text, pattern) => text.replace(pattern, '#'), line.replace(counts, '#'))
    .replace(/\s+/g, ' ')
    .trim();
}
