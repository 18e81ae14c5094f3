// Each kind of drift between worktrees and rows: made by hand, found, and repaired or asked about. Nothing is destroyed
// unless it is preserved.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { ensureWorktree } from '../../git/worktree/worktree.ts';
import { entryPathOf } from '../../git/worktree/worktree-entry.ts';
import { markEffect } from '../../store/work/sessions/effects.ts';
import {
  folder,
  isAside,
  type MachineCase,
  machineScene,
  type Scene,
  tryMachineCase,
} from './machine-scene.fixture.ts';
import { lookFor } from './scratch-reconcile.fixture.ts';

const shared = sharedDatabase();

/** A worktree that no work order made. */
async function nobodys({ repository }: Scene, worktreePath: string): Promise<void> {
  const { path: repositoryPath, headSha: baseSha } = repository;
  await ensureWorktree({ repositoryPath, worktreePath, branch: 'moose/nobodys', baseSha });
}

const cases: Record<string, MachineCase> = {
  'worktree-left': {
    isSafe: true,
    status: 'cancelled',
    make: async (s) => {
      writeFileSync(join(s.worktreePath, 'half.txt'), 'not committed\n');
      const check = () => {
        expect(existsSync(s.worktreePath)).toBe(false);
        expect(s.repository.git('show', `refs/moose/preserved/${s.id}:half.txt`)).toBe('not committed');
      };
      return { subject: s.worktreePath, check };
    },
  },
  'worktree-missing': {
    isSafe: true,
    make: async (s) => {
      rmSync(s.worktreePath, { recursive: true });
      const check = () => expect(existsSync(entryPathOf(s.worktreePath))).toBe(false);
      return { subject: s.worktreePath, check };
    },
  },
  'worktree-unknown': {
    isSafe: true,
    make: async (s) => {
      const path = join(s.dataDirectory, 'worktrees', 'nobodys');
      await nobodys(s, path);
      writeFileSync(join(path, 'only-here.txt'), 'work\n');
      const check = () => {
        expect(existsSync(path)).toBe(false);
        const kept = s.repository.git('show', 'refs/moose/preserved/worktree-nobodys:only-here.txt');
        expect(kept).toBe('work');
      };
      return { subject: path, check };
    },
  },
  'worktree-entry-without-folder': {
    isSafe: true,
    make: async (s) => {
      const path = join(s.dataDirectory, 'worktrees', 'nobodys');
      await nobodys(s, path);
      rmSync(path, { recursive: true });
      const check = () => expect(existsSync(entryPathOf(path))).toBe(false);
      return { subject: path, check };
    },
  },
  'worktree-folder-unknown': {
    isSafe: true,
    make: async (s) => {
      const path = folder(s, 'worktrees', 'stray');
      return { subject: path, check: () => isAside(s, path) };
    },
  },
  'worktree-half-removed': {
    isSafe: true,
    make: async (s) => {
      const path = folder(s, 'worktrees', '.gone.removing');
      return { subject: path, check: () => expect(existsSync(path)).toBe(false) };
    },
  },
};

test.each(Object.entries(cases))('R-SES-7: %s is found, and repaired or asked about', (kind, one) =>
  tryMachineCase(shared(), kind, one),
);

const beginsRun = async ({ work, run }: Scene) => {
  const again = work.database.query.updateTable('runs').set({ state: 'running', endedAt: null });
  await again.where('id', '=', run.id).execute();
};
const makeFolder = (_: Scene, path: string) => void mkdirSync(path);
const isTaken = async (s: Scene, path: string) => {
  const detail = { repositoryPath: s.repository.path, worktreePath: path, branch: 'mine', host: 'here' };
  await markEffect(s.work.database.query, `worktree:${s.order.id}@here`, 'intended', detail);
};

test.each([
  ['worktree-left', 'cancelled', null, () => undefined, beginsRun],
  ['worktree-unknown', 'needs_review', 'taken', nobodys, isTaken],
  ['worktree-folder-unknown', 'needs_review', 'mine', makeFolder, isTaken],
] as const)('R-SES-7: fear: %s is removed under work that began after the look', async (...one) => {
  const [kind, status, name, make, begin] = one;
  const s = await machineScene(shared(), status);
  const path = name ? join(s.dataDirectory, 'worktrees', name) : s.worktreePath;
  await make(s, path);
  const found = (await lookFor(s.machine, [kind])).filter(({ subject }) => subject === path);
  expect(found).toHaveLength(1);
  await begin(s, path);
  await found[0]?.act?.();
  expect(existsSync(path)).toBe(true);
});
