// Reads pi's own report from its output: the last message decides, once pi has reported that it is done.

import type { SessionEnd } from '../../domain/machine/session.ts';
import type { Agent, AgentReport } from '../../engine/ports/agent.ts';
import { isJsonObject, type JsonEvent, readJsonLines } from '../json-lines.ts';
import { reportNoResult } from '../no-result.ts';
import { type OwnCount, saidFailure, saidSuccess } from '../own-word.ts';
import { failureOf } from './failures.ts';
import { piProgram } from './program.ts';

export async function reportPi(files: Parameters<Agent['report']>[0], end: SessionEnd): Promise<AgentReport> {
  const { title } = piProgram;
  const { last, said, isSettled, count } = await readEvents(files.stdoutPath);
  if (!isSettled) return { ...(await reportNoResult(title, files, end, said)), ...count };
  const failure = last === null ? { kind: 'failed' as const, status: null, said: '' } : failureOf(last);
  if (failure !== null)
    return saidFailure({ agent: 'pi', title, ...failure, said: failure.said || said }, count);
  return saidSuccess(said, count);
}

interface PiRun {
  /** The assistant's last message. */
  last: JsonEvent | null;
  /** The words of the last message that has any. */
  said: string;
  /** pi always exits with 0; this event shows that it ended by itself. */
  isSettled: boolean;
  /** Without the cost: pi knows no prices. */
  count: Partial<OwnCount>;
}

/** Not `agent_end`, which has all messages of the run in one line and may be too long to read. */
async function readEvents(stdoutPath: string): Promise<PiRun> {
  let last: JsonEvent | null = null;
  let said = '';
  let isSettled = false;
  const count = { modelCalls: 0, inputTokens: 0, outputTokens: 0 };
  for await (const event of readJsonLines(stdoutPath)) {
    if (event.type === 'agent_start') isSettled = false;
    if (event.type === 'agent_settled') isSettled = true;
    if (event.type !== 'message_end' || !isJsonObject(event.message)) continue;
    if (event.message.role !== 'assistant') continue;
    last = event.message;
    said = textOf(last) || said;
    // pi reports a failed call as a message too.
    if (last.stopReason === 'error') continue;
    const usage = isJsonObject(last.usage) ? last.usage : {};
    count.modelCalls += 1;
    count.inputTokens += tokens(usage.input) + tokens(usage.cacheRead) + tokens(usage.cacheWrite);
    count.outputTokens += tokens(usage.output);
  }
  return { last, said, isSettled, count };
}

function tokens(value: unknown): number {
  return Number.isSafeInteger(value) ? Number(value) : 0;
}

function textOf(message: JsonEvent): string {
  if (!Array.isArray(message.content)) return '';
  return message.content
    .filter(isJsonObject)
    .map(({ type, text }) => (type === 'text' && typeof text === 'string' ? text : ''))
    .join('');
}
