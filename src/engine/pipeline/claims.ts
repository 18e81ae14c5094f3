// Claims runs for this process: together, because after a restart hundreds are claimed at once, and none of them begins its
// step while others still wait to be claimed; or alone, if a run is no plain one.
import type { RunId } from '../../domain/ids.ts';
import { type Step, steps } from '../../domain/transitions.ts';
import type { Slots } from '../../durable/slots.ts';
import { inBatches } from '../../stdx/async/in-batches.ts';
import type { Query } from '../../store/database.ts';
import { presumeOpenCalls } from '../../store/money/costs.ts';
import { projectById } from '../../store/work/projects/projects.ts';
import { claimPlain, type RunToClaim, runsStanding, type Standing } from '../../store/work/runs/claims.ts';
import { claimRun, type Run, updateRun } from '../../store/work/runs/runs.ts';
import { changeWorkOrder, workOrderById } from '../../store/work/work-orders/work-orders.ts';
import { projectHere } from '../run/project-here.ts';
import type { PipelineDeps, Work } from '../run/work.ts';
import { suspendIdle } from '../workplace/suspend.ts';
import { startsOf } from '../workplace/work-slots.ts';

/** Bounds how long a transaction holds the rows of other runs. */
const batchMax = 250;
/** Above this, runs begin although others still wait to be taken up. */
const heldMax = 2_000;

export interface Host {
  executorId: string;
  slots: Slots;
  /** Aborted when the process takes no new work: the run goes back to the queue after its step. */
  drains?: AbortSignal;
  /** The leg to run: if the run is at another leg, there is nothing to do. */
  leg: number;
  /** The claims of the process, which claims its runs together; if absent, the run is claimed alone. */
  claims?: Claims;
  /** The run as this process has just read it; if absent, it is read. */
  found?: Standing;
  /** Not aborted when a person cancels: a cancelled run is taken up too, so that this process ends it. */
  stops?: AbortSignal;
  /** The run is this process's now. */
  onTaken?: () => void;
}

export interface Claims {
  /** Undefined if there is no such run. */
  find(runId: RunId, signal: AbortSignal): Promise<Standing | undefined>;
  /** Undefined if the run has ended or has to be taken up alone. */
  claim(run: RunToClaim, signal: AbortSignal): Promise<Standing | undefined>;
}

export function createClaims({ database, reached }: Pick<PipelineDeps, 'database' | 'reached'>): Claims {
  const found = inBatches<RunId, Standing | undefined>(
    async (ids, signal) => {
      const standing = await database.run((query) => runsStanding(query, ids), signal);
      return ids.map((id) => standing.get(id));
    },
    { batchMax, heldMax },
  );
  const taken = inBatches<RunToClaim, Standing | undefined>(
    async (asked, signal) => {
      const pass = (point: string) => asked[0] && reached(point, asked[0].runId);
      const standing = await database.transaction(async (query) => {
        const taken = await claimPlain(query, asked, countedSteps);
        pass('claim:before-commit');
        return taken;
      }, signal);
      pass('claim:committed');
      return asked.map(({ runId, leg }) => {
        const one = standing.get(runId);
        // Two legs of a run may ask at once, such as one that was woken before its time and the next.
        if (one?.run.leg !== leg) return undefined;
        standing.delete(runId);
        return one;
      });
    },
    { batchMax, heldMax },
  );
  return { find: found.ask, claim: taken.ask };
}

const countedSteps: readonly Step[] = steps.filter((step) => startsOf(step) > 0);

export function workOf(
  deps: PipelineDeps,
  { run, order, project }: Standing,
  { executorId, slots, drains }: Host,
  signal: AbortSignal,
): Work {
  const here = projectHere(project, deps.settings.dataDirectory);
  const ofProcess = { slots, signal, ...(drains ? { drains } : {}), actor: `moose:${executorId}` };
  return { ...deps, run, order, project: here, ...ofProcess };
}

/**
 * Takes over any run for this process, and starts its work order if that has not happened; undefined if the run has
 * ended.
 */
export async function claimAlone(
  deps: PipelineDeps,
  runId: RunId,
  host: Host,
  signal: AbortSignal,
): Promise<Work | undefined> {
  const actor = `moose:${host.executorId}`;
  return deps.database.transaction(async (query) => {
    const run = await claimRun(query, runId, host.executorId, host.leg);
    if (!run) return undefined;
    await presumeOpenCalls(query, [run.id]);
    if (run.kind === 'work') {
      if (await suspendIdle(query, run, actor)) return undefined;
      await begin(query, run, actor);
    }
    const order = await workOrderById(query, run.workOrderId);
    if (!order) return undefined;
    const project = await projectById(query, order.projectId);
    if (run.kind === 'work' && order.step !== null)
      await updateRun(query, run.id, { starts: run.starts + startsOf(order.step) });
    return workOf(deps, { run, order, project }, host, signal);
  }, host.stops ?? signal);
}

/** Zero rows mean that the work order was already started. */
async function begin(query: Query, run: Run, actor: string): Promise<void> {
  await changeWorkOrder(
    query,
    run.workOrderId,
    { status: 'pending' },
    {
      status: 'in_progress',
      step: run.firstStep ?? 'routing',
      stepState: 'running',
      changedBy: actor,
      changedBecause: 'taken up',
    },
  );
}
