import { readFileSync } from 'node:fs';
import { promises, ringOf } from '../../test/rings.ts';
import { markdownTable } from './markdown-table.ts';

const packageUrl = new URL('../../package.json', import.meta.url);
const ringTexts = { first: '`npm test`', second: '`npm run test:all`' } as const;

/** Each promise, the test files that prove it, and the command with which each of them runs first. */
export function ringsTable(): string {
  const { scripts } = JSON.parse(readFileSync(packageUrl, 'utf8')) as { scripts: Record<string, string> };
  const longForms = scripts['test:long']?.split(' ') ?? [];
  const rows = promises.flatMap(({ says, first, second }) =>
    [...first, ...second].map((path, at) => {
      const long = longForms.includes(path) ? '; longer in `npm run test:long`' : '';
      return [at === 0 ? says : '', `\`${path}\``, `${ringTexts[ringOf(path)]}${long}`];
    }),
  );
  return markdownTable(['promise', 'test', 'runs in'], rows);
}
