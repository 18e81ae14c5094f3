// Unpacks the files of an image into a folder: the engine exports them from a container that is never started.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { TransientError } from '../../domain/failure.ts';
import { removeTree } from '../../stdx/remove-tree.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { machineFiles } from '../isolation/image-view.ts';
import { engineFailure } from './engine-failure.ts';
import { askEngine, endGroup, type ImageEngine, lastLine } from './engines.ts';

/** The maximum time for an export: some images have tens of gigabytes. */
const unpackMsMax = 30 * 60_000;
const namePrefix = 'moose-unpack-';

export async function unpackImage(
  engine: ImageEngine,
  { id, name, folder, signal }: { id: string; name: string; folder: string; signal: AbortSignal },
): Promise<void> {
  await removeLeft(engine, signal);
  const container = `${namePrefix}${hostname()}-${process.pid}-${crypto.randomUUID()}`;
  // The command never runs; it is there because an engine creates no container without one.
  const made = await askEngine(
    engine,
    ['create', '--name', container, '--network', 'none', id, '/bin/true'],
    { signal },
  );
  if (made.code !== 0) throw engineFailure(engine.name, name, made.stderr);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await exportTo(engine, container, { name, folder, signal });
    await fitFiles(folder);
  } finally {
    // Also runs after a cancel, when the signal is aborted.
    await askEngine(engine, ['rm', '--force', container], {});
  }
}

/**
 * A shell connects the two programs: podman opens its output by name, and Node's pipes are sockets, which cannot be
 * opened by name.
 */
const exportScript = `{ "$1" export "$2"; echo "$?" >&3; } | tar -x -f - -C "$3" --delay-directory-restore --anchored \
  --exclude='dev/*' --exclude='proc/*' --exclude='sys/*' --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*'`;

async function exportTo(
  engine: ImageEngine,
  container: string,
  { name, folder, signal }: { name: string; folder: string; signal: AbortSignal },
): Promise<void> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(unpackMsMax)]);
  const child = spawn('/bin/sh', ['-c', exportScript, 'sh', engine.path, container, folder], {
    env: { ...engine.env, LC_ALL: 'C' },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [, , , exitCodes] = child.stdio;
  if (child.stderr === null || !(exitCodes instanceof Readable)) throw new TypeError('Both are pipes');
  const end = () => endGroup(child.pid);
  until.addEventListener('abort', end, { once: true });
  if (until.aborted) end();
  try {
    const [[code], said, exported] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stderr),
      text(exitCodes),
    ]);
    signal.throwIfAborted();
    if (code !== 0 || exported.trim() !== '0') throw notUnpacked(name, lastLine(said));
  } finally {
    until.removeEventListener('abort', end);
  }
}

function notUnpacked(name: string, said: string): TransientError {
  return new TransientError({
    code: 'CONTAINER_UNPACK_FAILED',
    component: 'sessions',
    operation: 'unpack image',
    message: `The image ${name} could not be unpacked: ${said}`,
    advice:
      'Check that the disk of the data directory has space, and that tar is installed; then retry: `moose retry ID`.',
    metadata: { image: name },
  });
}

/**
 * The files that an engine writes into each container: without them, neither `localhost` nor the user's name is known.
 */
async function fitFiles(folder: string): Promise<void> {
  const etc = join(folder, 'etc');
  // A link in its place could lead out of the folder.
  if (!(await isFolder(etc))) return;
  for (const [path, to] of Object.entries(machineFiles)) {
    await removeTree(join(folder, path));
    await symlink(to, join(folder, path));
  }
  const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
  await addLine(
    join(etc, 'passwd'),
    (line) => line.split(':')[2] === String(uid),
    `moose:x:${uid}:${gid}::/tmp:/bin/sh`,
  );
  await addLine(join(etc, 'group'), (line) => line.split(':')[2] === String(gid), `moose:x:${gid}:`);
}

async function addLine(path: string, isIt: (line: string) => boolean, line: string): Promise<void> {
  const isFile = await lstat(path).then((found) => found.isFile(), absent);
  const now = isFile ? await readFile(path, 'utf8') : '';
  if (now.split('\n').some(isIt)) return;
  await removeTree(path);
  await writeFile(path, `${now}${now === '' || now.endsWith('\n') ? '' : '\n'}${line}\n`, {
    flag: 'wx',
    mode: 0o644,
  });
}

async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then((found) => found.isDirectory(), absent);
}

function absent(error: unknown): false {
  if (hasErrorCode(error, 'ENOENT')) return false;
  throw error;
}

/** Removes containers of a Moose that was killed while it unpacked. */
async function removeLeft(engine: ImageEngine, signal: AbortSignal): Promise<void> {
  const words = ['ps', '--all', '--filter', `name=${namePrefix}`, '--format', '{{.Names}}'];
  const { code, stdout } = await askEngine(engine, words, { signal });
  if (code !== 0) return;
  const mine = `${namePrefix}${hostname()}-`;
  for (const name of stdout.split('\n').filter((each) => each.startsWith(mine))) {
    const pid = Number.parseInt(name.slice(mine.length), 10);
    if (pid > 0 && !isAlive(pid)) await askEngine(engine, ['rm', '--force', name], { signal });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasErrorCode(error, 'ESRCH');
  }
}
