// Gathers what many callers ask for at the same time, as after a restart, and answers it in few large calls.

export interface InBatches<Asked, Answer> {
  /** Rejects with the signal's reason when it is aborted. */
  ask(asked: Asked, signal: AbortSignal): Promise<Answer>;
}

interface Waiting<Asked, Answer> {
  asked: Asked;
  signal: AbortSignal;
  resolve(answer: Answer): void;
  reject(cause: unknown): void;
}

/**
 * `answer` returns the answers in the order of what was asked; its signal is aborted when nobody waits any
 * more. If it rejects, each is asked for separately, so that one that cannot be answered does not fail the
 * others.
 *
 * Answers are held back while others still wait, up to `heldMax`: what the callers do next does not delay these.
 */
export function inBatches<Asked, Answer>(
  answer: (asked: Asked[], signal: AbortSignal) => Promise<Answer[]>,
  { batchMax, heldMax }: { batchMax: number; heldMax: number },
): InBatches<Asked, Answer> {
  const queue: Waiting<Asked, Answer>[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    let held: (() => void)[] = [];
    const release = () => {
      for (const go of held) go();
      held = [];
    };
    while (queue.length > 0) {
      const batch = queue.splice(0, batchMax).filter(({ signal }) => !signal.aborted);
      held.push(...(await answered(answer, batch)));
      if (held.length >= heldMax) release();
    }
    isRunning = false;
    release();
  }

  return {
    ask: (asked, signal) =>
      new Promise<Answer>((resolve, reject) => {
        signal.throwIfAborted();
        const onAbort = () => reject(signal.reason);
        signal.addEventListener('abort', onAbort, { once: true });
        const over = () => signal.removeEventListener('abort', onAbort);
        queue.push({
          asked,
          signal,
          resolve: (value) => {
            over();
            resolve(value);
          },
          reject: (cause) => {
            over();
            reject(cause);
          },
        });
        if (isRunning) return;
        isRunning = true;
        // Requests from the same turn of the event loop join the batch.
        setImmediate(() => void run());
      }),
  };
}

/** What to call when the answers may be given. Never rejects. */
async function answered<Asked, Answer>(
  answer: (asked: Asked[], signal: AbortSignal) => Promise<Answer[]>,
  batch: readonly Waiting<Asked, Answer>[],
): Promise<(() => void)[]> {
  if (batch.length === 0) return [];
  const { signal, end } = whileAnyWaits(batch);
  try {
    const answers = await answer(
      batch.map(({ asked }) => asked),
      signal,
    );
    return batch.map(
      ({ resolve }, index) =>
        () =>
          resolve(answers[index] as Answer),
    );
  } catch (cause) {
    const [only, ...others] = batch;
    if (only && others.length === 0) return [() => only.reject(cause)];
    const each: (() => void)[] = [];
    for (const one of batch) each.push(...(await answered(answer, [one])));
    return each;
  } finally {
    end();
  }
}

function whileAnyWaits(waiting: readonly { signal: AbortSignal }[]): { signal: AbortSignal; end(): void } {
  const nobody = new AbortController();
  const look = () => {
    const last = waiting.find(({ signal }) => signal.aborted)?.signal;
    if (waiting.every(({ signal }) => signal.aborted)) nobody.abort(last?.reason);
  };
  for (const { signal } of waiting) signal.addEventListener('abort', look);
  return {
    signal: nobody.signal,
    end: () => {
      for (const { signal } of waiting) signal.removeEventListener('abort', look);
    },
  };
}
