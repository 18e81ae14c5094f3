import { isMooseError } from '../../domain/failure.ts';
import { reportGitFault } from './git-repetition.ts';

/**
 * Checks the real state after a call failed. If the check fails too, throws the check's error and records the first
 * failure if it was transient, so that neither is lost.
 */
export async function lookAfter<T>(failure: unknown, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (cause) {
    if (isMooseError(failure) && failure.category === 'transient') reportGitFault(failure).resolved(false);
    throw cause;
  }
}
