// What comes of an agent's session: its files become a commit, and its report, its end, the gateway's ledger and the diff
// decide together whether the step is done, the change goes back, or the step has failed.

import { classifyFailure } from '../../../classifier/classify-failure.ts';
import type { Classification } from '../../../classifier/failure-case.ts';
import { lackIn } from '../../../classifier/lack.ts';
import { failureOfAgent } from '../../../domain/agents/agent-failure.ts';
import { agentFailures } from '../../../domain/agents/agent-failure-catalogue.ts';
import { refusedMemberIn } from '../../../domain/agents/refused-member.ts';
import type { MooseError } from '../../../domain/failure.ts';
import { leftOutSentence } from '../../../domain/machine/ignored-files.ts';
import type { SessionEnd } from '../../../domain/machine/session.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import { decideOutcome, hasLivedOn, isDone, type Outcome } from '../../../domain/work-order/outcome.ts';
import type {
  ApplyingResult,
  Feedback,
  GeneratingResult,
  RoutingResult,
} from '../../../domain/work-order/step-result.ts';
import type { Commit } from '../../../git/commit/commit.ts';
import { unfinishedPaths } from '../../../git/commit/unfinished-paths.ts';
import { treeOf } from '../../../git/read/revision.ts';
import { standingOf } from '../../../git/worktree/working-files.ts';
import { readOutput } from '../../../sessions/read-output.ts';
import { storableText } from '../../../store/storable.ts';
import type { SessionCalls } from '../../../store/work/sessions/session-calls.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { type Recipe, withFacts } from '../../errors/reproduce/recipe.ts';
import { sessionEvidence } from '../../errors/session-evidence.ts';
import type { Agent, AgentReport } from '../../ports/agent.ts';
import { circuitInProject } from '../../recovery/agent-circuits.ts';
import { fenced, type StepEnd, type Work } from '../../run/work.ts';
import { commandOf } from '../../workplace/agents/command-agent.ts';
import { limitFailure } from '../../workplace/sessions/passed-limit.ts';
import { outputOf } from '../../workplace/sessions/recorded-session.ts';
import { isBegunByMessage } from './begun-by-message.ts';
import { commandFailure } from './command-failure.ts';
import { commitOnce, keeping } from './commit-once.ts';
import { endUnchanged } from './end-unchanged.ts';
import { isCutOff } from './interrupted-turn.ts';
import { keepLeftIgnored } from './left-ignored.ts';
import { type AgentRun, callOf, mayChangeCi } from './run-agent.ts';

interface Turn {
  agent: Agent;
  routed: RoutingResult;
  generated: GeneratingResult;
  run: AgentRun;
  /** The parent of this cycle's commit. */
  parentSha: string;
}

/** The agent has ended: its files become a commit, and all evidence decides about the outcome. */
export async function concludeSession(
  work: Work,
  { agent, routed, generated, run, parentSha }: Turn,
  worktreePath: string,
): Promise<StepEnd<'applying'>> {
  const unmerged = agent.writesCode ? await unfinishedPaths(worktreePath, { signal: work.signal }) : [];
  const commit = isDone(run) ? await commitOnce(work, routed.branch, worktreePath, parentSha) : null;
  const headSha = commit?.sha ?? parentSha;
  const ignored = await keepLeftIgnored(work, run.session, worktreePath, headSha);
  const { leftOut = [] } = commit ?? {};
  const left = {
    ...(ignored ? { ignored } : {}),
    ...(leftOut.length > 0 ? { leftOut } : {}),
    ...(unmerged.length > 0 ? { unmerged } : {}),
  };
  const keep = commit && (await keeping(work, worktreePath, routed, commit));
  try {
    const turn = { agent, routed, generated, run, parentSha };
    const end = await decideEnd(work, turn, { commit, left, worktreePath });
    if (keep && end.end === 'done') return { ...end, also: keep };
    if (keep) await fenced(work, keep);
    return end;
  } catch (cause) {
    // A commit that is refused is kept for the person who looks at it.
    if (keep && !work.signal.aborted) await fenced(work, keep);
    throw cause;
  }
}

const outputTailBytes = 4_096;
const wordsCharsMax = 2_000;

const takenBack = 'The agent reverted all earlier changes: the files are as they were at the start.';

interface Leavings {
  commit: Commit | null;
  left: Pick<ApplyingResult, 'ignored' | 'leftOut' | 'unmerged'>;
  worktreePath: string;
}

async function decideEnd(
  work: Work,
  { agent, routed, generated, run: { session, end, report: told, calls }, parentSha }: Turn,
  { commit, left, worktreePath }: Leavings,
): Promise<StepEnd<'applying'>> {
  const { repositoryPath } = work.project;
  const report = agent.writesCode ? told : withProposersWords(told, generated);
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
  const sentence = [said, leftOutSentence(left), wasToFix(work, outcome)].filter(Boolean).join(' ');
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
  const command = commandOf(work);
  if (command !== null && outcome !== 'changed') {
    const isFirst = parentSha === routed.baseSha;
    if (outcome === 'changed_nothing' && isFirst) return endUnchanged(work, result, end.startedAt);
    // It has run on its own earlier change, which stays as it was.
    if (outcome === 'changed_nothing' && !isTakenBack)
      return { end: 'done', result: { ...result, outcome: 'changed' } };
    throw await commandFailure(work, { command, session, end, outcome, sentence });
  }
  if (outcome === 'changed_nothing' && !isTakenBack && isAskedByReviewer(work))
    return { end: 'done', result: { ...result, outcome: 'changed' } };
  if (outcome === 'changed' && commit) {
    return { end: 'done', result, facts: [`tree:${commit.treeSha}`] };
  }
  const [provider = ''] = generated.model?.split('/') ?? [];
  const { stdout, stderr } = await readOutput(session.directory, outputTailBytes);
  const words = { sentence, output: `${stdout.text}\n${stderr.text}` };
  const seen = calls && explained.has(outcome) ? verdictOfLedger(agent.name, provider, calls, words) : null;
  if (outcome === 'changed_nothing' && !isTakenBack && seen === null) {
    const answered = await answerTo(work, { routed, generated, parentSha }, result);
    if (answered) return answered;
  }
  const output: AgentOutput = {
    agent: agent.name,
    stdoutTail: stdout.text,
    stderrTail: stderr.text,
    hasLeft: outcome === 'crashed' && agent.writesCode && (await hasLeft(worktreePath, work.signal)),
    hasAnswered:
      outcome === 'changed_nothing' &&
      !isTakenBack &&
      agent.writesCode &&
      left.ignored === undefined &&
      report.said !== undefined,
  };
  const limited = limitFailure(work, {
    reason: end.reason,
    what: `agent ${agent.name}`,
    step: 'applying',
    limits: session.limits,
    used: session.used,
    metadata: {},
  });
  const ended = limited ?? seen ?? agentFailure(outcome, sentence, report, end, output);
  // It goes on once; what cuts it off again may do so each time.
  const isAgain = ended.code === 'AGENT_CUT_OFF' && isCutOff(work);
  const failed = isAgain
    ? agentFailures.AGENT_CUT_OFF_AGAIN(
        { operation: 'apply', metadata: ended.metadata },
        { sentence: ended.message },
      )
    : ended;
  // What an agent says about its provider may be made up by the repository: it delays this project only (R-GO-3).
  if (failed.metadata.circuit === `agent:${agent.name}`)
    failed.metadata.circuit = circuitInProject(callOf(work, agent));
  const failure = withFacts(failed, {
    sessionId: session.id,
    process: await sessionEvidence(session.directory, session.command || agent.name, end),
    stoppedBecause: end.reason,
    ...(report.said === undefined ? {} : { said: report.said }),
    ...(agent.writesCode || isTakenBack
      ? {}
      : { recipe: await patchRecipe(work, routed, parentSha, outcome) }),
  });
  const isProposers = outcome === 'refused' || (outcome === 'changed_nothing' && !output.hasAnswered);
  if (limited || seen || !isProposers) throw failure;
  const feedback: Feedback = {
    summary: sentence,
    output: report.summary || (await outputOf(session)),
    failureClass: failure.failureClass,
    tried: generated.proposal?.plan ?? null,
  };
  return { end: 'refine', result: { ...result, feedback }, failure };
}

/** The applier itself says nothing: the words are those of the model whose proposal it applied. */
function withProposersWords(report: AgentReport, { proposal }: GeneratingResult): AgentReport {
  const said = proposal?.plan.trim().slice(-wordsCharsMax) ?? '';
  if (report.said !== undefined || report.finalEvent !== 'success' || said === '') return report;
  return { ...report, said };
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

/** The ends of its output files, where the agent may have said why it could not work. */
interface AgentOutput {
  agent: string;
  stdoutTail: string;
  stderrTail: string;
  /** Whether it ended without a result and left changed files. */
  hasLeft: boolean;
  /** Whether it said something instead of changing anything: a question, or that nothing is to be done. */
  hasAnswered: boolean;
}

/** An answer without a change may concern what this cycle was to fix, which then still holds. */
function wasToFix({ run }: Work, outcome: Outcome): string | null {
  const { failure } = run.settings;
  if (outcome !== 'changed_nothing' || run.cycle === 0 || failure === undefined) return null;
  return `It was to fix this: ${asSentence(failure.message)}`;
}

async function hasLeft(worktreePath: string, signal: AbortSignal): Promise<boolean> {
  return (await standingOf(worktreePath, { signal })).isDirty;
}

/**
 * Uses the agent's own report if it is conclusive, then what its output says about this machine (R-GO-2), otherwise the
 * combination of all evidence.
 */
function agentFailure(
  outcome: Outcome,
  sentence: string,
  report: AgentReport,
  end: SessionEnd,
  output: AgentOutput,
): MooseError {
  const { reason } = end;
  // If it told its end before Moose stopped it, the outcome is what it told.
  const said =
    outcome === 'failed' && (reason === null || hasLivedOn({ end, report })) ? report.failure : null;
  if (said && said.code !== 'AGENT_FAILED') return said;
  const unable = outcome === 'crashed' || outcome === 'failed' ? whyUnable(output, end) : null;
  if (unable) return unable;
  if (said) return said;
  const fields = {
    operation: 'apply',
    metadata: { ...report.failure?.metadata },
  };
  if (output.hasAnswered) return agentFailures.AGENT_ANSWERED(fields, { sentence });
  if (outcome === 'crashed') {
    // Its own exit would be the same again, and its files may be all of the work.
    return output.hasLeft && end.exitCode === 0 && reason === null
      ? agentFailures.AGENT_NO_RESULT_BUT_FILES(fields, { sentence })
      : agentFailures.AGENT_CRASHED(fields, { sentence });
  }
  if (outcome === 'timed_out' && (reason === 'silent' || reason === 'idle')) {
    return agentFailures.AGENT_SILENT(fields, { sentence });
  }
  if (outcome === 'timed_out') {
    return agentFailures.AGENT_TIMED_OUT(fields, { sentence });
  }
  return agentFailures[raisedFor[outcome]](fields, { sentence });
}

const raisedFor = {
  refused: 'AGENT_REFUSED_CHANGE',
  changed_nothing: 'AGENT_CHANGED_NOTHING',
  bypassed: 'AGENT_BYPASSED',
  failed: 'AGENT_FAILED_APPLYING',
  changed: 'AGENT_FAILED_APPLYING',
} as const;

const saidCharsMax = 300;

/**
 * What its machine lacks for the agent, if it said so and ended by itself: another attempt of it would end in the same
 * way. Null if its output names nothing of the kind.
 */
function whyUnable({ agent, stdoutTail, stderrTail }: AgentOutput, end: SessionEnd): MooseError | null {
  const { exitCode, signal, reason } = end;
  if (reason !== null || signal !== null || exitCode === null || exitCode === 0) return null;
  // Agents report on stdout what models and tools have said, which is about the work and not about the agent.
  const isReport = /^\s*[[{]/m.test(stdoutTail);
  const stderr = isReport ? stderrTail : `${stdoutTail}\n${stderrTail}`;
  const classification = classifyFailure({ command: agent, exitCode, signal, stderr, component: 'agent' });
  const lack = lackIn(stderr, classification, false);
  if (lack === null && !isOfSettings(classification)) return null;
  return isHidden(stderr)
    ? agentFailures.AGENT_CANNOT_RUN(
        {
          operation: 'apply',
          metadata: { agent, rule: classification.rule, exitCode, ...(lack ? { lack } : {}), stderrTail },
          failureClass: classification.failureClass,
        },
        { agent, line: tellingLine(stderr, lack?.name ?? '') },
      )
    : agentFailures.AGENT_CANNOT_RUN_AS_SET_UP(
        {
          operation: 'apply',
          metadata: { agent, rule: classification.rule, exitCode, ...(lack ? { lack } : {}), stderrTail },
          failureClass: classification.failureClass,
        },
        { agent, line: tellingLine(stderr, lack?.name ?? '') },
      );
}

/** The sandbox shows sessions only a part of the machine's files; these are the programs that start a session in it. */
function isHidden(stderr: string): boolean {
  return /^(?:moose: cannot start |(?:setpriv|env|bwrap): ).*No such file or directory/m.test(stderr);
}

/** Whether the classifier knows the message as one about settings, and not only as one that looks like it. */
function isOfSettings({ category, confidence, failureClass }: Classification): boolean {
  return category === 'configuration' && confidence >= 0.9 && failureClass !== 'unknown';
}

const looksLikeError = /error|fail|cannot|can't|not found|denied|missing|invalid|no such|unauthori[sz]ed/i;

/** The line that names what is lacking; otherwise the first one that looks like an error, or the last one. */
function tellingLine(output: string, name: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const named = name === '' ? undefined : lines.find((line) => line.includes(name));
  const line = named ?? lines.find((each) => looksLikeError.test(each)) ?? lines.at(-1);
  return line?.slice(0, saidCharsMax) ?? 'it gave no reason';
}

/**
 * The cause of an agent's failure according to the gateway, which saw the real answers; the agent's own report is only a
 * hint. Null if the gateway saw nothing that explains the failure: the last call succeeded, or there was none.
 */
function verdictOfLedger(
  agent: string,
  provider: string,
  { lastFailure, stoppedReason }: SessionCalls,
  { sentence, output }: { sentence: string; output: string },
): MooseError | null {
  const named = { agent, title: agent, circuit: `provider:${provider}`, metadata: { provider } };
  // An agent that sends again what is refused each time is braked: what it sends is the cause.
  const said = isAboutRequest(lastFailure?.kind) && refusedMemberIn(sentence) === null ? output : sentence;
  const isOfMember = isAboutRequest(lastFailure?.kind) && refusedMemberIn(said) !== null;
  if (stoppedReason !== null && !isOfMember)
    return failureOfAgent({ ...named, kind: 'braked', said: stoppedReason });
  if (lastFailure === null) return null;
  const { kind, status, retryAfterMs } = lastFailure;
  return failureOfAgent({ ...named, kind, status, retryAfterMs, said: isOfMember ? lineOf(said) : sentence });
}

const isAboutRequest = (kind: string | undefined) => kind === 'bad_request' || kind === 'refused_feature';

/** The line that names the member. */
function lineOf(said: string): string {
  return said.split('\n').find((line) => refusedMemberIn(line) !== null) ?? said;
}

/**
 * A message may only ask something, or demand what is already so: the agent then answers without changing anything.
 * Null unless this cycle began because of a message, and there is a change to continue with.
 */
async function answerTo(
  work: Work,
  told: { routed: RoutingResult; generated: GeneratingResult; parentSha: string },
  result: ApplyingResult,
): Promise<StepEnd<'applying'> | null> {
  const { order } = work;
  const { routed, generated, parentSha } = told;
  if (parentSha === routed.baseSha || !(await isBegunByMessage(work, generated))) return null;
  const answer = generated.proposal?.plan ?? result.summary;
  return {
    end: 'done',
    result: { ...result, outcome: 'changed', isAnswer: true } satisfies ApplyingResult,
    also: async (query) => {
      await recordEvent(query, {
        workOrderId: order.id,
        kind: 'message.answered',
        actor: result.agent,
        reason: storableText(answer) || 'changed nothing, and said nothing',
      });
    },
  };
}
