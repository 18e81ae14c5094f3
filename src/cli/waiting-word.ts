// A word to a person who waits for the database, and sees nothing.
import type { Face } from './face.ts';

/** Whoever waits for longer is told for what. */
const wordAfterMs = 2_000;

export const databaseStarts = 'Waiting for the database: it is being started, or does not answer yet.';
export const databaseAnswers =
  'Waiting for the database: it does not answer yet, or somebody holds a lock on what is asked for.';

export async function withWord<T>(face: Face, word: string, waitedFor: Promise<T>): Promise<T> {
  const timer = setTimeout(() => face.note(word), wordAfterMs);
  try {
    return await waitedFor;
  } finally {
    clearTimeout(timer);
  }
}
