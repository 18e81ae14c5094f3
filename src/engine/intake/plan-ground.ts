// Where a plan starts: a commit of the project, its files, and the part of them that the Architect is shown.
import { ConfigurationError } from '../../domain/failure.ts';
import { baseCommit } from '../../git/base-branch.ts';
import { syncMirror } from '../../git/mirror.ts';
import { inspectRepository, requireBranch } from '../../git/repository.ts';
import { listFiles } from '../../git/tree.ts';
import type { SpecRow } from '../../store/work/specs.ts';
import { readRepository } from '../reading/read-repository.ts';
import { mirrorOf, type ProjectHere } from '../run/project-here.ts';
import { repositoryBytesMax } from '../specs/planning-cost.ts';
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
  const named = project.settings.base ?? head;
  if (named !== null && named !== undefined) {
    const wish = { path, branch: named, remote: project.remoteUrl ?? undefined };
    return { baseBranch: named, baseSha: await baseCommit(wish, { signal }) };
  }
  if (mirror) throw withoutDefault(project);
  const repository = await inspectRepository(path, { signal });
  return { baseBranch: requireBranch(repository), baseSha: repository.headSha };
}

function withoutDefault({ name, remoteUrl }: ProjectHere): ConfigurationError {
  return new ConfigurationError({
    code: 'REMOTE_WITHOUT_DEFAULT_BRANCH',
    component: 'specs',
    operation: 'find base',
    message: `${remoteUrl} names no default branch: it may be empty.`,
    advice: `Push a first commit there, or name the branch to start from: \`moose project set ${name} --base BRANCH\`.`,
  });
}
