// A project on this machine: at its own path, or as the mirror of its remote in the data directory.
import { join } from 'node:path';
import type { Mirror } from '../../git/remote/mirror.ts';
import type { Project } from '../../store/work/projects/projects.ts';

export type ProjectHere = Project & { repositoryPath: string };

/** Only computes the path: the mirror may not exist yet. */
export function projectHere(project: Project, dataDirectory: string): ProjectHere {
  const mirrored = join(dataDirectory, 'mirrors', `${project.id}.git`);
  return { ...project, repositoryPath: project.repositoryPath ?? mirrored };
}

/** Null for a local project, whose repository belongs to a person. */
export function mirrorOf(project: ProjectHere, signal?: AbortSignal): Mirror | null {
  const { repositoryPath: path, remoteAddress: address } = project;
  return address === null ? null : { path, address, signal };
}
