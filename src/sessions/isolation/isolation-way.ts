// Builds the command that runs a program in its own namespaces, from what this machine has.

import { ownFile, ownProgram } from '../../stdx/files/own-files.ts';
import { findOnPath, toolPath } from '../resolve-program.ts';
import { innerLoader, innerPerl } from './image-view.ts';
import { findLocks, type KernelLocks, type LocksFound, planOf, restrictScript } from './kernel-locks.ts';
import type { SessionView } from './session-view.ts';

/**
 * `privileged`: started by root; the program keeps root's usual rights over files and no others. `user`: started by
 * anybody, in a user namespace in which the program has the same user and group as outside.
 */
export type IsolationKind = 'privileged' | 'user';

export interface IsolationWay {
  kind: IsolationKind;
  unsharePath: string;
  /** Null if the machine has no nsenter: then no session can share the network of another. */
  nsenterPath: string | null;
  /** Null if the kernel has no such locks, or if nothing here needs them. */
  locks: KernelLocks | null;
}

/** `none`: a loopback of its own. `machine`: the machine's network, without limits. */
export type SessionNetwork = WayOut | 'none' | 'machine';

/**
 * A loopback port in the session's network, and the socket outside that its connections go to: the gateway's, or the
 * session's own egress proxy.
 */
export interface WayOut {
  port: number;
  socketPath: string;
  /**
   * Whether the session has its own egress proxy, which listens on the socket and lives as long as the session; its
   * rules are in the same folder.
   */
  hasProxy?: boolean;
  /** A second way out: the session's egress proxy, besides the gateway. */
  also?: Omit<WayOut, 'also'>;
}

/** The required tools, as the shell scripts call them. For `ip`, any one of several tools is enough. */
const neededTools: Readonly<Record<IsolationKind, readonly string[]>> = {
  privileged: ['unshare', 'mount', 'env', 'setpriv'],
  user: ['unshare', 'mount', 'env'],
};

/** Tools that are also required for a separate root directory. */
export const viewTools: readonly string[] = ['pivot_root', 'umount', 'cp'];

/** The search path for the tools that prepare a session. */
export const systemPath = `${toolPath}:/usr/local/sbin:/usr/sbin:/sbin`;
const enterPath = ownFile('sessions/isolation/enter-namespace.sh');
const egressPath = ownProgram('sessions/isolation/egress-program');

/** Variables that the shell scripts add. They are removed unless the program had them; PATH is restored instead. */
const addedVariables = ['PATH', 'PWD', 'OLDPWD', 'SHLVL', '_'];

let locksFound: LocksFound | undefined;

/** The kernel's locks; probed once per process. */
export function locksHere(): LocksFound {
  locksFound ??= findLocks(systemPath);
  return locksFound;
}

/** The way to isolate with this kind of namespaces, or the missing tool. */
export function findWay(kind: IsolationKind): IsolationWay | { missing: string } {
  const missing = neededTools[kind].find((tool) => findOnPath(tool, systemPath, '/') === null);
  const unsharePath = findOnPath('unshare', systemPath, '/');
  return missing === undefined && unsharePath !== null
    ? { kind, unsharePath, nsenterPath: findOnPath('nsenter', systemPath, '/'), locks: locksHere().locks }
    : { missing: missing ?? 'unshare' };
}

export interface NamespaceRequest {
  /** The program must be an absolute path: nothing is searched for inside. */
  argv: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  cwd: string;
  network: SessionNetwork;
  /** A process of another session whose network this one enters instead of a new one; not used with `machine`. */
  joinedPid?: number | null;
  /** Null if the program sees the same files as its user. */
  view: SessionView | null;
  /** Ports of the machine's network that are blocked, if the kernel supports it. */
  closedPorts?: readonly number[];
  /** Whether the program may make namespaces of its own; without locks it always may. */
  allowsNamespaces?: boolean | undefined;
}

export function enterNamespace(way: IsolationWay, request: NamespaceRequest): [string, ...string[]] {
  const { argv, env, cwd, network, view, closedPorts = [], joinedPid = null, allowsNamespaces } = request;
  const [uid = 0, gid = 0] = [process.geteuid?.(), process.getegid?.()];
  const locks = view === null ? null : way.locks;
  const unset = addedVariables.filter((name) => !(name in env)).join(' ');
  const wayOut: WayOut = typeof network === 'string' ? { port: 0, socketPath: '' } : network;
  const { also } = wayOut;
  return [
    '/bin/sh',
    enterPath,
    way.kind,
    typeof network === 'string' ? network : 'gateway',
    (also ?? wayOut).hasProxy ? egressPath : '',
    joinedPid === null ? '' : joinWords(way, joinedPid).join(' '),
    way.unsharePath,
    process.execPath,
    systemPath,
    String(uid),
    String(gid),
    String(wayOut.port),
    wayOut.socketPath,
    also ? String(also.port) : '',
    also?.socketPath ?? '',
    unset,
    view?.root ?? '',
    view?.mountsPath ?? '',
    view?.framePath ?? '',
    cwd,
    locks === null ? '' : view?.hasImage ? innerPerl : locks.perlPath,
    locks === null ? '' : restrictScript(),
    locks === null || view === null
      ? ''
      : planOf(locks, {
          written: view.written,
          allowsNamespaces,
          closedPorts: network === 'machine' ? closedPorts : null,
          user: way.kind === 'user' ? { uid, gid } : null,
        }),
    view?.hasImage ? innerLoader : '',
    ...argv,
  ];
}

/**
 * The command that enters a session's network. Only the namespace's owner may enter it: as root, or through the user
 * namespace that it belongs to.
 */
export function joinWords({ kind, nsenterPath }: IsolationWay, pid: number): string[] {
  const how = kind === 'user' ? ['--user', '--preserve-credentials', '--net'] : ['--net'];
  return [nsenterPath ?? 'nsenter', '--target', String(pid), ...how, '--'];
}
