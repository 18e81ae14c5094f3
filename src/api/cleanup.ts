// What finished work left behind: the plan, and a clean-up that outlives the request which started it (R-DIST-6).
import type { Cleanup, CleanupRun } from '../contract/contract.ts';
import { planCleanup, showLatestCleanup, startCleanup } from '../contract/operations/cleanup.ts';
import type { Moose } from '../engine/moose.ts';
import type { Clock } from '../stdx/clock.ts';
import type { Api } from './request/api.ts';
import { toApiError } from './request/request-errors.ts';

/** Of this process: the rows and files say what is left, so a restart loses only the report. */
export interface Cleaning {
  /** Callers at the same time get the same plan: measuring reads many files. */
  plan(moose: Cleaner): Promise<Cleanup>;
  /** Begins a clean-up, unless one is running. */
  begin(moose: Cleaner, by: string): CleanupRun;
  latest(): CleanupRun | null;
  /** Stops the clean-up after the current file or rows. The jobs of the worker delete the rest. */
  close(): Promise<void>;
}

type Cleaner = Pick<Moose, 'cleanup'>;

/** @param planMsMax - how long a plan may take; null if the caller decides */
export function createCleaning(
  clock: Clock,
  planMsMax: number | null,
  onFailure: (cause: unknown) => void,
): Cleaning {
  const stop = new AbortController();
  let planning: Promise<Cleanup> | null = null;
  let run: CleanupRun | null = null;
  let ended: Promise<void> = Promise.resolve();
  const cleanUp = async (moose: Cleaner, current: CleanupRun): Promise<void> => {
    const end = (change: Partial<CleanupRun>) =>
      Object.assign(current, { ended_at: clock.now().toISOString(), ...change });
    const onDeleted = (count: number) => {
      current.deleted += count;
    };
    try {
      end({ done: await moose.cleanup({ isPlan: false, onDeleted }, stop.signal), state: 'done' });
    } catch (cause) {
      end({ state: 'failed', error: toApiError(cause).message });
      if (!stop.signal.aborted) onFailure(cause);
    }
  };
  return {
    plan: (moose) => {
      const limits = planMsMax === null ? [] : [AbortSignal.timeout(planMsMax)];
      const signal = AbortSignal.any([stop.signal, ...limits]);
      planning ??= moose.cleanup({ isPlan: true }, signal).finally(() => {
        planning = null;
      });
      return planning;
    },
    begin: (moose, by) => {
      if (run?.state === 'running') return run;
      const began = { began_at: clock.now().toISOString(), ended_at: null, deleted: 0 };
      run = { state: 'running', by, ...began, done: null, error: null };
      ended = cleanUp(moose, run);
      return run;
    },
    latest: () => run,
    close: async () => {
      stop.abort();
      await ended;
    },
  };
}

export function addCleanup(api: Api, cleaning: Cleaning): void {
  api.openapi(planCleanup, async (c) => c.json(await cleaning.plan(c.get('moose')), 200));
  api.openapi(showLatestCleanup, (c) => c.json({ run: cleaning.latest() }, 200));
  api.openapi(startCleanup, async (c) => {
    const by = c.get('caller').actor;
    const run = await c
      .get('audit')
      .write({ subject: 'finished work' }, async () => cleaning.begin(c.get('moose'), by));
    return c.json(run, 202);
  });
}
