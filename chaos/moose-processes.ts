// The real `moose up` and `moose worker` of a scratch instance: each in its own process group. One that ends by itself is
// started again, as systemd would do; one that a fault has killed is started again by the fault.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rename, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { sleep } from '../src/stdx/async/sleep.ts';
import { hasErrorCode } from '../src/stdx/system-error.ts';
import type { Clocks } from './clocks.ts';

const startMsMax = 60_000;
/** A database that was killed too is running again before this. */
const startsMax = 60;
const restartMs = 1_000;
const stopMsMax = 20_000;
const saidCharsMax = 4_000;

export const roles = ['server', 'worker'] as const;
export type Role = (typeof roles)[number];

export interface MooseProcess {
  role: Role;
  pid: number;
  /** Resolves when the process has ended, for whatever reason. */
  gone: Promise<void>;
  isGone(): boolean;
  /** The end of its stderr output. */
  said(): string;
}

export interface MooseProcesses {
  /** The running process; null between a kill and the next start. */
  of(role: Role): MooseProcess | null;
  living(): MooseProcess[];
  /** Starts the role's process unless it is running. */
  start(role: Role, environment?: Readonly<Record<string, string>>): Promise<MooseProcess>;
  /** Starts the processes that are not running. */
  startMissing(): Promise<void>;
  /** Makes the next process that reaches this point of a run kill or freeze itself there. */
  arm(point: string, signal: 'SIGKILL' | 'SIGSTOP'): Promise<Armed>;
  /** Sends SIGKILL to the whole group: Moose and its launcher. Agents and checks have their own groups. */
  kill(one: MooseProcess): Promise<void>;
  /** Processes that ended without being killed and without giving a reason. */
  diedAlone(): readonly string[];
  /** Stops all processes cleanly, and kills those that do not stop. */
  close(): Promise<void>;
}

export interface Armed {
  hasHit(): boolean;
  /** Ends this. Returns whether a process was hit before. */
  disarm(): Promise<boolean>;
}

/** Where a process runs. */
export interface Place {
  dataDirectory: string;
  environment: Readonly<Record<string, string>>;
  /** The program and its arguments that start Moose; it must become Moose. */
  before: readonly string[];
}

export interface StartOptions {
  program: string;
  clocks: Pick<Clocks, 'environmentOf'>;
  dataDirectory: string;
  environment: Readonly<Record<string, string>>;
  signal: AbortSignal;
  /** The processes that run at all; both by default. */
  roles?: readonly Role[];
  /** The second machine, which has the worker; null if there is only one. */
  second: Place | null;
}

const commands: Readonly<Record<Role, string>> = { server: 'up', worker: 'worker' };

export function mooseProcesses({
  program,
  clocks,
  dataDirectory,
  environment,
  signal,
  second,
  roles: wanted = roles,
}: StartOptions): MooseProcesses {
  const current = new Map<Role, MooseProcess>();
  const killed = new Set<number>();
  const alone: string[] = [];
  /** `left`: the number of processes that may still kill themselves at a point. */
  const armed = { left: 0 };
  let isClosing = false;
  const armPath = join(dirname(dataDirectory), 'die-at');
  const of = (role: Role) => {
    const one = current.get(role);
    return one === undefined || one.isGone() ? null : one;
  };
  const start = async (role: Role, further: Readonly<Record<string, string>> = {}) => {
    const living = of(role);
    if (living) return living;
    const place = role === 'worker' && second ? second : { dataDirectory, environment, before: [] };
    const [command = '', ...args] = [...place.before, process.execPath, program, commands[role]];
    const child = spawn(command, [...args, '--json', '--data', place.dataDirectory], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...place.environment, ...clocks.environmentOf(role), MOOSE_DIE_AT: armPath, ...further },
    });
    const one = followed(role, child);
    current.set(role, one);
    void one.gone.then(() => {
      if (child.signalCode === 'SIGKILL' && armed.left > 0 && !killed.has(one.pid)) {
        armed.left -= 1;
        return;
      }
      if (isClosing || killed.has(one.pid)) return;
      if (child.signalCode !== null || !isTold(one.said())) {
        alone.push(
          `${role} ended by itself (${child.exitCode ?? child.signalCode}): ${one.said() || 'said nothing'}`,
        );
      }
      void sleep(restartMs, signal)
        .then(() => keepStarting(role))
        .catch((error: unknown) => {
          if (!isClosing && !signal.aborted) alone.push(`${role} could not be started again: ${error}`);
        });
    });
    await started(child, one);
    return one;
  };
  /** Like `Restart=always`: a Moose that does not find its database reports that and ends. */
  const keepStarting = async (role: Role) => {
    for (let tries = 0; !isClosing && of(role) === null && tries < startsMax; tries++) {
      if (tries > 0) await sleep(restartMs, signal);
      await start(role);
    }
  };
  const kill = async (one: MooseProcess) => {
    killed.add(one.pid);
    signalGroup(one.pid, 'SIGKILL');
    await one.gone;
  };
  const living = () => roles.flatMap((role) => of(role) ?? []);
  return {
    of,
    living,
    start,
    arm: (point, name) => armAt(armPath, armed, { point, name }),
    startMissing: async () => void (await Promise.all(wanted.map(keepStarting))),
    kill,
    diedAlone: () => alone,
    async close() {
      isClosing = true;
      await endTogether(living());
      await Promise.all(living().map(kill));
    },
  };
}

/** Makes the next process that reaches the point kill or freeze itself there. */
async function armAt(
  path: string,
  armed: { left: number },
  { point, name }: { point: string; name: 'SIGKILL' | 'SIGSTOP' },
): Promise<Armed> {
  if (name === 'SIGKILL') armed.left += 1;
  await writeFile(`${path}.new`, `${point}@${name}`);
  await rename(`${path}.new`, path);
  return {
    hasHit: () => !existsSync(path),
    async disarm() {
      const was = await unlink(path).then(() => false, wasGone);
      if (!was && name === 'SIGKILL') armed.left -= 1;
      return was;
    },
  };
}

/** Asks all processes to end, and waits for a limited time. */
async function endTogether(all: readonly MooseProcess[]): Promise<void> {
  for (const { pid } of all) {
    signalGroup(pid, 'SIGCONT');
    sendSignal(pid, 'SIGTERM');
  }
  const tooLate = new AbortController();
  const timer = setTimeout(() => tooLate.abort(), stopMsMax);
  await Promise.race([
    Promise.all(all.map(({ gone }) => gone)),
    new Promise((resolve) => tooLate.signal.addEventListener('abort', resolve)),
  ]);
  clearTimeout(timer);
}

/**
 * True if it reported an error with a code and advice; any other error is a bug. An earlier error in its log does not
 * explain an end that Node reports.
 */
function isTold(said: string): boolean {
  if (/^Node\.js v\d/m.test(said)) return false;
  const code = /"code":"([A-Z_]+)"/.exec(said)?.[1];
  return code !== undefined && code !== 'UNEXPECTED';
}

/** Whether the process that was hit has removed the file with the point. */
function wasGone(error: unknown): boolean {
  if (!hasErrorCode(error, 'ENOENT')) throw error;
  return true;
}

function followed(role: Role, child: ChildProcess): MooseProcess {
  const { pid } = child;
  if (pid === undefined) throw new TypeError('Moose could not be started');
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-saidCharsMax);
  });
  let isGone = false;
  const gone = once(child, 'exit').then(() => {
    isGone = true;
    // The launcher has its own group, and ends when its channel closes.
    signalGroup(pid, 'SIGKILL');
  });
  return { role, pid, gone, isGone: () => isGone, said: () => said.trim() };
}

/** Resolves when the process takes work or has ended. @throws its output, if neither happens in time */
async function started(child: ChildProcess, one: MooseProcess): Promise<void> {
  if (!child.stdout) throw new TypeError('Moose has no stdout');
  const lines = createInterface({ input: child.stdout });
  const up = Promise.withResolvers<void>();
  lines.on('line', (line) => {
    if (line.includes('.started')) up.resolve();
  });
  const timer = setTimeout(
    () => up.reject(new Error(`The ${one.role} did not start within ${startMsMax} ms: ${one.said()}`)),
    startMsMax,
  );
  try {
    await Promise.race([up.promise, one.gone]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns whether the process existed. */
export function signalGroup(pid: number, name: NodeJS.Signals): boolean {
  return sendSignal(-pid, name);
}

/** A process that has ended meanwhile gets no signal. Returns whether it existed. */
export function sendSignal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
    return false;
  }
}
