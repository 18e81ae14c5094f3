// Temporary folders of tests are in memory, where root may mount it. Moose flushes what a crash must not take, again and
// again, and each flush waits for what all other tests have written to the disk: 5 ms for a file, a second for a repository.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Sockets have short paths, so that of the folder is short too. */
const named = /^\S+ (?<path>\S*\/moose(?<pid>\d+)) tmpfs /gm;
/** What the tests of a run have at the same time, and the processes that they start. */
const availableMbMin = 6_000;

export default function setup(): (() => void) | undefined {
  if (process.platform !== 'linux' || process.geteuid?.() !== 0) return undefined;
  for (const { groups } of readFileSync('/proc/mounts', 'utf8').matchAll(named))
    if (!isAlive(Number(groups?.pid))) remove(groups?.path ?? '');
  const path = join(tmpdir(), `moose${process.pid}`);
  if (availableMb() < availableMbMin || !mount(path)) return undefined;
  const before = process.env.TMPDIR;
  // The workers inherit it.
  process.env.TMPDIR = path;
  return () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    remove(path);
  };
}

function mount(path: string): boolean {
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=1777', 'moose', path], { stdio: 'ignore' });
    return true;
  } catch {
    rmdirSync(path);
    return false;
  }
}

/** A process that has outlived its test keeps the memory, and nobody sees the folder any more. */
function remove(path: string): void {
  execFileSync('umount', ['--lazy', path]);
  rmdirSync(path);
}

function availableMb(): number {
  const found = /^MemAvailable: +(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return Number(found ?? 0) / 1_024;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
