import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findText, namedLinesMax } from './find-text.ts';
import { describeNearestLine } from './nearest-line.ts';
import { replaceSpan } from './replace-span.ts';

function replaceOnce(text: string, search: string, replacement: string): string {
  const found = findText(text, search);
  if (found.kind !== 'one') throw new Error(`found ${found.kind}`);
  return replaceSpan(text, found, replacement);
}

test('one occurrence is found letter by letter, and `$` in the replacement means nothing', () => {
  expect(replaceOnce('a.b\nc', 'a.b', '$&$1')).toBe('$&$1\nc');
});

test('several occurrences are named by line, overlapping ones too, and not without end', () => {
  expect(findText('x\ny\nx\n', 'x')).toEqual({ kind: 'many', lines: [1, 3], isMore: false });
  expect(findText('aaa', 'aa')).toEqual({ kind: 'many', lines: [1, 1], isMore: false });
  const many = findText('x\n'.repeat(1_000), 'x');
  expect(many).toMatchObject({ kind: 'many', isMore: true });
  expect(many.kind === 'many' && many.lines.length).toBe(namedLinesMax);
});

test('a search that fails only by its line endings is found, and the file keeps its own', () => {
  expect(replaceOnce('a\r\nb\r\nc\r\n', 'a\nb', 'A\nB\nC')).toBe('A\r\nB\r\nC\r\nc\r\n');
  expect(replaceOnce('a\nb\nc\n', 'a\r\nb\r\n', 'A\r\nB\r\n')).toBe('A\nB\nc\n');
});

test('a replacement of several lines takes the file’s ending where the search had none', () => {
  expect(replaceOnce('a\r\nb\r\n', 'b', 'x\ny')).toBe('a\r\nx\r\ny\r\n');
});

test('a search that begins with LF does not leave half of a CRLF behind', () => {
  expect(replaceOnce('a\r\nb\r\n', '\nb', '')).toBe('a\r\n');
});

test('in a file of mixed endings the place that fits letter by letter wins', () => {
  expect(replaceOnce('a\nb\n--\r\na\r\nb\r\n', 'a\nb', 'X')).toBe('X\n--\r\na\r\nb\r\n');
  expect(findText('a\r\nb\r\n--\r\na\r\nb\n--\n', 'a\nb')).toMatchObject({ kind: 'many', lines: [1, 4] });
});

test('property: whatever stood around the place still stands there', () => {
  const word = fc.stringMatching(/^[a-c\n]{0,12}$/);
  fc.assert(
    fc.property(word, word, word, fc.boolean(), (before, after, replacement, isCrlf) => {
      const ending = isCrlf ? '\r\n' : '\n';
      const own = (text: string): string => text.replaceAll('\n', ending);
      const text = own(`${before}\nNEEDLE\nHAY\n${after}`);
      expect(replaceOnce(text, 'NEEDLE\nHAY', replacement)).toBe(own(`${before}\n${replacement}\n${after}`));
    }),
  );
});

test('the hint names the nearest line, the first that differs, or white space', () => {
  const text = 'import a\n\nfunction greet(name) {\n  return hello + name;\n}\n';
  expect(describeNearestLine(text, 'function great(name) {')).toBe(
    'Line 3 is the closest match: "function greet(name) {"',
  );
  expect(describeNearestLine(text, 'function greet(name) {\n  return name;\n}')).toContain(
    'Line 4 is the first that differs',
  );
  expect(describeNearestLine(text, 'function greet(name)  {')).toContain('Line 3 differs only in whitespace');
  expect(describeNearestLine('a b c', 'a b c\nd')).toContain('The file ends before line 2');
  expect(describeNearestLine(text, '0123456789')).toBeNull();
  expect(describeNearestLine('', 'x')).toBeNull();
  expect(describeNearestLine(text, '\n\n')).toBeNull();
});
