import { expect, test } from 'vitest';
import { languageOf } from './source-language.ts';

test('the language is that of most source files; a tie is decided by name', () => {
  expect(languageOf(['a.py', 'b.ts', 'c.TS', 'README.md'])).toBe('TypeScript');
  expect(languageOf(['b.ts', 'a.py'])).toBe('Python');
  expect(languageOf(['README.md', 'Makefile'])).toBeNull();
});
