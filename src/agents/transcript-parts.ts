// Makes the parts of a transcript from what agents write, within limits.
import type { ToolAnswer, TranscriptPart, TranscriptReader } from '../domain/agents/transcript-part.ts';
import { type JsonEvent, parseJsonLine } from './json-lines.ts';

/** Enough to see what a command printed or a file contained; all of it stands in the session’s output. */
const textCharsMax = 20_000;

export function limited(text: string): string {
  if (text.length <= textCharsMax) return text;
  const half = textCharsMax / 2;
  const left = text.length - textCharsMax;
  return `${text.slice(0, half)}\n… ${left.toLocaleString('en')} characters left out …\n${text.slice(-half)}`;
}

/** For agents that write one JSON object per line. */
export function readEvents(read: (event: JsonEvent) => TranscriptPart[]): TranscriptReader {
  return (line) => {
    const event = parseJsonLine(line);
    if (event !== null) return read(event);
    return line.trim() === '' ? [] : [{ kind: 'printed', text: limited(line) }];
  };
}

export function said(text: unknown, { piece = false } = {}): TranscriptPart[] {
  return words('said', text, piece);
}

export function thought(text: unknown, { piece = false } = {}): TranscriptPart[] {
  return words('thought', text, piece);
}

function words(kind: 'said' | 'thought', text: unknown, piece: boolean): TranscriptPart[] {
  if (typeof text !== 'string' || (piece ? text === '' : text.trim() === '')) return [];
  return [{ kind, text: limited(text), piece }];
}

export function told(text: unknown, { failed = false } = {}): TranscriptPart[] {
  return typeof text === 'string' && text.trim() !== ''
    ? [{ kind: 'told', text: limited(text), failed }]
    : [];
}

export function answered(
  id: unknown,
  text: string,
  { exit = null, failed = false }: { exit?: number | null; failed?: boolean } = {},
): ToolAnswer {
  return {
    kind: 'answer',
    id: idOf(id),
    text: limited(text),
    exit,
    failed: failed || (exit !== null && exit !== 0),
  };
}

export function turn(id: unknown, input: unknown = null, output: unknown = null): TranscriptPart {
  return { kind: 'turn', id: idOf(id), input: countOf(input), output: countOf(output) };
}

export function idOf(id: unknown): string | null {
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

function countOf(value: unknown): number | null {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null;
}

/** Null if none of them is a count. */
export function sum(...values: readonly unknown[]): number | null {
  const counts = values.map(countOf).filter((count) => count !== null);
  return counts.length === 0 ? null : counts.reduce((total, count) => total + count, 0);
}

/** Parts stand in parts at most so deep; what an agent nests deeper is no text. */
const depthMax = 8;

/** The text in an answer: a string, or parts of which some are text. */
export function textIn(content: unknown, depth = 0): string {
  if (typeof content === 'string') return content;
  if (typeof content !== 'object' || content === null || depth > depthMax) return '';
  if (Array.isArray(content))
    return content
      .map((part) => textIn(part, depth + 1))
      .filter(Boolean)
      .join('\n');
  if ('text' in content && typeof content.text === 'string') return content.text;
  return 'content' in content ? textIn(content.content, depth + 1) : '';
}
