// Which conversation a session continues. Moose chooses the ID and keeps it in the work order's home.

import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentFailureKind } from '../../domain/agents/agent-failure.ts';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { keepConversationId, keptConversationId } from '../conversation-id.ts';
import { listIfThere, readIfThere, writeOwnFile } from '../home-files.ts';
import { isJsonObject, parseJsonLine } from '../json-lines.ts';

export type Conversation = { kind: 'new' | 'resumed'; id: string };

/** A file in the home that names the folder with the previous session's files. */
const lastSessionFileName = 'moose-last-session';
/** A file in that folder; it exists if the provider rejected the session's last request. */
const refusedFileName = 'request-refused';

/**
 * Resumes if the home has a transcript of this worktree, unless the provider rejected the last request itself: it would
 * reject the same conversation again (too long, or against its rules), so a new one starts.
 */
export async function chooseConversation(
  { homePath, sessionPath, worktreePath }: Pick<AgentTask, 'homePath' | 'sessionPath' | 'worktreePath'>,
  newId: () => string,
): Promise<Conversation> {
  const id = await keptConversationId(homePath);
  const isRefused = await lastWasRefused(homePath);
  await writeOwnFile(homePath, lastSessionFileName, `${sessionPath}\n`);
  // Gemini CLI finds its conversations by the path of its current directory.
  const isThere = id !== null && (await hasTranscript(homePath, await realpath(worktreePath), id));
  if (id !== null && isThere && !isRefused) return { kind: 'resumed', id };
  // An ID without a transcript was never used here, but may have been used elsewhere.
  return { kind: 'new', id: await keepConversationId(homePath, newId()) };
}

/** Gemini CLI's transcripts do not contain failed calls. */
export async function noteEnd(sessionPath: string, kind: AgentFailureKind): Promise<void> {
  if (kind !== 'bad_request' && kind !== 'context_too_long') return;
  await writeOwnFile(sessionPath, refusedFileName, `${kind}\n`);
}

async function lastWasRefused(homePath: string): Promise<boolean> {
  const last = (await readIfThere(join(homePath, lastSessionFileName)))?.trim() ?? '';
  return last !== '' && (await readIfThere(join(last, refusedFileName))) !== null;
}

/** `tmp/NAME/chats/session-TIME-BEGIN_OF_ID.jsonl`; the folder's name is in a file of its own. */
async function hasTranscript(homePath: string, worktreePath: string, id: string): Promise<boolean> {
  const own = join(homePath, '.gemini');
  const known = parseJsonLine((await readIfThere(join(own, 'projects.json'))) ?? '')?.projects;
  const name = isJsonObject(known) ? known[worktreePath] : null;
  if (typeof name !== 'string') return false;
  const transcripts = await listIfThere(join(own, 'tmp', name, 'chats'));
  return transcripts.some((file) => file.endsWith(`-${id.slice(0, 8)}.jsonl`));
}
