// What a Responses request may make the provider bill, from OpenAI's documentation.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { type Dear, type RequestAttack, responses, tryRequest } from './attack.fixture.ts';

const shared = sharedDatabase();
const own = { type: 'function', name: 'edit', parameters: { type: 'object' } };
const path = responses;

function ask(more: object, ...items: object[]): object {
  return {
    model: 'm-1',
    max_output_tokens: 4_000,
    input: [{ role: 'user', content: 'Mend it' }, ...items],
    ...more,
  };
}

const ifSent = (name: string, dear: Dear) => (body: Record<string, unknown>) =>
  (body[name] ?? null) === null ? {} : dear;
/** Wherever the words are in what the provider got. */
const ifSaid = (words: RegExp, dear: Dear) => (body: Record<string, unknown>) =>
  words.test(JSON.stringify(body)) ? dear : {};
const search = { type: 'web_search' };

const attacks: RequestAttack[] = [
  {
    name: 'a stored answer',
    path,
    body: ask({ previous_response_id: 'resp_1' }),
    dear: ifSent('previous_response_id', { inputTokens: 900_000 }),
  },
  {
    name: 'a stored conversation',
    path,
    body: ask({ conversation: 'conv_1' }),
    dear: ifSent('conversation', { inputTokens: 900_000 }),
  },
  {
    name: 'a stored prompt',
    path,
    body: ask({ prompt: { id: 'pmpt_1', variables: {} } }),
    dear: ifSent('prompt', { usd: 1 }),
  },
  {
    name: 'an answer in the background',
    path,
    body: ask({ background: true, store: true }),
    dear: ({ background }) => ({ times: background === true ? 2 : 1 }),
  },
  {
    name: 'a container of 64 gigabytes',
    path,
    body: ask({
      tools: [own, { type: 'code_interpreter', container: { type: 'auto', memory_limit: '64g' } }],
    }),
    dear: ifSaid(/code_interpreter/, { usd: 1.92 }),
  },
  {
    name: 'a stored item',
    path,
    body: ask({}, { type: 'item_reference', id: 'msg_1' }),
    dear: ifSaid(/item_reference/, { inputTokens: 900_000 }),
  },
  {
    name: 'a compaction at each call',
    path,
    body: ask({ context_management: [{ type: 'compaction', compact_threshold: 1 }] }),
    dear: ifSaid(/compact_threshold/, { times: 2 }),
  },
  {
    name: 'a reasoning mode of several passes',
    path,
    body: ask({ reasoning: { mode: 'pro', effort: 'xhigh' } }),
    dear: ifSaid(/"pro"/, { times: 12 }),
  },
  {
    name: 'agents at the provider',
    path,
    body: ask({ multi_agent: { enabled: true, max_concurrent_subagents: 8 } }),
    dear: ifSent('multi_agent', { times: 8 }),
  },
  {
    name: 'a cache for a day',
    path,
    body: ask({ prompt_cache_retention: '24h', prompt_cache_options: { ttl: '24h' } }),
    dear: ifSaid(/24h/, { inputTokens: 100_000 }),
  },
  {
    name: 'a compaction of its own',
    path: `${responses}/compact`,
    body: ask({}),
    dear: () => ({ times: 2 }),
  },
  {
    name: 'a file at an address',
    path,
    body: ask({}, { role: 'user', content: [{ type: 'input_file', file_url: 'https://x.example/a.pdf' }] }),
    dear: () => ({ inputTokens: 900_000 }),
  },
  {
    name: 'the tier of the project',
    path,
    body: ask({ service_tier: 'auto' }),
    dear: ({ service_tier }) => ({ times: service_tier === 'default' ? 1 : 2 }),
  },
  {
    name: 'a search in a group of tools',
    path,
    body: ask({ tools: [own, { type: 'namespace', name: 'all', description: 'd', tools: [search] }] }),
    dear: ifSaid(/web_search/, { usd: 0.25 }),
  },
  {
    name: 'a picture by choice of a tool',
    path,
    body: ask({ tools: [own], tool_choice: { type: 'image_generation' } }),
    dear: ifSaid(/image_generation/, { usd: 0.2 }),
  },
  {
    name: 'a search in the result of a search for tools',
    path,
    body: ask(
      { tools: [own] },
      { type: 'tool_search_output', call_id: 'c', execution: 'client', tools: [search] },
    ),
    dear: ifSaid(/web_search/, { usd: 0.25 }),
  },
  {
    name: 'tools that are added in the conversation',
    path,
    body: ask({ tools: [own] }, { type: 'additional_tools', role: 'developer', tools: [search] }),
    dear: ifSaid(/web_search/, { usd: 0.25 }),
  },
  {
    name: 'a picture by the ID of its making',
    path,
    body: ask({}, { type: 'image_generation_call', id: 'ig_1' }),
    dear: ifSaid(/image_generation/, { inputTokens: 900_000 }),
  },
  {
    name: 'an approval for a server of tools',
    path,
    body: ask({}, { type: 'mcp_approval_response', approve: true, approval_request_id: 'm' }),
    dear: ifSaid(/mcp_approval/, { times: 9 }),
  },
  {
    name: 'the account of another organisation',
    path,
    body: ask({}),
    headers: {
      'openai-organization': 'org',
      'openai-project': 'dear',
      'openai-beta': 'responses_multi_agent=v1',
    },
    dear: (_body, { headers }) => ({
      times: Object.keys(headers).some((name) => name.startsWith('openai-')) ? 2 : 1,
    }),
  },
  {
    name: 'a shell in a container',
    path,
    body: ask({
      tools: [
        own,
        { type: 'shell', environment: { type: 'container_auto', network_policy: { type: 'allowlist' } } },
      ],
    }),
    dear: ifSaid(/container_auto/, { usd: 0.03 }),
  },
  {
    name: 'no limit, and the deepest effort',
    path,
    body: { ...ask({ reasoning: { effort: 'xhigh' } }), max_output_tokens: undefined },
    dear: () => ({}),
  },
];

test.each(attacks)('R-BUD-10: fear: $name is billed without a bound', async (attack) => {
  expect(['refused', 'bounded']).toContain(await tryRequest(shared(), attack));
});
