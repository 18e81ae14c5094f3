// Only pictures are held as pictures: whatever else stands in their place is held like a file.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WireName } from '../../domain/agents/model-call.ts';
import type { ReadCall } from './wire.ts';
import { wires } from './wires.ts';

const png = `iVBORw0KGgo${'A'.repeat(4_000)}`;
const jpeg = `/9j/${'A'.repeat(4_000)}`;
const webp = `${Buffer.from('RIFF\x00\x10\x00\x00WEBPVP8 ').toString('base64')}${'A'.repeat(4_000)}`;
const pdf = Buffer.from(`%PDF-1.7\n${'x'.repeat(4_000)}`).toString('base64');
const film = Buffer.from(`\x00\x00\x00\x20ftypisom${'x'.repeat(4_000)}`).toString('base64');
const words = Buffer.from('many words '.repeat(400)).toString('base64');

const requests: Record<
  string,
  (type: string, data: string) => { wire: WireName; path: string; body: object }
> = {
  image_url: (type, data) => chat({ type: 'image_url', image_url: { url: `data:${type};base64,${data}` } }),
  'image_url without an object': (type, data) =>
    chat({ type: 'image_url', image_url: `data:${type};base64,${data}` }),
  input_image: (type, data) => ({
    wire: 'openai-responses',
    path: '/v1/responses',
    body: {
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: `data:${type};base64,${data}` }] }],
    },
  }),
  image: (type, data) => claude({ type: 'image', source: { type: 'base64', media_type: type, data } }),
  'image in a result': (type, data) => {
    const image = { type: 'image', source: { type: 'base64', media_type: type, data } };
    return claude({ type: 'tool_result', tool_use_id: 't1', content: [image] });
  },
  inlineData: (type, data) => ({
    wire: 'gemini',
    path: '/v1beta/models/gemini-3-pro:generateContent',
    body: { contents: [{ role: 'user', parts: [{ inlineData: { mimeType: type, data } }] }] },
  }),
};

function chat(part: object) {
  const body = { messages: [{ role: 'user', content: [part] }] };
  return { wire: 'openai-chat' as const, path: '/v1/chat/completions', body };
}

function claude(block: object) {
  const body = { max_tokens: 10, messages: [{ role: 'user', content: [block] }] };
  return { wire: 'anthropic-messages' as const, path: '/v1/messages', body };
}

/** The most tokens of what is sent; null if nothing bounds it but the context, undefined if it is refused. */
function heldFor(place: string, type: string, data: string): number | null | undefined {
  const asked = requests[place]?.(type, data);
  if (asked === undefined) throw new Error(place);
  const body = Buffer.from(JSON.stringify({ model: 'm-1', ...asked.body }));
  const read = wires
    .get(asked.wire)
    ?.read({ method: 'POST', path: asked.path, search: '', headers: {}, body });
  if (read === undefined || 'refusal' in read) return undefined;
  const parts: ReadCall['parts'] = read.parts;
  const sizes = parts.map(({ tokensMax }) => tokensMax);
  return sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

const places = Object.keys(requests);

test.each(places)('R-BUD-4: a picture as %s is held as one', (place) => {
  for (const [type, data] of [
    ['image/png', png],
    ['image/jpeg', jpeg],
    ['image/JPG', jpeg],
    ['image/webp', webp],
  ]) {
    const held = heldFor(place, type as string, data as string);
    expect(held).toBeGreaterThan(65_000);
    expect(held).toBeLessThan(67_000);
  }
});

const others: [string, string][] = [
  ['application/pdf', pdf],
  ['video/mp4', film],
  ['audio/wav', words],
  ['text/plain', words],
  ['application/octet-stream', png],
  ['image/tiff', words],
  ['image/*', png],
  ['image/png; x=1', png],
  ['image/png;name=a.pdf', pdf],
  ['image/png', pdf],
  ['image/jpeg', film],
  ['image/webp', words],
  ['image/pdf', pdf],
];

test.each(places.flatMap((place) => others.map((other) => [place, ...other] as const)))(
  'R-BUD-2: fear: %s of %s is held as a picture, and billed by its bytes',
  (place, type, data) => {
    expect(heldFor(place, type, data) ?? null).toBeNull();
  },
);

test('R-BUD-2: no media type but those of pictures is held as a picture', () => {
  const type = fc.stringMatching(
    /^(?:image|application|video|audio|text|IMAGE)\/[a-z0-9.+-]{1,8}(?:;[a-z]{1,4}=[a-z]{1,4})?$/,
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), type, (place, each) => {
      fc.pre(!/^image\/(?:png|jpe?g|gif|webp|heic|heif)$/i.test(each));
      expect(heldFor(place, each, png) ?? null).toBeNull();
    }),
    { numRuns: 300 },
  );
});
