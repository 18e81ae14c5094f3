// Tells, by doing it once, whether this machine lets a process have a network and process table of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { IsolationLevel } from '../../domain/session.ts';
import { hasErrorCode } from '../system-error.ts';
import { enterNamespace, findWay, type IsolationKind, type IsolationWay } from './isolation-way.ts';

export interface IsolationProbe {
  level: IsolationLevel;
  /** Null where there is none. */
  way: IsolationWay | null;
  /** One sentence: how it is done, or why it cannot be. */
  reason: string;
  /** What to do to have it, or more of it; null where nothing is wanting. */
  advice: string | null;
}

/** It takes a tenth of a second; a machine that swaps gets more. */
const probeMsMax = 10_000;

/** Any port will do in a network where there is nobody else. */
const probePort = 1_024;

/** The exit codes of namespace-init.sh before its program begins. */
const initFailures: Readonly<Record<number, Pick<IsolationProbe, 'reason' | 'advice'>>> = {
  41: {
    reason: 'In a network of its own, the loopback interface cannot be brought up.',
    advice: 'Install iproute2 (`ip`), or perl, or python3.',
  },
  42: {
    reason: 'The unix sockets and process tables of the machine cannot be covered in a namespace.',
    advice: 'Run Moose outside this container, or allow the container to mount (CAP_SYS_ADMIN).',
  },
  43: {
    reason: 'The way to the gateway cannot be opened in a network namespace.',
    advice: 'Look whether the Node that runs Moose can be executed by the user that runs Moose.',
  },
};

let probed: Promise<IsolationProbe> | undefined;

/** Looked at once per process; what only took too long is looked at again the next time. */
export function probeIsolation(): Promise<IsolationProbe> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<IsolationProbe> {
  if (process.platform !== 'linux')
    return none(
      `Namespaces are Linux's, and this is ${process.platform}.`,
      'Run Moose on Linux, in a virtual machine for instance, or watch what agents do on your network.',
    );
  const kinds: IsolationKind[] = process.geteuid?.() === 0 ? ['privileged', 'user'] : ['user'];
  const refusals: IsolationProbe[] = [];
  for (const kind of kinds) {
    const found = await tryIsolation(kind);
    if (found.level !== 'none') return found;
    refusals.push(found);
  }
  // What the usual way of this user lacks says more than what the next best one lacks.
  return refusals[0] ?? none('There is no way to isolate a process here.', null);
}

/** The same for one way of doing it, and each time anew. */
export async function tryIsolation(kind: IsolationKind): Promise<IsolationProbe> {
  const way = findWay(kind);
  if ('missing' in way)
    return none(
      `The program ${way.missing} is not on this machine.`,
      'Install util-linux, the whole of it: what BusyBox has of it is not enough.',
    );
  const tried = await tryWay(way);
  if (tried.isIsolated)
    return {
      level: 'network',
      way,
      reason:
        kind === 'privileged'
          ? 'Agents get a network and process table of their own, made by root.'
          : 'Agents get a network and process table of their own, in a user namespace.',
      advice:
        kind === 'privileged'
          ? 'Run Moose as an ordinary user: an agent of root reads and writes every file of the machine.'
          : null,
    };
  if (tried.code === null) {
    probed = undefined;
    return none(
      `A namespace was not made within ${probeMsMax / 1_000} seconds.`,
      'Ask again when the machine is less busy: `moose doctor`.',
    );
  }
  const known = initFailures[tried.code];
  if (known) return none(known.reason, known.advice);
  const refusal = kind === 'user' ? refusalOfUserNamespaces() : null;
  return refusal ?? refused(kind, tried.said);
}

interface Tried {
  isIsolated: boolean;
  /** Null: it took too long. */
  code: number | null;
  said: string;
}

/** All of it, as a session has it: namespaces, loopback, the forwarder, and the program in their midst. */
async function tryWay(way: IsolationWay): Promise<Tried> {
  const look = 'readlink /proc/self/ns/net && echo /proc/[0-9]*';
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', MOOSE_SESSION: 'probe' };
  const [program, ...words] = enterNamespace(way, ['/bin/sh', '-c', look], env, {
    port: probePort,
    socketPath: '',
  });
  // A process group of its own, so that all of it can be ended.
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
    const [network, processes = ''] = printed.split('\n');
    const isIsolated =
      code === 0 &&
      network !== undefined &&
      network !== readlinkSync('/proc/self/ns/net') &&
      !processes.split(' ').includes(`/proc/${process.pid}`);
    return { isIsolated, code: isLate ? null : (code ?? 1), said };
  } finally {
    clearTimeout(timer);
  }
}

/** Settings of the kernel that forbid user namespaces, with the value that does. */
const forbiddingSettings: readonly [path: string, value: string, name: string, mend: string][] = [
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
    'an AppArmor profile that gives unshare(1) `userns`, or `sysctl kernel.apparmor_restrict_unprivileged_userns=0`',
  ],
];

function refusalOfUserNamespaces(): IsolationProbe | null {
  for (const [path, value, name, mend] of forbiddingSettings)
    if (existsSync(path) && readFileSync(path, 'utf8').trim() === value)
      return none(`The kernel's setting ${name}=${value} forbids user namespaces.`, `As root: ${mend}.`);
  return null;
}

const saidCharsMax = 300;

function refused(kind: IsolationKind, said: string): IsolationProbe {
  const what = kind === 'privileged' ? 'Namespaces' : 'User namespaces';
  const words = said.trim().split('\n').at(-1)?.slice(0, saidCharsMax);
  return none(
    `${what} are refused here${words ? ` (${words})` : ''}.`,
    'A container usually forbids them: run Moose outside it, or give it CAP_SYS_ADMIN and a seccomp profile that allows unshare.',
  );
}

function none(reason: string, advice: string | null): IsolationProbe {
  return { level: 'none', way: null, reason, advice };
}
