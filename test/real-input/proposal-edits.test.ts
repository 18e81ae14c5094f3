import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Edit } from '../../src/domain/agents/proposal.ts';
import { applyEdits } from './apply-edits.ts';
import { editsBetween } from './proposal-edits.ts';

function applied(earlier: string, edits: readonly Edit[]): string | undefined {
  return applyEdits(new Map([['a', earlier]]), edits).get('a');
}

/**
 * Few different lines, so that they repeat; including the cases at which appliers have failed: CRLF, no newline at the
 * end, `$&`, a BOM.
 */
const line = fc.constantFrom('{', '}', '', 'a', 'b', 'c', '$&', "$'", 'é�', '\ufeffx');
const ending = fc.constantFrom('\n', '\n', '\n', '\r\n');
const text = fc
  .tuple(fc.array(fc.tuple(line, ending), { maxLength: 30 }), line)
  .map(([lines, last]) => lines.flat().join('') + last);

test('the edits turn any text into any other text, byte for byte', () => {
  fc.assert(
    fc.property(text, text, (earlier, later) => {
      expect(applied(earlier, editsBetween('a', earlier, later))).toBe(later);
    }),
    { numRuns: 1_000 },
  );
});

test('a few changed lines among many repeated ones are replaced, not written whole', () => {
  const body = Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? '}' : `line ${index % 20}`));
  const earlier = [...body, 'first', ...body, 'second', ...body].join('\n');
  const later = earlier.replace('first', 'first\nmore').replace('second\n', '');
  const edits = editsBetween('a', earlier, later);
  expect(edits.map(({ kind }) => kind)).toEqual(['replace', 'replace']);
  expect(applied(earlier, edits)).toBe(later);
});

test('a line that occurs often is located by its neighbours', () => {
  const earlier = 'a\nx\nb\nx\nc\nx\nd\ne\nf\n';
  expect(editsBetween('a', earlier, 'a\nx\nb\ny\nc\nx\nd\ne\nf\n')).toEqual([
    { kind: 'replace', path: 'a', search: 'b\nx\n', replace: 'b\ny\n' },
  ]);
});

test('equal files need no edit, and a file that was empty is written', () => {
  expect(editsBetween('a', 'x', 'x')).toEqual([]);
  expect(editsBetween('a', '', 'x')).toEqual([{ kind: 'write', path: 'a', content: 'x' }]);
});
