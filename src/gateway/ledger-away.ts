// The ledger is waited for only so long: a call that cannot be booked is not made.
import { TransientError } from '../domain/failure.ts';

export function ledgerAway(cause?: unknown): TransientError {
  return new TransientError({
    code: 'GATEWAY_LEDGER_AWAY',
    component: 'gateway',
    operation: 'draw',
    message: 'The ledger of what calls cost does not answer, and a call that cannot be booked is not made.',
    advice: 'Look at the database: `moose doctor`; calls go through again by themselves when it answers.',
    cause,
  });
}

/** `late`: what to do with an answer that came after nobody waited any more. */
export async function inTime<T>(asked: Promise<T>, waitMs: number, late?: (answer: T) => void): Promise<T> {
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(ledgerAway());
    }, waitMs);
  });
  asked.then(
    (answer) => {
      if (isLate) late?.(answer);
    },
    // It is thrown below; what comes too late to be thrown is the same trouble, and has been told.
    (cause: unknown) => cause,
  );
  try {
    return await Promise.race([asked, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
