// Stores a bare repository in one file and restores it: all references and everything that they reach, but nothing that
// could run (no hooks, no configuration).
import { dirname } from 'node:path';
import { makeDirectory } from '../../stdx/files/make-directory.ts';
import { makeByDraft } from '../refs/drafts.ts';
import { withFileFailures } from '../run/file-failure.ts';
import type { GitCall } from '../run/git-call.ts';
import { checkoutTimeoutMs, runGit } from '../run/run-git.ts';

/** The settings that a bundle does not contain. */
export interface BundledRepository {
  /** The branch that HEAD names. */
  head: string;
  format: 'sha1' | 'sha256';
}

const headPrefix = 'refs/heads/';

/** Writes the bundle to `file`. Null if the repository has no references, so there is nothing to store. */
export async function bundleRepository(
  path: string,
  file: string,
  signal: AbortSignal,
): Promise<BundledRepository | null> {
  const call: GitCall = { signal, timeoutMs: checkoutTimeoutMs };
  const { stdout: any } = await runGit(path, ['for-each-ref', '--count=1'], call);
  if (any === '') return null;
  const { stdout: head } = await runGit(path, ['symbolic-ref', 'HEAD'], call);
  const { stdout: format } = await runGit(path, ['rev-parse', '--show-object-format'], call);
  await runGit(path, ['bundle', 'create', '--quiet', file, '--all'], call);
  return {
    head: head.trim().replace(headPrefix, ''),
    format: format.trim() === 'sha256' ? 'sha256' : 'sha1',
  };
}

/** `settings` become the git settings of the new repository, which appears complete or not at all. */
export async function unbundleRepository(
  path: string,
  file: string,
  { head, format }: BundledRepository,
  settings: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const call: GitCall = { signal, timeoutMs: checkoutTimeoutMs };
  await withFileFailures('restore repository', signal, async () => {
    await makeDirectory(dirname(path), 0o700);
    await makeByDraft(path, async (draft) => {
      const init = ['init', '--quiet', '--bare', '--template=', `--object-format=${format}`];
      await runGit(dirname(path), [...init, `--initial-branch=${head}`, draft], call);
      for (const [key, value] of Object.entries(settings)) await runGit(draft, ['config', key, value], call);
      const fetch = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head'];
      await runGit(draft, [...fetch, file, '+refs/*:refs/*'], call);
    });
  });
}
