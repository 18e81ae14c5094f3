// For tests: a work order at a given step of the pipeline, in a real repository, with everything that the earlier steps
// leave.

import { randomUUID } from 'node:crypto';
import { TransientError } from '../../domain/failure.ts';
import { type RunStep, runSteps } from '../../domain/transitions.ts';
import type {
  ApplyingResult,
  GeneratingResult,
  RoutingResult,
  StepResult,
  VerifyingResult,
} from '../../domain/work-order/step-result.ts';
import { commitAll } from '../../git/commit/commit.ts';
import {
  type ScratchRepository,
  scratchDirectory,
  scratchRepository,
  writeFiles,
} from '../../git/scratch-repository.fixture.ts';
import { findProcess } from '../../sessions/find-process.ts';
import { stopProcess } from '../../sessions/stop-process.ts';
import type { Database } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import { saveStepResult, updateRun } from '../../store/work/runs/runs.ts';
import { stepResult } from '../../store/work/runs/step-results.fixture.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { sessionsOf } from '../../store/work/sessions/session-rows.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { Agent } from '../ports/agent.ts';
import type { Model } from '../ports/model.ts';
import { reserveEnvelope } from '../run/budget/envelope.ts';
import { withRetry } from '../run/step-history.ts';
import type { RunDecision, Work } from '../run/work.ts';
import { claim, type MemoryForge, scratchWork } from '../scratch-work.fixture.ts';
import { ensureWorktreePlace } from '../workplace/worktree/worktree-place.ts';
import { endRun } from './failure/end-run.ts';
import { scriptedAgent } from './scripted-agent.fixture.ts';

export type ScratchWork = Work & { forge: MemoryForge };

export interface Given {
  agents?: readonly Agent[];
  models?: readonly Model[];
  files?: Readonly<Record<string, string>>;
  /** The repository's, whose hashes are then longer. */
  objectFormat?: 'sha256';
  /** The repository of another work order: this work order gets its own branch there. */
  beside?: { repository: ScratchRepository; dataDirectory: string; branch: string };
  /** The files that the work order's change wrote, for every step after `applying`. */
  change?: Readonly<Record<string, string>>;
  settings?: Partial<EngineSettings>;
  orderSettings?: Work['order']['settings'];
  limitNanoUsd?: bigint;
  /** The point at which the process dies: `step:what`. */
  diesAt?: string;
}

export interface Ground {
  work: ScratchWork;
  repository: ScratchRepository;
  worktreePath: string;
  /** The points that the process has passed to `reached`. */
  points: string[];
  routed: RoutingResult;
}

const dollar = 1_000_000_000n;
const branch = 'moose/ab12-mend-it';

/** A proposal that writes a file with this content. */
export const proposalOf = (content: string) => ({
  plan: `Write ${content}`,
  edits: [{ kind: 'write' as const, path: 'made.txt', content }],
  risks: [],
});

export async function atStep(database: Database, step: RunStep, given: Given = {}): Promise<Ground> {
  const repository = given.beside?.repository ?? scratchRepository(given.files, given.objectFormat);
  const points: string[] = [];
  const process = new AbortController();
  const base = await scratchWork(database, {
    step,
    repositoryPath: repository.path,
    dataDirectory: given.beside?.dataDirectory ?? scratchDirectory(),
    ...(given.limitNanoUsd === undefined ? {} : { limitNanoUsd: given.limitNanoUsd }),
    signal: process.signal,
    reached: (point) => {
      points.push(point);
      if (point !== given.diesAt || points.filter((each) => each === point).length > 1) return;
      process.abort(new DOMException('Moose died', 'AbortError'));
      throw process.signal.reason;
    },
  });
  const work = { ...base, ...portsOf(given), settings: settingsOf(base, given) };
  if (given.orderSettings) {
    work.order.settings = given.orderSettings;
    const settings = toJson(given.orderSettings);
    await database.query
      .updateTable('workOrders')
      .set({ settings })
      .where('id', '=', work.order.id)
      .execute();
  }
  const ground = { work, repository, points, worktreePath: '', routed: routedTo(repository, work, given) };
  if (step !== 'routing') await leaveResults(ground, step, given);
  points.length = 0;
  work.order = await theWorkOrder(database, work.order.id);
  return ground;
}

function portsOf({ agents = [scriptedAgent('echo new > made.txt; echo says success')], models = [] }: Given) {
  return {
    agents: new Map(agents.map((agent) => [agent.name, agent])),
    model: (name: string) => {
      const found = models.find((model) => model.name === name);
      if (!found) throw new TypeError(`There is no model ${name} in this test`);
      return found;
    },
    gateway: { address: async () => ({ url: 'http://127.0.0.1:9', port: 9, socketPath: '/nowhere' }) },
  };
}

function settingsOf({ settings }: Work, { agents, models = [], settings: own }: Given): EngineSettings {
  const names = models.map(({ name }) => name);
  return {
    ...settings,
    models: { light: names, standard: names, strong: names },
    defaultAgent: agents?.[0]?.name ?? 'scripted',
    silenceMsMax: 60_000,
    idleMsMax: 60_000,
    checkTimeLimitMs: 60_000,
    modelAttemptsMax: 3,
    contextCharsMax: 20_000,
    checkEnvironment: { PATH: globalThis.process.env.PATH ?? '' },
    ...own,
  };
}

function routedTo({ headSha }: ScratchRepository, { settings }: Work, { beside }: Given): RoutingResult {
  return {
    complexity: 0.2,
    hardStopWords: [],
    reasons: [],
    tier: 'light',
    models: settings.models.light,
    agent: settings.defaultAgent,
    envelopeNanoUsd: dollar.toString(),
    reservationId: '',
    baseBranch: 'main',
    baseSha: headSha,
    hasUncommittedChanges: false,
    branch: beside?.branch ?? branch,
  };
}

async function leaveResults(ground: Ground, step: RunStep, given: Given): Promise<void> {
  const { work, routed } = ground;
  const { database, order } = work;
  const { reservationId } = await reserveEnvelope(work, { estimateNanoUsd: dollar, ceilingNanoUsd: null });
  Object.assign(routed, { reservationId });
  const learned = { baseBranch: routed.baseBranch, baseSha: routed.baseSha, branch: routed.branch };
  await database.query.updateTable('workOrders').set(learned).where('id', '=', order.id).execute();
  const generated: GeneratingResult = {
    proposal: proposalOf('new'),
    brief: null,
    attempts: 1,
    model: routed.models[0] ?? null,
  };
  const results: { [S in RunStep]?: StepResult<S> } = { routing: routed, generating: generated };
  const before = runSteps.slice(0, runSteps.indexOf(step));
  if (before.includes('applying')) {
    // Publishing reads from the repository and needs no worktree.
    const apply = step === 'creating_pr' ? commitPlainly : commitInWorktree;
    const applied = await apply(ground, given.change ?? { 'made.txt': 'new\n' });
    results.applying = applied;
    results.verifying = verifiedAs(applied);
    results.creating_pr = {
      number: 1,
      url: 'memory:1',
      headSha: applied.headSha,
      remote: '',
    };
  }
  for (const each of before) await leave(work, each, results[each] ?? {});
}

/** Stores the result of a step, as if the step had ended. */
export async function leave<S extends RunStep>(
  { database, run, order }: Work,
  step: S,
  given: Partial<StepResult<S>>,
): Promise<void> {
  const owner = { runId: run.id, workOrderId: order.id, cycle: run.cycle };
  const result = stepResult(step, given);
  await saveStepResult(database.query, { ...owner, step, result, startedAt: new Date() });
}

async function commitPlainly(
  { repository, routed }: Ground,
  change: Readonly<Record<string, string>>,
): Promise<ApplyingResult> {
  repository.git('checkout', '--quiet', '-b', branch);
  const sha = repository.commit(change);
  repository.git('checkout', '--quiet', 'main');
  return appliedAs(routed, { sha, treeSha: repository.git('rev-parse', `${sha}^{tree}`) });
}

async function commitInWorktree(
  ground: Ground,
  change: Readonly<Record<string, string>>,
): Promise<ApplyingResult> {
  const { work, routed } = ground;
  const { worktreePath } = await ensureWorktreePlace(work, routed, routed.baseSha);
  ground.worktreePath = worktreePath;
  writeFiles(worktreePath, change);
  const commit = await commitAll({
    repositoryPath: work.project.repositoryPath,
    worktreePath,
    branch: routed.branch,
    expectedParent: routed.baseSha,
    message: work.order.title,
    trailers: { 'Moose-Work-Order': work.order.id, 'Moose-Cycle': '1.0' },
    allowCiChanges: work.order.settings.allow_ci_changes === true,
  });
  if (!commit) throw new Error('The change changes nothing');
  return appliedAs(routed, commit);
}

function appliedAs({ agent }: RoutingResult, commit: { sha: string; treeSha: string }): ApplyingResult {
  return {
    outcome: 'changed',
    headSha: commit.sha,
    treeSha: commit.treeSha,
    changedFiles: 1,
    agent,
    sessionId: '',
    summary: 'made it',
  };
}

export function verifiedAs({ treeSha }: Pick<ApplyingResult, 'treeSha'>): VerifyingResult {
  const green = {
    passed: true,
    exitCode: 0,
    signal: null,
    stoppedBecause: null,
    durationMs: 1,
    outputTail: '',
  };
  return { checks: [{ kind: 'test', command: 'true', ...green }], isVerified: true, treeSha };
}

/** Takes up the run as another process would, from what is stored. */
export async function claimedAgain<T extends Work>(work: T, change: Partial<Work> = {}): Promise<T> {
  const { database, run, order } = work;
  return {
    ...work,
    run: await claim(database, run.id, 'another'),
    order: await theWorkOrder(database, order.id),
    signal: new AbortController().signal,
    ...change,
  };
}

/** Gives the run to another process without this process noticing. */
/** As if the present step had been retried because of this failure code before. */
export async function retriedBefore(
  { database, run, order: { step } }: Work,
  code: string,
  times: number,
): Promise<void> {
  if (step === null) throw new TypeError('The work order is at no step');
  const fields = { code, component: 'pipeline', operation: 'test', message: 'The previous failure.' };
  const failure = new TransientError(fields);
  for (let time = 0; time < times; time += 1) run.settings = withRetry(run, step, failure);
  run.stepAttempt = times;
  await updateRun(database.query, run.id, { stepAttempt: times, settings: toJson(run.settings) });
}

/** Kills all sessions together with the processes that start them, as the end of the machine does. */
export async function endAllOf({ database, order }: Work): Promise<void> {
  for (const { directory } of await sessionsOf(database.query, order.id)) {
    const handle = await findProcess(directory);
    if (handle) await stopProcess(handle, { graceMs: 0 });
  }
}

export async function loseFence({ database, run }: Work): Promise<void> {
  await claim(database, run.id, 'another');
}

/** A work order at a step, with a reservation but without a repository. */
export async function rowsAt(database: Database, step: RunStep, given: Given = {}): Promise<ScratchWork> {
  const base = await scratchWork(database, { step, repositoryPath: `/srv/${randomUUID()}` });
  const work = { ...base, ...portsOf(given), settings: settingsOf(base, given) };
  await reserveEnvelope(work, { estimateNanoUsd: dollar, ceilingNanoUsd: null });
  work.order = await theWorkOrder(database, work.order.id);
  return work;
}

/** Decides what follows, and carries it out as the loop of a run does. */
export async function decided<Rest extends unknown[]>(
  decide: (work: Work, ...rest: Rest) => Promise<RunDecision | 'look'>,
  work: Work,
  ...rest: Rest
): Promise<'go on' | 'stop' | 'look'> {
  const decision = await decide(work, ...rest);
  if (typeof decision === 'string') return decision;
  await endRun(work, decision);
  return 'stop';
}
