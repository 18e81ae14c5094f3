import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCuts, cutAt } from '../recorded.fixture.ts';
import { eventOf, type SseFrame, SseFrames } from './sse.ts';

function framesOf(chunks: readonly Buffer[], bytesMax?: number): SseFrame[] {
  const frames = new SseFrames(bytesMax);
  return [...chunks.flatMap((chunk) => frames.push(chunk)), ...frames.end()];
}

const eventsOf = (text: string) =>
  framesOf([Buffer.from(text)])
    .map(eventOf)
    .filter((event) => event !== null);

test('events end with a blank line, in each of the three spellings of a line end', () => {
  const expected = [
    { name: 'a', data: '1' },
    { name: null, data: '2' },
  ];
  for (const end of ['\n', '\r\n', '\r']) {
    expect(eventsOf(`event: a${end}data: 1${end}${end}data: 2${end}${end}`)).toEqual(expected);
  }
});

test('data of several lines is one text, comments and fields without data are none', () => {
  expect(eventsOf('data: one\ndata:two\ndata\n\n: a comment\n\nid: 7\nretry: 10\n\ndata: three\n\n')).toEqual(
    [
      { name: null, data: 'one\ntwo\n' },
      { name: null, data: 'three' },
    ],
  );
});

test('an event that was cut off is none', () => {
  expect(eventsOf('data: 1\n\ndata: 2\n')).toEqual([{ name: null, data: '1' }]);
});

test('frames are the same however the bytes are cut, and together they are the bytes', () => {
  const piece = fc.constantFrom(
    'data: ä€𝄞',
    'event: x',
    ':',
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    '\r\n\r\n',
    ' ',
    'data',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), anyCuts, (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''));
      const whole = framesOf([bytes]);
      expect(framesOf(cutAt(bytes, cuts))).toEqual(whole);
      expect(Buffer.concat(whole.map(({ raw }) => raw))).toEqual(bytes);
    }),
  );
});

test('an endless event is passed on in pieces, and the one behind it is read', () => {
  const bytes = Buffer.from(`data: ${'x'.repeat(500)}\n\ndata: 2\n\n`);
  for (const chunks of [[bytes], cutAt(bytes, [1, 90, 200, 300, 508, 509])]) {
    const frames = framesOf(chunks, 100);
    expect(Buffer.concat(frames.map(({ raw }) => raw))).toEqual(bytes);
    expect(frames.map(eventOf).filter((event) => event !== null)).toEqual([{ name: null, data: '2' }]);
  }
});
