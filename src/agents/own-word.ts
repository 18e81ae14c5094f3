// What an agent says about its own run, converted into a report.

import { type AgentFailureKind, type FailedAgent, failureOfAgent } from '../domain/agents/agent-failure.ts';
import type { AgentReport } from '../engine/ports/agent.ts';

/** The agent's own count; the gateway's ledger is more accurate. */
export type OwnCount = Pick<AgentReport, 'costNanoUsd' | 'modelCalls' | 'inputTokens' | 'outputTokens'>;

export const notCounted: OwnCount = {
  costNanoUsd: null,
  modelCalls: null,
  inputTokens: null,
  outputTokens: null,
};

const summaryCharsMax = 500;

export function saidSuccess(summary: string, count: Partial<OwnCount> = {}): AgentReport {
  return {
    finalEvent: 'success',
    summary: short(summary),
    ...lastWords(summary),
    failure: null,
    ...notCounted,
    ...count,
  };
}

export function saidFailure(failed: FailedAgent, count: Partial<OwnCount> = {}): AgentReport {
  const failure = failureOfAgent(failed);
  return {
    finalEvent: finalEvents[failed.kind] ?? 'failure',
    summary: short(failed.said) || failure.message,
    ...lastWords(failed.said),
    failure,
    ...notCounted,
    ...count,
  };
}

const lastWordsCharsMax = 2_000;

/** The end of what the agent said, in its own lines; nothing if it said nothing. */
export function lastWords(text: string): Pick<AgentReport, 'said'> {
  const said = text.trim().slice(-lastWordsCharsMax);
  return said === '' ? {} : { said };
}

const finalEvents: Partial<Record<AgentFailureKind, AgentReport['finalEvent']>> = {
  refused: 'refused',
  cut_off: 'cut_off',
};

function short(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, summaryCharsMax);
}
