export interface RetryOptions {
  attempts: number;
  delayMs: number;
  sleep?: (ms: number) => Promise<void>;
}

export class GaveUp extends Error {
  override name = 'GaveUp';
  constructor(
    readonly attempts: number,
    cause: unknown,
  ) {
    super('gave up after ' + attempts + ' attempts', { cause });
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { attempts, delayMs, sleep = pause } = options;
  let last: unknown;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return await work();
    } catch (error) {
      last = error;
      if (attempt < attempts) await sleep(delayMs * attempt);
    }
  }
  throw new GaveUp(attempts, last);
}
