// The one way to report a critical error (R-ESC-1): it is on disk before anything else is tried, reaches a person's
// list of questions or alerts exactly once, and never makes its caller fail.

import type { Logger } from 'pino';
import { classifyFailure } from '../../classifier/classify-failure.ts';
import type { MooseError, Severity } from '../../domain/failure.ts';
import { newId } from '../../domain/ids.ts';
import type { Clock } from '../../stdx/clock.ts';
import { sleep } from '../../stdx/sleep.ts';
import type { Database } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import { errorRow } from '../errors/error-row.ts';
import { storableValue } from '../errors/storable-value.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { PeriodicJob } from '../jobs/periodic-jobs.ts';
import { CriticalDelivery } from './critical-delivery.ts';
import { type CriticalEntry, openCriticalJournal } from './critical-journal.ts';
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
  /** Delivers the errors that dead processes have left on this machine. */
  job(): PeriodicJob;
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
const lookEveryMs = 5_000;
/** Maximum characters of each text in the metadata. */
const metadataCharsMax = 20_000;

export function createCriticalErrors(deps: CriticalDeps): CriticalErrors {
  const { database, logger, clock } = deps;
  const journal = openCriticalJournal(deps.dataDirectory);
  const stop = new AbortController();
  const delivery = new CriticalDelivery(database, journal, logger, stop.signal);

  async function report(given: CriticalError): Promise<string> {
    const id: string = newId(clock.now());
    try {
      const entry = entryOf(given, id, clock.now());
      // Log the error first: whatever happens later, someone can read it there.
      logger.error({ critical: entry.row, workOrderId: entry.workOrderId }, entry.row.errorMessage);
      await delivery.keep(entry);
      const delivered = delivery.run();
      const late = new AbortController();
      await Promise.race([delivered, sleep(deliverHereMsMax, late.signal).catch(() => undefined)]);
      late.abort();
    } catch (cause) {
      logger.fatal({ err: cause, id }, 'could not store a critical error');
    }
    return id;
  }

  return {
    report,
    handleCriticalError: async (given) => void (await report(given)),
    job: () => ({
      name: 'critical-errors',
      everyMs: lookEveryMs,
      run: (signal) => untilAborted(delivery.run(), signal),
    }),
    close: async () => {
      stop.abort(new DOMException('Moose is stopping', 'AbortError'));
      await delivery.run();
    },
  };
}

/** The delivery continues in the background; stopping does not wait for an unavailable database. */
async function untilAborted(delivered: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const onAbort = () => aborted.resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([delivered, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
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
