// Folders of the data directory that belong to nothing, and repositories that have disappeared.
import { join } from 'node:path';
import { syncMirror } from '../../git/remote/mirror.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { knownShortIds, sessionsNamed } from '../../store/work/runs/machine-facts.ts';
import { dropEntry } from '../workplace/prepared/entry.ts';
import { listEntries } from '../workplace/prepared/list-entries.ts';
import { leftAfterMs } from '../workplace/prepared/prune-job.ts';
import type { DriftKind, Found, Look } from './drift-kind.ts';
import { isOlderThan, type SetAsideKind, setAside } from './set-aside.ts';
import { isMirror } from './world-view.ts';

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const short = /^[0-9a-f]{8}$/;
const ofProject = /^([0-9a-f-]{36})\.git$/;
const draft = /\.git\.making-[0-9a-f-]{36}$/;
/** Making a mirror takes less time. */
const draftMaxAgeMs = 3_600_000;
const askedAtOnce = 1_000;

const aside = 'move it to the folder `set-aside`; nothing is deleted';

type Folder = Parameters<Look['world']['namesIn']>[0];

interface FolderKind extends Pick<DriftKind, 'name' | 'means'> {
  folder: Folder;
  kind: SetAsideKind;
  named: RegExp;
  evidence: string;
  /** Returns the names that the database knows. */
  known(look: Look, names: readonly string[]): Promise<{ has(name: string): boolean }>;
}

/** Moves folders aside that belong to nothing in the database. */
function unknownFolders({ folder, kind, named, evidence, known, ...words }: FolderKind): DriftKind {
  return {
    ...words,
    side: 'files',
    seenBy: 'machine',
    repair: aside,
    isSafe: true,
    removes: true,
    find: async (look) => {
      const { world, settings, before, now } = look;
      const names = (await world.namesIn(folder)).filter((name) => named.test(name));
      const found: Found[] = [];
      for (let at = 0; at < names.length; at += askedAtOnce) {
        const some = names.slice(at, at + askedAtOnce);
        const has = await known(look, some);
        for (const name of some.filter((each) => !has.has(each))) {
          const path = join(settings.dataDirectory, folder, name);
          if (!(await isOlderThan(path, before))) continue;
          found.push({
            subject: path,
            what: `The ${kind} ${path} belongs to nothing`,
            evidence,
            act: () => setAside(settings.dataDirectory, path, { kind, now }),
          });
        }
      }
      return found;
    },
  };
}

async function knownProjects({ world }: Look) {
  const ids = new Set((await world.projects()).map(({ id }): string => id));
  return { has: (name: string) => ids.has(ofProject.exec(name)?.[1] ?? name) };
}

const halfPrepared: DriftKind = {
  name: 'prepared-half-made',
  side: 'files',
  seenBy: 'machine',
  means: 'A setup result that has been unfinished, or set aside, for two days.',
  repair: 'delete it: the setup makes it again when it is needed',
  isSafe: true,
  find: async ({ settings, now }) => {
    const old = now.getTime() - leftAfterMs;
    const entries = await listEntries(settings.dataDirectory);
    return entries
      .filter(({ isWhole, usedAt }) => !isWhole && usedAt.getTime() < old)
      .map(({ path, usedAt }) => ({
        subject: path,
        what: `The prepared result ${path} is not complete`,
        evidence: `it has no mark, and has not changed since ${usedAt.toISOString()}`,
        act: () => dropEntry(path),
      }));
  },
};

const preparedOfNobody: DriftKind = {
  name: 'prepared-of-unknown-project',
  side: 'files',
  seenBy: 'machine',
  means: 'Results of setups of a project that is not in the database.',
  repair: 'delete them: a setup makes them again',
  isSafe: true,
  removes: true,
  find: async (look) => {
    const { world, settings, before } = look;
    const known = await knownProjects(look);
    const found: Found[] = [];
    for (const name of await world.namesIn('prepared')) {
      const path = join(settings.dataDirectory, 'prepared', name);
      if (!uuid.test(name) || known.has(name) || !(await isOlderThan(path, before))) continue;
      found.push({
        subject: path,
        what: `Prepared results are kept for an unknown project: ${path}`,
        evidence: `there is no project ${name}`,
        act: () => removeTree(path),
      });
    }
    return found;
  },
};

const draftLeft: DriftKind = {
  name: 'mirror-draft-left',
  side: 'files',
  seenBy: 'machine',
  means: 'A mirror that was never completed.',
  repair: 'delete it: nothing has ever used it',
  isSafe: true,
  find: async ({ world, settings, now }) => {
    const found: Found[] = [];
    for (const name of await world.namesIn('mirrors')) {
      const path = join(settings.dataDirectory, 'mirrors', name);
      if (!draft.test(name) || !(await isOlderThan(path, new Date(now.getTime() - draftMaxAgeMs)))) continue;
      found.push({
        subject: path,
        what: `The mirror ${path} was never finished`,
        evidence: 'a finished one is renamed, and this one is older than an hour',
        act: () => removeTree(path),
      });
    }
    return found;
  },
};

const mirrorMissing: DriftKind = {
  name: 'mirror-missing',
  side: 'files',
  seenBy: 'machine',
  means: 'The mirror of a project with open work is gone, and this machine made worktrees from it.',
  repair: 'fetch it again from the remote',
  isSafe: true,
  isSeldom: true,
  find: async (look) => {
    const { world, settings, signal } = look;
    const used = new Set(await world.repositoryPaths());
    const names = new Set(await world.namesIn('mirrors'));
    return (await world.projects()).flatMap(({ id, remoteAddress, isRemoved, hasOpenWork }) => {
      const path = join(settings.dataDirectory, 'mirrors', `${id}.git`);
      if (remoteAddress === null || isRemoved || !hasOpenWork) return [];
      if (!used.has(path) || names.has(`${id}.git`)) return [];
      return {
        subject: path,
        what: `The mirror ${path} is gone`,
        evidence: 'worktrees of this machine were made from it',
        act: async () => void (await syncMirror({ path, address: remoteAddress, signal })),
      };
    });
  },
};

const mirrorBroken: DriftKind = {
  name: 'mirror-broken',
  side: 'files',
  seenBy: 'machine',
  means: 'A mirror that git cannot read.',
  repair: 'move it to the folder `set-aside`; the next run fetches it again',
  isSafe: false,
  removes: true,
  find: async ({ world, settings, now }) =>
    Array.from(await world.unreadable())
      .filter(([path]) => isMirror(path.slice(join(settings.dataDirectory, 'mirrors').length + 1)))
      .map(([path, because]) => ({
        subject: path,
        what: `git cannot read the mirror ${path}`,
        evidence: because,
        act: () => setAside(settings.dataDirectory, path, { kind: 'mirror', now }),
      })),
};

const repositoryMissing: DriftKind = {
  name: 'repository-missing',
  side: 'branches',
  seenBy: 'machine',
  means: 'The repository of a local project with open work is gone, or git cannot read it.',
  repair: "move the repository back: Moose never recreates a person's repository",
  isSafe: false,
  find: async ({ world }) => {
    const used = new Set(await world.repositoryPaths());
    const readable = await world.repositories();
    const broken = await world.unreadable();
    return (await world.projects()).flatMap(({ repositoryPath: path, isRemoved, hasOpenWork }) => {
      if (path === null || isRemoved || !hasOpenWork || !used.has(path) || readable.has(path)) return [];
      return {
        subject: path,
        what: `The repository ${path} cannot be used`,
        evidence: broken.get(path) ?? 'it does not exist',
        act: null,
      };
    });
  },
};

const asideForLong: DriftKind = {
  name: 'set-aside-for-long',
  side: 'files',
  seenBy: 'machine',
  means: 'A folder that Moose moved out of the way, longer ago than it keeps files of finished work.',
  repair: 'delete it',
  isSafe: false,
  removes: true,
  find: async ({ world, settings, now }) => {
    const old = now.getTime() - settings.finishedKeptMs;
    return (await world.namesIn('set-aside')).flatMap((name) => {
      const path = join(settings.dataDirectory, 'set-aside', name);
      const at = movedAt(name);
      if (at === null || at > old) return [];
      return {
        subject: path,
        what: `${path} belongs to nothing`,
        evidence: `Moose moved it there at ${new Date(at).toISOString()}`,
        act: () => removeTree(path),
      };
    });
  },
};

/** A moved folder keeps its own time, so its name contains the time of the move. */
function movedAt(name: string): number | null {
  const parts = /-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(name)?.slice(1).map(Number);
  if (!parts) return null;
  const [year = 0, month = 1, ...rest] = parts;
  return Date.UTC(year, month - 1, ...rest);
}

export const kindsOfFiles: readonly DriftKind[] = [
  unknownFolders({
    name: 'session-folder-unknown',
    means: 'The folder of a session that has no row.',
    folder: 'sessions',
    kind: 'session',
    named: uuid,
    evidence: 'there is no session with this ID',
    known: (look, names) => look.database.run((query) => sessionsNamed(query, names), look.signal),
  }),
  unknownFolders({
    name: 'home-unknown',
    means: 'A home of sessions that belongs to no work order.',
    folder: 'homes',
    kind: 'home',
    named: short,
    evidence: 'there is no work order with this short ID',
    known: (look, names) => look.database.run((query) => knownShortIds(query, names), look.signal),
  }),
  unknownFolders({
    name: 'mirror-unknown',
    means: 'A mirror of a project that is not in the database.',
    folder: 'mirrors',
    kind: 'mirror',
    named: ofProject,
    evidence: 'there is no project with this ID',
    known: knownProjects,
  }),
  unknownFolders({
    name: 'remote-unknown',
    means: 'A remote that Moose keeps for a project which is not in the database.',
    folder: 'remotes',
    kind: 'remote',
    named: ofProject,
    evidence: 'there is no project with this ID',
    known: knownProjects,
  }),
  halfPrepared,
  preparedOfNobody,
  draftLeft,
  mirrorMissing,
  mirrorBroken,
  repositoryMissing,
  asideForLong,
];
