// Moose on the disk, which believes that each of its starts is one of the machine: it sees another boot id.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { hasErrorCode } from '../../src/stdx/system-error.ts';
import { compiledCode } from '../compiled-code.ts';
import { mooseProgram } from '../moose-program.ts';

const startMsMax = 120_000;
const roundsMax = 200;

export interface PoweredMoose {
  /** What it has printed on stderr so far. */
  stderr(): string;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

/** Resolves when Moose carries work. @throws if it ends before */
export async function startPowered(given: {
  /** A folder that is not on the disk. */
  outside: string;
  dataDirectory: string;
  program?: string | undefined;
  environment: Readonly<Record<string, string>>;
}): Promise<PoweredMoose> {
  const bootId = join(given.outside, 'boot-id');
  await writeFile(bootId, `${randomUUID()}\n`);
  const boot = 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"';
  const moose = [
    process.execPath,
    given.program ?? mooseProgram,
    'up',
    '--json',
    '--data',
    given.dataDirectory,
  ];
  const child = spawn('unshare', ['--mount', 'sh', '-c', boot, bootId, ...moose], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...compiledCode, ...given.environment },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-100_000);
  });
  await started(child, () => stderr);
  return {
    stderr: () => stderr,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      await gone;
    },
  };
}

async function started(child: ChildProcess, stderr: () => string): Promise<void> {
  if (!child.stdout) throw new Error('Moose has no stdout');
  const lines = createInterface({ input: child.stdout });
  const up = Promise.withResolvers<void>();
  lines.on('line', (line) => {
    if (line.includes('.started')) up.resolve();
  });
  const failed = async (why: string) => {
    throw new Error(`Moose did not start: ${why}\n${stderr().slice(-2_000)}`);
  };
  await Promise.race([
    up.promise,
    once(child, 'exit').then(() => failed('it ended')),
    sleep(startMsMax).then(() => failed('it took too long')),
  ]);
}

/**
 * Stops, at one instant, everything that has to do with the disk: nobody calls a provider after the instant at which the
 * power goes.
 */
export function freezeAllOn(path: string): Promise<void> {
  return signalAllOn(path, 'SIGSTOP', (state) => state !== 'T');
}

/** Kills, at once and without a word, everything that has to do with the disk. */
export function killAllOn(path: string): Promise<void> {
  return signalAllOn(path, 'SIGKILL', () => true);
}

async function signalAllOn(
  path: string,
  name: 'SIGSTOP' | 'SIGKILL',
  counts: (state: string) => boolean,
): Promise<void> {
  for (let round = 0; round < roundsMax; round += 1) {
    const pids = await processesOn(path, counts);
    if (pids.length === 0) return;
    for (const pid of pids) signal(pid, name);
    await sleep(20);
  }
  throw new Error(`Processes on ${path} do not follow ${name}`);
}

async function processesOn(path: string, counts: (state: string) => boolean): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    if (await isOn(pid, path, counts)) found.push(pid);
  }
  return found;
}

/** By its words, its environment and its folder; a session that sees other names carries the mark of its start. */
async function isOn(pid: number, path: string, counts: (state: string) => boolean): Promise<boolean> {
  const said = async (name: string) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const state = (await said('stat')).split(') ')[1]?.[0];
  if (state === undefined || state === 'Z' || state === 'X' || !counts(state)) return false;
  if ([await said('cmdline'), await said('environ')].some((text) => text.includes(path))) return true;
  for (const name of ['cwd', 'exe'])
    if ((await readlink(`/proc/${pid}/${name}`).catch(() => '')).startsWith(path)) return true;
  return false;
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if (!hasErrorCode(cause, 'ESRCH')) throw cause;
  }
}
