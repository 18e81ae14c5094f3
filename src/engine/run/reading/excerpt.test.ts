import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutToBytes, excerptOf, type Sought } from './excerpt.ts';
import { findDefinitions } from './find-definitions.ts';
import { nameTerm } from './words.ts';

const sought = (name: string, text = ''): Sought => ({
  names: new Set([name]),
  terms: new Set([nameTerm(name)]),
  text,
});
const nothing: Sought = { names: new Set(), terms: new Set(), text: '' };

const long = Array.from({ length: 3_000 }, (_, line) => `const line${line} = ${line};`);
long[0] = "import { sum } from './sum.ts';";
long[1_999] = '// Adds everything up.';
long[2_000] = 'export function total() {';
const content = `${long.join('\n')}\n`;
const cut = (wanted: Sought, bytesMax = 4_000) =>
  excerptOf('a.ts', content, findDefinitions('a.ts', content), wanted, bytesMax);

test('R-PIPE-4: a file is cut to its beginning and to the definition that is sought, with its comment', () => {
  const { text, lines } = cut(sought('total'));
  expect(text).toContain("import { sum } from './sum.ts';");
  expect(text).toMatch(
    /… lines \d+ to \d+ are not shown …\n(const .*\n)+\/\/ Adds everything up\.\nexport function total/,
  );
  expect(lines).toMatch(/^lines 1 to \d+, 19\d\d to 20\d\d of 3001$/);
});

test('R-PIPE-4: a line that a trace names is shown', () => {
  expect(cut({ ...nothing, text: 'at f (/build/a.ts:2500:3)' }).text).toContain('const line2499 =');
  expect(cut({ ...nothing, text: 'File "x/a.ts", line 900' }).text).toContain('const line899 =');
});

test('R-PIPE-4: what is only mentioned is shown, and without any match the beginning', () => {
  expect(cut(sought('= 1777;')).text).toContain('const line1777 =');
  expect(cut(nothing).lines).toMatch(/^lines 1 to \d+ of 3001$/);
});

test('R-PIPE-4: of a line that does not fit, whole letters are shown', () => {
  const { text, lines } = excerptOf('a.ts', 'ö'.repeat(900), [], nothing, 101);
  expect([text, lines]).toEqual(['ö'.repeat(50), 'the beginning of line 1 of 1']);
  expect(cutToBytes('a😀', 4)).toBe('a');
  expect(cutToBytes('a😀', 5)).toBe('a😀');
  expect(cutToBytes('a', -1)).toBe('');
});

const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('function total() {', '  // about total', 'class Cart {', '  add() {', '}', ''),
);

test('R-PIPE-4: an excerpt never has more bytes than allowed, and every line of it is in the file or names a gap', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 80 }), fc.nat(1_500), (lines, bytesMax) => {
      const given = lines.join('\n');
      const wanted = { names: new Set(['total', 'Cart']), terms: new Set<number>(), text: 'a.ts:7 a.ts:31' };
      const part = excerptOf('a.ts', given, findDefinitions('a.ts', given), wanted, bytesMax);
      expect(Buffer.byteLength(part.text)).toBeLessThanOrEqual(bytesMax);
      if (!part.lines.startsWith('lines ')) return;
      const all = new Set(given.toWellFormed().split('\n'));
      for (const each of part.text.split('\n'))
        expect(all.has(each) || /^… lines \d+ to \d+ are not shown …$/.test(each)).toBe(true);
    }),
  );
});

test('fear: a file of comments in a repository keeps the process from everything else', () => {
  const comments = Array.from({ length: 200_000 }, () => '// x');
  const text = [...comments, ...Array.from({ length: 1_000 }, () => '  * total() {')].join('\n');
  const definitions = findDefinitions('a.ts', text);
  expect(definitions).toHaveLength(1_000);
  const from = process.cpuUsage();
  expect(excerptOf('a.ts', text, definitions, sought('total'), 4_000).text).toContain('* total() {');
  // CPU time, in microseconds.
  expect(process.cpuUsage(from).user).toBeLessThan(3_000_000);
});
