// What a person does to all work orders of a spec: run, pause, resume, cancel and retry them (R-SPEC-2). The state of
// the spec changes first or last, so that repeating a command completes one that was interrupted.

import type { PermanentError } from '../../domain/failure.ts';
import { newId, shortId, type WorkOrderId } from '../../domain/ids.ts';
import { isHuman, personOf } from '../../domain/people/person.ts';
import type { Query } from '../../store/database.ts';
import { cancelledOf, replacePlanned } from '../../store/work/plans/replace-planned.ts';
import {
  changeSpecRun,
  lockSpecRun,
  type PlannedState,
  plannedStates,
  readyWorkOrders,
  type SpecRun,
} from '../../store/work/plans/running-plans.ts';
import { findSpec } from '../../store/work/plans/specs.ts';
import { openRunOf } from '../../store/work/runs/runs.ts';
import { requireWorkOrder, type WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { approvalOfProgram } from '../specs/approval-failures.ts';
import { type ApprovalDeps, approveAndRun } from '../specs/approve-and-run.ts';
import { startPlanned } from '../specs/start-planned.ts';
import { cancelIfOpen } from './cancel.ts';
import { commandFailures } from './failure-catalogue.ts';
import { pauseIfOpen, resume } from './pause-and-resume.ts';
import { refuseRemoved } from './refuse-removed.ts';
import { retry } from './start-run.ts';

export interface SpecSteering {
  /** The version that is approved; absent: the newest. */
  plan?: number | undefined;
}

export function steerSpecs(deps: ApprovalDeps & { actor: string }) {
  return {
    /** Approves without starting: a run starts the work orders. @throws as `approveAndRun`, `APPROVAL_NOT_YOURS` */
    approve: async (given: string, { plan: version }: SpecSteering = {}): Promise<void> => {
      await refuseProgram(deps, given);
      await approveAndRun(deps, { spec: given, version, by: deps.actor, mayStart: false });
    },
    /**
     * Approves the plan if needed, and starts or resumes its work orders.
     * @throws as `approveAndRun`, `APPROVAL_NOT_YOURS`, `SPEC_RUN_OVER`
     */
    run: async (given: string, { plan: version }: SpecSteering = {}): Promise<void> => {
      await refuseProgram(deps, given);
      const { specId } = await approveAndRun(deps, { spec: given, version, by: deps.actor });
      const at = await runOf(deps, specId);
      if (at.runState === 'cancelled') throw runOver(specId, 'run');
      if (at.runState === 'paused') await resumeRun(deps, specId, at);
    },
    /** Idempotent. @throws PermanentError `SPEC_NOT_APPROVED`, `SPEC_NOT_RUNNING` */
    pause: (given: string): Promise<void> => pauseRun(deps, given),
    /** Resuming a spec that is not paused succeeds. @throws PermanentError `SPEC_NOT_APPROVED`, `PAUSE_NOT_YOURS` */
    resume: async (given: string): Promise<void> => {
      const { id } = await deps.database.run((query) => findSpec(query, given));
      const at = approved(await runOf(deps, id));
      if (at.runState === 'paused') await resumeRun(deps, id, at);
    },
    /** Cancels all work orders except completed ones. Idempotent. @throws PermanentError `SPEC_NOT_APPROVED` */
    cancel: (given: string): Promise<void> => cancelRun(deps, given),
    /**
     * Restarts work orders that failed or need review, and replaces cancelled ones by new work orders.
     * @throws PermanentError `SPEC_NOT_APPROVED`, `SPEC_RUN_OVER`, `SPEC_PAUSED`, `WORK_ORDER_PROJECT_GONE`, and as
     * `retry`
     */
    retry: (given: string): Promise<void> => retryRun(deps, given),
  };
}

/** For programs, the Director decides: an approval by a program would bypass the policy. */
async function refuseProgram(deps: Deps, given: string): Promise<void> {
  if (isHuman(deps.actor)) return;
  const { id } = await deps.database.run((query) => findSpec(query, given));
  if ((await runOf(deps, id)).runState === null) throw approvalOfProgram(id);
}

async function pauseRun(deps: Deps, given: string): Promise<void> {
  const specId = await changed(deps, given, async (query, { id, runState }) => {
    if (runState !== 'running' && runState !== 'paused') throw notRunning(id, runState);
    await changeSpecRun(query, id, 'running', { to: 'paused', by: deps.actor, at: deps.clock.now() });
  });
  // Each work order gets the time of the spec's pause: clocks of two machines are never compared.
  const { runState, runChangedAt } = await runOf(deps, specId);
  if (runState !== 'paused' || runChangedAt === null) return;
  for (const { id } of (await statesOf(deps, specId)).filter(({ run }) => run > 0))
    await pauseIfOpen(deps, id, deps.actor, 'all of its spec', runChangedAt);
}

async function resumeRun(deps: Deps, specId: string, paused: SpecRun): Promise<void> {
  refuseToResume(paused, deps.actor);
  const { runChangedAt } = paused;
  // A work order that a person paused separately stays paused.
  const held = (await statesOf(deps, specId)).filter(
    ({ heldAt }) => heldAt !== null && heldAt.getTime() === runChangedAt?.getTime(),
  );
  for (const { id } of held) await resume(deps, await orderOf(deps, id), deps.actor);
  await deps.database.transaction(async (query) => {
    await lockSpecRun(query, specId);
    const change = { by: deps.actor, at: deps.clock.now() };
    if (await changeSpecRun(query, specId, 'paused', { to: 'running', ...change }))
      await startPlanned(query, await readyWorkOrders(query, specId), change.at, deps.actor);
  });
}

async function cancelRun(deps: Deps, given: string): Promise<void> {
  const specId = await changed(deps, given, async (query, { id, runState }) => {
    await changeSpecRun(query, id, runState, { to: 'cancelled', by: deps.actor, at: deps.clock.now() });
  });
  for (const { id } of await statesOf(deps, specId)) await cancelIfOpen(deps, id, deps.actor);
}

async function retryRun(deps: Deps, given: string): Promise<void> {
  const { actor: by } = deps;
  const specId = await changed(deps, given, async (query, { id, runState }) => {
    if (runState === 'cancelled') throw runOver(id, 'retry');
    if (runState === 'paused') throw isPaused(id);
    const { projectId } = await findSpec(query, id);
    if (projectId !== null) await refuseRemoved(query, projectId);
    const now = deps.clock.now();
    for (const [at, cancelled] of (await cancelledOf(query, id)).entries())
      await replacePlanned(query, cancelled, { id: newId(new Date(now.getTime() + at)), by });
    if (runState === 'running' || runState === 'done')
      await startPlanned(query, await readyWorkOrders(query, id), now, by);
  });
  for (const state of await statesOf(deps, specId))
    if (await mayRetry(deps, state)) await retry(deps, await orderOf(deps, state.id), {}, by);
}

/** The state of the spec is locked while `change` reads it. Returns the ID of the spec. */
function changed(
  { database }: Deps,
  given: string,
  change: (query: Query, run: Approved) => Promise<void>,
): Promise<string> {
  return database.transaction(async (query) => {
    const { id } = await findSpec(query, given);
    await change(query, approved(await lockSpecRun(query, id)));
    return id;
  });
}

type Deps = ApprovalDeps & { actor: string };

function runOf({ database }: Deps, specId: string): Promise<SpecRun> {
  return database.transaction((query) => lockSpecRun(query, specId));
}

async function mayRetry({ database, actor }: Deps, { id, status, parkedAt }: PlannedState): Promise<boolean> {
  if (status !== 'failed' && status !== 'needs_review') return false;
  if (parkedAt !== null && !isHuman(actor)) return false;
  return (await database.run((query) => openRunOf(query, id))) === undefined;
}

function statesOf({ database }: Deps, specId: string): Promise<PlannedState[]> {
  return database.run((query) => plannedStates(query, specId));
}

function orderOf({ database }: Deps, id: WorkOrderId): Promise<WorkOrder> {
  return database.run((query) => requireWorkOrder(query, id));
}

type Approved = SpecRun & { runState: NonNullable<SpecRun['runState']> };

function approved(run: SpecRun): Approved {
  const { runState } = run;
  if (runState !== null) return { ...run, runState };
  throw commandFailures.SPEC_NOT_APPROVED({ ...fields('steer') }, { id: shortId(run.id) });
}

function refuseToResume({ id, runChangedBy }: SpecRun, actor: string): void {
  if (runChangedBy === null || !isHuman(runChangedBy) || isHuman(actor)) return;
  throw commandFailures.PAUSE_NOT_YOURS_OF_SPEC(
    { ...fields('resume') },
    { runChangedBy: personOf(runChangedBy), id: shortId(id) },
  );
}

function notRunning(id: string, state: string): PermanentError {
  return commandFailures.SPEC_NOT_RUNNING({ ...fields('pause') }, { state, id: shortId(id) });
}

/** A work order that starts now would run while all the others are paused. */
function isPaused(id: string): PermanentError {
  return commandFailures.SPEC_PAUSED({ ...fields('retry') }, { id: shortId(id) });
}

function runOver(id: string, operation: string): PermanentError {
  return commandFailures.SPEC_RUN_OVER({ ...fields(operation) }, { id: shortId(id) });
}

const fields = (operation: string) => ({ operation });
