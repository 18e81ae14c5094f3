// The real `moose up` and `moose worker` of a scratch instance: each in a process group of its own, started again after
// a fault as systemd would.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ownProgram } from '../src/stdx/own-files.ts';
import { sleep } from '../src/stdx/sleep.ts';
import { hasErrorCode } from '../src/stdx/system-error.ts';

const startMsMax = 60_000;
/** A database that is killed with everything else is back before this. */
const startsMax = 60;
const restartMs = 1_000;
const stopMsMax = 20_000;
const saidCharsMax = 4_000;

export const roles = ['server', 'worker'] as const;
export type Role = (typeof roles)[number];

export interface MooseProcess {
  role: Role;
  pid: number;
  /** Resolves when it is gone, however it ended. */
  gone: Promise<void>;
  isGone(): boolean;
  /** The end of what it wrote on stderr. */
  said(): string;
}

export interface MooseProcesses {
  /** The living one; null between a kill and the next start. */
  of(role: Role): MooseProcess | null;
  living(): MooseProcess[];
  /** Starts the role's process unless it lives. */
  start(role: Role, environment?: Readonly<Record<string, string>>): Promise<MooseProcess>;
  /** Starts what is not there. */
  startMissing(): Promise<void>;
  /** SIGKILL to the whole group: Moose and its launcher. Agents and checks have groups of their own. */
  kill(one: MooseProcess): Promise<void>;
  /** Processes that ended although nobody had killed them, and that did not say why. */
  diedAlone(): readonly string[];
  /** Stops all properly, and kills what does not stop. */
  close(): Promise<void>;
}

export interface StartOptions {
  dataDirectory: string;
  environment: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

const commands: Readonly<Record<Role, string>> = { server: 'up', worker: 'worker' };

export function mooseProcesses({ dataDirectory, environment, signal }: StartOptions): MooseProcesses {
  const current = new Map<Role, MooseProcess>();
  const killed = new Set<number>();
  const alone: string[] = [];
  let isClosing = false;
  const of = (role: Role) => {
    const one = current.get(role);
    return one === undefined || one.isGone() ? null : one;
  };
  const start = async (role: Role, further: Readonly<Record<string, string>> = {}) => {
    const living = of(role);
    if (living) return living;
    const child = spawn(
      process.execPath,
      [ownProgram('main'), commands[role], '--json', '--data', dataDirectory],
      { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...environment, ...further } },
    );
    const one = followed(role, child);
    current.set(role, one);
    const mayDie = 'MOOSE_DIE_AT' in further;
    void one.gone.then(() => {
      if (isClosing || mayDie || killed.has(one.pid) || isTold(one.said())) return;
      alone.push(
        `${role} ended by itself (${child.exitCode ?? child.signalCode}): ${one.said() || 'said nothing'}`,
      );
    });
    await started(child, one);
    return one;
  };
  /** As `Restart=always` does: a Moose that does not find its database says so, and ends. */
  const keepStarting = async (role: Role) => {
    for (let tries = 0; of(role) === null && tries < startsMax; tries++) {
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
    startMissing: async () => void (await Promise.all(roles.map(keepStarting))),
    kill,
    diedAlone: () => alone,
    async close() {
      isClosing = true;
      const all = living();
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
      await Promise.all(living().map(kill));
    },
  };
}

/** An error with a code and advice; an unexpected one is a defect. */
function isTold(said: string): boolean {
  const code = /"code":"([A-Z_]+)"/.exec(said)?.[1];
  return code !== undefined && code !== 'UNEXPECTED';
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
    // Its launcher has a group of its own and ends with its channel.
    signalGroup(pid, 'SIGKILL');
  });
  return { role, pid, gone, isGone: () => isGone, said: () => said.trim() };
}

/** Resolves when it carries work, or is dead. @throws what it said, if it takes too long */
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

export function signalGroup(pid: number, name: NodeJS.Signals): void {
  sendSignal(-pid, name);
}

/** A process that has ended meanwhile gets no signal. */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}
