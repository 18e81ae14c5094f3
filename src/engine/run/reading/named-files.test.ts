import { expect, test } from 'vitest';
import { namedFiles } from './named-files.ts';

const paths = [
  ...['a/index.ts', 'b/index.ts', 'c/index.ts', 'd/index.ts', 'data.ts', 'a.ts', 'src/cart/total.py'],
  ...['Makefile', 'docs/odd name (1).md', 'lib/cart/total.py'],
];

test.each<[text: string, named: string[]]>([
  // If many files share a name, the name identifies none of them.
  ['Correct index.ts', []],
  ['Correct b/index.ts.', ['b/index.ts']],
  ['Correct data.ts', ['data.ts']],
  ['DATA.TS is wrong', ['data.ts']],
  ['at total (/build/app/src/cart/total.py:12:3)', ['src/cart/total.py']],
  ['File "/app/lib/cart/total.py", line 12', ['lib/cart/total.py']],
  ['see src\\cart\\total.py', ['src/cart/total.py']],
  ['total.py', ['src/cart/total.py', 'lib/cart/total.py']],
  ['a makefile', []],
  ['the Makefile', ['Makefile']],
  ['`odd name (1).md`', ['docs/odd name (1).md']],
  ['', []],
])('R-PIPE-4: the files that "%s" names', (text, named) => {
  expect([...namedFiles(paths, text)].sort()).toEqual(named.toSorted());
});

test.each([
  ['dots', `${'.'.repeat(199_000)}x`],
  ['positions', `${':1'.repeat(99_000)}x`],
  ['paths to files of one name', Array.from({ length: 15_000 }, (_, at) => `${at}/index.ts`).join(' ')],
])('fear: a request of %s keeps the process from everything else for minutes', (_, text) => {
  const many = Array.from({ length: 2_000 }, (_, at) => `packages/${at}/src/index.ts`);
  const from = process.cpuUsage();
  expect([...namedFiles([...many, 'data.ts'], `data.ts ${text}`)]).toEqual(['data.ts']);
  // CPU time, in microseconds.
  expect(process.cpuUsage(from).user).toBeLessThan(5_000_000);
});
