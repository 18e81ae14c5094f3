// Tests whether sessions can see a folder of the data directory below their worktree, and write there without changing
// it: whether the kernel mounts an overlay in a session's namespace, on this file system.
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { enterNamespace, type IsolationWay } from './isolation-way.ts';
import { isPlainPath } from './mount-plan.ts';
import { probeIsolation } from './probe-isolation.ts';
import { viewFor } from './session-view.ts';
import { inTrialFolder, trialEnvironment, trialMsMax, tryCommand } from './trial.ts';

export interface OverlayProbe {
  isPossible: boolean;
  /** Why it is impossible, in one sentence; null if it is possible. */
  reason: string | null;
}

const folderPrefix = '.overlay-';
/** The results, by data directory. */
const probed = new Map<string, Promise<OverlayProbe>>();

/** Probes once per process and data directory. The directory must exist. */
export function probeOverlay(dataDirectory: string): Promise<OverlayProbe> {
  const known = probed.get(dataDirectory) ?? probe(dataDirectory);
  probed.set(dataDirectory, known);
  return known;
}

async function probe(dataDirectory: string): Promise<OverlayProbe> {
  const { level, way } = await probeIsolation();
  if (level !== 'files' || way === null) return not('sessions have no files of their own here');
  try {
    return await tryOverlay(dataDirectory, way);
  } catch (cause) {
    // A machine failure, such as too many processes, says nothing about the next probe.
    probed.delete(dataDirectory);
    throw cause;
  }
}

/** Probes one way of isolation, each time it is called. */
export async function tryOverlay(dataDirectory: string, way: IsolationWay): Promise<OverlayProbe> {
  const tried = await inTrialFolder(dataDirectory, folderPrefix, (folder) => tryIn(folder, way));
  return tried ?? not('the data directory cannot be written');
}

/** What programs do with files: read, change, delete, replace and move them. */
const tries = `set -e
test "$(cat deps/read)" = lower
echo more >> deps/changed
rm deps/deleted
rm -r deps/folder && mkdir deps/folder && echo new > deps/folder/file
mv deps/moved deps/elsewhere
echo own > own
test "$(cat own deps/elsewhere)" = "$(printf 'own\nlower')"
`;
const names = ['read', 'changed', 'deleted', 'moved', 'folder/file'];

async function tryIn(folder: string, way: IsolationWay): Promise<OverlayProbe> {
  if (!isPlainPath(folder)) return not('the path of the data directory has unusual characters');
  const [lower, upper, data] = ['lower', 'upper', 'data'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(join(lower, 'deps/folder'), { recursive: true });
  for (const name of names) await writePassing(join(lower, 'deps', name), 'lower\n');
  await mkdir(upper);
  await mkdir(data);
  const argv = ['/bin/sh', '-c', tries] as const;
  const env = trialEnvironment;
  const view = viewFor({
    argv,
    env,
    cwd: upper,
    dataDirectory: folder,
    sessionPath: data,
    isUser: way.kind === 'user',
    userHome: homedir(),
    hidden: [],
    granted: [],
    shown: [{ path: upper, sight: 'write', over: lower }],
  });
  const entered = enterNamespace(way, { argv: [...argv], cwd: upper, network: 'none', view });
  const { code, said } = await tryCommand(entered);
  if (code === null) return not(`it took longer than ${trialMsMax / 1_000} seconds`);
  if (code !== 0) return not(`the kernel refuses it (${said.split('\n').at(-1)})`);
  const kept = await Promise.all(names.map((name) => readFile(join(lower, 'deps', name), 'utf8')));
  const isRight =
    kept.every((each) => each === 'lower\n') && (await readFile(join(upper, 'own'), 'utf8')) === 'own\n';
  return isRight ? { isPossible: true, reason: null } : not('it does not keep what is below');
}

function not(reason: string): OverlayProbe {
  return { isPossible: false, reason };
}
