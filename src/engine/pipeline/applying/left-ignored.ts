// The files that an agent made and that git ignores: they are not part of the change, and nobody would miss them before
// the change fails elsewhere. So they are named to the agent and to people, and kept (R-REPO-1).
import { join } from 'node:path';
import { z } from 'zod';
import { isMooseError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import type { IgnoredFiles } from '../../../domain/machine/ignored-files.ts';
import { readIfThere } from '../../../git/run/is-there.ts';
import { ignoredSince, listIgnored } from '../../../git/worktree/ignored-files.ts';
import { keepIgnored } from '../../../git/worktree/keep-ignored.ts';
import { parseKept } from '../../../stdx/files/kept-json.ts';
import { writePassing } from '../../../stdx/files/passing-files.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import type { Work } from '../../run/work.ts';
import { heldBackOf } from '../../workplace/prepared/put-files.ts';

const noteFile = 'ignored.json';
const namedMax = 20;

/** What programs generate and fill again. A name in the list matches a file or folder anywhere in a path. */
const generated =
  /(?:^|\/)(?:node_modules|__pycache__|\.venv|venv|\.tox|\.nox|\.gradle|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.cache|\.turbo|\.next|\.nuxt|\.parcel-cache|\.nyc_output|\.eggs|[^/]+\.egg-info|\.coverage|htmlcov|coverage|\.DS_Store|\.aider[^/]*|[^/]+\.(?:py[co]|class|o|tsbuildinfo|log|tmp|swp))(?:\/|$)/;

/** Call this before the agent starts. */
export async function noteIgnored(
  { signal }: Pick<Work, 'signal'>,
  { directory }: Pick<SessionRow, 'directory'>,
  worktreePath: string,
): Promise<void> {
  await writePassing(join(directory, noteFile), JSON.stringify(await listIgnored(worktreePath, { signal })));
}

/** Names and keeps what the agent added; undefined if there is nothing. Call this when its session has ended. */
export async function keepLeftIgnored(
  work: Work,
  { directory }: Pick<SessionRow, 'directory'>,
  worktreePath: string,
  headSha: string,
): Promise<IgnoredFiles | undefined> {
  const { order, project, signal } = work;
  const noted = parseKept(await readIfThere(join(directory, noteFile)), z.array(z.string()));
  if (noted === null) return undefined;
  // Files that Moose copied from the checkout are not the agent's, and may contain secrets.
  const copied = (await heldBackOf(work)).map(({ path }) => path);
  const before = [...noted, ...copied];
  const paths = (await ignoredSince(worktreePath, before, { signal })).filter(
    (path) => !generated.test(path),
  );
  if (paths.length === 0) return undefined;
  const { repositoryPath } = project;
  const files = { repositoryPath, worktreePath, headSha, paths, id: shortId(order.id) };
  const keptUnder = await keepIgnored(files, { signal }).catch((cause: unknown) => {
    if (signal.aborted || !isMooseError(cause) || cause.category === 'transient') throw cause;
    work.logger.warn({ workOrderId: order.id, err: cause }, 'could not keep files that git ignores');
    return null;
  });
  return { paths: paths.slice(0, namedMax), count: paths.length, keptUnder };
}
