// Refuses a tree whose added lines contain a secret of this process, or something that looks like the secret of a known
// service (R-SEC-4), in any encoding. Secrets that were in the repository before do not count.
import { setImmediate } from 'node:timers/promises';
import { knownSecrets } from '../../domain/secrets/known-secrets.ts';
import {
  isAllowed,
  type SecretPolicy,
  secretInChange,
  shapedSecretInChange,
} from '../../domain/secrets/secret-in-change.ts';
import { shapedSecretsIn } from '../../domain/secrets/shaped-secrets.ts';
import { knownSecretIn } from '../../domain/text/redact.ts';
import type { TreeChange } from '../read/tree-diff.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit, runGitBytes } from '../run/run-git.ts';

const deletedMode = '000000';
/** A diff is searched in parts of about this length. Between them, the other work of this process gets its turn. */
const partCharsMax = 1024 * 1024;
/** Longer than any form of a known value. */
const valueCharsMax = 256 * 1024;

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
  await refuseKnown(diff);
  if (policy) await refuseShaped(cwd, from, diff, policy, call);
}

async function refuseKnown(diff: string): Promise<void> {
  const finder = knownSecrets();
  for (let from = 0; from < diff.length; from += partCharsMax) {
    const part = diff.slice(from, from + partCharsMax + valueCharsMax);
    for (let found = finder.next(part, 0); found; found = finder.next(part, found.end)) {
      const lineStart = diff.lastIndexOf('\n', from + found.start) + 1;
      if (diff[lineStart] !== '+') continue;
      throw secretInChange(found.name, pathAt(diff, lineStart), 'commit');
    }
    await setImmediate();
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
    await setImmediate();
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
  /** The number of the part's first line, in the new file. */
  line: number;
  text: string;
}

/** Each part also has the beginning of the next one: a secret may have several lines. */
const overlapChars = 16 * 1024;

const hunkHeader = /@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/y;

/** The added lines of each hunk in a diff without context. Its header says how many there are, whatever is in them. */
function* addedParts(diff: string): Generator<AddedPart> {
  for (let at = 0; at < diff.length; ) {
    hunkHeader.lastIndex = at;
    const header = hunkHeader.exec(diff);
    const start = at;
    at = nextLine(diff, at);
    if (header === null) continue;
    const [, removed = '1', first = '1', added = '1'] = header;
    for (let left = Number(removed); left > 0; left -= 1) at = nextLine(diff, at);
    if (diff[at] === '\\') at = nextLine(diff, at);
    for (let line = Number(first), left = Number(added); left > 0; ) {
      const begin = at;
      let taken = 0;
      for (; taken < left && at - begin < partCharsMax; taken += 1) at = nextLine(diff, at);
      let end = at;
      for (let more = left - taken; more > 0 && end - at < overlapChars; more -= 1) end = nextLine(diff, end);
      yield { path: pathAt(diff, start), line, text: withoutMarks(diff.slice(begin, end)) };
      line += taken;
      left -= taken;
    }
  }
}

function nextLine(diff: string, at: number): number {
  const end = diff.indexOf('\n', at);
  return end < 0 ? diff.length : end + 1;
}

/** Without the `+` before each line. */
function withoutMarks(lines: string): string {
  return lines.slice(1).replaceAll('\n+', '\n');
}

/** The file name on a diff line, decoded from git's notation. */
function pathAt(diff: string, lineStart: number): string {
  const header = diff.lastIndexOf('\n+++ ', lineStart) + 1;
  const path = diff.slice(header + '+++ '.length, diff.indexOf('\n', header)).replace(/^"?b\/|"?\t?$/g, '');
  return knownSecrets().next(path, 0) === null ? path : 'a file name';
}
