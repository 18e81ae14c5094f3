// Determines why a server ended right after its start, from facts: SQLSTATEs in its log, the port, the disk.

import { dirname } from 'node:path';
import { probeDisk } from '../../stdx/files/probe-disk.ts';
import { databaseUrlAdvice, diskFull, isDiskFull } from '../embedded-failure.ts';
import { postgresFailures } from '../failure-catalogue.ts';
import { type Launch, readyLimitMs } from './launch-postmaster.ts';

export type Exited = Extract<Launch, { kind: 'exited' }>;

/** lock_file_exists: another postmaster, or shared memory that backends of a killed one still hold. */
const lockFileExists = 'F0001';
const diskFullState = '53100';
const diskMsMax = 5_000;

export function isHeldByOthers(exited: Exited): boolean {
  return exited.sqlStates.has(lockFileExists);
}

export async function startFailure(data: string, exited: Exited) {
  const metadata = evidence(exited);
  if (exited.sqlStates.has(diskFullState) || (await isDiskFull(data))) return diskFull(data, { metadata });
  if ((await probeDisk(dirname(data), diskMsMax)) === 'read_only')
    return postgresFailures.EMBEDDED_DISK_READ_ONLY({ operation: 'start', metadata }, { directory: data });
  return postgresFailures.EMBEDDED_START_FAILED(
    { operation: 'start', metadata, cause: exited.spawnError ?? undefined },
    { data, databaseUrlAdvice },
  );
}

export function heldByOthers(data: string, exited: Exited, waitedMs: number) {
  return postgresFailures.EMBEDDED_OLD_PROCESSES(
    { operation: 'start', metadata: evidence(exited) },
    { data, seconds: Math.round(waitedMs / 1000) },
  );
}

export function portTaken(port: number, isRequested: boolean, exited: Exited) {
  const facts = { operation: 'start', metadata: { port, ...evidence(exited) } };
  return isRequested
    ? postgresFailures.EMBEDDED_PORT_TAKEN(facts, { port })
    : postgresFailures.EMBEDDED_PORT_TAKEN_FOUND(facts, { port });
}

export function tooSlow(data: string, logTail: string) {
  return postgresFailures.EMBEDDED_START_SLOW(
    { operation: 'start', metadata: { logTail } },
    { data, seconds: readyLimitMs / 1000 },
  );
}

function evidence(exited: Exited): Record<string, unknown> {
  return { logTail: exited.logTail, exitCode: exited.exitCode, signal: exited.exitSignal };
}
