// Step 1: how hard is it, who does it, and what may it cost? The envelope is set aside before anything is spent.
import { ConfigurationError, isMooseError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { branchName } from '../../git/branch-name.ts';
import { inspectRepository, type RepositoryState, requireBranch } from '../../git/repository.ts';
import { listFiles } from '../../git/tree.ts';
import { logDecision } from '../../store/decisions.ts';
import { effectsOf } from '../../store/effects.ts';
import { reserveEnvelope } from '../budget/envelope.ts';
import { unknownAgent } from '../intake/refuse-unknown.ts';
import type { Agent } from '../ports/agent.ts';
import { type Assessment, assess } from './assess.ts';
import { canCall, firstFitting } from './fitting-model.ts';
import type { RoutingResult } from './step-results.ts';
import type { StepEnd, Work } from './work.ts';

export async function routing(work: Work): Promise<StepEnd> {
  const { order, project, settings } = work;
  const repository = await inspectRepository(project.repositoryPath, { signal: work.signal });
  const files = await listFiles(repository.root, repository.headSha, work.signal);
  const assessment = assess({
    title: order.title,
    description: order.description,
    acceptance: order.acceptance,
    files: { pathCount: files.length },
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
    ...(await baseOf(work, repository)),
    branch: branchName(shortId(order.id), order.title),
    hasUncommittedChanges: repository.isDirty,
  };
  return {
    end: 'done',
    result,
    also: (query) =>
      logDecision(query, {
        workOrderId: order.id,
        kind: 'routing',
        agentType: 'manager',
        input: { title: order.title, files: files.length, hardStopWords: assessment.hardStopWords },
        output: { ...result, metadata: { reservation_id: envelope.reservationId } },
      }),
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

/** Where the change starts: at what its branch was made from, where there is one; else at what is checked out now. */
async function baseOf({ order, database, signal }: Work, repository: RepositoryState) {
  const effects = await database.run((query) => effectsOf(query, order.id), signal);
  const hasBranch = effects.some(({ kind, state }) => kind === 'branch' && state !== 'undone');
  if (hasBranch && order.baseBranch && order.baseSha) {
    return { baseBranch: order.baseBranch, baseSha: order.baseSha };
  }
  return { baseBranch: requireBranch(repository), baseSha: repository.headSha };
}

export function wantedAgent({ run, order, project, settings }: Work): string {
  return run.settings.agent ?? order.settings.agent ?? project.settings.agent ?? settings.defaultAgent;
}

export function agentOf({ agents }: Work, name: string): Agent {
  const agent = agents.get(name);
  if (agent) return agent;
  throw unknownAgent(name, [...agents.keys()]);
}

/** The tier's own models first, then stronger ones to fall back to; those that cannot be called here are left out. */
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
  // Say what is wrong with the first, rather than that nothing works.
  if (names[0]) work.model(names[0]);
  throw new ConfigurationError({
    code: 'NO_MODEL',
    component: 'pipeline',
    operation: 'routing',
    message: 'No model is configured.',
    advice:
      'Set ANTHROPIC_API_KEY or OPENAI_API_KEY, or name a model with --model; `moose doctor` says more.',
  });
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
