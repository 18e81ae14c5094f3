// The command that runs a program in namespaces of its own, in words: made of what this machine has.

import { join } from 'node:path';
import { findOnPath, toolPath } from '../resolve-program.ts';
import { findLocks, type KernelLocks, type LocksFound, planOf, restrictScript } from './kernel-locks.ts';
import type { SessionView } from './session-view.ts';

/**
 * `privileged`: by root, whose program keeps root's usual rights over files and no others. `user`: by anybody, in a user
 * namespace in which the program has the user and group that it has outside.
 */
export type IsolationKind = 'privileged' | 'user';

export interface IsolationWay {
  kind: IsolationKind;
  unsharePath: string;
  /** Null where the kernel has none, or nothing here asks for them. */
  locks: KernelLocks | null;
}

/** `none`: a loopback of its own. `machine`: the one of the machine, without a bound. */
export type SessionNetwork = WayOut | 'none' | 'machine';

/** Where the gateway answers: inside on this port of loopback, outside on this socket. */
export interface WayOut {
  port: number;
  socketPath: string;
}

/** As the shell scripts use them; `ip` is one of several that will do. */
const neededTools: Readonly<Record<IsolationKind, readonly string[]>> = {
  privileged: ['unshare', 'mount', 'env', 'setpriv'],
  user: ['unshare', 'mount', 'env'],
};

/** What a root directory of its own takes in addition. */
export const viewTools: readonly string[] = ['pivot_root', 'umount', 'cp'];

/** Where the tools of the preparation are looked for. */
export const systemPath = `${toolPath}:/usr/local/sbin:/usr/sbin:/sbin`;
const enterPath = join(import.meta.dirname, 'enter-namespace.sh');

/** Variables that shells add to the environment by themselves; PATH they need, and it is given back. */
const addedVariables = ['PATH', 'PWD', 'OLDPWD', 'SHLVL', '_'];

let locksFound: LocksFound | undefined;

/** Looked for once per process. */
export function locksHere(): LocksFound {
  locksFound ??= findLocks(systemPath);
  return locksFound;
}

/** The way of this kind, or the tool that it lacks. */
export function findWay(kind: IsolationKind): IsolationWay | { missing: string } {
  const missing = neededTools[kind].find((tool) => findOnPath(tool, systemPath, '/') === null);
  const unsharePath = findOnPath('unshare', systemPath, '/');
  return missing === undefined && unsharePath !== null
    ? { kind, unsharePath, locks: locksHere().locks }
    : { missing: missing ?? 'unshare' };
}

export interface NamespaceRequest {
  /** The program is an absolute path: inside, nothing is looked up. */
  argv: readonly [string, ...string[]];
  env: Readonly<Record<string, string>>;
  cwd: string;
  network: SessionNetwork;
  /** Null: it sees the files that its user sees. */
  view: SessionView | null;
  /** In the machine's network, where the kernel can keep it from them. */
  closedPorts?: readonly number[];
}

export function enterNamespace(way: IsolationWay, request: NamespaceRequest): [string, ...string[]] {
  const { argv, env, cwd, network, view, closedPorts = [] } = request;
  const locks = view === null ? null : way.locks;
  const unset = addedVariables.filter((name) => !(name in env)).join(' ');
  const gateway = typeof network === 'string' ? { port: 0, socketPath: '' } : network;
  return [
    '/bin/sh',
    enterPath,
    way.kind,
    typeof network === 'string' ? network : 'gateway',
    way.unsharePath,
    process.execPath,
    systemPath,
    String(process.geteuid?.()),
    String(process.getegid?.()),
    String(gateway.port),
    gateway.socketPath,
    unset,
    view?.root ?? '',
    view?.mountsPath ?? '',
    view?.framePath ?? '',
    cwd,
    locks?.perlPath ?? '',
    locks === null ? '' : restrictScript(),
    locks === null || view === null
      ? ''
      : planOf(locks, view.written, network === 'machine' ? closedPorts : null),
    ...argv,
  ];
}
