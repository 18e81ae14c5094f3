import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  type Ceilings,
  ceilingsSchema,
  earlierCeilingsSchema,
  measures,
  problemsOf,
  unpaidRaises,
} from './ceilings/ceilings.ts';
import { measureFiles } from './ceilings/measure-house.ts';

const path = 'test/ceilings.json';
const rootPath = fileURLToPath(new URL('..', import.meta.url));
const today = ceilingsSchema.parse(JSON.parse(readFileSync(`${rootPath}/${path}`, 'utf8')));
const rows = new Set(
  [...readFileSync(`${rootPath}/docs/spec.md`, 'utf8').matchAll(/^\| (R-[A-Z]+-\d+) \|/gm)].map(([, id]) =>
    String(id),
  ),
);

test('R-HOUSE-1: the house is no larger than its ceilings', () => {
  expect(problemsOf(measureFiles(), today)).toEqual([]);
});

test('R-HOUSE-1: a row of the contract pays for each raise of a ceiling in the history', () => {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: rootPath, encoding: 'utf8' });
  const commits = git('log', '--reverse', '--format=%H', '--', path).split('\n').filter(Boolean);
  const kept = commits.map((commit) =>
    earlierCeilingsSchema.parse(JSON.parse(git('show', `${commit}:${path}`))),
  );
  expect(unpaidRaises([...kept, today], rows)).toEqual([]);
});

const ceilings = (most: number, paid: Ceilings['src_lines']['paid'] = []): Ceilings => ({
  ...(Object.fromEntries(measures.map((name) => [name, { most: 100, paid: [] }])) as unknown as Ceilings),
  src_lines: { most, paid },
});

test('R-HOUSE-1: a raise without a row, with an unknown row, or beyond what its row pays for is told', () => {
  const paid = { row: 'R-BUD-2', by: 50, for: 'leases' };
  expect(unpaidRaises([ceilings(1000), ceilings(1050)], rows)).toEqual([
    'src_lines: raised by 50, and the rows added under `paid` pay for 0.',
  ]);
  expect(unpaidRaises([ceilings(1000), ceilings(1050, [paid])], rows)).toEqual([]);
  expect(unpaidRaises([ceilings(1000, [paid]), ceilings(1050, [paid])], rows)).toHaveLength(1);
  expect(unpaidRaises([ceilings(1000), ceilings(1051, [paid])], rows)).toHaveLength(1);
  const unknown = { ...paid, row: 'R-' };
  expect(unpaidRaises([ceilings(1000), ceilings(1050, [unknown])], rows)).toEqual([
    'src_lines: docs/spec.md has no row R-.',
  ]);
  expect(unpaidRaises([ceilings(1000), ceilings(900)], rows)).toEqual([]);
});

test('R-HOUSE-1: what is above its ceiling, and what leaves room below it, is told', () => {
  const measured = Object.fromEntries(measures.map((name) => [name, 100])) as Parameters<
    typeof problemsOf
  >[0];
  expect(problemsOf({ ...measured, src_lines: 1001 }, ceilings(1000))).toEqual([
    expect.stringContaining('src_lines: 1001'),
  ]);
  expect(problemsOf({ ...measured, src_lines: 990 }, ceilings(1000))).toEqual([]);
  expect(problemsOf({ ...measured, src_lines: 989 }, ceilings(1000))).toEqual([
    expect.stringContaining('Lower it to 989'),
  ]);
});
