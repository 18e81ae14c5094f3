// Waits until a work order ends. If no Moose is running, this process does the work itself.

import type { WorkOrder } from '../contract/contract.ts';
import type { Ask } from '../contract/operations/ask.ts';
import { showMe } from '../contract/operations/sign-in.ts';
import { isMooseError, type TransientError } from '../domain/failure.ts';
import { shortId } from '../domain/ids.ts';
import type { CliContext, OpenMoose } from './context.ts';
import { cliFailures } from './failure-catalogue.ts';
import { type FollowOptions, followEvents, type NamedOrder as Order } from './remote/follow-events.ts';
import { viewOf } from './remote/view-of.ts';
import { type Printer, paint } from './terminal/printer.ts';

const stoppedCode = 'WAIT_STOPPED';

/**
 * @param afterId - the newest event that was already shown.
 * @param others - of its joint change: it is waited for all of them, or until one needs a person.
 * @throws TransientError `WAIT_STOPPED`
 */
export async function waitForWorkOrder(
  context: CliContext,
  opened: OpenMoose,
  printer: Printer,
  order: Order,
  afterId: string,
  others: readonly Order[] = [],
): Promise<WorkOrder> {
  const { ask } = opened;
  const lost = new AbortController();
  const hasWorker = (await ask(showMe)).executors > 0;
  // A server's work is never done here: this machine has neither its data nor its keys.
  const runsElsewhere = hasWorker || opened.server !== null;
  if (!hasWorker && opened.server !== null)
    printer.note(`No worker is running at ${opened.server}: the work order waits until one starts.`);
  const worker = runsElsewhere ? null : await opened.work((error) => lost.abort(error));
  try {
    await followAll(ask, [order, ...others], {
      signal: AbortSignal.any([context.signal, lost.signal]),
      afterId,
      onEvent: (event) => printer.note(`${paint('gray', event.at.slice(11, 19))} ${event.what}`),
    });
  } catch (cause) {
    if (context.signal.aborted) throw stopped(order, runsElsewhere);
    throw cause;
  } finally {
    await worker?.close();
  }
  return viewOf(ask, order.id);
}

/** The other changes of a joint change wait if one of them needs a person. */
async function followAll(ask: Ask, orders: readonly Order[], options: FollowOptions): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  const ends = await Promise.allSettled(
    orders.map(async (order) => {
      await followEvents(ask, order, { ...options, signal });
      if (orders.length > 1 && (await viewOf(ask, order.id)).status !== 'completed') over.abort();
    }),
  );
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed && (options.signal.aborted || !over.signal.aborted)) throw failed.reason;
}

export function isStopped(error: unknown): boolean {
  return isMooseError(error) && error.code === stoppedCode;
}

/** Ctrl-C ends only the wait, so the error says what happens to the work order. */
function stopped({ id }: Order, runsElsewhere: boolean): TransientError {
  const short = shortId(id);
  return runsElsewhere
    ? cliFailures.WAIT_STOPPED('wait', { short })
    : cliFailures.WAIT_STOPPED_WITH_WORK('wait', { short });
}
