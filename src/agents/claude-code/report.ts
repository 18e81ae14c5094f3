// Reads Claude Code's own report from its output.

import type { SessionEnd } from '../../domain/session.ts';
import type { Agent, AgentReport } from '../../engine/ports/agent.ts';
import { reportNoResult } from '../no-result.ts';
import { saidFailure, saidSuccess } from '../own-word.ts';
import { failureKind } from './failures.ts';
import { claudeCodeProgram } from './program.ts';
import { readStream } from './stream.ts';

export async function reportClaudeCode(
  files: Parameters<Agent['report']>[0],
  end: SessionEnd,
): Promise<AgentReport> {
  const { title } = claudeCodeProgram;
  const { final, modelCalls, spent } = await readStream(files.stdoutPath);
  if (final === null) return { ...(await reportNoResult(title, files, end)), modelCalls };
  const count = { modelCalls, ...spent };
  if (!final.isError) return saidSuccess(final.text, count);
  const { apiErrorStatus: status, terminalReason, errorWord, text: said } = final;
  const kind = failureKind(final);
  const failed = { agent: 'claude-code', title, kind, said, status, metadata: { terminalReason, errorWord } };
  return saidFailure(failed, count);
}
