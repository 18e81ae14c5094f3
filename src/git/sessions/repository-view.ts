// The repository as git sees it when Moose runs git (R-SEC-7): its objects, refs and worktrees, but with Moose's own
// configuration, which contains only safe entries. git never reads what an agent writes into the repository's own
// configuration.

import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { lstat, mkdir, readdir, realpath, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { ConfigurationError } from '../../domain/failure.ts';
import { BoundedMap } from '../../stdx/bounded-map.ts';
import { moveDurably, replaceFile } from '../../stdx/files/durable-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { launchGit } from '../run/git-launcher.ts';
import type { GitProcessEnd } from '../run/git-process.ts';
import { isThere, readIfThere } from '../run/is-there.ts';
import { diskElsewhere, onDisk } from '../run/on-disk.ts';
import { glanceAt } from '../run/read-now.ts';
import { entryOf, namedFilters } from '../worktree/worktree-entry.ts';
import { type ConfigEntry, configText, isPlain, isPlainOfWorktree, parseEntries } from './plain-config.ts';

export interface RepositoryView {
  /** The value of `GIT_COMMON_DIR`: it contains the safe configuration, and links to everything else. */
  path: string;
  /** The path of the repository. */
  commonDir: string;
}

/** Linked even if they do not exist yet: git follows the link when it creates the file. */
const linkedFiles = ['HEAD', 'packed-refs', 'shallow'];
const linkedDirectories = [
  ...['objects', 'refs', 'logs', 'info', 'worktrees', 'modules', 'rr-cache', 'remotes', 'branches'],
  ...['reftable', 'lfs', 'annex', 'git-crypt'],
];
const configTimeoutMs = 60_000;
/** No person writes a larger configuration. */
const configBytesMax = 4 * 1024 * 1024;
const keptConfigsMax = 256;
/** Longer than any git that still reads the view may run. */
const oldViewMs = 24 * 3_600_000;

let directory: string | null = null;

/** Sets where views are kept; by default in a temporary directory of this process. */
export function keepViewsIn(path: string): void {
  directory = path;
}

function viewsDirectory(): string {
  if (directory !== null) return directory;
  const own = mkdtempSync(join(tmpdir(), 'moose-git-'));
  process.once('exit', () => rmSync(own, { recursive: true, force: true }));
  directory = own;
  return own;
}

export interface ViewCall {
  mayDiscover: boolean;
  /** The environment of the git that reads the configuration. */
  env: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
}

/** Null if `cwd` is in no repository: git itself reports that. */
export async function viewOf(cwd: string, call: ViewCall): Promise<RepositoryView | null> {
  const found = await directoriesOf(cwd, call.mayDiscover);
  if (found === null) return null;
  const { gitDir, commonDir, isWorktree } = found;
  const { entries, filters, isPerWorktree } = await plainEntries(join(commonDir, 'config'), call);
  const named = isWorktree ? await namedFilters(gitDir) : [];
  const own = isPerWorktree ? (await plainEntries(join(gitDir, 'config.worktree'), call)).entries : [];
  const isOfRepository = gitDir === commonDir;
  const config = configText([
    ...entries,
    ...own.filter(({ key }) => isOfRepository || isPlainOfWorktree(key)),
    ...filters.filter(({ key }) => named.some((name) => key.startsWith(`filter.${name}.`))),
  ]);
  return { commonDir, path: await ensureView(commonDir, config, isWorktree) };
}

/** git's own directory for the repository of `cwd`; null if there is none. */
export async function ownGitDir(cwd: string, mayDiscover: boolean): Promise<string | null> {
  const found = await directoriesOf(cwd, mayDiscover);
  return found && realpath(found.commonDir);
}

async function directoriesOf(
  cwd: string,
  mayDiscover: boolean,
): Promise<{ gitDir: string; commonDir: string; isWorktree: boolean } | null> {
  const entry = await entryOf(cwd);
  const gitDir = entry ?? (await gitDirOf(cwd, mayDiscover));
  if (gitDir === null) return null;
  const named = await readIfThere(join(gitDir, 'commondir'));
  const commonDir = named === null ? gitDir : resolve(gitDir, named.trimEnd());
  return (await isThere(join(commonDir, 'objects')))
    ? { gitDir, commonDir, isWorktree: entry !== null }
    : null;
}

/** Searches as git does: `.git` here, this directory itself if it is bare, or the next directory above. */
async function gitDirOf(cwd: string, mayDiscover: boolean): Promise<string | null> {
  for (let at = cwd; ; at = dirname(at)) {
    const link = join(at, '.git');
    const text = await readIfThere(link);
    const target = text?.startsWith('gitdir: ') ? resolve(at, text.slice('gitdir: '.length).trimEnd()) : link;
    if (await isThere(join(target, 'HEAD'))) return target;
    if ((await isThere(join(at, 'HEAD'))) && (await isThere(join(at, 'objects')))) return at;
    // git's own directory for a worktree.
    if ((await isThere(join(at, 'HEAD'))) && (await isThere(join(at, 'commondir')))) return at;
    if (!mayDiscover || dirname(at) === at) return null;
  }
}

/** What git may read of a repository's own configuration; `commonDir` is git's own directory for it. */
export async function plainConfigOf(
  commonDir: string,
  call: Omit<ViewCall, 'mayDiscover'>,
): Promise<ConfigEntry[]> {
  return (await plainEntries(join(commonDir, 'config'), { ...call, mayDiscover: false })).entries;
}

interface PlainConfig {
  entries: ConfigEntry[];
  /** The filters of the repository, which name programs. */
  filters: ConfigEntry[];
  /** Whether each worktree has its own configuration. */
  isPerWorktree: boolean;
}

/** By path and file metadata. */
const keptConfigs = new BoundedMap<string, PlainConfig>(keptConfigsMax);

async function plainEntries(file: string, call: ViewCall): Promise<PlainConfig> {
  const state = await stateOf(file);
  if (state === null) return { entries: [], filters: [], isPerWorktree: false };
  const key = `${file}\0${state}`;
  const kept = keptConfigs.get(key);
  if (kept) return kept;
  const all = await entriesIn(file, call);
  const worktrees = all.findLast((entry) => entry.key === 'extensions.worktreeconfig');
  const read: PlainConfig = {
    entries: all.filter((entry) => isPlain(entry.key)).map((entry) => fromCheckout(entry, file)),
    filters: all.filter((entry) => entry.key.startsWith('filter.')),
    isPerWorktree: worktrees !== undefined && worktrees.value !== 'false',
  };
  keptConfigs.set(key, read);
  return read;
}

/** By content: Moose's own checkouts have all the same configuration, each at another path. */
const keptEntries = new BoundedMap<string, readonly ConfigEntry[]>(keptConfigsMax);

async function entriesIn(file: string, call: ViewCall): Promise<readonly ConfigEntry[]> {
  const text = await readIfThere(file);
  if (text === null) return listConfig(file, call);
  const known = knownEntries(text);
  if (known) return known;
  const end = await runConfig('-', call, text);
  // About the file itself, git says its name. It may be another text by now, so what git reads there is not kept.
  if (end.exitCode !== 0) return listConfig(file, call);
  const entries = parseEntries(end.stdout.toString('utf8'));
  keptEntries.set(contentOf(text), entries);
  return entries;
}

const contentOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** The entries of a configuration that git has read before; undefined if it has not. */
export function knownEntries(text: string): readonly ConfigEntry[] | undefined {
  return keptEntries.get(contentOf(text));
}

/** git looks for a relative path from the root of the person's checkout: there, and not in a worktree. */
function fromCheckout({ key, value }: ConfigEntry, file: string): ConfigEntry {
  const isRelative = key === 'core.attributesfile' && value !== null && !/^[~/%]/.test(value);
  return { key, value: isRelative ? resolve(dirname(file), '..', value) : value };
}

/** Null if the file does not exist. Reading a pipe or a device in its place would never end. */
async function stateOf(file: string): Promise<string | null> {
  try {
    const found = await onDisk(file, () => stat(file, { bigint: true }), { operation: 'read' });
    if (!found.isFile() || found.size > configBytesMax) {
      throw brokenConfig(file, 'it is not a file, or too large');
    }
    return `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

/** The git that should read the configuration ended before it did so. */
export class ConfigUnread extends Error {
  readonly end: GitProcessEnd;

  constructor(end: GitProcessEnd) {
    super('git did not read the configuration');
    this.name = 'ConfigUnread';
    this.end = end;
  }
}

/** git's message about a file that it read but does not understand; any other message is not the file's fault. */
const badConfig =
  /bad config (line|file|variable)|unable to read config file|bad (numeric|boolean) config value|invalid (key|section)/i;

/** All entries of one file, without included files. @throws REPOSITORY_CONFIG_INVALID */
async function listConfig(file: string, call: ViewCall): Promise<ConfigEntry[]> {
  const end = await runConfig(file, call);
  if (end.exitCode !== 0) throw brokenConfig(file, end.stderr.trim().slice(0, 300) || 'git cannot read it');
  return parseEntries(end.stdout.toString('utf8'));
}

/** Fails if git did not read it, and not if it does not understand it. `file`: `-` for a text that is given. */
async function runConfig(file: string, { env, signal }: ViewCall, input?: string): Promise<GitProcessEnd> {
  const end = await launchGit({
    cwd: '/',
    argv: ['config', '--file', file, '--no-includes', '--list', '-z'],
    env,
    input,
    timeoutMs: configTimeoutMs,
    maxOutputBytes: configBytesMax,
    signal,
  });
  if (end.stoppedBy === 'abort') signal?.throwIfAborted();
  if (end.exitCode === null || end.stoppedBy !== null) throw new ConfigUnread(end);
  if (end.exitCode !== 0 && !badConfig.test(end.stderr)) throw new ConfigUnread(end);
  return end;
}

function brokenConfig(file: string, fault: string): ConfigurationError {
  return gitFailures.REPOSITORY_CONFIG_INVALID(
    { operation: 'read configuration', metadata: { file } },
    { file, fault },
  );
}

/** The view's name is a hash of its content, so the view never changes. */
async function ensureView(commonDir: string, config: string, isWorktree: boolean): Promise<string> {
  const directories = await thereIn(commonDir, linkedDirectories);
  const repository = digest(commonDir);
  const path = join(
    viewsDirectory(),
    `${repository}-${digest(`${config}\0${directories.join()}\0${isWorktree}`)}`,
  );
  if (glanceAt(join(path, 'config')) !== null) return path;
  const draft = `${path}.${randomUUID()}`;
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    await replaceFile(join(draft, 'config'), config);
    for (const name of [...linkedFiles, ...directories]) {
      // Without `info/exclude`: the list of a person does not decide what an agent may add.
      if (name === 'info' && isWorktree) await mkdir(join(draft, name));
      const link = name === 'info' && isWorktree ? 'info/attributes' : name;
      await symlink(join(commonDir, link), join(draft, link));
    }
    await moveView(draft, path);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await clearOldViews(repository, path);
  return path;
}

/** Unless another process was faster. A view without a configuration is what a removal left that ended in its midst. */
async function moveView(draft: string, path: string): Promise<void> {
  try {
    await moveDurably(draft, path);
  } catch (error) {
    if (await isThere(join(path, 'config'))) return;
    if (!hasErrorCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    await rm(path, { recursive: true, force: true });
    await moveDurably(draft, path);
  }
}

/** The names that are there, looked up at once unless that could block. */
async function thereIn(directory: string, names: readonly string[]): Promise<string[]> {
  if (diskElsewhere(directory) === null)
    return names.filter((name) => glanceAt(join(directory, name)) !== null);
  const there = await onDisk(directory, () => readdir(directory), { operation: 'read' });
  return names.filter((name) => there.includes(name));
}

async function clearOldViews(repository: string, current: string): Promise<void> {
  for (const name of await readdir(viewsDirectory())) {
    const path = join(viewsDirectory(), name);
    if (!name.startsWith(`${repository}-`) || path === current) continue;
    const isOld = await lstat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs > oldViewMs,
      () => false,
    );
    if (isOld) await rm(path, { recursive: true, force: true });
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

/** Subcommands that read no working files and contact nobody, so they run nothing that is configured. */
const seesRepositoryItself = new Set([
  ...['worktree', 'config', 'init', 'version', '--version', 'check-ref-format', 'update-ref', 'symbolic-ref'],
  ...['rev-parse', 'for-each-ref'],
]);

export function needsView(subcommand: string): boolean {
  return !seesRepositoryItself.has(subcommand);
}
