import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type WireName, wireNames } from '../../../domain/agents/model-call.ts';
import { events, folded } from '../recorded.fixture.ts';
import { wires } from '../wires.ts';

const usage = { input_tokens: 1, output_tokens: 1 };

/** The same text in pieces and, where the protocol repeats it at the end, as a whole. */
function streamOf(wire: WireName, pieces: readonly string[]): object[] {
  const text = pieces.join('');
  if (wire === 'anthropic-messages')
    return pieces.map((piece) => ({
      type: 'content_block_delta',
      delta: { type: 'text_delta', text: piece },
    }));
  if (wire === 'openai-chat')
    return pieces.map((content) => ({ choices: [{ index: 0, delta: { content } }] }));
  if (wire === 'gemini')
    return pieces.map((piece) => ({ candidates: [{ content: { parts: [{ text: piece }] } }] }));
  const output = [{ type: 'message', content: [{ type: 'output_text', text }] }];
  return [
    ...pieces.map((delta) => ({ type: 'response.output_text.delta', delta })),
    { type: 'response.output_text.done', text },
    { type: 'response.completed', response: { status: 'completed', output, usage } },
  ];
}

function documentOf(wire: WireName, text: string): object {
  if (wire === 'anthropic-messages') return { type: 'message', content: [{ type: 'text', text }], usage };
  if (wire === 'openai-chat') return { choices: [{ message: { content: text } }], usage };
  if (wire === 'gemini') return { candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }] };
  return { status: 'completed', output: [{ type: 'message', content: [{ text }] }], usage };
}

test.each(wireNames)('R-BUD-11: what an answer shows is counted once, however it is sent: %s', (name) => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (pieces) => {
      const wire = wires.get(name);
      if (wire === undefined) throw new Error(name);
      const text = pieces.join('');
      expect(folded(wire.fold(true), [events(streamOf(name, pieces))]).shownChars).toBe(text.length);
      const document = Buffer.from(JSON.stringify(documentOf(name, text)));
      expect(folded(wire.fold(false), [document]).shownChars).toBe(text.length);
    }),
  );
});
