import { assertNever } from '../../stdx/assert-never.ts';
import type { SessionEnd } from '../machine/session.ts';
import { asSentence } from '../text/sentence.ts';

// The outcome of an agent's run, decided from four witnesses: its own final event, how its process ended, the
// gateway's ledger and the git diff (R-SES-5). No single witness is believed, least of all exit code 0.

export const outcomes = [
  'changed',
  'changed_nothing',
  'crashed',
  'timed_out',
  'refused',
  'failed',
  'bypassed',
] as const;
export type Outcome = (typeof outcomes)[number];

export interface Witnesses {
  report: { finalEvent: 'success' | 'failure' | 'refused' | 'missing'; summary: string };
  end: Pick<SessionEnd, 'exitCode' | 'signal' | 'reason'>;
  /** Model calls that the gateway metered for this run; null if nothing meters it. */
  ledgerCalls: number | null;
  /** Whether the worktree's tree differs from the one at the start of the run. */
  changed: boolean;
  agentCallsModels: boolean;
}

export interface DecidedOutcome {
  outcome: Outcome;
  /** An explanation for people: which witness decided. */
  sentence: string;
}

/** `changed` is the only success. Total: every combination of witnesses has exactly one outcome. */
export function decideOutcome(witnesses: Witnesses): DecidedOutcome {
  return fromMoose(witnesses) ?? fromAgent(witnesses) ?? fromProcess(witnesses) ?? fromFacts(witnesses);
}

/**
 * Moose ended the process, or lost it. A run that had finished properly before the stop reached it counts as
 * finished.
 */
function fromMoose({ end, report }: Witnesses): DecidedOutcome | null {
  if (end.reason === null) return null;
  const hadFinished = report.finalEvent === 'success' && end.exitCode === 0 && end.signal === null;
  switch (end.reason) {
    case 'timeout':
      return hadFinished ? null : said('timed_out', 'The agent was stopped because its time ran out.');
    case 'silent':
      return hadFinished
        ? null
        : said('timed_out', 'The agent was stopped because it wrote nothing for too long.');
    case 'output_limit':
      return hadFinished ? null : said('failed', 'The agent was stopped because it wrote too much output.');
    case 'braked':
      return hadFinished ? null : said('failed', 'The agent was stopped because of runaway model calls.');
    case 'idle':
      return hadFinished
        ? null
        : said('timed_out', 'The agent was stopped because it called no model for too long.');
    case 'forged':
      return said('failed', 'The agent was stopped because it wrote its own exit record.');
    case 'released':
      return said('failed', 'The agent was stopped because it was no longer needed.');
    case 'interrupted':
      return said('failed', 'The agent was stopped because a person sent a message to be read at once.');
    case 'out_of_memory':
      return said('failed', "The agent was stopped because it passed its session's limit on memory.");
    case 'process_limit':
      return said('failed', "The agent was stopped because it passed its session's limit on processes.");
    case 'cancelled':
      return said('failed', 'The agent was stopped because its run was cancelled.');
    case 'superseded':
      return said('failed', 'The agent was stopped because another machine had taken over its work.');
    case 'left_behind':
      return said('crashed', 'The agent ended while Moose or its machine was stopped.');
    case 'lost':
      return said('crashed', "The agent's process died without an exit record.");
    default:
      return assertNever(end.reason);
  }
}

function fromAgent({ end, report }: Witnesses): DecidedOutcome | null {
  switch (report.finalEvent) {
    case 'missing':
      return said('crashed', `The agent ended with ${ending(end)} and never reported a result.`);
    case 'refused':
      return said('refused', `The agent refused the change: ${sentence(report.summary)}`);
    case 'failure':
      return said('failed', `The agent reported a failure: ${sentence(report.summary)}`);
    case 'success':
      return null;
    default:
      return assertNever(report.finalEvent);
  }
}

/** From here on the agent claims success; its process may disagree. */
function fromProcess({ end }: Witnesses): DecidedOutcome | null {
  if (end.signal !== null || end.exitCode === null)
    return said('crashed', `The agent claims success, but its process ended with ${ending(end)}.`);
  if (end.exitCode !== 0)
    return said('failed', `The agent claims success, but its process ended with ${ending(end)}.`);
  return null;
}

/** Agent and process agree; the ledger and the diff decide. */
function fromFacts({ agentCallsModels, ledgerCalls, changed }: Witnesses): DecidedOutcome {
  if (agentCallsModels && ledgerCalls === 0)
    return said(
      'bypassed',
      'The agent claims success without a single metered model call: it bypassed the gateway.',
    );
  if (!changed) return said('changed_nothing', 'The agent finished without an error and changed nothing.');
  return said('changed', 'The agent finished and changed the worktree.');
}

function said(outcome: Outcome, sentence: string): DecidedOutcome {
  return { outcome, sentence };
}

function ending({ exitCode, signal }: Witnesses['end']): string {
  if (signal !== null) return `signal ${signal}`;
  return exitCode === null ? 'neither exit code nor signal' : `exit code ${exitCode}`;
}

function sentence(text: string): string {
  return asSentence(text) || 'it gave no reason.';
}
