// The result of one real agent with one fault: what was observed, and what is wrong with it.

import type { AgentFailureKind } from '../../src/domain/agents/agent-failure.ts';
import type { CallFailureKind } from '../../src/domain/agents/model-call.ts';
import type { SessionEnd } from '../../src/domain/machine/session.ts';
import type { Outcome } from '../../src/domain/work-order/outcome.ts';
import type { AgentFault } from './faults.ts';

/** One model call, according to the gateway's ledger. */
export interface Call {
  status: string;
  failure: CallFailureKind | null;
  httpStatus: number | null;
}

export interface Cell {
  agent: string;
  version: string | null;
  fault: string;
  exitCode: number | null;
  signal: string | null;
  /** Why Moose ended the run; null if it ended by itself. */
  stoppedBecause: SessionEnd['reason'];
  durationMs: number;
  /** The number of requests that reached the provider. */
  requests: number;
  /** The result according to the agent's own output. */
  ownKind: AgentFailureKind | 'no word' | 'success' | 'refused';
  /** The failure of the last call according to the gateway's ledger; null if it has none. */
  ledgerKind: AgentFailureKind | null;
  outcome: Outcome;
  /** The output of `git status`, including ignored files. */
  changes: string;
  calls: Call[] | null;
  /** Nano-dollars as text, because JSON has no numbers of this size. */
  heldNanoUsd: string;
  processesLeft: number;
}

/** The problems as sentences; empty if everything is as required. */
export function problemsOf(cell: Cell, fault: AgentFault): string[] {
  const ended = fault.kinds.length === 0 ? problemsOfSuccess(cell) : problemsOfFailure(cell, fault);
  const open = cell.calls?.filter(({ status }) => status === 'sent').length ?? 0;
  return [
    ...ended,
    ...(cell.calls?.length === 0 ? ['The gateway has seen no call.'] : []),
    ...(cell.processesLeft > 0 ? [`${cell.processesLeft} processes were left.`] : []),
    ...(cell.heldNanoUsd === '0'
      ? []
      : [`${cell.heldNanoUsd} nano-dollars are held for a run that is over.`]),
    ...(open > 0 ? [`The ledger holds money for ${open} calls that are over.`] : []),
  ];
}

function problemsOfSuccess({ outcome, changes, exitCode }: Cell): string[] {
  return [
    ...(outcome === 'changed' ? [] : [`The run without a fault came out as ${outcome}.`]),
    ...(changes === ' M hello.txt\n' ? [] : [`It changed ${JSON.stringify(changes)}.`]),
    ...(exitCode === 0 ? [] : [`Its exit code was ${exitCode}.`]),
  ];
}

function problemsOfFailure(cell: Cell, { kinds, isEndless }: AgentFault): string[] {
  const { outcome, ownKind, ledgerKind, stoppedBecause, changes } = cell;
  const problems: string[] = [];
  if (outcome === 'changed' || outcome === 'changed_nothing' || outcome === 'bypassed')
    problems.push(`It came out as ${outcome}.`);
  if (changes !== '') problems.push(`It changed ${JSON.stringify(changes)}.`);
  // The ledger saw what really happened; without a ledger, the agent's own output counts.
  const kind = ledgerKind ?? ownKind;
  const isNamed = (kinds as readonly string[]).includes(kind);
  const isStopped = stoppedBecause !== null && (isEndless === true || ledgerKind === null);
  if (!isNamed && !isStopped) problems.push(`It is called ${kind}, and not ${kinds.join(' or ')}.`);
  return problems;
}
