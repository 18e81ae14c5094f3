// Limits how long a caller waits for the ledger. A late answer is still handled by whoever started the question.

/** Used only inside this folder. */
export class TooLate extends Error {}

export async function inTime<T>(asked: Promise<T>, waitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(`no answer within ${waitMs} ms`)), waitMs);
  });
  // It is thrown below; a failure that comes too late has the same cause.
  asked.catch((cause: unknown) => cause);
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
