// The error log: an error waits on disk until it is a row in the database.
import { join } from 'node:path';
import type { Logger } from 'pino';
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { newId } from '../../domain/ids.ts';
import { type Clock, systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { insertErrorEvents, resolveErrorEvents } from '../../store/failures/error-events.ts';
import { openDeliveryQueue } from './delivery-queue.ts';
import { type ErrorEntry, readEntry } from './error-entry.ts';
import type { ErrorContext, ErrorLog } from './error-log.ts';
import { machineNow } from './machine-now.ts';
import { errorRow } from './record-failure.ts';
import { toMooseError } from './to-moose-error.ts';

export interface ErrorLogOptions {
  database: Database;
  /** Contains `errors/`, with the journals and the rows that the database rejected. */
  dataDirectory: string;
  logger: Logger;
  clock?: Clock;
  /** A batch is sent when it has this many entries, … */
  rowsMax?: number;
  /** … or when this long has passed since the last one; an error after a quiet time is sent at once. */
  everyMs?: number;
}

const rowsMaxDefault = 100;
const everyMsDefault = 50;

export function openErrorLog({
  database,
  dataDirectory,
  logger,
  clock = systemClock,
  rowsMax = rowsMaxDefault,
  everyMs = everyMsDefault,
}: ErrorLogOptions): ErrorLog {
  const queue = openDeliveryQueue({
    directory: join(dataDirectory, 'errors'),
    what: 'errors',
    read: readEntry,
    write: (entries, signal) => write(database, entries, signal),
    logger,
    batchMax: rowsMax,
    everyMs,
  });
  const keep = (entry: ErrorEntry) => queue.keep(JSON.stringify(entry));
  return {
    record(error, context = {}) {
      const at = clock.now();
      const id = newId<string>(at);
      keep({ error: rowOf(error, context, { id, at, machine: machineNow() }) });
      let isResolved = false;
      return {
        id,
        resolved: (isRecovered, retryCount) => {
          if (isResolved) return;
          isResolved = true;
          const resolvedAt = clock.now().toISOString();
          keep({ resolution: { id, isRecovered, retryCount: retryCount ?? null, at: resolvedAt } });
        },
      };
    },
    flush: () => queue.flush(),
    close: () => queue.close(),
    get waiting() {
      return queue.waiting;
    },
  };
}

async function write(database: Database, entries: readonly ErrorEntry[], signal: AbortSignal): Promise<void> {
  const errors = entries.flatMap((entry) => ('error' in entry ? [entry.error] : []));
  const resolutions = entries.flatMap((entry) => ('resolution' in entry ? [entry.resolution] : []));
  if (resolutions.length === 0) return database.run((query) => insertErrorEvents(query, errors), signal);
  await database.transaction(async (query) => {
    await insertErrorEvents(query, errors);
    await resolveErrorEvents(query, resolutions);
  }, signal);
}

/** If reading the error's own fields throws, that failure is recorded instead. */
function rowOf(error: MooseError, context: ErrorContext, made: Parameters<typeof errorRow>[2]) {
  try {
    return errorRow(isMooseError(error) ? error : toMooseError(error, 'errors', 'record'), context, made);
  } catch (cause) {
    return errorRow(toMooseError(cause, 'errors', 'record'), context, made);
  }
}
