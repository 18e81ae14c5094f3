// Reads OpenCode's own report from its output: it has no final event, so the end of its last step decides.

import type { SessionEnd } from '../../domain/machine/session.ts';
import type { Agent, AgentReport } from '../../engine/ports/agent.ts';
import { isJsonObject, type JsonEvent, readJsonLines } from '../json-lines.ts';
import { reportNoResult } from '../no-result.ts';
import { type OwnCount, saidFailure, saidSuccess } from '../own-word.ts';
import { turnEnd } from '../turn-end.ts';
import { failureOfOpenCode } from './failures.ts';
import { openCodeProgram } from './program.ts';

export async function reportOpenCode(
  files: Parameters<Agent['report']>[0],
  end: SessionEnd,
): Promise<AgentReport> {
  const { title } = openCodeProgram;
  const { error, reason, said, count } = await readEvents(files.stdoutPath);
  const failed = { agent: 'opencode', title };
  if (error !== null) return saidFailure({ ...failed, ...failureOfOpenCode(error) }, count);
  const ending = turnEnd(reason);
  if (ending === null) return { ...(await reportNoResult(title, files, end, said)), ...count };
  if (ending === 'finished') return saidSuccess(said, count);
  return saidFailure(
    { ...failed, kind: ending, said: said || `its last step ended with reason ${reason}` },
    count,
  );
}

interface OpenCodeRun {
  /** An error in the last step, or reported after it. */
  error: JsonEvent | null;
  /** Null if the last step has not ended. */
  reason: string | null;
  said: string;
  /** Without the cost, because OpenCode knows no prices. */
  count: Partial<OwnCount>;
}

async function readEvents(stdoutPath: string): Promise<OpenCodeRun> {
  const count = { modelCalls: 0, inputTokens: 0, outputTokens: 0 };
  const run: OpenCodeRun = { error: null, reason: null, said: '', count };
  for await (const event of readJsonLines(stdoutPath)) {
    const part = isJsonObject(event.part) ? event.part : {};
    if (event.type === 'step_start') Object.assign(run, { error: null, reason: null });
    if (event.type === 'text' && typeof part.text === 'string') run.said = part.text;
    if (event.type === 'error') run.error = isJsonObject(event.error) ? event.error : {};
    if (event.type !== 'step_finish') continue;
    run.reason = typeof part.reason === 'string' ? part.reason : null;
    addTokens(count, part.tokens);
  }
  return run;
}

function addTokens(
  count: { modelCalls: number; inputTokens: number; outputTokens: number },
  tokens: unknown,
) {
  if (!isJsonObject(tokens)) return;
  const { input, output, reasoning, cache } = tokens;
  const { read, write } = isJsonObject(cache) ? cache : {};
  const sent = whole(input) + whole(read) + whole(write);
  // A step without an answer used nothing.
  if (sent === 0) return;
  count.modelCalls += 1;
  count.inputTokens += sent;
  count.outputTokens += whole(output) + whole(reasoning);
}

function whole(value: unknown): number {
  return Number.isSafeInteger(value) ? Number(value) : 0;
}
