// Tracks the work that the current code runs for, so that rows and log lines below the pipeline can name it.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { RunId, SessionId, WorkOrderId } from '../../domain/ids.ts';
import type { Step } from '../../domain/transitions.ts';

export interface CurrentWork {
  workOrderId: WorkOrderId;
  runId: RunId;
  step?: Step;
  attempt?: number;
  sessionId?: SessionId;
}

const current = new AsyncLocalStorage<Readonly<CurrentWork>>();

/** Everything that `task` does or waits for belongs to this work. */
export function doingWork<T>(work: CurrentWork, task: () => T): T {
  return current.run(work, task);
}

/** Adds detail to the current work: the step, its attempt, the session. Has no effect if no work is known. */
export function doingPart<T>(part: Partial<CurrentWork>, task: () => T): T {
  const work = current.getStore();
  return work ? current.run({ ...work, ...part }, task) : task();
}

/** For a task that this work happens to trigger but that serves all work. */
export function outsideOfWork<T>(task: () => T): T {
  return current.exit(task);
}

/** Empty outside a run: at startup, in periodic jobs, for people's requests. */
export function currentWork(): Partial<CurrentWork> {
  return current.getStore() ?? {};
}
