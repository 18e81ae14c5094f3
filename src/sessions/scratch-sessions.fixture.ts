// For tests: sessions in a separate folder, whose processes are all ended after the test.

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionLimits } from '../domain/machine/session-limits.ts';
import { findProcess } from './find-process.ts';
import { probeLimits } from './limits/probe-limits.ts';
import { closeGroups } from './limits/session-group.ts';
import type { ProcessHandle } from './process-handle.ts';
import { hasEnvironmentEntry, isDead, listPids, readProcess } from './process-table.ts';
import { startProcess } from './start-process.ts';
import { stopProcess } from './stop-process.ts';

export const shellEnv = { PATH: '/usr/local/bin:/usr/bin:/bin' };

const mib = 1024 ** 2;
const smallLimits: SessionLimits = {
  memoryBytes: 96 * mib,
  memoryBytesOfAll: 1_024 * mib,
  processes: 60,
  cpus: null,
};

export function isAlive(pid: number): boolean {
  const entry = readProcess(pid);
  return entry !== null && !isDead(entry);
}

/** Living processes that carry the session's cookie. */
export function carriersOf(handle: ProcessHandle): number[] {
  return listPids().filter(
    (pid) => isAlive(pid) && hasEnvironmentEntry(pid, `MOOSE_SESSION=${handle.cookie}`),
  );
}

export class ScratchSessions {
  readonly path: string;
  readonly #directories: string[] = [];

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<ScratchSessions> {
    return new ScratchSessions(await realpath(await mkdtemp(join(tmpdir(), 'moose-sessions-'))));
  }

  /** The path of a new session's directory, which does not exist yet. */
  directory(): string {
    const directory = join(this.path, `session-${this.#directories.length}`);
    this.#directories.push(directory);
    return directory;
  }

  start(argv: readonly [string, ...string[]], env: Record<string, string> = {}): Promise<ProcessHandle> {
    return startProcess({ directory: this.directory(), argv, env: { ...shellEnv, ...env }, cwd: this.path });
  }

  /** In control groups, which the machine must have. */
  async startLimited(
    argv: readonly [string, ...string[]],
    given: Partial<SessionLimits> = {},
  ): Promise<ProcessHandle> {
    const { roots } = await probeLimits();
    if (roots === null) throw new Error('This machine has no control groups for sessions.');
    const limits = { dataDirectory: this.path, roots, limits: { ...smallLimits, ...given } };
    return startProcess({ directory: this.directory(), argv, env: shellEnv, cwd: this.path, limits });
  }

  shell(script: string, ...args: string[]): Promise<ProcessHandle> {
    return this.start(['/bin/sh', '-c', script, 'sh', ...args]);
  }

  /** Ends every session and throws if any of their processes outlived that. */
  async clear(): Promise<void> {
    for (const directory of this.#directories) {
      const handle = await findProcess(directory);
      if (handle === null) continue;
      await stopProcess(handle, { graceMs: 0 });
      await closeGroups(directory);
      const left = carriersOf(handle);
      if (left.length > 0) throw new Error(`Left over by ${directory}: ${left.join(', ')}`);
    }
    await rm(this.path, { recursive: true, force: true });
  }
}
