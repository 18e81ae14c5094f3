// Step 4: an agent makes the change in its own worktree, and Moose commits it (R-PIPE-5).
import { ignoredSentence } from '../../domain/ignored-files.ts';
import { decideOutcome, type Outcome } from '../../domain/outcome.ts';
import type { Commit } from '../../git/commit.ts';
import { treeOf } from '../../git/revision.ts';
import { unfinishedPaths } from '../../git/unfinished-paths.ts';
import { readOutput } from '../../sessions/read-output.ts';
import { type SessionRow, sessionsOf } from '../../store/work/session-rows.ts';
import { renewEnvelope, sizeOf } from '../budget/envelope.ts';
import { type Recipe, withFacts } from '../errors/reproduce/recipe.ts';
import { sessionEvidence } from '../errors/session-evidence.ts';
import type { Agent } from '../ports/agent.ts';
import { type AgentCall, circuitInProject, throughAgentCircuits } from '../recovery/agent-circuits.ts';
import type { Feedback } from '../run/feedback.ts';
import {
  type ApplyingResult,
  findResult,
  type GeneratingResult,
  type RoutingResult,
  requireResult,
  resultsOf,
} from '../run/step-results.ts';
import { fenced, type StepEnd, type Work } from '../run/work.ts';
import { agentFailure } from './agent-failure.ts';
import { verdictOfLedger } from './agent-verdict.ts';
import { answerTo } from './answer-to-message.ts';
import { cleanlyMerged } from './bring-base.ts';
import { commitOnce, keeping } from './commit-change.ts';
import { daemonPlan } from './daemons/daemon-plan.ts';
import { endLeftDaemons } from './daemons/left-daemons.ts';
import { startDaemons } from './daemons/start-daemons.ts';
import { beginWith, isTurnKept, urgentMessage } from './interrupted-turn.ts';
import { keepLeftIgnored } from './left-ignored.ts';
import { inPlaceOn } from './login/in-place-on.ts';
import { wayOf } from './login/way-of.ts';
import { assertInstalled } from './preflight.ts';
import { readyForAgent } from './prepared/ensure-prepared.ts';
import { agentOf } from './routing.ts';
import { type AgentRun, mayChangeCi, reportOf, runAgent } from './run-agent.ts';
import { sessionAttempt } from './session-attempt.ts';
import { endOf, outputOf } from './session-end.ts';
import { homePathOf } from './session-files.ts';
import { assertPlaceStands, assertWorkedHere, isPlaceGone } from './session-place.ts';
import { settledCalls } from './watch-calls.ts';
import { worktreePathOf } from './worktree-path.ts';
import { cleanWorktree, ensureWorktreePlace, type WorktreePlace } from './worktree-place.ts';

export async function applying(work: Work): Promise<StepEnd> {
  const routed = await requireResult<RoutingResult>(work, 'routing');
  const generated = await requireResult<GeneratingResult>(work, 'generating');
  const agent = agentOf(work, work.run.settings.agent ?? routed.agent);
  const merged = await cleanlyMerged(work);
  if (merged) return { end: 'done', result: merged };
  const earlier = agent.writesCode ? null : await appliedBefore(work, agent);
  if (earlier) return { end: 'done', result: earlier };
  await assertInstalled(agent);
  if (agent.writesCode) await renewEnvelope(work, sizeOf(routed));
  const attempt = await sessionAttempt(work, { purpose: 'agent', name: agent.name }, async (row) => {
    if (row.exitCode !== 0 || (await isPlaceGone(work, row, await worktreePathOf(work)))) return false;
    const { finalEvent } = await reportOf(agent, row, endOf(row));
    return finalEvent === 'success' && (await hasCalledModel(work, row));
  });
  const urgent = await urgentMessage(work);
  const begun = await sessionOfAttempt(work, agent, attempt);
  // The proposal is paid for and is applied within moments; the message is read right after that, before any check.
  const isPaid = !agent.writesCode && generated.proposal !== null;
  if (urgent && !isPaid && (!begun || begun.endReason === 'interrupted')) return beginWith(urgent);
  const way = await wayOf(work, agent, attempt);
  return throughCircuit(work, agent, begun !== undefined, () =>
    inPlaceOn(way, work, agent, begun, async ({ timeMsMax }) => {
      // The parent of this cycle's commit: the previous cycle's commit, or the base.
      const parentSha = (await findResult<ApplyingResult>(work, 'applying'))?.headSha ?? routed.baseSha;
      const place = await ensureWorktreePlace(work, routed, parentSha);
      const homePath = homePathOf(work, agent.name);
      const isKept = await isTurnKept(work, agent, attempt, place);
      if (agent.writesCode && !isKept)
        await readyForAgent(work, { routed, parentSha, place, attempt, homePath });
      const turn = { agent, place, attempt, isKept };
      const run = await besideDaemons(work, routed, turn, (beside, isCleaned) =>
        runAgent(beside, { agent, attempt, routed, generated, place, isCleaned, way, timeMsMax }),
      );
      if (run.end.reason === 'interrupted') return beginWith(await urgentMessage(work));
      assertWorkedHere(work, run.session, run.end);
      await assertPlaceStands(work, run.session, place.worktreePath);
      return commitAndConclude(work, { agent, routed, generated, run, parentSha }, place.worktreePath);
    }),
  );
}

interface Turn {
  agent: Agent;
  routed: RoutingResult;
  generated: GeneratingResult;
  run: AgentRun;
  /** The parent of this cycle's commit. */
  parentSha: string;
}

/** The agent has ended: its files become a commit, and all evidence decides about the outcome. */
async function commitAndConclude(
  work: Work,
  { agent, routed, generated, run, parentSha }: Turn,
  worktreePath: string,
): Promise<StepEnd> {
  const isDone = run.report.finalEvent === 'success' && run.end.exitCode === 0;
  const unmerged = agent.writesCode ? await unfinishedPaths(worktreePath, { signal: work.signal }) : [];
  const commit = isDone ? await commitOnce(work, routed.branch, worktreePath, parentSha) : null;
  const headSha = commit?.sha ?? parentSha;
  const ignored = await keepLeftIgnored(work, run.session, worktreePath, headSha);
  const left = { ...(ignored ? { ignored } : {}), ...(unmerged.length > 0 ? { unmerged } : {}) };
  const keep = commit && (await keeping(work, worktreePath, routed, commit));
  try {
    const end = await conclude(work, agent, routed, generated, run, commit, parentSha, left);
    if (keep && end.end === 'done') return { ...end, also: keep };
    if (keep) await fenced(work, keep);
    return end;
  } catch (cause) {
    // A commit that is refused is kept for the person who looks at it.
    if (keep && !work.signal.aborted) await fenced(work, keep);
    throw cause;
  }
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
  if (!isKept && !(await sessionOfAttempt(work, agent, attempt))) {
    await endLeftDaemons(work, worktreePath);
    await cleanWorktree(work, routed, place);
  }
  const services = await startDaemons(work, { plan, worktreePath, step: 'applying' });
  try {
    const run = await act(services.work, true);
    const isDone = run.report.finalEvent === 'success' && run.end.exitCode === 0;
    const isCutOff = run.end.reason === 'interrupted' || run.end.reason === 'left_behind';
    const away = isDone || isCutOff ? null : await services.failure(run.session.id);
    if (away) throw away;
    return run;
  } finally {
    await services.stop();
  }
}

async function sessionOfAttempt(work: Work, agent: Agent, asked: number): Promise<SessionRow | undefined> {
  const sessions = await work.database.run((query) => sessionsOf(query, work.order.id), work.signal);
  return sessions.find(
    ({ runId, name, cycle, attempt }) =>
      runId === work.run.id && name === agent.name && cycle === work.run.cycle && attempt === asked,
  );
}

/** A session that has started is watched to its end, whatever the state of its agent's circuit. */
function throughCircuit(
  work: Work,
  agent: Agent,
  hasBegun: boolean,
  apply: () => Promise<StepEnd>,
): Promise<StepEnd> {
  if (hasBegun) return apply();
  return throughAgentCircuits(work.circuits, callOf(work, agent), work.signal, apply);
}

const callOf = ({ settings, project }: Work, { name }: Agent): AgentCall => ({
  agent: name,
  host: settings.host,
  project: project.name,
});

/** Returns the result of an earlier run that already applied the newest proposal: the same edits are not made twice. */
async function appliedBefore(work: Work, agent: Agent): Promise<ApplyingResult | null> {
  const results = await resultsOf(work);
  const [generated, newest] = [results.get('generating'), results.get('applying')];
  if (!newest || (generated && generated.finishedAt >= newest.finishedAt)) return null;
  const applied = newest.result as ApplyingResult;
  return applied.outcome === 'changed' && applied.agent === agent.name ? applied : null;
}

/** A success report without one successful model call cannot become true later: that session runs again. */
async function hasCalledModel(work: Work, session: SessionRow): Promise<boolean> {
  if (session.way !== 'gateway') return true;
  return (await settledCalls(work, session.id)).goodCalls > 0;
}

const outputTailBytes = 4_096;

const takenBack = 'The agent reverted all earlier changes: the files are as they were at the start.';

async function conclude(
  work: Work,
  agent: Agent,
  routed: RoutingResult,
  generated: GeneratingResult,
  { session, end, report, calls }: AgentRun,
  commit: Commit | null,
  parentSha: string,
  left: Pick<ApplyingResult, 'ignored' | 'unmerged'>,
): Promise<StepEnd> {
  const { repositoryPath } = work.project;
  const treeAt = (sha: string) => treeOf(repositoryPath, sha, { signal: work.signal });
  // If the agent reverted all earlier changes, there is nothing to propose.
  const isTakenBack =
    commit !== null && parentSha !== routed.baseSha && commit.treeSha === (await treeAt(routed.baseSha));
  const decided = decideOutcome({
    report,
    end,
    ledgerCalls: calls?.goodCalls ?? null,
    changed: commit !== null && !isTakenBack,
    agentCallsModels: agent.writesCode,
  });
  const { outcome } = decided;
  const said = isTakenBack && outcome === 'changed_nothing' ? takenBack : decided.sentence;
  const sentence = [said, ignoredSentence(left.ignored)].filter(Boolean).join(' ');
  const result: ApplyingResult = {
    outcome,
    headSha: commit?.sha ?? parentSha,
    treeSha: commit?.treeSha ?? (await treeAt(parentSha)),
    changedFiles: commit?.changedFiles.length ?? 0,
    agent: agent.name,
    sessionId: session.id,
    summary: report.summary,
    ...left,
  };
  if (outcome === 'changed_nothing' && !isTakenBack && isAskedByReviewer(work))
    return { end: 'done', result: { ...result, outcome: 'changed' } };
  if (outcome === 'changed' && commit) {
    return { end: 'done', result, facts: [`tree:${commit.treeSha}`] };
  }
  const output = await outputOf(session);
  const [provider = ''] = generated.model?.split('/') ?? [];
  const seen =
    calls && explained.has(outcome) ? verdictOfLedger(agent.name, provider, calls, sentence) : null;
  if (outcome === 'changed_nothing' && !isTakenBack && seen === null) {
    const answered = answerTo(work, { routed, generated, parentSha }, result);
    if (answered) return answered;
  }
  const { stdout, stderr } = await readOutput(session.directory, outputTailBytes);
  const tails = { agent: agent.name, stdoutTail: stdout.text, stderrTail: stderr.text };
  const failed = seen ?? agentFailure(outcome, sentence, report, end, tails);
  // What an agent says about its provider may be made up by the repository: it delays this project only (R-GO-3).
  if (failed.metadata.circuit === `agent:${agent.name}`)
    failed.metadata.circuit = circuitInProject(callOf(work, agent));
  const failure = withFacts(failed, {
    sessionId: session.id,
    process: await sessionEvidence(session.directory, session.command || agent.name, end),
    stoppedBecause: end.reason,
    ...(agent.writesCode || isTakenBack
      ? {}
      : { recipe: await patchRecipe(work, routed, parentSha, outcome) }),
  });
  if (seen || (outcome !== 'refused' && outcome !== 'changed_nothing')) throw failure;
  const feedback: Feedback = {
    summary: sentence,
    output: report.summary || output,
    failureClass: failure.failureClass,
    tried: generated.proposal?.plan ?? null,
  };
  return { end: 'refine', result: { ...result, feedback }, failure };
}

/** If an agent changes nothing in response to its reviewer, the change that passed its checks is kept. */
function isAskedByReviewer({ run }: Work): boolean {
  return run.cycle > 0 && run.settings.failure?.code === 'REVIEW_REQUESTS_CHANGES';
}

/** Outcomes that a failed model call may have caused. */
const explained: ReadonlySet<Outcome> = new Set([
  'failed',
  'crashed',
  'timed_out',
  'changed_nothing',
  'bypassed',
]);

async function patchRecipe(
  work: Work,
  { baseSha }: RoutingResult,
  parentSha: string,
  outcome: Outcome,
): Promise<Recipe> {
  const { repositoryPath } = work.project;
  const treeSha = await treeOf(repositoryPath, parentSha, { signal: work.signal });
  return {
    kind: 'patch',
    baseSha,
    treeSha,
    cycle: work.run.cycle,
    allowCiChanges: mayChangeCi(work),
    outcome,
  };
}
