// The question that a run asks when it cannot continue: what happened, the evidence, and the options.

import { noUsage } from '../../../domain/agents/model-call.ts';
import { costAt } from '../../../domain/agents/price.ts';
import type { MooseError } from '../../../domain/failure.ts';
import { newId } from '../../../domain/ids.ts';
import type { Asked } from '../../../domain/work-order/asked.ts';
import { askedBy } from '../../../domain/work-order/asked-by-findings.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import type { Query } from '../../../store/database.ts';
import { alreadyTried } from '../../../store/failures/already-tried.ts';
import { policyFor } from '../../../store/failures/answer-policies.ts';
import { commandOf, type NewEscalation } from '../../../store/failures/escalations.ts';
import { modelRecords, pastRunsAfter } from '../../../store/figures/past-runs.ts';
import { newestStepResults, resultIn, type StepResults } from '../../../store/work/runs/runs.ts';
import { type Effect, effectsOf } from '../../../store/work/sessions/effects.ts';
import { defaultFor } from '../../questions/automatic.ts';
import {
  estimatesFrom,
  faultOf,
  type History,
  isOfAgent,
  type OptionFacts,
} from '../../questions/option-facts.ts';
import { adviceFor, optionsFor } from '../../questions/options.ts';
import { worktreeKey } from '../../run/effect-keys.ts';
import { retriesOf } from '../../run/step-history.ts';
import type { Work } from '../../run/work.ts';
import { installedOf } from '../../workplace/agents/installed-agents.ts';
import { refusedFor } from '../../workplace/checks/verification.ts';
import { hasLeftFiles } from '../applying/take-left.ts';
import { excludedAfterRouting } from '../models/excluded-models.ts';
import { isCallable, otherModels } from '../models/other-models.ts';

export interface Question extends NewEscalation {
  id: string;
  /** For the work order's own row: what a person can do about it, given the ID of the question. */
  adviceOf(escalationId: string): string;
}

/** Only reads; call it before the transaction that ends the run. */
export async function questionOf(
  work: Work,
  failure: MooseError,
  { because, isParked, isEmpty }: { because: string; isParked: boolean; isEmpty: boolean },
): Promise<Question> {
  const { order, run, settings } = work;
  const facts = await factsOf(work, failure, { isParked, isEmpty });
  const history = await historyOf(work, failure, facts);
  const { options, recommended } = optionsFor(facts, estimatesFrom(history));
  const id: string = newId(work.clock.now());
  const first = options.find((option) => option.id === recommended);
  const adviceOf = (escalationId: string) =>
    adviceFor(failure.advice, order.id, first && commandOf(escalationId, first));
  return {
    id,
    workOrderId: order.id,
    runId: run.id,
    failureClass: failure.failureClass,
    code: failure.code,
    component: failure.component,
    operation: failure.operation,
    severity: failure.severity,
    title: failure.message,
    context: {
      code: failure.code,
      step: order.step,
      agent: facts.agent,
      model: facts.model,
      because,
      advice: adviceOf(id),
      fault: faultOf(facts),
      evidence: failure.metadata,
      spent_nano_usd: order.costNanoUsd.toString(),
      ...(facts.change ? { change: facts.change } : {}),
    },
    options,
    recommendedOption: recommended,
    ...(isParked ? {} : defaultFor(options, recommended, settings.escalation, work.clock.now())),
    adviceOf,
  };
}

async function factsOf(
  work: Work,
  failure: MooseError,
  { isParked, isEmpty }: { isParked: boolean; isEmpty: boolean },
): Promise<OptionFacts> {
  const { order, run, settings } = work;
  const [results, effects, tried, standing] = await work.database.run(
    async (query) =>
      [
        await newestStepResults(query, order.id),
        await effectsOf(query, order.id),
        await alreadyTried(query, order.id, failure.code),
        await policyFor(query, {
          projectId: order.projectId,
          failureClass: failure.failureClass,
          code: failure.code,
        }),
      ] as const,
    work.signal,
  );
  const routed = resultIn(results, 'routing');
  const generated = resultIn(results, 'generating');
  const agent = run.settings.agent ?? routed?.agent ?? null;
  const model = failedModel(failure, run.settings.model ?? generated?.model ?? routed?.models[0] ?? null);
  const others = otherModels(work, model, failure.failureClass === 'budget_exceeded');
  const excluded = await excludedAfterRouting(work, routed);
  // A provider that was away may be back; a model or an agent that has failed at the work would be paid to fail again.
  const isOver = faultOf({ failure, step: order.step }) === 'work' || isOfAgent(failure);
  // Nor does more money help a model whose answer could not be used.
  const inVain = new Set([...tried.unusable, ...(isOver ? [...tried.models, ...tried.agents] : [])]);
  const isRetried = retriesOf(run, order.step ?? 'routing', failure.code) > 0;
  const isCommand = order.settings.command !== undefined;
  const isEndOfAgent = order.step === 'applying' && !isCommand && !refusedCommits.includes(failure.code);
  const needsAgents = order.step === 'applying' || order.step === 'verifying';
  return {
    failure,
    step: order.step,
    isParked,
    isEmpty,
    model,
    agent,
    isCommand,
    otherModels: isCommand ? [] : others.filter((name) => !excluded.has(name) && !inVain.has(name)),
    otherAgents:
      needsAgents && !isCommand ? (await otherAgents(work, agent)).filter((name) => !inVain.has(name)) : [],
    chosenBefore: isRetried ? [...tried.options, 'retry'] : tried.options,
    standing: standing?.option.id ?? null,
    limitNanoUsd: order.limitNanoUsd,
    costNanoUsd: order.costNanoUsd,
    timeLimitMs: order.timeLimitMs,
    envelopeNanoUsd: routed?.envelopeNanoUsd ? BigInt(routed.envelopeNanoUsd) : null,
    ...(isEndOfAgent && (await hasLeftFiles(work)) ? { hasLeft: true } : {}),
    ...(order.settings.group === undefined ? {} : { isInGroup: true }),
    change: changeOf(results, effects, routed, {
      worktree: worktreeKey(order.id, settings.host),
      asked: order.settings.asked,
    }),
  };
}

/** The files of the worktree were read already, and may not be committed. */
const refusedCommits: readonly string[] = ['FORBIDDEN_CHANGE', 'SECRET_IN_CHANGE', 'AGENT_BYPASSED'];

/** The failure may name the model itself, if several were called. */
function failedModel({ metadata }: MooseError, otherwise: string | null): string | null {
  return typeof metadata.model === 'string' ? metadata.model : otherwise;
}

async function otherAgents({ agents, project, order }: Work, failed: string | null): Promise<string[]> {
  const others = [...agents.values()].filter(({ name }) => name !== failed);
  const preferred = [order.settings.agent, project.settings.agent];
  return (await installedOf(others))
    .map(({ name }) => name)
    .sort((a, b) => Number(preferred.includes(b)) - Number(preferred.includes(a)));
}

function changeOf(
  results: StepResults,
  effects: readonly Effect[],
  routed: RoutingResult | undefined,
  { worktree, asked }: { worktree: string; asked: Asked | undefined },
): OptionFacts['change'] {
  const applied = resultIn(results, 'applying');
  if (!routed || !applied || applied.headSha === routed.baseSha) return null;
  const verified = resultIn(results, 'verifying');
  // An attempt that changed nothing leaves the change as it was judged.
  const judged = verified?.treeSha === applied.treeSha && !verified.acceptedBy ? verified : undefined;
  const checks = judged?.checks ?? [];
  const place = effects.find(({ key, state }) => key === worktree && state !== 'undone');
  const worktreePath = place?.detail.worktreePath;
  const redChecks = checks.filter(({ passed }) => !passed).map(({ command }) => command);
  const isRefused = judged !== undefined && refusedFor(judged) !== undefined;
  const missing = isRefused && redChecks.length === 0 ? askedBy(judged.findings ?? [], asked) : null;
  return {
    branch: routed.branch,
    worktreePath: typeof worktreePath === 'string' ? worktreePath : null,
    redChecks,
    ...(isRefused ? { isRefused } : {}),
    ...(missing ? { asked: missing } : {}),
  };
}

async function historyOf(work: Work, failure: MooseError, facts: OptionFacts): Promise<History> {
  const { order } = work;
  const read = async (query: Query) => ({
    after: await pastRunsAfter(query, failure.failureClass, order.isScripted),
    models: await modelRecords(query, facts.otherModels, facts.agent),
  });
  return {
    failureClass: failure.failureClass,
    agent: facts.agent,
    ...(await work.database.run(read, work.signal)),
    byPrice: (model) => byPrice(work, model ?? facts.model),
  };
}

/** The cost of one more run with as many calls and tokens as its average run. */
function byPrice(work: Work, name: string | null): bigint | null {
  const { order } = work;
  if (name === null || order.modelCalls === 0 || !isCallable(work, name)) return null;
  const usage = {
    ...noUsage,
    inputTokens: Number(order.inputTokens),
    outputTokens: Number(order.outputTokens),
  };
  const spent = costAt(work.model(name).price.steps[0], usage);
  return spent / BigInt(Math.max(1, order.run));
}
