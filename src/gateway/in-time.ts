// Who asks the ledger waits only so long. What comes later is the business of whoever asked.

/** Stays inside this folder. */
export class TooLate extends Error {}

export async function inTime<T>(asked: Promise<T>, waitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate(`no answer within ${waitMs} ms`)), waitMs);
  });
  // It is thrown below; what fails too late to be thrown is the same trouble.
  asked.catch((cause: unknown) => cause);
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
