// For tests that run as root: a command prefix that runs a program as an ordinary user. That user sees the agents that
// are installed below root's home, and nothing else of that home.

import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cachePath } from '../../scripts/agents/install-agent.ts';

export const ordinaryUser = 65_534;

/**
 * Works in a separate mount namespace: the visible folders are moved aside, the home is covered, and the folders are
 * moved back.
 */
const enter = `
  home=$1 hold=$2 user=$3 count=0; shift 3
  shown=
  while [ "$1" != -- ]; do
    count=$((count + 1)); mkdir -p "$hold/$count" && mount --bind "$1" "$hold/$count" || exit
    shown="$shown $1"; shift
  done
  shift
  mount -t tmpfs -o mode=755 tmpfs "$home" || exit
  count=0
  for path in $shown; do
    count=$((count + 1)); mkdir -p "$path" && mount --move "$hold/$count" "$path" || exit
  done
  exec setpriv --reuid="$user" --regid="$user" --clear-groups "$@"`;

/** Empty if the test already runs as an ordinary user. */
export function asOrdinaryUser(scratch: string): string[] {
  if (process.geteuid?.() !== 0) return [];
  const home = homedir();
  const hold = join(scratch, 'hold');
  mkdirSync(hold);
  // An agent that is installed later is seen too.
  mkdirSync(cachePath, { recursive: true });
  const shown = [cachePath, join(home, '.pyenv')].filter(
    (path) => path.startsWith(`${home}/`) && existsSync(path),
  );
  const words = ['sh', home, hold, String(ordinaryUser), ...shown, '--'];
  return ['unshare', '--mount', '--propagation', 'private', '--', '/bin/sh', '-c', enter, ...words];
}
