// A project as this machine has it: at its path, or as the mirror of its remote below the data directory.
import { join } from 'node:path';
import type { Mirror } from '../../git/mirror.ts';
import type { Project } from '../../store/work/projects.ts';

export type ProjectHere = Project & { repositoryPath: string };

/** Only the path: the mirror may not have been made yet. */
export function projectHere(project: Project, dataDirectory: string): ProjectHere {
  const mirrored = join(dataDirectory, 'mirrors', `${project.id}.git`);
  return { ...project, repositoryPath: project.repositoryPath ?? mirrored };
}

/** Null for a local project: its repository is a person's. */
export function mirrorOf(project: ProjectHere, signal?: AbortSignal): Mirror | null {
  const { repositoryPath: path, remoteAddress: address } = project;
  return address === null ? null : { path, address, signal };
}
