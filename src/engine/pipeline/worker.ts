// Runs work orders for one process, and stops those that a person cancels.
import type { RunId } from '../../domain/ids.ts';
import { listenForEvents } from '../../store/live/listen.ts';
import { runById } from '../../store/work/runs.ts';
import { workOrderById } from '../../store/work/work-orders.ts';
import { CancelRequested } from '../run/cancel.ts';
import type { PipelineDeps } from '../run/work.ts';
import { executeRun, type Host } from './execute-run.ts';

export interface Worker {
  execute(runId: RunId, host: Host, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export function createWorker(deps: PipelineDeps): Worker {
  const active = new Map<string, AbortController>();
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
        active.get(id)?.abort(new CancelRequested());
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
      const run = await deps.database.run((query) => runById(query, runId), signal);
      if (!run) return;
      const cancelled = new AbortController();
      active.set(run.workOrderId, cancelled);
      try {
        await executeRun(deps, runId, host, AbortSignal.any([signal, cancelled.signal]));
      } finally {
        if (active.get(run.workOrderId) === cancelled) active.delete(run.workOrderId);
      }
    },
    async close() {
      stop.abort();
      await closed;
    },
  };
}
