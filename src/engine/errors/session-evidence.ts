// Evidence from the session directory of a supervised process (R-FAIL-5).
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessEvidence } from '../../domain/failure.ts';
import type { SessionEnd } from '../../domain/machine/session.ts';
import { tail } from '../../sessions/read-output.ts';

const tailBytesMax = 16 * 1024;

/** A stream without a file is null: it is missing, not empty. */
export async function sessionEvidence(
  directory: string,
  command: string,
  { exitCode, signal, startedAt, endedAt }: SessionEnd,
): Promise<ProcessEvidence> {
  const [stdoutTail, stderrTail] = await Promise.all([
    tailOf(join(directory, 'stdout.log')),
    tailOf(join(directory, 'stderr.log')),
  ]);
  const durationMs = Math.max(0, endedAt.getTime() - startedAt.getTime());
  return { command, exitCode, signal, stdoutTail, stderrTail, durationMs };
}

async function tailOf(path: string): Promise<string | null> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  return isThere ? (await tail(path, tailBytesMax)).text : null;
}
