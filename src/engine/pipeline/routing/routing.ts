// Step 1: decides the difficulty, the agent and models, and the budget. The envelope is reserved before anything is
// spent.

import { configPath } from '../../../config-file/invalid-config.ts';
import { isMooseError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import { nanoOfUsd } from '../../../domain/money.ts';
import { languageOf } from '../../../domain/text/source-language.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import { listFiles } from '../../../git/read/tree.ts';
import { branchName } from '../../../git/refs/branch-name.ts';
import { failedAttempts } from '../../../store/figures/outcomes.ts';
import { keepDefaultBranch } from '../../../store/work/projects/projects.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { defaultLimitUsd } from '../../policy/agent-defaults.ts';
import { type Assessment, assess } from '../../policy/assess.ts';
import type { Agent, AgentLogin } from '../../ports/agent.ts';
import { type EnvelopeSize, reserveEnvelope } from '../../run/budget/envelope.ts';
import { tellGround } from '../../run/ground/tell-ground.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { agentOf } from '../../workplace/agents/agent-of.ts';
import { commandOf } from '../../workplace/agents/command-agent.ts';
import { loginOf } from '../../workplace/login/session-way.ts';
import { allModelsExcluded, doubtedLast, doubtedModels, excludedModels } from '../models/excluded-models.ts';
import { canCall, firstFitting, modelsForLogin, noModelConfigured } from '../models/fitting-model.ts';
import { adoptLimits, timedFor, valuesOf } from './adopt-limits.ts';
import { findStart } from './find-start.ts';
import { learnedRoute } from './learned-arm.ts';
import { refuseUnpublishable } from './refuse-unpublishable.ts';
import { routeCommand } from './route-command.ts';

export async function routing(work: Work): Promise<StepEnd<'routing'>> {
  const { order, project, settings } = work;
  const found = await findStart(work);
  const { defaultBranch, changes, ...start } = found;
  await refuseUnpublishable(work, start);
  const command = commandOf(work);
  if (command !== null) return routeCommand(work, command, found);
  const files = await listFiles(project.repositoryPath, start.baseSha, work.signal);
  const assessment = assess({
    title: order.title,
    description: order.description,
    acceptance: order.acceptance,
    files: { pathCount: files.length },
    history: { failures: await work.database.run((query) => failedAttempts(query, order.id), work.signal) },
    planned: order.settings.planned_complexity,
    policy: settings.assessment,
  });
  // An invalid project file stops the work order before anything is spent.
  const values = await valuesOf(work, start.baseSha);
  const byDefault = agentOf(
    work,
    values.agent.value,
    values.agent.source === 'file' ? configPath : undefined,
  );
  const login = loginOf(settings, byDefault, project.settings);
  const language = languageOf(files.map(({ path }) => path));
  const excluded = await excludedModels(work, { assessment, language });
  const doubted = values.model.value === null ? await doubtedModels(work, { assessment, language }) : [];
  const defaultModels = asCandidate(
    order,
    login === null
      ? doubtedLast(
          candidateModels(work, byDefault, { ...assessment, excluded }, values.model.value),
          doubted,
        )
      : modelsForLogin(byDefault, login, values.model.value),
  );
  // The learned policy may choose another model and agent, but only within what is decided above. It would give all
  // candidates the same one.
  const learned =
    login === null && order.settings.group?.kind !== 'candidates'
      ? await learnedRoute(work, {
          agent: byDefault,
          models: defaultModels,
          assessment,
          files: files.length,
          baseSha: start.baseSha,
          otherModels: othersAllowed(work, byDefault, { ...assessment, excluded }, values.model.value),
          isAgentFixed: values.agent.source !== 'default',
          isModelFixed: values.model.value !== null,
          limitUsd: values.limitUsd.value,
        })
      : null;
  const models = [...(learned?.models ?? defaultModels)];
  const agent = learned ? agentOf(work, learned.agent) : byDefault;
  await adoptLimits(work, timedFor(values, agent), agent);
  const envelope = await reserveEnvelope(work, sizeFor(work, agent, login, assessment));
  const result: RoutingResult = {
    complexity: assessment.complexity,
    hardStopWords: assessment.hardStopWords,
    reasons: assessment.reasons,
    tier: assessment.tier,
    models,
    ...(learned?.effort ? { effort: learned.effort } : {}),
    agent: agent.name,
    ...(values.reviewer.source !== 'default' ? { reviewer: values.reviewer.value } : {}),
    envelopeNanoUsd: envelope.nanoUsd.toString(),
    ...(envelope.ceilingNanoUsd === null ? {} : { ceilingNanoUsd: envelope.ceilingNanoUsd.toString() }),
    reservationId: envelope.reservationId,
    pathCount: files.length,
    language,
    ...start,
    branch: branchName(shortId(order.id), order.title),
  };
  const log = learned?.log ?? logDecision;
  return {
    end: 'done',
    result,
    also: async (query) => {
      if (defaultBranch !== undefined) await keepDefaultBranch(query, project.id, defaultBranch);
      await tellGround(query, order, changes, work.actor);
      await log(query, {
        workOrderId: order.id,
        kind: 'routing',
        agentType: 'manager',
        input: { title: order.title, files: files.length, hardStopWords: assessment.hardStopWords },
        output: {
          ...result,
          ...(login === null ? {} : { way: 'login' }),
          agent_from: values.agent.source,
          model_from: values.model.source,
          ...(doubted.length > 0 ? { doubted } : {}),
          metadata: { reservation_id: envelope.reservationId },
        },
      });
    },
    learned: {
      baseBranch: result.baseBranch,
      baseSha: result.baseSha,
      branch: result.branch,
      stackedOn: result.stackedOn ?? null,
      isScripted: login === null && models.some((name) => work.model(name).isScripted),
    },
  };
}

/** Each candidate begins with another model: the first with the first one, and so on; the others are its fallbacks. */
function asCandidate({ settings: { group } }: Work['order'], models: readonly string[]): string[] {
  const isFirst = group?.kind !== 'candidates' || models.length === 0;
  const first = isFirst ? 0 : (group.number - 1) % models.length;
  return [...models.slice(first), ...models.slice(0, first)];
}

/**
 * The cost of an agent that calls models itself is unknown: its envelope begins small, and grows. With a login, the
 * agent uses no envelope, but Moose's own calls do, such as a review.
 */
function sizeFor(
  { settings }: Work,
  { name, wires }: Pick<Agent, 'name' | 'wires'>,
  login: AgentLogin | null,
  { estimateNanoUsd }: Assessment,
): EnvelopeSize {
  if (wires.length === 0 || login !== null) return { estimateNanoUsd, ceilingNanoUsd: null };
  const least = settings.agentEnvelopeNanoUsdMin;
  const byDefault = defaultLimitUsd(name);
  return {
    estimateNanoUsd: estimateNanoUsd > least ? estimateNanoUsd : least,
    ceilingNanoUsd: byDefault === null ? null : nanoOfUsd(byDefault),
  };
}

/** Hard stops restrict the learned policy to the models of their tier. */
function othersAllowed(
  work: Work,
  agent: Agent,
  { hardStopWords, excluded }: Assessment & { excluded: ReadonlySet<string> },
  wanted: string | null,
): string[] {
  if (wanted !== null || hardStopWords.length > 0) return [];
  return candidateModels(work, agent, { tier: 'light', excluded }, null);
}

/** The models of the tier first, then stronger ones as fallbacks; models that cannot be called here are left out. */
function candidateModels(
  work: Work,
  agent: Agent,
  { tier, excluded }: Pick<Assessment, 'tier'> & { excluded: ReadonlySet<string> },
  wanted: string | null,
): string[] {
  if (wanted) {
    firstFitting(work, agent, [wanted]);
    return [wanted];
  }
  const { light, standard, strong } = work.settings.models;
  const ladder = { light: [...light, ...standard, ...strong], standard: [...standard, ...strong], strong }[
    tier
  ];
  const names = [...new Set(ladder)].filter((name) => !excluded.has(name));
  if (names.length === 0 && ladder.length > 0) throw allModelsExcluded(excluded);
  const usable = names.filter((name) => isUsable(work, name));
  const fitting = usable.filter((name) => canCall(agent, work.model(name)));
  if (fitting.length > 0) return fitting;
  if (usable.length > 0) firstFitting(work, agent, usable);
  // Report the problem of the first model instead of a general failure.
  if (names[0]) work.model(names[0]);
  throw noModelConfigured();
}

function isUsable(work: Work, name: string): boolean {
  try {
    work.model(name);
    return true;
  } catch (cause) {
    if (isMooseError(cause) && cause.category === 'configuration') return false;
    throw cause;
  }
}
