// Inserts a replacement into a text with the text's own line endings.

import { toLf } from './find-text.ts';

export interface Span {
  start: number;
  end: number;
  /** True if the place was found only by ignoring line endings: then the replacement's own endings mean nothing. */
  isByEndings: boolean;
}

export function replaceSpan(text: string, span: Span, replacement: string): string {
  const ending = endingFor(text, span);
  const own = ending === null ? replacement : toLf(replacement).replaceAll('\n', ending);
  return text.slice(0, span.start) + own + text.slice(span.end);
}

/** Null to leave the replacement unchanged. */
function endingFor(text: string, { start, end, isByEndings }: Span): '\n' | '\r\n' | null {
  const { crlf, lf } = countEndings(text);
  if (crlf === 0 && lf === 0) return null;
  if (crlf === 0) return '\n';
  if (lf === 0) return '\r\n';
  if (!isByEndings) return null;
  const inSpan = countEndings(text.slice(start, end));
  return inSpan.crlf >= inSpan.lf ? '\r\n' : '\n';
}

function countEndings(text: string): { crlf: number; lf: number } {
  let crlf = 0;
  let lf = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    if (text[at - 1] === '\r') crlf += 1;
    else lf += 1;
  }
  return { crlf, lf };
}
