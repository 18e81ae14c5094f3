// Attacks on the limits, written from the public documentation of the providers. The judge is the account of a provider that
// bills as it documents: each call is refused before the provider gets it, bounded, or counted in full.
import { expect } from 'vitest';
import { until } from '../../stdx/async/until.fixture.ts';
import type { Database } from '../../store/database.ts';
import { ask, callRows, dollar, type Ground, gatewayGround } from '../gateway-ground.fixture.ts';
import type { ReceivedRequest } from '../scripted-provider.fixture.ts';
import { isObject, memberOf, parseOrNull } from '../wire/json-value.ts';

export const messages = '/v1/messages';
export const completions = '/v1/chat/completions';
export const responses = '/v1/responses';
export const generate = '/v1beta/models/m-1:generateContent';

const calm = { failuresMax: 1_000, repeatsMax: 1_000, burstCallsMax: 10_000, burstMs: 1_000, keysMax: 10 };
/** At $3 a million input tokens and $15 a million output tokens. */
const [inputNanoUsd, outputNanoUsd] = [3_000, 15_000];
const bytesPerToken = 4;
/** The limit of a model whose request has none. */
const longestAnswer = 128_000;

/** What a provider bills besides the tokens of the text and of the longest answer. */
export interface Dear {
  times?: number;
  inputTokens?: number;
  outputTokens?: number;
  usd?: number;
}

/** Nano-dollars for a request as the provider got it. */
export function billOf(
  received: ReceivedRequest,
  { times = 1, inputTokens = 0, outputTokens = 0, usd = 0 }: Dear,
): bigint {
  const { body } = received;
  const input = Buffer.byteLength(body) / bytesPerToken + inputTokens;
  const output = (fillsTheCache(received) ? 0 : limitIn(parseOrNull(body))) + outputTokens;
  return (
    BigInt(Math.ceil(times * (input * inputNanoUsd + output * outputNanoUsd))) + BigInt(Math.ceil(usd * 1e9))
  );
}

const limitNames = ['max_tokens', 'max_completion_tokens', 'max_output_tokens', 'maxOutputTokens'];

function limitIn(body: unknown): number {
  const places = [body, memberOf(body, 'generationConfig'), memberOf(body, 'generation_config')];
  const said = places
    .flatMap((place) => limitNames.map((name) => memberOf(place, name)))
    .filter((each) => each !== undefined);
  const limits = said.map(Number).map((each) => (each > 0 ? each : longestAnswer));
  return limits.length === 0 ? longestAnswer : Math.max(...limits);
}

/** Anthropic documents that it writes no answer then. */
const fillsTheCache = ({ url, body }: ReceivedRequest) =>
  url.startsWith(messages) && body.includes('"max_tokens":0');

export interface RequestAttack {
  name: string;
  path: string;
  /** A string is sent as it is. */
  body: object | string;
  headers?: Record<string, string>;
  /** What the documentation says that this costs, if the provider gets it. */
  dear(body: Record<string, unknown>, received: ReceivedRequest): Dear;
}

const plainAnswers: Record<string, object> = {
  [messages]: {
    type: 'message',
    stop_reason: 'end_turn',
    content: [],
    usage: { input_tokens: 100, output_tokens: 50 },
  },
  [completions]: {
    choices: [{ index: 0, message: { role: 'assistant', content: 'Done.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
  },
  [responses]: { status: 'completed', output: [], usage: { input_tokens: 100, output_tokens: 50 } },
};
const plainGemini = {
  candidates: [{ content: { parts: [{ text: 'Done.' }] }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 50, totalTokenCount: 150 },
};

export function keyOf({ key }: Ground): Record<string, string> {
  return { authorization: `Bearer ${key.secret}`, 'x-goog-api-key': key.secret };
}

/** How the gateway took it; throws if the provider bills more than was reserved. */
export async function tryRequest(database: Database, attack: RequestAttack): Promise<'refused' | 'bounded'> {
  const ground = await gatewayGround(database, {
    limits: { brake: calm },
    nanoUsd: 90n * dollar,
    behave: ({ url }, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' });
      const path = Object.keys(plainAnswers).find((each) => url.startsWith(each));
      answer.end(JSON.stringify(path === undefined ? plainGemini : plainAnswers[path]));
    },
  });
  const body = typeof attack.body === 'string' ? attack.body : JSON.stringify(attack.body);
  const reply = await ask(ground, {
    path: attack.path,
    body,
    headers: { ...keyOf(ground), ...attack.headers },
  });
  const [received] = ground.provider.received;
  if (received === undefined) {
    expect(reply.body).toContain('moose: ');
    expect([400, 404]).toContain(reply.status);
    return 'refused';
  }
  const { reservedNanoUsd: reserved } = await bookedCall(database);
  const parsed = parseOrNull(received.body);
  const bill = billOf(received, attack.dear(isObject(parsed) ? parsed : {}, received));
  expect({ reserved, bill, isBounded: reserved >= bill }).toMatchObject({ isBounded: true });
  return 'bounded';
}

export interface AnswerAttack {
  name: string;
  path: string;
  /** An event each; a single one is an answer in one piece. */
  answer: readonly (object | string)[];
  isStream?: boolean;
  status?: number;
  headers?: Record<string, string>;
  trailers?: Record<string, string>;
  /** What the provider bills. */
  usd: number;
  /** Sent instead of a short question. */
  body?: object;
}

const questions: Record<string, object> = {
  [messages]: { model: 'm-1', max_tokens: 1_000, messages: [{ role: 'user', content: 'Mend it' }] },
  [completions]: { model: 'm-1', max_tokens: 1_000, messages: [{ role: 'user', content: 'Mend it' }] },
  [responses]: { model: 'm-1', max_output_tokens: 1_000, input: 'Mend it' },
  [generate]: {
    contents: [{ role: 'user', parts: [{ text: 'Mend it' }] }],
    generationConfig: { maxOutputTokens: 1_000 },
  },
};

function answerText({ answer, isStream = false }: AnswerAttack): string {
  const pieces = answer.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  if (!isStream) return pieces.join('');
  return answer
    .map((each, index) => {
      const type = isObject(each) && typeof each.type === 'string' ? `event: ${each.type}\n` : '';
      return `${type}data: ${pieces[index]}\n\n`;
    })
    .join('');
}

/** How the gateway took it; throws if the provider bills more than is counted and the next call is sent, too. */
export async function tryAnswer(database: Database, attack: AnswerAttack): Promise<'counted' | 'stopped'> {
  const { path, isStream = false, status = 200, headers = {}, trailers = {} } = attack;
  const ground = await gatewayGround(database, {
    limits: { brake: calm },
    isFirstWordTrue: false,
    answersAsAsked: false,
    behave: (_request, answer) => {
      const type = isStream ? 'text/event-stream' : 'application/json';
      answer.writeHead(status, {
        'content-type': type,
        ...(Object.keys(trailers).length > 0 && { trailer: Object.keys(trailers).join(', ') }),
        ...headers,
      });
      answer.write(answerText(attack));
      answer.addTrailers(trailers);
      answer.end();
    },
  });
  const question = {
    ...questions[path],
    ...(isStream && path !== generate ? { stream: true } : {}),
    ...attack.body,
  };
  const asked = {
    path:
      isStream && path === generate ? path.replace('generateContent', 'streamGenerateContent?alt=sse') : path,
    body: JSON.stringify(question),
    headers: keyOf(ground),
  };
  await ask(ground, asked);
  const { status: end, actualNanoUsd: booked, reservedNanoUsd: reserved } = await bookedCall(database);
  const bill = BigInt(Math.ceil(attack.usd * 1e9));
  if (booked !== null && booked >= bill) return 'counted';
  // Presumed at what was reserved, which is less than the bill: then nothing more may be sent.
  expect({ end, bill, booked }).toEqual({ end: 'presumed', bill, booked: reserved });
  const next = await ask(ground, asked);
  expect(next.headers['x-moose-refused']).toMatch(/^(?:model_stopped|unpriced)$/);
  expect(ground.provider.received).toHaveLength(1);
  return 'stopped';
}

async function bookedCall(database: Database) {
  return until('a booked call', async () => {
    const [first] = await callRows(database);
    return first !== undefined && first.status !== 'sent' && first;
  });
}
