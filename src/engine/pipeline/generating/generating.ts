// Step 3: the Proposer asks a model for the change; an agent that writes code itself gets a brief instead (R-PIPE-4).

import type { GeneratingResult, RoutingResult } from '../../../domain/work-order/step-result.ts';
import type { Agent } from '../../ports/agent.ts';
import { renewEnvelope, sizeOf } from '../../run/budget/envelope.ts';
import { feedbackFor } from '../../run/feedback.ts';
import { messagesFor } from '../../run/messages/unread-messages.ts';
import { requireResult } from '../../run/step-results.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { contractChecks, contractParts } from '../../specs/contract-parts.ts';
import { contractsOf } from '../../specs/contracts-of.ts';
import { agentOf } from '../../workplace/agents/agent-of.ts';
import { commandOf } from '../../workplace/agents/command-agent.ts';
import { checkPlan } from '../../workplace/checks/project-checks.ts';
import { loginOf } from '../../workplace/login/session-way.ts';
import { bringBase, cleanlyMerged, hasMergedCleanly } from '../../workplace/worktree/bring-base.ts';
import { ensureBaseOfChange } from '../../workplace/worktree/restore-commits.ts';
import { pipelineFailures } from '../failure-catalogue.ts';
import { jointContext } from '../groups/joint-context.ts';
import { composeBrief, composeTask } from '../models/compose-prompt.ts';
import { firstFitting } from '../models/fitting-model.ts';
import { propose } from './propose.ts';
import { reviewedProposal } from './review-proposal.ts';

const nothingToMake: GeneratingResult = { proposal: null, brief: null, model: null, attempts: 0 };

export async function generating(work: Work): Promise<StepEnd<'generating'>> {
  const { order, run } = work;
  const routed = await requireResult(work, 'routing');
  const brought = await bringBase(work, routed);
  if (brought) return brought;
  if (await cleanlyMerged(work)) return { end: 'done', result: nothingToMake };
  if (commandOf(work) !== null) return forCommand(work);
  const envelope = sizeOf(routed);
  await renewEnvelope(work, envelope);
  const feedback = await feedbackFor(work);
  const models = run.settings.model ? [run.settings.model] : (run.settings.models ?? routed.models);
  const agent = agentOf(work, run.settings.agent ?? routed.agent);
  const messages = await messagesFor(work);
  const kept = await work.database.run((query) => contractsOf(query, order), work.signal);
  const contracts = contractParts(kept);
  const { parts: joint = [], shownTrees } = (await jointContext(work)) ?? {};
  const seen = { messageIds: messages.map(({ id }) => id), ...(shownTrees ? { shownTrees } : {}) };
  if (agent.writesCode) {
    const checks = [...(await checkPlan(work, routed.baseSha)).checks, ...contractChecks(kept)];
    const { note } = run.settings;
    const task = composeTask({ order, attempt: run.cycle + 1, note, messages, feedback, contracts, joint });
    const brief = composeBrief(
      task,
      checks.map(({ command }) => command),
    );
    const login = loginOf(work.settings, agent, work.project.settings);
    const model = login === null ? keyedModel(work, agent, models) : (models[0] ?? null);
    const effort = effortFor(work, routed, model);
    return {
      end: 'done',
      result: {
        proposal: null,
        brief,
        model,
        ...(effort === undefined ? {} : { effort }),
        attempts: 0,
        ...seen,
      } satisfies GeneratingResult,
    };
  }
  const asked = {
    models,
    base: await ensureBaseOfChange(work, routed),
    messages,
    feedback,
    contracts,
    joint,
    envelope,
  };
  const { proposal, model, attempts, review } = await reviewedProposal(
    work,
    routed,
    asked,
    await propose(work, asked),
  );
  return {
    end: 'done',
    result: {
      proposal,
      brief: null,
      model,
      attempts,
      ...seen,
      ...(review ? { review } : {}),
    } satisfies GeneratingResult,
  };
}

/** A command reads no brief. It runs again on what others pushed, and not on a conflict that the branches brought. */
async function forCommand(work: Work): Promise<StepEnd<'generating'>> {
  const { run, order } = work;
  if (run.cycle === 0 || (await hasMergedCleanly(work))) return { end: 'done', result: nothingToMake };
  throw pipelineFailures.COMMAND_IN_CONFLICT({ operation: 'generate', workOrderId: order.id });
}

/** The effort was chosen together with its model: another model, which replaces it after a failure, gets none. */
function effortFor({ run: { settings } }: Work, routed: RoutingResult, model: string | null) {
  const chosen = settings.models ? { ...settings, models: settings.models } : routed;
  return model === chosen.models[0] ? chosen.effort : undefined;
}

/** If the run was routed to a login, no model was chosen for a replacement agent, or for a change of the setting. */
function keyedModel(work: Work, agent: Agent, models: readonly string[]): string | null {
  const { light, standard, strong } = work.settings.models;
  return firstFitting(work, agent, models.length > 0 ? models : [...standard, ...strong, ...light]);
}
