// Reads Claude Code's own report from its output.

import type { SessionEnd } from '../../domain/machine/session.ts';
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
  const { final, said: lastSaid, modelCalls, spent } = await readStream(files.stdoutPath);
  const count = { modelCalls, ...spent };
  if (final === null) return { ...(await reportNoResult(title, files, end, lastSaid)), ...count };
  const kind = failureKind(final);
  if (kind === null) return saidSuccess(final.text, count);
  const { apiErrorStatus: status, terminalReason, errorWord, text: said } = final;
  const retryAfterMs =
    kind === 'usage_limit' && final.resetsAtSeconds !== null
      ? Math.max(0, final.resetsAtSeconds * 1_000 - end.endedAt.getTime())
      : null;
  const metadata = { terminalReason, errorWord };
  const failed = { agent: 'claude-code', title, kind, said, status, retryAfterMs, metadata };
  return saidFailure(failed, count);
}
