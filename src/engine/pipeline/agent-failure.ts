// Turns the outcome of an agent's run into a failure.
import { classifyFailure } from '../../classifier/classify-failure.ts';
import type { Classification } from '../../classifier/failure-case.ts';
import { lackIn } from '../../classifier/lack.ts';
import {
  ConfigurationError,
  type MooseError,
  type MooseErrorFields,
  PermanentError,
  TransientError,
} from '../../domain/failure.ts';
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
    component: 'agents',
    operation: 'apply',
    message: sentence,
    metadata: { ...report.failure?.metadata },
  } satisfies Partial<MooseErrorFields>;
  if (outcome === 'crashed') {
    return new TransientError({
      ...fields,
      code: 'AGENT_CRASHED',
      advice: 'Retry it: `moose retry ID --from applying`.',
      failureClass: 'unknown',
    });
  }
  if (outcome === 'timed_out' && (reason === 'silent' || reason === 'idle')) {
    return new TransientError({
      ...fields,
      code: 'AGENT_SILENT',
      advice: 'See `moose logs ID` for the last thing that it did; `moose retry ID` starts it again.',
      failureClass: 'timeout',
    });
  }
  if (outcome === 'timed_out') {
    return new TransientError({
      ...fields,
      code: 'AGENT_TIMED_OUT',
      advice:
        'See `moose logs ID`; give it more time with `moose retry ID --time-limit 20m`, or split the work.',
      failureClass: 'timeout',
    });
  }
  const codes = {
    refused: 'AGENT_REFUSED_CHANGE',
    changed_nothing: 'AGENT_CHANGED_NOTHING',
    bypassed: 'AGENT_BYPASSED',
    failed: 'AGENT_FAILED',
    changed: 'AGENT_FAILED',
  };
  return new PermanentError({
    ...fields,
    code: codes[outcome],
    advice: 'Retry it with another model or with instructions: `moose retry ID --note "…"`.',
    // Edits that do not fit the files violate the contract of a proposal; the cause of other failures is unknown.
    failureClass: outcome === 'refused' ? 'contract_violation' : 'unknown',
  });
}

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
  return new ConfigurationError({
    code: 'AGENT_CANNOT_RUN',
    component: 'agents',
    operation: 'apply',
    message: `The agent ${agent} cannot run here: ${tellingLine(stderr, lack?.name ?? '')}`,
    advice: isHidden(stderr)
      ? 'If the program is there, sessions do not see it: name its directory in MOOSE_SANDBOX_PATHS, start Moose again, then `moose retry ID --from applying`.'
      : 'Repair what it names on this machine, then `moose retry ID --from applying`; or choose another agent.',
    failureClass: classification.failureClass,
    metadata: { agent, rule: classification.rule, exitCode, ...(lack ? { lack } : {}), stderrTail },
  });
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
