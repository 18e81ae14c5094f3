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
  report: {
    finalEvent: 'success' | 'failure' | 'refused' | 'cut_off' | 'missing';
    summary: string;
    /** Its last words; absent: it said nothing. */
    said?: string | undefined;
  };
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

/** Stops of a process that does nothing any more: one that has told its end, and lives on, ends like this. */
const stopsOfTheStill: ReadonlySet<SessionEnd['reason']> = new Set(['timeout', 'silent', 'idle', 'released']);

/** Whether it has told how it ended, and its process only lived on until Moose stopped it. */
export function hasLivedOn({ end, report }: Pick<Witnesses, 'end' | 'report'>): boolean {
  const { finalEvent } = report;
  return stopsOfTheStill.has(end.reason) && finalEvent !== 'missing' && finalEvent !== 'cut_off';
}

/** Whether agent and process agree that the work is done: its files are a change. */
export function isDone(ended: Pick<Witnesses, 'end' | 'report'>): boolean {
  return ended.report.finalEvent === 'success' && (ended.end.exitCode === 0 || hasLivedOn(ended));
}

/**
 * Moose ended the process, or lost it. A run that had finished properly before the stop reached it counts as
 * finished.
 */
function fromMoose(witnesses: Witnesses): DecidedOutcome | null {
  const { end, report } = witnesses;
  if (end.reason === null || hasLivedOn(witnesses)) return null;
  const hadFinished = report.finalEvent === 'success' && end.exitCode === 0 && end.signal === null;
  switch (end.reason) {
    case 'timeout':
      return said('timed_out', 'The agent was stopped because its time ran out.');
    case 'silent':
      return said('timed_out', 'The agent was stopped because it wrote nothing for too long.');
    case 'output_limit':
      return hadFinished ? null : said('failed', 'The agent was stopped because it wrote too much output.');
    case 'braked':
      return hadFinished ? null : said('failed', 'The agent was stopped because of runaway model calls.');
    case 'idle':
      return said('timed_out', 'The agent was stopped because it called no model for too long.');
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
    case 'cut_off':
      return said('failed', `The agent was cut off in the middle of its work: ${sentence(report.summary)}`);
    case 'failure':
      return said('failed', `The agent reported a failure: ${sentence(report.summary)}`);
    case 'success':
      return null;
    default:
      return assertNever(report.finalEvent);
  }
}

/** From here on the agent claims success; its process may disagree. */
function fromProcess({ end, report }: Witnesses): DecidedOutcome | null {
  if (hasLivedOn({ end, report })) return null;
  if (end.signal !== null || end.exitCode === null)
    return said('crashed', `The agent claims success, but its process ended with ${ending(end)}.`);
  if (end.exitCode !== 0)
    return said('failed', `The agent claims success, but its process ended with ${ending(end)}.`);
  return null;
}

/** Agent and process agree; the ledger and the diff decide. */
function fromFacts({ agentCallsModels, ledgerCalls, changed, report }: Witnesses): DecidedOutcome {
  if (agentCallsModels && ledgerCalls === 0)
    return said(
      'bypassed',
      'The agent claims success without a single metered model call: it bypassed the gateway.',
    );
  if (!changed)
    return said(
      'changed_nothing',
      `The agent finished without an error and changed nothing.${quoted(report)}`,
    );
  return said('changed', 'The agent finished and changed the worktree.');
}

function said(outcome: Outcome, sentence: string): DecidedOutcome {
  return { outcome, sentence };
}

function ending({ exitCode, signal }: Witnesses['end']): string {
  if (signal !== null) return `signal ${signal}`;
  return exitCode === null ? 'neither exit code nor signal' : `exit code ${exitCode}`;
}

const quotedCharsMax = 300;

/** The end of its last words, on one line: a question stands there. */
function quoted({ said: words = '' }: Witnesses['report']): string {
  const line = words.replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  return ` It said: “${line.length > quotedCharsMax ? `…${line.slice(-quotedCharsMax)}` : line}”.`;
}

function sentence(text: string): string {
  return asSentence(text) || 'it gave no reason.';
}
