// Whether this machine keeps what the next work order of a project needs, for people who look at the project.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectValuesView } from '../../../contract/contract.ts';
import { namesIn } from '../../../stdx/names-in.ts';
import type { Planned } from '../project-checks.ts';
import { cachePath, type Mark, markFile, readMark } from './entry.ts';
import { preparationOf } from './preparation.ts';

/** Null: it has no setup. */
export async function nextEntry(planned: Planned, commit: string): Promise<ProjectValuesView['prepared']> {
  const preparation = await preparationOf(planned, { baseSha: commit, sha: commit });
  if (preparation === null || preparation.setup.length === 0) return null;
  const none = { bytes: null, made_at: null, used_at: null };
  const { settings, project } = planned;
  if (settings.preparedGbMax === 0) return { state: 'off', ...none };
  const folder = join(cachePath(settings.dataDirectory), project.id);
  const same = await readMark(join(folder, preparation.key));
  if (same) return { state: 'ready', ...(await figuresOf(join(folder, preparation.key), same)) };
  // Another process may run setups in another environment than this one.
  for (const name of await namesIn(folder)) {
    const mark = name.startsWith('.') ? null : await readMark(join(folder, name));
    if (mark?.content === preparation.content)
      return { state: 'likely', ...(await figuresOf(join(folder, name), mark)) };
  }
  return { state: 'missing', ...none };
}

async function figuresOf(path: string, { files, home, madeAt = null }: Mark) {
  const { mtime } = await lstat(join(path, markFile));
  return { bytes: files.bytes + home.bytes, made_at: madeAt, used_at: mtime.toISOString() };
}
