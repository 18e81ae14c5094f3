import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kindOfWork, languageOf, workKinds } from './work-features.ts';

test.each([
  ['Fix the crash on empty input', '', 'bug fix'],
  ['Add tests for the parser', '', 'tests'],
  ['Make the save button blue', '', 'frontend'],
  ['Update the README', 'It names a wrong command.', 'docs'],
  ['Refactor the scheduler', '', 'refactoring'],
  ['Support CSV export', '', 'feature'],
  ['Parser', 'It crashes when the file is empty.', 'bug fix'],
])('R-LRN-3: the kind of work is read from its title, then its text: %s', (title, description, kind) => {
  expect(kindOfWork({ title, description }, 100)).toBe(kind);
});

test('R-LRN-3: work in an empty repository is from scratch; every text has a kind', () => {
  expect(kindOfWork({ title: 'Fix it', description: '' }, 2)).toBe('from scratch');
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(1_000), (title, description, paths) => {
      expect(workKinds).toContain(kindOfWork({ title, description }, paths));
    }),
  );
});

test('fear: a long hostile text delays routing', () => {
  const startedAtMs = performance.now();
  kindOfWork({ title: 'unit-'.repeat(1_000_000), description: 'restructur'.repeat(1_000_000) }, 100);
  expect(performance.now() - startedAtMs).toBeLessThan(1_000);
});

test('the language is that of most source files; a tie is decided by name', () => {
  expect(languageOf(['a.py', 'b.ts', 'c.TS', 'README.md'])).toBe('TypeScript');
  expect(languageOf(['b.ts', 'a.py'])).toBe('Python');
  expect(languageOf(['README.md', 'Makefile'])).toBeNull();
});
