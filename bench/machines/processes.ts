// Which processes there are, and on which machine made of namespaces each one runs. Read from /proc.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { cpus } from 'node:os';
import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import { statOf } from '../pipeline/cpu.ts';

export function listPids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** The process that was started with these words in its command line, first of all if there are several. */
export function pidOfCommand(words: readonly string[]): number | undefined {
  return listPids()
    .sort((a, b) => a - b)
    .find((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.every((word) => command.includes(word));
      } catch {
        // The process is gone.
        return false;
      }
    });
}

/** Null if the process is gone, or this user may not inspect it. */
export function namespaceOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/uts`);
  } catch {
    return null;
  }
}

/** The processor time of a process and of everything that it started and has seen end, in seconds. */
export function wholeSeconds(pid: number): number {
  const stat = statOf(pid);
  return stat === null ? 0 : stat.self + stat.children;
}

/** The same for a process and its living children. */
export function familySeconds(pid: number): number {
  const children = listPids().filter((one) => statOf(one)?.parent === pid);
  return [pid, ...children].reduce((sum, one) => sum + wholeSeconds(one), 0);
}

/** How long the processors of this machine have worked, all together, in seconds. */
export function busySeconds(): number {
  const busyMs = cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
  return busyMs.reduce((sum, ms) => sum + ms, 0) / 1_000;
}

/** The PID of the database server's first process, which runs on this machine. */
export async function postmasterOf(database: Database): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database.query);
  return statOf(rows[0]?.pid ?? 0)?.parent ?? 0;
}
