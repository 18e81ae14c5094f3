// The report of the test runner in a check's session: asked for through its environment, and read when it has ended
// (R-GREEN-3).
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SessionEnd } from '../../../domain/machine/session.ts';
import { writePassing } from '../../../stdx/files/passing-files.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { reportRequest } from '../../../verification/reports/report-request.ts';
import type { Work } from '../../run/work.ts';
import { judge } from '../judge/judge-in-thread.ts';
import { ownPathOf } from '../sessions/session-files.ts';
import type { RunReport } from './run-report.ts';

const folderOf = (session: Pick<SessionRow, 'directory'>) => join(ownPathOf(session), 'report');

/**
 * @param given the variables that the check gets without this
 * @returns variables to be set inside the isolated process: outside, they would affect the programs that isolate it
 */
export async function askForReport(
  session: SessionRow,
  given: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const folder = folderOf(session);
  const { environment, files } = reportRequest(folder, given);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true, mode: 0o700 });
    await writePassing(join(folder, path), text);
  }
  return environment;
}

/** Null if nothing was recognised as tests. */
export function reportOf(
  { order, signal }: Pick<Work, 'order' | 'signal'>,
  session: SessionRow,
  worktree: string,
  { startedAt }: SessionEnd,
): Promise<RunReport | null> {
  const { directory: sessionDirectory } = session;
  return judge.read(order.id, { sessionDirectory, folder: folderOf(session), worktree, startedAt }, signal);
}
