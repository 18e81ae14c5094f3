// The settings that git has when Moose runs it in a repository: those of the machine and the user, and the safe ones of
// the repository. git lists them once for each state of their files.

import { statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { BoundedMap } from '../../stdx/bounded-map.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { diskElsewhere } from '../run/on-disk.ts';
import { type GitCall, runGit, viewAt } from '../run/run-git.ts';
import type { ConfigEntry } from '../sessions/plain-config.ts';

export interface Setting extends ConfigEntry {
  /** `local` for those of the repository. */
  scope: string;
}

export interface EffectiveSettings {
  /** In the order in which git reads them: of a setting with one value, the last one counts. */
  settings: readonly Setting[];
  /** The filters of the repository's own configuration, of which git gets only those that the project names. */
  ownFilters: readonly ConfigEntry[];
}

const keptMax = 256;
/** By the view of the repository, whose name depends on its settings, and the state of all other files. */
const kept = new BoundedMap<string, readonly Setting[]>(keptMax);

/** @throws REPOSITORY_NOT_FOUND and the other errors of `runGit` */
export async function effectiveSettings(path: string, call: GitCall): Promise<EffectiveSettings> {
  const { env, view } = await viewAt(path, call);
  if (view === null) {
    await assertReadable(path, call);
    return { settings: [], ownFilters: [] };
  }
  const state = stateOfFiles([...(await machineFile(env)), ...userFiles(env)]);
  const key = state === null ? null : [view.path, env.GIT_CONFIG_NOSYSTEM, state].join('\0');
  const known = key === null ? undefined : kept.get(key);
  if (known) return { settings: known, ownFilters: view.filters };
  const asked = ['config', '--list', '--show-scope', '-z'];
  const { stdout } = await runGit(path, asked, { ...call, env: { ...call.env, GIT_COMMON_DIR: view.path } });
  const settings = parseScoped(stdout).filter(({ scope }) => scope !== 'command');
  if (!settings.some(({ scope }) => scope === 'local')) await assertReadable(path, call);
  // What else is included is not in the key, and may depend on the repository.
  else if (key !== null && !settings.some(isInclude)) kept.set(key, settings);
  return { settings, ownFilters: view.filters };
}

/** The value of a setting with one value; undefined if it is not set. */
export function lastValue(settings: readonly Setting[], key: string): string | null | undefined {
  return settings.findLast((each) => each.key === key)?.value;
}

/** As git reads a boolean. */
export function isTrue(value: string | null | undefined): boolean {
  return value === null || /^(?:true|yes|on|0*[1-9]\d*)$/i.test(value ?? '');
}

export const isInclude = ({ key }: ConfigEntry) => /^include(?:if\..*)?\.path$/s.test(key);

/** git lists the settings of the user also where it may not, or cannot, read the repository. */
async function assertReadable(path: string, call: GitCall): Promise<void> {
  await runGit(path, ['rev-parse', '--git-dir'], call);
}

function parseScoped(listing: string): Setting[] {
  const fields = listing.split('\0');
  const found: Setting[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [scope = '', entry = ''] = fields.slice(at, at + 2);
    const end = entry.indexOf('\n');
    const [key, value] = end < 0 ? [entry, null] : [entry.slice(0, end), entry.slice(end + 1)];
    found.push({ scope, key, value });
  }
  return found;
}

type Environment = Readonly<Record<string, string>>;

function userFiles({ GIT_CONFIG_GLOBAL: global, HOME: home, XDG_CONFIG_HOME: xdg }: Environment): string[] {
  if (global !== undefined) return [global];
  const own = home === undefined ? [] : [join(home, '.gitconfig')];
  const folder = xdg || (home === undefined ? undefined : join(home, '.config'));
  return folder === undefined ? own : [...own, join(folder, 'git', 'config')];
}

/** Compiled into git; null if it does not say. */
let compiledIn: Promise<string | null> | undefined;

async function machineFile({ GIT_CONFIG_SYSTEM: given }: Environment): Promise<Array<string | null>> {
  if (given !== undefined) return [given];
  compiledIn ??= askMachineFile();
  try {
    return [await compiledIn];
  } catch (cause) {
    compiledIn = undefined;
    throw cause;
  }
}

async function askMachineFile(): Promise<string | null> {
  const asked = ['config', '--system', '--list', '--show-origin', '-z'];
  const { stdout, stderr } = await runGit('/', asked, { okExitCodes: [1, 128] });
  const origin = stdout.startsWith('file:') ? stdout.slice('file:'.length, stdout.indexOf('\0')) : undefined;
  return origin ?? /unable to read config file '(.+)': No such file/.exec(stderr)?.[1] ?? null;
}

/** Null if a change of one of them could not be seen. */
function stateOfFiles(files: ReadonlyArray<string | null>): string | null {
  const states: string[] = [];
  for (const file of files) {
    const state = file === null ? null : stateOfFile(file);
    if (state === null) return null;
    states.push(`${file}\0${state}`);
  }
  return states.join('\0');
}

function stateOfFile(file: string): string | null {
  if (file === '/dev/null') return 'empty';
  // A network disk may not answer: git is asked, which is stopped then.
  if (!isAbsolute(file) || diskElsewhere(file) !== null) return null;
  try {
    const found = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (found === undefined) return 'absent';
    return found.isFile() ? `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}` : null;
  } catch (error) {
    if (hasErrorCode(error, 'EACCES', 'ELOOP')) return null;
    throw error;
  }
}
