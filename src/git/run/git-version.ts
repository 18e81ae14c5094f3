import { statSync } from 'node:fs';
import { join } from 'node:path';
import { gitFailures } from '../failure-catalogue.ts';
import { runGit } from './run-git.ts';

/** The version that added `merge-tree --write-tree`. */
const minimum = { major: 2, minor: 38 };

/** The version that each program told, while its file stays the same. */
const told = new Map<string, string>();

/** The version of git in PATH, such as `2.39.5`. @throws GIT_MISSING, GIT_TOO_OLD */
export async function gitVersion(call: { signal?: AbortSignal | undefined } = {}): Promise<string> {
  const program = programInPath();
  const known = program === null ? undefined : told.get(program);
  if (known !== undefined) return known;
  const version = await askVersion(call);
  if (program !== null) {
    told.clear();
    told.set(program, version);
  }
  return version;
}

/** Identifies the file that a start of git executes; null if there is none. */
function programInPath(): string | null {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    const path = join(folder, 'git');
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isFile()) return [path, found.dev, found.ino, found.mtimeMs, found.ctimeMs].join('\n');
  }
  return null;
}

async function askVersion(call: { signal?: AbortSignal | undefined }): Promise<string> {
  const { stdout } = await runGit('/', ['version'], call);
  const version = /(\d+)\.(\d+)[\w.-]*/.exec(stdout);
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  if (version && (major > minimum.major || (major === minimum.major && minor >= minimum.minor)))
    return version[0];
  throw gitFailures.GIT_TOO_OLD('git version', {
    found: stdout.trim(),
    major: minimum.major,
    minor: minimum.minor,
  });
}
