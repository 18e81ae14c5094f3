// Trailers link a commit to its work order: they identify a commit from before a crash.

import { gitFailures } from '../failure-catalogue.ts';
import { cleanMessage } from './commit-object.ts';

export type Trailers = Readonly<Record<string, string>>;

/** The message with the trailers as its last paragraph. */
export function withTrailers(message: string, trailers: Trailers): string {
  const lines = Object.entries(trailers).map(([key, value]) => {
    assertTrailer(key, value);
    return `${key}: ${value}`;
  });
  return lines.length === 0 ? cleanMessage(message) : `${cleanMessage(message)}\n\n${lines.join('\n')}`;
}

/** Whether the last paragraph of a commit's message contains all of these trailers. */
export function hasTrailers(commitMessage: string, trailers: Trailers): boolean {
  const lastParagraph = commitMessage.trimEnd().split(/\n\n+/).at(-1) ?? '';
  const lines = new Set(lastParagraph.split('\n'));
  return Object.entries(trailers).every(([key, value]) => lines.has(`${key}: ${value}`));
}

function assertTrailer(key: string, value: string): void {
  const isValid = /^[A-Za-z][A-Za-z0-9-]{0,60}$/.test(key) && /^\S(?:[^\n\r\0]{0,500}\S)?$/.test(value);
  if (isValid && value.isWellFormed()) return;
  throw gitFailures.TRAILER_INVALID('write trailers', {
    trailer: JSON.stringify(`${key}: ${value}`.slice(0, 120)),
  });
}
