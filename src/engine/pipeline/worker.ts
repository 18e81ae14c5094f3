// Runs work orders for one process, and stops those that a person cancels.
import type { RunId } from '../../domain/ids.ts';
import { listenForEvents } from '../../store/live/listen.ts';
import { workOrderById } from '../../store/work/work-orders/work-orders.ts';
import { CancelRequested } from '../run/cancel.ts';
import type { PipelineDeps } from '../run/work.ts';
import { createClaims, type Host } from './claims.ts';
import { executeRun } from './execute-run.ts';

export interface Worker {
  execute(runId: RunId, host: Host, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export function createWorker(deps: PipelineDeps): Worker {
  const claims = createClaims(deps);
  /** By work order. An earlier leg may come after the one that carries the run, and ends at once. */
  const active = new Map<string, Set<AbortController>>();
  const stop = new AbortController();
  const { closed } = listenForEvents(
    deps.database.url,
    (workOrderId) => {
      const concerned =
        workOrderId === null ? [...active.keys()] : active.has(workOrderId) ? [workOrderId] : [];
      for (const id of concerned) void cancelIfAsked(id);
    },
    stop.signal,
    'moose_cancel',
  );

  async function cancelIfAsked(id: string): Promise<void> {
    try {
      const order = await deps.database.run(
        (query) => workOrderById(query, id as Parameters<typeof workOrderById>[1]),
        stop.signal,
      );
      if (order?.cancelRequestedAt && order.status === 'in_progress')
        for (const leg of active.get(id) ?? []) leg.abort(new CancelRequested());
    } catch (cause) {
      // The run itself checks for a stop before each of its steps.
      if (!stop.signal.aborted)
        deps.logger.warn(
          { err: cause, workOrderId: id },
          'could not check whether a work order was cancelled',
        );
    }
  }

  return {
    async execute(runId, host, signal) {
      const found = await claims.find(runId, signal);
      if (!found) return;
      const { id } = found.order;
      const cancelled = new AbortController();
      const legs = active.get(id) ?? new Set();
      active.set(id, legs.add(cancelled));
      try {
        const either = AbortSignal.any([signal, cancelled.signal]);
        await executeRun(deps, runId, { ...host, claims, found, stops: signal }, either);
      } finally {
        legs.delete(cancelled);
        if (legs.size === 0) active.delete(id);
      }
    },
    async close() {
      stop.abort();
      await closed;
    },
  };
}
