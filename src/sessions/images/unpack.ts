// Unpacks the files of an image into a folder: the engine exports them from a container that is never started.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, readFile, symlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { ConfigurationError, TransientError } from '../../domain/failure.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { sessionFailures } from '../failure-catalogue.ts';
import { machineFiles } from '../isolation/image-view.ts';
import { engineFailure } from './engine-failure.ts';
import { askEngine, endGroup, type ImageEngine, lastLine } from './engines.ts';

/** The maximum time for an export: some images have tens of gigabytes. */
const unpackMsMax = 30 * 60_000;
const namePrefix = 'moose-unpack-';

interface Unpacking {
  id: string;
  name: string;
  folder: string;
  /** The size limit of the archive, which is about the size of its files. */
  bytesMax: number;
  signal: AbortSignal;
}

/** The caller removes a half unpacked image. @throws ConfigurationError CONTAINER_IMAGE_TOO_LARGE */
export async function unpackImage(
  engine: ImageEngine,
  { id, name, folder, bytesMax, signal }: Unpacking,
): Promise<void> {
  await removeLeft(engine, signal);
  const container = `${namePrefix}${hostname()}-${process.pid}-${crypto.randomUUID()}`;
  // The command never runs, but an engine creates no container without one.
  const made = await askEngine(
    engine,
    ['create', '--name', container, '--network', 'none', id, '/bin/true'],
    { signal },
  );
  if (made.code !== 0) throw engineFailure(engine.name, name, made.stderr);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await exportTo(engine, container, { name, folder, bytesMax, signal });
    await fitFiles(folder);
  } finally {
    // Also runs after a cancel, when the signal is aborted.
    await askEngine(engine, ['rm', '--force', container], {});
  }
}

/**
 * A shell connects the two programs: podman opens its output by name, and Node's pipes are sockets, which cannot be
 * opened by name. `head` ends the archive at the limit; if more follows, the archive is too large.
 */
const exportScript = `{ "$1" export "$2"; echo "export $?" >&3; } | {
  { head -c "$4"; echo "head $?" >&3; } | tar -x -f - -C "$3" --delay-directory-restore --anchored \
    --exclude='dev/*' --exclude='proc/*' --exclude='sys/*' --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*'
  code=$?
  echo "more $(head -c 1 | wc -c)" >&3
  exit $code
}`;

async function exportTo(
  engine: ImageEngine,
  container: string,
  { name, folder, bytesMax, signal }: Omit<Unpacking, 'id'>,
): Promise<void> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(unpackMsMax)]);
  const child = spawn(
    '/bin/sh',
    ['-c', exportScript, 'sh', engine.path, container, folder, String(bytesMax)],
    {
      env: { ...engine.env, LC_ALL: 'C' },
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    },
  );
  const [, , , exitCodes] = child.stdio;
  if (child.stderr === null || !(exitCodes instanceof Readable)) throw new TypeError('Both are pipes');
  const end = () => endGroup(child.pid);
  until.addEventListener('abort', end, { once: true });
  if (until.aborted) end();
  try {
    const [[code], said, ends] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stderr),
      linesOf(exitCodes, (line) => {
        // Nobody reads the rest. If the engine has opened its output for reading too, it would wait forever.
        if (line === 'more 1') end();
      }),
    ]);
    signal.throwIfAborted();
    if (ends.includes('head 0') && ends.includes('more 1')) throw imageTooLarge(name, bytesMax);
    if (code !== 0 || !ends.includes('export 0')) throw notUnpacked(name, lastLine(said));
  } finally {
    until.removeEventListener('abort', end);
  }
}

async function linesOf(stream: Readable, onLine: (line: string) => void): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    lines.push(line);
    onLine(line);
  }
  return lines;
}

function notUnpacked(name: string, said: string): TransientError {
  return sessionFailures.CONTAINER_UNPACK_FAILED(
    { operation: 'unpack image', metadata: { image: name } },
    { name, said },
  );
}

const gib = 1024 ** 3;

/** A person set the limit, so another attempt would fail in the same way. */
export function imageTooLarge(name: string, bytesMax: number): ConfigurationError {
  return sessionFailures.CONTAINER_IMAGE_TOO_LARGE(
    { operation: 'get image', metadata: { image: name, bytesMax } },
    { name, gibMax: Number((bytesMax / gib).toFixed(1)) },
  );
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
  await writePassing(path, `${now}${now === '' || now.endsWith('\n') ? '' : '\n'}${line}\n`, {
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
