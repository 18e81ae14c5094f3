import { expect, test } from 'vitest';
import { appendOutput, noOutput, outputLimits, wholeText } from './output-text.ts';

test('an escape sequence that comes in two halves is taken out', () => {
  const first = appendOutput(noOutput, 'one\n\u001b[3');
  expect(wholeText(appendOutput(first, '1mtwo\u001b[0m\n'))).toBe('one\ntwo\n');
});

test('a line that has not ended is shown, and goes on', () => {
  const first = appendOutput(noOutput, 'one\ntw');
  expect(wholeText(first)).toBe('one\ntw');
  expect(wholeText(appendOutput(first, 'o\n'))).toBe('one\ntwo\n');
});

test('however much comes, what is shown has a limit, and says that something is missing', () => {
  let text = noOutput;
  for (let line = 0; line < 3_000; line++) text = appendOutput(text, `${line} ${'x'.repeat(500)}\n`);
  expect(text.chars).toBeLessThanOrEqual(outputLimits.shownCharsMax);
  expect(text.isCut).toBe(true);
  expect(wholeText(text).endsWith(`2999 ${'x'.repeat(500)}\n`)).toBe(true);
});

test('a line without an end is cut into blocks, and not kept for ever', () => {
  let text = noOutput;
  for (let part = 0; part < 40; part++) text = appendOutput(text, 'y'.repeat(50_000));
  expect(text.rest.length).toBeLessThanOrEqual(outputLimits.lineCharsMax);
  expect(text.chars).toBeLessThanOrEqual(outputLimits.shownCharsMax);
});
