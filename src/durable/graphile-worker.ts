// The package of the queue. Loading it takes a while, so only processes that carry runs or migrate do so; and only here:
// the order of these lines keeps it from running a file of the working directory.
import './outside-any-folder.ts';
import { Logger, makeWorkerUtils, run, type SharedOptions } from 'graphile-worker';
import './back-in-folder.ts';
import type pg from 'pg';
import type { Logger as PinoLogger } from 'pino';
import { engineSchema } from '../store/schema/own-schema.ts';

export { makeWorkerUtils, run };

/**
 * The queue looks for work every few seconds, so a database that rejects it for a night would fill the disk with the same
 * log line.
 */
const sameWarningEveryMs = 30_000;
const warningsMax = 100;

export function queueOptions(pool: pg.Pool, logger?: Pick<PinoLogger, 'warn'>): SharedOptions {
  const warn = logger ? warningsOf(logger) : () => undefined;
  return {
    pgPool: pool,
    schema: engineSchema,
    // Its warnings are about connections that it does not need: one look is for all hands.
    logger: new Logger(() => (level, message) => {
      if (level === 'error') warn(message);
    }),
  };
}

/** Its progress messages are useless to a person; its failures are shown, each only once in a while. */
export function warningsOf(logger: Pick<PinoLogger, 'warn'>): (message: string) => void {
  const saidAt = new Map<string, number>();
  return (message) => {
    // Numbers of jobs and times differ each time.
    const kind = message.replaceAll(/\d+/g, '');
    const nowMs = performance.now();
    if (nowMs - (saidAt.get(kind) ?? Number.NEGATIVE_INFINITY) < sameWarningEveryMs) return;
    if (saidAt.size >= warningsMax) saidAt.clear();
    saidAt.set(kind, nowMs);
    logger.warn({ queue: message }, 'durable engine');
  };
}
