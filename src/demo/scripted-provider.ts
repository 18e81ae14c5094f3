import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { LLMock } from '@copilotkit/aimock';
import { readPromptMarks } from '../domain/agents/prompt-marks.ts';
import type { Script, ScriptedAnswer, ScriptedRequest } from './scripted-answer.ts';

// A model provider on loopback with scripted answers. It speaks the real protocols (OpenAI Chat Completions and
// Responses, Anthropic Messages), reports usage like a real one, and its answers depend on no stored state.

export interface ScriptedProvider {
  /** The base URL including the version, as `ModelSettings.scripted.baseUrl` requires. */
  baseUrl: string;
  /** The calls so far, oldest first. */
  calls(): ScriptedCall[];
  stop(): Promise<void>;
}

export type ScriptedCall = Pick<ScriptedRequest, 'workOrderId' | 'title' | 'attempt' | 'model'> & {
  at: Date;
};

/** Calls beyond this are forgotten, oldest first. */
const callsKeptMax = 10_000;

/** English and code have about four characters per token; precise enough for costs that nobody pays. */
const charsPerToken = 4;

/** A header that aimock passes from the request to the answer. */
const exchangeHeader = 'x-aimock-context';

type Held = Map<string, ServerResponse>;
type WireRequest = Parameters<Extract<Parameters<LLMock['on']>[1], (...args: never[]) => unknown>>[0];
type WireAnswer = ReturnType<Extract<Parameters<LLMock['on']>[1], (...args: never[]) => unknown>>;

/** @param options.port a loopback port; by default, 0, a free one */
export async function startScriptedProvider(options: {
  script: Script;
  port?: number;
}): Promise<ScriptedProvider> {
  const calls: ScriptedCall[] = [];
  const held: Held = new Map();
  // Limits aimock's own record of calls, which would keep every prompt.
  const server = new LLMock({ port: options.port ?? 0, host: '127.0.0.1', journalMaxEntries: 1 });
  server.mount('/v1', {
    async handleRequest(request, response) {
      const exchange = randomUUID();
      request.headers[exchangeHeader] = exchange;
      held.set(exchange, response);
      response.on('close', () => held.delete(exchange));
      return false;
    },
  });
  server.on({}, async (wireRequest) => {
    const request = readRequest(wireRequest);
    const { workOrderId, title, attempt, model } = request;
    calls.push({ workOrderId, title, attempt, model, at: new Date() });
    calls.splice(0, Math.max(0, calls.length - callsKeptMax));
    return deliver(await consult(options.script, request), request, held.get(wireRequest._context ?? ''));
  });
  await server.start();
  return {
    baseUrl: `${server.url}/v1`,
    calls: () => [...calls],
    async stop() {
      const stopped = server.stop();
      for (const response of held.values()) {
        response.destroy();
      }
      await stopped;
    },
  };
}

function readRequest(wireRequest: WireRequest): ScriptedRequest {
  const { messages, model } = wireRequest;
  const textOf = (role: string) =>
    messages
      .filter((message) => message.role === role)
      .map(({ content }) =>
        typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join(''),
      )
      .join('\n');
  const prompt = textOf('user');
  const limit = wireRequest.max_tokens ?? wireRequest.max_completion_tokens;
  return {
    ...readPromptMarks(prompt),
    prompt,
    system: textOf('system'),
    model,
    ...(typeof limit === 'number' && { outputTokensMax: limit }),
  };
}

/** Asks the script. If it throws, that is a bug of ours, and is answered as an error like any provider's. */
async function consult(script: Script, request: ScriptedRequest): Promise<ScriptedAnswer> {
  try {
    return await script(request);
  } catch (cause) {
    const message = `The script failed: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { status: 500, body: { error: { type: 'script_failed', message } } };
  }
}

function deliver(
  answer: ScriptedAnswer,
  request: ScriptedRequest,
  response: ServerResponse | undefined,
): WireAnswer {
  if ('plan' in answer) {
    return textAnswer(JSON.stringify(answer), 'stop', request);
  }
  if ('raw' in answer) {
    return textAnswer(answer.raw, answer.finishReason ?? 'stop', request);
  }
  if (response) {
    misbehave(answer, response);
  }
  // The response was sent above, so aimock gets a promise that never settles.
  return new Promise(() => undefined);
}

function textAnswer(content: string, finishReason: string, request: ScriptedRequest): WireAnswer {
  const inputTokens = tokensOf(request.system) + tokensOf(request.prompt);
  const outputTokens = tokensOf(content);
  return {
    content,
    finishReason,
    // Both spellings, because each protocol reads its own.
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      input_tokens: inputTokens,
      output_tokens: outputTokens,
    },
  };
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / charsPerToken);
}

function misbehave(
  answer: Extract<ScriptedAnswer, { status: number } | { hangMs: number } | { reset: true }>,
  response: ServerResponse,
): void {
  if ('status' in answer) {
    const isText = typeof answer.body === 'string';
    response.writeHead(answer.status, {
      'content-type': isText ? 'text/plain' : 'application/json',
      ...answer.headers,
    });
    response.end(isText ? answer.body : JSON.stringify(answer.body));
  } else if ('hangMs' in answer) {
    const timer = setTimeout(() => response.destroy(), answer.hangMs);
    response.on('close', () => clearTimeout(timer));
  } else {
    response.socket?.resetAndDestroy();
  }
}
