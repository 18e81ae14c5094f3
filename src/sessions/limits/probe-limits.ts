// Finds out by a trial which limits this machine can set for a session: a small program is started in a group of its own,
// and must be refused what the group forbids.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { LimitLevel } from '../../domain/machine/session-limits.ts';
import { errorCode } from '../../stdx/system-error.ts';
import {
  enableControllers,
  type GroupPaths,
  giveController,
  limitGroup,
  processesIn,
} from './group-files.ts';
import { type Controller, controllers, findGroupRoots, type GroupRoots } from './group-roots.ts';

export interface LimitsProbe {
  level: LimitLevel;
  /** Where groups are made, for the controllers that work; null without groups. */
  roots: GroupRoots | null;
  /** One sentence: what is limited and how, or why nothing is. */
  reason: string;
  /** What to do to get limits, or more of them; null if nothing is missing. */
  advice: string | null;
}

/** A probe takes some milliseconds, and longer on a machine that swaps. */
const probeMsMax = 10_000;

/** Small, but enough for a shell. */
const probeMemoryBytes = 32 * 1024 * 1024;

const adviceForGroups =
  'Start Moose where it may make control groups: as a systemd service with `Delegate=yes` and `DelegateSubgroup=moose` (systemd 254), by starting `moose up` with `systemd-run --user --scope -p Delegate=yes`, or in a container with a writable /sys/fs/cgroup.';

let probed: Promise<LimitsProbe> | undefined;

/** Checked once per process. */
export function probeLimits(): Promise<LimitsProbe> {
  probed ??= tryLimits(findGroupRoots());
  return probed;
}

/** The groups of the machine have changed, and no longer take what they took in the trial: the next caller probes again. */
export function forgetLimits(): void {
  probed = undefined;
}

/** Probes every time it is called; the first that works is taken. */
export async function tryLimits(candidates: readonly GroupRoots[]): Promise<LimitsProbe> {
  if (process.platform !== 'linux')
    return {
      level: 'none',
      roots: null,
      reason: `Control groups require Linux, and this is ${process.platform}.`,
      advice: 'Run Moose on Linux, for example in a virtual machine, or let fewer sessions run at a time.',
    };
  let first: string | undefined;
  for (const { version, of } of candidates) {
    const working: GroupRoots = { version, of: {} };
    const refused: string[] = [];
    for (const controller of controllers) {
      const root = of[controller];
      if (root === undefined) continue;
      const why = await whyNot(version, controller, root);
      if (why === null) working.of[controller] = root;
      else refused.push(why);
    }
    first ??= refused[0];
    if (working.of.memory === undefined && working.of.pids === undefined) continue;
    return { level: version === 2 ? 'cgroup2' : 'cgroup1', roots: working, ...wordsFor(working, refused) };
  }
  return byPriority(first ?? 'No control group can be reached here.');
}

const whatOf = { memory: 'memory', pids: 'processes', cpu: 'CPU share' } as const;

function wordsFor({ version, of }: GroupRoots, refused: string[]): Pick<LimitsProbe, 'reason' | 'advice'> {
  const parts = (['memory', 'cpu', 'pids'] as const).filter((each) => of[each] !== undefined);
  const missing = (['memory', 'cpu', 'pids'] as const).filter((each) => of[each] === undefined);
  const list = parts.map((each) => whatOf[each]).join(', ');
  const gap = missing.length === 0 ? '' : `, but not its ${missing.map((each) => whatOf[each]).join(', ')}`;
  const why = missing.length > 0 && refused[0] ? ` (${refused[0]})` : '';
  return {
    reason: `Control groups of version ${version} limit each session: ${list}${gap}${why}.`,
    advice: missing.length === 0 ? null : adviceForGroups,
  };
}

function byPriority(why: string): LimitsProbe {
  return {
    level: 'priority',
    roots: null,
    reason: `${why} Nothing is limited; sessions come after others for the processor, and end first when memory is short.`,
    advice: adviceForGroups,
  };
}

const trialLimits = {
  memoryBytes: probeMemoryBytes,
  memoryBytesOfAll: probeMemoryBytes,
  processes: 100,
  cpus: null,
};

/** Null if a process can be limited by the controller; otherwise one sentence. */
async function whyNot(version: 1 | 2, controller: Controller, root: string): Promise<string | null> {
  // Processes in containers may have the same ID and see the same groups.
  const parent = join(root, `moose-probe-${randomUUID()}-${controller}`);
  const path = join(parent, 'session');
  // On a read-only file system, as in most containers, even removing what is not there fails.
  const made: string[] = [];
  try {
    giveController(version, controller, root);
    mkdirSync(parent);
    made.push(parent);
    enableControllers({ version, of: { [controller]: parent } });
    mkdirSync(path);
    made.push(path);
    const groups: GroupPaths = { version, of: { [controller]: path } };
    limitGroup(groups, trialLimits);
    const said = await enter(groups, path);
    return said === null ? null : `A process cannot enter a group in ${root} (${said}).`;
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return `Groups cannot be made in ${root} (${code}).`;
  } finally {
    for (const each of made.toReversed()) rmdirSync(each);
  }
}

/** As the program of a session does. Null if the kernel counts it there. */
async function enter(groups: GroupPaths, path: string): Promise<string | null> {
  const child = spawn('/bin/sh', ['-c', 'printf 0 >"$1/cgroup.procs" && echo in && read -r _', 'sh', path], {
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: probeMsMax,
    killSignal: 'SIGKILL',
  });
  const closed = once(child, 'close');
  const said = text(child.stderr);
  const outcome = await Promise.race([once(child.stdout, 'data').then(() => 'in' as const), closed]);
  const isIn = outcome === 'in' && child.pid !== undefined && processesIn(groups).includes(child.pid);
  child.stdin.end();
  await closed;
  return isIn ? null : (await said).trim().split('\n').at(-1) || 'it is not counted there';
}
