// Registers a repository: a path on this machine, or a remote that this machine need not be able to reach.

import { basename } from 'node:path';
import type * as wire from '../../../contract/contract.ts';
import type { PermanentError } from '../../../domain/failure.ts';
import type { ProjectId } from '../../../domain/ids.ts';
import { baseCommit } from '../../../git/refs/base-branch.ts';
import { assertBranchName } from '../../../git/refs/branch-name.ts';
import { inspectRepository } from '../../../git/refs/repository.ts';
import { isRemoteAddress, readRemoteAddress } from '../../../git/remote/remote-address.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database, Query } from '../../../store/database.ts';
import {
  bringBack,
  changeProjectSettings,
  ensureProject,
  insertProject,
  keepDefaultBranch,
  type Project,
  type ProjectPlace,
  projectAt,
} from '../../../store/work/projects/projects.ts';
import { reachRemote, refuseUnknownBase } from '../../commands/submit/project-of-submission.ts';
import { projectFailures } from './failure-catalogue.ts';

const nameCharsMax = 200;

/** @throws PROJECT_NAME_TAKEN, PROJECT_NAME_INVALID, REPOSITORY_…, REMOTE_URL_…; in each case nothing is stored */
export async function addProject(
  { database, clock }: { database: Database; clock: Clock },
  { repository, name, base }: wire.NewProject,
): Promise<{ id: ProjectId; warnings: string[] }> {
  if (name !== undefined) assertName(name);
  if (base !== undefined) assertBranchName(base);
  const found = isRemoteAddress(repository) ? await findRemote(repository) : await findLocal(repository);
  // A base branch that cannot be checked now is checked when work starts.
  if (found.warnings.length === 0) await assertBase(base, found.place);
  const id = await database.transaction(async (query) => {
    const project = await named(query, found, name, clock.now());
    if (found.defaultBranch !== null) await keepDefaultBranch(query, project.id, found.defaultBranch);
    if (base !== undefined) await changeProjectSettings(query, project.id, { base });
    return project.id;
  });
  return { id, warnings: found.warnings };
}

interface Found {
  place: ProjectPlace;
  ownName: string;
  defaultBranch: string | null;
  warnings: string[];
}

async function findRemote(text: string): Promise<Found> {
  const { url: remoteUrl, address: remoteAddress, name: ownName } = readRemoteAddress(text);
  return { place: { remoteUrl, remoteAddress }, ownName, ...(await reachRemote(remoteAddress)) };
}

async function findLocal(path: string): Promise<Found> {
  const { root } = await inspectRepository(path);
  return { place: { repositoryPath: root }, ownName: basename(root), defaultBranch: null, warnings: [] };
}

/** @throws BASE_BRANCH_UNKNOWN; does nothing if the remote cannot be reached from here */
export async function assertBase(
  base: string | undefined,
  place: { repositoryPath: string } | { remoteAddress: string },
): Promise<void> {
  if (base === undefined) return;
  if ('remoteAddress' in place) await refuseUnknownBase(place.remoteAddress, base);
  else await baseCommit({ path: place.repositoryPath, branch: base });
}

async function named(query: Query, { place, ownName }: Found, name: string | undefined, now: Date) {
  if (name === undefined) return ensureProject(query, place, ownName, now);
  await insertProject(query, place, name, now);
  const project = await projectAt(query, place);
  if (project?.name === name) return project.removedAt === null ? project : bringBack(query, project);
  throw taken(name, project);
}

function assertName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (name.trim() === name && name !== '' && name.length <= nameCharsMax && !/[\u0000-\u001f]/.test(name))
    return;
  throw projectFailures.PROJECT_NAME_INVALID(fields, {
    name: JSON.stringify(name.slice(0, nameCharsMax)),
    nameCharsMax,
  });
}

const fields = { operation: 'add' };

function taken(name: string, project: Project | undefined): PermanentError {
  return project
    ? projectFailures.PROJECT_NAME_TAKEN(fields, { name: project.name })
    : projectFailures.PROJECT_NAME_TAKEN_BY_OTHER(fields, { name });
}
