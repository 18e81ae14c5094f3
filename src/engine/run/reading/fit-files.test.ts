import { expect, test } from 'vitest';
import { FactsMaker } from './file-facts.ts';
import { roleOf } from './file-roles.ts';
import { fitFiles, type ReadFile, symbolMap } from './fit-files.ts';

const maker = new FactsMaker();

function read(path: string, content: string, isNamed = false): ReadFile {
  const facts = maker.factsOf(path, content);
  const sizeBytes = Buffer.byteLength(content);
  const file = { path, sizeBytes, objectId: '0', role: roleOf(path), facts, pathTerms: new Uint32Array() };
  return { file, score: 1, isNamed, content };
}

const sought = { names: new Set(['total']), terms: new Set<number>(), text: '' };
const choose = (files: readonly ReadFile[], bytesMax: number) =>
  fitFiles(
    files.map(({ file }) => file.path),
    files,
    sought,
    bytesMax,
  );
const code = (lines: number) => `${'const x = 1;\n'.repeat(lines)}export function total() {}\n`;

test('R-PIPE-4: files are shown whole as long as they fit, and one that does not leaves room for the next', () => {
  const { shown, cut } = choose([read('a.md', 'x'.repeat(100_000)), read('b.ts', code(10))], 3_000);
  expect([...shown.keys()]).toEqual(['a.md', 'b.ts']);
  expect([...cut.keys()]).toEqual(['a.md']);
  expect(shown.get('b.ts')).toBe(code(10));
});

test('R-PIPE-4: a large file that the task names takes what is left; if not even a part fits, it is listed', () => {
  const huge = read('huge.ts', code(9_000), true);
  const { shown, cut } = choose([huge, read('a.ts', 'x')], 20_000);
  expect(shown.get('huge.ts')).toContain('export function total()');
  expect((shown.get('huge.ts') ?? '').length).toBeGreaterThan(10_000);
  expect(cut.get('huge.ts')).toMatch(/^lines 1 to \d+, \d+ to \d+ of 9002$/);
  expect(choose([huge], 900).leftOut).toEqual(['huge.ts']);
});

test('R-SPEC-4: the manifest at the root is shown although other files fill the room', () => {
  const files = Array.from({ length: 30 }, (_, index) => read(`src/f${index}.ts`, code(60)));
  const { shown } = choose([...files, read('package.json', '{ "name": "shop" }')], 10_000);
  expect(shown.get('package.json')).toBe('{ "name": "shop" }');
  expect(shown.has('src/f29.ts')).toBe(false);
});

test('R-SPEC-4: what further files define is listed with its lines, as far as it fits', () => {
  const files = [read('a.ts', code(1)), read('b.md', 'x'), read('c.py', 'def other():\n  pass\n')];
  expect(symbolMap(files, 1_000)).toBe(
    'a.ts\n  1: const x = 1;\n  2: export function total() {}\nc.py\n  1: def other():',
  );
  expect(symbolMap(files, 30)).toBe('');
});
