// Notices what has died without being noticed: waits until the ends of dead processes are recorded.
import { findProcess } from '../../../sessions/find-process.ts';
import { isProcessAlive } from '../../../sessions/survey.ts';
import type { Beside } from './run-in-background.ts';

/** Resolves when none of these is dead and not yet ended; a living one is not waited for. */
export async function endOfDead(besides: readonly Beside[]): Promise<void> {
  for (const beside of besides) {
    if (beside.hasEnded()) continue;
    const handle = await findProcess((await beside.started).directory);
    if (handle !== null && !(await isProcessAlive(handle))) await beside.ended;
  }
}
