// One look's view of this machine: each list is read at most once, however many kinds of drift compare it.
import { join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { listRefs } from '../../git/read/list-refs.ts';
import { branchPrefix } from '../../git/refs/branch-name.ts';
import { isThere } from '../../git/run/is-there.ts';
import {
  entryNames,
  entryPathOf,
  interruptedNames,
  repositoryOfEntry,
} from '../../git/worktree/worktree-entry.ts';
import { storedWorktreePath } from '../../git/worktree/worktree-list.ts';
import { type MarkedProcesses, markedProcesses } from '../../sessions/marked-processes.ts';
import { namesIn } from '../../stdx/text/names-in.ts';
import type { Database } from '../../store/database.ts';
import {
  type Branches,
  type BranchFact,
  branchFacts,
  openSessionsOn,
  type ProjectFact,
  projectFacts,
  repositoryPathsOn,
  type SessionFact,
  type UndoneBranch,
  undoneBranches,
  type WorktreeFact,
  worktreeFacts,
} from '../../store/work/runs/machine-facts.ts';

export interface RepositoryView {
  path: string;
  /** The commits of work orders' branches and of preserved refs, by full name. */
  refs: Map<string, string>;
}

export interface WorktreeEntry {
  name: string;
  path: string;
  repositoryPath: string;
}

export interface WorldView {
  /** Reads any other list once for all kinds that compare it. */
  once<T>(key: string, read: () => Promise<T>): Promise<T>;
  /** Moose's worktrees of which git's own directory is here, whether or not their folders exist. */
  entries(): Promise<WorktreeEntry[]>;
  namesIn(
    folder: 'worktrees' | 'sessions' | 'homes' | 'mirrors' | 'remotes' | 'prepared' | 'set-aside',
  ): Promise<string[]>;
  /** The worktrees that should be here, and those that once were, as far as something with their names is here. */
  worktreeFacts(): Promise<WorktreeFact[]>;
  /** The repositories that worktrees of this machine were ever made from. */
  repositoryPaths(): Promise<string[]>;
  branchFacts(which: Branches): Promise<BranchFact[]>;
  /** Of undone work: the branches that are there again, and those whose change has neither a branch nor a preserved ref. */
  astrayBranches(): Promise<BranchFact[]>;
  projects(): Promise<ProjectFact[]>;
  openSessions(): Promise<SessionFact[]>;
  processes(): Promise<MarkedProcesses[]>;
  /** The repositories on this machine that can be read: one `git for-each-ref` for each. */
  repositories(): Promise<Map<string, RepositoryView>>;
  /** Why git cannot read a repository, by its path. */
  unreadable(): Promise<Map<string, string>>;
}

export const preservedPrefix = 'refs/moose/preserved/';
export const branchRef = (branch: string) => `refs/heads/${branch}`;

interface ViewDeps {
  database: Database;
  host: string;
  machine: string;
  dataDirectory: string;
  signal: AbortSignal;
}

export function viewWorld(deps: ViewDeps): WorldView {
  const { database, host, machine, dataDirectory, signal } = deps;
  const kept = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, read: () => Promise<T>): Promise<T> => {
    const known = kept.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const reading = read();
    kept.set(key, reading);
    return reading;
  };
  const rows = <T>(key: string, read: (query: Database['query']) => Promise<T>) =>
    once(key, () => database.run((query) => read(query as Database['query']), signal));
  const view: WorldView = {
    once,
    entries: () => once('entries', () => readEntries(join(dataDirectory, 'worktrees'))),
    namesIn: (folder) =>
      once(`names ${folder}`, async () => (await namesIn(join(dataDirectory, folder))).sort()),
    worktreeFacts: async () => {
      const names = (await view.entries()).map(({ name }) => name);
      const parts = await interruptedNames(join(dataDirectory, 'worktrees'));
      const here = [...new Set([...names, ...parts, ...(await view.namesIn('worktrees'))])];
      return rows('worktrees', (query) => worktreeFacts(query, host, here));
    },
    repositoryPaths: () => rows('repository paths', (query) => repositoryPathsOn(query, host)),
    branchFacts: (which) => rows(`branches ${which}`, (query) => branchFacts(query, host, which)),
    astrayBranches: async () => {
      const repositories = await view.repositories();
      const astray = (await rows('undone branches', undoneBranches)).filter((undone) =>
        isAstray(undone, repositories.get(undone.repositoryPath)),
      );
      const ids = astray.map(({ workOrderId }) => workOrderId);
      return rows('astray branches', (query) => branchFacts(query, host, ids));
    },
    projects: () => rows('projects', projectFacts),
    openSessions: () => rows('sessions', (query) => openSessionsOn(query, { host, machine })),
    processes: () => once('processes', () => markedProcesses(join(dataDirectory, 'sessions'))),
    repositories: async () => (await read()).readable,
    unreadable: async () => (await read()).broken,
  };
  const read = () => once('repositories', () => readRepositories(view, dataDirectory, signal));
  return view;
}

function isAstray({ workOrderId, branch, hasChange }: UndoneBranch, repository?: RepositoryView): boolean {
  if (!repository) return false;
  const { refs } = repository;
  return refs.has(branchRef(branch)) || (hasChange && !refs.has(preservedPrefix + shortId(workOrderId)));
}

async function readEntries(parent: string): Promise<WorktreeEntry[]> {
  const entries: WorktreeEntry[] = [];
  for (const name of await entryNames(parent)) {
    const path = await storedWorktreePath(join(parent, name));
    const repositoryPath = await repositoryOfEntry(entryPathOf(path));
    if (repositoryPath !== null) entries.push({ name, path, repositoryPath });
  }
  return entries;
}

async function readRepositories(view: WorldView, dataDirectory: string, signal: AbortSignal) {
  const readable = new Map<string, RepositoryView>();
  const broken = new Map<string, string>();
  const paths = new Set([
    ...(await view.repositoryPaths()),
    ...(await view.namesIn('mirrors')).filter(isMirror).map((name) => join(dataDirectory, 'mirrors', name)),
  ]);
  for (const path of paths) {
    signal.throwIfAborted();
    if (!(await isThere(path))) continue;
    try {
      const refs = await listRefs(path, [`refs/heads/${branchPrefix}`, preservedPrefix], { signal });
      readable.set(path, { path, refs });
    } catch (cause) {
      signal.throwIfAborted();
      if (!isMooseError(cause) || cause.category === 'transient') throw cause;
      broken.set(path, cause.message);
    }
  }
  return { readable, broken };
}

/** A draft of a mirror has a longer name. */
export function isMirror(name: string): boolean {
  return /^[0-9a-f-]{36}\.git$/.test(name);
}
