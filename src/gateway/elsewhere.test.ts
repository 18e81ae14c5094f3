// A session without a network gets none through its provider (R-SEC-6): what a model is shown is in the request.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import { ledgerGround } from '../engine/run/budget/ledger-ground.fixture.ts';
import { chat, claude, gemini, responses, text } from './bound-fears.fixture.ts';
import { ask, dollar, type Ground, gatewayGround } from './gateway-ground.fixture.ts';

const shared = sharedDatabase();

const secretOf = 'https://evil.example/?file=QVdTX1NFQ1JFVA';
const source = (given: object) => ({ type: 'image', source: given });
const picture = source({ type: 'url', url: secretOf });
const result = (content: unknown) => ({ type: 'tool_result', tool_use_id: 't', content });
const inDocument = (content: unknown[]) => ({ type: 'document', source: { type: 'content', content } });
const item = (given: object) => responses('x', { input: [given] });
const messages = '/v1/messages';
const completions = '/v1/chat/completions';
const answers = '/v1/responses';
const generate = '/v1beta/models/gemini-2.5-flash:generateContent';
const count = '/v1beta/models/gemini-2.5-flash:countTokens';
const fileData = { fileData: { mimeType: 'image/png', fileUri: secretOf } };
const drawing = 'data:image/svg+xml;base64,PHN2Zz4=';
const schema = { type: 'object', properties: { a: { $ref: secretOf } } };

const refusedBodies: [string, string, object][] = [
  ['a picture', messages, claude([picture])],
  ['a picture in the system prompt', messages, claude('x', { system: [text, picture] })],
  ['a document', messages, claude([{ type: 'document', source: { type: 'url', url: secretOf } }])],
  ['a file', messages, claude([{ type: 'document', source: { type: 'file', file_id: 'file_1' } }])],
  ['a picture by ID', messages, claude([source({ type: 'file', file_id: 'file_1' })])],
  ['a picture in a bucket', messages, claude([source({ type: 's3', uri: 's3://bucket/key' })])],
  ['a picture with its address as bytes', messages, claude([source({ type: 'base64', data: secretOf })])],
  [
    'a drawing with addresses in it',
    messages,
    claude([source({ type: 'base64', media_type: 'image/SVG+xml', data: 'PHN2Zz4=' })]),
  ],
  ['a picture in a result', messages, claude([result([text, picture])])],
  ['a picture in a document in a result', messages, claude([result([inDocument([picture])])])],
  ['an upload for a container', messages, claude([{ type: 'container_upload', file_id: 'file_1' }])],
  ['a block that nobody knows', messages, claude([{ type: 'page', at: secretOf }])],
  ['servers of tools', messages, claude('x', { mcp_servers: [{ type: 'url', url: secretOf, name: 'm' }] })],
  ['a fetching tool', messages, claude('x', { tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] })],
  ['a container', messages, claude('x', { container: 'container_1' })],
  ['a schema elsewhere', messages, claude('x', { tools: [{ name: 'a', input_schema: schema }] })],
  ['a counted picture', `${messages}/count_tokens`, claude([picture])],
  ['a picture', completions, chat([{ type: 'image_url', image_url: { url: secretOf } }])],
  ['a picture without an object', completions, chat([{ type: 'image_url', image_url: secretOf }])],
  [
    'a picture of an odd scheme',
    completions,
    chat([{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }]),
  ],
  [
    'a picture in a bucket',
    completions,
    chat([{ type: 'image_url', image_url: { url: 'gs://bucket/a.png' } }]),
  ],
  ['a drawing with addresses in it', completions, chat([{ type: 'image_url', image_url: { url: drawing } }])],
  ['a file by ID', completions, chat([{ type: 'file', file: { file_id: 'f' } }])],
  [
    'a file by its address as bytes',
    completions,
    chat([{ type: 'file', file: { file_data: secretOf, filename: 'a.pdf' } }]),
  ],
  ['a file by address', completions, chat([{ type: 'file', file_url: { url: secretOf } }])],
  ['a film', completions, chat([{ type: 'video_url', video_url: { url: secretOf } }])],
  ['sound', completions, chat([{ type: 'input_audio', input_audio: { url: secretOf } }])],
  [
    'a picture of a tool',
    completions,
    {
      model: 'm',
      messages: [
        { role: 'tool', tool_call_id: 't', content: [{ type: 'image_url', image_url: { url: secretOf } }] },
      ],
    },
  ],
  [
    'a schema elsewhere',
    completions,
    chat('x', { response_format: { type: 'json_schema', json_schema: { schema } } }),
  ],
  ['a plugin', completions, chat('x', { plugins: [{ id: 'web' }] })],
  ['a searching model', completions, { ...chat('x'), model: 'gpt-4o:ONLINE' }],
  ['a picture', answers, responses([{ type: 'input_image', image_url: secretOf }])],
  ['a picture by ID', answers, responses([{ type: 'input_image', file_id: 'f' }])],
  ['a file by address', answers, responses([{ type: 'input_file', file_url: secretOf }])],
  ['a file by its address as bytes', answers, responses([{ type: 'input_file', file_data: secretOf }])],
  ['a drawing with addresses in it', answers, responses([{ type: 'input_image', image_url: drawing }])],
  [
    'a page with addresses in it',
    answers,
    responses([{ type: 'input_file', file_data: 'data:text/HTML,<img>' }]),
  ],
  ['a file by ID', answers, responses([{ type: 'input_file', file_id: 'f' }])],
  [
    'a picture in the output of a tool',
    answers,
    item({
      type: 'function_call_output',
      call_id: 'c',
      output: [{ type: 'input_image', image_url: secretOf }],
    }),
  ],
  [
    'a picture of a screen',
    answers,
    item({
      type: 'computer_call_output',
      call_id: 'c',
      output: { type: 'computer_screenshot', image_url: secretOf },
    }),
  ],
  ['a stored item', answers, item({ type: 'item_reference', id: 'msg_1' })],
  ['a stored answer', answers, responses('x', { previous_response_id: 'resp_1' })],
  ['a stored conversation', answers, responses('x', { conversation: 'conv_1' })],
  ['a stored conversation as an object', answers, responses('x', { conversation: { id: 'conv_1' } })],
  ['a stored prompt', answers, responses('x', { prompt: { id: 'pmpt_1' } })],
  [
    'a server of tools',
    answers,
    responses('x', { tools: [{ type: 'mcp', server_label: 'm', server_url: secretOf }] }),
  ],
  [
    'a container',
    answers,
    responses('x', { tools: [{ type: 'shell', environment: { container_id: 'c' } }] }),
  ],
  ['a searching model', answers, { ...responses('x'), model: 'gpt-5:online' }],
  ['a file', generate, gemini(text, fileData)],
  ['a film', generate, gemini({ file_data: { file_uri: 'https://www.youtube.com/watch?v=1' } })],
  [
    'a file in the answer of a function',
    generate,
    gemini({ functionResponse: { name: 'f', response: {}, parts: [fileData] } }),
  ],
  [
    'a file in the system prompt',
    generate,
    { ...gemini({ text: 'x' }), systemInstruction: { parts: [fileData] } },
  ],
  ['bytes that are an address', generate, gemini({ inlineData: { mimeType: 'image/png', data: secretOf } })],
  ['a stored cache', generate, { ...gemini({ text: 'x' }), cached_content: 'cachedContents/1' }],
  ['a fetching tool', generate, { ...gemini({ text: 'x' }), tools: [{ urlContext: {} }] }],
  ['a counted file', count, gemini(fileData)],
  ['a counted file in a whole request', count, { generateContentRequest: gemini(fileData) }],
  ['a counted cache', count, { generate_content_request: { ...gemini({ text: 'x' }), cachedContent: 'c' } }],
];

const isOwnForm: Record<string, (body: Record<string, Record<string, unknown>>) => boolean> = {
  [messages]: (body) => String(body.type) === 'error' && body.error?.type === 'invalid_request_error',
  [completions]: ({ error }) => error?.code === 'refused_feature',
  [answers]: ({ error }) => error?.code === 'refused_feature',
  [generate]: ({ error }) => error?.status === 'INVALID_ARGUMENT',
};

test('R-SEC-6: nothing that the provider would fetch for a session is sent, in any protocol', async () => {
  const ground = await gatewayGround(shared(), { limits: { brake: { ...calm } } });
  for (const [what, path, body] of refusedBodies) {
    const reply = await ask(ground, { path, body: JSON.stringify(body), ...keyOf(ground) });
    expect({ what, path, status: reply.status }).toEqual({ what, path, status: 400 });
    expect(reply.headers['x-moose-refused']).toBe('refused_feature');
    const isOwn = isOwnForm[path] ?? (() => true);
    expect({ what, isOwn: isOwn(JSON.parse(reply.body)) }).toEqual({ what, isOwn: true });
  }
  expect(ground.provider.received).toEqual([]);
});

const calm = { failuresMax: 1_000, repeatsMax: 1_000, burstCallsMax: 10_000, burstMs: 1_000, keysMax: 10 };
const keyOf = ({ key }: Ground) => ({
  headers: { authorization: `Bearer ${key.secret}`, 'x-goog-api-key': key.secret },
});

const bytes = 'iVBORw0KGgo=';
const acceptedBodies: [string, string, object][] = [
  ['text', messages, claude([text, result([text])])],
  ['bytes', messages, claude([source({ type: 'base64', media_type: 'image/png', data: bytes })])],
  ['an address in a text', messages, claude(`see ${secretOf}`)],
  [
    'a source of a search',
    messages,
    claude([{ type: 'search_result', source: secretOf, title: 't', content: [text] }]),
  ],
  [
    'an address as the argument of a tool',
    messages,
    claude([{ type: 'tool_use', id: 't', name: 'f', input: { url: secretOf } }]),
  ],
  [
    'a schema of its own',
    messages,
    claude('x', {
      tools: [
        {
          name: 'a',
          input_schema: {
            $schema: 'http://json-schema.org/draft-07/schema#',
            $defs: { b: {} },
            properties: { a: { $ref: '#/$defs/b' }, $ref: { type: 'string' } },
          },
        },
      ],
    }),
  ],
  ['bytes', completions, chat([{ type: 'image_url', image_url: { url: `data:image/png;base64,${bytes}` } }])],
  [
    'bytes',
    answers,
    responses([{ type: 'input_file', filename: 'a', file_data: `data:a/b;base64,${bytes}` }]),
  ],
  ['bytes', generate, gemini({ inlineData: { mimeType: 'image/png', data: bytes } })],
];

test('R-SEC-6: text and bytes in the request are sent', async () => {
  const ground = await gatewayGround(shared(), { nanoUsd: 90n * dollar });
  for (const [what, path, body] of acceptedBodies) {
    const { status } = await ask(ground, { path, body: JSON.stringify(body), ...keyOf(ground) });
    expect({ what, path, status }).toEqual({ what, path, status: 200 });
  }
});

async function groundOf(agentHosts: string[]) {
  const database = shared();
  const ground = await gatewayGround(database);
  const { key, projectId } = await ledgerGround(database, 20n * dollar);
  await database.query
    .updateTable('projects')
    .set({ settings: JSON.stringify({ agent_hosts: agentHosts }) })
    .where('id', '=', projectId)
    .execute();
  return { ...ground, key, base: ground.base.replace(ground.key.id, key.id) };
}

const at = (url: string) => JSON.stringify(claude([source({ type: 'url', url })]));

test('R-SEC-6: a person’s list of hosts for the agents of a project holds for what their provider fetches', async () => {
  const ground = await groundOf(['files.example']);
  expect(await ask(ground, { body: at('https://files.example/a.png') })).toMatchObject({ status: 200 });
  expect(await ask(ground, { body: at(secretOf) })).toMatchObject({ status: 400 });
  // A large request is read in a thread, which has the same list.
  const long = (url: string) =>
    JSON.stringify(claude([source({ type: 'url', url }), { type: 'text', text: 'a b '.repeat(50_000) }]));
  expect(await ask(ground, { body: long('https://files.example/a.png') })).toMatchObject({ status: 200 });
  expect(await ask(ground, { body: long(secretOf) })).toMatchObject({ status: 400 });
  const stored = JSON.stringify(responses('x', { previous_response_id: 'resp_1' }));
  const asked = { path: answers, body: stored, ...keyOf(ground) };
  expect(await ask(ground, asked)).toMatchObject({ status: 400 });
});
