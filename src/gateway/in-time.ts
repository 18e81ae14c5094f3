// Limits how long a caller waits for the ledger. A late answer is still handled by whoever sent the query.

/** For use inside this folder only. */
export class TooLate extends Error {}

export async function inTime<T>(asked: Promise<T>, waitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(`no answer within ${waitMs} ms`)), waitMs);
  });
  // The error is thrown below; a failure after the timeout has the same cause.
  asked.catch((cause: unknown) => cause);
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
