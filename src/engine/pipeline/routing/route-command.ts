// Routes a work order whose agent is a command (R-AGENT-2): nothing is assessed, no model is chosen, and no money is
// reserved, so no limit can hold it back.
import { shortId } from '../../../domain/ids.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import { commandName } from '../../../domain/work-order/work-order.ts';
import { branchName } from '../../../git/refs/branch-name.ts';
import { keepDefaultBranch } from '../../../store/work/projects/projects.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { tellGround } from '../../run/ground/tell-ground.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { commandAgent } from '../../workplace/agents/command-agent.ts';
import { adoptLimits, timedFor, valuesOf } from './adopt-limits.ts';
import type { Start } from './find-start.ts';

export async function routeCommand(
  work: Work,
  command: string,
  { defaultBranch, changes, ...start }: Start,
): Promise<StepEnd<'routing'>> {
  const { order, project } = work;
  const agent = commandAgent(work, command);
  // An invalid project file stops the work order before anything runs.
  await adoptLimits(work, timedFor(await valuesOf(work, start.baseSha), agent), agent);
  const result: RoutingResult = {
    complexity: 0,
    hardStopWords: [],
    reasons: [],
    tier: 'light',
    models: [],
    agent: commandName,
    envelopeNanoUsd: '0',
    reservationId: '',
    language: null,
    ...start,
    branch: branchName(shortId(order.id), order.title),
  };
  return {
    end: 'done',
    result,
    also: async (query) => {
      if (defaultBranch !== undefined) await keepDefaultBranch(query, project.id, defaultBranch);
      await tellGround(query, order, changes, work.actor);
      await logDecision(query, {
        workOrderId: order.id,
        kind: 'routing',
        agentType: 'manager',
        input: { title: order.title, command },
        output: {
          ...result,
          because: 'A command makes the change: no model is called, and nothing is reserved.',
        },
      });
    },
    learned: {
      baseBranch: result.baseBranch,
      baseSha: result.baseSha,
      branch: result.branch,
      stackedOn: result.stackedOn ?? null,
      isScripted: false,
    },
  };
}
