// Describes an event in one line. Pure.
import type { Selectable } from 'kysely';
import { formatUsd } from '../../../domain/money.ts';
import { asCause } from '../../../domain/text/sentence.ts';
import type { Tables } from '../../../store/schema/tables.ts';

export type EventRow = Selectable<Tables['workOrderEvents']>;

export function describeEvent(event: EventRow): string {
  return sentenceOf(event).replace(/\s+/g, ' ').trim();
}

function sentenceOf({ kind, toState, fromState, actor, reason, detail }: EventRow): string {
  const of = (name: string) => shown(detail[name]);
  switch (kind) {
    case 'transition':
      return describeTransition(fromState, toState, reason);
    case 'step.finished':
      return `${of('step')} done${detail.durationMs === undefined ? '' : ` in ${seconds(detail.durationMs)}`}`;
    case 'model.answered':
      return `${actor} answered (${of('kind')}): ${of('inputTokens')} tokens in, ${of('outputTokens')} out`;
    case 'session.started':
      return `${of('purpose')} ${actor} started (pid ${of('pid')})`;
    case 'session.ended':
      return `${actor} ended: ${endOf(detail)}`;
    case 'egress.refused':
      return `${actor} was refused: ${reason}; ${typeof detail.because === 'string' ? detail.because : `to allow it, ${howToAllow(detail)}`}`;
    case 'egress.unconfirmed':
      return `.moose/config.yml asks for hosts that no person has confirmed, so the work continues without them: ${reason}; to confirm them: \`${of('confirm')}\``;
    case 'git.written':
      return `${actor} wrote in git, in the repository of this work order only: ${reason}`;
    case 'service.ready':
      return `service ${actor} is ready${typeof detail.url === 'string' ? `: ${detail.url}` : ''}`;
    case 'check.finished':
      return checkOf(actor, detail);
    case 'together.checked':
      return `checked with the open changes: ${reason}`;
    case 'together_check.finished':
      return checkOf(`${actor} with the open changes`, detail);
    case 'base_check.finished':
      return checkOf(`${actor} on the base, without the change`, detail);
    case 'proof_check.finished':
      return checkOf(`${actor}, to prove the tests of the change`, detail);
    case 'answer.slow':
      return reason;
    case 'progress':
      return `progress: ${describeFact(of('fact'))}`;
    case 'pause.requested':
      return `paused ${reason}`;
    case 'resumed':
    case 'approved':
      return `${kind} ${reason}`;
    case 'paused':
      return `paused because ${asCause(reason)}; it continues automatically`;
    case 'session.left_behind':
      return `${actor} was left behind ${reason}`;
    case 'session.cleared':
      return `${actor} was cleaned up ${reason}`;
    case 'inconsistent':
    case 'reconciled':
      return `${kind}: ${reason}`;
    case 'left_to_others':
      return `left to another machine: ${reason}`;
    case 'agent.replaced':
    case 'model.replaced':
      return `switched from ${of('from')} to ${of('to')}: ${of('because')}`;
    case 'proposal.reviewed':
      return `${actor} reviewed the proposal: ${reason}${findingsOf(detail.findings)}`;
    case 'change.reviewed':
      return `${actor} reviewed the change: ${reason}${findingsOf(detail.findings)}`;
    case 'degraded':
      return `continues ${reason}`;
    case 'restored':
    case 'asked.added':
    case 'asked.read':
    case 'asked.unread':
    case 'contract.accepted':
    case 'dependencies.met':
    case 'escalation.answered':
    case 'review.continued':
    case 'secret.allowed':
      return reason;
    case 'fixed.by_hand':
      return `fixed by ${actor}: ${reason}`;
    case 'ci.passed':
      return `CI is green: ${reason}`;
    case 'ci.failed':
      return `CI is red: ${reason}`;
    case 'ci.undecided':
      return `CI has no result: ${reason}`;
    case 'thread.resolved':
      return `review thread resolved${typeof detail.path === 'string' ? `, on ${[detail.path, detail.line].filter(Boolean).join(':')}` : ''}`;
    case 'answer.not_applied':
    case 'ci.rerun':
    case 'base.merged':
    case 'ground.changed':
    case 'pull_request.reverted':
    case 'pull_request.retargeted':
    case 'worktree.renewed':
    case 'worktree.set_aside':
      return reason;
    case 'undone':
      return reason === '' ? kind : reason;
    case 'pull_request.queued':
      return `${actor} asked the forge to merge the pull request when its checks have passed`;
    case 'pull_request.unqueued':
      return `${actor} cancelled the auto-merge of the pull request`;
    case 'message':
      return `${detail.now === true ? 'urgent message' : 'message'} from ${actor}${detail.file === undefined ? '' : ` on ${[detail.file, detail.line].filter(Boolean).join(':')}`}: ${reason}`;
    case 'message.answered':
      return `${actor} answered: ${reason}`;
    case 'candidates.decided':
      return `candidates: ${reason}`;
    case 'joint.decided':
      return `joint change ${reason}`;
    case 'subtask.created':
      return `${actor} asked for a sub-task with ${nanoUsd(detail.limitNanoUsd)}: ${reason}${detail.needsApproval === true ? ' (waits for your approval)' : ''}`;
    case 'subtask.refused':
      return `${actor} asked for a sub-task, ${of('title')}, and was refused: ${reason}`;
    case 'subtask.ended':
      return `sub-task ${of('status')}: ${of('title')}; it cost ${nanoUsd(detail.costNanoUsd)}, and ${nanoUsd(detail.backNanoUsd)} of its limit came back`;
    case 'cancel.requested':
      return `cancel requested by ${actor}`;
    default:
      return unknownKind(kind, reason);
  }
}

function checkOf(what: string, { passed, command, durationMs }: EventRow['detail']): string {
  return `${passed ? '✓' : '✗'} ${what}: ${shown(command)} (${seconds(durationMs)})`;
}

/** In words: its name is for programs. */
function unknownKind(kind: string, reason: string): string {
  const words = kind.replaceAll(/[._]/g, ' ');
  return reason === '' ? words : `${words}: ${reason}`;
}

function findingsOf(findings: unknown): string {
  return Array.isArray(findings) && findings.length > 0 ? ` (${findings.join('; ')})` : '';
}

function nanoUsd(amount: unknown): string {
  return typeof amount === 'string' && /^\d+$/.test(amount) ? formatUsd(BigInt(amount)) : '–';
}

/** A dash stands for a value that an older version of Moose did not record. */
function shown(value: unknown): string {
  return value === undefined || value === null ? '–' : String(value);
}

/** What became true for the first time. */
function describeFact(fact: string): string {
  const [kind, ...parts] = fact.split(':');
  const id = (parts.at(-1) ?? '').slice(0, 7);
  switch (kind) {
    case 'tree':
      return `the agent made a change that is new (${id})`;
    case 'check':
      return `the check ${parts.slice(1, -1).join(':')} passes (${id})`;
    case 'pull_request':
      return `pull request ${parts[0]} has the change (${id})`;
    default:
      return fact;
  }
}

function seconds(ms: unknown): string {
  return typeof ms === 'number' ? `${(ms / 1_000).toFixed(1)} s` : '–';
}

function endOf({ exitCode, signal, reason }: Record<string, unknown>): string {
  if (reason) return `stopped (${reason})`;
  return signal ? `killed by ${signal}` : `exit code ${shown(exitCode)}`;
}

function describeTransition(from: EventRow['fromState'], to: EventRow['toState'], reason: string): string {
  const because = reason === '' ? '' : `: ${reason}`;
  if (!from) return `${shown(to?.status)}${because}`;
  const changed = (['status', 'step', 'step_state'] as const).filter((key) => from[key] !== to?.[key]);
  return `${changed.map((key) => `${shown(from[key])} → ${shown(to?.[key])}`).join(', ')}${because}`;
}

function howToAllow({ how, allow }: EventRow['detail']): string {
  // An event of an earlier version only contains the text to write into the file.
  return typeof how === 'string' ? how : `write ${shown(allow)} into .moose/config.yml`;
}
