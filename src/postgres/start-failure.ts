// Says why a server that was started ended at once, from facts: SQLSTATEs of its log, the port, the disk.

import { databaseUrlAdvice, diskFull, isDiskFull, misconfigured, notNow } from './embedded-failure.ts';
import { type Launch, readyLimitMs } from './launch-postmaster.ts';

export type Exited = Extract<Launch, { kind: 'exited' }>;

/** lock_file_exists: another postmaster, or shared memory that the backends of a killed one still hold. */
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
    message: `The embedded PostgreSQL ended while it was starting in ${data}.`,
    advice: `Read the end of its log in this error's metadata or in server.log and repair what it names, or ${databaseUrlAdvice}.`,
    operation: 'start',
    metadata,
    cause: exited.spawnError ?? undefined,
  });
}

export function heldByOthers(data: string, exited: Exited, waitedMs: number) {
  return notNow({
    code: 'EMBEDDED_OLD_PROCESSES',
    message: `Processes of an earlier PostgreSQL server still use ${data} after ${Math.round(waitedMs / 1000)} s.`,
    advice: `End the processes named "postgres:" that work in ${data}, then start again.`,
    operation: 'start',
    metadata: evidence(exited),
  });
}

export function portTaken(port: number, isWished: boolean, exited: Exited) {
  const fields = {
    code: 'EMBEDDED_PORT_TAKEN',
    message: `Port ${port} on 127.0.0.1 is used by another program.`,
    operation: 'start',
    metadata: { port, ...evidence(exited) },
  } as const;
  return isWished
    ? misconfigured({ ...fields, advice: 'Choose another port, or none: a free one is found then.' })
    : notNow({ ...fields, advice: 'Start again: another free port is chosen then.' });
}

export function tooSlow(data: string, logTail: string) {
  return notNow({
    code: 'EMBEDDED_START_SLOW',
    message: `The embedded PostgreSQL in ${data} was not ready after ${readyLimitMs / 1000} s.`,
    advice: 'Let it go on recovering and start again in some minutes: the running server is adopted then.',
    operation: 'start',
    metadata: { logTail },
  });
}

function evidence(exited: Exited): Record<string, unknown> {
  return { logTail: exited.logTail, exitCode: exited.exitCode, signal: exited.exitSignal };
}
