// A process table of its own for everything that a contender starts: what is killed there, and what goes on in the
// background, is counted, and nothing outlives the benchmark. Needs root, as `scale-out` does.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { hasErrorCode } from '../../src/stdx/system-error.ts';
import { listPids, wholeSeconds } from '../machines/processes.ts';

export interface OwnProcesses {
  /** Starts a shell command in the background; its output goes where the command sends it. */
  run(command: string): void;
  /** Sends SIGKILL to the group of the process whose command line has all of these words. */
  killGroupOf(words: readonly string[]): void;
  /** Sends SIGKILL to every process, as a power cut would; what was written to files stays. */
  killAll(): void;
  /** The processor time of everything that runs there and has run there, in seconds. */
  cpuSeconds(): number;
  /** The memory of all living processes; what several share is counted once. */
  memoryBytes(): number;
  /** The living processes: without process 1, which is the benchmark's, and those that ended and wait for it. */
  count(): number;
  end(): Promise<void>;
}

const startMsMax = 5_000;
/** The shell is process 1: it receives orphans, so that their processor time is counted. */
const shell = ['sh', '-c', 'while read -r line; do eval "$line" & done'];

export async function ownProcesses(): Promise<OwnProcesses> {
  const child = spawn('unshare', ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', ...shell], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const outside = namespaceOf(process.pid);
  const first = await firstProcess(child, outside);
  const namespace = namespaceOf(first);
  const members = () => listPids().filter((pid) => namespaceOf(pid) === namespace);
  const matching = (words: readonly string[]) =>
    members().filter((pid) => {
      const command = read(`/proc/${pid}/cmdline`).split('\0');
      return words.every((word) => command.includes(word));
    });
  return {
    run: (command) => void child.stdin?.write(`${command}\n`),
    killGroupOf: (words) => {
      for (const pid of matching(words)) kill(-pid);
    },
    killAll: () => {
      for (const pid of members()) if (pid !== first) kill(pid);
    },
    cpuSeconds: () => members().reduce((sum, pid) => sum + wholeSeconds(pid), 0),
    memoryBytes: () => members().reduce((sum, pid) => sum + proportionalBytes(pid), 0),
    count: () => members().filter((pid) => pid !== first && !hasEnded(pid)).length,
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      while (members().length > 0) await sleep(10);
    },
  };
}

/** The shell does not take notice of orphans that end. */
function hasEnded(pid: number): boolean {
  return /\) [XZ] /.test(read(`/proc/${pid}/stat`));
}

/** The process may be gone. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}

/** The shell, by its ID outside. */
async function firstProcess({ pid = 0 }: ChildProcess, outside: string): Promise<number> {
  const endMs = performance.now() + startMsMax;
  while (performance.now() < endMs) {
    const inside = listPids().find((one) => read(`/proc/${one}/stat`).includes(`) S ${pid} `));
    const namespace = inside === undefined ? '' : namespaceOf(inside);
    if (inside !== undefined && namespace !== '' && namespace !== outside) return inside;
    await sleep(10);
  }
  throw new Error('No process table could be made: this benchmark needs root, and `unshare`.');
}

/** Empty if the process is gone. */
function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return '';
  }
}

/** Empty if the process is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function proportionalBytes(pid: number): number {
  const [, kibibytes = '0'] = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`)) ?? [];
  return Number(kibibytes) * 1_024;
}
