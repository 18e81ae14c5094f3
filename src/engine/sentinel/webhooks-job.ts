// Applies GitHub webhooks to their work orders; a webhook that arrives too early is retried (R-SEN-2).
import type { Logger } from 'pino';
import { ZodError } from 'zod';
import { backoffMs } from '../../resilience/backoff.ts';
import type { Random } from '../../stdx/random.ts';
import type { Database, Query } from '../../store/database.ts';
import { raiseAlert } from '../../store/failures/alerts.ts';
import {
  claimDelivery,
  endDelivery,
  forgetDeliveriesOlderThan,
  postponeDelivery,
  type WebhookDelivery,
} from '../../store/work/webhook-deliveries.ts';
import { addMetadata, recordEvent } from '../../store/work/work-orders.ts';
import type { ErrorLog } from '../errors/error-log.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { UpkeepJob } from '../jobs/upkeep.ts';
import { findWorkOrderOf } from './find-work-order.ts';
import { type ForgeNews, isListenedTo, readGithubEvent } from './read-github-event.ts';

export interface WebhooksDeps {
  database: Database;
  random: Random;
  logger: Logger;
  errors: Pick<ErrorLog, 'record'>;
}

export const webhooksJobName = 'webhooks';
const everyMs = 5_000;
/** Maximum per round; the rest is handled in the next. */
const deliveriesMax = 1_000;
const faultCharsMax = 200;
/** About two hours with the waits between the attempts: the pull request is recorded within seconds, or never. */
export const lookedAtAgainMax = 20;
const backoff = { baseMs: 1_000, multiplier: 2, maxMs: 10 * 60_000 } as const;
/** GitHub offers to redeliver for three days. */
const keptMs = 30 * 24 * 60 * 60_000;

export function webhooksJob(deps: WebhooksDeps): UpkeepJob {
  return {
    name: webhooksJobName,
    everyMs,
    run: async (signal) => {
      for (let count = 0; count < deliveriesMax && !signal.aborted; count++)
        if (!(await lookAtNext(deps, signal))) break;
      await deps.database.run((query) => forgetDeliveriesOlderThan(query, keptMs), signal);
    },
  };
}

/** False if no delivery is due. */
async function lookAtNext(deps: WebhooksDeps, signal: AbortSignal): Promise<boolean> {
  const { database, errors, logger } = deps;
  let claimed: WebhookDelivery | undefined;
  try {
    return await database.transaction(async (query) => {
      claimed = await claimDelivery(query);
      if (claimed) await place(deps, query, claimed);
      return claimed !== undefined;
    }, signal);
  } catch (cause) {
    const delivery = claimed;
    if (signal.aborted || !delivery) throw cause;
    // A webhook that cannot be read or matched must not block others.
    const error = toMooseError(cause, 'sentinel', delivery.event);
    logger.warn({ err: error, delivery: delivery.id }, 'could not process a webhook');
    errors.record(error, { attempt: delivery.retryCount + 1, strategy: 'retry' });
    await database.transaction((query) => later(deps, query, delivery, error.message), signal);
    return true;
  }
}

async function place(deps: WebhooksDeps, query: Query, delivery: WebhookDelivery): Promise<void> {
  const { id, event, payload } = delivery;
  const read = readNews(event, payload);
  // An invalid shape stays invalid, however often it is read.
  if ('fault' in read) return giveUp(query, delivery, read.fault);
  const { news } = read;
  if (news === null) return endDelivery(query, id, { state: 'ignored' });
  const found = await findWorkOrderOf(query, news);
  if (found.found === 'none') return endDelivery(query, id, { state: 'ignored' });
  if (found.found === 'not yet') return later(deps, query, delivery, found.because);
  await tell(query, found, news, delivery);
  await endDelivery(query, id, { state: 'done', workOrderId: found.id });
}

function readNews(event: string, payload: unknown): { news: ForgeNews | null } | { fault: string } {
  if (!isListenedTo(event)) return { fault: 'Moose does not use this event.' };
  try {
    return { news: readGithubEvent(event, payload) };
  } catch (cause) {
    if (!(cause instanceof ZodError)) throw cause;
    const where = cause.issues.map(({ path }) => path.join('.')).join(', ');
    return { fault: `Its body is not in GitHub's format: ${where.slice(0, faultCharsMax)}.` };
  }
}

/** Records an event, and the newest result of this check in the work order's metadata. */
async function tell(
  query: Query,
  { id, isCurrent }: { id: Parameters<typeof addMetadata>[1]; isCurrent: boolean },
  { kind, name, conclusion, sha, url }: ForgeNews,
  { id: deliveryId, receivedAt }: WebhookDelivery,
): Promise<void> {
  await recordEvent(query, {
    workOrderId: id,
    kind,
    actor: 'forge:github',
    reason: `${name}: ${conclusion}${isCurrent ? '' : ' (of an older commit)'}`,
    detail: { name, conclusion, sha, url, isCurrent, delivery: deliveryId },
    // One fact per check, not per commit: a series of pushes makes no progress by checks that passed before.
    ...(kind === 'ci.passed' && isCurrent ? { factKey: `${kind}:${name}` } : {}),
  });
  if (!isCurrent) return;
  await addMetadata(query, id, {
    [`ci ${name}`]: { kind, conclusion, sha, url, at: receivedAt.toISOString() },
  });
}

async function later(
  { random }: WebhooksDeps,
  query: Query,
  delivery: WebhookDelivery,
  because: string,
): Promise<void> {
  const { id, retryCount } = delivery;
  if (retryCount < lookedAtAgainMax)
    return postponeDelivery(query, id, { delayMs: backoffMs(backoff, retryCount, random), because });
  await giveUp(query, delivery, because);
}

async function giveUp(query: Query, delivery: WebhookDelivery, because: string): Promise<void> {
  const { id, event, retryCount } = delivery;
  await endDelivery(query, id, { state: 'failed', failure: because });
  await raiseAlert(query, {
    key: 'sentinel:unplaced',
    severity: 'medium',
    component: 'sentinel',
    operation: event,
    code: 'WEBHOOK_UNPLACED',
    message: `Gave up on a webhook (${event}) after ${retryCount + 1} attempts: ${because}`,
    metadata: { delivery: id },
  });
}
