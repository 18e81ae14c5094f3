// Tells people what a setup, an agent or a check wrote into git's settings, hooks, stashes and refs: it stays in the
// repository of its work order, and changes nothing in theirs (R-REPO-5).
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere } from '../../../git/run/is-there.ts';
import {
  contentOfGit,
  type GitContent,
  writtenInGit,
  writtenText,
} from '../../../git/sessions/written-in-git.ts';
import type { Query } from '../../../store/database.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import type { Work } from '../../run/work.ts';

const noteFile = 'git-content.json';

/** Call this when the session's repository is ready, before the session starts. */
export async function noteGitContent(
  { order }: Pick<Work, 'order'>,
  { directory }: Pick<SessionRow, 'directory'>,
  worktreePath: string,
): Promise<void> {
  const content = contentOfGit(worktreePath, order.branch);
  if (content !== null) await writeFile(join(directory, noteFile), JSON.stringify(content), { mode: 0o600 });
}

/** Call this when the session has ended. The result records what it wrote; null if it wrote nothing. */
export async function writtenBy(
  { order, signal }: Pick<Work, 'order' | 'signal'>,
  session: SessionRow,
  worktreePath: string,
): Promise<((query: Query) => Promise<unknown>) | null> {
  const noted = await readIfThere(join(session.directory, noteFile));
  const after = noted === null ? null : contentOfGit(worktreePath, order.branch);
  if (noted === null || after === null) return null;
  const written = await writtenInGit(JSON.parse(noted) as GitContent, after, { signal });
  if (written === null) return null;
  const event = { workOrderId: order.id, kind: 'git.written', actor: session.name };
  const detail = { sessionId: session.id, ...written };
  return (query) => recordEvent(query, { ...event, reason: writtenText(written), detail });
}
