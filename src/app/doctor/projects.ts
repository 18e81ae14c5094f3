// Checks whether this machine can work on each project: it has the repository, or reaches its remote.
import { isMooseError } from '../../domain/failure.ts';
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import { remoteHead } from '../../git/remote-head.ts';
import { assertRepository } from '../../git/repository.ts';
import type { ListedProject } from '../../store/connection/read-once.ts';

/** Checking more projects would take too long. */
export const diagnosedMax = 20;
const probeMs = 15_000;

export function diagnoseProjects(projects: readonly ListedProject[]): Promise<Diagnosis[]> {
  return Promise.all(projects.map(diagnose));
}

async function diagnose({ name: project, repositoryPath, remoteAddress }: ListedProject): Promise<Diagnosis> {
  const name = `project ${project}`;
  const place = repositoryPath ?? remoteAddress ?? '';
  try {
    if (repositoryPath !== null) await assertRepository(repositoryPath);
    else await remoteHead(place, { timeoutMs: probeMs });
    return { name, state: 'ok', found: place, advice: null };
  } catch (cause) {
    if (!isMooseError(cause)) throw cause;
    // Only a warning, because another machine may do the project's work.
    return { name, state: 'warning', found: `${place}: ${cause.message}`, advice: cause.advice ?? null };
  }
}
