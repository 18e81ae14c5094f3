// Older releases kept each critical error in a file of its own: this puts what they left into the queue.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { namesIn } from '../../../stdx/text/names-in.ts';
import type { DeliveryQueue } from '../../errors/delivery-queue.ts';

/** A file that cannot be read stays. Another process may do the same: an error that is kept twice is delivered once. */
export async function adoptCriticalFiles(
  directory: string,
  queue: Pick<DeliveryQueue, 'keep' | 'synced'>,
  logger: Logger,
): Promise<void> {
  const names = (await namesIn(directory)).filter((name) => name.endsWith('.json'));
  for (const name of names.sort()) {
    const path = join(directory, name);
    try {
      // JSON may have line ends only between its parts.
      queue.keep((await readFile(path, 'utf8')).replaceAll('\n', ' '));
      await queue.synced();
      await rm(path);
    } catch (cause) {
      logger.error({ err: cause, path }, 'cannot take over a stored critical error');
    }
  }
}
