// Finds out by a trial how far this machine can give a process its own files, network and process table.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { IsolationLevel } from '../../domain/machine/session.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import {
  enterNamespace,
  findWay,
  type IsolationKind,
  type IsolationWay,
  locksHere,
} from './isolation-way.ts';
import type { LocksFound } from './kernel-locks.ts';
import { viewFor } from './session-view.ts';

export interface IsolationProbe {
  level: IsolationLevel;
  /** Null if the machine has no way to isolate. */
  way: IsolationWay | null;
  /** One sentence: how isolation is done, or why it is impossible. */
  reason: string;
  /** What to do to get isolation, or more of it; null if nothing is missing. */
  advice: string | null;
  /** The kernel's locks, the second layer; null if there is no root directory for them to protect. */
  locks: Omit<LocksFound, 'locks'> | null;
}

/** A probe takes a tenth of a second, and longer on a machine that swaps. */
const probeMsMax = 10_000;

/** Any port is free in a separate network. */
const probePort = 1_024;

/** The exit codes of enter-namespace.pl before its program starts. */
export const initFailures: Readonly<Record<number, Pick<IsolationProbe, 'reason' | 'advice'>>> = {
  41: {
    reason: 'The loopback interface cannot be brought up in a network namespace.',
    advice: 'Run Moose outside this container, or allow the container to change networks (CAP_NET_ADMIN).',
  },
  42: {
    reason: "The machine's Unix sockets and process tables cannot be hidden in a namespace.",
    advice: 'Run Moose outside this container, or allow the container to mount (CAP_SYS_ADMIN).',
  },
  44: {
    reason: 'The root directory of a session cannot be created in a namespace.',
    advice: 'Run Moose outside this container, or allow the container to mount (CAP_SYS_ADMIN).',
  },
  43: {
    reason: 'The connection to the gateway cannot be opened in a network namespace.',
    advice: 'Check that the user that runs Moose can execute the Node that runs it.',
  },
};

let probed: Promise<IsolationProbe> | undefined;

/** Checked once per process; a check that only took too long is repeated next time. */
export function probeIsolation(): Promise<IsolationProbe> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<IsolationProbe> {
  if (process.platform !== 'linux')
    return none(
      `Namespaces require Linux, and this is ${process.platform}.`,
      'Run Moose on Linux, for example in a virtual machine, or watch what agents do on your network.',
    );
  const kinds: IsolationKind[] = process.geteuid?.() === 0 ? ['privileged', 'user'] : ['user'];
  const found: IsolationProbe[] = [];
  for (const kind of kinds) {
    const tried = await tryIsolation(kind);
    if (tried.level === 'files') return tried;
    found.push(tried);
  }
  // If no way works, the reason for this user's preferred way is the most useful one.
  const some = found.find(({ level }) => level !== 'none') ?? found[0];
  return some ?? none('There is no way to isolate a process here.', null);
}

/** Probes one way, every time it is called. */
export async function tryIsolation(kind: IsolationKind): Promise<IsolationProbe> {
  const way = findWay(kind);
  if ('missing' in way)
    return none(
      `${way.missing} is not available on this machine.`,
      'Install perl, and use an ARM64 or x86-64 processor.',
    );
  const by = kind === 'privileged' ? 'set up by root' : 'in a user namespace';
  const whole = await tryWay(way, 'files');
  const bare = !whole.isIsolated && way.locks ? await tryWay({ ...way, locks: null }, 'files') : null;
  if (whole.isIsolated || bare?.isIsolated)
    return {
      level: 'files',
      way: bare ? { ...way, locks: null } : way,
      reason: `Agents and checks get their own files, network and process table, ${by}.`,
      advice: null,
      locks: bare ? locksRefused(whole.said) : locksHere(),
    };
  const tried = whole.code === null ? whole : await tryWay(way, 'network');
  if (tried.isIsolated)
    return {
      level: 'network',
      way,
      reason: `Agents and checks get their own network and process table, ${by}, but see the files of their user: ${lastLineOf(whole.said)}.`,
      advice: 'Run Moose outside this container, or allow the container to mount (CAP_SYS_ADMIN).',
      locks: null,
    };
  if (tried.code === null) {
    probed = undefined;
    return none(
      `A namespace could not be created within ${probeMsMax / 1_000} seconds.`,
      'Run `moose doctor` again when the machine is less busy.',
    );
  }
  const known = initFailures[tried.code];
  if (known) return none(known.reason, known.advice);
  const refusal = kind === 'user' ? refusalOfUserNamespaces() : null;
  return refusal ?? refused(kind, tried.said);
}

interface Tried {
  isIsolated: boolean;
  /** Null if the probe took too long. */
  code: number | null;
  said: string;
}

/** Tries everything as in a session: namespaces, loopback, the forwarder, and the program inside. */
async function tryWay(way: IsolationWay, level: 'files' | 'network'): Promise<Tried> {
  const folder = await mkdtemp(join(tmpdir(), 'moose-isolation-'));
  try {
    return await tryIn(folder, way, level);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryIn(folder: string, way: IsolationWay, level: 'files' | 'network'): Promise<Tried> {
  const dataDirectory = join(folder, 'data');
  const secretPath = join(dataDirectory, 'secret');
  await mkdir(dataDirectory);
  await writePassing(secretPath, '');
  const look = 'readlink /proc/self/ns/net; cat "/proc/$2/stat" || echo; test -e "$1" && echo seen';
  const argv = ['/bin/sh', '-c', `${look}; exit 0`, 'sh', secretPath, String(process.pid)] as const;
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', MOOSE_SESSION: 'probe' };
  const [program, ...words] = enterNamespace(way, {
    argv: [...argv],
    cwd: '/',
    network: { port: probePort, socketPath: join(folder, 'socket') },
    view:
      level === 'network'
        ? null
        : viewFor({
            argv,
            env,
            cwd: '/',
            dataDirectory,
            sessionPath: dataDirectory,
            userHome: homedir(),
            hidden: [],
            shown: [],
            granted: [],
          }),
  });
  // Starts a separate process group, so that all of its processes can be ended.
  const child = spawn(program, words, { env, cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const endGroup = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      if (!hasErrorCode(error, 'ESRCH')) throw error;
    }
  };
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup();
  }, probeMsMax);
  try {
    const [[code], printed, said] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stdout),
      text(child.stderr),
    ]);
    const [network, stat = '', seen = ''] = printed.split('\n');
    const isIsolated =
      code === 0 &&
      network !== undefined &&
      network !== readlinkSync('/proc/self/ns/net') &&
      // Moose's own number may be another process there: in a container, Moose has a small one.
      startOf(stat) !== startOf(readFileSync('/proc/self/stat', 'utf8')) &&
      (level === 'network' || seen === '');
    return { isIsolated, code: isLate ? null : (code ?? 1), said };
  } finally {
    clearTimeout(timer);
  }
}

/** When a process began, from its `/proc/PID/stat`: the 22nd field, the 20th after the command. */
const startOf = (stat: string) => stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];

/** Kernel settings that forbid user namespaces, with the value that does. */
const forbiddingSettings: readonly [path: string, value: string, name: string, remedy: string][] = [
  [
    '/proc/sys/user/max_user_namespaces',
    '0',
    'user.max_user_namespaces',
    '`sysctl user.max_user_namespaces=15000`',
  ],
  [
    '/proc/sys/kernel/unprivileged_userns_clone',
    '0',
    'kernel.unprivileged_userns_clone',
    '`sysctl kernel.unprivileged_userns_clone=1`',
  ],
  [
    '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    '1',
    'kernel.apparmor_restrict_unprivileged_userns',
    'an AppArmor profile that gives perl(1), which starts sessions, `userns`, or `sysctl kernel.apparmor_restrict_unprivileged_userns=0`',
  ],
];

function refusalOfUserNamespaces(): IsolationProbe | null {
  for (const [path, value, name, remedy] of forbiddingSettings)
    if (existsSync(path) && readFileSync(path, 'utf8').trim() === value)
      return none(`The kernel's setting ${name}=${value} forbids user namespaces.`, `As root: ${remedy}.`);
  return null;
}

const saidCharsMax = 300;

function refused(kind: IsolationKind, said: string): IsolationProbe {
  const what = kind === 'privileged' ? 'Namespaces' : 'User namespaces';
  const words = lastLineOf(said);
  return none(
    `${what} are refused here${words ? ` (${words})` : ''}.`,
    'A container usually forbids them: run Moose outside it, or give it CAP_SYS_ADMIN and a seccomp profile that allows unshare.',
  );
}

function lastLineOf(said: string): string {
  return (said.trim().split('\n').at(-1) ?? '').slice(0, saidCharsMax);
}

function locksRefused(said: string): IsolationProbe['locks'] {
  return {
    reason: `The kernel refuses its locks here (${lastLineOf(said)}).`,
    advice: 'Run Moose outside this container, or allow Landlock and seccomp in the container.',
  };
}

function none(reason: string, advice: string | null): IsolationProbe {
  return { level: 'none', way: null, reason, advice, locks: null };
}
