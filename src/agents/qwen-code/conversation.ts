// Which conversation a session continues. Moose chooses the ID and keeps it in the work order's home.

import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { tail } from '../../sessions/read-output.ts';
import { kindOfFailedCall } from '../call-words.ts';
import { keepConversationId, keptConversationId } from '../conversation-id.ts';
import { listIfThere } from '../home-files.ts';
import { isJsonObject, type JsonEvent, parseJsonLine } from '../json-lines.ts';

/** How much of a transcript's end is read: enough for the last messages of any turn. */
const transcriptTailBytes = 1024 * 1024;

export type Conversation = { kind: 'new' | 'resumed'; id: string };

/**
 * Resumes if the home has a transcript of this worktree, unless the provider rejected the last request itself: it would
 * reject the same conversation again (too long, or against its rules), so a new one starts.
 */
export async function chooseConversation(
  { homePath, worktreePath }: Pick<AgentTask, 'homePath' | 'worktreePath'>,
  newId: () => string,
): Promise<Conversation> {
  const id = await keptConversationId(homePath);
  if (id !== null) {
    const path = transcriptPath(homePath, await realpath(worktreePath), id);
    const isThere = (await listIfThere(dirname(path))).includes(basename(path));
    if (isThere && !(await endsInRefusedRequest(path))) return { kind: 'resumed', id };
  }
  return { kind: 'new', id: await keepConversationId(homePath, newId()) };
}

/** Qwen Code finds its transcripts by the path of its current directory. */
function transcriptPath(homePath: string, worktreePath: string, id: string): string {
  const folder = worktreePath.replaceAll(/[^a-zA-Z0-9]/g, '-');
  return join(homePath, '.qwen', 'projects', folder, 'chats', `${id}.jsonl`);
}

async function endsInRefusedRequest(path: string): Promise<boolean> {
  const { text } = await tail(path, transcriptTailBytes);
  const last = text.split('\n').map(parseJsonLine).map(callOf).findLast(isCall);
  if (last?.['event.name'] !== 'qwen-code.api_error' || typeof last.status_code !== 'number') return false;
  const kind = kindOfFailedCall(last.status_code, String(last.error_message));
  return kind === 'bad_request' || kind === 'context_too_long';
}

function callOf(entry: JsonEvent | null): JsonEvent | null {
  const payload = isJsonObject(entry?.systemPayload) ? entry.systemPayload.uiEvent : null;
  return isJsonObject(payload) ? payload : null;
}

function isCall(event: JsonEvent | null): boolean {
  return typeof event?.['event.name'] === 'string' && /\.api_(?:error|response)$/.test(event['event.name']);
}
