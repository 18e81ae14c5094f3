// Determines why a server ended right after its start, from facts: SQLSTATEs in its log, the port, the disk.

import { databaseUrlAdvice, diskFull, isDiskFull, misconfigured, notNow } from './embedded-failure.ts';
import { type Launch, readyLimitMs } from './launch-postmaster.ts';

export type Exited = Extract<Launch, { kind: 'exited' }>;

/** lock_file_exists: another postmaster, or shared memory that backends of a killed one still hold. */
const lockFileExists = 'F0001';
const diskFullState = '53100';

export function isHeldByOthers(exited: Exited): boolean {
  return exited.sqlStates.has(lockFileExists);
}

export async function startFailure(data: string, exited: Exited) {
  const metadata = evidence(exited);
  if (exited.sqlStates.has(diskFullState) || (await isDiskFull(data))) return diskFull(data, { metadata });
  return misconfigured({
    code: 'EMBEDDED_START_FAILED',
    message: `The embedded PostgreSQL exited while it was starting in ${data}.`,
    advice: `Read the end of its log in this error's metadata or in server.log and fix what it reports, or ${databaseUrlAdvice}.`,
    operation: 'start',
    metadata,
    cause: exited.spawnError ?? undefined,
  });
}

export function heldByOthers(data: string, exited: Exited, waitedMs: number) {
  return notNow({
    code: 'EMBEDDED_OLD_PROCESSES',
    message: `Processes of an earlier PostgreSQL server still use ${data} after ${Math.round(waitedMs / 1000)} s.`,
    advice: `End the processes named "postgres:" that use ${data}, then start again.`,
    operation: 'start',
    metadata: evidence(exited),
  });
}

export function portTaken(port: number, isRequested: boolean, exited: Exited) {
  const fields = {
    code: 'EMBEDDED_PORT_TAKEN',
    message: `Port ${port} on 127.0.0.1 is in use by another program.`,
    operation: 'start',
    metadata: { port, ...evidence(exited) },
  } as const;
  return isRequested
    ? misconfigured({
        ...fields,
        advice: 'End that program, or start Moose again, which then finds a free port.',
      })
    : notNow({ ...fields, advice: 'Start again: another free port will be chosen.' });
}

export function tooSlow(data: string, logTail: string) {
  return notNow({
    code: 'EMBEDDED_START_SLOW',
    message: `The embedded PostgreSQL in ${data} was not ready after ${readyLimitMs / 1000} s.`,
    advice:
      'Let it finish recovering and start again in a few minutes: Moose then adopts the running server.',
    operation: 'start',
    metadata: { logTail },
  });
}

function evidence(exited: Exited): Record<string, unknown> {
  return { logTail: exited.logTail, exitCode: exited.exitCode, signal: exited.exitSignal };
}
