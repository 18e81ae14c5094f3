import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startFaultServer } from '../../test/fault-server.ts';
import { proposalSchema } from '../domain/agents/proposal.ts';
import type { Model, ModelAnswer } from '../engine/ports/model.ts';
import { createModel } from './catalog.ts';
import { flatPrice } from './flat-price.fixture.ts';
import { modelOver } from './generate.ts';

// Valid and useless answers, over each provider's own protocol.

const schema = z.object({ plan: z.string() });
const apiKey = 'sk-planted-4f9a27c1d0e8b365';
const usage = { prompt_tokens: 30, completion_tokens: 7, input_tokens: 30, output_tokens: 7 };

const server = new LLMock({ port: 0, host: '127.0.0.1' });
beforeAll(async () => {
  server.on({}, (request) => {
    const told = request.messages.find((message) => message.role === 'user')?.content;
    return { ...JSON.parse(String(told)), usage };
  });
  await server.start();
});
afterAll(() => server.stop());

const names = ['anthropic/claude-sonnet-5', 'openai/gpt-5', 'compatible/local'] as const;

function modelNamed(name: string, url = server.url): Model {
  const baseUrl = `${url}/v1`;
  const settings = { anthropic: { apiKey, baseUrl }, openai: { apiKey, baseUrl }, compatible: { baseUrl } };
  return createModel(name, settings, () => flatPrice('1', '1'));
}

/** The server reads from the prompt what to answer. */
function ask(
  name: string,
  answer: { content: string },
  url = server.url,
): Promise<ModelAnswer<{ plan: string }>> {
  return modelNamed(name, url).generate({
    system: 'You plan.',
    prompt: JSON.stringify(answer),
    schema,
    schemaName: 'plan',
    outputTokensMax: 500,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
  });
}

const billed = { inputTokens: 30, outputTokens: 7 };

test.each(names)('%s answers with an object and its usage (R-PIPE-4)', async (name) => {
  expect(await ask(name, { content: '{"plan":"do it"}' })).toEqual({
    kind: 'object',
    object: { plan: 'do it' },
    text: '{"plan":"do it"}',
    usage: billed,
  });
});

test('fear: an SDK that cannot be loaded is taken for a request that cannot be built', async () => {
  const cause = Object.assign(new Error('Cannot find module'), { code: 'ERR_MODULE_NOT_FOUND' });
  const model = modelOver(
    { defaultBaseUrl: null, languageModel: () => Promise.reject(cause) },
    {
      name: 'compatible/local',
      provider: 'compatible',
      modelId: 'local',
      isScripted: true,
      wires: [],
      price: flatPrice('1', '1'),
      baseUrl: server.url,
      apiKey: null,
      keyVariable: '',
    },
  );
  const asked = { system: 'You plan.', prompt: 'Plan.', schema, schemaName: 'plan', outputTokensMax: 500 };
  const signal = new AbortController().signal;
  await expect(model.generate({ ...asked, timeoutMs: 5_000, signal })).rejects.toBe(cause);
});

test.each(names)('%s may wrap the object in a fence and prose', async (name) => {
  expect(await ask(name, { content: 'Sure!\n```json\n{"plan":"do it"}\n```\nDone.' })).toMatchObject({
    kind: 'object',
    object: { plan: 'do it' },
  });
});

test.each(names)('%s: a useless answer is billed like any other (R-PIPE-4)', async (name) => {
  expect(await ask(name, { content: 'I would rather talk.' })).toMatchObject({
    kind: 'malformed',
    usage: billed,
    text: 'I would rather talk.',
  });
  expect(await ask(name, { content: '{"plan":7}' })).toMatchObject({ kind: 'malformed', usage: billed });
  expect(await ask(name, { content: ' \n' })).toMatchObject({ kind: 'empty', usage: billed });
});

const anthropicReply = (stop_reason: string, text: string) => ({
  type: 'message',
  id: 'msg_1',
  model: 'm',
  role: 'assistant',
  content: text === '' ? [] : [{ type: 'text', text }],
  stop_reason,
  usage: { input_tokens: 30, output_tokens: 7 },
});
const openaiReply = (content: object, incomplete_details: object | null) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_767_225_600,
  model: 'm',
  status: incomplete_details ? 'incomplete' : 'completed',
  incomplete_details,
  output: [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [content] }],
  usage: { input_tokens: 30, output_tokens: 7 },
});
const compatibleReply = (finish_reason: string, message: object) => ({
  choices: [{ message: { role: 'assistant', ...message }, finish_reason }],
  usage: { prompt_tokens: 30, completion_tokens: 7 },
});
const half = '{"plan":"do';
const outputText = (text: string) => ({ type: 'output_text', text, annotations: [] });

test.each([
  ['anthropic/m', 'refused', anthropicReply('refusal', '')],
  ['anthropic/m', 'truncated', anthropicReply('max_tokens', half)],
  ['anthropic/m', 'truncated', anthropicReply('model_context_window_exceeded', half)],
  ['anthropic/m', 'empty', anthropicReply('end_turn', '')],
  ['openai/m', 'refused', openaiReply({ type: 'refusal', refusal: 'I cannot.' }, null)],
  ['openai/m', 'refused', openaiReply(outputText(half), { reason: 'content_filter' })],
  ['openai/m', 'truncated', openaiReply(outputText(half), { reason: 'max_output_tokens' })],
  ['compatible/m', 'refused', compatibleReply('content_filter', { content: null })],
  ['compatible/m', 'refused', compatibleReply('stop', { content: null, refusal: 'I cannot.' })],
  ['compatible/m', 'truncated', compatibleReply('length', { content: half })],
  ['compatible/m', 'empty', compatibleReply('stop', { content: null, reasoning_content: 'Hm.' })],
])('%s: %s, as the provider reports it, is an answer and is billed (R-PIPE-4)', async (name, kind, body) => {
  const provider = await startFaultServer({ kind: 'reply', status: 200, body: JSON.stringify(body) });
  try {
    expect(await ask(name, { content: '' }, provider.url)).toMatchObject({ kind, usage: billed });
  } finally {
    await provider.stop();
  }
});

test.each(names)('%s gets the system prompt, the schema and the output limit', async (name) => {
  await ask(name, { content: '{"plan":"x"}' });
  const sent = JSON.stringify(server.getLastRequest()?.body);
  expect(sent).toContain('You plan.');
  expect(sent).toContain('JSON Schema');
  expect(sent).toMatch(/"max(_output|_completion)?_tokens":500/);
});

test('a large proposal arrives as it was written', async () => {
  const proposal = {
    plan: 'Mend it.\n```js\nconst a = `{b}`;\n```',
    edits: [{ kind: 'write', path: 'a/ü.js', content: 'x = "\\n";\r\n\t\u2028' }],
    risks: [],
  };
  const answer = await modelNamed('anthropic/claude-sonnet-5').generate({
    system: 's',
    prompt: JSON.stringify({ content: JSON.stringify(proposal) }),
    schema: proposalSchema,
    schemaName: 'proposal',
    outputTokensMax: 500,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
  });
  expect(answer).toMatchObject({ kind: 'object', object: proposal });
});
