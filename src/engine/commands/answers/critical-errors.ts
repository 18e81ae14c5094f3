// The one way to report a critical error (R-ESC-1): it is on disk before anything else is tried, reaches a person's
// list of questions or alerts exactly once, and never makes its caller fail.

import { join } from 'node:path';
import type { Logger } from 'pino';
import { classifyFailure } from '../../../classifier/classify-failure.ts';
import type { MooseError, Severity } from '../../../domain/failure.ts';
import { newId } from '../../../domain/ids.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { toJson } from '../../../store/storable.ts';
import { openDeliveryQueue } from '../../errors/delivery-queue.ts';
import { errorRow } from '../../errors/record-failure.ts';
import { storableValue } from '../../errors/storable-value.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import { adoptCriticalFiles } from './adopt-critical-files.ts';
import { type CriticalEntry, deliverCritical, readCritical } from './deliver-critical.ts';
import { answerFailures } from './failure-catalogue.ts';

export interface CriticalError {
  component: string;
  operation: string;
  /** The thrown value, of any type. */
  error: unknown;
  workOrderId?: string | undefined;
  severity: Severity;
  metadata?: Record<string, unknown> | undefined;
}

export interface CriticalErrors {
  /** Resolves once the error is stored, and delivered if that takes less than a second. Never rejects, never throws. */
  handleCriticalError(given: CriticalError): Promise<void>;
  /** Like `handleCriticalError`, but returns the ID with which the caller can ask about the error later. */
  report(given: CriticalError): Promise<string>;
  /** Errors that are not delivered stay on disk for the next process. */
  close(): Promise<void>;
}

export interface CriticalDeps {
  database: Database;
  logger: Logger;
  clock: Clock;
  dataDirectory: string;
}

/** How long a caller waits for the delivery; a slower delivery continues in the background. */
const deliverHereMsMax = 1_000;
/** Maximum characters of each text in the metadata. */
const metadataCharsMax = 20_000;

export function createCriticalErrors({
  database,
  logger,
  clock,
  dataDirectory,
}: CriticalDeps): CriticalErrors {
  const directory = join(dataDirectory, 'critical');
  const queue = openDeliveryQueue({
    directory,
    what: 'critical errors',
    read: readCritical,
    write: async ([entry], signal) => {
      if (entry) await database.transaction((query) => deliverCritical(query, entry), signal);
    },
    logger,
    batchMax: 1,
    everyMs: 0,
  });
  const adopted = adoptCriticalFiles(directory, queue, logger);

  async function report(given: CriticalError): Promise<string> {
    const id: string = newId(clock.now());
    try {
      const entry = entryOf(given, id, clock.now());
      // Log the error first: whatever happens later, someone can read it there.
      logger.error({ critical: entry.row, workOrderId: entry.workOrderId }, entry.row.errorMessage);
      queue.keep(JSON.stringify(entry));
      await queue.synced();
      const late = new AbortController();
      await Promise.race([queue.flush(), sleep(deliverHereMsMax, late.signal).catch(() => undefined)]);
      late.abort();
    } catch (cause) {
      logger.fatal({ err: cause, id }, 'could not store a critical error');
    }
    return id;
  }

  return {
    report,
    handleCriticalError: async (given) => void (await report(given)),
    close: async () => {
      await adopted;
      await queue.close();
    },
  };
}

/** Never throws: any thrown value and any metadata becomes an entry. */
function entryOf(
  { component, operation, workOrderId, severity, ...given }: CriticalError,
  id: string,
  at: Date,
) {
  const { error, row } = rowOf(given.error, component, operation, { id, at });
  const told = { ...(JSON.parse(row.metadata ?? '{}') as object), given: plain(given.metadata) };
  const entry: CriticalEntry = {
    id,
    // The caller states where the error happened and how severe it is.
    row: { ...row, component, operation, severity, metadata: toJson(told) },
    workOrderId: workOrderId && isUuid(workOrderId) ? workOrderId : null,
    advice: error.advice ?? null,
  };
  if (entry.workOrderId) entry.row.workOrderId = entry.workOrderId as NonNullable<typeof row.workOrderId>;
  return entry;
}

/** Getters and proxies may throw on any access; the entry is then about that error. */
function rowOf(
  thrown: unknown,
  component: string,
  operation: string,
  made: { id: string; at: Date },
): { error: MooseError; row: CriticalEntry['row'] } {
  try {
    const error = toMooseError(thrown, component, operation);
    return { error, row: classified(errorRow(error, { strategy: 'escalate' }, made)) };
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : typeof cause;
    const error = answerFailures.UNEXPECTED({ happenedIn: component, operation, metadata: { because } });
    return { error, row: errorRow(error, { strategy: 'escalate' }, made) };
  }
}

/** An error without a class is classified like the output of a failed tool (R-FAIL-4). */
function classified(row: CriticalEntry['row']): CriticalEntry['row'] {
  if (row.failureClass !== 'unknown') return row;
  const { component, errorMessage } = row;
  const { failureClass } = classifyFailure({ component, stderr: errorMessage, exitCode: 1 });
  return { ...row, failureClass };
}

function plain(metadata: unknown): unknown {
  try {
    return storableValue(metadata ?? {}, metadataCharsMax);
  } catch (cause) {
    return { unreadable: cause instanceof Error ? cause.message : typeof cause };
  }
}

const isUuid = (text: string) => /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
