// Starts, shows and stops experiments. Only a person may start one, because it lets a policy act (R-LRN-5).

import type * as wire from '../../contract/contract.ts';
import type { PermanentError } from '../../domain/failure.ts';
import { newId } from '../../domain/ids.ts';
import { isNamed, type PolicySpec, readPolicy } from '../../domain/learning/policy-spec.ts';
import { nanoOfUsd, usdNumber } from '../../domain/money.ts';
import { isHuman } from '../../domain/people/person.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import {
  addExperiment,
  assignedOrders,
  endExperiment,
  findExperiment,
  type ListedExperiment,
  listExperiments,
  runningExperiments,
} from '../../store/work/learning/experiments.ts';
import { type Project, projectNamed } from '../../store/work/projects/projects.ts';
import { projectNotFound } from '../commands/submit/project-of-submission.ts';
import { evidenceOf } from '../learner/evidence.ts';
import { resultOf, verdictOf } from '../learner/experiment-result.ts';
import { readLearner } from '../learner/keep-learner.ts';
import { defaultSettings, type EngineSettings } from '../policy/engine-settings.ts';
import { learningFailures } from './failure-catalogue.ts';

/** Halves learn the most from a number of work orders. */
const shareOfA = 0.5;

interface Deps {
  database: Database;
  clock: Clock;
  actor: string;
  settings?: { current: Pick<EngineSettings, 'finishedValueNanoUsd'> };
}

export function askExperiments(deps: Deps) {
  const { database, actor } = deps;
  return {
    experiments: async (signal?: AbortSignal): Promise<wire.Experiments> => {
      const items = await database.run(async (query) => {
        const shown: wire.Experiment[] = [];
        for (const each of await listExperiments(query)) shown.push(await shownExperiment(query, each));
        return shown;
      }, signal);
      return { items };
    },
    /**
     * @throws PermanentError `LIMIT_NOT_YOURS`, `PROJECT_NOT_FOUND`, `EXPERIMENT_IMPOSSIBLE`,
     * `EXPERIMENT_RUNNING`
     */
    startExperiment: (wish: wire.ExperimentRequest): Promise<wire.Experiment> => startExperiment(deps, wish),
    /** Stopping twice succeeds. @throws PermanentError `EXPERIMENT_NOT_FOUND` */
    stopExperiment: (given: string): Promise<wire.Experiment> =>
      database.transaction(async (query) => {
        const found = await findExperiment(query, given);
        if (!found) throw experimentNotFound(given);
        const { result } = await seenOf(query, found);
        await endExperiment(query, found.id, { state: 'stopped', by: actor, result });
        return shownExperiment(query, (await findExperiment(query, found.id)) ?? found);
      }),
  };
}

async function startExperiment(
  { database, clock, actor, settings }: Deps,
  wish: wire.ExperimentRequest,
): Promise<wire.Experiment> {
  if (!isHuman(actor)) throw notYours(wish);
  return database.transaction(async (query) => {
    const project = await projectNamed(query, wish.project);
    if (!project) throw projectNotFound(wish.project, []);
    await assertPossible(query, project, wish);
    const id = newId<string>(clock.now());
    const { finishedValueNanoUsd } = settings?.current ?? defaultSettings;
    const isNew = await addExperiment(query, {
      id,
      projectId: project.id,
      policyA: wish.a,
      policyB: wish.b,
      shareOfA,
      createdBy: actor,
      valueNanoUsd: finishedValueNanoUsd,
      capNanoUsd: nanoOfUsd(wish.cap_usd),
    });
    const made = isNew ? await findExperiment(query, id) : undefined;
    if (!made) throw isRunning(project.name);
    return shownExperiment(query, made);
  });
}

async function assertPossible(
  query: Query,
  project: Project,
  { a, b }: wire.ExperimentRequest,
): Promise<void> {
  if (a === b) throw impossible('both policies are the same');
  if (project.settings.learning === 'off') throw impossible(`${project.name} does not learn`);
  const record = await readLearner(query, project.id);
  const known = record.learner.arms.map(({ arm }) => arm);
  for (const text of [a, b]) {
    const spec = readPolicy(text);
    if (spec === null) throw impossible(`"${text}" is not a policy`);
    const unknown = unknownOf(spec, known);
    if (unknown !== undefined)
      throw impossible(
        `${project.name} has never had the arm "${unknown}". It had: ${known.join(', ') || 'none'}`,
      );
    const { missing } = evidenceOf(record);
    if (spec.policy === 'learned' && missing > 0)
      throw impossible(`the learned policy needs ${missing} more work orders before it can choose`);
  }
}

const unknownOf = (spec: PolicySpec, known: readonly string[]): string | undefined =>
  spec.policy === 'fixed'
    ? spec.plan.find((wanted) => !known.some((arm) => isNamed(arm, wanted)))
    : undefined;

/** Ends experiments that are decided, have reached their cap, or whose project no longer learns. */
export async function settleExperiments(
  { database }: Pick<Deps, 'database'>,
  signal?: AbortSignal,
): Promise<void> {
  for (const each of await database.run(runningExperiments, signal)) {
    const { result, isDecided } = await database.run((query) => seenOf(query, each), signal);
    // Work orders that were assigned before the cap was reached are paid for, so they count.
    const isCapped = result.spent_usd >= usdNumber(each.capNanoUsd) && result.pending === 0;
    const state = isDecided ? 'decided' : isCapped ? 'capped' : each.learning === 'off' ? 'stopped' : null;
    if (state === null) continue;
    await database.transaction(
      (query) => endExperiment(query, each.id, { state, by: 'moose', result }),
      signal,
    );
  }
}

async function seenOf(query: Query, row: ListedExperiment) {
  return resultOf(row, await assignedOrders(query, row.id));
}

async function shownExperiment(query: Query, row: ListedExperiment): Promise<wire.Experiment> {
  const result = (row.result as wire.ExperimentResult | null) ?? (await seenOf(query, row)).result;
  return {
    id: row.id,
    project: row.project,
    a: row.policyA,
    b: row.policyB,
    share_of_a: row.shareOfA,
    value_usd: usdNumber(row.valueNanoUsd),
    cap_usd: usdNumber(row.capNanoUsd),
    state: row.state,
    verdict: verdictOf(row, result),
    ...result,
    created_by: row.createdBy,
    created_at: row.createdAt.toISOString(),
    ended_by: row.endedBy,
    ended_at: row.endedAt?.toISOString() ?? null,
  };
}

function notYours({ project, a, b }: wire.ExperimentRequest): PermanentError {
  return learningFailures.LIMIT_NOT_YOURS('experiment', { a, b, project });
}

function impossible(why: string): PermanentError {
  return learningFailures.EXPERIMENT_IMPOSSIBLE('experiment', { why });
}

function isRunning(project: string): PermanentError {
  return learningFailures.EXPERIMENT_RUNNING('experiment', { project });
}

function experimentNotFound(given: string): PermanentError {
  return learningFailures.EXPERIMENT_NOT_FOUND('stop experiment', { given });
}
