// Takes out what a test under test printed: the runner quotes it, and its words accuse nobody.

interface Quote {
  starts: RegExp;
  /** The first line that is no longer quoted. */
  ends: RegExp;
}

/** What each runner puts around the output of a test. */
const quotes: readonly Quote[] = [
  // pytest
  { starts: /^-{3,} ?Captured (?:stdout|stderr|log) /, ends: /^(?:-{3,} |={3,} |_{3,} )/ },
  // vitest
  { starts: /^(?:stderr|stdout) \| \S/, ends: /^\s*$/ },
  // jest
  { starts: /^ {2}console\.(?:log|error|warn|info|debug|trace)$/, ends: /^ {0,2}\S/ },
  // cargo test: up to the panic, which is the test's own
  { starts: /^---- \S.* stdout ----$/, ends: /^(?:thread '|Error: |----|failures:|note: )/ },
  // surefire, gradle
  { starts: /^\S+ > \S.* STANDARD_(?:OUT|ERROR)$/, ends: /^\S/ },
];

const firstWords =
  /Captured std|Captured log|stdout ----|stderr \| |stdout \| | {2}console\.|STANDARD_|'\d{3}': '|errorCodes|statusCodes/;

/** Error objects of HTTP clients carry their tables of statuses and of retryable codes along. */
const isTableRow = (line: string) =>
  /^\s*(?:'\d{3}': '|'E[A-Z_]{3,20}',?|(?:error|status)Codes: )/.test(line);

/** A reporter opens a group with `▶ cart`, and ends it with `✖ cart` for what failed inside. */
function withoutFailedHeadings(text: string): string {
  const opened = new Set(
    [...text.matchAll(/^\s{0,20}▶ (.{1,250}?)(?: \([\d.]{1,20}ms\))?$/gm)].map(([, title]) => title),
  );
  if (opened.size === 0) return text;
  return text.replace(/^\s{0,20}✖ (.{1,250}?)(?: \([\d.]{1,20}ms\))?$/gm, (line, title: string) =>
    opened.has(title) ? '' : line,
  );
}

/** In TAP a group fails after its tests, and says of itself that it does so for them alone. */
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

/** Lines of source that Python shows under a frame, and pytest around a failed line. */
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

/** `  12 | code`, `> 12 | code`: the source, quoted under a diagnostic. A scan, not a pattern: lines can be long. */
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
  // A table of findings has its severities there.
  if (line.startsWith('| ERROR', at) || line.startsWith('| WARNING', at)) return false;
  return line[at] === '|' || line[at] === '│' || line[at] === '┃';
}
