// Tells people whether this machine has cached what the next work order of a project needs.
import { join } from 'node:path';
import type { ProjectValuesView } from '../../../contract/contract.ts';
import { lstatIfThere } from '../../../git/run/is-there.ts';
import { namesIn } from '../../../stdx/text/names-in.ts';
import type { Planned } from '../checks/project-checks.ts';
import { cachePath, type Mark, markFile, readMark } from './entry.ts';
import { preparationOf } from './preparation.ts';

/** Null if the project has no setup. */
export async function nextEntry(planned: Planned, commit: string): Promise<ProjectValuesView['prepared']> {
  const preparation = await preparationOf(planned, { baseSha: commit, sha: commit });
  if (preparation === null || preparation.setup.length === 0) return null;
  const none = { bytes: null, made_at: null, used_at: null };
  const { settings, project } = planned;
  if (settings.preparedGbMax === 0) return { state: 'off', ...none };
  const folder = join(cachePath(settings.dataDirectory), project.id);
  const same = await figuresOf(join(folder, preparation.key), () => true);
  if (same) return { state: 'ready', ...same };
  // Another process may run setups in an environment that differs from this one.
  for (const name of await namesIn(folder)) {
    if (name.startsWith('.')) continue;
    const like = await figuresOf(join(folder, name), ({ content }) => content === preparation.content);
    if (like) return { state: 'likely', ...like };
  }
  return { state: 'missing', ...none };
}

/** Null if the entry is not the one that is wanted, or is being removed. */
async function figuresOf(path: string, isWanted: (mark: Mark) => boolean) {
  const mark = await readMark(path);
  const found = mark && isWanted(mark) ? await lstatIfThere(join(path, markFile)) : null;
  if (mark === null || found === null) return null;
  const bytes = mark.files.bytes + mark.home.bytes;
  return { bytes, made_at: mark.madeAt ?? null, used_at: found.mtime.toISOString() };
}
