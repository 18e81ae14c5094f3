// Step 4: an agent makes the change in its own worktree, and Moose commits it (R-PIPE-5).

import { isDone } from '../../../domain/work-order/outcome.ts';
import type { ApplyingResult, RoutingResult } from '../../../domain/work-order/step-result.ts';
import { resultIn } from '../../../store/work/runs/runs.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import type { Agent } from '../../ports/agent.ts';
import { throughAgentCircuits } from '../../recovery/agent-circuits.ts';
import { renewEnvelope, sizeOf } from '../../run/budget/envelope.ts';
import { urgentMessage } from '../../run/messages/urgent-message.ts';
import { findResult, requireResult, resultsOf } from '../../run/step-results.ts';
import type { StepEnd, Work } from '../../run/work.ts';
import { agentOf } from '../../workplace/agents/agent-of.ts';
import { commandOf, withPlanOf } from '../../workplace/agents/command-agent.ts';
import { daemonPlan } from '../../workplace/daemons/daemon-plan.ts';
import { endLeftDaemons } from '../../workplace/daemons/left-daemons.ts';
import { startDaemons } from '../../workplace/daemons/start-daemons.ts';
import { wayOf, withSessionSlots } from '../../workplace/login/session-way.ts';
import { readyForAgent } from '../../workplace/prepared/ensure-prepared.ts';
import { endOf, sessionAttempt, sessionOfAttempt } from '../../workplace/sessions/recorded-session.ts';
import { homePathOf } from '../../workplace/sessions/session-files.ts';
import { assertPlaceStands, assertWorkedHere, isPlaceGone } from '../../workplace/sessions/session-place.ts';
import { cleanlyMerged } from '../../workplace/worktree/bring-base.ts';
import { worktreePathOf } from '../../workplace/worktree/worktree-path.ts';
import {
  cleanWorktree,
  ensureWorktreePlace,
  type WorktreePlace,
} from '../../workplace/worktree/worktree-place.ts';
import { concludeSession } from './conclude-session.ts';
import { closeUnchanged, endedUnchanged } from './end-unchanged.ts';
import { beginWith, isTurnKept } from './interrupted-turn.ts';
import { assertInstalled } from './preflight.ts';
import { reportOf } from './report-of.ts';
import { type AgentRun, callOf, runAgent } from './run-agent.ts';
import { takeLeft } from './take-left.ts';
import { settledCalls } from './watch-calls.ts';

export async function applying(given: Work): Promise<StepEnd<'applying'>> {
  const routed = await requireResult(given, 'routing');
  const isCommand = commandOf(given) !== null;
  const work = isCommand ? await withPlanOf(given, routed.baseSha) : given;
  const generated = await requireResult(work, 'generating');
  const agent = agentOf(work, work.run.settings.agent ?? routed.agent);
  const merged = await cleanlyMerged(work);
  if (merged) return { end: 'done', result: merged };
  const chosen = work.run.cycle === 0 ? work.run.settings.option : undefined;
  if (chosen === 'close') return closeUnchanged(work);
  if (chosen === 'take_left') return takeLeft(work, routed, agent);
  const ended = isCommand ? await endedUnchanged(work) : undefined;
  if (ended) return ended;
  const earlier = agent.writesCode ? null : await appliedBefore(work, agent);
  if (earlier) return { end: 'done', result: earlier };
  await assertInstalled(agent);
  if (agent.writesCode && !isCommand) await renewEnvelope(work, sizeOf(routed));
  const attempt = await sessionAttempt(work, { purpose: 'agent', name: agent.name }, async (row) => {
    const end = endOf(row);
    if (await isPlaceGone(work, row, await worktreePathOf(work))) return false;
    const report = await reportOf(agent, row, end);
    return isDone({ report, end }) && (await hasCalledModel(work, row));
  });
  const urgent = await urgentMessage(work);
  const begun = await sessionOfAttempt(work, agent.name, attempt);
  // The proposal is paid for and is applied within moments; the message is read right after that, before any check.
  const isPaid = !agent.writesCode && generated.proposal !== null;
  if (urgent && !isPaid && (!begun || begun.endReason === 'interrupted')) return beginWith(urgent);
  const way = wayOf(work, agent, begun);
  return throughCircuit(work, agent, isCommand || begun !== undefined, () =>
    withSessionSlots(way, work, agent, begun, async ({ timeMsMax }) => {
      // The parent of this cycle's commit: the previous cycle's commit, or the base.
      const parentSha = (await findResult(work, 'applying'))?.headSha ?? routed.baseSha;
      const place = await ensureWorktreePlace(work, routed, parentSha);
      const homePath = homePathOf(work, agent.name);
      const isKept = !isCommand && (await isTurnKept(work, agent, attempt, place));
      if (agent.writesCode && !isKept)
        await readyForAgent(work, { routed, parentSha, place, attempt, homePath });
      const turn = { agent, place, attempt, isKept };
      const run = await besideDaemons(work, routed, turn, (beside, isCleaned) =>
        runAgent(beside, { agent, attempt, routed, generated, place, isCleaned, way, timeMsMax }),
      );
      if (run.end.reason === 'interrupted') return beginWith(await urgentMessage(work));
      assertWorkedHere(work, run.session, run.end);
      await assertPlaceStands(work, run.session, place.worktreePath);
      return concludeSession(work, { agent, routed, generated, run, parentSha }, place.worktreePath);
    }),
  );
}

/** Services are stopped before Moose reads the worktree, because they write to it too. */
async function besideDaemons(
  work: Work,
  routed: RoutingResult,
  { agent, place, attempt, isKept }: { agent: Agent; place: WorktreePlace; attempt: number; isKept: boolean },
  act: (beside: Work, isCleaned: boolean) => Promise<AgentRun>,
): Promise<AgentRun> {
  const plan = await daemonPlan(work, routed.baseSha);
  if (plan === null) return act(work, isKept);
  const { worktreePath } = place;
  // Leftovers of earlier sessions are removed before the services write to the worktree.
  if (!isKept && !(await sessionOfAttempt(work, agent.name, attempt))) {
    await endLeftDaemons(work, worktreePath);
    await cleanWorktree(work, routed, place);
  }
  const services = await startDaemons(work, { plan, worktreePath, step: 'applying' });
  try {
    const run = await act(services.work, true);
    const isCutOff = run.end.reason === 'interrupted' || run.end.reason === 'left_behind';
    const away = isDone(run) || isCutOff ? null : await services.failure(run.session.id);
    if (away) throw away;
    return run;
  } finally {
    await services.stop();
  }
}

/** A session that has started is watched to its end, whatever the state of its agent's circuit. A command has none. */
function throughCircuit(
  work: Work,
  agent: Agent,
  isFree: boolean,
  apply: () => Promise<StepEnd<'applying'>>,
): Promise<StepEnd<'applying'>> {
  if (isFree) return apply();
  return throughAgentCircuits(work.circuits, callOf(work, agent), work.signal, apply);
}

/** Returns the result of an earlier run that already applied the newest proposal: the same edits are not made twice. */
async function appliedBefore(work: Work, agent: Agent): Promise<ApplyingResult | null> {
  const results = await resultsOf(work);
  const [generated, newest] = [results.get('generating'), results.get('applying')];
  if (!newest || (generated && generated.finishedAt >= newest.finishedAt)) return null;
  const applied = resultIn(results, 'applying');
  return applied?.outcome === 'changed' && applied.agent === agent.name ? applied : null;
}

/** A success report without one successful model call cannot become true later: that session runs again. */
async function hasCalledModel(work: Work, session: SessionRow): Promise<boolean> {
  if (session.way !== 'gateway') return true;
  return (await settledCalls(work, session.id)).goodCalls > 0;
}
