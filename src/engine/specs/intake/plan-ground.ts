// The basis of a plan: a commit of the project, its files, and the part of them that the Architect sees.

import type { ConfigurationError } from '../../../domain/failure.ts';
import { listFiles } from '../../../git/read/tree.ts';
import { baseCommit } from '../../../git/refs/base-branch.ts';
import { inspectRepository, requireBranch } from '../../../git/refs/repository.ts';
import { syncMirror } from '../../../git/remote/mirror.ts';
import type { SpecRow } from '../../../store/work/plans/specs.ts';
import { configAt, fileOn } from '../../policy/config-at.ts';
import { mirrorOf, type ProjectHere } from '../../run/project-here.ts';
import { readRepository } from '../../run/reading/read-repository.ts';
import { repositoryBytesMax } from '../planning-cost.ts';
import { intakeFailures } from './failure-catalogue.ts';
import type { RepositoryShown } from './plan-prompt.ts';

export interface PlanGround {
  baseBranch: string;
  baseSha: string;
  /** All files of the base commit. */
  paths: ReadonlySet<string>;
  shown: RepositoryShown;
}

/** A request that has begun keeps its commit. @throws MooseError if this machine cannot read the repository */
export async function readGround(
  project: ProjectHere,
  { name, content }: Pick<SpecRow, 'name' | 'content'>,
  begun: { baseBranch: string | null; baseSha: string | null },
  signal: AbortSignal,
): Promise<PlanGround> {
  const base = await baseOf(project, begun, signal);
  const { repositoryPath } = project;
  const files = await listFiles(repositoryPath, base.baseSha, signal);
  const relevant = await readRepository(
    { repositoryPath, commit: base.baseSha, signal },
    { title: name, text: content },
  );
  return { ...base, paths: new Set(files.map(({ path }) => path)), shown: relevant.fit(repositoryBytesMax) };
}

async function baseOf(
  project: ProjectHere,
  { baseBranch, baseSha }: { baseBranch: string | null; baseSha: string | null },
  signal: AbortSignal,
): Promise<{ baseBranch: string; baseSha: string }> {
  const path = project.repositoryPath;
  const mirror = mirrorOf(project, signal);
  const head = mirror ? (await syncMirror(mirror)).defaultBranch : null;
  if (baseBranch !== null && baseSha !== null) return { baseBranch, baseSha };
  const baseAt = async (branch: string, namedBy?: string) => {
    const wish = { path, branch, remote: project.remoteUrl ?? undefined, namedBy };
    return { baseBranch: branch, baseSha: await baseCommit(wish, { signal }) };
  };
  if (project.settings.base !== undefined) return baseAt(project.settings.base);
  if (mirror && head === null) throw withoutDefault(project);
  // As for a work order: the file on the default branch may name another branch.
  const inFile = async (sha: string, branch: string | null) => {
    const named = (await configAt(path, sha, signal))?.base;
    return named === undefined ? undefined : baseAt(named, fileOn(branch));
  };
  if (head !== null) {
    const base = await baseAt(head);
    return (await inFile(base.baseSha, head)) ?? base;
  }
  const local = await inspectRepository(path, { signal });
  const named = await inFile(local.headSha, local.headBranch);
  return named ?? { baseBranch: requireBranch(local), baseSha: local.headSha };
}

function withoutDefault({ name, remoteUrl }: ProjectHere): ConfigurationError {
  return intakeFailures.REMOTE_WITHOUT_DEFAULT_BRANCH('find base', { remoteUrl: String(remoteUrl), name });
}
