// Reads what an agent said and did from the output of its session, in limited parts, as its output itself is read.
import type * as wire from '../../../contract/contract.ts';
import type { TranscriptPart, TranscriptReader } from '../../../domain/agents/transcript-part.ts';
import type { SessionId } from '../../../domain/ids.ts';
import type { Database } from '../../../store/database.ts';
import { sessionById } from '../../../store/work/sessions/session-lists.ts';
import { outputOf } from './session-output.ts';

const pageBytesMax = 1024 * 1024;
/** A longer line is left out: real events contain at most a file. */
const lineCharsMax = 16 * 1024 * 1024;

/** The reader of an agent's output; undefined: it prints text for people. */
export type TranscriptOf = (agentName: string) => TranscriptReader | undefined;

const printedLines: TranscriptReader = (line) =>
  line.trim() === '' ? [] : [{ kind: 'printed', text: line }];

/**
 * About a megabyte of output as parts. Only whole lines count, so an offset that was returned is where a line begins; at
 * another one, what is left of its line comes as `printed`.
 * @throws PermanentError `SESSION_NOT_FOUND`
 */
export async function transcriptOf(
  database: Database,
  given: string,
  { offset, readerOf }: { offset: number; readerOf: TranscriptOf },
): Promise<wire.TranscriptPage> {
  let part = await outputOf(database, given, { stream: 'stdout', offset });
  const session = await database.run((query) => sessionById(query, part.session_id as SessionId));
  const read = (session?.purpose === 'agent' ? readerOf(session.name) : undefined) ?? printedLines;
  const lines = new Lines();
  const parts: TranscriptPart[] = [];
  const whole = { until: part.offset, parts: 0 };
  for (;;) {
    const seen = [...lines.take(part.text), ...(part.is_over ? lines.rest() : [])].flatMap(read);
    parts.push(...joinPrinted(seen));
    if (part.is_over || lines.isWhole) Object.assign(whole, { until: part.next_offset, parts: parts.length });
    const isEnough = whole.until - offset >= pageBytesMax && lines.isWhole;
    if (isEnough || part.is_over || part.next_offset <= part.offset) break;
    part = await outputOf(database, given, { stream: 'stdout', offset: part.next_offset });
  }
  const { session_id, size, is_over, is_here } = part;
  // What was read of a line that is not whole yet is read again.
  return {
    session_id,
    parts: parts.slice(0, whole.parts),
    offset,
    next_offset: whole.until,
    size,
    is_over,
    is_here,
  };
}

/** Lines that follow each other are one part, so that a page of them is no larger than what was printed. */
function joinPrinted(parts: readonly TranscriptPart[]): TranscriptPart[] {
  const joined: TranscriptPart[] = [];
  let lines: string[] = [];
  const end = () => {
    if (lines.length > 0) joined.push({ kind: 'printed', text: lines.join('\n') });
    lines = [];
  };
  for (const part of parts) {
    if (part.kind === 'printed') lines.push(part.text);
    else {
      end();
      joined.push(part);
    }
  }
  end();
  return joined;
}

/** Cuts output that arrives in pieces into lines. */
class Lines {
  #rest = '';
  #isSkipping = false;

  get isWhole(): boolean {
    return this.#rest === '' && !this.#isSkipping;
  }

  *take(text: string): Generator<string> {
    const pieces = text.split('\n');
    for (const [index, piece] of pieces.entries()) {
      const isEnded = index < pieces.length - 1;
      if (!this.#isSkipping) this.#rest += piece;
      if (this.#rest.length > lineCharsMax) {
        this.#rest = '';
        this.#isSkipping = true;
      }
      if (!isEnded) continue;
      if (!this.#isSkipping) yield this.#rest;
      this.#rest = '';
      this.#isSkipping = false;
    }
  }

  *rest(): Generator<string> {
    if (this.#rest !== '') yield this.#rest;
  }
}
