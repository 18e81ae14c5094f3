// Redacts a text that comes in pieces: what a piece may have cut in two is held back until the rest is there.
import { redact } from '../redact.ts';

export interface RedactingStream {
  /** What can be shown now: whole lines, and no part of a private key. */
  take(piece: string): string;
  /** What was held back, when nothing more comes. */
  rest(): string;
}

/** A line of more is shown in parts, and a private key of more is none. */
const heldCharsMax = 64 * 1024;

export function createRedactingStream(): RedactingStream {
  let held = '';
  return {
    take(piece) {
      held += piece;
      const end = held.length > heldCharsMax ? held.length : endOfWhole(held);
      const whole = held.slice(0, end);
      held = held.slice(end);
      return redact(whole);
    },
    rest() {
      const last = held;
      held = '';
      return redact(last);
    },
  };
}

function endOfWhole(text: string): number {
  const lineEnd = text.lastIndexOf('\n') + 1;
  const begin = text.lastIndexOf('-----BEGIN ');
  const isOpen = begin >= 0 && !text.slice(begin, lineEnd).includes('-----END ');
  return isOpen ? Math.min(begin, lineEnd) : lineEnd;
}
