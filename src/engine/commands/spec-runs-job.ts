// Ends the run of a spec when none of its work orders can continue, and tells people once (R-SPEC-5). Also finishes a
// cancel whose process died, and repairs the state after faults. Work orders start without this job.
import { shortId } from '../../domain/ids.ts';
import { isHuman } from '../../domain/people/person.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import {
  changeSpecRun,
  costOfSpec,
  hasSpecToMove,
  leftBehind,
  leftOfCancelledSpecs,
  lockSpecRun,
  plannedStates,
  readyWorkOrders,
  specsAtRest,
  specsAtWorkAgain,
} from '../../store/work/plans/running-plans.ts';
import { findSpec } from '../../store/work/plans/specs.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import { notifyChannels } from '../background/notify/notify-channels.ts';
import { summaryOf } from '../specs/spec-summary.ts';
import { planActor, startDependents, startPlanned } from '../specs/start-planned.ts';
import { cancelIfOpen } from './cancel.ts';

const everyMs = 5_000;

export function specRunsJob(deps: { database: Database; clock: Clock }): PeriodicJob {
  return { name: 'spec-runs', everyMs, due: hasSpecToMove, run: (signal) => lookAtSpecs(deps, signal) };
}

async function lookAtSpecs(deps: { database: Database; clock: Clock }, signal: AbortSignal): Promise<void> {
  const { database, clock } = deps;
  for (const { id, cancelledBy } of await database.run(leftOfCancelledSpecs, signal)) {
    signal.throwIfAborted();
    await cancelIfOpen(deps, id, isHuman(cancelledBy) ? cancelledBy : planActor);
  }
  const { specs, completed } = await database.run(leftBehind, signal);
  for (const id of specs) await database.transaction((query) => startReady(query, id, clock.now()), signal);
  for (const id of completed)
    await database.transaction((query) => startDependents(query, id, clock.now()), signal);
  const change = { by: planActor, at: clock.now() };
  for (const id of await database.run(specsAtWorkAgain, signal))
    await database.transaction(
      (query) => changeSpecRun(query, id, 'done', { to: 'running', ...change }),
      signal,
    );
  for (const id of await database.run(specsAtRest, signal))
    await database.transaction((query) => endRun(query, id, change.at), signal);
}

async function startReady(query: Query, specId: string, now: Date): Promise<void> {
  const { runState } = await lockSpecRun(query, specId);
  if (runState === 'running') await startPlanned(query, await readyWorkOrders(query, specId), now);
}

/** A work order that ends or starts at this moment does so first, or waits for the lock. */
async function endRun(query: Query, specId: string, at: Date): Promise<void> {
  await lockSpecRun(query, specId);
  if (!(await specsAtRest(query)).includes(specId)) return;
  await changeSpecRun(query, specId, 'running', { to: 'done', by: planActor, at });
  const { name } = await findSpec(query, specId);
  const states = await plannedStates(query, specId);
  const { text, built, open } = summaryOf({ states, costNanoUsd: await costOfSpec(query, specId) });
  await notifyChannels(query, {
    kind: 'spec.ended',
    subjectId: specId,
    key: at.toISOString(),
    payload: {
      title: open.length === 0 ? `Built: ${name}` : `Ended with open work: ${name}`,
      text: `${text} See it with \`moose spec status ${shortId(specId)}\`.`,
      severity: open.length === 0 ? 'low' : 'medium',
      facts: built.flatMap(({ key, pull_request }) =>
        pull_request === null ? [] : [{ name: key, value: pull_request }],
      ),
      path: '/specs',
    },
  });
}
