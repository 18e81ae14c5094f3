// Reads Gemini CLI's own report from its output: the final event decides, together with the errors reported before it.

import type { SessionEnd } from '../../domain/machine/session.ts';
import type { Agent, AgentReport } from '../../engine/ports/agent.ts';
import { isJsonObject, type JsonEvent, readJsonLines } from '../json-lines.ts';
import { LastWords } from '../last-words.ts';
import { reportNoResult } from '../no-result.ts';
import { type OwnCount, saidFailure, saidSuccess } from '../own-word.ts';
import { noteEnd } from './conversation.ts';
import { kindOfGeminiCliError } from './failures.ts';
import { geminiCliProgram } from './program.ts';

export async function reportGeminiCli(
  files: Parameters<Agent['report']>[0],
  end: SessionEnd,
): Promise<AgentReport> {
  const { title } = geminiCliProgram;
  const { final, said, told, ending } = await readEvents(files.stdoutPath);
  if (final === null) return await reportNoResult(title, files, end, said);
  const count = countOf(final);
  const failed = { agent: 'gemini-cli', title };
  if (final.status === 'success' && ending === 'cut off')
    return saidFailure({ ...failed, kind: 'cut_off', said }, count);
  // Gemini CLI reports `success` and exits with 0 even if its loop detector or the end of an answer ended it.
  const stopped = told === null ? null : kindOfGeminiCliError(told, null).kind;
  const isStopped =
    stopped === 'repetition' || stopped === 'turn_limit' || (ending === 'told' && stopped !== 'failed');
  if (final.status === 'success' && !isStopped) return saidSuccess(said, count);
  const words = messageOf(final.error) ?? told ?? '';
  const failure = kindOfGeminiCliError(words, end.exitCode);
  await noteEnd(files.sessionPath, failure.kind);
  return saidFailure({ ...failed, said: words, ...failure }, count);
}

interface GeminiCliRun {
  /** Null if Gemini CLI never reported how it ended. */
  final: JsonEvent | null;
  /** The assistant's last words, before or after its last tool call. */
  said: string;
  /** The last error that it reported during the run; it may have continued after that. */
  told: string | null;
  /** What came last before the final event: an error, or a tool that has not answered. */
  ending: 'told' | 'cut off' | null;
}

async function readEvents(stdoutPath: string): Promise<GeminiCliRun> {
  const run: GeminiCliRun = { final: null, said: '', told: null, ending: null };
  const words = new LastWords();
  for await (const event of readJsonLines(stdoutPath)) {
    if (event.type === 'result') run.final = event;
    if (event.type === 'error') run.told = messageOf(event) ?? run.told;
    if (event.type === 'tool_use') words.end();
    run.ending = endingAfter(event, run.ending);
    if (event.type === 'message' && event.role === 'assistant') words.add(event.content);
  }
  return { ...run, said: words.said };
}

function endingAfter({ type }: JsonEvent, before: GeminiCliRun['ending']): GeminiCliRun['ending'] {
  if (type === 'error') return 'told';
  if (type === 'tool_use') return 'cut off';
  return type === 'result' ? before : null;
}

function messageOf(value: unknown): string | null {
  return isJsonObject(value) && typeof value.message === 'string' ? value.message : null;
}

/** Only the total number of tokens includes thinking. */
function countOf({ stats }: JsonEvent): Partial<OwnCount> {
  const { input_tokens: input, total_tokens: total } = isJsonObject(stats) ? stats : {};
  if (!Number.isSafeInteger(input) || !Number.isSafeInteger(total)) return {};
  return { inputTokens: Number(input), outputTokens: Math.max(0, Number(total) - Number(input)) };
}
