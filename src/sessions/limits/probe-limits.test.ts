import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ScratchSessions } from '../scratch-sessions.fixture.ts';
import { probeLimits, tryLimits } from './probe-limits.ts';

let scratch: ScratchSessions;
beforeEach(async () => {
  scratch = await ScratchSessions.create();
});
afterEach(async () => {
  await scratch.clear();
});

test('R-MACHINE-1: what cannot limit a process does not count as a limit', async () => {
  const folder = join(scratch.path, 'no-groups');
  mkdirSync(folder);
  const probe = await tryLimits([{ version: 1, of: { memory: folder, pids: folder } }]);
  expect(probe).toMatchObject({ level: 'priority', roots: null });
  expect(probe.reason).toContain(folder);
  expect(probe.advice).toContain('Delegate=yes');
  expect(await tryLimits([])).toMatchObject({ level: 'priority', roots: null });
});

test('fear: where groups are read-only, as in most containers, the trial fails in place of finding no limits (R-MACHINE-1)', async () => {
  // As on a read-only file system, neither making nor removing anything in it is possible, for root either.
  const refuses = join(scratch.path, 'x'.repeat(300));
  const probe = await tryLimits([{ version: 1, of: { memory: refuses, pids: refuses } }]);
  expect(probe).toMatchObject({ level: 'priority', roots: null });
  expect(probe.reason).toContain('(ENAMETOOLONG)');
});

test('a trial leaves no group behind, and the next one is asked if one does not work', async ({ skip }) => {
  const { roots, level, reason } = await probeLimits();
  if (roots === null) return skip(reason);
  const bad = { version: 1, of: { pids: join(scratch.path, 'missing') } } as const;
  expect(await tryLimits([bad, roots])).toMatchObject({ level, roots });
  for (const root of new Set(Object.values(roots.of))) {
    expect(existsSync(root)).toBe(true);
    expect(readdirSync(root).filter((name) => name.startsWith('moose-probe'))).toEqual([]);
  }
});
