// Worktrees on this machine: their folders, git's own directories for them, and the rows.
import { basename, join } from 'node:path';
import { shortId } from '../../domain/ids.ts';
import { isThere } from '../../git/run/is-there.ts';
import { removeWorktree } from '../../git/worktree/worktree.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { type WorktreeFact, worktreeFacts } from '../../store/work/runs/machine-facts.ts';
import { markEffect } from '../../store/work/sessions/effects.ts';
import { clearWorktree, leftWorktrees } from '../run/effects/leftovers.ts';
import type { DriftKind, Found, Look } from './drift-kind.ts';
import { isOlderThan, setAside } from './set-aside.ts';

const factsByName = ({ world }: Look) =>
  world.once('worktrees by name', async () => byName(await world.worktreeFacts()));

/** By folder name; a live row takes precedence over an undone one. */
function byName(all: readonly WorktreeFact[]): Map<string, WorktreeFact> {
  const facts = [...all].sort((a, b) => Number(b.state === 'undone') - Number(a.state === 'undone'));
  return new Map(facts.map((fact) => [basename(fact.worktreePath), fact]));
}

/** Changes nothing if the rows have changed since the look: a run may have begun to use the worktree. */
async function unlessChanged(look: Look, path: string, act: () => Promise<unknown>): Promise<Found['act']> {
  const { database, settings, signal } = look;
  const name = basename(path);
  const seen = stateOf((await factsByName(look)).get(name));
  return async () => {
    const facts = await database.run((query) => worktreeFacts(query, settings.host, [name]), signal);
    if (stateOf(byName(facts).get(name)) === seen) await act();
  };
}

const stateOf = (fact: WorktreeFact | undefined) =>
  fact ? [fact.key, fact.state, fact.status, fact.hasRun, fact.changedAt.toISOString()].join() : '';

const keptAs = (name: string) => `worktree-${name.replace(/[^A-Za-z0-9_-]/g, '-')}`;

const removingName = /^\.(.+)\.removing$/;

const left: DriftKind = {
  name: 'worktree-left',
  side: 'worktrees',
  seenBy: 'machine',
  means: 'A worktree of an ended work order, such as one that another machine continued.',
  repair: 'preserve what only it has, and remove it',
  isSafe: true,
  find: async (look) => {
    const found: Found[] = [];
    for (const one of await leftWorktrees(look, look.signal))
      found.push({
        subject: one.worktreePath,
        workOrderId: one.workOrderId,
        what: `${shortId(one.workOrderId)}: its worktree is still here`,
        evidence: `${one.worktreePath} exists, or git's directory for it; its work order has ended`,
        act: await unlessChanged(look, one.worktreePath, () => clearWorktree(look, one, look.signal)),
      });
    return found;
  },
};

const missing: DriftKind = {
  name: 'worktree-missing',
  side: 'worktrees',
  seenBy: 'machine',
  means:
    'A worktree of open work whose folder is gone, while no run is open. Uncommitted changes went with it.',
  repair: 'forget it: the next run recreates it from its branch',
  isSafe: true,
  find: async (look) => {
    const { world, before } = look;
    const found: Found[] = [];
    for (const fact of await world.worktreeFacts()) {
      if (fact.state !== 'done' || fact.hasRun || fact.changedAt >= before) continue;
      if (['completed', 'cancelled'].includes(fact.status) || (await isThere(fact.worktreePath))) continue;
      found.push({
        subject: fact.worktreePath,
        workOrderId: fact.workOrderId,
        what: `${shortId(fact.workOrderId)}: its worktree is gone`,
        evidence: `${fact.worktreePath} does not exist, and no run is open`,
        act: await unlessChanged(look, fact.worktreePath, () => forget(look, fact)),
      });
    }
    return found;
  },
};

async function forget({ database, signal }: Look, fact: WorktreeFact): Promise<void> {
  const { repositoryPath, worktreePath, workOrderId, key } = fact;
  if (await isThere(worktreePath)) return;
  if (await isThere(repositoryPath))
    await removeWorktree({ repositoryPath, worktreePath, preserveAs: shortId(workOrderId), signal });
  await database.run((query) => markEffect(query, key, 'undone'), signal);
}

const unknown: DriftKind = {
  name: 'worktree-unknown',
  side: 'worktrees',
  seenBy: 'machine',
  means: "A worktree in Moose's folder that no work order made.",
  repair: 'preserve what only it has under refs/moose/preserved, and remove it',
  isSafe: true,
  removes: true,
  find: async (look) => {
    const facts = await factsByName(look);
    const found: Found[] = [];
    for (const { name, path, repositoryPath } of await look.world.entries()) {
      if (facts.has(name) || !(await isThere(path)) || !(await isOlderThan(path, look.before))) continue;
      const preserveAs = keptAs(name);
      found.push({
        subject: path,
        what: `No work order made the worktree ${path}`,
        evidence: `it belongs to ${repositoryPath}; there is no effect of this path`,
        act: await unlessChanged(look, path, () =>
          removeWorktree({ repositoryPath, worktreePath: path, preserveAs, signal: look.signal }),
        ),
      });
    }
    return found;
  },
};

const withoutFolder: DriftKind = {
  name: 'worktree-entry-without-folder',
  side: 'worktrees',
  seenBy: 'machine',
  means: "git's own directory of a worktree whose folder is gone, and that no work order needs.",
  repair: 'remove it; the branch has all commits',
  isSafe: true,
  find: async (look) => {
    const facts = await factsByName(look);
    const found: Found[] = [];
    for (const { name, path, repositoryPath } of await look.world.entries()) {
      const fact = facts.get(name);
      // A live row is reported as `worktree-missing`, and ended work as `worktree-left`.
      const isOther = fact !== undefined && (fact.state !== 'undone' || fact.hasRun || isEnded(fact));
      if (isOther || (fact && fact.changedAt >= look.before) || (await isThere(path))) continue;
      found.push({
        subject: path,
        workOrderId: fact?.workOrderId ?? null,
        what: `A worktree of ${repositoryPath} is gone`,
        evidence: `${path} does not exist`,
        act: await unlessChanged(look, path, async () => {
          if (await isThere(path)) return;
          const removal = { repositoryPath, worktreePath: path, preserveAs: keptAs(name) };
          await removeWorktree({ ...removal, signal: look.signal });
        }),
      });
    }
    return found;
  },
};

const isEnded = ({ status }: WorktreeFact) => ['completed', 'cancelled', 'failed'].includes(status);

const stray: DriftKind = {
  name: 'worktree-folder-unknown',
  side: 'worktrees',
  seenBy: 'machine',
  means: "A folder in Moose's folder of worktrees that is none, and that no work order made.",
  repair: 'move it to the folder `set-aside`; nothing is deleted',
  isSafe: true,
  removes: true,
  find: async (look) => {
    const { world, before, now, settings } = look;
    // The worktrees of an unreadable repository are unknown.
    if ((await world.unreadable()).size > 0) return [];
    const facts = await factsByName(look);
    const names = new Set((await look.world.entries()).map(({ name }) => name));
    const found: Found[] = [];
    for (const name of await world.namesIn('worktrees')) {
      const path = join(settings.dataDirectory, 'worktrees', name);
      if (facts.has(name) || names.has(name) || removingName.test(name)) continue;
      if (!(await isOlderThan(path, before))) continue;
      found.push({
        subject: path,
        what: `The folder ${path} is not a worktree`,
        evidence: 'it has no repository, and there is no effect of this path',
        act: await unlessChanged(look, path, () =>
          setAside(settings.dataDirectory, path, { kind: 'worktree', now }),
        ),
      });
    }
    return found;
  },
};

const halfRemoved: DriftKind = {
  name: 'worktree-half-removed',
  side: 'worktrees',
  seenBy: 'machine',
  means: 'The folder of a removal that was interrupted, after everything in it had been preserved.',
  repair: 'delete the rest of it',
  isSafe: true,
  find: async ({ world, before, settings }) => {
    const found: Found[] = [];
    for (const name of await world.namesIn('worktrees')) {
      const path = join(settings.dataDirectory, 'worktrees', name);
      if (!removingName.test(name) || !(await isOlderThan(path, before))) continue;
      found.push({
        subject: path,
        what: `The removal of a worktree did not finish: ${path}`,
        evidence: 'a removal renames the folder to this name after it has preserved its content',
        act: () => removeTree(path),
      });
    }
    return found;
  },
};

export const kindsOfWorktrees: readonly DriftKind[] = [
  left,
  missing,
  unknown,
  withoutFolder,
  stray,
  halfRemoved,
];
