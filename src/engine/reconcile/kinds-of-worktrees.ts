// Worktrees on this machine: their folders, what git lists, and the rows.
import { basename, dirname, join } from 'node:path';
import { shortId } from '../../domain/ids.ts';
import { isThere } from '../../git/is-there.ts';
import { removeWorktree } from '../../git/worktree.ts';
import type { Worktree } from '../../git/worktree-list.ts';
import { removeTree } from '../../stdx/remove-tree.ts';
import { markEffect } from '../../store/work/effects.ts';
import { type WorktreeFact, worktreeFacts } from '../../store/work/machine-facts.ts';
import { clearWorktree, leftWorktrees } from '../effects/leftovers.ts';
import type { DriftKind, Found, Look } from './drift-kind.ts';
import { isOlderThan, setAside } from './set-aside.ts';

interface ListedWorktree extends Worktree {
  name: string;
  repositoryPath: string;
}

/** The worktrees below Moose's own folder, as the repositories list them. */
function listed({ world }: Look): Promise<ListedWorktree[]> {
  return world.once('listed worktrees', async () => {
    const folder = await world.worktreesFolder();
    return Array.from((await world.repositories()).values()).flatMap(({ path, worktrees }) =>
      worktrees
        .filter((each) => !each.isMain && dirname(each.path) === folder)
        .map((each) => ({ ...each, name: basename(each.path), repositoryPath: path })),
    );
  });
}

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
    const facts = await database.run((query) => worktreeFacts(query, settings.host, name), signal);
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
        evidence: `${one.worktreePath} exists, or ${one.repositoryPath} lists it; its work order has ended`,
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
  means: "A worktree in Moose's folder that a repository lists, and that no work order made.",
  repair: 'preserve what only it has under refs/moose/preserved, and remove it',
  isSafe: true,
  removes: true,
  find: async (look) => {
    const facts = await factsByName(look);
    const found: Found[] = [];
    for (const { name, path, repositoryPath } of await listed(look)) {
      if (facts.has(name) || !(await isOlderThan(path, look.before))) continue;
      const preserveAs = keptAs(name);
      found.push({
        subject: path,
        what: `No work order made the worktree ${path}`,
        evidence: `${repositoryPath} lists it; there is no effect of this path`,
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
  means: "An entry for a worktree in Moose's folder whose folder is gone, and that no work order needs.",
  repair: 'preserve the commit that it is on, and remove the entry',
  isSafe: true,
  find: async (look) => {
    const facts = await factsByName(look);
    const found: Found[] = [];
    for (const { name, path, repositoryPath } of await listed(look)) {
      const fact = facts.get(name);
      // A live row is reported as `worktree-missing`, and ended work as `worktree-left`.
      const isOther = fact !== undefined && (fact.state !== 'undone' || fact.hasRun || isEnded(fact));
      if (isOther || (fact && fact.changedAt >= look.before) || (await isThere(path))) continue;
      found.push({
        subject: path,
        workOrderId: fact?.workOrderId ?? null,
        what: `${repositoryPath} lists a worktree that is gone`,
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
  means: "A folder in Moose's folder of worktrees that no repository lists and no work order made.",
  repair: 'move it to the folder `set-aside`; nothing is deleted',
  isSafe: true,
  removes: true,
  find: async (look) => {
    const { world, before, now, settings } = look;
    // The worktrees of an unreadable repository are unknown.
    if ((await world.unreadable()).size > 0) return [];
    const facts = await factsByName(look);
    const names = new Set((await listed(look)).map(({ name }) => name));
    const found: Found[] = [];
    for (const name of await world.namesIn('worktrees')) {
      const path = join(settings.dataDirectory, 'worktrees', name);
      if (facts.has(name) || names.has(name) || removingName.test(name)) continue;
      if (!(await isOlderThan(path, before))) continue;
      found.push({
        subject: path,
        what: `The folder ${path} is not a worktree`,
        evidence: 'no repository lists it, and there is no effect of this path',
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

const movedAway: DriftKind = {
  name: 'worktree-on-another-branch',
  side: 'worktrees',
  seenBy: 'machine',
  means: 'A worktree of a work order that needs review, on another branch than its own.',
  repair: 'preserve what only it has, and remove it: the next run makes it again on its branch',
  isSafe: false,
  removes: true,
  find: async (look) => {
    const facts = await factsByName(look);
    const found: Found[] = [];
    for (const { name, path, branch, repositoryPath, isPrunable } of await listed(look)) {
      const fact = facts.get(name);
      if (fact?.state !== 'done' || fact.hasRun || fact.status !== 'needs_review') continue;
      if (isPrunable || fact.branch === null || fact.branch === branch || fact.changedAt >= look.before)
        continue;
      const preserveAs = shortId(fact.workOrderId);
      found.push({
        subject: path,
        workOrderId: fact.workOrderId,
        what: `${preserveAs}: its worktree is on ${branch ?? 'no branch'}, not on ${fact.branch}`,
        evidence: `as ${repositoryPath} lists it`,
        act: await unlessChanged(look, path, async () => {
          await removeWorktree({ repositoryPath, worktreePath: path, preserveAs, signal: look.signal });
          await look.database.run((query) => markEffect(query, fact.key, 'undone'), look.signal);
        }),
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
  movedAway,
];
