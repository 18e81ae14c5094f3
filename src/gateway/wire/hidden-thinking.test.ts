// What a model has thought comes back with the next request in a form that nobody else can read: encrypted, left out beside
// its signature, or empty. Providers refuse a conversation in which it was changed, so an agent that thinks could not go on.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anthropicMessages } from './anthropic/anthropic-messages.ts';
import { gemini } from './gemini/gemini.ts';
import { openaiChat } from './openai/openai-chat.ts';
import { openaiResponses } from './openai/openai-responses.ts';
import { callOf, requestOf } from './recorded.fixture.ts';
import type { Wire, WireRequest } from './wire.ts';

const encrypted = fc.base64String({ maxLength: 400 });
const words = fc.oneof(fc.constant(''), fc.string({ maxLength: 40 }));
const optional = { requiredKeys: [] as [] };
const mark = fc.constant({ type: 'ephemeral' });

const anthropicThought = fc.oneof(
  fc.record({ type: fc.constant('redacted_thinking'), data: encrypted }),
  fc.record({ type: fc.constant('thinking'), thinking: words, signature: encrypted }),
);
const anthropicTurn = fc.record({
  thoughts: fc.array(anthropicThought, { minLength: 1, maxLength: 4 }),
  text: fc.option(fc.record({ type: fc.constant('text'), text: fc.string({ minLength: 1 }) })),
  cached: fc.record({ cache_control: mark }, optional),
});
const places: readonly Partial<WireRequest>[] = [
  { isOwnHost: true, isThinkingBeside: false },
  { isOwnHost: false, isThinkingBeside: true },
  { cloud: 'bedrock' },
  { cloud: 'vertex' },
];

const sentOf = (wire: Wire, request: WireRequest) => callOf(wire, request).render(4_000).toString();

test('R-BUD-3: what Claude has thought goes back to it as it was, wherever it runs', () => {
  fc.assert(
    fc.property(
      fc.array(anthropicTurn, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...places),
      fc.constantFrom({ type: 'enabled', budget_tokens: 2_000 }, { type: 'adaptive' }, undefined),
      (turns, place, thinking) => {
        const messages = [
          { role: 'user', content: 'Mend it' },
          ...turns.flatMap(({ thoughts, text, cached }, index) => [
            {
              role: 'assistant',
              content: [
                ...thoughts,
                ...(text ? [text] : []),
                { type: 'tool_use', id: `t${index}`, name: 'read', input: { path: 'a' }, ...cached },
              ],
            },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${index}`, content: 'a' }] },
          ]),
        ];
        const model = place.cloud === 'bedrock' ? 'anthropic.claude-sonnet-5-v1:0' : 'claude-sonnet-5';
        const body = { model, max_tokens: 8_000, thinking, messages };
        const sent = sentOf(anthropicMessages, { ...requestOf('/v1/messages', body), ...place });
        expect(sent).toContain(JSON.stringify(messages));
      },
    ),
  );
});

test('R-BUD-3: what other models have thought goes back to them as it was', () => {
  const thought = fc.record({ text: words, secret: encrypted });
  fc.assert(
    fc.property(thought, fc.boolean(), ({ text, secret }, isOwnHost) => {
      const at = { isOwnHost, isThinkingBeside: !isOwnHost };
      const call = { id: 'c', type: 'function', function: { name: 'read', arguments: '{}' } };
      const messages = [
        { role: 'user', content: 'Mend it' },
        {
          role: 'assistant',
          content: '',
          reasoning_content: text,
          reasoning_details: [{ type: 'reasoning.encrypted', data: secret }],
          tool_calls: [call],
        },
        { role: 'tool', tool_call_id: 'c', content: 'a' },
      ];
      const chat = { model: 'gpt-5', max_completion_tokens: 8_000, messages };
      expect(sentOf(openaiChat, { ...requestOf('/v1/chat/completions', chat), ...at })).toContain(
        JSON.stringify(messages),
      );
      const input = [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Mend it' }] },
        {
          type: 'reasoning',
          id: 'rs_1',
          summary: text === '' ? [] : [{ type: 'summary_text', text }],
          encrypted_content: secret,
        },
        { type: 'function_call', call_id: 'c', name: 'read', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'a' },
      ];
      const responses = { model: 'gpt-5', max_output_tokens: 8_000, store: false, input };
      expect(sentOf(openaiResponses, { ...requestOf('/v1/responses', responses), ...at })).toContain(
        JSON.stringify(input),
      );
      const contents = [
        { role: 'user', parts: [{ text: 'Mend it' }] },
        {
          role: 'model',
          parts: [
            { text, thought: true, thoughtSignature: secret },
            { functionCall: { name: 'read', args: {} }, thoughtSignature: secret },
          ],
        },
        { role: 'user', parts: [{ functionResponse: { name: 'read', response: { a: 1 } } }] },
      ];
      const google = { contents, generationConfig: { maxOutputTokens: 8_000 } };
      const path = '/v1beta/models/gemini-3-pro:generateContent';
      expect(sentOf(gemini, { ...requestOf(path, google), ...at })).toContain(JSON.stringify(contents));
    }),
  );
});
