// Failures that differ only in IDs, numbers and paths have the same fingerprint and form one group (R-FAIL-6). Pure.
import { createHash } from 'node:crypto';

const fingerprintChars = 16;

/** The message without the parts that differ between occurrences. */
export function messageShape(message: string): string {
  // Paths are replaced first, because their parts may look like IDs.
  return message
    .replace(/(\/[\w.@~+-]+)+\/?/g, '/…')
    .replace(/[0-9a-f]{8,}(-[0-9a-f]+)*/gi, '#')
    .replace(/\d+/g, '#');
}

export function fingerprint(error: { component: string; code: string; message: string }): string {
  const text = `${error.component} ${error.code} ${messageShape(error.message)}`;
  return createHash('sha256').update(text).digest('hex').slice(0, fingerprintChars);
}
