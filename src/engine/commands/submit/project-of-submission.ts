// Finds the project of a submission: by its name, or by its repository, which becomes a project the first time.

import {
  type ConfigurationError,
  isMooseError,
  type MooseError,
  type PermanentError,
} from '../../../domain/failure.ts';
import { nearNames } from '../../../domain/text/near-names.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import { baseCommit, baseUnknown } from '../../../git/refs/base-branch.ts';
import { assertBranchName } from '../../../git/refs/branch-name.ts';
import { assertPrefixFree, prefixBranch, prefixTaken } from '../../../git/refs/branch-prefix.ts';
import { inspectRepository, requireBranch } from '../../../git/refs/repository.ts';
import { isRemoteAddress, readRemoteAddress } from '../../../git/remote/remote-address.ts';
import { remoteBranches, remoteHead } from '../../../git/remote/remote-head.ts';
import { reportGitFault } from '../../../git/run/git-repetition.ts';
import type { Database, Query } from '../../../store/database.ts';
import {
  ensureProject,
  holdProject,
  keepDefaultBranch,
  type Project,
  projectAt,
  projectNamed,
  projectOf,
} from '../../../store/work/projects/projects.ts';
import { commandFailures } from '../failure-catalogue.ts';

export interface GivenRepository {
  /** The name or ID of a project. */
  project?: string | undefined;
  /** A path on this machine, or the address of a remote. */
  repositoryPath?: string | undefined;
  /** The branch to start from. */
  base?: string | undefined;
  /** False to accept only a repository that already is a project. */
  mayAddProject?: boolean | undefined;
}

export interface FoundRepository {
  warnings: string[];
  isDirty: boolean;
  /** Call this in the transaction that submits. */
  project(query: Query, now: Date): Promise<Project>;
}

/** Short, because a person waits for it. */
const probeMs = 20_000;

/** @throws PROJECT_NOT_…, REPOSITORY_…, REMOTE_URL_…, BASE_BRANCH_UNKNOWN; in each case nothing is stored */
export async function findRepository(database: Database, given: GivenRepository): Promise<FoundRepository> {
  const { project: named, repositoryPath, base } = given;
  if (base !== undefined) assertBranchName(base);
  if ((named === undefined) === (repositoryPath === undefined)) throw oneOfBoth();
  if (named !== undefined) return findNamed(database, named, base);
  const path = repositoryPath ?? '';
  return isRemoteAddress(path) ? findRemote(database, path, given) : findLocal(database, path, given);
}

async function findNamed(
  database: Database,
  named: string,
  base: string | undefined,
): Promise<FoundRepository> {
  const found = await database.run((query) => projectNamed(query, named));
  if (!found) throw projectNotFound(named, []);
  const local =
    found.repositoryPath === null ? null : await findLocal(database, found.repositoryPath, { base });
  if (found.remoteAddress !== null) await refuseUnknownBase(found.remoteAddress, base);
  return {
    warnings: [],
    isDirty: local?.isDirty ?? false,
    project: async (query) => (await holdProject(query, found.id)) ?? fail(projectNotFound(named, [])),
  };
}

async function findLocal(
  database: Database,
  path: string,
  { base, mayAddProject = true }: GivenRepository,
): Promise<FoundRepository> {
  const looked = await orFailure(() => inspectRepository(path));
  const place = { repositoryPath: isMooseError(looked) ? path : looked.root };
  const known = mayAddProject ? undefined : await database.run((query) => projectAt(query, place));
  // First, because whoever may not add a project learns nothing about other folders of this machine.
  if (!mayAddProject && !isListed(known)) throw notYours(path);
  if (isMooseError(looked)) throw looked;
  await assertPrefixFree(looked.root);
  if (base === undefined) assertBranchName(requireBranch(looked));
  else await baseCommit({ path: looked.root, branch: base });
  return {
    warnings: [],
    isDirty: looked.isDirty,
    project: async (query, now) => held(query, known ?? (await projectOf(query, looked.root, now))),
  };
}

const isListed = (project: Project | undefined): project is Project => project?.removedAt === null;

async function findRemote(
  database: Database,
  text: string,
  { base, mayAddProject = true }: GivenRepository,
): Promise<FoundRepository> {
  const { url: remoteUrl, address: remoteAddress, name } = readRemoteAddress(text);
  const place = { remoteUrl, remoteAddress };
  const known = await database.run((query) => projectAt(query, place));
  const isNew = !isListed(known);
  if (isNew && !mayAddProject) throw notYours(remoteUrl);
  const reach = isNew ? await reachRemote(remoteAddress) : { warnings: [], defaultBranch: null };
  if (reach.warnings.length === 0) await refuseUnknownBase(remoteAddress, base);
  return {
    warnings: reach.warnings,
    isDirty: false,
    project: async (query, now) => {
      const project = await held(query, isNew ? await ensureProject(query, place, name, now) : known);
      if (reach.defaultBranch !== null) await keepDefaultBranch(query, project.id, reach.defaultBranch);
      return project;
    },
  };
}

/** Whether this machine reaches the remote. Another machine may reach it, so a failure is only a warning. */
export async function reachRemote(
  address: string,
): Promise<{ warnings: string[]; defaultBranch: string | null }> {
  const asked = await askRemote(() => remoteHead(address, { timeoutMs: probeMs }));
  if (!isMooseError(asked)) {
    if (asked.isPrefixTaken) throw prefixTaken(address);
    return { warnings: [], defaultBranch: asked.defaultBranch };
  }
  const because = `${asSentence(asked.message)} ${asked.advice ?? ''}`.trim();
  return {
    defaultBranch: null,
    warnings: [`This machine cannot reach ${address}; its work waits for a machine that can. ${because}`],
  };
}

/**
 * If the remote cannot be reached from here, the machine that does the work checks the branch.
 * @throws BASE_BRANCH_UNKNOWN
 */
export async function refuseUnknownBase(address: string, base: string | undefined): Promise<void> {
  if (base === undefined) return;
  const branches = await askRemote(() => remoteBranches(address, { timeoutMs: probeMs }));
  if (isMooseError(branches)) return;
  if (branches.includes(prefixBranch)) throw prefixTaken(address);
  if (!branches.includes(base)) throw baseUnknown(address, base, branches);
}

/** Returns a failure instead of throwing it, because it is an answer too. */
async function askRemote<T>(ask: () => Promise<T>): Promise<T | MooseError> {
  const answer = await orFailure(ask);
  if (isMooseError(answer) && answer.category === 'transient') reportGitFault(answer).resolved(true);
  return answer;
}

async function orFailure<T>(ask: () => Promise<T>): Promise<T | MooseError> {
  try {
    return await ask();
  } catch (cause) {
    if (isMooseError(cause)) return cause;
    throw cause;
  }
}

async function held(query: Query, { id, name }: Project): Promise<Project> {
  return (await holdProject(query, id)) ?? fail(projectNotFound(name, []));
}

function fail(error: Error): never {
  throw error;
}

export function projectNotFound(given: string, names: readonly string[]): ConfigurationError {
  const near = nearNames(given, names);
  return near.length > 0
    ? commandFailures.PROJECT_NOT_FOUND('find', { given: given.slice(0, 200), near: near.join(' or ') })
    : commandFailures.PROJECT_NOT_FOUND_LIST('find', { given: given.slice(0, 200) });
}

function oneOfBoth(): PermanentError {
  return commandFailures.SUBMISSION_WITHOUT_REPOSITORY('submit');
}

/** Refused, because Moose reads, changes and merges into every project, and connects to its address. */
function notYours(place: string): PermanentError {
  return commandFailures.PROJECT_NOT_YOURS('submit', { place: place.slice(0, 200) });
}
