// A newer agent sends a member that Moose does not know: a person may allow it by its name, and nothing that may cost.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../test/shared-database.ts';
import {
  completions,
  generate,
  keyOf,
  messages as messagesPath,
  responses,
} from './attacks/attack.fixture.ts';
import { ask, callRows, gatewayGround } from './gateway-ground.fixture.ts';

const shared = sharedDatabase();
const messages = [{ role: 'user', content: 'Mend it' }];
const contents = [{ role: 'user', parts: [{ text: 'Mend it' }] }];
const tools = [{ name: 'edit', input_schema: { type: 'object' } }];

async function statusOf(path: string, body: object, allowed: readonly string[]) {
  const ground = await gatewayGround(shared(), { allowedMembers: () => allowed });
  const reply = await ask(ground, {
    path,
    body: JSON.stringify({ model: 'm-1', ...body }),
    headers: keyOf(ground),
  });
  return {
    status: reply.status,
    sent: ground.provider.received.map((each) => JSON.parse(each.body) as object),
    reply,
  };
}

test.each<[string, object, string[]]>([
  [messagesPath, { messages, max_tokens: 9, diagnostics: { level: 'full' } }, ['diagnostics']],
  [completions, { messages, diagnostics: true }, ['other', 'diagnostics']],
  [responses, { input: 'Mend it', diagnostics: [1] }, ['diagnostics']],
  [generate, { contents, diagnostics: 'on' }, ['diagnostics']],
  [
    messagesPath,
    { messages, max_tokens: 9, tools: tools.map((tool) => ({ ...tool, hint: 1 })) },
    ['tools[0].hint'],
  ],
  [messagesPath, { messages, max_tokens: 9, hint: 1, metadata: { trace: 1 } }, ['hint', 'metadata.trace']],
])(
  'R-BUD-3: what a person allows is sent on, and everything else is refused (%s, %j)',
  async (path, body, allowed) => {
    const refused = await statusOf(path, body, ['another']);
    expect(refused).toMatchObject({ status: 400, sent: [] });
    expect(refused.reply.body).toContain('the gateway does not know this field');
    const { sent } = await statusOf(path, body, allowed);
    expect(sent).toMatchObject([body]);
  },
);

test.each<[string, object, string]>([
  [messagesPath, { messages, max_tokens: 9, mcp_servers: [{ type: 'url' }] }, 'mcp_servers'],
  [messagesPath, { messages, max_tokens: 9, container: { id: 'c' } }, 'container'],
  [messagesPath, { messages, max_tokens: 9, web_search_options: {} }, 'web_search_options'],
  [completions, { messages, prediction: { type: 'content', content: 'x' } }, 'prediction'],
  [completions, { messages, audio: { voice: 'a' } }, 'audio'],
  [responses, { input: 'x', background: true }, 'background'],
])('R-BUD-3: fear: what is known to cost is allowed by its name (%s, %j)', async (path, body, name) => {
  const { sent } = await statusOf(path, body, [name, `${name}[]`]);
  // It is refused, or left out.
  for (const each of sent) expect(each).not.toHaveProperty(name, (body as Record<string, unknown>)[name]);
});

test('R-BUD-2: what is allowed counts as what the model reads', async () => {
  const body = { messages, max_tokens: 9, diagnostics: 'x'.repeat(5_000) };
  await statusOf(messagesPath, body, ['diagnostics']);
  const [row] = await callRows(shared());
  expect(Number(row?.inputTokensMax)).toBeGreaterThan(5_000);
});
