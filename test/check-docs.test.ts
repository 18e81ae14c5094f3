import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDocuments } from '../scripts/docs/documents.ts';
import { fillBlocks } from '../scripts/docs/generated-blocks.ts';
import { generators } from '../scripts/docs/generators.ts';
import { markdownTable } from '../scripts/docs/markdown-table.ts';
import { brokenReferences } from '../scripts/docs/references.ts';

const documents = readDocuments(fileURLToPath(new URL('..', import.meta.url)));

test.each(documents.map((each) => [each.path, each.text] as const))(
  '%s says what the code says',
  (_, text) => {
    expect(fillBlocks(text, generators)).toMatchObject({ problems: [], text });
  },
);

test('every generator is used in a document', () => {
  const filled = new Set(documents.flatMap((each) => fillBlocks(each.text, generators).names));
  expect(Object.keys(generators).filter((name) => !filled.has(name))).toEqual([]);
});

test.each([
  ['ARCHITECTURE.md', 2_500],
  ['CONTRIBUTING.md', 2_000],
])('%s, which everybody reads, has at most %i words', (path, wordsMax) => {
  const text = documents.find((each) => each.path === path)?.text ?? '';
  expect(text.split(/\s+/).length).toBeLessThanOrEqual(wordsMax);
  expect(text).not.toBe('');
});

const table = { table: () => 'NEW', toString: () => 'own' };

test('a part is replaced regardless of its content is, and the text around it stays', () => {
  const stale = 'before\n<!-- begin: table -->\nOLD\n\n<!-- end -->\nafter\n';
  const fresh = 'before\n<!-- begin: table -->\n\nNEW\n\n<!-- end -->\nafter\n';
  expect(fillBlocks(stale, table)).toEqual({ text: fresh, names: ['table'], problems: [] });
  expect(fillBlocks(fresh, table).text).toBe(fresh);
});

test.each([
  ['<!-- begin: chair -->\n<!-- end -->', "line 1: there is no generator 'chair'; there are table, toString"],
  [
    '<!-- begin: constructor -->\n<!-- end -->',
    "line 1: there is no generator 'constructor'; there are table, toString",
  ],
  ['<!-- begin: table -->\nlost', 'line 1: begins a part that has no end'],
  ['<!-- end -->', 'line 1: ends a part that has no beginning'],
  [
    '<!-- begin: table -->\n<!-- begin: table -->\n<!-- end -->',
    'line 2: begins a part inside the one of line 1',
  ],
])('the fear: a wrong mark removes text: %j', (text, problem) => {
  expect(fillBlocks(text, table)).toMatchObject({ text, problems: [problem] });
});

test('property: filling changes nothing outside the marks, and nothing the second time', () => {
  const line = fc.constantFrom(
    '# Title',
    'text',
    '',
    '<!-- begin: table -->',
    '<!-- end -->',
    'a <!-- end -->',
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const text = lines.join('\n');
      const filled = fillBlocks(text, table);
      expect(fillBlocks(filled.text, table).text).toBe(filled.text);
      expect(outside(filled.text)).toEqual(outside(text));
    }),
  );
});

function outside(text: string): string[] {
  return text.replaceAll(/^<!-- begin: table -->\n[\s\S]*?^<!-- end -->$/gm, '').split('\n');
}

test('the text of a cell cannot break its table', () => {
  expect(markdownTable(['a'], [['x | y\n  z']])).toBe('| a |\n| --- |\n| x \\| y z |');
});

const root = fileURLToPath(new URL('..', import.meta.url));

test.each([
  ['[a](gone.md)', 'links to gone.md, which is not there'],
  ['[a](errors.md#gone)', 'links to errors.md#gone, which is not a heading there'],
  ['[a](#gone)', 'links to #gone, which is not a heading there'],
  ['`src/engine/gone/`', 'names src/engine/gone/, which is not there'],
  ['see src/gone.ts.', 'names src/gone.ts, which is not there'],
  ['`.ci/gone`', 'names .ci/gone, which is not there'],
  ['`npm run gone`', 'there is no npm script gone'],
  ['`npm run moose -- gone`', 'there is no command moose gone'],
])('the fear: a document sends its reader to something that does not exist: %s', (text, problem) => {
  const document = { path: 'docs/reference/planted.md', text: `# Planted\n${text}\n` };
  expect(brokenReferences(root, document)).toEqual([`line 2: ${problem}`]);
});

test('a reference to something that exists is accepted', () => {
  const text =
    '[a](../../ARCHITECTURE.md#the-problem) `src/engine/` src/main.ts. `npm run check` test/fixtures/NAME.ts';
  expect(brokenReferences(root, { path: 'docs/reference/planted.md', text })).toEqual([]);
});
