// Finds the code of a rule or error beside a diagnostic, in formats that many tools share. Used only if no rule has
// read a code.

/** Patterns that are tried on the line with the diagnostic's position and on the lines next to it. */
const besideAPlace: readonly RegExp[] = [
  /^::(?:error|warning|notice) .{0,300}?::(?:\S{1,200}: )?\[?(?<code>[A-Z]{1,6}\d{2,6}|[A-Z]\w{2,40}\/[A-Z]\w{2,60})\b/,
  /^::(?:error|warning|notice) .{0,300}?\btitle=(?:[\w ]{1,40}\()?(?<code>[A-Z]{1,6}\d{2,6}|@?[a-z]\w{0,40}(?:[-/]\w{1,60}){1,6})\)?(?:,|::)/,
  /:\d{1,6}:\d{1,5}: (?:\[?[A-Z]\]?:? )?(?:\[Correctable\] )?(?<code>[A-Z]\w{2,40}(?:\/[A-Z]\w{2,60}){1,2}): /,
  /\b(?:error|warning|Error|ERROR)\[(?<code>[\w.-]{2,40})\]/,
  /\b(?:error|warning|Error|ERROR|info|fatal)[ :]{1,2}\[?(?<code>[A-Z]{1,8}-?\d{2,6}|ts\(\d{4}\))\b/,
  /^\s{0,12}\[?(?<code>[A-Z]{1,6}\d{2,5})\]?:?\s/,
  /^\s{0,12}\d{1,6}: (?<code>[A-Z]{1,4}\d{1,5}) /,
  /\| (?<code>[A-Z]{1,4}\d{2,4}) \|/,
  / (?<code>[A-Z]{2,4}(?:_[A-Z]{1,20}){2,10})\b/,
  /-- \[(?<code>E\d{3})\] /,
  /\[(?<code>@?[a-z][\w-]{0,40}(?:[/:][\w@.-]{1,60}){0,4}|[A-Z]{1,6}\d{2,6}|[A-Z][a-z]+(?:[A-Z/][\w]{1,40}){1,8})\](?:\s|$)/,
  /\((?<code>@?[a-z][\w@.]{0,40}(?:[-_/:][\w@.]{1,60}){1,6}|[A-Z]{1,6}\d{2,6}|report[A-Z]\w{2,50}|[A-Z][a-z]+(?:[A-Z][a-z]+){1,6})\)\s{0,4}$/,
  / - (?<code>[a-z]{2,30}(?:_[a-z]{1,30}){1,8})$/,
  /^(?<code>[a-z][\w-]{1,40}\[[\w-]{1,40}\]): /,
  /🪪 {1,2}(?<code>[\w.]{3,60})/,
  /^\s{0,12}(?<code>[A-Z]{1,5}\d{3,5})\b/,
];
const anywhere: readonly RegExp[] = [
  /\((?:check|rule|code|ID): (?<code>[\w-]{3,60})[,)]/,
  /^(?:Check|Rule|rule|ID): (?<code>[A-Z][\w-]{2,40}\d)\b/,
  /\b(?<code>[A-Z]{2,6}_[A-Z]{2,12}_\d{1,4})\b/,
  /^(?:error|warning)\[(?<code>[\w.-]{2,40})\]/,
  /^\s{0,12}(?:error|warning|ERROR|Error)[:\s]{1,3}\[?(?<code>[A-Z]{1,8}-?\d{2,6})\b/,
  /^(?:error|warning)\s{1,4}\[(?<code>[a-z][\w-]{2,80})\]/,
  /\| (?<code>[A-Z]{1,4}\d{2,4}) \|/,
  /^--- failure (?<code>[a-z_]{3,60}): /,
  /^\s{0,12}\d{1,6}: (?<code>[A-Z]{1,4}\d{1,5}) /,
];
const neighbours = [0, 1, -1, 2, -2, -3] as const;

export function codeBeside(lines: readonly string[], place: number | undefined): string | undefined {
  if (place !== undefined) {
    for (const offset of neighbours) {
      const found = firstOf(besideAPlace, lines[place + offset] ?? '');
      if (found !== undefined) return found;
    }
  }
  for (const line of lines) {
    const found = firstOf(anywhere, line);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstOf(patterns: readonly RegExp[], line: string): string | undefined {
  for (const pattern of patterns) {
    const code = pattern.exec(line)?.groups?.code;
    if (code !== undefined && !isWord(code)) return code;
  }
  return undefined;
}

/** Words in brackets that are not codes. */
const words =
  /^(?:error|warning|info|note|debug|fatal|stdin|stdout|stderr|failed?|passed|ok|skip(?:ped)?|native code|[a-z]|.*\.(?:js|ts|py|go|java|rb|php))$/;

function isWord(code: string): boolean {
  return words.test(code);
}
