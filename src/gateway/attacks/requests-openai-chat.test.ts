// What a Chat Completions request may make a host bill, from the documentation of OpenAI and of hosts that speak its protocol.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { listIn, textIn } from '../wire/json-value.ts';
import { completions, type Dear, type RequestAttack, tryRequest } from './attack.fixture.ts';

const shared = sharedDatabase();
const own = { type: 'function', function: { name: 'edit', parameters: { type: 'object' } } };
const path = completions;

function ask(more: object, content: unknown = 'Mend it'): object {
  return { model: 'm-1', max_tokens: 4_000, messages: [{ role: 'user', content }], ...more };
}

const ifSent = (name: string, dear: Dear) => (body: Record<string, unknown>) =>
  (body[name] ?? null) === null ? {} : dear;
const ifTool = (type: string, dear: Dear) => (body: Record<string, unknown>) =>
  listIn(body, 'tools').some((tool) => textIn(tool, 'type')?.startsWith(type)) ? dear : {};
const answers = ({ n = 1, best_of = 1 }: Record<string, unknown>): Dear => ({
  times: Math.max(Number(n), Number(best_of)),
});
const raw = (more: string) =>
  `{"model":"m-1","max_tokens":4000,"messages":[{"role":"user","content":"Mend it"}],${more}}`;

const attacks: RequestAttack[] = [
  { name: 'eight answers', path, body: ask({ n: 8 }), dear: answers },
  { name: 'eight answers in a string', path, body: ask({ n: '8' }), dear: answers },
  { name: 'ten answers with an exponent', path, body: raw('"n":1e1'), dear: answers },
  { name: 'eight answers under an escaped twin', path, body: raw('"n":1,"\\u006e":8'), dear: answers },
  {
    name: 'a prediction that is wrong',
    path,
    body: ask({ prediction: { type: 'content', content: 'word '.repeat(2_000) } }),
    dear: ifSent('prediction', { outputTokens: 4_000 }),
  },
  {
    name: 'a priority tier',
    path,
    body: ask({ service_tier: 'priority' }),
    dear: ({ service_tier }) => ({ times: service_tier === 'priority' ? 2 : 1 }),
  },
  {
    name: 'searches as an option',
    path,
    body: ask({ web_search_options: {} }),
    dear: ifSent('web_search_options', { usd: 0.05 }),
  },
  {
    name: 'an answer in sound',
    path,
    body: ask({ modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } }),
    dear: ifSent('audio', { times: 8 }),
  },
  {
    name: 'a second, larger limit',
    path,
    body: ask({ max_tokens: 10, max_completion_tokens: 100_000 }),
    dear: () => ({}),
  },
  { name: 'a limit in a string', path, body: ask({ max_tokens: '100000' }), dear: () => ({}) },
  { name: 'a limit of minus zero', path, body: raw('"max_completion_tokens":-0'), dear: () => ({}) },
  { name: 'a limit beyond all numbers', path, body: raw('"max_completion_tokens":1e400'), dear: () => ({}) },
  {
    name: 'other models in reserve (OpenRouter)',
    path,
    body: ask({ models: ['dear/model'], route: 'fallback' }),
    dear: ifSent('models', { times: 10 }),
  },
  {
    name: 'a stored preset (OpenRouter)',
    path,
    body: ask({ preset: 'dear' }),
    dear: ifSent('preset', { times: 10 }),
  },
  {
    name: 'a panel of models (OpenRouter)',
    path,
    body: ask({ plugins: [{ id: 'fusion', analysis_models: ['a', 'b'] }] }),
    dear: ifSent('plugins', { times: 8 }),
  },
  {
    name: 'a subagent at the host (OpenRouter)',
    path,
    body: ask({ tools: [own, { type: 'openrouter:subagent', model: 'dear/model' }] }),
    dear: ifTool('openrouter:', { times: 10 }),
  },
  {
    name: 'the dearest host (OpenRouter)',
    path,
    body: ask({ provider: { sort: 'throughput', only: ['dear'] } }),
    dear: ifSent('provider', { times: 3 }),
  },
  {
    name: 'live searches (xAI)',
    path,
    body: ask({ search_parameters: { mode: 'on', max_search_results: 30 } }),
    dear: ifSent('search_parameters', { usd: 0.75 }),
  },
  {
    name: 'an answer that is fetched later (xAI)',
    path,
    body: ask({ deferred: true }),
    dear: ifSent('deferred', { times: 2 }),
  },
  { name: 'discarded beams (vLLM)', path, body: ask({ use_beam_search: true, best_of: 16 }), dear: answers },
  {
    name: 'searches by a switch (DashScope)',
    path,
    body: ask({ enable_search: true, search_options: { forced_search: true } }),
    dear: ({ enable_search }) => ({ usd: enable_search === true ? 0.01 : 0 }),
  },
  {
    name: 'documents that are looked up (Azure)',
    path,
    body: ask({ data_sources: [{ type: 'azure_search', parameters: {} }] }),
    dear: ifSent('data_sources', { inputTokens: 50_000 }),
  },
  {
    name: 'settings within settings',
    path,
    body: ask({ extra_body: { n: 8, service_tier: 'priority' } }),
    dear: ifSent('extra_body', { times: 16 }),
  },
  {
    name: 'a file by its ID',
    path,
    body: ask({}, [{ type: 'file', file: { file_id: 'f' } }]),
    dear: () => ({ inputTokens: 900_000 }),
  },
  {
    name: 'a small file with a thousand pages',
    path,
    body: ask({}, [
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0xLjcK' } },
    ]),
    dear: () => ({ inputTokens: 900_000 }),
  },
  {
    name: 'an hour of speech in a few bytes',
    path,
    body: ask({}, [{ type: 'input_audio', input_audio: { data: 'T2dnUw==', format: 'opus' } }]),
    dear: () => ({ inputTokens: 115_000, times: 8 }),
  },
  {
    name: 'a film',
    path,
    body: ask({}, [{ type: 'video_url', video_url: { url: 'data:video/mp4;base64,AAAA' } }]),
    dear: () => ({ inputTokens: 900_000 }),
  },
  {
    name: 'thinking of its own (compatible hosts)',
    path,
    body: ask({
      chat_template_kwargs: { enable_thinking: true, thinking_budget: 60_000 },
      reasoning: { max_tokens: 50_000 },
    }),
    dear: () => ({ outputTokens: 60_000 }),
  },
];

test.each(attacks)('R-BUD-10: fear: $name is billed without a bound', async (attack) => {
  expect(['refused', 'bounded']).toContain(await tryRequest(shared(), attack));
});
