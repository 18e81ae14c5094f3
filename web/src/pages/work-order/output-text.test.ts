import { expect, test } from 'vitest';
import { appendOutput, noOutput, outputLimits, wholeText } from './output-text.ts';

test('an escape sequence split over two chunks is removed', () => {
  const first = appendOutput(noOutput, 'one\n\u001b[3');
  expect(wholeText(appendOutput(first, '1mtwo\u001b[0m\n'))).toBe('one\ntwo\n');
});

test('an unfinished line is shown and continued', () => {
  const first = appendOutput(noOutput, 'one\ntw');
  expect(wholeText(first)).toBe('one\ntw');
  expect(wholeText(appendOutput(first, 'o\n'))).toBe('one\ntwo\n');
});

test('the visible output is limited, and reports that something is missing', () => {
  let text = noOutput;
  for (let line = 0; line < 3_000; line++) text = appendOutput(text, `${line} ${'x'.repeat(500)}\n`);
  expect(text.chars).toBeLessThanOrEqual(outputLimits.shownCharsMax);
  expect(text.isCut).toBe(true);
  expect(wholeText(text).endsWith(`2999 ${'x'.repeat(500)}\n`)).toBe(true);
});

test('an endless line is cut into blocks', () => {
  let text = noOutput;
  for (let part = 0; part < 40; part++) text = appendOutput(text, 'y'.repeat(50_000));
  expect(text.rest.length).toBeLessThanOrEqual(outputLimits.lineCharsMax);
  expect(text.chars).toBeLessThanOrEqual(outputLimits.shownCharsMax);
});
