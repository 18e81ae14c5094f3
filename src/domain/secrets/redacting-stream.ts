// Redacts a text that comes in pieces: what may be cut in two is held back until the rest arrives.
import { redact } from '../redact.ts';

export interface RedactingStream {
  /** What can be shown now: whole lines without any part of a private key. */
  take(piece: string): string;
  /** What was held back, at the end of the text. */
  rest(): string;
}

/** A longer line is shown in parts, and a longer key is not a private key. */
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
