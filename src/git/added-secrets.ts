// Refuses a tree whose added lines hold a secret that this process knows (R-SEC-4), whatever the files' encoding.
import { knownSecretIn } from '../domain/redact.ts';
import { knownSecrets } from '../domain/secrets/known-secrets.ts';
import { secretInChange } from '../domain/secrets/secret-in-change.ts';
import { type GitCall, runGitBytes } from './run-git.ts';
import type { TreeChange } from './tree-diff.ts';

const deletedMode = '000000';

/** @throws SECRET_IN_CHANGE */
export async function refuseAddedSecrets(
  cwd: string,
  trees: { from: string; to: string },
  changes: readonly TreeChange[],
  call: GitCall,
): Promise<void> {
  const finder = knownSecrets();
  if (finder.isEmpty) return;
  for (const { path, newMode } of changes) {
    const name = newMode === deletedMode ? null : knownSecretIn(path);
    if (name !== null) throw secretInChange(name, 'The name of a file', 'commit');
  }
  const options = ['-r', '-p', '--text', '--unified=0', '--no-renames', '--no-ext-diff', '--no-textconv'];
  const { stdout } = await runGitBytes(cwd, ['diff-tree', ...options, trees.from, trees.to], call);
  const diff = stdout.toString('latin1');
  for (let found = finder.next(diff, 0); found; found = finder.next(diff, found.end)) {
    const lineStart = diff.lastIndexOf('\n', found.start) + 1;
    if (diff[lineStart] !== '+') continue;
    throw secretInChange(found.name, pathAt(diff, lineStart), 'commit');
  }
}

/** The file whose part of the diff a line belongs to, as git writes it. */
function pathAt(diff: string, lineStart: number): string {
  const header = diff.lastIndexOf('\n+++ ', lineStart) + 1;
  const path = diff.slice(header + '+++ '.length, diff.indexOf('\n', header)).replace(/^"?b\/|"?\t?$/g, '');
  return knownSecrets().next(path, 0) === null ? path : 'The name of a file';
}
