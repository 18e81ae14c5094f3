// Limits how long a caller waits for the ledger. A late answer is still handled by whoever sent the query. The wait is
// counted in slices, so that time in which this process itself did not run counts as one slice at most (R-GO-8).

/** For use inside this folder only. */
export class TooLate extends Error {}

const sliceMs = 250;

export async function inTime<T>(asked: Promise<T>, waitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const wait = (leftMs: number) => {
      if (leftMs <= 0) return reject(new TooLate(`no answer within ${waitMs} ms`));
      timer = setTimeout(() => wait(leftMs - sliceMs), Math.min(sliceMs, leftMs));
    };
    wait(waitMs);
  });
  // The error is thrown below; a failure after the timeout has the same cause.
  asked.catch((cause: unknown) => cause);
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
