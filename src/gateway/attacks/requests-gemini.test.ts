// What a generateContent request may make the provider bill, from the documentation of the Gemini API and of Vertex AI.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { type Dear, generate, type RequestAttack, tryRequest } from './attack.fixture.ts';

const shared = sharedDatabase();
const path = generate;
const own = { functionDeclarations: [{ name: 'edit' }] };

function ask(more: object, ...parts: object[]): object {
  const contents = [{ role: 'user', parts: [{ text: 'Mend it' }, ...parts] }];
  return { contents, generationConfig: { maxOutputTokens: 4_000 }, ...more };
}

const set = (more: object) => ask({ generationConfig: { maxOutputTokens: 4_000, ...more } });
const ifSaid = (words: RegExp, dear: Dear) => (body: Record<string, unknown>) =>
  words.test(JSON.stringify(body)) ? dear : {};
const candidates = (body: Record<string, unknown>): Dear => ({
  times: Math.max(1, Number(/candidate_?count":"?(\d+)/i.exec(JSON.stringify(body))?.[1] ?? 1)),
});
const data = 'AAAA';

const attacks: RequestAttack[] = [
  { name: 'eight candidates', path, body: set({ candidateCount: 8 }), dear: candidates },
  {
    name: 'eight candidates in the other spelling',
    path,
    body: ask({ generation_config: { candidate_count: 8 } }),
    dear: candidates,
  },
  { name: 'eight candidates in a string', path, body: set({ candidate_count: '8' }), dear: candidates },
  {
    name: 'tools of the provider beside functions',
    path,
    body: ask({
      tools: [
        {
          ...own,
          googleSearch: {},
          url_context: {},
          fileSearch: { fileSearchStoreNames: ['s'] },
          googleMaps: {},
          enterpriseWebSearch: {},
          mcpServers: [{}],
        },
      ],
    }),
    dear: ifSaid(/search|maps|url_context|mcp/i, { usd: 0.07 }),
  },
  {
    name: 'a stored cache',
    path,
    body: ask({ cachedContent: 'cachedContents/1' }),
    dear: () => ({ inputTokens: 900_000 }),
  },
  {
    name: 'a film at an address',
    path,
    body: ask({}, { fileData: { fileUri: 'https://www.youtube.com/watch?v=1' } }),
    dear: () => ({ inputTokens: 900_000 }),
  },
  {
    name: 'a priority tier',
    path,
    body: ask({ serviceTier: 'priority' }),
    dear: ifSaid(/priority/, { times: 2 }),
  },
  {
    name: 'a priority tier by header (Vertex AI)',
    path,
    body: ask({}),
    headers: { 'x-vertex-ai-llm-request-type': 'shared', 'X-Vertex-AI-LLM-Shared-Request-Type': 'priority' },
    dear: (_body, { headers }) => ({ times: headers['x-vertex-ai-llm-shared-request-type'] ? 1.8 : 1 }),
  },
  {
    name: 'thinking as long as it likes',
    path,
    body: set({ thinkingConfig: { thinkingBudget: -1 } }),
    dear: (body) => ({ outputTokens: /thinkingBudget":(\d+)/.exec(JSON.stringify(body)) ? 16_384 : 60_000 }),
  },
  {
    name: 'an answer in pictures',
    path,
    body: set({ responseModalities: ['TEXT', 'IMAGE'], imageConfig: { imageSize: '4K' } }),
    dear: ifSaid(/IMAGE|4K/, { usd: 0.24 }),
  },
  {
    name: 'an answer in speech',
    path,
    body: set({ response_modalities: ['AUDIO'], speech_config: {} }),
    dear: ifSaid(/AUDIO/, { times: 8 }),
  },
  {
    name: 'a film with 24 pictures a second',
    path,
    body: ask({}, { inlineData: { mimeType: 'video/mp4', data }, videoMetadata: { fps: 24 } }),
    dear: () => ({ inputTokens: 900_000 }),
  },
  {
    name: 'a picture at the highest resolution',
    path,
    body: ask(
      {},
      {
        inlineData: { mimeType: 'image/png', data },
        mediaResolution: { level: 'MEDIA_RESOLUTION_ULTRA_HIGH' },
      },
    ),
    dear: () => ({ inputTokens: 3_000 }),
  },
  {
    name: 'a small file with a thousand pages',
    path,
    body: ask({}, { inlineData: { mimeType: 'application/pdf', data } }),
    dear: () => ({ inputTokens: 900_000 }),
  },
  {
    name: 'another model in the body',
    path,
    body: ask({ model: 'models/dear' }),
    dear: ifSaid(/models\/dear/, { times: 10 }),
  },
  { name: 'two spellings of the limit', path, body: set({ max_output_tokens: 65_536 }), dear: () => ({}) },
  {
    name: 'two spellings of the settings',
    path,
    body: ask({ generation_config: { maxOutputTokens: 65_536 } }),
    dear: () => ({}),
  },
  { name: 'a limit in a string', path, body: set({ maxOutputTokens: '65536' }), dear: () => ({}) },
  {
    name: 'a film that is made',
    path: path.replace('generateContent', 'predictLongRunning'),
    body: { instances: [{ prompt: 'x' }] },
    dear: () => ({ usd: 6 }),
  },
  {
    name: 'many requests in one',
    path: path.replace('generateContent', 'batchGenerateContent'),
    body: ask({}),
    dear: () => ({ times: 1_000 }),
  },
  {
    name: 'an answer without its usage, by query',
    path: `${path}?fields=candidates`,
    body: ask({}),
    dear: (_body, { url }) => ({ times: url.includes('fields') ? 2 : 1 }),
  },
  {
    name: 'an answer without its usage, by header',
    path,
    body: ask({}),
    headers: { 'x-goog-fieldmask': 'candidates', 'x-goog-user-project': 'dear' },
    dear: (_body, { headers }) => ({ times: headers['x-goog-fieldmask'] ? 2 : 1 }),
  },
  {
    name: 'another method by header',
    path,
    body: ask({}),
    headers: { 'x-http-method-override': 'PUT' },
    dear: (_body, { headers }) => ({ times: headers['x-http-method-override'] ? 2 : 1 }),
  },
  {
    name: 'a file in the answer of a function',
    path,
    body: ask(
      {},
      {
        functionResponse: {
          name: 'f',
          response: {},
          parts: [{ fileData: { fileUri: 'gs://b/a.pdf', mimeType: 'application/pdf' } }],
        },
      },
    ),
    dear: () => ({ inputTokens: 900_000 }),
  },
  {
    name: 'a tuned model',
    path: '/v1beta/tunedModels/dear:generateContent',
    body: ask({}),
    dear: () => ({ times: 2 }),
  },
];

test.each(attacks)('R-BUD-10: fear: $name is billed without a bound', async (attack) => {
  expect(['refused', 'bounded']).toContain(await tryRequest(shared(), attack));
});
