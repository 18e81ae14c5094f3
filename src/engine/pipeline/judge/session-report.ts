// The report of the test runner in a check's session: asked for through its environment, and read when it has ended
// (R-GREEN-3).
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionEnd } from '../../../domain/session.ts';
import { readOutput } from '../../../sessions/read-output.ts';
import type { SessionRow } from '../../../store/work/session-rows.ts';
import { readReport } from '../../../verification/reports/read-report.ts';
import { reportRequest } from '../../../verification/reports/report-request.ts';
import type { TestReport } from '../../../verification/test-report.ts';
import { ownPathOf } from '../session-files.ts';

/** Names of tests are printed from the beginning to the end, so more is read than what people see. */
const outputBytesMax = 8 * 1024 ** 2;

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
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return environment;
}

/** Null if nothing was recognised as tests. */
export async function reportOf(
  session: SessionRow,
  worktree: string,
  end: SessionEnd,
): Promise<TestReport | null> {
  const { stdout, stderr } = await readOutput(session.directory, outputBytesMax);
  const output = [stdout.text, stderr.text].filter(Boolean).join('\n');
  return readReport({ folder: folderOf(session), worktree, output, startedAt: end.startedAt });
}
