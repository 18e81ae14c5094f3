// Removes what the tests themselves printed, as their runner quotes it: it says nothing about the cause of the failure.

interface Quote {
  starts: RegExp;
  /** Matches the first line after the quote. */
  ends: RegExp;
}

/** The lines that each runner puts around the output of a test. */
const quotes: readonly Quote[] = [
  // pytest
  { starts: /^-{3,} ?Captured (?:stdout|stderr|log) /, ends: /^(?:-{3,} |={3,} |_{3,} )/ },
  // vitest
  { starts: /^(?:stderr|stdout) \| \S/, ends: /^\s*$/ },
  // jest
  { starts: /^ {2}console\.(?:log|error|warn|info|debug|trace)$/, ends: /^ {0,2}\S/ },
  // cargo test: up to the panic message, which belongs to the test's result
  { starts: /^---- \S.* stdout ----$/, ends: /^(?:thread '|Error: |----|failures:|note: )/ },
  // surefire, gradle
  { starts: /^\S+ > \S.* STANDARD_(?:OUT|ERROR)$/, ends: /^\S/ },
];

const firstWords =
  /Captured std|Captured log|stdout ----|stderr \| |stdout \| | {2}console\.|STANDARD_|'\d{3}': '|errorCodes|statusCodes/;

/** Printed error objects of HTTP clients contain tables of statuses and of retryable codes. */
const isTableRow = (line: string) =>
  /^\s*(?:'\d{3}': '|'E[A-Z_]{3,20}',?|(?:error|status)Codes: )/.test(line);

/** A reporter prints `▶ cart` at the start of a group, and `✖ cart` at its end if a test in it failed. */
function withoutFailedHeadings(text: string): string {
  const opened = new Set(
    [...text.matchAll(/^\s{0,20}▶ (.{1,250}?)(?: \([\d.]{1,20}ms\))?$/gm)].map(([, title]) => title),
  );
  if (opened.size === 0) return text;
  return text.replace(/^\s{0,20}✖ (.{1,250}?)(?: \([\d.]{1,20}ms\))?$/gm, (line, title: string) =>
    opened.has(title) ? '' : line,
  );
}

/** In TAP, a group with a failed test is reported after its tests, as failed with `subtestsFailed`. */
function withoutFailedGroups(text: string): string {
  if (!text.includes("failureType: 'subtestsFailed'")) return text;
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (!line.includes("failureType: 'subtestsFailed'")) continue;
    for (let back = index - 1; back >= Math.max(0, index - groupHeadLinesMax); back -= 1) {
      if (!/^\s*not ok \d/.test(lines[back] ?? '')) continue;
      lines[back] = '';
      break;
    }
  }
  return lines.join('\n');
}

const groupHeadLinesMax = 8;

/** Removes the lines of source that Python prints below a frame, and pytest around a failed line. */
function withoutPythonSource(text: string): string {
  if (!text.includes('File "') && !text.includes('= FAILURES =')) return text;
  let frameIndent = -1;
  let isPytest = false;
  return text
    .split('\n')
    .map((line) => {
      const isSource =
        (frameIndent >= 0 && indentOf(line) > frameIndent) || (isPytest && /^(?:>|\s{4})\s{2,}\S/.test(line));
      frameIndent = /^\s*File "[^"]{1,300}", line \d{1,7}, in /.test(line) ? indentOf(line) : -1;
      if (/^={3,} (?:FAILURES|ERRORS) ={3,}$/.test(line)) isPytest = true;
      else if (/^={3,} /.test(line)) isPytest = false;
      return isSource ? '' : line;
    })
    .join('\n');
}

function indentOf(line: string): number {
  const at = line.search(/\S/);
  return at === -1 ? 0 : at;
}

export function withoutQuotes(whole: string): string {
  const text = withoutPythonSource(
    withoutFailedGroups(whole.includes('▶ ') ? withoutFailedHeadings(whole) : whole),
  );
  if (!firstWords.test(text)) return text;
  let quote: Quote | undefined;
  const kept = text.split('\n').map((line) => {
    if (quote?.ends.test(line)) quote = undefined;
    if (!quote && isTableRow(line)) return '';
    if (!quote) {
      quote = quotes.find(({ starts }) => starts.test(line));
      return quote ? '' : line;
    }
    return '';
  });
  return kept.join('\n');
}

/**
 * Whether a line is source code quoted below a diagnostic, such as `  12 | code` or `> 12 | code`. It scans without a
 * pattern, because lines can be long.
 */
export function isCodeFrame(line: string): boolean {
  let at = 0;
  const skipBlanks = () => {
    while (at < line.length && (line[at] === ' ' || line[at] === '\t')) at += 1;
  };
  skipBlanks();
  if (line[at] === '>' || line[at] === '→' || line[at] === '❱') at += 1;
  skipBlanks();
  const digitsAt = at;
  while (at < line.length && at - digitsAt < 7 && line.charCodeAt(at) >= 48 && line.charCodeAt(at) <= 57)
    at += 1;
  if (at === digitsAt) return false;
  skipBlanks();
  // Not code: a table of findings has its severities in this column.
  if (line.startsWith('| ERROR', at) || line.startsWith('| WARNING', at)) return false;
  return line[at] === '|' || line[at] === '│' || line[at] === '┃';
}
