// The beginning of an answer of the model that was asked, in each protocol: a word of text, without the end.

import type { WireName } from '../../domain/agents/model-call.ts';
import type { HttpFault } from './http-fault.ts';

/** Sends only the beginning of an answer and closes the connection, although the content length promises more. */
export function cutStream(wire: WireName, model: string): Extract<HttpFault, { kind: 'cut' }> {
  const beginning = streams[wire](model);
  return {
    kind: 'cut',
    headers: { 'content-type': 'text/event-stream' },
    body: beginning + ' '.repeat(beginning.length),
  };
}

const sse = (...events: object[]): string =>
  events
    .map((event) => {
      const name = 'type' in event ? `event: ${String(event.type)}\n` : '';
      return `${name}data: ${JSON.stringify(event)}\n\n`;
    })
    .join('');

const message = (model: string) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 1 },
});
const chunk = { id: 'c1', object: 'chat.completion.chunk', created: 1 };
const response = { id: 'resp_1', object: 'response', status: 'in_progress', output: [] };

const streams: Record<WireName, (model: string) => string> = {
  'anthropic-messages': (model) =>
    sse(
      { type: 'message_start', message: message(model) },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'I will' } },
    ),
  'openai-chat': (model) =>
    sse({
      ...chunk,
      model,
      choices: [{ index: 0, delta: { role: 'assistant', content: 'I will' }, finish_reason: null }],
    }),
  'openai-responses': (model) =>
    sse(
      { type: 'response.created', response: { ...response, model } },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { id: 'i1', type: 'message', role: 'assistant', status: 'in_progress', content: [] },
      },
      {
        type: 'response.output_text.delta',
        item_id: 'i1',
        output_index: 0,
        content_index: 0,
        delta: 'I will',
      },
    ),
  gemini: (model) =>
    sse({
      candidates: [{ index: 0, content: { role: 'model', parts: [{ text: 'I will' }] } }],
      modelVersion: model,
    }),
};
