// The repository's settings that let the user's git start a program or send work elsewhere: recorded before a session
// that could change them, and compared after it. Moose's own git reads none of them (R-SEC-7), but the user's git does.

import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileFailures } from '../run/file-failure.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere, readIfThere } from '../run/is-there.ts';
import { runGit } from '../run/run-git.ts';
import { commonGitDir } from '../worktree/worktree-list.ts';
import { type ConfigEntry, isPlain, parseEntries } from './plain-config.ts';
import { knownEntries } from './repository-view.ts';

/** The name of each setting and a digest of its value. */
export type RepositorySettings = Readonly<Record<string, string>>;

const wholeFiles = ['info/attributes', 'objects/info/alternates'];
/** A larger hook is identified by its size and time. */
const hookBytesMax = 4 * 1024 * 1024;

export async function settingsOf(repositoryPath: string, call: GitCall = {}): Promise<RepositorySettings> {
  return withFileFailures('read settings', call.signal, async () => {
    const common = await commonGitDir(repositoryPath, call);
    const settings: Record<string, string> = {};
    for (const name of ['config', 'config.worktree'])
      for (const { key, value } of await entriesOf(repositoryPath, join(common, name), call))
        if (!isPlain(key) || isAddress(key)) settings[key] = digest(`${settings[key] ?? ''}\0${value}`);
    for (const name of wholeFiles) {
      const text = await readIfThere(join(common, name));
      if (text !== null) settings[name] = digest(text);
    }
    for (const name of await hooksIn(common))
      settings[`hooks/${name}`] = await hookOf(join(common, 'hooks', name));
    return settings;
  });
}

/** Names of the settings that were added, changed or removed. */
export function changedSettings(before: RepositorySettings, after: RepositorySettings): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name]).sort();
}

/** Whether the setting is a push or fetch address. */
export function isAddress(name: string): boolean {
  return /^(remote\..+\.(url|pushurl)|url\..+\.(insteadof|pushinsteadof))$/s.test(name);
}

async function entriesOf(
  repositoryPath: string,
  file: string,
  call: GitCall,
): Promise<readonly ConfigEntry[]> {
  if (!(await isThere(file))) return [];
  const text = await readIfThere(file);
  const known = text === null ? undefined : knownEntries(text);
  if (known) return known;
  const args = ['config', '--file', file, '--no-includes', '--list', '-z'];
  // An unreadable configuration counts as changed too.
  const { stdout, exitCode } = await runGit(repositoryPath, args, { ...call, okExitCodes: [1, 3, 128] });
  return exitCode === 0 ? parseEntries(stdout) : [{ key: `unreadable ${file}`, value: null }];
}

async function hooksIn(common: string): Promise<string[]> {
  const names = await readdir(join(common, 'hooks')).catch(() => [] as string[]);
  return names.filter((name) => !name.endsWith('.sample'));
}

async function hookOf(path: string): Promise<string> {
  const found = await lstat(path);
  const isRead = found.isFile() && found.size <= hookBytesMax;
  const text = isRead ? (await readFile(path)).toString('latin1') : `${found.size} ${found.mtimeMs}`;
  return digest(`${found.mode} ${text}`);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
