// For tests alone: a provider on loopback that speaks Anthropic's protocol from a script.

import { type ChatCompletionRequest, LLMock } from '@copilotkit/aimock';

/** Without usage an answer costs nothing, and nothing about money is tested. */
export const usagePerCall = { prompt_tokens: 1_234, completion_tokens: 56 };

export interface ToolCall {
  name: string;
  arguments: Record<string, unknown>;
}

export interface ScriptedProvider {
  url: string;
  requests: ChatCompletionRequest[];
  stop(): Promise<void>;
}

/** Answers each prompt with the turns in order, each a set of tool calls, and says a word once they are through. */
export async function startScriptedProvider(turns: ToolCall[][]): Promise<ScriptedProvider> {
  const requests: ChatCompletionRequest[] = [];
  const mock = new LLMock({ port: 0, host: '127.0.0.1', logLevel: 'silent' });
  mock.on({}, (request) => {
    requests.push(request);
    const prompt = request.messages.findLastIndex(({ role }) => role === 'user');
    const turn = request.messages.slice(prompt).filter(({ role }) => role === 'assistant').length;
    const toolCalls = turns[turn]?.map((call) => ({
      name: call.name,
      arguments: JSON.stringify(call.arguments),
    }));
    return { ...(toolCalls ? { toolCalls } : { content: 'All done.' }), usage: usagePerCall };
  });
  await mock.start();
  return { url: mock.url, requests, stop: async () => await mock.stop() };
}
