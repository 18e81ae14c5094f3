// Delivers notices to browsers: each at least once, in order per browser. A browser that fails delays no other one, and is
// removed if its push service says so, or after several notices that could not be delivered.
import type { Logger } from 'pino';
import { isMooseError, type MooseError } from '../../../domain/failure.ts';
import { startWakeLoop, type WakeLoop } from '../../../stdx/async/wake-loop.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Random } from '../../../stdx/random.ts';
import {
  findPushSubscription,
  markPushed,
  markPushFailed,
  type PushSubscription,
  removePushSubscription,
} from '../../../store/access/push-subscriptions.ts';
import type { Database, Query } from '../../../store/database.ts';
import { resolveAlert } from '../../../store/failures/alerts.ts';
import { markDelivered, markUndelivered, type OutboxRow } from '../../../store/failures/outbox.ts';
import { claimPush, pushChannelPrefix, pushDueInMs } from '../../../store/failures/push-outbox.ts';
import type { ErrorLog, RecordedError } from '../../errors/error-log.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import type { KeyRing } from '../../policy/secrets/key-ring.ts';
import { openPushKey } from '../../policy/secrets/push-key.ts';
import type { Notice, PushKey, PushSender } from '../../ports/notifier.ts';
import { alertKey, delayAfter } from './deliver.ts';

export interface PushDeliveryDeps {
  database: Database;
  sender: PushSender;
  keyRing: KeyRing;
  logger: Logger;
  clock: Clock;
  random: Random;
  errors: Pick<ErrorLog, 'record'>;
  /** How long to retry a notice; a day by default. */
  keepTryingMs?: number;
}

/** How many browsers are told at once: a push service that does not answer holds one of these lanes for a while. */
const lanes = 3;
/** A fallback: the bell rings for a new notice, and the database says when an old one is due. */
const pollMs = 60_000;
const againMs = 15_000;
/** How long to wait if other processes are sending what is due. */
const inOtherHandsMs = 1_000;
/** A machine without the key of secrets leaves the notices to the others, and looks again later. */
const withoutKeyMs = 5 * 60_000;
/** A browser is removed after this many notices in a row were given up. */
const givenUpMax = 3;
/** How many notices may have failures whose outcome is not known yet. */
const unresolvedMax = 500;

type Unresolved = Map<string, RecordedError[]>;

export function keepPushing(deps: PushDeliveryDeps, signal: AbortSignal): WakeLoop {
  const { database, logger, errors } = deps;
  const unresolved: Unresolved = new Map();
  const work = async (): Promise<number> => {
    const dueMs = await database.run(pushDueInMs, signal);
    if (dueMs === null || dueMs > 0) return Math.min(pollMs, dueMs ?? pollMs);
    const key = await database.run((query) => openPushKey(query, deps.keyRing), signal);
    if (key === null) return pollMs;
    return (await deliverNext(deps, key, unresolved, signal)) ? 0 : inOtherHandsMs;
  };
  const lane = () =>
    startWakeLoop(async () => {
      try {
        return await work();
      } catch (cause) {
        if (signal.aborted && !isMooseError(cause)) return 0;
        const error = toMooseError(cause, 'notify', 'push');
        logger.warn({ err: error }, 'could not deliver to browsers; retrying');
        errors.record(error);
        return error.retryable ? againMs : withoutKeyMs;
      }
    }, signal);
  const all = Array.from({ length: lanes }, lane);
  return {
    ring: () => {
      for (const each of all) each.ring();
    },
    ended: Promise.all(all.map(({ ended }) => ended)).then(() => undefined),
  };
}

/** False if no notice is due. The row stays locked while it is sent, as with other channels. */
function deliverNext(
  deps: PushDeliveryDeps,
  key: PushKey,
  unresolved: Unresolved,
  signal: AbortSignal,
): Promise<boolean> {
  return deps.database.transaction(async (query) => {
    const row = await claimPush(query);
    if (!row) return false;
    const to = await findPushSubscription(query, row.channel.slice(pushChannelPrefix.length));
    if (to === undefined) {
      await markUndelivered(query, row.id, { failure: unsubscribed, delayMs: null });
      settle(unresolved, row, false);
      return true;
    }
    try {
      // The cast is safe, because only `addPushes` and `addPush` write here.
      const delivery = { key: row.key, kind: row.kind, notice: row.payload as unknown as Notice };
      const came = await deps.sender.send(delivery, to, key, signal);
      if (came === 'gone') {
        await forget(deps, query, row, to);
        settle(unresolved, row, false);
        return true;
      }
    } catch (cause) {
      signal.throwIfAborted();
      await markFailure(deps, query, { row, to, error: toMooseError(cause, 'notify', 'push') }, unresolved);
      return true;
    }
    await markDelivered(query, row.id);
    await markPushed(query, to.id);
    await resolveAlert(query, alertKey('push'), 'moose');
    settle(unresolved, row, true);
    return true;
  }, signal);
}

const unsubscribed = 'The browser is no longer subscribed.';

async function forget(
  { logger }: PushDeliveryDeps,
  query: Query,
  row: OutboxRow,
  { id, browser, person }: PushSubscription,
): Promise<void> {
  await removePushSubscription(query, id);
  await markUndelivered(query, row.id, { failure: unsubscribed, delayMs: null });
  logger.info({ browser, person }, 'removed a browser that is no longer subscribed to notifications');
}

async function markFailure(
  deps: PushDeliveryDeps,
  query: Query,
  { row, to, error }: { row: OutboxRow; to: PushSubscription; error: MooseError },
  unresolved: Unresolved,
): Promise<void> {
  const { logger, errors } = deps;
  const delayMs = delayAfter(deps, row, error);
  const isGivenUp = delayMs === null;
  const failure = `${error.code}: ${error.message}`;
  await markUndelivered(query, row.id, { failure, delayMs });
  await markPushFailed(query, to.id, { failure: error.message, isGivenUp });
  const { browser, person } = to;
  const attempt = row.attempts + 1;
  logger.warn({ err: error, key: row.key, attempt, browser, person }, 'could not deliver to a browser');
  const recorded = errors.record(error, { attempt, strategy: isGivenUp ? 'escalate' : 'retry' });
  const known = unresolved.get(row.key) ?? [];
  if (isGivenUp || unresolved.size < unresolvedMax) unresolved.set(row.key, [...known, recorded]);
  if (!isGivenUp) return;
  settle(unresolved, row, false);
  if (to.failures + 1 < givenUpMax) return;
  await removePushSubscription(query, to.id);
  logger.warn({ browser, person }, 'removed a browser that could not be notified several times');
}

/** Tells the recorded failures of a notice what became of it. */
function settle(unresolved: Unresolved, { key, attempts }: OutboxRow, isDelivered: boolean): void {
  for (const each of unresolved.get(key) ?? []) each.resolved(isDelivered, attempts);
  unresolved.delete(key);
}
