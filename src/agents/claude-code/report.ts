// Reads Claude Code's own word out of its output.

import type { SessionEnd } from '../../domain/session.ts';
import type { Agent, AgentReport } from '../../engine/ports/agent.ts';
import { reportNoResult } from '../no-result.ts';
import { claudeFailure, failureKind } from './failures.ts';
import { readStream } from './stream.ts';

const summaryCharsMax = 500;

export async function reportClaudeCode(
  files: Parameters<Agent['report']>[0],
  end: SessionEnd,
): Promise<AgentReport> {
  const { final, modelCalls, spent } = await readStream(files.stdoutPath);
  if (final === null) return { ...(await reportNoResult('Claude Code', files, end)), modelCalls };
  const summary = final.text.replaceAll(/\s+/g, ' ').trim().slice(0, summaryCharsMax);
  if (!final.isError) return { finalEvent: 'success', summary, failure: null, modelCalls, ...spent };
  const finalEvent = failureKind(final) === 'refused' ? 'refused' : 'failure';
  const failure = claudeFailure(final);
  return { finalEvent, summary: summary === '' ? failure.message : summary, failure, modelCalls, ...spent };
}
