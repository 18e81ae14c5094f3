// Which conversation a session continues: each has its own folder.

import { join, relative } from 'node:path';
import { tail } from '../../sessions/read-output.ts';
import { keepConversationId, keptConversationId } from '../conversation-id.ts';
import { listIfThere, makeOwnFolder } from '../home-files.ts';
import { isJsonObject, type JsonEvent, parseJsonLine } from '../json-lines.ts';
import { failureOf } from './failures.ts';
import { agentPathIn } from './settings.ts';

/** How much of a transcript's end is read: enough for the last messages of any turn. */
const transcriptTailBytes = 1024 * 1024;

/**
 * The work order's conversation, unless the provider rejected its last request itself: it would reject the same
 * conversation again (too long, or against its rules).
 * @returns the folder, which exists
 */
export async function chooseConversation(homePath: string, newId: () => string): Promise<string> {
  const id = await keptConversationId(homePath);
  const kept = id === null ? null : folderOf(homePath, id);
  if (kept !== null && !(await endsInRefusedRequest(kept))) return await made(homePath, kept);
  return await made(homePath, folderOf(homePath, await keepConversationId(homePath, newId())));
}

function folderOf(homePath: string, id: string): string {
  return join(agentPathIn(homePath), 'conversations', id);
}

async function made(homePath: string, folder: string): Promise<string> {
  return await makeOwnFolder(homePath, relative(homePath, folder));
}

async function endsInRefusedRequest(folder: string): Promise<boolean> {
  // Transcript names begin with their time.
  const newest = (await listIfThere(folder))
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .at(-1);
  if (newest === undefined) return false;
  const { text } = await tail(join(folder, newest), transcriptTailBytes);
  const last = text.split('\n').map(parseJsonLine).map(messageOf).findLast(isOfAssistant);
  const kind = last?.stopReason === 'error' ? failureOf(last)?.kind : null;
  return kind === 'bad_request' || kind === 'context_too_long';
}

function messageOf(entry: JsonEvent | null): JsonEvent | null {
  return entry?.type === 'message' && isJsonObject(entry.message) ? entry.message : null;
}

function isOfAssistant(message: JsonEvent | null): boolean {
  return message?.role === 'assistant';
}
