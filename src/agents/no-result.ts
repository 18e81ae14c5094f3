// The report of an agent that never said how it ended: a failure, regardless of the exit code (R-SES-5).

import { agentFailures } from '../domain/agents/agent-failure-catalogue.ts';
import type { RaisedFacts } from '../domain/catalogue.ts';
import type { SessionEnd } from '../domain/machine/session.ts';
import type { Agent, AgentReport } from '../engine/ports/agent.ts';
import { tail } from '../sessions/read-output.ts';
import { lastWords } from './own-word.ts';

const tailBytesMax = 4_096;

const timeReasons: ReadonlySet<SessionEnd['reason']> = new Set(['timeout', 'silent', 'idle']);

type OutputFiles = Parameters<Agent['report']>[0];

export async function reportNoResult(
  agent: string,
  files: OutputFiles,
  end: SessionEnd,
  said = '',
): Promise<AgentReport> {
  const [stdout, stderr] = await Promise.all([
    tail(files.stdoutPath, tailBytesMax),
    tail(files.stderrPath, tailBytesMax),
  ]);
  const line = lastLine(stderr.text) ?? lastLine(stdout.text);
  const message = `${agent} ended with ${ending(end)} without reporting a result${line === null ? ' or printing anything' : `: ${line}`}`;
  const summary = /[.!?]$/.test(message) ? message : `${message}.`;
  const facts: RaisedFacts = {
    operation: 'report',
    failureClass: timeReasons.has(end.reason) ? 'timeout' : 'orchestration_error',
    metadata: {
      agent,
      exitCode: end.exitCode,
      signal: end.signal,
      reason: end.reason,
      stdoutTail: stdout.text,
      stderrTail: stderr.text,
      durationMs: end.endedAt.getTime() - end.startedAt.getTime(),
    },
  };
  // An exit code is the program's own decision and will be the same next time; a signal or a lost process has an
  // external cause.
  const isOwnExit = end.exitCode !== null && end.exitCode !== 0 && end.reason === null;
  return {
    finalEvent: 'missing',
    summary,
    ...lastWords(said),
    failure: isOwnExit
      ? agentFailures.AGENT_NO_RESULT(facts, { summary })
      : agentFailures.AGENT_NO_RESULT_CUT_OFF(facts, { summary }),
    costNanoUsd: null,
    modelCalls: null,
    inputTokens: null,
    outputTokens: null,
  };
}

const saidCharsMax = 300;

function lastLine(text: string): string | null {
  const line = text
    .split('\n')
    .map((candidate) => candidate.trim())
    .findLast((candidate) => candidate !== '');
  return line?.slice(0, saidCharsMax) ?? null;
}

function ending({ exitCode, signal }: SessionEnd): string {
  if (signal !== null) return `signal ${signal}`;
  return exitCode === null ? 'neither exit code nor signal' : `exit code ${exitCode}`;
}
