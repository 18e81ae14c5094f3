// Step 1: decides the difficulty, the agent and models, and the budget. The envelope is reserved before anything is spent.
import { isMooseError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { branchName } from '../../git/branch-name.ts';
import { listFiles } from '../../git/tree.ts';
import { failedAttempts } from '../../store/figures/outcomes.ts';
import { keepDefaultBranch } from '../../store/work/projects.ts';
import { reserveEnvelope } from '../budget/envelope.ts';
import { unknownAgent } from '../commands/refuse-unknown.ts';
import { logDecision } from '../errors/log-decision.ts';
import { type Assessment, assess } from '../policy/assess.ts';
import type { Agent } from '../ports/agent.ts';
import type { RoutingResult } from '../run/step-results.ts';
import type { StepEnd, Work } from '../run/work.ts';
import { findStart } from './find-start.ts';
import { canCall, firstFitting, noModelConfigured } from './fitting-model.ts';

export async function routing(work: Work): Promise<StepEnd> {
  const { order, project, settings } = work;
  const { defaultBranch, ...start } = await findStart(work);
  const files = await listFiles(project.repositoryPath, start.baseSha, work.signal);
  const assessment = assess({
    title: order.title,
    description: order.description,
    acceptance: order.acceptance,
    files: { pathCount: files.length },
    history: { failures: await work.database.run((query) => failedAttempts(query, order.id), work.signal) },
    policy: settings.assessment,
  });
  const agent = agentOf(work, wantedAgent(work));
  const models = candidateModels(work, agent, assessment);
  const envelope = await reserveEnvelope(work, estimateFor(work, agent, assessment));
  const result: RoutingResult = {
    complexity: assessment.complexity,
    hardStopWords: assessment.hardStopWords,
    reasons: assessment.reasons,
    tier: assessment.tier,
    models,
    agent: agent.name,
    envelopeNanoUsd: envelope.nanoUsd.toString(),
    reservationId: envelope.reservationId,
    ...start,
    branch: branchName(shortId(order.id), order.title),
  };
  return {
    end: 'done',
    result,
    also: async (query) => {
      if (defaultBranch !== undefined) await keepDefaultBranch(query, project.id, defaultBranch);
      await logDecision(query, {
        workOrderId: order.id,
        kind: 'routing',
        agentType: 'manager',
        input: { title: order.title, files: files.length, hardStopWords: assessment.hardStopWords },
        output: { ...result, metadata: { reservation_id: envelope.reservationId } },
      });
    },
    learned: {
      baseBranch: result.baseBranch,
      baseSha: result.baseSha,
      branch: result.branch,
      isScripted: models.some((name) => work.model(name).isScripted),
    },
  };
}

function estimateFor({ settings }: Work, agent: Agent, { estimateNanoUsd }: Assessment): bigint {
  const leastNanoUsd = agent.wires.length > 0 ? settings.agentEnvelopeNanoUsdMin : 0n;
  return estimateNanoUsd > leastNanoUsd ? estimateNanoUsd : leastNanoUsd;
}

export function wantedAgent({ run, order, project, settings }: Work): string {
  return run.settings.agent ?? order.settings.agent ?? project.settings.agent ?? settings.defaultAgent;
}

export function agentOf({ agents }: Work, name: string): Agent {
  const agent = agents.get(name);
  if (agent) return agent;
  throw unknownAgent(name, [...agents.keys()]);
}

/** The tier's own models first, then stronger ones as fallbacks; models that cannot be called here are left out. */
function candidateModels(work: Work, agent: Agent, { tier }: Assessment): string[] {
  const wanted = work.run.settings.model ?? work.order.settings.model;
  if (wanted) {
    firstFitting(work, agent, [wanted]);
    return [wanted];
  }
  const { light, standard, strong } = work.settings.models;
  const ladder = { light: [...light, ...standard, ...strong], standard: [...standard, ...strong], strong }[
    tier
  ];
  const names = [...new Set(ladder)];
  const usable = names.filter((name) => isUsable(work, name));
  const fitting = usable.filter((name) => canCall(agent, work.model(name)));
  if (fitting.length > 0) return fitting;
  if (usable.length > 0) firstFitting(work, agent, usable);
  // Report what is wrong with the first, instead of that nothing works.
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
