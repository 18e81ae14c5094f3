// For tests only: starts a program and waits for its end, as `execFileSync` does, but through a small process. Node
// starts a program by `fork`, which copies page tables: 30 ms of computing time in a process of 500 MB, where many test
// files have run, and 2 ms in a small one.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Start {
  file: string;
  args: readonly string[];
  cwd?: string;
  /** The environment of the program; by default that of this process. */
  env?: Readonly<Record<string, string | undefined>>;
  input?: string;
}

export interface End {
  status: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  /** Why the program could not be started. */
  startError?: { message: string; code?: string };
}

/** Starting the small process takes as long as this number of forks. */
const startsHereMax = 8;
let starts = 0;
let starter: Starter | undefined;

/** Returns the output of the program; if it fails, throws an error like that of `execFileSync`. */
export function runQuickly(
  file: string,
  args: readonly string[],
  options: Omit<Start, 'file' | 'args'> = {},
): string {
  const end = endQuickly(file, args, options);
  if (end.startError) throw Object.assign(new Error(end.startError.message), end.startError, end);
  if (end.status === 0) return end.stdout;
  const message = `Command failed: ${[file, ...args].join(' ')}`;
  throw Object.assign(new Error(end.stderr ? `${message}\n${end.stderr}` : message), end);
}

/** Runs the program and returns how it ended, like `spawnSync`. */
export function endQuickly(
  file: string,
  args: readonly string[],
  options: Omit<Start, 'file' | 'args'> = {},
): End {
  // The small process keeps the environment and working directory that it started with.
  const start = { file, args, cwd: process.cwd(), env: process.env, ...options };
  starts += 1;
  if (starts <= startsHereMax) return endHere(start);
  starter ??= startStarter();
  try {
    return starter(start);
  } catch (error) {
    // The next call starts another small process.
    starter = undefined;
    throw error;
  }
}

export function endHere({ file, args, ...options }: Start): End {
  const { status, signal, stdout, stderr, error } = spawnSync(file, args, {
    ...options,
    encoding: 'utf8',
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const { message, code } = (error ?? {}) as NodeJS.ErrnoException;
  return {
    status,
    signal,
    stdout,
    stderr,
    ...(message === undefined ? {} : { startError: { message, ...(code && { code }) } }),
  };
}

type Starter = (start: Start) => End;

/** The small process ends when this process ends or closes its end of the pipe. */
function startStarter(): Starter {
  const folder = mkdtempSync(join(tmpdir(), 'moose-quick-start-'));
  const requests = openPipe(join(folder, 'requests'));
  const answers = openPipe(join(folder, 'answers'));
  rmSync(folder, { recursive: true });
  const program = join(import.meta.dirname, 'quick-starter.fixture.ts');
  const stdio = [requests.readable, answers.writable, 'inherit'] as const;
  spawn(process.execPath, [program], { stdio: [...stdio] }).unref();
  // From here on, only the small process holds these ends, so this process reads end-of-file when it dies.
  closeSync(requests.readable);
  closeSync(answers.writable);
  return (start) => {
    writeMessage(requests.writable, start);
    const end = readMessage<End>(answers.readable);
    if (!end) throw new Error('The process that starts programs for tests has ended');
    return end;
  };
}

function openPipe(path: string): { readable: number; writable: number } {
  execFileSync('mkfifo', [path]);
  // Opened for both directions first, because opening one end of a named pipe blocks until the other end is open.
  const both = openSync(path, 'r+');
  const ends = { readable: openSync(path, 'r'), writable: openSync(path, 'w') };
  closeSync(both);
  return ends;
}

const lengthBytes = 4;

export function writeMessage(to: number, message: Start | End): void {
  const body = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(body.length);
  const bytes = Buffer.concat([length, body]);
  for (let written = 0; written < bytes.length; ) written += writeSync(to, bytes, written);
}

/** Returns `undefined` if the other side has closed its end. */
export function readMessage<T extends Start | End>(from: number): T | undefined {
  const length = readBytes(from, lengthBytes);
  const body = length && readBytes(from, length.readUInt32BE());
  return body && (JSON.parse(body.toString()) as T);
}

function readBytes(from: number, count: number): Buffer | undefined {
  const bytes = Buffer.alloc(count);
  for (let read = 0; read < count; ) {
    const more = readSync(from, bytes, read, count - read, null);
    if (more === 0) return undefined;
    read += more;
  }
  return bytes;
}
