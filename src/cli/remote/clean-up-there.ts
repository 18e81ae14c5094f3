// A clean-up on a server takes longer than a request may: it is started, and then followed to its end.

import { type Cleanup, cleanupRunSchema, latestCleanupSchema } from '../../contract/contract.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { cliFailures } from '../failure-catalogue.ts';
import type { Asking } from './asking.ts';

const lookEveryMs = 500;

/** If the caller goes away, it continues on the server. @throws TransientError `CLEANUP_FAILED` */
export async function cleanUpThere({ change, get }: Asking, signal: AbortSignal): Promise<Cleanup> {
  const begin = () => change('POST', '/api/cleanup', cleanupRunSchema);
  let run = await begin();
  while (run.state === 'running') {
    await sleep(lookEveryMs, signal);
    const latest = await get('/api/cleanup/latest', latestCleanupSchema, { signal });
    // A server that was started again does not know it any more.
    run = latest.run ?? (await begin());
  }
  if (run.done !== null) return run.done;
  throw cliFailures.CLEANUP_FAILED('clean up', { deleted: run.deleted, error: run.error ?? '' });
}
