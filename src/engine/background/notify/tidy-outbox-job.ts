// Cleans up the outbox: delivered notices, and notices for channels that no longer exist.

import type { Database } from '../../../store/database.ts';
import { forgetOlderThan, giveUpOlderThan } from '../../../store/failures/outbox.ts';
import { raiseQuietly } from '../../errors/log-decision.ts';
import type { PeriodicJob } from '../jobs/periodic-jobs.ts';
import { alertKey, defaultKeepTryingMs } from './deliver.ts';
import { notifyFindings } from './failure-catalogue.ts';

const everyMs = 60 * 60_000;
/** Deliveries give up by themselves at the time limit; this is for notices that nobody delivers. */
const graceMs = 60 * 60_000;
const keptMs = 30 * 24 * 60 * 60_000;

export function tidyOutboxJob({ database }: { database: Database }): PeriodicJob {
  return {
    name: 'tidy-outbox',
    everyMs,
    run: (signal) =>
      database.transaction(async (query) => {
        for (const { channel, count } of await giveUpOlderThan(query, defaultKeepTryingMs + graceMs)) {
          await raiseQuietly(query, {
            key: alertKey(channel),
            severity: 'high',
            component: 'notifier',
            operation: channel,
            ...notifyFindings.NOTICES_GIVEN_UP({
              count,
              channel,
              what: channel === 'push' ? 'the key of secrets' : 'the address of the channel',
            }),
            metadata: { count },
          });
        }
        await forgetOlderThan(query, keptMs);
      }, signal),
  };
}
