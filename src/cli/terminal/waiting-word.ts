// Tells a person that the command is waiting for the database.
import type { Printer } from './printer.ts';

const wordAfterMs = 2_000;

export const databaseStarts = 'Waiting for the database: it is starting, or does not answer yet.';
export const databaseAnswers =
  'Waiting for the database: it does not answer yet, or the requested data is locked.';

export async function withWord<T>(printer: Printer, word: string, waitedFor: Promise<T>): Promise<T> {
  const timer = setTimeout(() => printer.note(word), wordAfterMs);
  try {
    return await waitedFor;
  } finally {
    clearTimeout(timer);
  }
}
