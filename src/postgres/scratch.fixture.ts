// For the tests of this folder: temporary directories and child processes. After each test, no server that it started
// is left.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { inject, onTestFinished } from 'vitest';
import { until } from '../stdx/async/until.fixture.ts';
import { startEmbedded } from './start/start-embedded.ts';

/** Settings for tests that do not check durability. */
export const quick = { fsync: 'off', shared_buffers: '16MB' };

const memoryDisk = '/dev/shm';
const roomBytes = 2 * 1024 ** 3;

/** A cluster has 40 MB: copying it takes 0.1 s in memory, and up to 1 s on a busy disk. */
const root = isRoomy(memoryDisk) ? memoryDisk : tmpdir();

/** Containers often have only 64 MB there, and often do not allow running programs from it. */
function isRoomy(path: string): boolean {
  try {
    const mount = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .findLast((line) => line.split(' ')[1] === path);
    const { bavail, bsize } = statfsSync(path);
    return mount !== undefined && !/\b(noexec|ro)\b/.test(mount) && bavail * bsize > roomBytes;
  } catch {
    return false;
  }
}

/**
 * A directory that every account may enter. It is removed at the end of the test, after the servers below it have
 * stopped.
 */
export function scratch(): string {
  const path = mkdtempSync(join(root, 'moose-embedded-'));
  chmodSync(path, 0o755);
  onTestFinished(async () => {
    for (const pid of postmastersBelow(path)) process.kill(pid, 'SIGQUIT');
    await until(`no process left below ${path}`, () => processesBelow(path).length === 0);
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  });
  return path;
}

/** One for all test files that run in this process. */
let template: Promise<string> | undefined;

/** A launcher's directory with a cluster already created, which saves the half second of an initdb. */
export async function scratchWithCluster(): Promise<string> {
  template ??= makeTemplate();
  const directory = join(scratch(), 'embedded');
  execFileSync('cp', ['-a', await template, directory]);
  return directory;
}

async function makeTemplate(): Promise<string> {
  const directory = mkdtempSync(join(inject('sharedFolder'), 'template-'));
  const server = await startEmbedded({ directory, settings: quick });
  await server.stop();
  rmSync(join(directory, 'port'));
  return directory;
}

/** A copy of a package's programs, without the links that its install script creates. */
export function copyWithoutLinks(native: string, target: string): string {
  cpSync(native, target, { recursive: true, verbatimSymlinks: true });
  for (const name of readdirSync(join(target, 'lib'), { withFileTypes: true })) {
    if (name.isSymbolicLink()) rmSync(join(target, 'lib', name.name));
  }
  return target;
}

/** The processes whose working directory is below `path`: a server and all of its backends. */
export function processesBelow(path: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    return Number.isInteger(pid) && workingDirectory(pid).startsWith(`${path}/`) ? [pid] : [];
  });
}

function workingDirectory(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function postmastersBelow(path: string): number[] {
  return processesBelow(path).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[1] === '-D';
    } catch {
      return false;
    }
  });
}

/** The process ID of the server of a directory. */
export function postmasterOf(directory: string): number {
  return Number(readFileSync(join(directory, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

export interface Starter {
  readonly child: ChildProcess;
  /** The next line that the child prints, as JSON. */
  said(): Promise<{
    port: number;
    url: string;
    wasAdopted: boolean;
    uid: number;
    code?: string;
    message?: string;
  }>;
  exited: Promise<unknown>;
}

/** Another process, leader of its own group, that runs starter.fixture.ts. */
export function starter(
  request: Record<string, unknown>,
  account: { uid?: number; gid?: number } = {},
  /** A program, with its arguments, that runs the child with fewer rights. */
  wrapper: string[] = [],
): Starter {
  const script = fileURLToPath(new URL('./starter.fixture.ts', import.meta.url));
  const [program = process.execPath, ...args] = [
    ...wrapper,
    process.execPath,
    script,
    JSON.stringify(request),
  ];
  const child = spawn(program, args, {
    ...account,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, exited, said: async () => JSON.parse((await lines.next()).value ?? '{}') };
}
