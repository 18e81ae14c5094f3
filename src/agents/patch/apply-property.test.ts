import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Edit } from '../../domain/agents/proposal.ts';
import { apply, base, scene, snapshot } from './apply-scene.fixture.ts';

afterAll(() => rmSync(base, { recursive: true, force: true }));

const segment = fc.constantFrom(
  'a',
  'b',
  '..',
  '.',
  '',
  '.git',
  '.GIT ',
  'out',
  'in',
  '/',
  'c\\d',
  '\0',
  'git~1',
  '.github',
  'workflows',
);
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
const safe = fc.constantFrom('a/x', 'a/y', 'b', 'in/x', 'n/m', 'n');
const anyPath = fc.oneof({ weight: 3, arbitrary: safe }, { weight: 1, arbitrary: path });
const text = fc.constantFrom('one', 'two');
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    path: anyPath,
    content: fc.constantFrom('', 'one', 'two\n'),
  }),
  fc.record({ kind: fc.constant('replace' as const), path: anyPath, search: text, replace: text }),
  fc.record({ kind: fc.constant('delete' as const), path: anyPath }),
);

/** A worktree with one link that leads out of it and one that stays inside, and the files outside. */
function makeTrap(edits: Edit[]) {
  const at = scene(edits, { 'a/x': 'one', b: 'two', '.git/HEAD': 'ref' });
  const around = join(at.worktree, '..');
  const outside = join(around, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'x'), 'one');
  symlinkSync('../outside', join(at.worktree, 'out'));
  symlinkSync('a', join(at.worktree, 'in'));
  return { at, around, outside };
}

test('R-SEC-2: no list of edits writes outside the worktree, and a refused list changes nothing', () => {
  const count = { applied: 0, refused: 0, failed: 0 };
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const { at, around, outside } = makeTrap(edits);
      const before = snapshot(at.worktree);
      const { outcome } = apply(at);
      count[outcome] += 1;
      expect(snapshot(outside)).toEqual({ [join(outside, 'x')]: 'one' });
      expect(readFileSync(join(at.worktree, '.git/HEAD'), 'utf8')).toBe('ref');
      expect(existsSync(join(at.worktree, '.github/workflows'))).toBe(false);
      expect(readdirSync(around).sort()).toEqual(['outside', 'session', 'worktree']);
      expect(outcome).not.toBe('failed');
      if (outcome === 'refused') expect(snapshot(at.worktree)).toEqual(before);
      rmSync(around, { recursive: true });
    }),
    { numRuns: 120 },
  );
  // Both outcomes must be frequent enough for the property to mean something.
  expect(Math.min(count.applied, count.refused)).toBeGreaterThan(10);
});
