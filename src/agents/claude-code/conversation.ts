// Which conversation a session continues.

import { join } from 'node:path';
import { tail } from '../../sessions/read-output.ts';
import { kindOfFailedCall } from '../call-words.ts';
import { keepConversationId, keptConversationId } from '../conversation-id.ts';
import { listIfThere } from '../home-files.ts';
import { parseJsonLine } from '../json-lines.ts';

/** How much of a transcript's end is read: enough for the last messages of any turn. */
const transcriptTailBytes = 1024 * 1024;

export type Conversation = { kind: 'new' | 'resumed'; id: string };

/**
 * Resumes if the home has a transcript, unless the provider rejected the last request itself: it would reject the same
 * conversation again (too long, or against its rules), so a new one starts.
 */
export async function chooseConversation(
  homePath: string,
  newSessionId: () => string,
): Promise<Conversation> {
  const id = await keptConversationId(homePath);
  const transcript = id === null ? null : await findTranscript(homePath, id);
  // An ID without a transcript was never used, so it is still valid.
  if (id !== null && transcript === null) return { kind: 'new', id };
  if (id !== null && transcript !== null && !(await endsInRefusedRequest(transcript)))
    return { kind: 'resumed', id };
  return { kind: 'new', id: await keepConversationId(homePath, newSessionId()) };
}

/**
 * Searches every folder: they are named after the worktree, which may have moved, and a conversation can be resumed
 * from another folder.
 */
async function findTranscript(homePath: string, id: string): Promise<string | null> {
  const projects = join(homePath, '.claude', 'projects');
  for (const folder of await listIfThere(projects)) {
    if ((await listIfThere(join(projects, folder))).includes(`${id}.jsonl`))
      return join(projects, folder, `${id}.jsonl`);
  }
  return null;
}

async function endsInRefusedRequest(transcriptPath: string): Promise<boolean> {
  const { text } = await tail(transcriptPath, transcriptTailBytes);
  const last = text
    .split('\n')
    .map(parseJsonLine)
    .findLast((event) => event?.type === 'assistant');
  if (last?.isApiErrorMessage !== true || last.error !== 'invalid_request') return false;
  // The gateway's own refusals have the same status, but their cause may be gone: a limit may have been raised.
  const kind = kindOfFailedCall(400, JSON.stringify(last.message ?? ''));
  return kind === 'bad_request' || kind === 'context_too_long';
}
