import { isMooseError } from '../domain/failure.ts';
import { tellGitFault } from './git-repetition.ts';

/**
 * What is found by looking after a call failed. Where the look fails as well, its own failure is thrown, and the first
 * one, if it was a passing one, is told of: of two that fail, none goes unrecorded.
 */
export async function lookAfter<T>(failure: unknown, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (cause) {
    if (isMooseError(failure) && failure.category === 'transient') tellGitFault(failure).resolved(false);
    throw cause;
  }
}
