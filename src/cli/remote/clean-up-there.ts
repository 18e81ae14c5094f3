// A clean-up on a server takes longer than a request may: it is started, and then followed to its end.

import type { Cleanup } from '../../contract/contract.ts';
import type { Ask } from '../../contract/operations/ask.ts';
import { showLatestCleanup, startCleanup } from '../../contract/operations/cleanup.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { cliFailures } from '../failure-catalogue.ts';

const lookEveryMs = 500;

/** If the caller goes away, it continues on the server. @throws TransientError `CLEANUP_FAILED` */
export async function cleanUpThere(ask: Ask, signal: AbortSignal): Promise<Cleanup> {
  let run = await ask(startCleanup);
  while (run.state === 'running') {
    await sleep(lookEveryMs, signal);
    const latest = await ask(showLatestCleanup, { signal });
    // A server that was started again does not know it any more.
    run = latest.run ?? (await ask(startCleanup));
  }
  if (run.done !== null) return run.done;
  throw cliFailures.CLEANUP_FAILED('clean up', { deleted: run.deleted, error: run.error ?? '' });
}
