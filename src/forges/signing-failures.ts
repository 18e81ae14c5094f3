// Why a forge could not make a signed commit, as errors that the engine knows.
import { ConfigurationError, PermanentError } from '../domain/failure.ts';
import { boundedLine } from './host-failures.ts';

interface OnHost {
  readonly host: string;
}

const at = { component: 'forge', operation: 'commit' } as const;

/** A person's token can only make signed commits of plain files. */
export function cannotSign({ host }: OnHost, because: string): ConfigurationError {
  return new ConfigurationError({
    ...at,
    code: 'FORGE_CANNOT_SIGN',
    message: `${host} signs only plain files for the token of a person, and this change ${boundedLine(because)}.`,
    advice:
      'Give Moose a GitHub App (moose forge add), or exclude the branches moose/* from the rule that requires signed commits; then retry.',
    metadata: { host },
  });
}

export function filesTooLarge({ host }: OnHost, path: string): PermanentError {
  return new PermanentError({
    ...at,
    code: 'FORGE_COMMIT_TOO_LARGE',
    message: `The change is larger than ${host} accepts over its API: see ${boundedLine(path)}.`,
    advice:
      'Exclude the branches moose/* from the rule that requires signed commits: then Moose pushes with git.',
    metadata: { host },
  });
}

/** Somebody else moved, created or deleted the branch; null if its current commit is unknown. */
export function branchMovedOn({ host }: OnHost, branch: string, found: string | null): PermanentError {
  return new PermanentError({
    ...at,
    code: 'FORGE_BRANCH_MOVED',
    message: `On ${host}, ${branch} is not at the commit that Moose left there.`,
    advice: 'Someone else moved the branch: check it on the forge, then decide how to continue.',
    metadata: { host, branch, found },
  });
}

export function parentMissing({ host }: OnHost, sha: string): PermanentError {
  return new PermanentError({
    ...at,
    code: 'FORGE_COMMIT_WITHOUT_PARENT',
    message: `${host} does not have the commit ${sha.slice(0, 12)}, on which the change is based.`,
    advice: 'Push the base branch to the forge, then retry.',
    metadata: { host, sha },
  });
}

export function commitDiffers({ host }: OnHost, branch: string): PermanentError {
  return new PermanentError({
    ...at,
    code: 'FORGE_COMMIT_DIFFERS',
    message: `The commit that ${host} made has other files than ${branch}.`,
    advice:
      'Exclude the branches moose/* from the rule that requires signed commits: then Moose pushes with git.',
    metadata: { host, branch },
  });
}

export function commitUnsigned({ host }: OnHost, branch: string): ConfigurationError {
  return new ConfigurationError({
    ...at,
    code: 'FORGE_COMMIT_UNSIGNED',
    message: `${host} did not sign the commit that Moose made for ${branch}.`,
    advice:
      'Check that Moose uses a GitHub App there, or exclude the branches moose/* from the rule that requires signatures.',
    metadata: { host, branch },
  });
}
