// Reads Qwen Code's own report from its output.

import type { SessionEnd } from '../../domain/machine/session.ts';
import type { Agent, AgentReport } from '../../engine/ports/agent.ts';
import { isJsonObject, type JsonEvent, readJsonLines } from '../json-lines.ts';
import { reportNoResult } from '../no-result.ts';
import { type OwnCount, saidFailure, saidSuccess } from '../own-word.ts';
import type { TurnEnd } from '../turn-end.ts';
import { TurnSoFar } from '../turn-so-far.ts';
import { kindOfQwenCodeError } from './failures.ts';
import { qwenCodeProgram } from './program.ts';

export async function reportQwenCode(
  files: Parameters<Agent['report']>[0],
  end: SessionEnd,
): Promise<AgentReport> {
  const { title } = qwenCodeProgram;
  const { final, turnEnd, said: lastSaid, modelCalls } = await readEvents(files.stdoutPath);
  if (final === null) return { ...(await reportNoResult(title, files, end, lastSaid)), modelCalls };
  const count = { modelCalls, ...tokensOf(final) };
  const said = wordsOf(final);
  // Earlier versions reported a failed call as a success.
  const isError = final.is_error !== false || final.subtype !== 'success' || said.startsWith('[API Error:');
  const failed = { agent: 'qwen-code', title, said };
  if (!isError && turnEnd !== null && turnEnd !== 'finished')
    return saidFailure({ ...failed, kind: turnEnd }, count);
  if (!isError) return saidSuccess(said, count);
  return saidFailure({ ...failed, ...kindOfQwenCodeError(said) }, count);
}

interface QwenCodeRun {
  /** Null if Qwen Code never reported how it ended, or began another turn after that. */
  final: JsonEvent | null;
  turnEnd: TurnEnd | null;
  /** The words of its last message. */
  said: string;
  modelCalls: number;
}

async function readEvents(stdoutPath: string): Promise<QwenCodeRun> {
  let final: JsonEvent | null = null;
  let modelCalls = 0;
  const turn = new TurnSoFar();
  for await (const event of readJsonLines(stdoutPath)) {
    turn.see(event);
    if (event.type === 'result') final = event;
    else if (event.type === 'assistant') final = null;
    if (event.type !== 'assistant' || !isJsonObject(event.message)) continue;
    // Qwen Code also reports a failed call as a message; such a message used no tokens.
    const { input_tokens: input } = isJsonObject(event.message.usage) ? event.message.usage : {};
    if (typeof input === 'number' && input > 0) modelCalls += 1;
  }
  return { final, turnEnd: final && turn.endBy(final), said: turn.said, modelCalls };
}

function wordsOf({ result, error }: JsonEvent): string {
  if (isJsonObject(error) && typeof error.message === 'string') return error.message;
  return typeof result === 'string' ? result : '';
}

/** The input includes cache reads. */
function tokensOf({ usage }: JsonEvent): Partial<OwnCount> {
  const { input_tokens: input, output_tokens: output } = isJsonObject(usage) ? usage : {};
  if (!Number.isSafeInteger(input) || !Number.isSafeInteger(output)) return {};
  return { inputTokens: Number(input), outputTokens: Number(output) };
}
