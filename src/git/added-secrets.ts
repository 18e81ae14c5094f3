// Refuses a tree whose added lines contain a secret of this process, or something that looks like the secret of a known
// service (R-SEC-4), in any encoding. Secrets that were in the repository before do not count.
import { knownSecretIn } from '../domain/redact.ts';
import { knownSecrets } from '../domain/secrets/known-secrets.ts';
import {
  isAllowed,
  type SecretPolicy,
  secretInChange,
  shapedSecretInChange,
} from '../domain/secrets/secret-in-change.ts';
import { shapedSecretsIn } from '../domain/secrets/shaped-secrets.ts';
import { type GitCall, runGit, runGitBytes } from './run-git.ts';
import type { TreeChange } from './tree-diff.ts';

const deletedMode = '000000';

/** Without a policy, only known secrets are refused, not values that merely look like secrets. */
export interface SecretCheck {
  from: string;
  to: string;
  policy?: SecretPolicy | undefined;
}

/** @throws SECRET_IN_CHANGE */
export async function refuseAddedSecrets(
  cwd: string,
  { from, to, policy }: SecretCheck,
  changes: readonly TreeChange[],
  call: GitCall,
): Promise<void> {
  for (const { path, newMode } of changes) {
    const name = newMode === deletedMode ? null : knownSecretIn(path);
    if (name !== null) throw secretInChange(name, 'a file name', 'commit');
  }
  if (knownSecrets().isEmpty && !policy) return;
  const options = ['-r', '-p', '--text', '--unified=0', '--no-renames', '--no-ext-diff', '--no-textconv'];
  const { stdout } = await runGitBytes(cwd, ['diff-tree', ...options, from, to], call);
  const diff = stdout.toString('latin1');
  refuseKnown(diff);
  if (policy) await refuseShaped(cwd, from, diff, policy, call);
}

function refuseKnown(diff: string): void {
  const finder = knownSecrets();
  for (let found = finder.next(diff, 0); found; found = finder.next(diff, found.end)) {
    const lineStart = diff.lastIndexOf('\n', found.start) + 1;
    if (diff[lineStart] !== '+') continue;
    throw secretInChange(found.name, pathAt(diff, lineStart), 'commit');
  }
}

async function refuseShaped(
  cwd: string,
  from: string,
  diff: string,
  policy: SecretPolicy,
  call: GitCall,
): Promise<void> {
  for (const { path, line, text } of addedParts(diff)) {
    for (const found of shapedSecretsIn(text)) {
      if (isAllowed(policy, found) || (await isInTree(cwd, from, found.value, call))) continue;
      const before = text.slice(0, found.at).split('\n').length - 1;
      throw shapedSecretInChange(policy, found, { path, line: line + before }, 'commit');
    }
  }
}

/** Whether a commit or a tree already contains the value: then the change reveals nothing new. */
export async function isInTree(cwd: string, tree: string, value: string, call: GitCall): Promise<boolean> {
  // The value is passed on standard input, because everybody on the machine can read arguments.
  const search = ['grep', '-q', '-a', '-F', '-f', '-', tree];
  const { exitCode } = await runGit(cwd, search, { ...call, input: `${value}\n`, okExitCodes: [0, 1] });
  return exitCode === 0;
}

interface AddedPart {
  path: string;
  /** The line number of the hunk's first line, in the new file. */
  line: number;
  text: string;
}

/** The added lines of each hunk in a diff without context. */
function addedParts(diff: string): AddedPart[] {
  const parts: AddedPart[] = [];
  const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@.*\n((?:[-+\\].*\n?)*)/gm;
  for (const match of diff.matchAll(hunk)) {
    const [, first = '1', lines = ''] = match;
    const added = lines.split('\n').filter((line) => line.startsWith('+'));
    if (added.length === 0) continue;
    const text = added.map((line) => line.slice(1)).join('\n');
    parts.push({ path: pathAt(diff, match.index), line: Number(first), text });
  }
  return parts;
}

/** The file name on a diff line, decoded from git's notation. */
function pathAt(diff: string, lineStart: number): string {
  const header = diff.lastIndexOf('\n+++ ', lineStart) + 1;
  const path = diff.slice(header + '+++ '.length, diff.indexOf('\n', header)).replace(/^"?b\/|"?\t?$/g, '');
  return knownSecrets().next(path, 0) === null ? path : 'a file name';
}
