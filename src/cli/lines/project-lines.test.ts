import { expect, test } from 'vitest';
import type { ProjectValuesView } from '../../contract/contract.ts';
import { fileLines, preparedLines } from './project-lines.ts';

type Files = NonNullable<ProjectValuesView['files']>;

const none: Files = { names: [], total: 0, likely_secrets: [], left_out: [], problem: null };
const told = (files: Partial<Files> | null) =>
  fileLines({ files: files && { ...none, ...files } } as ProjectValuesView).join('\n');

test('R-PROJ-3: a person reads which files agents can read, which may hold secrets, and which are left out', () => {
  const text = told({
    names: ['.env', '.env.test'],
    total: 5,
    likely_secrets: ['.env'],
    left_out: [{ path: '.env.link', because: 'it is a symbolic link that leads out of the checkout' }],
  });
  expect(text).toContain('setup, checks and agents can read them');
  expect(text).toContain('.env, .env.test and 3 more');
  expect(text).toContain('These files seem to contain secrets: .env.');
  expect(text).toContain('not copied: .env.link: it is a symbolic link');
});

test('without files nothing is said, and with patterns that nothing fits, or without a checkout, it is said why', () => {
  expect(told(null)).toBe('');
  expect(told({})).toContain('nothing fits');
  const problem = 'This project has no checkout.';
  expect(told({ problem })).toBe(`\n${problem}`);
});

test.each([
  ['ready', 'prepared: 3 MiB, made 2026-11-01, last used 2026-11-02'],
  ['likely', 'prepared, unless tools or environment differ where it runs: 3 MiB'],
  ['missing', 'not prepared: its first step runs the setup'],
  ['off', 'not prepared: the cache is off'],
] as const)('R-PROJ-3: a person reads that the next work order is %s', (state, words) => {
  const kept = { bytes: 3 * 1024 ** 2, made_at: '2026-11-01T01:00:00Z', used_at: '2026-11-02T01:00:00Z' };
  const empty = { bytes: null, made_at: null, used_at: null };
  const prepared = { state, ...(state === 'ready' || state === 'likely' ? kept : empty) };
  expect(preparedLines({ prepared } as ProjectValuesView).join('\n')).toContain(words);
  expect(preparedLines({ prepared: null } as ProjectValuesView)).toEqual([]);
});
