// The command that runs a program in namespaces of its own, in words: made of what this machine has.

import { join } from 'node:path';
import { findOnPath, toolPath } from '../resolve-program.ts';

/**
 * `privileged`: by root, whose program keeps root's usual rights over files and no others. `user`: by anybody, in a user
 * namespace in which the program has the user and group that it has outside.
 */
export type IsolationKind = 'privileged' | 'user';

export interface IsolationWay {
  kind: IsolationKind;
  unsharePath: string;
}

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

/** Where the tools of the preparation are looked for. */
export const systemPath = `${toolPath}:/usr/local/sbin:/usr/sbin:/sbin`;
const enterPath = join(import.meta.dirname, 'enter-namespace.sh');

/** Variables that shells add to the environment by themselves; PATH they need, and it is given back. */
const addedVariables = ['PATH', 'PWD', 'OLDPWD', 'SHLVL', '_'];

/** The way of this kind, or the tool that it lacks. */
export function findWay(kind: IsolationKind): IsolationWay | { missing: string } {
  const missing = neededTools[kind].find((tool) => findOnPath(tool, systemPath, '/') === null);
  const unsharePath = findOnPath('unshare', systemPath, '/');
  return missing === undefined && unsharePath !== null
    ? { kind, unsharePath }
    : { missing: missing ?? 'unshare' };
}

/** `argv[0]` is an absolute path: inside, nothing is looked up. */
export function enterNamespace(
  way: IsolationWay,
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  { port, socketPath }: WayOut,
): [string, ...string[]] {
  const unset = addedVariables.filter((name) => !(name in env)).join(' ');
  return [
    '/bin/sh',
    enterPath,
    way.kind,
    way.unsharePath,
    process.execPath,
    systemPath,
    String(process.geteuid?.()),
    String(process.getegid?.()),
    String(port),
    socketPath,
    unset,
    ...argv,
  ];
}
