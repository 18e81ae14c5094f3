// For tests: a provider on loopback that speaks all protocols and answers from a script.

import { type ChatCompletionRequest, LLMock } from '@copilotkit/aimock';

/** Without usage, an answer would cost nothing, and the accounting would not be tested. */
export const usagePerCall = { prompt_tokens: 1_234, completion_tokens: 56 };

export interface ToolCall {
  name: string;
  arguments: Record<string, unknown>;
}

/** One answer of the model: tool calls, or a text. */
export type Turn = ToolCall[] | string;

export interface ScriptedProvider {
  url: string;
  requests: ChatCompletionRequest[];
  stop(): Promise<void>;
}

const lastWord = 'All done.';

/** Answers each prompt with these turns in order, and then with a final text. */
export async function startScriptedProvider(turns: readonly Turn[]): Promise<ScriptedProvider> {
  return await startProvider((_request, turn) => turns[turn] ?? lastWord);
}

/** Answers each prompt with the same turn again and again. */
export async function startLoopingProvider(turn: Turn): Promise<ScriptedProvider> {
  return await startProvider(() => turn);
}

/**
 * Answers with the same turn a limited number of times, and then not at all: the agent keeps waiting until it is
 * killed.
 */
export async function startStallingProvider(turn: Turn, answersMax: number): Promise<ScriptedProvider> {
  return await startProvider(() => turn, answersMax);
}

/** Answers each request as it says; null: not at all. */
export async function startAnsweringProvider(
  answer: (request: ChatCompletionRequest, turn: number) => Turn | null | Promise<Turn | null>,
): Promise<ScriptedProvider> {
  return await startProvider(answer);
}

async function startProvider(
  turnAt: (request: ChatCompletionRequest, turn: number) => Turn | null | Promise<Turn | null>,
  answersMax = Number.POSITIVE_INFINITY,
): Promise<ScriptedProvider> {
  const requests: ChatCompletionRequest[] = [];
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' });
  mock.on({}, async (request) => {
    requests.push(request);
    const never = new Promise<never>(() => undefined);
    if (requests.length > answersMax) return never;
    const turn = await turnAt(request, turnOf(request));
    if (turn === null) return never;
    return { ...answerTo(request, turn), usage: usagePerCall };
  });
  await mock.start();
  return { url: mock.url, requests, stop: async () => await mock.stop() };
}

/** How many answers came since the last prompt. */
function turnOf({ messages }: ChatCompletionRequest): number {
  const prompt = messages.findLastIndex(({ role }) => role === 'user');
  return messages.slice(prompt).filter(({ role }) => role === 'assistant').length;
}

function answerTo({ tools }: ChatCompletionRequest, turn: Turn) {
  if (typeof turn === 'string') return { content: turn };
  // A request without tools is a side task, such as a title for the conversation.
  if (!tools?.length) return { content: 'Greeting' };
  const toolCalls = turn.map((call) => ({ name: call.name, arguments: JSON.stringify(call.arguments) }));
  return { toolCalls };
}
