// Treats webhooks as hints: asks the forge at once about what they name, and trusts nothing that they say (R-SEN-6). A
// webhook that arrives before its pull request is retried (R-SEN-2).

import type { Logger } from 'pino';
import { ZodError } from 'zod';
import { backoffMs } from '../../resilience/backoff.ts';
import type { Random } from '../../stdx/random.ts';
import type { Database, Query } from '../../store/database.ts';
import { intakeSoon } from '../../store/work/pull-requests/forge-intakes.ts';
import { lookSoon } from '../../store/work/pull-requests/hinted-pull-requests.ts';
import {
  claimDelivery,
  endDelivery,
  forgetDeliveriesOlderThan,
  hasDelivery,
  postponeDelivery,
  type WebhookDelivery,
} from '../../store/work/pull-requests/webhook-deliveries.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import { raiseAndNotify } from '../background/notify/raise-and-notify.ts';
import type { ErrorLog } from '../errors/error-log.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { ForgeHint, WebhookSource, WebhookSources } from '../ports/forge.ts';
import { findHinted } from './deliveries-find.ts';
import { sentinelFindings } from './failure-catalogue.ts';

export interface WebhooksDeps {
  database: Database;
  random: Random;
  logger: Logger;
  errors: Pick<ErrorLog, 'record'>;
  sources: WebhookSources;
  /** The forge said something about a pull request of Moose: what is there may differ from the rows. */
  mayDiffer(where: 'far'): void;
}

export const webhooksJobName = 'webhooks';
const everyMs = 5_000;
/** Maximum per round; the rest is handled in the next. */
const deliveriesMax = 1_000;
const faultCharsMax = 200;
/** About two hours, with the waits between attempts: the pull request is recorded within seconds, or never. */
export const lookedAtAgainMax = 20;
const backoff = { baseMs: 1_000, multiplier: 2, maxMs: 10 * 60_000 } as const;
/** GitHub offers to redeliver for three days. */
const keptMs = 30 * 24 * 60 * 60_000;

export function webhooksJob(deps: WebhooksDeps): PeriodicJob {
  return {
    name: webhooksJobName,
    everyMs,
    due: hasDelivery(keptMs),
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
    const isOurs = await database.transaction(async (query) => {
      claimed = await claimDelivery(query);
      return claimed !== undefined && place(deps, query, claimed, signal);
    }, signal);
    if (isOurs) deps.mayDiffer('far');
    return claimed !== undefined;
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

/** True if it is about pull requests that Moose follows. */
async function place(
  deps: WebhooksDeps,
  query: Query,
  delivery: WebhookDelivery,
  signal: AbortSignal,
): Promise<boolean> {
  const { id } = delivery;
  // The name that earlier versions of Moose used for their only forge.
  const host = delivery.source === 'github' ? 'github.com' : delivery.source;
  const read = readHint(await deps.sources.find(host, signal), host, delivery);
  // An invalid shape stays invalid, however often it is read.
  if ('fault' in read) {
    await giveUp(query, delivery, read.fault);
    return false;
  }
  const { hint } = read;
  if (hint === null || hint.about === 'issues') {
    const isOurs = hint !== null && (await intakeSoon(query, hint));
    await endDelivery(query, id, { state: isOurs ? 'done' : 'ignored' });
    return false;
  }
  const found = await findHinted(query, hint);
  if (found.found === 'not yet') await later(deps, query, delivery, found.because);
  else if (found.found === 'none') await endDelivery(query, id, { state: 'ignored' });
  else {
    await lookSoon(query, found.pulls);
    const [first] = found.pulls;
    await endDelivery(query, id, { state: 'done', ...(first ? { workOrderId: first.workOrderId } : {}) });
    return true;
  }
  return false;
}

function readHint(
  source: WebhookSource | null,
  host: string,
  { event, payload }: WebhookDelivery,
): { hint: ForgeHint | null } | { fault: string } {
  if (source === null) return { fault: `${host} is no longer registered.` };
  try {
    const hint = source.reader.read(event, payload);
    return { hint: hint && { ...hint, host } };
  } catch (cause) {
    if (!(cause instanceof ZodError)) throw cause;
    const where = cause.issues.map(({ path }) => path.join('.')).join(', ');
    return { fault: `Its body is not in the format of ${host}: ${where.slice(0, faultCharsMax)}.` };
  }
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
  await raiseAndNotify(query, {
    key: 'sentinel:unplaced',
    severity: 'medium',
    component: 'sentinel',
    operation: event,
    ...sentinelFindings.WEBHOOK_UNPLACED({ event, attempts: retryCount + 1, because }),
    metadata: { delivery: id },
  });
}
