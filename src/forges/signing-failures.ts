// Why a forge could not make a signed commit, as errors that the engine knows.

import type { ConfigurationError, PermanentError } from '../domain/failure.ts';
import { forgeFailures } from './failure-catalogue.ts';
import { boundedLine } from './host-failures.ts';

interface OnHost {
  readonly host: string;
}

const at = { operation: 'commit' } as const;

/** A person's token can only make signed commits of plain files. */
export function cannotSign({ host }: OnHost, because: string): ConfigurationError {
  return forgeFailures.FORGE_CANNOT_SIGN(
    { ...at, metadata: { host } },
    { host, because: boundedLine(because) },
  );
}

export function filesTooLarge({ host }: OnHost, path: string): PermanentError {
  return forgeFailures.FORGE_COMMIT_TOO_LARGE(
    { ...at, metadata: { host } },
    { host, path: boundedLine(path) },
  );
}

/** Somebody else moved, created or deleted the branch; null if its current commit is unknown. */
export function branchMovedOn({ host }: OnHost, branch: string, found: string | null): PermanentError {
  return forgeFailures.FORGE_BRANCH_MOVED({ ...at, metadata: { host, branch, found } }, { host, branch });
}

export function parentMissing({ host }: OnHost, sha: string): PermanentError {
  return forgeFailures.FORGE_COMMIT_WITHOUT_PARENT(
    { ...at, metadata: { host, sha } },
    { host, sha: sha.slice(0, 12) },
  );
}

export function commitDiffers({ host }: OnHost, branch: string): PermanentError {
  return forgeFailures.FORGE_COMMIT_DIFFERS({ ...at, metadata: { host, branch } }, { host, branch });
}

export function commitUnsigned({ host }: OnHost, branch: string): ConfigurationError {
  return forgeFailures.FORGE_COMMIT_UNSIGNED({ ...at, metadata: { host, branch } }, { host, branch });
}
