// What a session wrote in the repository that it sees, besides commits on the branch of the work order: settings, hooks,
// stashes and refs (R-REPO-5). It changes nothing for the person, who is told. Nothing in that repository is trusted: no
// git runs there, and no file is read that may block or is too large.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { GitCall } from '../run/git-call.ts';
import { glanceAt, namesNow, readNow } from '../run/read-now.ts';
import { runGit } from '../run/run-git.ts';
import { parseEntries } from './plain-config.ts';

/** What is there; small enough to be kept as JSON. */
export interface GitContent {
  /** The text of the settings; null if there are none, or they cannot be read. */
  config: string | null;
  /** A digest by name. */
  hooks: Readonly<Record<string, string>>;
  /** A commit by name. */
  refs: Readonly<Record<string, string>>;
  /** The commits of the stashes. */
  stashes: readonly string[];
}

/** Names only: a value may be a secret. */
export interface WrittenInGit {
  settings: string[];
  hooks: string[];
  refs: string[];
  stashes: number;
}

const fileBytesMax = 1024 ** 2;
const refsMax = 5_000;
const depthMax = 16;

/** `branch`: that of the work order, to which a session may commit. Null if there is no such repository. */
export function contentOfGit(worktreePath: string, branch: string | null): GitContent | null {
  const git = join(worktreePath, '.git');
  if (!glanceAt(git)?.isDirectory()) return null;
  const hooks: Record<string, string> = {};
  for (const name of namesNow(join(git, 'hooks')).filter((each) => !each.endsWith('.sample')))
    hooks[name] = digestOf(join(git, 'hooks', name));
  const refs = { ...packedRefs(git), ...looseRefs(git) };
  delete refs['refs/stash'];
  delete refs[`refs/heads/${branch}`];
  const log = readNow(join(git, 'logs', 'refs', 'stash'), fileBytesMax) ?? '';
  const stashes = log.split('\n').flatMap((line) => line.split(' ')[1] ?? []);
  return { config: readNow(join(git, 'config'), fileBytesMax), hooks, refs, stashes };
}

/** Null if nothing was written. What was only removed does not count. */
export async function writtenInGit(
  before: GitContent,
  after: GitContent,
  call: GitCall = {},
): Promise<WrittenInGit | null> {
  const written: WrittenInGit = {
    settings: before.config === after.config ? [] : await changedSettings(before.config, after.config, call),
    hooks: changedNames(before.hooks, after.hooks),
    refs: changedNames(before.refs, after.refs),
    stashes: after.stashes.filter((sha) => !before.stashes.includes(sha)).length,
  };
  const { settings, hooks, refs, stashes } = written;
  return settings.length + hooks.length + refs.length + stashes === 0 ? null : written;
}

const namedMax = 10;

/** For example `the setting core.hookspath, the hooks pre-commit and pre-push, 1 stash`. */
export function writtenText({ settings, hooks, refs, stashes }: WrittenInGit): string {
  const parts = [
    listOf('setting', settings),
    listOf('hook', hooks),
    stashes === 0 ? '' : `${stashes} ${stashes === 1 ? 'stash' : 'stashes'}`,
    listOf('ref', refs),
  ];
  return parts.filter(Boolean).join('; ');
}

function listOf(word: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > namedMax ? ` and ${names.length - namedMax} more` : '';
  return `${word}${names.length === 1 ? '' : 's'} ${names.slice(0, namedMax).join(', ')}${more}`;
}

function changedNames(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  return Object.keys(after)
    .filter((name) => before[name] !== after[name])
    .sort();
}

/** What git writes by itself when a branch, a remote or a submodule is added says nothing more than the ref does. */
const byItself =
  /^(?:branch\..+\.(?:remote|merge)|maintenance\..+|gc\..+|submodule\..+|lfs\.repositoryformatversion)$/s;

async function changedSettings(
  before: string | null,
  after: string | null,
  call: GitCall,
): Promise<string[]> {
  const [old, now] = [await settingsIn(before, call), await settingsIn(after, call)];
  if (now === null) return ['(unreadable)'];
  return changedNames(old ?? {}, now).filter((name) => !byItself.test(name));
}

async function settingsIn(text: string | null, call: GitCall): Promise<Record<string, string> | null> {
  if (text === null) return {};
  const args = ['config', '--file', '-', '--no-includes', '--list', '-z'];
  const { stdout, exitCode } = await runGit('/', args, { ...call, input: text, okExitCodes: [1, 3, 128] });
  if (exitCode !== 0) return null;
  const settings: Record<string, string> = {};
  for (const { key, value } of parseEntries(stdout)) settings[key] = `${settings[key] ?? ''}\0${value}`;
  return settings;
}

function digestOf(path: string): string {
  const found = glanceAt(path);
  const text = readNow(path, fileBytesMax) ?? `${found?.size} ${found?.mtimeMs}`;
  return createHash('sha256').update(`${found?.mode} ${text}`).digest('hex');
}

function packedRefs(git: string): Record<string, string> {
  const refs: Record<string, string> = {};
  const lines = (readNow(join(git, 'packed-refs'), fileBytesMax) ?? '').split('\n');
  for (const line of lines.slice(0, refsMax)) {
    const [sha = '', name] = line.split(' ');
    if (name?.startsWith('refs/')) refs[name] = sha;
  }
  return refs;
}

function looseRefs(git: string): Record<string, string> {
  const refs: Record<string, string> = {};
  const folders = [{ name: 'refs', depth: 0 }];
  let seen = 0;
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    for (const each of namesNow(join(git, folder.name))) {
      seen += 1;
      if (seen > refsMax) return refs;
      const name = `${folder.name}/${each}`;
      const isFolder = glanceAt(join(git, name))?.isDirectory() === true;
      if (isFolder && folder.depth < depthMax) folders.push({ name, depth: folder.depth + 1 });
      const text = isFolder || name.endsWith('.lock') ? null : readNow(join(git, name), fileBytesMax);
      if (text !== null) refs[name] = text.trimEnd().slice(0, 64);
    }
  }
  return refs;
}
