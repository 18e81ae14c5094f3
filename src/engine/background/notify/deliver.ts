// Delivers the outbox: each notice at least once, and exactly once unless a process dies; in order per channel.
import type { Logger } from 'pino';
import { isMooseError, type MooseError } from '../../../domain/failure.ts';
import { backoffMs } from '../../../resilience/backoff.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import { startWakeLoop, type WakeLoop } from '../../../stdx/async/wake-loop.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Random } from '../../../stdx/random.ts';
import type { Database } from '../../../store/database.ts';
import { resolveAlert } from '../../../store/failures/alerts.ts';
import {
  announceChannels,
  claimOldest,
  dueInMs,
  markDelivered,
  markUndelivered,
  type OutboxRow,
} from '../../../store/failures/outbox.ts';
import { listenForEvents } from '../../../store/live/listen.ts';
import type { ErrorLog, RecordedError } from '../../errors/error-log.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import type { Notice, Notifier } from '../../ports/notifier.ts';
import { raiseAndNotify } from './raise-and-notify.ts';

export interface DeliveryDeps {
  database: Database;
  notifiers: readonly Notifier[];
  logger: Logger;
  clock: Clock;
  random: Random;
  errors: Pick<ErrorLog, 'record'>;
  /** The public address of Moose's interface: `https://moose.example.org`; null if not set. */
  baseUrl: string | null;
  /** The process that announces the channels, as recorded with them. */
  announcedBy: string;
  /** Delivers to browsers; rung with the other channels. */
  pushes?: (signal: AbortSignal) => WakeLoop;
  /** How long to retry a notice; a day by default. */
  keepTryingMs?: number;
  /** After how long a notice that is still retried raises an alert; an hour by default. */
  lateAfterMs?: number;
  /** How often the clock is checked; every 15 seconds by default. */
  clockLookMs?: number;
}

export interface Delivering {
  /** Resolves once the channels are announced: from then on, notices are written for them. */
  ready: Promise<void>;
  /** Running deliveries are aborted, and the next process sends their notices again. */
  close(): Promise<void>;
}

/** A notice that has failed for this long is given up, and an alert is raised. */
export const defaultKeepTryingMs = 24 * 60 * 60_000;
const defaultLateAfterMs = 60 * 60_000;
const backoff = { baseMs: 1_000, multiplier: 2, maxMs: 5 * 60_000 } as const;
/** A fallback in case a notification is lost. */
const pollMs = 15_000;
/** How long to wait if another process is sending the oldest notice. */
const inOtherHandsMs = 1_000;
const announceEveryMs = 60 * 60_000;
/** Timers do not count the hours that a machine slept, or by which its clock was set forward. */
const defaultClockLookMs = 15_000;
/**
 * Maximum number of recorded failures of one notice that get its outcome; a day of retries with the longest delays
 * makes fewer.
 */
const unresolvedMax = 500;

export function startDelivery(deps: DeliveryDeps): Delivering {
  const stop = new AbortController();
  const { signal } = stop;
  const ready = Promise.withResolvers<void>();
  const deliveries = [
    ...deps.notifiers.map((notifier) => keepDelivering(deps, notifier, signal)),
    ...(deps.pushes ? [deps.pushes(signal)] : []),
  ];
  if (deliveries.length === 0) return { ready: Promise.resolve(), close: async () => undefined };
  const { closed } = listenForEvents(
    deps.database.url,
    () => {
      for (const { ring } of deliveries) ring();
    },
    signal,
    'moose_outbox',
  );
  const loops = [
    closed,
    deps.notifiers.length === 0 ? ready.resolve() : keepAnnouncing(deps, signal, ready.resolve),
    ...deliveries.map(({ ended }) => ended),
  ];
  return {
    ready: ready.promise,
    close: async () => {
      stop.abort(new DOMException('Moose is stopping', 'AbortError'));
      await Promise.all(loops);
      ready.resolve();
    },
  };
}

async function keepAnnouncing(deps: DeliveryDeps, signal: AbortSignal, onDone: () => void): Promise<void> {
  const names = deps.notifiers.map(({ name }) => name);
  while (!signal.aborted) {
    try {
      await deps.database.run((query) => announceChannels(query, names, deps.announcedBy), signal);
      onDone();
    } catch (cause) {
      reportFailure(deps, cause, signal);
    }
    await untilTimeHasPassed(deps, announceEveryMs, signal);
  }
}

/** Waits by the wall clock, even if the clock is changed meanwhile. */
async function untilTimeHasPassed(
  { clock, clockLookMs = defaultClockLookMs }: DeliveryDeps,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const fromMs = clock.now().getTime();
  while (!signal.aborted && Math.abs(clock.now().getTime() - fromMs) < ms)
    await sleep(clockLookMs, signal).catch(() => undefined);
}

function keepDelivering(deps: DeliveryDeps, notifier: Notifier, signal: AbortSignal): WakeLoop {
  const unresolved: RecordedError[] = [];
  return startWakeLoop(async () => {
    try {
      if (await deliverOldest(deps, notifier, unresolved, signal)) return 0;
      const dueMs = await deps.database.run((query) => dueInMs(query, notifier.name), signal);
      return dueMs === null ? pollMs : Math.min(pollMs, dueMs || inOtherHandsMs);
    } catch (cause) {
      reportFailure(deps, cause, signal);
      return pollMs;
    }
  }, signal);
}

/**
 * False if no notice is due. The row stays locked while it is sent: if this process dies, the row is released
 * immediately, and until then no other process sends the same notice.
 */
function deliverOldest(
  deps: DeliveryDeps,
  notifier: Notifier,
  unresolved: RecordedError[],
  signal: AbortSignal,
): Promise<boolean> {
  return deps.database.transaction(async (query) => {
    const row = await claimOldest(query, notifier.name);
    if (!row) return false;
    try {
      await notifier.send(deliveryOf(row, deps.baseUrl), signal);
    } catch (cause) {
      signal.throwIfAborted();
      const error = toMooseError(cause, 'notify', notifier.name);
      const delayMs = delayAfter(deps, row, error);
      await markUndelivered(query, row.id, { failure: `${error.code}: ${error.message}`, delayMs });
      if (delayMs === null || isLate(deps, row))
        await raiseAndNotify(query, alertOf(row, error, delayMs === null), '', row.channel);
      keep(deps, unresolved, row, error, delayMs !== null);
      return true;
    }
    await markDelivered(query, row.id);
    await resolveAlert(query, alertKey(notifier.name), 'moose');
    for (const each of unresolved.splice(0)) each.resolved(true, row.attempts);
    return true;
  }, signal);
}

/** Whoever relies on this channel learns nothing of Moose meanwhile, so the others and the pages tell of it. */
function isLate(
  { clock, lateAfterMs = defaultLateAfterMs }: DeliveryDeps,
  { createdAt }: OutboxRow,
): boolean {
  return clock.now().getTime() - createdAt.getTime() > lateAfterMs;
}

function deliveryOf({ key, kind, payload, createdAt }: OutboxRow, baseUrl: string | null) {
  // The cast is safe, because only `enqueueNotice` writes here.
  const notice = payload as unknown as Notice;
  const link = baseUrl !== null && notice.path !== undefined ? new URL(notice.path, baseUrl).href : null;
  return { key, kind, notice, createdAt, link };
}

/** Milliseconds until the next attempt; null if there is none. */
export function delayAfter(
  {
    clock,
    random,
    keepTryingMs = defaultKeepTryingMs,
  }: Pick<DeliveryDeps, 'clock' | 'random' | 'keepTryingMs'>,
  row: Pick<OutboxRow, 'attempts' | 'createdAt'>,
  error: MooseError,
): number | null {
  if (!error.retryable) return null;
  const delayMs = Math.max(backoffMs(backoff, row.attempts, random), error.retryAfterMs ?? 0);
  const ageMs = clock.now().getTime() - row.createdAt.getTime();
  return ageMs + delayMs > keepTryingMs ? null : delayMs;
}

function keep(
  { errors, logger }: DeliveryDeps,
  unresolved: RecordedError[],
  row: OutboxRow,
  error: MooseError,
  isTriedAgain: boolean,
): void {
  logger.warn({ err: error, key: row.key, attempt: row.attempts + 1 }, 'could not deliver a notice');
  const recorded = errors.record(error, {
    attempt: row.attempts + 1,
    strategy: isTriedAgain ? 'retry' : 'escalate',
  });
  if (isTriedAgain && unresolved.length < unresolvedMax) return void unresolved.push(recorded);
  for (const each of [...unresolved.splice(0), recorded]) each.resolved(false, row.attempts);
}

export const alertKey = (channel: string) => `notifier:${channel}`;

function alertOf(row: OutboxRow, error: MooseError, isGivenUp: boolean) {
  const since = `${row.createdAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const what = isGivenUp ? 'Gave up on a notice' : `A notice has not been delivered since ${since}`;
  return {
    key: alertKey(row.channel),
    severity: 'high' as const,
    component: 'notifier',
    operation: row.channel,
    code: error.code,
    message: `${what}: ${error.message} ${error.advice ?? ''}`.trim(),
    metadata: { ...error.metadata, outbox_key: row.key, attempts: row.attempts + 1 },
  };
}

function reportFailure({ errors, logger }: DeliveryDeps, cause: unknown, signal: AbortSignal): void {
  if (signal.aborted && !isMooseError(cause)) return;
  const error = toMooseError(cause, 'notify', 'deliver');
  logger.warn({ err: error }, 'could not read the outbox; retrying');
  errors.record(error);
}
