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

/** Everything that `task` does, and whatever that waits for, is done for this work. */
export function doingWork<T>(work: CurrentWork, task: () => T): T {
  return current.run(work, task);
}

/** The same work, closer: the step, its attempt, the session; without effect where no work is known. */
export function doingPart<T>(part: Partial<CurrentWork>, task: () => T): T {
  const work = current.getStore();
  return work ? current.run({ ...work, ...part }, task) : task();
}

/** For what only happens to be set off by this work, and is done for all. */
export function outsideOfWork<T>(task: () => T): T {
  return current.exit(task);
}

/** Empty outside of a run: at the start, in periodic jobs, for what a person asks. */
export function currentWork(): Partial<CurrentWork> {
  return current.getStore() ?? {};
}
