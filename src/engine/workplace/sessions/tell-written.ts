// Tells people what a setup, an agent or a check wrote into git's settings, hooks, stashes and refs: it stays in the
// repository of its work order, and changes nothing in theirs (R-REPO-5).
import { join } from 'node:path';
import { z } from 'zod';
import { readIfThere } from '../../../git/run/is-there.ts';
import {
  contentOfGit,
  type GitContent,
  writtenInGit,
  writtenText,
} from '../../../git/sessions/written-in-git.ts';
import { replaceFile } from '../../../stdx/files/durable-files.ts';
import { parseKept } from '../../../stdx/files/kept-json.ts';
import type { Query } from '../../../store/database.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import type { Work } from '../../run/work.ts';

const noteFile = 'git-content.json';

const shape: z.ZodType<GitContent> = z.object({
  config: z.string().nullable(),
  hooks: z.record(z.string(), z.string()),
  refs: z.record(z.string(), z.string()),
  stashes: z.array(z.string()),
});

/** Call this when the session's repository is ready, before the session starts. */
export async function noteGitContent(
  { order }: Pick<Work, 'order'>,
  { directory }: Pick<SessionRow, 'directory'>,
  worktreePath: string,
): Promise<void> {
  const content = contentOfGit(worktreePath, order.branch);
  if (content !== null) await replaceFile(join(directory, noteFile), JSON.stringify(content));
}

/** Call this when the session has ended. The result records what it wrote; null if it wrote nothing. */
export async function writtenBy(
  { order, signal }: Pick<Work, 'order' | 'signal'>,
  session: SessionRow,
  worktreePath: string,
): Promise<((query: Query) => Promise<unknown>) | null> {
  const noted = parseKept(await readIfThere(join(session.directory, noteFile)), shape);
  const after = noted === null ? null : contentOfGit(worktreePath, order.branch);
  if (noted === null || after === null) return null;
  const written = await writtenInGit(noted, after, { signal });
  if (written === null) return null;
  const event = { workOrderId: order.id, kind: 'git.written', actor: session.name };
  const detail = { sessionId: session.id, ...written };
  return (query) => recordEvent(query, { ...event, reason: writtenText(written), detail });
}
