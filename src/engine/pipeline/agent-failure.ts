// Turns the outcome of an agent's run into a failure.

import { classifyFailure } from '../../classifier/classify-failure.ts';
import type { Classification } from '../../classifier/failure-case.ts';
import { lackIn } from '../../classifier/lack.ts';
import { agentFailures } from '../../domain/agent-failure-catalogue.ts';
import type { MooseError } from '../../domain/failure.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { SessionEnd } from '../../domain/session.ts';
import type { AgentReport } from '../ports/agent.ts';

/** The ends of its output files, where the agent may have said why it could not work. */
export interface AgentOutput {
  agent: string;
  stdoutTail: string;
  stderrTail: string;
}

/**
 * Uses the agent's own report if it is conclusive, then what its output says about this machine (R-GO-2), otherwise the
 * combination of all evidence.
 */
export function agentFailure(
  outcome: Outcome,
  sentence: string,
  report: AgentReport,
  end: SessionEnd,
  output: AgentOutput,
): MooseError {
  const { reason } = end;
  const said = outcome === 'failed' && reason === null ? report.failure : null;
  if (said && said.code !== 'AGENT_FAILED') return said;
  const unable = outcome === 'crashed' || outcome === 'failed' ? whyUnable(output, end) : null;
  if (unable) return unable;
  if (said) return said;
  const fields = {
    operation: 'apply',
    metadata: { ...report.failure?.metadata },
  };
  if (outcome === 'crashed') {
    return agentFailures.AGENT_CRASHED(fields, { sentence });
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
  return /^(?:setpriv|env|bwrap): .*No such file or directory/m.test(stderr);
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
