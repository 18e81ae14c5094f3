// Whether this machine can read a project's repository: a machine that cannot leaves the work to one that can.

import { type ConfigurationError, isMooseError, type MooseError } from '../../domain/failure.ts';
import { asSentence } from '../../domain/text/sentence.ts';
import { assertRepository } from '../../git/refs/repository.ts';
import type { Mirror } from '../../git/remote/mirror.ts';
import { remoteHead } from '../../git/remote/remote-head.ts';
import { reportGitFault } from '../../git/run/git-repetition.ts';
import { gitVersion } from '../../git/run/git-version.ts';
import { runFailures } from './failure-catalogue.ts';
import { mirrorOf, type ProjectHere } from './project-here.ts';

/** Short, because the work itself waits longer for a slow remote. */
const probeMs = 30_000;

/** If many work orders start at the same time, as after a restart, one asks for all of them. */
const asked = new Map<string, Promise<void>>();

/** Undefined if this machine can reach it. A temporary problem does not count, because the work retries. */
export async function whyUnreachable(
  project: ProjectHere,
  { host, needsRemote }: { host: string; needsRemote(mirror: Mirror): boolean | Promise<boolean> },
  signal: AbortSignal,
): Promise<ConfigurationError | undefined> {
  const mirror = mirrorOf(project, signal);
  try {
    const asksRemote = mirror !== null && (await telling(async () => needsRemote(mirror)));
    const place = [host, project.repositoryPath, mirror?.address ?? '', asksRemote].join('\n');
    await askTogether(place, signal, () =>
      telling(async () => {
        await gitVersion({ signal });
        if (!mirror) await assertRepository(project.repositoryPath, { signal });
        else if (asksRemote) await remoteHead(mirror.address, { signal, timeoutMs: probeMs });
      }),
    );
    return undefined;
  } catch (cause) {
    if (!isMooseError(cause) || isTemporary(cause)) return undefined;
    return unreachable(cause, project, host);
  }
}

const isTemporary = ({ category, code }: MooseError) =>
  category !== 'configuration' && code !== 'REMOTE_HOST_UNKNOWN';

/** Reports a failure that stops nobody: by the one who asked, not by each who waited for the answer. */
async function telling<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (isMooseError(cause) && isTemporary(cause)) reportGitFault(cause).resolved(true);
    throw cause;
  }
}

/** Joins a question that is not answered yet. An answer is never kept: the next question finds what has changed. */
async function askTogether(place: string, signal: AbortSignal, ask: () => Promise<void>): Promise<void> {
  for (let before = asked.get(place); before !== undefined; before = asked.get(place)) {
    const problem = await before.catch((cause: unknown) => cause);
    if (problem === undefined) return;
    if (isMooseError(problem)) throw problem;
    // The caller was stopped, which is no answer.
    signal.throwIfAborted();
  }
  const asking = ask().finally(() => asked.delete(place));
  asked.set(place, asking);
  return asking;
}

function unreachable(cause: MooseError, project: ProjectHere, host: string): ConfigurationError {
  const place = project.remoteUrl ?? project.repositoryPath;
  const isRemote = project.remoteUrl !== null;
  // Without git, a machine cannot tell whether it has the repository.
  const hasGit = !['GIT_MISSING', 'GIT_TOO_OLD'].includes(cause.code);
  const lacks = isRemote ? `cannot reach ${place}` : `does not have the repository ${place}`;
  const toDo = (hasGit && !isRemote) || cause.advice === undefined ? '' : ` ${cause.advice}`;
  return isRemote
    ? runFailures.REPOSITORY_UNREACHABLE(
        { operation: 'take up', metadata: { host, repositoryPath: place }, cause },
        {
          host,
          lacks: hasGit ? lacks : 'has no usable git',
          message: asSentence(cause.message),
          toDo,
          place,
        },
      )
    : runFailures.REPOSITORY_UNREACHABLE_LOCAL(
        { operation: 'take up', metadata: { host, repositoryPath: place }, cause },
        { host, lacks: hasGit ? lacks : 'has no usable git', message: asSentence(cause.message), toDo },
      );
}
