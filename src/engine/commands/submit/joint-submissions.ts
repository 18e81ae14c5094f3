// What one change over several repositories is submitted as: one work order for each.
import type { PermanentError } from '../../../domain/failure.ts';
import { groupLimits } from '../../../domain/group.ts';
import { shownAddress } from '../../../git/remote/remote-address.ts';
import type { Project } from '../../../store/work/projects/projects.ts';
import { commandFailures } from '../failure-catalogue.ts';
import { partsOfGroup } from '../group-parts.ts';
import type { GivenRepository } from './project-of-submission.ts';
import type { Submission, SubmissionPart, SubmitInGiven } from './submission.ts';

/** The repositories in the order given: each member follows those before it. */
export function repositoriesOf({
  project,
  repositoryPath,
  base,
  mayAddProject,
  alsoIn = [],
}: Submission): GivenRepository[] {
  return [
    { project, repositoryPath, base, mayAddProject },
    ...alsoIn.map((also) => ({ ...also, base, mayAddProject })),
  ];
}

/** @throws PermanentError `JOINT_CHANGE_INVALID` */
export function jointParts(
  { alsoIn: _, ...same }: Submission,
  given: SubmitInGiven,
  projects: readonly Pick<Project, 'id' | 'name' | 'remoteUrl'>[],
): SubmissionPart[] {
  const places = projects.map(placeOf);
  const twice = projects.find((_, index) => places.indexOf(places[index] ?? '') !== index);
  if (twice) throw invalid(`${twice.name} is named twice.`);
  const parts = projects.map(({ id }) => ({ submission: same, projectId: id }));
  return partsOfGroup('joint', given, parts);
}

/** The same for the addresses of a repository over HTTPS and SSH, which are two projects. */
function placeOf({ id, remoteUrl }: Pick<Project, 'id' | 'remoteUrl'>): string {
  const found = /^(?:https|ssh):\/\/(?:[^/@]*@)?([^/]+\/.+)$/.exec(remoteUrl ?? '');
  return found?.[1]?.toLowerCase() ?? id;
}

/** @throws PermanentError `JOINT_CHANGE_INVALID` */
export function refuseJoint({ alsoIn, bestOf, limitNanoUsd }: Submission): void {
  if (alsoIn === undefined || alsoIn.length === 0) return;
  const { max } = groupLimits;
  const count = alsoIn.length + 1;
  if (count > max) throw invalid(`A joint change can have ${max} repositories, not ${count}.`);
  if (bestOf !== undefined) throw invalid('A joint change cannot have several candidates.');
  if (limitNanoUsd !== undefined && limitNanoUsd < BigInt(count))
    throw invalid('The limit is too small to be divided among the repositories.');
}

function invalid(message: string): PermanentError {
  return commandFailures.JOINT_CHANGE_INVALID('submit', { message, max: groupLimits.max });
}

/** For the audit log: the other repositories, without credentials. */
export function shownPlaces({ alsoIn = [] }: Submission): { also_in?: object[] } {
  const places = alsoIn.map(({ project, repositoryPath = '' }) =>
    project === undefined ? { repository_path: shownAddress(repositoryPath) } : { project },
  );
  return places.length === 0 ? {} : { also_in: places };
}
