// Tells a person that the command is waiting for the database.
import type { Face } from './face.ts';

const wordAfterMs = 2_000;

export const databaseStarts = 'Waiting for the database: it is starting, or does not answer yet.';
export const databaseAnswers =
  'Waiting for the database: it does not answer yet, or the requested data is locked.';

export async function withWord<T>(face: Face, word: string, waitedFor: Promise<T>): Promise<T> {
  const timer = setTimeout(() => face.note(word), wordAfterMs);
  try {
    return await waitedFor;
  } finally {
    clearTimeout(timer);
  }
}
