import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkFrame, exceptionFrame, frame, preludeOf } from './event-stream.fixture.ts';
import { EventStreamDecoder, eventStreamLimits } from './event-stream.ts';

const open = () => new EventStreamDecoder((exception) => JSON.stringify(exception));

const events = [
  { type: 'message_start', message: { id: 'msg_1' } },
  { type: 'content_block_delta', delta: { text: 'größer, 漢字, 🦌\n\nevent: x' } },
  { type: 'message_stop', 'amazon-bedrock-invocationMetrics': { inputTokenCount: 3 } },
];
const whole = Buffer.concat(events.map(chunkFrame));
const asSse = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');

function decode(bytes: Buffer, cuts: readonly number[] = []) {
  const decoder = open();
  const places = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  const parts = places.slice(1).map((to, index) => decoder.push(bytes.subarray(places[index], to)));
  const text = Buffer.concat([...parts, decoder.end()]).toString('utf8');
  return { text, isBroken: decoder.isBroken };
}

test('frames become server-sent events, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length)), (cuts) => {
      expect(decode(whole, cuts)).toEqual({ text: asSse, isBroken: false });
    }),
  );
});

test('fear: a wrong byte is passed on as a good answer', () => {
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ change;
      const { text, isBroken } = decode(bytes);
      expect(isBroken).toBe(true);
      // What came before is right, and nothing follows.
      expect(asSse.startsWith(text)).toBe(true);
      expect(text.length).toBeLessThan(asSse.length);
    }),
  );
});

test.each([
  ['four gigabytes', 0xff_ff_ff_ff],
  ['more than the limit', eventStreamLimits.frameBytesMax + 1],
  ['less than a frame has', 15],
])('fear: a frame of %s is waited for', (_name, length) => {
  const decoder = open();
  expect(decoder.push(preludeOf(length))).toEqual(Buffer.alloc(0));
  expect(decoder.isBroken).toBe(true);
  expect(decoder.push(whole)).toEqual(Buffer.alloc(0));
});

test('a frame with headers longer than itself is refused', () => {
  const bytes = preludeOf(16);
  expect(decode(Buffer.concat([bytes, Buffer.alloc(4)])).isBroken).toBe(true);
});

test.each(['throttlingException', 'modelStreamErrorException', 'internalServerException'])(
  'an exception becomes an error event: %s',
  (type) => {
    const { text } = decode(Buffer.concat([chunkFrame(events[0]), exceptionFrame(type, 'No "more".')]));
    const name = type.slice(0, 1).toUpperCase() + type.slice(1);
    expect(text).toContain(`event: error\ndata: ${JSON.stringify({ name, message: 'No "more".' })}\n\n`);
  },
);

test('fear: an answer that ends before its last event looks whole', () => {
  expect(decode(chunkFrame(events[0])).isBroken).toBe(true);
  expect(decode(whole.subarray(0, whole.length - 1)).isBroken).toBe(true);
  expect(decode(exceptionFrame('throttlingException', '')).isBroken).toBe(false);
});

test('an error without a model of its own becomes an error event too', () => {
  const bytes = frame(
    { ':message-type': 'error', ':error-code': 'internalError', ':error-message': 'Broken.' },
    '',
  );
  expect(decode(bytes).text).toContain('{"name":"InternalError","message":"Broken."}');
});

test.each([
  ['no JSON', 'x'],
  ['no bytes', '{}'],
  ['bytes that are no JSON', JSON.stringify({ bytes: Buffer.from('{').toString('base64') })],
])('fear: a chunk with %s is left out, and the answer looks whole', (_name, payload) => {
  const bytes = frame({ ':message-type': 'event', ':event-type': 'chunk' }, payload);
  expect(decode(Buffer.concat([bytes, whole]))).toEqual({ text: '', isBroken: true });
});

test('a kind of event that is not known says nothing', () => {
  const other = frame({ ':message-type': 'event', ':event-type': 'initial-response' }, '{}');
  expect(decode(Buffer.concat([other, whole]))).toEqual({ text: asSse, isBroken: false });
});

test('fear: a name of an event breaks out of its line', () => {
  expect(decode(chunkFrame({ type: 'x\ndata: {}' })).text).toBe('data: {"type":"x\\ndata: {}"}\n\n');
});
