// The model of a certification: on loopback, in the real protocols, it follows the script of a row or fails in its way.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ChatCompletionRequest, LLMock } from '@copilotkit/aimock';
import type { WireName } from '../../domain/agents/model-call.ts';
import { type HttpFault, sendFault } from './http-fault.ts';
import type { ToolCall } from './tool-call.ts';

export interface ModelCall {
  /** How many calls with this behaviour came before. */
  index: number;
  /** How many answers the agent has had since its last prompt. */
  turn: number;
  tools: ChatCompletionRequest['tools'];
  system: string;
  /** Everything that the agent sent, as JSON. */
  text: string;
}

/** `never`: the call is left open. */
export type Answer = { text: string } | { tool: ToolCall } | 'never';

export type Behaviour =
  | { kind: 'script'; outputTokens?: number; answer(call: ModelCall): Answer | Promise<Answer> }
  | { kind: 'fault'; fault(wire: WireName): HttpFault };

export interface CertifyingProvider {
  /** Without the version at its end. */
  url: string;
  /** From now on it behaves like this; calls are counted from 0 again. */
  behave(behaviour: Behaviour): void;
  /** How many calls came since it behaves like this. */
  calls(): number;
  stop(): Promise<void>;
}

const inputTokens = 1_000;
const usualOutputTokens = 50;

export async function startCertifyingProvider(): Promise<CertifyingProvider> {
  let behaviour: Behaviour = { kind: 'fault', fault: () => ({ kind: 'hang' }) };
  let calls = 0;
  const open = new Set<ServerResponse>();
  // Limits aimock's own record of calls, which would keep every prompt.
  const server = new LLMock({ port: 0, host: '127.0.0.1', journalMaxEntries: 1, logLevel: 'silent' });
  const failing = (prefix: string) => ({
    async handleRequest(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
      const wire = request.method === 'POST' ? wireOf(`${prefix}${path}`) : null;
      if (wire === null) return false;
      open.add(response);
      response.on('close', () => open.delete(response));
      if (behaviour.kind !== 'fault') return false;
      calls += 1;
      request.resume();
      sendFault(behaviour.fault(wire), response);
      return true;
    },
  });
  for (const prefix of ['/v1', '/v1beta']) server.mount(prefix, failing(prefix));
  server.on({}, async (request) => {
    const current = behaviour;
    if (current.kind === 'fault') return new Promise<never>(() => undefined);
    const answer = await current.answer({ ...readCall(request), index: calls++ });
    if (answer === 'never') return new Promise<never>(() => undefined);
    const output = current.outputTokens ?? usualOutputTokens;
    // Both spellings, because each protocol reads its own.
    const usage = {
      prompt_tokens: inputTokens,
      completion_tokens: output,
      input_tokens: inputTokens,
      output_tokens: output,
    };
    return 'text' in answer ? { content: answer.text, usage } : { toolCalls: [answer.tool], usage };
  });
  await server.start();
  return {
    url: server.url,
    behave: (next) => {
      for (const response of open) response.destroy();
      behaviour = next;
      calls = 0;
    },
    calls: () => calls,
    async stop() {
      const stopped = server.stop();
      for (const response of open) response.destroy();
      await stopped;
    },
  };
}

/** Null if no model is called. */
function wireOf(path: string): WireName | null {
  if (path.startsWith('/v1/messages') && !path.includes('count_tokens')) return 'anthropic-messages';
  if (path.startsWith('/v1/chat/completions')) return 'openai-chat';
  if (path.startsWith('/v1/responses')) return 'openai-responses';
  return /:(?:stream)?generateContent/i.test(path) ? 'gemini' : null;
}

function readCall({ messages, tools }: ChatCompletionRequest): Omit<ModelCall, 'index'> {
  const prompt = messages.findLastIndex(({ role }) => role === 'user');
  const system = messages.filter(({ role }) => role === 'system');
  return {
    turn: messages.slice(prompt).filter(({ role }) => role === 'assistant').length,
    tools,
    system: JSON.stringify([...system, messages.at(prompt)]),
    text: JSON.stringify(messages),
  };
}
