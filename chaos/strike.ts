// Injects one fault, and ends it in any case.
import { sleep } from '../src/stdx/async/sleep.ts';
import { NoTarget, type Round, type Stage } from './scenario.ts';

/** Returns the reason if there was nothing to hit, so that the fault does not count; otherwise null. */
export async function strike(stage: Stage, round: Round): Promise<string | null> {
  try {
    const end = await round.scenario.inject(stage, round);
    try {
      await sleep(round.lastsMs, stage.signal);
    } finally {
      await end();
    }
    return null;
  } catch (error) {
    if (error instanceof NoTarget) return error.message;
    throw error;
  }
}
