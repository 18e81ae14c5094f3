// Builds the command that runs a program in its own namespaces, from what this machine has.

import { dirname } from 'node:path';
import { ownFile, ownProgram } from '../../stdx/files/own-files.ts';
import { findOnPath, toolPath } from '../resolve-program.ts';
import { findLocks, type KernelLocks, type LocksFound, planOf } from './kernel-locks.ts';
import type { SessionView } from './session-view.ts';

/**
 * `privileged`: started by root; the program keeps root's usual rights over files and no others. `user`: started by
 * anybody, in a user namespace in which the program has the same user and group as outside.
 */
export type IsolationKind = 'privileged' | 'user';

export interface IsolationWay {
  kind: IsolationKind;
  perlPath: string;
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

/** The search path for the machine's tools. */
export const systemPath = `${toolPath}:/usr/local/sbin:/usr/sbin:/sbin`;
const enterPath = ownFile('sessions/isolation/enter-namespace.pl');
const forwarderPath = ownFile('sessions/isolation/forwarder.pl');
const egressPath = ownProgram('sessions/isolation/egress-program');

/**
 * The numbers of the calls that make and enter namespaces, in the order in which enter-namespace.pl reads them: unshare,
 * setns, mount, umount2, pivot_root, prctl, capget, capset.
 */
const ofNewerArchitectures = [97, 268, 40, 39, 41, 167, 90, 91] as const;
const callsOf: Readonly<Record<string, readonly number[]>> = {
  x64: [272, 308, 165, 166, 155, 157, 125, 126],
  arm64: ofNewerArchitectures,
  riscv64: ofNewerArchitectures,
  loong64: ofNewerArchitectures,
  ppc64: [282, 350, 21, 52, 203, 171, 183, 184],
  s390x: [303, 339, 21, 52, 217, 172, 184, 185],
};

let locksFound: LocksFound | undefined;

/** The kernel's locks; probed once per process. */
export function locksHere(): LocksFound {
  locksFound ??= findLocks(systemPath);
  return locksFound;
}

/** The way to isolate with this kind of namespaces, or what is missing, as the subject of a sentence. */
export function findWay(kind: IsolationKind): IsolationWay | { missing: string } {
  const perlPath = findOnPath('perl', systemPath, '/');
  if (perlPath === null) return { missing: 'The program perl' };
  if (callsOf[process.arch] === undefined)
    return { missing: `A list of the system calls of ${process.arch} processors` };
  return { kind, perlPath, locks: locksHere().locks };
}

export interface NamespaceRequest {
  /** The program must be an absolute path: nothing is searched for inside. */
  argv: readonly [string, ...string[]];
  /** Variables that only the program gets: set outside, they would affect what isolates it. */
  inside?: Readonly<Record<string, string>>;
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

/** The environment with which the command must be started; it restores the program's own. */
export function environmentForPerl(env: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(env).map(([name, value]) => [
    name.startsWith('PERL') ? `MOOSE_KEPT_${name}` : name,
    value,
  ]);
  // So that perl does not tell of languages that this machine lacks.
  return { ...Object.fromEntries(entries), PERL_BADLANG: '0' };
}

/** Start it with `environmentForPerl`, unless the environment has no variable of perl. */
export function enterNamespace(way: IsolationWay, request: NamespaceRequest): [string, ...string[]] {
  const { argv, inside = {}, cwd, network, view, closedPorts = [], joinedPid = null } = request;
  const [uid = 0, gid = 0] = [process.geteuid?.(), process.getegid?.()];
  const wayOut = typeof network === 'string' ? null : network;
  const ways = wayOut === null ? [] : [wayOut, ...(wayOut.also ? [wayOut.also] : [])];
  const egress = ways.findLast(({ hasProxy }) => hasProxy);
  const settings = [
    `user ${uid} ${gid}`,
    `cwd ${hex(cwd)}`,
    ...(view === null ? [] : [`root ${hex(view.root)} ${hex(view.mountsPath)}`]),
    ...(joinedPid === null ? [] : [`join ${joinedPid}`]),
    ...(joinedPid !== null || network === 'machine' ? [] : ['loopback']),
    ...(ways.length === 0 ? [] : [`forwarder ${hex(way.perlPath)} ${hex(forwarderPath)}`]),
    ...ways.map(({ port, socketPath }) => `way ${port} ${hex(socketPath)}`),
    ...(egress
      ? [`egress ${[process.execPath, egressPath, dirname(egress.socketPath)].map(hex).join(' ')}`]
      : []),
    ...Object.entries(inside).map(([name, value]) => `set ${hex(name)} ${hex(value)}`),
    ...(view === null || way.locks === null
      ? []
      : planOf(way.locks, {
          written: view.written,
          allowsNamespaces: request.allowsNamespaces,
          closedPorts: network === 'machine' ? closedPorts : null,
        })),
  ];
  return [...perlWords(way, settings), ...argv];
}

function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}

/**
 * The command that enters a session's network, in an empty environment. Only the namespace's owner may enter it: as root,
 * or through the user namespace that it belongs to.
 */
export function joinWords(way: IsolationWay, pid: number): [string, ...string[]] {
  return perlWords(way, ['door', `join ${pid}`]);
}

function perlWords({ kind, perlPath }: IsolationWay, settings: readonly string[]): [string, ...string[]] {
  const calls = `calls ${callsOf[process.arch]?.join(' ')}`;
  return [perlPath, '-f', enterPath, ...asArguments([calls, `kind ${kind}`, ...settings]), '--'];
}

/** Linux starts no program with an argument of more than 128 KiB. */
const argumentMax = 64 * 1024;

/** Few arguments that hold all lines: the variables of an image have no limit. */
function asArguments(lines: readonly string[]): string[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last === undefined || last.length + line.length >= argumentMax) texts.push(line);
    else texts[texts.length - 1] = `${last}\n${line}`;
  }
  return texts;
}
