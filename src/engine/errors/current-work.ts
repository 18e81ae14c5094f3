// The work that the current code runs for, for rows and log lines written below the pipeline.
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

/** Everything that `task` does or waits for counts as this work. */
export function doingWork<T>(work: CurrentWork, task: () => T): T {
  return current.run(work, task);
}

/** The same work in more detail: the step, its attempt, the session; no effect if no work is known. */
export function doingPart<T>(part: Partial<CurrentWork>, task: () => T): T {
  const work = current.getStore();
  return work ? current.run({ ...work, ...part }, task) : task();
}

/** For something that this work only happens to trigger, and that is done for all. */
export function outsideOfWork<T>(task: () => T): T {
  return current.exit(task);
}

/** Empty outside a run: at the start, in periodic jobs, for people's requests. */
export function currentWork(): Partial<CurrentWork> {
  return current.getStore() ?? {};
}
